// Attribute access (CPython 3.13 Objects/object.c).
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

/// What a type's attribute is for an instance that has no attribute of its own.
Ref bind(Vm& vm, Value found, Value object, TypeObject* type) {
  TypeObject* kind = type_of(vm, found);
  if (kind->slots.descriptor_get == nullptr) return Ref::share(found);
  const Ref kept = Ref::share(found);
  return kind->slots.descriptor_get(vm, kept, object, Value(type));
}

/// generic_get_attribute's search: null without exception where there is none.
Ref search(Vm& vm, Value object, StrObject* name) {
  TypeObject* type = type_of(vm, object);
  const Value found = lookup_type_attribute(vm, type, name);
  if (!found.is_null()) {
    const TypeObject* kind = type_of(vm, found);
    if (kind->slots.descriptor_set != nullptr && kind->slots.descriptor_get != nullptr) return bind(vm, found, object, type);
  }
  if (type->store_offset != 0) {
    const Value own = store_get(vm, object.object(), name);
    if (!own.is_null()) return Ref::share(own);
  }
  if (found.is_null()) return {};
  return bind(vm, found, object, type);
}

}  // namespace

Ref generic_get_attribute(Vm& vm, Value object, StrObject* name) {
  Ref result = search(vm, object, name);
  if (!result && !has_error(vm)) return raise_no_attribute(vm, object, name);
  return result;
}

bool find_generic_attribute(Vm& vm, Value object, StrObject* name, Ref& out) {
  out = search(vm, object, name);
  if (out || !has_error(vm)) return true;
  return catch_error(vm, vm.exc.AttributeError);
}

bool generic_set_attribute(Vm& vm, Value object, StrObject* name, Value value) {
  TypeObject* type = type_of(vm, object);
  const Value found = lookup_type_attribute(vm, type, name);
  if (!found.is_null()) {
    TypeObject* kind = type_of(vm, found);
    if (kind->slots.descriptor_set != nullptr) {
      const Ref kept = Ref::share(found);
      return kind->slots.descriptor_set(vm, kept, object, value);
    }
  }
  if (type->store_offset != 0) {
    if (!value.is_null()) return store_set(vm, object.object(), name, value);
    if (store_delete(vm, object.object(), name)) return true;
    if (has_error(vm)) return false;
    return raise_no_attribute(vm, object, name);
  }
  if (!found.is_null()) {
    return raise_attribute_error(vm, object, name,
                                 format_message("'{}' object attribute '{}' is read-only", {Piece(type->display_name()), Piece(name)}));
  }
  return raise_attribute_error(vm, object, name,
                               format_message("'{}' object has no attribute '{}' and no __dict__ for setting new attributes",
                                              {Piece(type->display_name()), Piece(name)}));
}

Ref get_attribute(Vm& vm, Value object, StrObject* name) {
  return type_of(vm, object)->slots.get_attribute(vm, object, name);
}

Ref get_attribute(Vm& vm, Value object, std::string_view name) {
  StrObject* interned = vm.intern(name);
  return interned == nullptr ? Ref() : get_attribute(vm, object, interned);
}

bool find_attribute(Vm& vm, Value object, StrObject* name, Ref& out) {
  const auto slot = type_of(vm, object)->slots.get_attribute;
  if (slot == generic_get_attribute) return find_generic_attribute(vm, object, name, out);
  out = slot(vm, object, name);
  return out || catch_error(vm, vm.exc.AttributeError);
}

bool set_attribute(Vm& vm, Value object, StrObject* name, Value value) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.set_attribute == nullptr) {
    const bool readable = type->slots.get_attribute != nullptr;
    return raise(vm, vm.exc.TypeError, "'{}' object has {} attributes ({} .{})", type->display_name(),
                 readable ? "only read-only" : "no", value.is_null() ? "del" : "assign to", name);
  }
  return type->slots.set_attribute(vm, object, name, value);
}

bool delete_attribute(Vm& vm, Value object, StrObject* name) { return set_attribute(vm, object, name, Value()); }

bool lookup_special(Vm& vm, Value object, StrObject* name, Ref& out) {
  TypeObject* type = type_of(vm, object);
  const Value found = lookup_type_attribute(vm, type, name);
  if (found.is_null()) {
    out.reset();
    return true;
  }
  out = bind(vm, found, object, type);
  return static_cast<bool>(out);
}

Ref get_method(Vm& vm, Value object, StrObject* name, bool& is_method) {
  is_method = false;
  TypeObject* type = type_of(vm, object);
  if (type->slots.get_attribute != generic_get_attribute) return type->slots.get_attribute(vm, object, name);
  const Value found = lookup_type_attribute(vm, type, name);
  if (found.is_null() || !type_of(vm, found)->has(kTypeMethodDescriptor)) return generic_get_attribute(vm, object, name);
  if (type->store_offset != 0) {
    const Value own = store_get(vm, object.object(), name);
    if (!own.is_null()) return Ref::share(own);
  }
  is_method = true;
  return Ref::share(found);
}

}  // namespace ouro::vm
