// Slots of classes: each looks up the special method that Python code defined, and calls it (CPython 3.13
// Objects/typeobject.c slot_*).
#include <vector>

#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/slot_defs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

Ref call_special(Vm& vm, Value self, StrObject* name, std::span<const Value> arguments, bool& missing) {
  TypeObject* type = type_of(vm, self);
  missing = false;
  const Value found = lookup_type_attribute(vm, type, name);
  if (found.is_null()) {
    missing = true;
    return {};
  }
  Value values[5];
  TypeObject* kind = type_of(vm, found);
  if (kind->has(kTypeMethodDescriptor)) {
    const Ref method = Ref::share(found);
    values[0] = self;
    for (std::size_t i = 0; i < arguments.size(); ++i) values[i + 1] = arguments[i];
    return call(vm, method, CallArgs{values, arguments.size() + 1, nullptr});
  }
  Ref method = Ref::share(found);
  if (kind->slots.descriptor_get != nullptr) {
    method = kind->slots.descriptor_get(vm, found, self, Value(type));
    if (!method) return {};
  }
  return call(vm, method, CallArgs{arguments.data(), arguments.size(), nullptr});
}

namespace {

/// The method called; NotImplemented where there is none (CPython vectorcall_maybe).
Ref call_maybe(Vm& vm, Value self, StrObject* name, std::initializer_list<Value> arguments) {
  bool missing = false;
  Ref result = call_special(vm, self, name, {arguments.begin(), arguments.size()}, missing);
  if (missing) return Ref::not_implemented();
  return result;
}

/// The method called; AttributeError where there is none.
Ref call_required(Vm& vm, Value self, StrObject* name, std::initializer_list<Value> arguments = {}) {
  bool missing = false;
  Ref result = call_special(vm, self, name, {arguments.begin(), arguments.size()}, missing);
  if (missing) return raise_no_attribute(vm, self, name);
  return result;
}

struct BinaryNames {
  StrObject* Names::* plain;
  StrObject* Names::* reflected;
  StrObject* Names::* in_place;
};
constexpr BinaryNames kBinaryNames[kBinaryOps] = {
    {&Names::d_add, &Names::d_radd, &Names::d_iadd},
    {&Names::d_and, &Names::d_rand, &Names::d_iand},
    {&Names::d_floordiv, &Names::d_rfloordiv, &Names::d_ifloordiv},
    {&Names::d_lshift, &Names::d_rlshift, &Names::d_ilshift},
    {&Names::d_matmul, &Names::d_rmatmul, &Names::d_imatmul},
    {&Names::d_mul, &Names::d_rmul, &Names::d_imul},
    {&Names::d_mod, &Names::d_rmod, &Names::d_imod},
    {&Names::d_or, &Names::d_ror, &Names::d_ior},
    {&Names::d_pow, &Names::d_rpow, &Names::d_ipow},
    {&Names::d_rshift, &Names::d_rrshift, &Names::d_irshift},
    {&Names::d_sub, &Names::d_rsub, &Names::d_isub},
    {&Names::d_truediv, &Names::d_rtruediv, &Names::d_itruediv},
    {&Names::d_xor, &Names::d_rxor, &Names::d_ixor},
    {&Names::d_divmod, &Names::d_rdivmod, &Names::d_divmod},
};

/// Whether `other`'s type has another reflected method than self's.
bool is_overloaded(Vm& vm, Value self, Value other, StrObject* name) {
  const Value theirs = lookup_type_attribute(vm, type_of(vm, other), name);
  if (theirs.is_null()) return false;
  return theirs != lookup_type_attribute(vm, type_of(vm, self), name);
}

template <std::size_t kOp>
Ref class_binary(Vm& vm, Value left, Value right);

/// The order in which a binary operation's methods are asked (CPython SLOT1BINFULL).
Ref ask_both(Vm& vm, Value left, Value right, StrObject* name, StrObject* reflected, bool left_has_slot, bool right_has_slot) {
  TypeObject* left_type = type_of(vm, left);
  TypeObject* right_type = type_of(vm, right);
  bool ask_right = left_type != right_type && right_has_slot;
  if (left_has_slot) {
    if (ask_right && right_type->is_subtype_of(left_type) && is_overloaded(vm, left, right, reflected)) {
      Ref result = call_maybe(vm, right, reflected, {left});
      if (result.get() != kNotImplemented) return result;
      ask_right = false;
    }
    Ref result = call_maybe(vm, left, name, {right});
    if (result.get() != kNotImplemented || right_type == left_type) return result;
  }
  if (ask_right) return call_maybe(vm, right, reflected, {left});
  return Ref::not_implemented();
}

template <std::size_t kOp>
Ref class_binary(Vm& vm, Value left, Value right) {
  const BinarySlot slot = class_binary<kOp>;
  return ask_both(vm, left, right, vm.names.*kBinaryNames[kOp].plain, vm.names.*kBinaryNames[kOp].reflected,
                  type_of(vm, left)->slots.binary[kOp] == slot, type_of(vm, right)->slots.binary[kOp] == slot);
}
template <std::size_t kOp>
Ref class_in_place(Vm& vm, Value left, Value right) {
  return call_maybe(vm, left, vm.names.*kBinaryNames[kOp].in_place, {right});
}

template <std::size_t... kOps>
constexpr std::array<BinarySlot, kBinaryOps> binary_slots(std::index_sequence<kOps...>) {
  return {class_binary<kOps>...};
}
template <std::size_t... kOps>
constexpr std::array<BinarySlot, kBinaryOps> in_place_slots(std::index_sequence<kOps...>) {
  return {class_in_place<kOps>...};
}
constexpr auto kBinarySlots = binary_slots(std::make_index_sequence<kBinaryOps>());
constexpr auto kInPlaceSlots = in_place_slots(std::make_index_sequence<kBinaryOps>());

}  // namespace

AnyFunction class_binary_slot(std::size_t op) { return reinterpret_cast<AnyFunction>(kBinarySlots[op]); }
AnyFunction class_in_place_slot(std::size_t op) { return reinterpret_cast<AnyFunction>(kInPlaceSlots[op]); }

// --- life and calls

namespace {
/// The call's arguments behind one more.
struct Prepended {
  std::vector<Value> heap;
  Value local[8];
  CallArgs args;
  Prepended(Value first, const CallArgs& rest) {
    const std::size_t count = rest.positional + rest.keyword_count();
    Value* values = local;
    if (count + 1 > std::size(local)) {
      heap.resize(count + 1);
      values = heap.data();
    }
    values[0] = first;
    for (std::size_t i = 0; i < count; ++i) values[i + 1] = rest.values[i];
    args = CallArgs{values, rest.positional + 1, rest.keyword_names};
  }
};

/// A method with the whole of a call's arguments.
Ref call_forwarding(Vm& vm, Value self, StrObject* name, const CallArgs& args) {
  TypeObject* type = type_of(vm, self);
  const Ref method = Ref::share(lookup_type_attribute(vm, type, name));
  if (!method) return raise_no_attribute(vm, self, name);
  TypeObject* kind = type_of(vm, method);
  if (kind->has(kTypeMethodDescriptor)) {
    const Prepended prepended(self, args);
    return call(vm, method, prepended.args);
  }
  if (kind->slots.descriptor_get == nullptr) return call(vm, method, args);
  VM_TRY(Ref bound, kind->slots.descriptor_get(vm, method, self, Value(type)));
  return call(vm, bound, args);
}
}  // namespace

Ref class_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  VM_TRY(Ref function, get_attribute(vm, Value(type), vm.names.d_new));
  const Prepended prepended(Value(type), args);
  return call(vm, function, prepended.args);
}

bool class_init(Vm& vm, Value self, const CallArgs& args) {
  VM_TRY(Ref result, call_forwarding(vm, self, vm.names.d_init, args));
  if (result.is_none()) return true;
  return raise(vm, vm.exc.TypeError, "__init__() should return None, not '{}'", type_name(vm, result));
}

Ref class_call(Vm& vm, Value self, const CallArgs& args) {
  const RecursionGuard guard(vm, " while calling a Python object");
  VM_CHECK(guard);
  return call_forwarding(vm, self, vm.names.d_call, args);
}

// --- any value

Ref class_repr(Vm& vm, Value self) {
  bool missing = false;
  Ref result = call_special(vm, self, vm.names.d_repr, {}, missing);
  if (!missing) return result;
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<{} object at {}>", {Piece(type_name(vm, self)), Piece(address)}));
}

Ref class_str(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_str); }

bool class_hash(Vm& vm, Value self, std::int64_t& out) {
  const Value found = lookup_type_attribute(vm, type_of(vm, self), vm.names.d_hash);
  if (found.is_null() || found.is_none()) return hash_not_implemented(vm, self, out);
  VM_TRY(Ref result, call_required(vm, self, vm.names.d_hash));
  if (!is_int(result)) return raise(vm, vm.exc.TypeError, "__hash__ method should return an integer");
  const std::optional<std::int64_t> number = int_to_int64(result);
  out = number ? *number : int_hash(result);
  if (out == -1) out = -2;
  return true;
}

Ref class_get_attribute(Vm& vm, Value self, StrObject* name) {
  TypeObject* type = type_of(vm, self);
  const Ref getattr = Ref::share(lookup_type_attribute(vm, type, vm.names.d_getattr));
  const Value getattribute = lookup_type_attribute(vm, type, vm.names.d_getattribute);
  const bool is_plain = getattribute.is_null() ||
                        (is_exact(vm, getattribute, vm.types.slot_wrapper) &&
                         getattribute.as<SlotWrapperObject>()->function == reinterpret_cast<AnyFunction>(generic_get_attribute));
  if (is_plain && getattr) {
    Ref found;
    VM_CHECK(find_generic_attribute(vm, self, name, found));
    if (found) return found;
  } else {
    Ref result = is_plain ? generic_get_attribute(vm, self, name)
                          : call_required(vm, self, vm.names.d_getattribute, {Value(name)});
    if (result || !getattr || !catch_error(vm, vm.exc.AttributeError)) return result;
  }
  return call_required(vm, self, vm.names.d_getattr, {Value(name)});
}

bool class_set_attribute(Vm& vm, Value self, StrObject* name, Value value) {
  if (value.is_null()) return static_cast<bool>(call_required(vm, self, vm.names.d_delattr, {Value(name)}));
  return static_cast<bool>(call_required(vm, self, vm.names.d_setattr, {Value(name), value}));
}

Ref class_compare(Vm& vm, Value self, Value other, CompareOp op) {
  static constexpr StrObject* Names::* kNames[] = {&Names::d_lt, &Names::d_le, &Names::d_eq,
                                                   &Names::d_ne, &Names::d_gt, &Names::d_ge};
  StrObject* name = vm.names.*kNames[static_cast<std::size_t>(op)];
  Ref method;
  if (!lookup_special(vm, self, name, method)) {
    clear_error(vm);  // a descriptor that fails counts as no method: CPython 3.13 Objects/typeobject.c slot_tp_richcompare
    return Ref::not_implemented();
  }
  if (!method) return Ref::not_implemented();
  return call(vm, method, {other});
}

// --- iteration and descriptors

Ref class_iter(Vm& vm, Value self) {
  TypeObject* type = type_of(vm, self);
  const Value found = lookup_type_attribute(vm, type, vm.names.d_iter);
  if (found.is_none()) return raise(vm, vm.exc.TypeError, "'{}' object is not iterable", type->display_name());
  if (!found.is_null()) return call_required(vm, self, vm.names.d_iter);
  if (lookup_type_attribute(vm, type, vm.names.d_getitem).is_null())
    return raise(vm, vm.exc.TypeError, "'{}' object is not iterable", type->display_name());
  return new_sequence_iterator(vm, self);
}

Ref class_next(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_next); }

Ref class_descriptor_get(Vm& vm, Value self, Value instance, Value owner) {
  bool missing = false;
  const Value arguments[] = {instance.is_null() ? kNone : instance, owner.is_null() ? kNone : owner};
  Ref result = call_special(vm, self, vm.names.d_get, arguments, missing);
  return missing ? Ref::share(self) : std::move(result);
}

bool class_descriptor_set(Vm& vm, Value self, Value instance, Value value) {
  StrObject* name = value.is_null() ? vm.names.d_delete : vm.names.d_set;
  const Value arguments[] = {instance, value};
  bool missing = false;
  const Ref result = call_special(vm, self, name, {arguments, value.is_null() ? 1U : 2U}, missing);
  if (missing) return raise_attribute_error(vm, self, name, to_utf8(name));
  return static_cast<bool>(result);
}

// --- numbers

Ref class_power(Vm& vm, Value base, Value exponent, Value modulus) {
  const auto slot = class_power;
  const bool base_has_slot = type_of(vm, base)->slots.power == slot;
  if (modulus.is_none()) {
    return ask_both(vm, base, exponent, vm.names.d_pow, vm.names.d_rpow, base_has_slot,
                    type_of(vm, exponent)->slots.power == slot);
  }
  if (!base_has_slot) return Ref::not_implemented();
  return call_required(vm, base, vm.names.d_pow, {exponent, modulus});
}

Ref class_negative(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_neg); }
Ref class_positive(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_pos); }
Ref class_absolute(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_abs); }
Ref class_invert(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_invert); }
Ref class_to_int(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_int); }
Ref class_to_float(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_float); }
Ref class_index(Vm& vm, Value self) { return call_required(vm, self, vm.names.d_index); }
Ref class_await(Vm& vm, Value self) {
  bool missing = false;
  Ref result = call_special(vm, self, vm.names.d_await, {}, missing);
  if (missing) return raise(vm, vm.exc.AttributeError, "object {} does not have __await__ method", type_name(vm, self));
  return result;
}
Ref class_async_iter(Vm& vm, Value self) {
  bool missing = false;
  Ref result = call_special(vm, self, vm.names.d_aiter, {}, missing);
  if (missing) return raise(vm, vm.exc.AttributeError, "object {} does not have __aiter__ method", type_name(vm, self));
  return result;
}
Ref class_async_next(Vm& vm, Value self) {
  bool missing = false;
  Ref result = call_special(vm, self, vm.names.d_anext, {}, missing);
  if (missing) return raise(vm, vm.exc.AttributeError, "object {} does not have __anext__ method", type_name(vm, self));
  return result;
}

bool class_boolean(Vm& vm, Value self, bool& out) {
  bool missing = false;
  const Ref result = call_special(vm, self, vm.names.d_bool, {}, missing);
  if (missing) {
    out = true;
    if (lookup_type_attribute(vm, type_of(vm, self), vm.names.d_len).is_null()) return true;
    std::size_t size = 0;
    if (!class_length(vm, self, size)) return false;
    out = size != 0;
    return true;
  }
  if (!result) return false;
  if (!result.get().is_bool())
    return raise(vm, vm.exc.TypeError, "__bool__ should return bool, returned {}", type_name(vm, result));
  out = result.get().is_true();
  return true;
}

// --- containers

bool class_length(Vm& vm, Value self, std::size_t& out) {
  VM_TRY(Ref result, call_required(vm, self, vm.names.d_len));
  VM_TRY(Ref number, to_index(vm, result));
  if (int_sign(number) < 0) return raise(vm, vm.exc.ValueError, "__len__() should return >= 0");
  VM_TRY(std::int64_t size, to_ssize(vm, number, vm.exc.OverflowError));
  out = static_cast<std::size_t>(size);
  return true;
}

Ref class_subscript(Vm& vm, Value self, Value key) { return call_required(vm, self, vm.names.d_getitem, {key}); }

bool class_assign_subscript(Vm& vm, Value self, Value key, Value value) {
  if (value.is_null()) return static_cast<bool>(call_required(vm, self, vm.names.d_delitem, {key}));
  return static_cast<bool>(call_required(vm, self, vm.names.d_setitem, {key, value}));
}

bool class_contains(Vm& vm, Value self, Value item, bool& out) {
  const Value found = lookup_type_attribute(vm, type_of(vm, self), vm.names.d_contains);
  if (found.is_none()) return raise(vm, vm.exc.TypeError, "'{}' object is not a container", type_name(vm, self));
  if (found.is_null()) return contains_by_iteration(vm, self, item, out);
  VM_TRY(Ref result, call_required(vm, self, vm.names.d_contains, {item}));
  return truth(vm, result, out);
}

}  // namespace ouro::vm
