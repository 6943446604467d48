// Operators on constants as CPython 3.13 computes them (Python/ast_opt.c fold_unaryop, fold_binop and safe_*, with
// the arithmetic of Objects/longobject.c, floatobject.c and complexobject.c).
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "compile/fold.h"
#include "compile/fold_numbers.h"
#include "support/utf8.h"

namespace ouro::compile {
namespace {

using namespace syntax;  // the tree's value types

// Limits of what folding may produce (CPython 3.13 Python/ast_opt.c).
constexpr std::size_t kMaxIntBits = 128;
constexpr std::size_t kMaxCollectionSize = 256;
constexpr std::size_t kMaxStringSize = 4096;
constexpr std::int64_t kMaxTotalItems = 1024;

using Folded = std::optional<ConstantValue>;

bool is_bool(const ConstantValue& v) { return v.kind == ConstantKind::True || v.kind == ConstantKind::False; }
bool is_int(const ConstantValue& v) {
  return v.kind == ConstantKind::Int || v.kind == ConstantKind::BigInt || is_bool(v);
}
bool is_number(const ConstantValue& v) {
  return is_int(v) || v.kind == ConstantKind::Float || v.kind == ConstantKind::Complex;
}
bool is_text(const ConstantValue& v) { return v.kind == ConstantKind::Str || v.kind == ConstantKind::Bytes; }

std::optional<std::int64_t> small_int(const ConstantValue& v) {
  if (v.kind == ConstantKind::BigInt) return std::nullopt;
  return v.kind == ConstantKind::Int ? v.integer : v.kind == ConstantKind::True ? 1 : 0;
}

BigInt big_int(const ConstantValue& v) { return v.kind == ConstantKind::BigInt ? *v.big : BigInt(*small_int(v)); }

ConstantValue make_int(BigInt value, AstContext& context) {
  if (const auto small = value.to_int64()) return ConstantValue::of_int(*small);
  return ConstantValue::of_big(context.keep(std::move(value)));
}

std::optional<double> to_double(const ConstantValue& v) {
  if (v.kind == ConstantKind::Float) return v.real;
  if (const auto small = small_int(v)) return static_cast<double>(*small);
  return v.big->to_double();
}

ConstantValue of_complex(const ComplexValue& value) { return ConstantValue::of_complex(value.real, value.imag); }

// ---- integers ------------------------------------------------------------------------------------------

Folded multiply_ints(const BigInt& a, const BigInt& b, AstContext& context) {
  if (!a.is_zero() && !b.is_zero() && a.bit_length() + b.bit_length() > kMaxIntBits) return std::nullopt;
  return make_int(a * b, context);
}

Folded power_ints(const BigInt& base, const BigInt& exponent, AstContext& context) {
  if (exponent.is_negative()) {
    const auto x = base.to_double();
    const auto y = exponent.to_double();
    if (!x || !y) return std::nullopt;
    const auto value = float_power(*x, *y);
    if (!value || value->imag != 0) return std::nullopt;
    return ConstantValue::of_float(value->real);
  }
  if (exponent.is_zero()) return ConstantValue::of_int(1);
  if (base.is_zero()) return ConstantValue::of_int(0);
  const auto count = exponent.to_int64();
  if (!count || base.bit_length() > kMaxIntBits / static_cast<std::uint64_t>(*count)) return std::nullopt;
  return make_int(base.power(static_cast<std::uint64_t>(*count)), context);
}

Folded shift_left_ints(const BigInt& value, const BigInt& bits, AstContext& context) {
  if (bits.is_negative()) return std::nullopt;
  if (value.is_zero()) return ConstantValue::of_int(0);
  const auto count = bits.to_int64();
  if (!count || static_cast<std::uint64_t>(*count) > kMaxIntBits) return std::nullopt;
  if (value.bit_length() > kMaxIntBits - static_cast<std::size_t>(*count)) return std::nullopt;
  return make_int(value.shift_left(static_cast<std::size_t>(*count)), context);
}

Folded shift_right_ints(const BigInt& value, const BigInt& bits, AstContext& context) {
  if (bits.is_negative()) return std::nullopt;
  const auto count = bits.to_int64();
  if (!count || static_cast<std::size_t>(*count) >= value.bit_length()) {
    return ConstantValue::of_int(value.is_negative() ? -1 : 0);
  }
  return make_int(value.shift_right(static_cast<std::size_t>(*count)), context);
}

Folded bitwise(Operator op, const ConstantValue& left, const ConstantValue& right, AstContext& context) {
  const BigInt a = big_int(left);
  const BigInt b = big_int(right);
  const BigInt result = op == Operator::BitAnd ? a & b : op == Operator::BitOr ? a | b : a ^ b;
  if (is_bool(left) && is_bool(right)) return ConstantValue::of_bool(!result.is_zero());
  return make_int(result, context);
}

Folded int_operation(Operator op, const ConstantValue& left, const ConstantValue& right, AstContext& context) {
  const BigInt a = big_int(left);
  const BigInt b = big_int(right);
  switch (op) {
    case Operator::Add: return make_int(a + b, context);
    case Operator::Sub: return make_int(a - b, context);
    case Operator::Mult: return multiply_ints(a, b, context);
    case Operator::Div: {
      if (b.is_zero()) return std::nullopt;
      const auto quotient = BigInt::true_divide(a, b);
      return quotient ? Folded(ConstantValue::of_float(*quotient)) : std::nullopt;
    }
    case Operator::FloorDiv:
      if (b.is_zero()) return std::nullopt;
      return make_int(BigInt::divide_floor(a, b).quotient, context);
    case Operator::Mod:
      if (b.is_zero()) return std::nullopt;
      return make_int(BigInt::divide_floor(a, b).remainder, context);
    case Operator::Pow: return power_ints(a, b, context);
    case Operator::LShift: return shift_left_ints(a, b, context);
    case Operator::RShift: return shift_right_ints(a, b, context);
    case Operator::BitAnd:
    case Operator::BitOr:
    case Operator::BitXor: return bitwise(op, left, right, context);
    case Operator::MatMult: return std::nullopt;
  }
  return std::nullopt;
}

// ---- floats and complex numbers ------------------------------------------------------------------------

Folded float_operation(Operator op, double a, double b) {
  switch (op) {
    case Operator::Add: return ConstantValue::of_float(a + b);
    case Operator::Sub: return ConstantValue::of_float(a - b);
    case Operator::Mult: return ConstantValue::of_float(a * b);
    case Operator::Div: return b == 0 ? std::nullopt : Folded(ConstantValue::of_float(a / b));
    case Operator::FloorDiv: return b == 0 ? std::nullopt : Folded(ConstantValue::of_float(float_floor_divide(a, b)));
    case Operator::Mod: return b == 0 ? std::nullopt : Folded(ConstantValue::of_float(float_modulo(a, b)));
    case Operator::Pow: {
      const auto value = float_power(a, b);
      if (!value) return std::nullopt;
      return value->is_complex ? of_complex({value->real, value->imag}) : ConstantValue::of_float(value->real);
    }
    default: return std::nullopt;
  }
}

Folded complex_operation(Operator op, const ComplexValue& a, const ComplexValue& b) {
  switch (op) {
    case Operator::Add: return of_complex({a.real + b.real, a.imag + b.imag});
    case Operator::Sub: return of_complex({a.real - b.real, a.imag - b.imag});
    case Operator::Mult: return of_complex(complex_multiply(a, b));
    case Operator::Div: {
      const auto value = complex_divide(a, b);
      return value ? Folded(of_complex(*value)) : std::nullopt;
    }
    case Operator::Pow: {
      const auto value = complex_power(a, b);
      return value ? Folded(of_complex(*value)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

Folded number_operation(Operator op, const ConstantValue& left, const ConstantValue& right, AstContext& context) {
  if (is_int(left) && is_int(right)) return int_operation(op, left, right, context);
  if (left.kind != ConstantKind::Complex && right.kind != ConstantKind::Complex) {
    const auto a = to_double(left);
    const auto b = to_double(right);
    return a && b ? float_operation(op, *a, *b) : std::nullopt;
  }
  const auto as_complex = [](const ConstantValue& v) -> std::optional<ComplexValue> {
    if (v.kind == ConstantKind::Complex) return ComplexValue{v.complex.real, v.complex.imag};
    const auto real = to_double(v);
    return real ? std::optional<ComplexValue>({*real, 0.0}) : std::nullopt;
  };
  const auto a = as_complex(left);
  const auto b = as_complex(right);
  return a && b ? complex_operation(op, *a, *b) : std::nullopt;
}

// ---- sequences -----------------------------------------------------------------------------------------

std::int64_t items_left(const ConstantValue& value, std::int64_t limit) {
  if (value.kind != ConstantKind::Tuple && value.kind != ConstantKind::FrozenSet) return limit;
  limit -= static_cast<std::int64_t>(value.items().size());
  if (value.kind == ConstantKind::FrozenSet) return limit;
  for (const ConstantValue& item : value.items()) {
    if (limit < 0) break;
    limit = items_left(item, limit);
  }
  return limit;
}

Folded repeat(const ConstantValue& sequence, const ConstantValue& times, AstContext& context) {
  const bool text = is_text(sequence);
  std::size_t size = text ? sequence.text().size() : sequence.items().size();
  if (sequence.kind == ConstantKind::Str) size = support::count_code_points(sequence.text());
  const auto count = small_int(times);
  if (size != 0) {
    const std::size_t limit = text ? kMaxStringSize : kMaxCollectionSize;
    if (!count || *count < 0 || static_cast<std::uint64_t>(*count) > limit / size) return std::nullopt;
    if (!text && *count != 0 && items_left(sequence, kMaxTotalItems / *count) < 0) return std::nullopt;
  } else if (!count) {
    return std::nullopt;  // OverflowError
  }
  const std::size_t repeats = size == 0 ? 0 : static_cast<std::size_t>(*count);
  if (text) {
    std::string result;
    for (std::size_t i = 0; i < repeats; ++i) result += sequence.text();
    return ConstantValue::of_text(sequence.kind, context.arena.copy(result));
  }
  std::vector<ConstantValue> items;
  for (std::size_t i = 0; i < repeats; ++i) {
    items.insert(items.end(), sequence.items().begin(), sequence.items().end());
  }
  return ConstantValue::of_items(ConstantKind::Tuple, context.arena.copy(items));
}

Folded concatenate(const ConstantValue& left, const ConstantValue& right, AstContext& context) {
  if (is_text(left)) {
    std::string result(left.text());
    result += right.text();
    return ConstantValue::of_text(left.kind, context.arena.copy(result));
  }
  std::vector<ConstantValue> items(left.items().begin(), left.items().end());
  items.insert(items.end(), right.items().begin(), right.items().end());
  return ConstantValue::of_items(ConstantKind::Tuple, context.arena.copy(items));
}

Folded text_item(const ConstantValue& text, std::int64_t index, AstContext& context) {
  const std::string_view chars = text.text();
  if (text.kind == ConstantKind::Bytes) {
    const auto size = static_cast<std::int64_t>(chars.size());
    if (index < 0) index += size;
    if (index < 0 || index >= size) return std::nullopt;
    return ConstantValue::of_int(static_cast<std::uint8_t>(chars[static_cast<std::size_t>(index)]));
  }
  const auto size = static_cast<std::int64_t>(support::count_code_points(chars));
  if (index < 0) index += size;
  if (index < 0 || index >= size) return std::nullopt;
  std::size_t position = 0;
  for (; index > 0; --index) position += support::decode_utf8(chars, position).length;
  const std::size_t length = support::decode_utf8(chars, position).length;
  return ConstantValue::of_text(ConstantKind::Str, context.arena.copy(chars.substr(position, length)));
}

}  // namespace

Folded fold_unary(UnaryOperator op, const ConstantValue& operand, AstContext& context) {
  if (op == UnaryOperator::Not) return ConstantValue::of_bool(!is_true(operand));
  if (!is_number(operand)) return std::nullopt;
  if (op == UnaryOperator::Invert) {
    return is_int(operand) ? Folded(make_int(~big_int(operand), context)) : std::nullopt;
  }
  const bool negate = op == UnaryOperator::USub;
  if (operand.kind == ConstantKind::Float) return ConstantValue::of_float(negate ? -operand.real : operand.real);
  if (operand.kind == ConstantKind::Complex) {
    const auto& c = operand.complex;
    return negate ? ConstantValue::of_complex(-c.real, -c.imag) : operand;
  }
  return make_int(negate ? -big_int(operand) : big_int(operand), context);
}

Folded fold_binary(Operator op, const ConstantValue& left, const ConstantValue& right, AstContext& context) {
  if (is_number(left) && is_number(right)) return number_operation(op, left, right, context);
  const auto is_sequence = [](const ConstantValue& v) { return is_text(v) || v.kind == ConstantKind::Tuple; };
  if (op == Operator::Add && is_sequence(left) && left.kind == right.kind) return concatenate(left, right, context);
  if (op == Operator::Mult && is_sequence(left) && is_int(right)) return repeat(left, right, context);
  if (op == Operator::Mult && is_int(left) && is_sequence(right)) return repeat(right, left, context);
  return std::nullopt;
}

Folded fold_subscript(const ConstantValue& container, const ConstantValue& index, AstContext& context) {
  if (!is_int(index)) return std::nullopt;
  const auto position = small_int(index);
  if (!position) return std::nullopt;
  if (is_text(container)) return text_item(container, *position, context);
  if (container.kind != ConstantKind::Tuple) return std::nullopt;
  const auto size = static_cast<std::int64_t>(container.items().size());
  const std::int64_t at = *position < 0 ? *position + size : *position;
  if (at < 0 || at >= size) return std::nullopt;
  return container.items()[static_cast<std::size_t>(at)];
}

bool is_true(const ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None:
    case ConstantKind::False: return false;
    case ConstantKind::True:
    case ConstantKind::Ellipsis:
    case ConstantKind::BigInt: return true;
    case ConstantKind::Int: return value.integer != 0;
    case ConstantKind::Float: return value.real != 0;
    case ConstantKind::Complex: return value.complex.real != 0 || value.complex.imag != 0;
    case ConstantKind::Str:
    case ConstantKind::Bytes: return value.chars.size != 0;
    case ConstantKind::Tuple:
    case ConstantKind::FrozenSet: return value.elements.size != 0;
  }
  return true;
}

}  // namespace ouro::compile
