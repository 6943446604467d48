// Variables that are looked up by name, and imports.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/signature.h"
#include "vm/core/suggestions.h"
#include "vm/interpreter/operations.h"
#include "vm/modules/import.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

Failed raise_name_error(Vm& vm, TypeObject* type, std::string_view format, StrObject* name) {
  raise(vm, type, format, name);
  // What suggestions are made from.
  if (error_matches(vm, vm.exc.NameError)) {
    auto* error = pending_error(vm).as<NameErrorObject>();
    incref(static_cast<Object*>(name));
    xdecref(std::exchange(error->name, Value(name)));
  }
  return kFailed;
}

Failed raise_not_defined(Vm& vm, StrObject* name) {
  return raise_name_error(vm, vm.exc.NameError, "name '{}' is not defined", name);
}

/// In globals, then builtins; null without exception where it is in neither.
Ref find_global(Vm& vm, Frame* frame, StrObject* name) {
  if (const Value value = dict_get_str(vm, frame->globals, name)) return Ref::share(value);
  if (const Value value = dict_get_str(vm, frame->builtins, name)) return Ref::share(value);
  return {};
}

/// mapping[name]; null without exception where it is absent.
bool find_in(Vm& vm, Value mapping, StrObject* name, Ref& out) {
  if (mapping.is_object() && mapping.object()->type == vm.types.dict) {
    out = Ref::share(dict_get_str(vm, mapping.as<DictObject>(), name));
    return true;
  }
  out = get_item(vm, mapping, name);
  return out || catch_error(vm, vm.exc.KeyError);
}

}  // namespace

Ref load_global(Vm& vm, Frame* frame, StrObject* name, GlobalCache* cache) {
  if (DictEntry* entry = dict_find_str(vm, frame->globals, name)) {
    cache->index = static_cast<std::uint32_t>(entry - frame->globals->entries);
    cache->globals_version = dict_keys_version(vm, frame->globals);
    cache->builtins_version = 0;
    return Ref::share(entry->value);
  }
  if (DictEntry* entry = dict_find_str(vm, frame->builtins, name)) {
    cache->index = static_cast<std::uint32_t>(entry - frame->builtins->entries);
    cache->globals_version = dict_keys_version(vm, frame->globals);
    cache->builtins_version = dict_keys_version(vm, frame->builtins);
    return Ref::share(entry->value);
  }
  return raise_not_defined(vm, name);
}

Ref load_name(Vm& vm, Frame* frame, StrObject* name) {
  if (frame->locals.is_null()) return raise(vm, vm.exc.SystemError, "no locals when loading '{}'", name);
  Ref value;
  VM_CHECK(find_in(vm, frame->locals, name, value));
  if (!value) value = find_global(vm, frame, name);
  if (!value && !has_error(vm)) return raise_not_defined(vm, name);
  return value;
}

Ref load_from_dict_or_globals(Vm& vm, Frame* frame, Value mapping, StrObject* name) {
  Ref value;
  VM_CHECK(find_in(vm, mapping, name, value));
  if (!value) value = find_global(vm, frame, name);
  if (!value && !has_error(vm)) return raise_not_defined(vm, name);
  return value;
}

bool store_name(Vm& vm, Frame* frame, StrObject* name, Value value) {
  if (frame->locals.is_null()) return raise(vm, vm.exc.SystemError, "no locals found when storing '{}'", name);
  if (frame->locals.object()->type == vm.types.dict) return dict_set(vm, frame->locals.as<DictObject>(), Value(name), value);
  return set_item(vm, frame->locals, name, value);
}

bool delete_name(Vm& vm, Frame* frame, StrObject* name) {
  if (frame->locals.is_null()) return raise(vm, vm.exc.SystemError, "no locals when deleting '{}'", name);
  if (delete_item(vm, frame->locals, name)) return true;
  if (!catch_error(vm, vm.exc.KeyError)) return false;
  return raise_not_defined(vm, name);
}

bool delete_global(Vm& vm, Frame* frame, StrObject* name) {
  if (dict_delete(vm, frame->globals, name)) return true;
  if (!catch_error(vm, vm.exc.KeyError)) return false;
  return raise_not_defined(vm, name);
}

Failed raise_unbound(Vm& vm, Frame* frame, std::uint32_t slot) {
  auto* name = (*frame->code->locals_plus_names)[slot].as<StrObject>();
  const auto kind = static_cast<std::uint8_t>(frame->code->locals_plus_kinds->view()[slot]);
  if ((kind & code::kLocalFree) != 0) {
    return raise_name_error(vm, vm.exc.NameError,
                            "cannot access free variable '{}' where it is not associated with a value in enclosing scope", name);
  }
  return raise_name_error(vm, vm.exc.UnboundLocalError,
                          "cannot access local variable '{}' where it is not associated with a value", name);
}

bool setup_annotations(Vm& vm, Frame* frame) {
  if (frame->locals.is_null()) return raise(vm, vm.exc.SystemError, "no locals found when setting up annotations");
  Ref present;
  if (!find_in(vm, frame->locals, vm.names.d_annotations, present)) return false;
  if (present) return true;
  VM_TRY(Own<DictObject> annotations, new_dict(vm));
  return set_item(vm, frame->locals, vm.names.d_annotations, annotations);
}

Ref import_name_instruction(Vm& vm, Frame* frame, StrObject* name, Value level, Value from_list) {
  const Value import = dict_get_str(vm, frame->builtins, vm.names.d_import);
  if (import.is_null()) return raise(vm, vm.exc.ImportError, "__import__ not found");
  const Value locals = frame->locals.is_null() ? kNone : frame->locals;
  if (import.is_object() && import.object()->type == vm.types.builtin_function && level.is_small() &&
      signature_of(vm, import.as<NativeFunctionObject>()).name == "__import__")  // the original: no call needed
    return import_name(vm, name, frame->globals, locals, from_list, level.small_value());
  return call(vm, import, {Value(name), Value(frame->globals), locals, from_list, level});
}

Ref import_from(Vm& vm, Value module, StrObject* name) {
  Ref attribute;
  VM_CHECK(find_attribute(vm, module, name, attribute));
  if (attribute) return attribute;
  // A submodule that is being imported right now stands in sys.modules before it is its parent's attribute.
  Ref package;
  VM_CHECK(find_attribute(vm, module, vm.names.d_name, package));
  std::string package_name = "<unknown module name>";
  if (package && is_str(package)) {
    package_name = to_utf8(package.as<StrObject>());
    VM_TRY(Own<StrObject> full, new_str(vm, package_name + "." + to_utf8(name)));
    if (const Value submodule = dict_get(vm, vm.modules, Value(full.get()))) return Ref::share(submodule);
    if (has_error(vm)) return {};
  }
  Ref file;
  VM_CHECK(find_attribute(vm, module, vm.names.d_file, file));
  Ref spec;
  VM_CHECK(find_attribute(vm, module, vm.names.d_spec, spec));
  bool is_initializing = false;
  if (spec && !spec.is_none()) {
    Ref initializing;
    VM_CHECK(find_attribute(vm, spec, vm.intern("_initializing"), initializing));
    if (initializing) VM_CHECK(truth(vm, initializing, is_initializing));
  }
  const bool has_file = file && is_str(file);
  if (is_initializing) {
    raise(vm, vm.exc.ImportError,
          "cannot import name '{}' from partially initialized module '{}' (most likely due to a circular import) ({})", name,
          package_name, has_file ? to_utf8(file.as<StrObject>()) : "unknown location");
  } else {
    raise(vm, vm.exc.ImportError, "cannot import name '{}' from '{}' ({})", name, package_name,
          has_file ? to_utf8(file.as<StrObject>()) : "unknown location");
  }
  if (error_matches(vm, vm.exc.ImportError)) {
    auto* error = pending_error(vm).as<ImportErrorObject>();
    xdecref(std::exchange(error->name, package ? Ref::share(package).release() : Value()));
    xdecref(std::exchange(error->path, has_file ? Ref::share(file).release() : Value()));
    xdecref(std::exchange(error->name_from, Ref::share(name).release()));
  }
  return {};
}

bool import_star(Vm& vm, Frame* frame, Value module) {
  if (frame->locals.is_null()) return raise(vm, vm.exc.SystemError, "no locals found during 'import *'");
  Ref names;
  bool skip_underscores = false;
  VM_CHECK(find_attribute(vm, module, vm.names.d_all, names));
  if (!names) {
    Ref dict;
    VM_CHECK(find_attribute(vm, module, vm.names.d_dict, dict));
    if (!dict) return raise(vm, vm.exc.ImportError, "from-import-* object has no __dict__ and no __all__");
    names = call_method(vm, dict, vm.names.keys);
    if (!names) return false;
    skip_underscores = true;
  }
  return for_each(vm, names, [&](Value name) {
    if (!is_str(name)) {
      Ref module_name;
      if (!find_attribute(vm, module, vm.names.d_name, module_name)) return false;
      const std::string text = module_name && is_str(module_name) ? to_utf8(module_name.as<StrObject>()) : "?";
      return static_cast<bool>(raise(vm, vm.exc.TypeError, "{} in {}.{} must be str, not {}",
                                     skip_underscores ? "Key" : "Item", text, skip_underscores ? "__dict__" : "__all__",
                                     type_name(vm, name)));
    }
    auto* text = name.as<StrObject>();
    if (skip_underscores && text->length != 0 && text->at(0) == '_') return true;
    Ref value = get_attribute(vm, module, text);
    return value && store_name(vm, frame, text, value);
  });
}

Ref load_build_class(Vm& vm, Frame* frame) {
  const Value function = dict_get_str(vm, frame->builtins, vm.names.d_build_class);
  if (function.is_null()) return raise(vm, vm.exc.NameError, "__build_class__ not found");
  return Ref::share(function);
}

Ref load_super_attribute(Vm& vm, Frame* frame, Value super, Value type, Value self, StrObject* name, unsigned flags,
                         bool& is_method) {
  (void)frame;
  is_method = false;
  // `super().name` with the real super: the search begins behind `type` in the MRO of self's type.
  if (super == Value(vm.types.super) && is_type(type) && (flags & 1U) != 0 && name != vm.names.d_class) {
    TypeObject* start = nullptr;
    if (!is_type(self) && type_of(vm, self)->is_subtype_of(type.as<TypeObject>())) start = type_of(vm, self);
    if (start != nullptr) {
      const std::span<const Value> mro = start->mro->view();
      std::size_t i = 0;
      while (i < mro.size() && mro[i] != type) ++i;
      for (++i; i < mro.size(); ++i) {
        const Value found = dict_get_str(vm, mro[i].as<TypeObject>()->dict, name);
        if (found.is_null()) continue;
        if (type_of(vm, found)->has(kTypeMethodDescriptor)) {
          is_method = true;
          return Ref::share(found);
        }
        break;
      }
    }
  }
  Ref object = (flags & 2U) != 0 ? call(vm, super, {type, self}) : call(vm, super);
  if (!object) return {};
  return get_attribute(vm, object, name);
}

}  // namespace ouro::vm
