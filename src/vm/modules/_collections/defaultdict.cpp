// collections.defaultdict: CPython 3.13 Modules/_collectionsmodule.c.
#include "vm/modules/_collections/collections.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/life.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct DefaultDictObject : DictObject {
  Value factory;  ///< null: None
};

DefaultDictObject* defaultdict_of(Value value) { return value.as<DefaultDictObject>(); }

Ref construct(Vm& vm, TypeObject* type, const CallArgs&) { return new_dict_of(vm, type); }
bool init(Vm& vm, Value self, const CallArgs& call) {
  Value factory;
  CallArgs rest = call;
  if (call.positional != 0) {
    factory = call.values[0];
    if (!factory.is_none() && !is_callable(vm, factory)) {
      return raise(vm, vm.exc.TypeError, "first argument must be callable or None");
    }
    rest.values = call.values + 1;
    rest.positional = call.positional - 1;
  }
  auto* dict = defaultdict_of(self);
  assign(dict->factory, factory.is_none() ? Value() : factory);
  return dict_update_call(vm, dict, rest, "dict");
}
void dealloc(Vm& vm, Object* self) {
  auto* dict = static_cast<DefaultDictObject*>(self);
  vm.heap.untrack(dict);
  xdecref(std::exchange(dict->factory, Value()));
  kDictType.slots.dealloc(vm, self);
}
void traverse(Object* self, Visitor& visit) {
  visit(static_cast<DefaultDictObject*>(self)->factory);
  kDictType.slots.traverse(self, visit);
}
void clear(Vm& vm, Object* self) {
  xdecref(std::exchange(static_cast<DefaultDictObject*>(self)->factory, Value()));
  dict_clear(vm, static_cast<DictObject*>(self));
}

Value factory_of(Value self) {
  const Value factory = defaultdict_of(self)->factory;
  return factory.is_null() ? kNone : factory;
}

Ref missing(Vm& vm, Value self, Value key) {
  auto* dict = defaultdict_of(self);
  if (factory_of(self).is_none()) return raise_with(vm, vm.exc.KeyError, key);
  const Ref factory = Ref::share(dict->factory);
  VM_TRY(Ref value, call(vm, factory));
  VM_CHECK(set_item(vm, self, key, value));
  return value;
}
Ref show(Vm& vm, Value self) {
  auto* dict = defaultdict_of(self);
  VM_TRY(Ref base, dict_repr(vm, self));
  Ref factory;
  if (factory_of(self).is_none()) {
    VM_TRY(factory, repr(vm, kNone));
  } else {
    const ReprGuard guard(vm, dict->factory);
    if (guard.is_cycle()) {
      VM_TRY(factory, new_str_latin1(vm, "..."));
    } else {
      VM_TRY(factory, repr(vm, dict->factory));
    }
  }
  StrBuilder out(vm);
  out.append(type_of(vm, self)->name);
  out.append('(');
  out.append(factory.as<StrObject>());
  out.append(std::string_view(", "));
  out.append(base.as<StrObject>());
  out.append(')');
  return out.finish();
}
Ref copy(Vm& vm, Value self) { return call(vm, Value(type_of(vm, self)), {factory_of(self), self}); }
Ref reduce(Vm& vm, Value self) {
  VM_TRY(Own<TupleObject> arguments, factory_of(self).is_none()
                                         ? allocate_tuple(vm, 0)
                                         : new_tuple(vm, {factory_of(self)}));
  VM_TRY(Ref items, call_method(vm, self, vm.names.items));
  VM_TRY(Ref iterator, get_iter(vm, items));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get()), kNone, kNone, iterator.get()});
}
Ref merge(Vm& vm, Value a, Value b) {
  const bool own_left = is_instance_of(vm, a, vm.native_type(kDefaultDictType));
  const Value self = own_left ? a : b;
  if (!is_dict(own_left ? b : a)) return Ref::not_implemented();
  VM_TRY(Ref result, call(vm, Value(type_of(vm, self)), {factory_of(self), a}));
  VM_CHECK(dict_update_from(vm, result.as<DictObject>(), b));
  return result;
}

constexpr MethodSpec kMethods[] = {
    {"__missing__($self, object, /)", missing, "The factory's value, put under the key; KeyError without a factory."},
    {"copy($self, /)", copy, "A new defaultdict of the same items."},
    {"__copy__($self, /)", copy, "A new defaultdict of the same items."},
    {"__reduce__($self, /)", reduce, "Return state information for pickling."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr MemberSpec kMembers[] = {
    {"default_factory", MemberSpec::Kind::Object, offsetof(DefaultDictObject, factory), false,
     "Factory for default value called by __missing__()."},
};
constexpr TypeSlots slots() {
  TypeSlots s;
  s.dealloc = dealloc;
  s.traverse = traverse;
  s.clear = clear;
  s.construct = construct;
  s.init = init;
  s.repr = show;
  s.binary[static_cast<std::size_t>(BinaryOp::Or)] = merge;
  return s;
}

}  // namespace

const TypeSpec kDefaultDictType = {
    .name = "collections.defaultdict",
    .basic_size = sizeof(DefaultDictObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeMapping | kTypeMatchSelf | kTypeDict,
    .base = &kDictType,
    .doc = "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
           "A dict that makes the value of a missing key by calling default_factory.",
    .slots = slots(),
    .methods = kMethods,
    .members = kMembers,
};

}  // namespace ouro::vm
