// type: what a class can do itself (CPython 3.13 Objects/typeobject.c).
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/class_layout.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/slot_defs.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/type_attributes.h"

namespace ouro::vm {
namespace {

TypeObject* type_in(Value self) { return self.as<TypeObject>(); }

Ref type_repr(Vm& vm, Value self) {
  VM_TRY(Ref name, type_full_name(vm, type_in(self)));
  return new_str(vm, format_message("<class '{}'>", {Piece(name.as<StrObject>())}));
}

// --- calls

Ref type_call(Vm& vm, Value self, const CallArgs& args) {
  TypeObject* type = type_in(self);
  if (type == vm.types.type && args.positional == 1 && !args.has_keywords())
    return Ref::share(Value(type_of(vm, args.values[0])));
  if (type->slots.construct == nullptr || (type->has(kTypeNoInstantiation)))
    return raise(vm, vm.exc.TypeError, "cannot create '{}' instances", type->display_name());
  VM_TRY(Ref object, type->slots.construct(vm, type, args));
  TypeObject* made = type_of(vm, object);
  if (made != type && !made->is_subtype_of(type)) return object;
  if (made->slots.init != nullptr) VM_CHECK(made->slots.init(vm, object, args));
  return object;
}

Ref type_construct(Vm& vm, TypeObject* metaclass, const CallArgs& args) {
  if (args.positional != 3) {
    if (metaclass == vm.types.type) return raise(vm, vm.exc.TypeError, "type() takes 1 or 3 arguments");
    return raise(vm, vm.exc.TypeError, "type.__new__() takes exactly 3 arguments ({} given)", args.positional);
  }
  const Value name = args.values[0];
  const Value bases = args.values[1];
  const Value space = args.values[2];
  if (!is_str(name)) return raise_argument_type(vm, "type.__new__", 1, "str", name);
  if (!is_tuple(bases)) return raise_argument_type(vm, "type.__new__", 2, "tuple", bases);
  if (!is_dict(space)) return raise_argument_type(vm, "type.__new__", 3, "dict", space);
  for (const Value base : bases.as<TupleObject>()->view()) {
    if (is_type(base)) continue;
    Ref entries;
    VM_CHECK(find_attribute(vm, base, vm.names.d_mro_entries, entries));
    if (entries) return raise(vm, vm.exc.TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
  }
  VM_TRY(TypeObject * winner, calculate_metaclass(vm, metaclass, bases.as<TupleObject>()));
  if (winner != metaclass) {
    if (winner->slots.construct != vm.types.type->slots.construct) return winner->slots.construct(vm, winner, args);
    metaclass = winner;
  }
  auto* text = name.as<StrObject>();
  for (std::size_t i = 0; i < text->length; ++i)
    if (text->at(i) == 0) return raise(vm, vm.exc.ValueError, "type name must not contain null characters");
  return new_class(vm, metaclass, text, bases.as<TupleObject>(), space.as<DictObject>(), args.keyword_names, args.values + 3);
}

bool type_init(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional == 1 && args.has_keywords())
    return raise(vm, vm.exc.TypeError, "type.__init__() takes no keyword arguments");
  if (args.positional != 1 && args.positional != 3)
    return raise(vm, vm.exc.TypeError, "type.__init__() takes 1 or 3 arguments");
  return true;
}

// --- attributes

Ref search_type(Vm& vm, TypeObject* type, StrObject* name) {
  TypeObject* metaclass = type->Object::type;
  const Ref from_meta = Ref::share(lookup_type_attribute(vm, metaclass, name));
  const auto meta_get = from_meta ? type_of(vm, from_meta)->slots.descriptor_get : nullptr;
  if (meta_get != nullptr && type_of(vm, from_meta)->slots.descriptor_set != nullptr)
    return meta_get(vm, from_meta, Value(type), Value(metaclass));
  const Ref own = Ref::share(lookup_type_attribute(vm, type, name));
  if (own) {
    const auto get = type_of(vm, own)->slots.descriptor_get;
    return get != nullptr ? get(vm, own, Value(), Value(type)) : own.clone();
  }
  if (meta_get != nullptr) return meta_get(vm, from_meta, Value(type), Value(metaclass));
  return from_meta.clone();
}

Ref type_get_attribute(Vm& vm, Value self, StrObject* name) {
  Ref result = search_type(vm, type_in(self), name);
  if (result || has_error(vm)) return result;
  return raise_attribute_error(vm, self, name,
                               format_message("type object '{}' has no attribute '{}'",
                                              {Piece(type_in(self)->display_name()), Piece(name)}));
}

bool type_set_attribute(Vm& vm, Value self, StrObject* name, Value value) {
  TypeObject* type = type_in(self);
  if (type->has(kTypeImmutable)) {
    return raise(vm, vm.exc.TypeError, "cannot set '{}' attribute of immutable type '{}'", name, type->display_name());
  }
  const Ref from_meta = Ref::share(lookup_type_attribute(vm, type->Object::type, name));
  if (from_meta) {
    TypeObject* kind = type_of(vm, from_meta);
    if (kind->slots.descriptor_set != nullptr) {
      VM_CHECK(kind->slots.descriptor_set(vm, from_meta, self, value));
      update_slot(vm, type, name);
      return true;
    }
  }
  VM_TRY(Own<StrObject> interned, intern(vm, name));
  type_modified(type);
  if (!value.is_null()) {
    VM_CHECK(dict_set(vm, type->dict, interned, value));
  } else {
    const Ref old = Ref::share(dict_get_str(vm, type->dict, interned));
    if (!old) {
      return raise_attribute_error(vm, self, name,
                                   format_message("type object '{}' has no attribute '{}'", {Piece(type->display_name()), Piece(name)}));
    }
    VM_CHECK(dict_delete(vm, type->dict, interned));
  }
  type_modified(type);
  update_slot(vm, type, interned);
  return true;
}

// --- life

void type_dealloc(Vm& vm, Object* self) {
  auto* type = static_cast<TypeObject*>(self);
  vm.heap.untrack(type);
  type_modified(type);
  if (type->bases != nullptr) {
    for (const Value base : type->bases->view())
      if (is_type(base)) remove_subclass(base.as<TypeObject>(), type);
  }
  free_shapes(vm, std::exchange(type->root_shape, nullptr));
  delete std::exchange(type->subclasses, nullptr);
  for (Object* owned : {static_cast<Object*>(type->name), static_cast<Object*>(type->qualname),
                        static_cast<Object*>(type->bases), static_cast<Object*>(type->mro),
                        static_cast<Object*>(type->dict), static_cast<Object*>(type->base), type->doc})
    if (owned != nullptr) decref(owned);
  free_object(vm, self, self->type->basic_size);
}

void type_traverse(Object* self, Visitor& visit) {
  auto* type = static_cast<TypeObject*>(self);
  if (!type->has(kTypeHeap)) return;
  visit(type->dict);
  visit(type->mro);
  visit(type->bases);
  visit(type->base);
}

void type_clear(Vm& vm, Object* self) {
  auto* type = static_cast<TypeObject*>(self);
  if (!type->has(kTypeHeap)) return;
  type_modified(type);
  // Nobody may find a type through its bases that has no MRO any more.
  if (type->bases != nullptr) {
    for (const Value base : type->bases->view()) {
      if (is_type(base)) remove_subclass(base.as<TypeObject>(), type);
    }
  }
  dict_clear(vm, type->dict);
  // The base stays: instances that are still to die find their layout through it.
  TupleObject* mro = std::exchange(type->mro, nullptr);
  if (mro != nullptr) decref(static_cast<Object*>(mro));
}

// --- methods

Ref type_mro(Vm& vm, Value self) {
  VM_TRY(Own<TupleObject> order, compute_mro(vm, type_in(self)));
  return new_list(vm, order->view());
}

Ref type_subclasses(Vm& vm, Value self) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  if (type_in(self)->subclasses != nullptr) {
    for (TypeObject* subclass : *type_in(self)->subclasses)
      if (subclass->refcount != 0) VM_CHECK(list_append(vm, list, Value(subclass)));
  }
  return list;
}

Ref type_prepare(Vm& vm, Value, Args&) { return new_dict(vm); }

Ref type_instancecheck(Vm& vm, Value self, Value object) {
  bool out = false;
  VM_CHECK(plain_is_instance(vm, object, self, out));
  return Ref::boolean(out);
}
Ref type_subclasscheck(Vm& vm, Value self, Value type) {
  bool out = false;
  VM_CHECK(plain_is_subclass(vm, type, self, out));
  return Ref::boolean(out);
}

/// Names of the class and of all its bases.
bool merge_class_names(Vm& vm, DictObject* into, Value type) {
  const RecursionGuard guard(vm, "");
  VM_CHECK(guard);
  Ref space;
  VM_CHECK(find_attribute(vm, type, vm.names.d_dict, space));
  if (space) VM_CHECK(dict_merge(vm, into, space, OnDuplicate::Replace));
  Ref bases;
  VM_CHECK(find_attribute(vm, type, vm.names.d_bases, bases));
  if (!bases || !is_tuple(bases)) return true;
  for (const Value base : bases.as<TupleObject>()->view()) VM_CHECK(merge_class_names(vm, into, base));
  return true;
}

Ref type_dir(Vm& vm, Value self) {
  VM_TRY(Own<DictObject> names, new_dict(vm));
  VM_CHECK(merge_class_names(vm, names, self));
  return dict_keys(vm, names);
}

Ref type_sizeof(Vm& vm, Value self) { return new_int(vm, static_cast<std::int64_t>(self.object()->type->basic_size)); }

constexpr MethodSpec kTypeMethods[] = {
    {"mro($self, /)", type_mro, "Return a type's method resolution order."},
    {"__subclasses__($self, /)", type_subclasses, "Return a list of immediate subclasses."},
    {"__prepare__($cls, /, *bases, **kwds)", type_prepare, "Create the namespace for the class statement", Binding::Class},
    {"__instancecheck__($self, instance, /)", type_instancecheck, "Check if an object is an instance."},
    {"__subclasscheck__($self, subclass, /)", type_subclasscheck, "Check if a class is a subclass."},
    {"__dir__($self, /)", type_dir, "Specialized __dir__ implementation for types."},
    {"__sizeof__($self, /)", type_sizeof, "Return memory consumption of the type object."},
};

}  // namespace

bool find_type_attribute(Vm& vm, TypeObject* type, StrObject* name, Ref& out) {
  out = search_type(vm, type, name);
  return out || !has_error(vm) || catch_error(vm, vm.exc.AttributeError);
}

bool merge_class_dict(Vm& vm, DictObject* into, Value type) { return merge_class_names(vm, into, type); }

const TypeSpec kTypeType = {
    .name = "type",
    .basic_size = sizeof(TypeObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .slots = {.dealloc = type_dealloc,
              .traverse = type_traverse,
              .clear = type_clear,
              .construct = type_construct,
              .init = type_init,
              .repr = type_repr,
              .call = type_call,
              .get_attribute = type_get_attribute,
              .set_attribute = type_set_attribute,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, type_or}},
    .methods = kTypeMethods,
    .getset = kTypeGetSet,
    .members = kTypeMembers,
    .weakref_offset = offsetof(TypeObject, weakrefs),
};

}  // namespace ouro::vm
