// weakref.proxy: every operation is done on the object referred to.
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/weakref_impl.h"

namespace ouro::vm {
namespace {

bool is_proxy(Vm& vm, Value value) {
  return value.is_object() && (value.object()->type->spec == &kProxyType || value.object()->type->spec == &kCallableProxyType);
}

/// The object of a proxy, or the value itself where it is none; null: ReferenceError is set.
Ref unwrap_proxy(Vm& vm, Value value) {
  if (!is_proxy(vm, value)) return Ref::share(value);
  const Value target = weakref_target(value.as<WeakRefObject>());
  if (target.is_null()) return raise(vm, vm.exc.ReferenceError, "weakly-referenced object no longer exists");
  return Ref::share(target);
}

template <BinaryOp kOp>
Ref proxy_binary(Vm& vm, Value left, Value right) {
  VM_TRY(Ref a, unwrap_proxy(vm, left));
  VM_TRY(Ref b, unwrap_proxy(vm, right));
  return binary(vm, a, b, kOp);
}
template <BinaryOp kOp>
Ref proxy_in_place(Vm& vm, Value left, Value right) {
  VM_TRY(Ref a, unwrap_proxy(vm, left));
  VM_TRY(Ref b, unwrap_proxy(vm, right));
  return in_place(vm, a, b, kOp);
}
template <Ref (*kFunction)(Vm&, Value)>
Ref proxy_unary(Vm& vm, Value self) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return kFunction(vm, target);
}
Ref proxy_power(Vm& vm, Value base, Value exponent, Value modulus) {
  VM_TRY(Ref a, unwrap_proxy(vm, base));
  VM_TRY(Ref b, unwrap_proxy(vm, exponent));
  VM_TRY(Ref m, unwrap_proxy(vm, modulus));
  return power(vm, a, b, m);
}
Ref proxy_str(Vm& vm, Value self) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return str(vm, target);
}
Ref proxy_repr(Vm& vm, Value self) {
  char buffer[128];
  const Value target = weakref_target(self.as<WeakRefObject>());
  if (target.is_null()) {
    std::snprintf(buffer, sizeof buffer, "<weakproxy at 0x%llx; dead>", static_cast<unsigned long long>(self.bits()));
    return new_str(vm, buffer);
  }
  std::snprintf(buffer, sizeof buffer, "<weakproxy at 0x%llx; to ", static_cast<unsigned long long>(self.bits()));
  std::string text = buffer;
  std::snprintf(buffer, sizeof buffer, " at 0x%llx>", static_cast<unsigned long long>(target.bits()));
  return new_str(vm, text + "'" + std::string(type_name(vm, target)) + "'" + buffer);
}
Ref proxy_call(Vm& vm, Value self, const CallArgs& args) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return call(vm, target, args);
}
Ref proxy_get_attribute(Vm& vm, Value self, StrObject* name) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return get_attribute(vm, target, name);
}
bool proxy_set_attribute(Vm& vm, Value self, StrObject* name, Value value) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return set_attribute(vm, target, name, value);
}
Ref proxy_compare(Vm& vm, Value left, Value right, CompareOp op) {
  VM_TRY(Ref a, unwrap_proxy(vm, left));
  VM_TRY(Ref b, unwrap_proxy(vm, right));
  return compare(vm, a, b, op);
}
Ref proxy_iter(Vm& vm, Value self) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return get_iter(vm, target);
}
Ref proxy_next(Vm& vm, Value self) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  if (!is_iterator(vm, target))
    return raise(vm, vm.exc.TypeError, "Weakref proxy referenced a non-iterator '{}' object", type_name(vm, target));
  return iter_next(vm, target);
}
bool proxy_boolean(Vm& vm, Value self, bool& out) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return truth(vm, target, out);
}
bool proxy_length(Vm& vm, Value self, std::size_t& out) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  VM_TRY(out, length(vm, target));
  return true;
}
Ref proxy_subscript(Vm& vm, Value self, Value key) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return get_item(vm, target, key);
}
bool proxy_assign_subscript(Vm& vm, Value self, Value key, Value value) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return value.is_null() ? delete_item(vm, target, key) : set_item(vm, target, key, value);
}
bool proxy_contains(Vm& vm, Value self, Value item, bool& out) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return contains(vm, target, item, out);
}
Ref proxy_bytes(Vm& vm, Value self) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return call_method(vm, target, "__bytes__");
}
Ref proxy_reversed(Vm& vm, Value self) {
  VM_TRY(Ref target, unwrap_proxy(vm, self));
  return call_method(vm, target, "__reversed__");
}
constexpr MethodSpec kMethods[] = {{"__bytes__($self, /)", proxy_bytes}, {"__reversed__($self, /)", proxy_reversed}};

template <template <BinaryOp> class Wrapper, std::size_t... kOps>
constexpr std::array<BinarySlot, kBinaryOps> fill(std::index_sequence<kOps...>) {
  return {Wrapper<static_cast<BinaryOp>(kOps)>::slot...};
}
template <BinaryOp kOp>
struct Plain {
  static constexpr BinarySlot slot = kOp == BinaryOp::Power ? nullptr : proxy_binary<kOp>;
};
template <BinaryOp kOp>
struct InPlace {
  static constexpr BinarySlot slot = kOp == BinaryOp::Divmod ? nullptr : proxy_in_place<kOp>;
};

constexpr TypeSlots proxy_slots(bool callable) {
  TypeSlots slots;
  slots.dealloc = weakref_dealloc;
  slots.traverse = weakref_traverse;
  slots.clear = weakref_clear;
  slots.repr = proxy_repr;
  slots.str = proxy_str;
  slots.hash = nullptr;
  slots.call = callable ? proxy_call : nullptr;
  slots.get_attribute = proxy_get_attribute;
  slots.set_attribute = proxy_set_attribute;
  slots.compare = proxy_compare;
  slots.iter = proxy_iter;
  slots.next = proxy_next;
  slots.binary = fill<Plain>(std::make_index_sequence<kBinaryOps>());
  slots.in_place = fill<InPlace>(std::make_index_sequence<kBinaryOps>());
  slots.power = proxy_power;
  slots.negative = proxy_unary<negative>;
  slots.positive = proxy_unary<positive>;
  slots.absolute = proxy_unary<absolute>;
  slots.invert = proxy_unary<invert>;
  slots.boolean = proxy_boolean;
  slots.to_int = proxy_unary<to_int>;
  slots.to_float = proxy_unary<to_float>;
  slots.index = proxy_unary<to_index>;
  slots.length = proxy_length;
  slots.subscript = proxy_subscript;
  slots.assign_subscript = proxy_assign_subscript;
  slots.contains = proxy_contains;
  return slots;
}

}  // namespace

const TypeSpec kProxyType = {
    .name = "weakref.ProxyType",
    .basic_size = sizeof(WeakRefObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = proxy_slots(false),
    .methods = kMethods,
};
const TypeSpec kCallableProxyType = {
    .name = "weakref.CallableProxyType",
    .basic_size = sizeof(WeakRefObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = proxy_slots(true),
    .methods = kMethods,
};

}  // namespace ouro::vm
