// Operators and conversions of numbers (CPython 3.13 Objects/abstract.c).
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

constexpr std::string_view kOpNames[kBinaryOps] = {"+", "&", "//", "<<", "@", "*", "%", "|", "** or pow()", ">>", "-", "/", "^", "divmod()"};
constexpr std::string_view kInPlaceNames[kBinaryOps] = {"+=", "&=", "//=", "<<=", "@=", "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^=", "divmod()"};

/// Both operands' slots in their order; NotImplemented when neither knows (CPython binary_op1).
Ref ask_binary(Vm& vm, Value a, Value b, std::size_t op) {
  TypeObject* left = type_of(vm, a);
  TypeObject* right = type_of(vm, b);
  const BinarySlot first = left->slots.binary[op];
  BinarySlot second = left != right ? right->slots.binary[op] : nullptr;
  if (second == first) second = nullptr;
  if (first != nullptr) {
    if (second != nullptr && right->is_subtype_of(left)) {
      Ref result = second(vm, a, b);
      if (result.get() != kNotImplemented) return result;
      second = nullptr;
    }
    Ref result = first(vm, a, b);
    if (result.get() != kNotImplemented) return result;
  }
  if (second != nullptr) return second(vm, a, b);
  return Ref::not_implemented();
}

Failed raise_operands(Vm& vm, Value a, Value b, std::string_view name) {
  if (name == ">>" && is_exact(vm, a, vm.types.builtin_function) &&
      std::string_view(a.as<NativeFunctionObject>()->spec->signature).starts_with("print(")) {
    return raise(vm, vm.exc.TypeError,
                 "unsupported operand type(s) for {}: '{}' and '{}'. Did you mean \"print(<message>, file=<output_stream>)\"?",
                 name, type_name(vm, a), type_name(vm, b));
  }
  return raise(vm, vm.exc.TypeError, "unsupported operand type(s) for {}: '{}' and '{}'", name, type_name(vm, a), type_name(vm, b));
}

Ref repeat_sequence(Vm& vm, Ref (*repeat)(Vm&, Value, std::int64_t), Value sequence, Value count) {
  if (!has_index(vm, count))
    return raise(vm, vm.exc.TypeError, "can't multiply sequence by non-int of type '{}'", type_name(vm, count));
  VM_TRY(std::int64_t number, to_ssize(vm, count, vm.exc.OverflowError));
  return repeat(vm, sequence, number);
}

/// What + and * mean for sequences; null without exception when they are none.
Ref sequence_operation(Vm& vm, Value a, Value b, BinaryOp op) {
  const TypeSlots& left = type_of(vm, a)->slots;
  if (op == BinaryOp::Add && left.concat != nullptr) return left.concat(vm, a, b);
  if (op == BinaryOp::Multiply) {
    if (left.repeat != nullptr) return repeat_sequence(vm, left.repeat, a, b);
    const TypeSlots& right = type_of(vm, b)->slots;
    if (right.repeat != nullptr) return repeat_sequence(vm, right.repeat, b, a);
  }
  return {};
}

Ref binary_named(Vm& vm, Value a, Value b, BinaryOp op, std::string_view name) {
  Ref result = ask_binary(vm, a, b, static_cast<std::size_t>(op));
  if (result.get() != kNotImplemented) return result;
  result = sequence_operation(vm, a, b, op);
  if (result || has_error(vm)) return result;
  return raise_operands(vm, a, b, name);
}

/// CPython ternary_op.
Ref power_named(Vm& vm, Value base, Value exponent, Value modulus, std::string_view name) {
  TypeObject* left = type_of(vm, base);
  TypeObject* right = type_of(vm, exponent);
  auto first = left->slots.power;
  auto second = left != right ? right->slots.power : nullptr;
  if (second == first) second = nullptr;
  if (first != nullptr) {
    if (second != nullptr && right->is_subtype_of(left)) {
      Ref result = second(vm, base, exponent, modulus);
      if (result.get() != kNotImplemented) return result;
      second = nullptr;
    }
    Ref result = first(vm, base, exponent, modulus);
    if (result.get() != kNotImplemented) return result;
  }
  if (second != nullptr) {
    Ref result = second(vm, base, exponent, modulus);
    if (result.get() != kNotImplemented) return result;
  }
  const auto third = modulus.is_none() ? nullptr : type_of(vm, modulus)->slots.power;
  if (third != nullptr && third != first && third != right->slots.power) {
    Ref result = third(vm, base, exponent, modulus);
    if (result.get() != kNotImplemented) return result;
  }
  if (modulus.is_none()) return raise_operands(vm, base, exponent, name);
  return raise(vm, vm.exc.TypeError, "unsupported operand type(s) for {}: '{}', '{}', '{}'", name, type_name(vm, base),
               type_name(vm, exponent), type_name(vm, modulus));
}

Ref unary(Vm& vm, Value value, UnarySlot slot, std::string_view name) {
  if (slot != nullptr) return slot(vm, value);
  return raise(vm, vm.exc.TypeError, "bad operand type for {}: '{}'", name, type_name(vm, value));
}

/// A subclass's instance as a result of __int__ or __index__ is on its way out.
bool check_strict_int(Vm& vm, Value result, std::string_view method) {
  if (!is_int(result))
    return raise(vm, vm.exc.TypeError, "{} returned non-int (type {})", method, type_name(vm, result));
  if (is_exact(vm, result, vm.types.int_)) return true;
  return warn(vm, vm.exc.DeprecationWarning,
              format_message("{} returned non-int (type {}).  The ability to return an instance of a strict subclass of int is "
                             "deprecated, and may not be supported in a future version of Python.",
                             {Piece(method), Piece(type_name(vm, result))}));
}

}  // namespace

Ref binary(Vm& vm, Value a, Value b, BinaryOp op) {
  const auto index = static_cast<std::size_t>(op);
  if (op == BinaryOp::Power) return power_named(vm, a, b, kNone, kOpNames[index]);
  return binary_named(vm, a, b, op, kOpNames[index]);
}

Ref in_place(Vm& vm, Value a, Value b, BinaryOp op) {
  const auto index = static_cast<std::size_t>(op);
  const TypeSlots& slots = type_of(vm, a)->slots;
  if (slots.in_place[index] != nullptr) {
    Ref result = slots.in_place[index](vm, a, b);
    if (result.get() != kNotImplemented) return result;
  }
  if (op == BinaryOp::Power) return power_named(vm, a, b, kNone, kInPlaceNames[index]);
  Ref result = ask_binary(vm, a, b, index);
  if (result.get() != kNotImplemented) return result;
  if (op == BinaryOp::Add && slots.in_place_concat != nullptr) return slots.in_place_concat(vm, a, b);
  if (op == BinaryOp::Multiply && slots.in_place_repeat != nullptr) return repeat_sequence(vm, slots.in_place_repeat, a, b);
  result = sequence_operation(vm, a, b, op);
  if (result || has_error(vm)) return result;
  return raise_operands(vm, a, b, kInPlaceNames[index]);
}

Ref power(Vm& vm, Value base, Value exponent, Value modulus) {
  return power_named(vm, base, exponent, modulus.is_null() ? kNone : modulus, "** or pow()");
}

Ref negative(Vm& vm, Value value) { return unary(vm, value, type_of(vm, value)->slots.negative, "unary -"); }
Ref positive(Vm& vm, Value value) { return unary(vm, value, type_of(vm, value)->slots.positive, "unary +"); }
Ref invert(Vm& vm, Value value) { return unary(vm, value, type_of(vm, value)->slots.invert, "unary ~"); }
Ref absolute(Vm& vm, Value value) { return unary(vm, value, type_of(vm, value)->slots.absolute, "abs()"); }

bool has_index(Vm& vm, Value value) { return type_of(vm, value)->slots.index != nullptr; }

Ref to_index(Vm& vm, Value value) {
  if (is_int(value)) return Ref::share(value);
  TypeObject* type = type_of(vm, value);
  if (type->slots.index == nullptr)
    return raise(vm, vm.exc.TypeError, "'{}' object cannot be interpreted as an integer", type->display_name());
  VM_TRY(Ref result, type->slots.index(vm, value));
  VM_CHECK(check_strict_int(vm, result, "__index__"));
  return result;
}

std::optional<std::int64_t> to_ssize(Vm& vm, Value value, TypeObject* overflow) {
  if (value.is_small()) return value.small_value();
  VM_TRY(Ref number, to_index(vm, value));
  const std::optional<std::int64_t> fits = int_to_int64(number);
  if (fits) return fits;
  if (overflow != nullptr)
    return raise(vm, overflow, "cannot fit '{}' into an index-sized integer", type_name(vm, value));
  return int_sign(number) < 0 ? INT64_MIN : INT64_MAX;
}

std::optional<std::int64_t> to_int64(Vm& vm, Value value) {
  if (value.is_small()) return value.small_value();
  VM_TRY(Ref number, to_index(vm, value));
  const std::optional<std::int64_t> fits = int_to_int64(number);
  if (fits) return fits;
  return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C long");
}

std::optional<double> to_double(Vm& vm, Value value) {
  if (is_float(value)) return value.as<FloatObject>()->value;
  TypeObject* type = type_of(vm, value);
  if (type->slots.to_float != nullptr) {
    VM_TRY(Ref result, type->slots.to_float(vm, value));
    if (!is_float(result)) {
      return raise(vm, vm.exc.TypeError, "{}.__float__ returned non-float (type {})", type->display_name(), type_name(vm, result));
    }
    if (!is_exact_float(vm, result)) {
      VM_CHECK(warn(vm, vm.exc.DeprecationWarning,
                    format_message("{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict "
                                   "subclass of float is deprecated, and may not be supported in a future version of Python.",
                                   {Piece(type->display_name()), Piece(type_name(vm, result))})));
    }
    return result.as<FloatObject>()->value;
  }
  if (type->slots.index != nullptr) {
    VM_TRY(Ref number, to_index(vm, value));
    return int_to_double(vm, number);
  }
  return raise(vm, vm.exc.TypeError, "must be real number, not {}", type->display_name());
}

Ref to_int(Vm& vm, Value value) {
  if (is_exact(vm, value, vm.types.int_)) return Ref::share(value);
  const TypeSlots& slots = type_of(vm, value)->slots;
  if (slots.to_int != nullptr) {
    VM_TRY(Ref result, slots.to_int(vm, value));
    VM_CHECK(check_strict_int(vm, result, "__int__"));
    return int_plain(vm, result);
  }
  if (slots.index != nullptr) {
    VM_TRY(Ref result, to_index(vm, value));
    return int_plain(vm, result);
  }
  Ref truncate;
  VM_CHECK(lookup_special(vm, value, vm.names.d_trunc, truncate));
  if (truncate) {
    VM_CHECK(warn(vm, vm.exc.DeprecationWarning, "The delegation of int() to __trunc__ is deprecated."));
    VM_TRY(Ref result, call(vm, truncate));
    if (is_int(result)) return int_plain(vm, result);
    if (!has_index(vm, result))
      return raise(vm, vm.exc.TypeError, "__trunc__ returned non-Integral (type {})", type_name(vm, result));
    VM_TRY(Ref number, to_index(vm, result));
    return int_plain(vm, number);
  }
  if (is_str(value) || has_buffer(vm, value)) {
    const Value arguments[] = {value};
    return vm.types.int_->slots.construct(vm, vm.types.int_, CallArgs{arguments, 1, nullptr});
  }
  return raise(vm, vm.exc.TypeError, "int() argument must be a string, a bytes-like object or a real number, not '{}'",
               type_name(vm, value));
}

Ref to_float(Vm& vm, Value value) {
  if (is_exact_float(vm, value)) return Ref::share(value);
  const TypeSlots& slots = type_of(vm, value)->slots;
  if (is_float(value) || slots.to_float != nullptr || slots.index != nullptr) {
    if (is_float(value) && slots.to_float == nullptr) return new_float(vm, value.as<FloatObject>()->value);
    if (slots.to_float != nullptr) {
      VM_TRY(Ref result, slots.to_float(vm, value));
      if (!is_float(result)) {
        return raise(vm, vm.exc.TypeError, "{}.__float__ returned non-float (type {})", type_name(vm, value), type_name(vm, result));
      }
      if (is_exact_float(vm, result)) return result;
      VM_CHECK(warn(vm, vm.exc.DeprecationWarning,
                    format_message("{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict "
                                   "subclass of float is deprecated, and may not be supported in a future version of Python.",
                                   {Piece(type_name(vm, value)), Piece(type_name(vm, result))})));
      return new_float(vm, result.as<FloatObject>()->value);
    }
    VM_TRY(double number, to_double(vm, value));
    return new_float(vm, number);
  }
  if (is_str(value) || has_buffer(vm, value)) {
    const Value arguments[] = {value};
    return vm.types.float_->slots.construct(vm, vm.types.float_, CallArgs{arguments, 1, nullptr});
  }
  return raise(vm, vm.exc.TypeError, "float() argument must be a string or a real number, not '{}'", type_name(vm, value));
}

}  // namespace ouro::vm
