// module (CPython 3.13 Objects/moduleobject.c).
#include <cstdlib>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/modules/import.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/type_attributes.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

ModuleObject* module_in(Value self) { return self.as<ModuleObject>(); }

Own<ModuleObject> allocate_module(Vm& vm, TypeObject* type) {
  auto* memory = allocate<ModuleObject>(vm, type);
  VM_CHECK(memory);
  Own<ModuleObject> module = Own<ModuleObject>::adopt(memory);
  module->store.dict = new_dict(vm).release();
  VM_CHECK(module->store.dict != nullptr);
  vm.heap.track(module.get());
  return module;
}

bool set_standard_names(Vm& vm, DictObject* dict, Value name, Value doc) {
  return dict_set(vm, dict, Value(vm.names.d_name), name) && dict_set(vm, dict, Value(vm.names.d_doc), doc) &&
         dict_set(vm, dict, Value(vm.names.d_package), kNone) && dict_set(vm, dict, Value(vm.names.d_loader), kNone) &&
         dict_set(vm, dict, Value(vm.names.d_spec), kNone);
}

}  // namespace

Own<ModuleObject> new_module(Vm& vm, StrObject* name) {
  VM_TRY(Own<ModuleObject> module, allocate_module(vm, vm.types.module));
  VM_CHECK(set_standard_names(vm, module->store.dict, Value(name), kNone));
  return module;
}

DictObject* module_dict(ModuleObject* module) { return module->store.dict; }

namespace {

Ref module_construct(Vm& vm, TypeObject* type, const CallArgs&) { return allocate_module(vm, type); }

bool module_init(Vm& vm, Value self, const CallArgs& call_args) {
  VM_PARSE(args, vm, "module(name, doc=None)", 2, call_args);
  if (!is_str(args[0])) return raise_argument_type(vm, "module", 1, "str", args[0]);
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return set_standard_names(vm, dict, args[0], args.get(1, kNone));
}

void module_dealloc(Vm& vm, Object* self) {
  auto* module = static_cast<ModuleObject*>(self);
  vm.heap.untrack(module);
  store_clear(vm, module->store);
  free_object(vm, self, self->type->basic_size);
}
void module_traverse(Object* self, Visitor& visit) { store_traverse(self, static_cast<ModuleObject*>(self)->store, visit); }
void module_clear(Vm& vm, Object* self) { store_clear(vm, static_cast<ModuleObject*>(self)->store); }

Ref module_repr(Vm& vm, Value self) {
  // As importlib shows it once it is there; before that, by name alone.
  if (importlib_is_loaded(vm)) {
    VM_TRY(Ref function, import_attribute(vm, "_frozen_importlib", "_module_repr"));
    return call(vm, function, {self});
  }
  DictObject* dict = module_in(self)->store.dict;
  const Value name = dict == nullptr ? Value() : dict_get_str(vm, dict, vm.names.d_name);
  VM_TRY(Ref shown, repr(vm, name.is_null() ? Value(vm.names.empty) : name));
  return new_str(vm, format_message("<module {}{}>", {Piece(shown.as<StrObject>()), Piece(module_in(self)->spec != nullptr ? " (built-in)" : "")}));
}

/// Whether a module's __spec__ says that it is still being initialised.
bool is_initialising(Vm& vm, Value spec) {
  if (spec.is_null() || spec.is_none()) return false;
  Ref flag;
  if (!find_attribute(vm, spec, vm.intern("_initializing"), flag)) clear_error(vm);
  return flag && flag.get().is_true();
}

Failed raise_no_module_attribute(Vm& vm, Value self, DictObject* dict, StrObject* name) {
  const Value module_name = dict == nullptr ? Value() : dict_get_str(vm, dict, vm.names.d_name);
  if (module_name.is_null() || !is_str(module_name))
    return raise_attribute_error(vm, self, name, format_message("module has no attribute '{}'", {Piece(name)}));
  const Piece shown(module_name.as<StrObject>());
  const Value spec = dict_get_str(vm, dict, vm.names.d_spec);
  if (is_initialising(vm, spec)) {
    Ref origin;
    if (!find_attribute(vm, spec, vm.intern("origin"), origin)) clear_error(vm);
    const bool has_origin = origin && is_str(origin);
    return raise_attribute_error(
        vm, self, name,
        has_origin ? format_message("partially initialized module '{}' from '{}' has no attribute '{}' (most likely due to a circular import)",
                                    {shown, Piece(origin.as<StrObject>()), Piece(name)})
                   : format_message("partially initialized module '{}' has no attribute '{}' (most likely due to a circular import)",
                                    {shown, Piece(name)}));
  }
  return raise_attribute_error(vm, self, name, format_message("module '{}' has no attribute '{}'", {shown, Piece(name)}));
}

Ref module_get_attribute(Vm& vm, Value self, StrObject* name) {
  Ref found;
  VM_CHECK(find_generic_attribute(vm, self, name, found));
  if (found) return found;
  DictObject* dict = module_in(self)->store.dict;
  const Ref fallback = dict == nullptr ? Ref() : Ref::share(dict_get_str(vm, dict, vm.names.d_getattr));
  if (fallback) return call(vm, fallback, {Value(name)});
  return raise_no_module_attribute(vm, self, dict, name);
}

Ref module_dir(Vm& vm, Value self) {
  VM_TRY(Ref dict, get_attribute(vm, self, vm.names.d_dict));
  if (!is_dict(dict)) return raise(vm, vm.exc.TypeError, "<module>.__dict__ is not a dictionary");
  const Value own = dict_get_str(vm, dict.as<DictObject>(), vm.names.d_dir);
  if (!own.is_null()) {
    const Ref kept = Ref::share(own);
    return call(vm, kept);
  }
  return dict_keys(vm, dict.as<DictObject>());
}

Ref get_dict(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return Ref::share(Value(dict));
}
Ref get_annotations(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  const Value found = dict_get_str(vm, dict, vm.names.d_annotations);
  if (!found.is_null()) return Ref::share(found);
  VM_TRY(Own<DictObject> fresh, new_dict(vm));
  VM_CHECK(dict_set(vm, dict, Value(vm.names.d_annotations), fresh));
  return fresh;
}
bool set_annotations(Vm& vm, Value self, Value value) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  if (!value.is_null()) return dict_set(vm, dict, Value(vm.names.d_annotations), value);
  const Ref old = dict_pop(vm, dict, Value(vm.names.d_annotations));
  return old || raise(vm, vm.exc.AttributeError, "__annotations__");
}

constexpr MethodSpec kMethods[] = {{"__dir__($self, /)", module_dir, "__dir__() -> list\nspecialized dir() implementation"}};
constexpr GetSetSpec kGetSet[] = {{"__dict__", get_dict}, {"__annotations__", get_annotations, set_annotations}};

}  // namespace

const TypeSpec kModuleType = {
    .name = "module",
    .basic_size = sizeof(ModuleObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "module(name, doc=None)\n--\n\nCreate a module object.\n\nThe name must be a string; the optional doc argument can have any type.",
    .slots = {.dealloc = module_dealloc, .traverse = module_traverse, .clear = module_clear, .construct = module_construct,
              .init = module_init, .repr = module_repr, .get_attribute = module_get_attribute},
    .methods = kMethods,
    .getset = kGetSet,
    .store_offset = offsetof(ModuleObject, store),
    .weakref_offset = offsetof(ModuleObject, weakrefs),
};

}  // namespace ouro::vm
