// object (CPython 3.13 Objects/typeobject.c object_*).
#include <algorithm>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/class_layout.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/object_reduce.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_attributes.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

Ref construct_zeroed(Vm& vm, TypeObject* type, const CallArgs&) {
  Object* object = allocate_object(vm, type);
  VM_CHECK(object);
  if ((type->flags & kTypeContainer) != 0) vm.heap.track(static_cast<GcObject*>(object));
  return Ref::adopt(Value(object));
}

namespace {

bool object_init(Vm& vm, Value self, const CallArgs& args);

Failed raise_abstract(Vm& vm, TypeObject* type) {
  const Ref methods = get_attribute(vm, Value(type), vm.names.d_abstractmethods);
  if (!methods) return kFailed;
  const Own<ListObject> sorted = to_list(vm, methods);
  if (!sorted || !list_sort(vm, sorted, Value(), false)) return kFailed;
  std::string names;
  for (const Value name : sorted->view()) {
    if (!is_str(name)) return raise(vm, vm.exc.TypeError, "sequence item 0: expected str instance, {} found", type_name(vm, name));
    if (!names.empty()) names += "', '";
    names += to_utf8(name.as<StrObject>());
  }
  return raise(vm, vm.exc.TypeError, "Can't instantiate abstract class {} without an implementation for abstract method{} '{}'",
               type->display_name(), sorted->size > 1 ? "s" : "", names);
}

Ref object_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if (args.positional != 0 || args.has_keywords()) {
    if (type->slots.construct != object_construct)
      return raise(vm, vm.exc.TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
    if (type->slots.init == object_init) return raise(vm, vm.exc.TypeError, "{}() takes no arguments", type->display_name());
  }
  if (type->has(kTypeAbstract)) return raise_abstract(vm, type);
  Object* object = allocate_object(vm, type);
  VM_CHECK(object);
  if (type->store_offset != 0) store_of(object).shape = root_shape_of(vm, type);
  if ((type->flags & kTypeContainer) != 0) vm.heap.track(static_cast<GcObject*>(object));
  return Ref::adopt(Value(object));
}

bool object_init(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional == 0 && !args.has_keywords()) return true;
  TypeObject* type = type_of(vm, self);
  if (type->slots.init != object_init)
    return raise(vm, vm.exc.TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
  if (type->slots.construct == object_construct)
    return raise(vm, vm.exc.TypeError, "{}.__init__() takes exactly one argument (the instance to initialize)", type->display_name());
  return true;
}

void object_dealloc(Vm& vm, Object* self) { free_object(vm, self, self->type->basic_size); }

Ref object_repr(Vm& vm, Value self) {
  VM_TRY(Ref name, type_full_name(vm, type_of(vm, self)));
  char address[32];
  std::snprintf(address, sizeof address, "0x%012llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<{} object at {}>", {Piece(name.as<StrObject>()), Piece(address)}));
}

Ref object_str(Vm& vm, Value self) { return type_of(vm, self)->slots.repr(vm, self); }

Ref object_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (op == CompareOp::Equal) return self == other ? Ref::boolean(true) : Ref::not_implemented();
  if (op != CompareOp::NotEqual) return Ref::not_implemented();
  // The opposite of what == says.
  TypeObject* type = type_of(vm, self);
  if (type->slots.compare == nullptr) return Ref::not_implemented();
  VM_TRY(Ref equal_result, type->slots.compare(vm, self, other, CompareOp::Equal));
  if (equal_result.get() == kNotImplemented) return equal_result;
  bool same = false;
  VM_CHECK(truth(vm, equal_result, same));
  return Ref::boolean(!same);
}

// --- methods

Ref object_format(Vm& vm, Value self, Value spec) {
  if (!is_str(spec)) return raise(vm, vm.exc.TypeError, "__format__() argument must be str, not {}", type_name(vm, spec));
  if (spec.as<StrObject>()->length != 0) {
    return raise(vm, vm.exc.TypeError, "unsupported format string passed to {}.__format__", type_name(vm, self));
  }
  return str(vm, self);
}

Ref object_sizeof(Vm& vm, Value self) {
  return Ref::small(static_cast<std::int64_t>(type_of(vm, self)->basic_size));
}

Ref object_dir(Vm& vm, Value self) {
  Ref own;
  VM_CHECK(find_attribute(vm, self, vm.names.d_dict, own));
  Own<DictObject> names = new_dict(vm);
  VM_CHECK(names);
  if (own && is_dict(own)) VM_CHECK(dict_merge(vm, names, own, OnDuplicate::Replace));
  Ref type;
  VM_CHECK(find_attribute(vm, self, vm.names.d_class, type));
  if (type) VM_CHECK(merge_class_dict(vm, names, type));
  return dict_keys(vm, names);
}

Ref object_init_subclass(Vm&, Value) { return Ref::none(); }
Ref object_subclasshook(Vm&, Value, Args&) { return Ref::not_implemented(); }
Ref object_getstate(Vm& vm, Value self) { return object_state(vm, self, false); }
Ref object_reduce(Vm& vm, Value self) { return reduce_object(vm, self, 0); }

Ref object_reduce_ex(Vm& vm, Value self, Value protocol) {
  VM_TRY(std::int64_t number, to_int64(vm, protocol));
  const Ref plain = Ref::share(lookup_type_attribute(vm, vm.types.object, vm.intern("__reduce__")));
  Ref own;
  VM_CHECK(find_attribute(vm, Value(type_of(vm, self)), vm.names.d_reduce, own));
  if (own && own.get() != plain.get()) return call_method(vm, self, vm.names.d_reduce);
  return reduce_object(vm, self, static_cast<int>(number));
}

constexpr MethodSpec kObjectMethods[] = {
    {"__reduce_ex__($self, protocol, /)", object_reduce_ex, "Helper for pickle."},
    {"__reduce__($self, /)", object_reduce, "Helper for pickle."},
    {"__getstate__($self, /)", object_getstate, "Helper for pickle."},
    {"__subclasshook__($type, object, /)", object_subclasshook,
     "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\n"
     "It should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\n"
     "overrides the normal algorithm (and the outcome is cached).",
     Binding::Class},
    {"__init_subclass__($type, /)", object_init_subclass,
     "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.",
     Binding::Class},
    {"__format__($self, format_spec, /)", object_format,
     "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise."},
    {"__sizeof__($self, /)", object_sizeof, "Size of object in memory, in bytes."},
    {"__dir__($self, /)", object_dir, "Default dir() implementation."},
};

Ref get_class(Vm& vm, Value self) { return Ref::share(Value(type_of(vm, self))); }

bool set_class(Vm& vm, Value self, Value value) {
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "can't delete __class__ attribute");
  if (!is_type(value))
    return raise(vm, vm.exc.TypeError, "__class__ must be set to a class, not '{}' object", type_name(vm, value));
  auto* wanted = value.as<TypeObject>();
  TypeObject* current = type_of(vm, self);
  const bool both_modules = wanted->is_subtype_of(vm.types.module) && current->is_subtype_of(vm.types.module);
  if (!both_modules && (wanted->has(kTypeImmutable) || current->has(kTypeImmutable))) {
    return raise(vm, vm.exc.TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
  }
  if (!has_same_layout(wanted, current)) {
    return raise(vm, vm.exc.TypeError, "__class__ assignment: '{}' object layout differs from '{}'", wanted->display_name(),
                 current->display_name());
  }
  Object* object = self.object();
  // Shapes are the old class's.
  if (current->store_offset != 0 && store_of(object).shape != nullptr) {
    if (store_of(object).shape->count == 0) {
      store_clear(vm, store_of(object));
    } else {
      VM_CHECK(store_dict(vm, object));
    }
  }
  if (wanted->has(kTypeHeap)) incref(static_cast<Object*>(wanted));
  object->type = wanted;
  if (current->has(kTypeHeap)) decref(static_cast<Object*>(current));
  return true;
}

constexpr GetSetSpec kObjectGetSet[] = {{"__class__", get_class, set_class, "the object's class"}};

}  // namespace

const TypeSpec kObjectType = {
    .name = "object",
    .basic_size = sizeof(Object),
    .flags = kTypeBaseType,
    .doc = "object()\n--\n\nThe base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\n"
           "instance that has no instance attributes and cannot be given any.\n",
    .slots = {.dealloc = object_dealloc,
              .construct = object_construct,
              .init = object_init,
              .repr = object_repr,
              .str = object_str,
              .hash = hash_identity,
              .get_attribute = generic_get_attribute,
              .set_attribute = generic_set_attribute,
              .compare = object_compare},
    .methods = kObjectMethods,
    .getset = kObjectGetSet,
};

}  // namespace ouro::vm
