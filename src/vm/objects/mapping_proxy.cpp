// mappingproxy: a mapping that can only be read (CPython 3.13 Objects/descrobject.c).
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

Ref new_mapping_proxy(Vm& vm, Value mapping) {
  auto* proxy = allocate<MappingProxyObject>(vm, vm.types.mapping_proxy);
  VM_CHECK(proxy);
  proxy->mapping = Ref::share(mapping).release();
  vm.heap.track(proxy);
  return Ref::adopt(Value(proxy));
}

namespace {

Value mapping_in(Value self) { return self.as<MappingProxyObject>()->mapping; }

Ref proxy_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "mappingproxy(mapping)", 1, call_args);
  const Value mapping = args[0];
  const TypeObject* type = type_of(vm, mapping);
  if (type->slots.subscript == nullptr || is_family<kTypeList>(mapping) || is_tuple(mapping))
    return raise(vm, vm.exc.TypeError, "mappingproxy() argument must be a mapping, not {}", type_name(vm, mapping));
  return new_mapping_proxy(vm, mapping);
}
bool proxy_length(Vm& vm, Value self, std::size_t& out) {
  VM_TRY(out, length(vm, mapping_in(self)));
  return true;
}
Ref proxy_subscript(Vm& vm, Value self, Value key) { return get_item(vm, mapping_in(self), key); }
bool proxy_contains(Vm& vm, Value self, Value key, bool& out) { return contains(vm, mapping_in(self), key, out); }
Ref proxy_iter(Vm& vm, Value self) { return get_iter(vm, mapping_in(self)); }
Ref proxy_repr(Vm& vm, Value self) {
  VM_TRY(Ref text, repr(vm, mapping_in(self)));
  return new_str(vm, format_message("mappingproxy({})", {Piece(text.as<StrObject>())}));
}
Ref proxy_str(Vm& vm, Value self) { return str(vm, mapping_in(self)); }
bool proxy_hash(Vm& vm, Value self, std::int64_t& out) { return hash(vm, mapping_in(self), out); }
Ref proxy_compare(Vm& vm, Value self, Value other, CompareOp op) { return compare(vm, mapping_in(self), other, op); }
Ref proxy_or(Vm& vm, Value left, Value right) {
  const bool left_is = is_exact(vm, left, vm.types.mapping_proxy);
  const bool right_is = is_exact(vm, right, vm.types.mapping_proxy);
  return binary(vm, left_is ? mapping_in(left) : left, right_is ? mapping_in(right) : right, BinaryOp::Or);
}
Ref proxy_ior(Vm& vm, Value self, Value) {
  return raise(vm, vm.exc.TypeError, "'|=' is not supported by {}; use '|' instead", type_name(vm, self));
}
void proxy_dealloc(Vm& vm, Object* self) {
  auto* proxy = static_cast<MappingProxyObject*>(self);
  vm.heap.untrack(proxy);
  xdecref(std::exchange(proxy->mapping, Value()));
  free_object(vm, self, self->type->basic_size);
}
void proxy_traverse(Object* self, Visitor& visit) { visit(static_cast<MappingProxyObject*>(self)->mapping); }

Ref proxy_get(Vm& vm, Value self, Args& args) {
  return call_method(vm, mapping_in(self), vm.names.get, {args[0], args.get(1, kNone)});
}
Ref proxy_keys(Vm& vm, Value self) { return call_method(vm, mapping_in(self), vm.names.keys); }
Ref proxy_values(Vm& vm, Value self) { return call_method(vm, mapping_in(self), vm.names.values); }
Ref proxy_items(Vm& vm, Value self) { return call_method(vm, mapping_in(self), vm.names.items); }
Ref proxy_copy(Vm& vm, Value self) { return call_method(vm, mapping_in(self), vm.names.copy); }
Ref proxy_reversed(Vm& vm, Value self) { return call_method(vm, mapping_in(self), vm.names.d_reversed); }

constexpr MethodSpec kMethods[] = {
    {"get($self, key, default=None, /)", proxy_get, "Return the value for key if key is in the mapping, else default."},
    {"keys($self, /)", proxy_keys, "D.keys() -> a set-like object providing a view on D's keys"},
    {"values($self, /)", proxy_values, "D.values() -> an object providing a view on D's values"},
    {"items($self, /)", proxy_items, "D.items() -> a set-like object providing a view on D's items"},
    {"copy($self, /)", proxy_copy, "D.copy() -> a shallow copy of D"},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
    {"__reversed__($self, /)", proxy_reversed, "D.__reversed__() -> reverse iterator"},
};

}  // namespace

const TypeSpec kMappingProxyType = {
    .name = "mappingproxy",
    .basic_size = sizeof(MappingProxyObject),
    .flags = kTypeContainer | kTypeMapping,
    .doc = "mappingproxy(mapping)\n--\n\nRead-only proxy of a mapping.",
    .slots = {.dealloc = proxy_dealloc, .traverse = proxy_traverse, .construct = proxy_construct, .repr = proxy_repr,
              .str = proxy_str, .hash = proxy_hash, .compare = proxy_compare, .iter = proxy_iter,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, proxy_or},
              .in_place = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, proxy_ior},
              .length = proxy_length, .subscript = proxy_subscript, .contains = proxy_contains},
    .methods = kMethods,
};

}  // namespace ouro::vm
