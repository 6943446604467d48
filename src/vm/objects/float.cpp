// float: CPython 3.13 Objects/floatobject.c.
#include "vm/objects/float.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "vm/core/binding.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float_parts.h"
#include "vm/objects/int.h"
#include "vm/objects/int_view.h"
#include "vm/objects/number_text.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

Ref new_float(Vm& vm, double value) {
  void* memory = vm.heap.allocate(sizeof(FloatObject));
  if (memory == nullptr) [[unlikely]] return raise_memory_error(vm);
  auto* object = static_cast<FloatObject*>(memory);
  object->refcount = 1;
  object->gc_word = 0;
  object->type = vm.types.float_;
  object->value = value;
  return Ref::adopt(object);
}

// The shortest digits that read back as the same number; an exponent below -4 or from 16 on is written out.
std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  std::string out;
  if (text.front() == '-') {
    out = "-";
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  int exponent = 0;
  const char* first = text.data() + e + 1;
  if (*first == '+') ++first;
  std::from_chars(first, text.data() + text.size(), exponent);
  std::string digits(1, text[0]);
  if (e > 2) digits.append(text.substr(2, e - 2));
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (count > 1) out += "." + digits.substr(1);
    const int size = std::abs(exponent);
    out += exponent < 0 ? "e-" : "e+";
    if (size < 10) out += '0';
    return out + std::to_string(size);
  }
  if (exponent < 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (count <= exponent + 1) return out + digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0') + ".0";
  const auto whole = static_cast<std::size_t>(exponent + 1);
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

// Modulo the prime 2^61 - 1 as int's hash, so that equal numbers hash alike (CPython's _Py_HashDouble).
std::int64_t float_hash(double value, Value identity) {
  constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61U) - 1;
  if (std::isinf(value)) return value > 0 ? 314159 : -314159;
  if (std::isnan(value)) {
    const std::uint64_t address = identity.bits();
    return static_cast<std::int64_t>((address >> 4U) | (address << 60U));
  }
  int exponent = 0;
  double fraction = std::frexp(std::fabs(value), &exponent);
  std::uint64_t x = 0;
  while (fraction != 0.0) {
    x = ((x << 28U) & kPrime) | (x >> 33U);
    fraction *= 268435456.0;
    exponent -= 28;
    const auto part = static_cast<std::uint64_t>(fraction);
    fraction -= static_cast<double>(part);
    x += part;
    if (x >= kPrime) x -= kPrime;
  }
  exponent = exponent >= 0 ? exponent % 61 : 60 - (-1 - exponent) % 61;
  const auto shift = static_cast<unsigned>(exponent);
  x = ((x << shift) & kPrime) | (x >> (61 - shift));
  auto result = static_cast<std::int64_t>(x);
  if (value < 0) result = -result;
  return result == -1 ? -2 : result;
}

std::optional<double> float_from_text(std::string_view text) {
  text = strip_ascii_space(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  double value = 0;
  if (text[0] != '.' && (text[0] < '0' || text[0] > '9')) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (lower == "inf" || lower == "infinity") {
      value = std::numeric_limits<double>::infinity();
    } else if (lower == "nan") {
      value = std::numeric_limits<double>::quiet_NaN();
    } else {
      return std::nullopt;
    }
    return negative ? -value : value;
  }
  std::string copy;
  if (text.find('_') != std::string_view::npos) {
    copy = text;
    if (!remove_underscores(copy)) return std::nullopt;
    text = copy;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too large or too small: from_chars leaves the value alone. The sign of the decimal exponent tells which.
    const std::size_t e = text.find_first_of("eE");
    std::string_view mantissa = text.substr(0, e);
    long exponent = 0;
    if (e != std::string_view::npos) {
      std::string_view digits = text.substr(e + 1);
      if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
      if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec == std::errc::result_out_of_range) {
        exponent = digits[0] == '-' ? -1'000'000'000L : 1'000'000'000L;
      }
    }
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const std::size_t lead = mantissa.find_first_not_of("0.");
    if (lead == std::string_view::npos) {
      value = 0;
    } else {
      const long scale = static_cast<long>(point) - static_cast<long>(lead) + exponent;
      value = scale > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    }
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

bool number_operand(Vm& vm, Value value, double& out, bool& failed) {
  failed = false;
  if (is_float(value)) {
    out = value.as<FloatObject>()->value;
    return true;
  }
  if (value.is_small()) {
    out = static_cast<double>(value.small_value());
    return true;
  }
  if (!is_int(value)) return false;
  const std::optional<double> converted = int_to_double(vm, value);
  failed = !converted;
  if (converted) out = *converted;
  return !failed;
}

double python_floor_mod(double a, double b, double* quotient) {
  double mod = std::fmod(a, b);
  double div = (a - mod) / b;
  if (mod != 0.0) {
    if ((b < 0) != (mod < 0)) {
      mod += b;
      div -= 1.0;
    }
  } else {
    mod = std::copysign(0.0, b);
  }
  if (quotient != nullptr) {
    if (div != 0.0) {
      *quotient = std::floor(div);
      if (div - *quotient > 0.5) *quotient += 1.0;
    } else {
      *quotient = std::copysign(0.0, a / b);
    }
  }
  return mod;
}

Ref float_from_value(Vm& vm, Value value) {
  if (is_exact_float(vm, value)) return Ref::share(value);
  std::optional<double> number;
  if (type_of(vm, value)->slots.to_float != nullptr) return to_float(vm, value);
  if (is_str(value)) {
    const std::string text = number_text(value.as<StrObject>());
    number = float_from_text(text);
  } else if (is_bytes(value) || (has_buffer(vm, value) && !is_float(value))) {
    BufferView buffer;
    VM_CHECK(get_buffer(vm, value, buffer));
    std::string text(buffer.bytes());
    for (char& c : text) {
      if (c == '\0') c = '?';
    }
    number = float_from_text(text);
  } else {
    return to_float(vm, value);
  }
  if (!number) {
    VM_TRY(Ref shown, repr(vm, value));
    return raise(vm, vm.exc.ValueError, "could not convert string to float: {}", shown.as<StrObject>());
  }
  return new_float(vm, *number);
}

namespace {

Ref float_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (type->slots.init == vm.types.float_->slots.init && call.has_keywords()) {
    return raise(vm, vm.exc.TypeError, "float() takes no keyword arguments");
  }
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "float expected at most 1 argument, got {}", call.positional);
  Ref value = call.positional == 0 ? new_float(vm, 0.0) : float_from_value(vm, call.values[0]);
  if (!value) return {};
  if (type == vm.types.float_) {
    if (is_exact_float(vm, value)) return value;
    return new_float(vm, value.as<FloatObject>()->value);
  }
  auto* object = allocate<FloatObject>(vm, type);
  if (object == nullptr) return {};
  object->value = value.as<FloatObject>()->value;
  return Ref::adopt(object);
}

void float_dealloc(Vm& vm, Object* self) {
  if (self->type == vm.types.float_) {
    vm.heap.free(self, sizeof(FloatObject));
  } else {
    free_object(vm, self, self->type->basic_size);
  }
}
double number_of(Value self) { return self.as<FloatObject>()->value; }

Ref float_repr(Vm& vm, Value self) { return new_str_latin1(vm, float_text(number_of(self))); }
bool float_hash_slot(Vm&, Value self, std::int64_t& out) {
  out = float_hash(number_of(self), self);
  return true;
}

/// -1, 0, 1 of a float against an int of any size; the float is no NaN.
int compare_with_int(double a, Value b) {
  if (std::isinf(a)) return a > 0 ? 1 : -1;
  const int sign = int_sign(b);
  const int own = a > 0 ? 1 : (a < 0 ? -1 : 0);
  if (own != sign) return own < sign ? -1 : 1;
  if (sign == 0) return 0;
  std::int64_t exponent = 0;
  const std::size_t bits = int_bit_length(b);
  int own_exponent = 0;
  (void)std::frexp(a, &own_exponent);
  if (own_exponent < 0 || static_cast<std::size_t>(own_exponent) < bits) return -sign;
  if (static_cast<std::size_t>(own_exponent) > bits) return sign;
  // Equally long: compare the whole parts exactly, then what is behind the point.
  if (bits <= 53) {
    const double fraction = int_frexp(b, exponent);
    const double value = std::ldexp(fraction, static_cast<int>(exponent));
    return a < value ? -1 : (a > value ? 1 : 0);
  }
  // From 2^53 on a double is whole: its limbs are the mantissa, shifted.
  const IntView view(b);
  int e = 0;
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(std::fabs(std::frexp(a, &e)), 53));
  const auto shift = static_cast<unsigned>(e - 53);
  for (std::size_t i = view.size(); i-- > 0;) {
    std::uint64_t limb = 0;
    if (i == shift / 64) {
      limb = mantissa << (shift % 64);
    } else if (i == shift / 64 + 1 && shift % 64 != 0) {
      limb = mantissa >> (64 - shift % 64);
    }
    if (limb != view.limbs()[i]) return limb < view.limbs()[i] ? -sign : sign;
  }
  return 0;
}

Ref float_compare(Vm&, Value self, Value other, CompareOp op) {
  const double a = number_of(self);
  double b = 0;
  if (is_float(other)) {
    b = number_of(other);
  } else if (is_int(other)) {
    if (std::isnan(a)) return Ref::boolean(op == CompareOp::NotEqual);
    const int order = compare_with_int(a, other);
    switch (op) {
      case CompareOp::Less: return Ref::boolean(order < 0);
      case CompareOp::LessEqual: return Ref::boolean(order <= 0);
      case CompareOp::Equal: return Ref::boolean(order == 0);
      case CompareOp::NotEqual: return Ref::boolean(order != 0);
      case CompareOp::Greater: return Ref::boolean(order > 0);
      case CompareOp::GreaterEqual: return Ref::boolean(order >= 0);
    }
  } else {
    return Ref::not_implemented();
  }
  switch (op) {
    case CompareOp::Less: return Ref::boolean(a < b);
    case CompareOp::LessEqual: return Ref::boolean(a <= b);
    case CompareOp::Equal: return Ref::boolean(a == b);
    case CompareOp::NotEqual: return Ref::boolean(a != b);
    case CompareOp::Greater: return Ref::boolean(a > b);
    case CompareOp::GreaterEqual: return Ref::boolean(a >= b);
  }
  return Ref::not_implemented();
}

template <BinaryOp kOp>
Ref float_binary(Vm& vm, Value left, Value right) {
  double a = 0, b = 0;
  bool failed = false;
  if (!number_operand(vm, left, a, failed) || !number_operand(vm, right, b, failed)) {
    if (failed) return {};
    return Ref::not_implemented();
  }
  if constexpr (kOp == BinaryOp::Add) return new_float(vm, a + b);
  if constexpr (kOp == BinaryOp::Subtract) return new_float(vm, a - b);
  if constexpr (kOp == BinaryOp::Multiply) return new_float(vm, a * b);
  if constexpr (kOp == BinaryOp::TrueDivide) {
    if (b == 0.0) return raise(vm, vm.exc.ZeroDivisionError, "float division by zero");
    return new_float(vm, a / b);
  }
  if constexpr (kOp == BinaryOp::FloorDivide) {
    if (b == 0.0) return raise(vm, vm.exc.ZeroDivisionError, "float floor division by zero");
    double quotient = 0;
    (void)python_floor_mod(a, b, &quotient);
    return new_float(vm, quotient);
  }
  if constexpr (kOp == BinaryOp::Remainder) {
    if (b == 0.0) return raise(vm, vm.exc.ZeroDivisionError, "float modulo by zero");
    return new_float(vm, python_floor_mod(a, b, nullptr));
  }
  if constexpr (kOp == BinaryOp::Divmod) {
    if (b == 0.0) return raise(vm, vm.exc.ZeroDivisionError, "float divmod()");
    double quotient = 0;
    const double mod = python_floor_mod(a, b, &quotient);
    VM_TRY(Ref q, new_float(vm, quotient));
    VM_TRY(Ref r, new_float(vm, mod));
    return new_tuple(vm, {q.get(), r.get()});
  }
  return Ref::not_implemented();
}

Ref float_power(Vm& vm, Value base, Value exponent, Value modulus) {
  if (!modulus.is_null() && !modulus.is_none()) {
    return raise(vm, vm.exc.TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
  }
  double a = 0, b = 0;
  bool failed = false;
  if (!number_operand(vm, base, a, failed) || !number_operand(vm, exponent, b, failed)) {
    if (failed) return {};
    return Ref::not_implemented();
  }
  if (a == 0.0 && b < 0.0 && std::isfinite(b)) return raise(vm, vm.exc.ZeroDivisionError, "0.0 cannot be raised to a negative power");
  if (a < 0.0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b)) {
    // A negative number to a fraction is complex.
    VM_TRY(Ref x, new_complex(vm, a, 0));
    VM_TRY(Ref y, new_complex(vm, b, 0));
    return power(vm, x, y, kNone);
  }
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) {
    return raise_with_errno_range(vm);
  }
  return new_float(vm, result);
}

Ref float_negative(Vm& vm, Value self) { return new_float(vm, -number_of(self)); }
Ref float_positive(Vm& vm, Value self) { return is_exact_float(vm, self) ? Ref::share(self) : new_float(vm, number_of(self)); }
Ref float_absolute(Vm& vm, Value self) { return new_float(vm, std::fabs(number_of(self))); }
bool float_boolean(Vm&, Value self, bool& out) {
  out = number_of(self) != 0.0;
  return true;
}
Ref float_trunc(Vm& vm, Value self) { return new_int_double(vm, number_of(self)); }
Ref float_floor(Vm& vm, Value self) { return new_int_double(vm, std::floor(number_of(self))); }
Ref float_ceil(Vm& vm, Value self) { return new_int_double(vm, std::ceil(number_of(self))); }
Ref float_is_integer(Vm&, Value self) {
  const double value = number_of(self);
  return Ref::boolean(std::isfinite(value) && std::floor(value) == value);
}
Ref float_getnewargs(Vm& vm, Value self) {
  VM_TRY(Ref value, new_float(vm, number_of(self)));
  return new_tuple(vm, {value.get()});
}
Ref float_format(Vm& vm, Value self, Value spec) {
  if (!is_str(spec)) return raise_argument_type(vm, "__format__", 0, "str", spec);
  return str_format_spec(vm, self, spec.as<StrObject>());
}

Ref float_round(Vm& vm, Value self, Args& args) {
  const double x = number_of(self);
  if (!args.has(0)) {
    double rounded = std::round(x);
    if (std::fabs(x - rounded) == 0.5) rounded = 2.0 * std::round(x / 2.0);
    return new_int_double(vm, rounded);
  }
  VM_TRY(std::int64_t digits, to_ssize(vm, args[0], nullptr));
  if (!std::isfinite(x)) return new_float(vm, x);
  // 323: no double has more digits behind the point that matter; -308: none has more before it.
  if (digits > 323) return new_float(vm, x);
  if (digits < -308) return new_float(vm, 0.0 * x);
  const double result = round_to_digits(x, static_cast<int>(digits));
  if (std::isinf(result)) return raise(vm, vm.exc.OverflowError, "rounded value too large to represent");
  return new_float(vm, result);
}

Ref float_as_ratio(Vm& vm, Value self) {
  const double x = number_of(self);
  if (std::isinf(x)) return raise(vm, vm.exc.OverflowError, "cannot convert Infinity to integer ratio");
  if (std::isnan(x)) return raise(vm, vm.exc.ValueError, "cannot convert NaN to integer ratio");
  int exponent = 0;
  double fraction = std::frexp(x, &exponent);
  for (int i = 0; i < 300 && fraction != std::floor(fraction); ++i) {
    fraction *= 2.0;
    --exponent;
  }
  VM_TRY(Ref numerator, new_int_double(vm, fraction));
  Ref denominator = Ref::small(1);
  if (exponent > 0) {
    VM_TRY(numerator, int_shift(vm, numerator, Value::small(exponent), true));
  } else {
    VM_TRY(denominator, int_shift(vm, denominator, Value::small(-exponent), true));
  }
  return new_tuple(vm, {numerator.get(), denominator.get()});
}

Ref float_get_real(Vm& vm, Value self) { return float_positive(vm, self); }
Ref float_get_imag(Vm& vm, Value) { return new_float(vm, 0.0); }

Ref float_hex(Vm& vm, Value self) { return new_str_latin1(vm, float_hex_text(number_of(self))); }

Ref float_fromhex(Vm& vm, Value type, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "bad argument type for built-in operation");
  double value = 0;
  const std::string ascii = to_utf8(text.as<StrObject>());
  switch (float_parse_hex(ascii, value)) {
    case HexResult::Ok: break;
    case HexResult::Malformed: return raise(vm, vm.exc.ValueError, "invalid hexadecimal floating-point string");
    case HexResult::Overflow: return raise(vm, vm.exc.OverflowError, "hexadecimal value too large to represent as a float");
  }
  VM_TRY(Ref result, new_float(vm, value));
  if (type == Value(vm.types.float_)) return result;
  return call(vm, type, {result.get()});
}

Ref float_getformat(Vm& vm, Value, Value kind) {
  if (!is_str(kind)) return raise_argument_type(vm, "__getformat__", 0, "str", kind);
  if (!str_equal(kind.as<StrObject>(), std::string_view("double")) &&
      !str_equal(kind.as<StrObject>(), std::string_view("float"))) {
    return raise(vm, vm.exc.ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
  }
  return new_str_latin1(vm, "IEEE, little-endian");
}

constexpr MethodSpec kFloatMethods[] = {
    {"__ceil__($self, /)", float_ceil},
    {"__floor__($self, /)", float_floor},
    {"__trunc__($self, /)", float_trunc},
    {"__round__($self, ndigits=None, /)", float_round},
    {"__format__($self, format_spec, /)", float_format},
    {"__getnewargs__($self, /)", float_getnewargs},
    {"__getformat__($type, typestr, /)", float_getformat, nullptr, Binding::Class},
    {"as_integer_ratio($self, /)", float_as_ratio, "Two ints whose ratio is exactly the float; the second is positive."},
    {"conjugate($self, /)", float_positive, "The float itself."},
    {"fromhex($type, string, /)", float_fromhex, "The float that a hexadecimal text means.", Binding::Class},
    {"hex($self, /)", float_hex, "Hexadecimal text of the float, exact."},
    {"is_integer($self, /)", float_is_integer, "Whether the float is a whole number."},
};
constexpr GetSetSpec kFloatGetSet[] = {
    {"real", float_get_real, nullptr, "the real part of a complex number"},
    {"imag", float_get_imag, nullptr, "the imaginary part of a complex number"},
};

constexpr TypeSlots float_slots() {
  TypeSlots s;
  s.dealloc = float_dealloc;
  s.construct = float_construct;
  s.repr = float_repr;
  s.hash = float_hash_slot;
  s.compare = float_compare;
  const auto set = [&s](BinaryOp op, BinarySlot slot) { s.binary[static_cast<std::size_t>(op)] = slot; };
  set(BinaryOp::Add, float_binary<BinaryOp::Add>);
  set(BinaryOp::Subtract, float_binary<BinaryOp::Subtract>);
  set(BinaryOp::Multiply, float_binary<BinaryOp::Multiply>);
  set(BinaryOp::TrueDivide, float_binary<BinaryOp::TrueDivide>);
  set(BinaryOp::FloorDivide, float_binary<BinaryOp::FloorDivide>);
  set(BinaryOp::Remainder, float_binary<BinaryOp::Remainder>);
  set(BinaryOp::Divmod, float_binary<BinaryOp::Divmod>);
  s.power = float_power;
  s.negative = float_negative;
  s.positive = float_positive;
  s.absolute = float_absolute;
  s.boolean = float_boolean;
  s.to_int = float_trunc;
  s.to_float = float_positive;
  return s;
}

}  // namespace

const TypeSpec kFloatType = {
    .name = "float",
    .basic_size = sizeof(FloatObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeMatchSelf | kTypeFloat,
    .doc = "float(x=0, /)\n--\n\nA floating-point number, from a number or a text.",
    .slots = float_slots(),
    .methods = kFloatMethods,
    .getset = kFloatGetSet,
};

}  // namespace ouro::vm
