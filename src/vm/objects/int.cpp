// int and bool: the types. CPython 3.13 Objects/longobject.c, Objects/boolobject.c.
#include <bit>

#include "vm/core/binding.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int_view.h"
#include "vm/objects/number_text.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

Ref int_from_text_value(Vm& vm, Value text, int base) {
  if (is_str(text)) return new_int_text(vm, number_text(text.as<StrObject>()), base, text);
  BufferView buffer;
  VM_CHECK(get_buffer(vm, text, buffer));
  const Ref shown = is_bytes(text) ? Ref::share(text) : Ref(new_bytes(vm, buffer.bytes()));
  if (!shown) return {};
  const std::string_view bytes = buffer.bytes();
  // A zero byte or a byte above 127 is no digit; '?' says so.
  std::string copy(bytes);
  for (char& c : copy) {
    if (c == '\0' || static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return new_int_text(vm, strip_ascii_space(copy), base, shown);
}

namespace {

/// int(x): text is read here, everything else converts itself.
Ref number_of(Vm& vm, Value x) {
  const TypeSlots& slots = type_of(vm, x)->slots;
  if (slots.to_int == nullptr && slots.index == nullptr && (is_str(x) || is_bytes(x) || has_buffer(vm, x))) {
    return int_from_text_value(vm, x, 10);
  }
  return to_int(vm, x);
}

Ref int_of(Vm& vm, Value x, Value base_value) {
  if (base_value.is_null()) {
    if (x.is_null()) return Ref::small(0);
    return number_of(vm, x);
  }
  if (x.is_null()) return raise(vm, vm.exc.TypeError, "int() missing string argument");
  VM_TRY(std::int64_t base, to_ssize(vm, base_value, nullptr));
  if ((base != 0 && base < 2) || base > 36) {
    return raise(vm, vm.exc.ValueError, "int() base must be >= 2 and <= 36, or 0");
  }
  if (!is_str(x) && !is_bytes(x) && !is_instance_of(vm, x, vm.types.bytearray)) {
    return raise(vm, vm.exc.TypeError, "int() can't convert non-string with explicit base");
  }
  return int_from_text_value(vm, x, static_cast<int>(base));
}

}  // namespace

Ref int_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  Ref value;
  if (!call.has_keywords() && call.positional == 1) {
    value = number_of(vm, call.values[0]);
  } else if (!call.has_keywords() && call.positional == 0) {
    value = Ref::small(0);
  } else {
    if (call.positional + call.keyword_count() > 2 && !call.has_keywords()) {
      return raise(vm, vm.exc.TypeError, "int expected at most 2 arguments, got {}", call.positional);
    }
    VM_PARSE(args, vm, "int(x=0, /, base=10)", 2, call);
    value = int_of(vm, args[0], args[1]);
  }
  if (!value) return {};
  if (type == vm.types.int_) return int_plain(vm, value);
  return int_of_type(vm, type, value);
}

namespace {

void int_dealloc(Vm& vm, Object* self) {
  free_object(vm, self, self->type->basic_size + static_cast<IntObject*>(self)->capacity * std::size_t{8});
}

bool int_hash_slot(Vm&, Value self, std::int64_t& out) {
  out = int_hash(self);
  return true;
}

Ref int_compare_slot(Vm&, Value self, Value other, CompareOp op) {
  if (!is_int(self) || !is_int(other)) return Ref::not_implemented();
  const int order = int_compare(self, other);
  switch (op) {
    case CompareOp::Less: return Ref::boolean(order < 0);
    case CompareOp::LessEqual: return Ref::boolean(order <= 0);
    case CompareOp::Equal: return Ref::boolean(order == 0);
    case CompareOp::NotEqual: return Ref::boolean(order != 0);
    case CompareOp::Greater: return Ref::boolean(order > 0);
    case CompareOp::GreaterEqual: return Ref::boolean(order >= 0);
  }
  return Ref::not_implemented();
}

template <Ref (*kFunction)(Vm&, Value, Value)>
Ref int_binary(Vm& vm, Value a, Value b) {
  if (!is_int(a) || !is_int(b)) return Ref::not_implemented();
  return kFunction(vm, a, b);
}
Ref floor_divide(Vm& vm, Value a, Value b) {
  Ref quotient;
  VM_CHECK(int_divmod(vm, a, b, &quotient, nullptr));
  return quotient;
}
Ref modulo(Vm& vm, Value a, Value b) {
  Ref remainder;
  VM_CHECK(int_divmod(vm, a, b, nullptr, &remainder));
  return remainder;
}
Ref divmod_pair(Vm& vm, Value a, Value b) {
  Ref quotient, remainder;
  VM_CHECK(int_divmod(vm, a, b, &quotient, &remainder));
  return new_tuple(vm, {quotient.get(), remainder.get()});
}
Ref shift_left(Vm& vm, Value a, Value b) { return int_shift(vm, a, b, true); }
Ref shift_right(Vm& vm, Value a, Value b) { return int_shift(vm, a, b, false); }
Ref bit_and(Vm& vm, Value a, Value b) { return int_bitwise(vm, a, b, BinaryOp::And); }
Ref bit_or(Vm& vm, Value a, Value b) { return int_bitwise(vm, a, b, BinaryOp::Or); }
Ref bit_xor(Vm& vm, Value a, Value b) { return int_bitwise(vm, a, b, BinaryOp::Xor); }

Ref int_power_slot(Vm& vm, Value base, Value exponent, Value modulus) {
  if (!is_int(base) || !is_int(exponent)) return Ref::not_implemented();
  if (!modulus.is_null() && !modulus.is_none() && !is_int(modulus)) return Ref::not_implemented();
  return int_power(vm, base, exponent, modulus);
}
Ref int_positive(Vm& vm, Value self) { return int_plain(vm, self); }
Ref int_absolute(Vm& vm, Value self) { return int_sign(self) < 0 ? int_negative(vm, self) : int_plain(vm, self); }
Ref int_invert(Vm& vm, Value self) {
  if (self.is_small()) return Ref::small(~self.small_value());
  VM_TRY(Ref sum, int_add(vm, self, Value::small(1)));
  return int_negative(vm, sum);
}
bool int_boolean(Vm&, Value self, bool& out) {
  out = int_sign(self) != 0;
  return true;
}
Ref int_to_float(Vm& vm, Value self) {
  VM_TRY(double value, int_to_double(vm, self));
  return new_float(vm, value);
}

// --- methods
Ref int_bit_length_method(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(int_bit_length(self))); }
Ref int_bit_count(Vm&, Value self) {
  const IntView view(self);
  std::int64_t total = 0;
  for (const std::uint64_t limb : view.span()) total += std::popcount(limb);
  return Ref::small(total);
}
Ref int_is_integer(Vm&, Value) { return Ref::boolean(true); }
Ref int_as_ratio(Vm& vm, Value self) {
  VM_TRY(Ref plain, int_plain(vm, self));
  return new_tuple(vm, {plain.get(), Value::small(1)});
}
Ref int_getnewargs(Vm& vm, Value self) {
  VM_TRY(Ref plain, int_plain(vm, self));
  return new_tuple(vm, {plain.get()});
}
Ref int_sizeof(Vm& vm, Value self) {
  // CPython's digits have 30 bits; the size says how large the value is, as it does there.
  const std::size_t digits = std::max<std::size_t>(1, (int_bit_length(self) + 29) / 30);
  const std::size_t base = type_of(vm, self)->basic_size;
  return Ref::small(static_cast<std::int64_t>(base + 4 * digits));
}
Ref int_format(Vm& vm, Value self, Value spec) {
  if (!is_str(spec)) return raise_argument_type(vm, "__format__", 0, "str", spec);
  return str_format_spec(vm, self, spec.as<StrObject>());
}
Ref int_round(Vm& vm, Value self, Args& args) {
  if (!args.given(0)) return int_plain(vm, self);
  VM_TRY(Ref digits, to_index(vm, args[0]));
  return int_round_to(vm, self, digits);
}

bool byte_order(Vm& vm, Args& args, std::size_t index, bool& little) {
  little = false;
  if (!args.given(index)) return true;
  VM_TRY(StrObject * order, args.string(vm, index));
  if (str_equal(order, std::string_view("little"))) {
    little = true;
    return true;
  }
  if (str_equal(order, std::string_view("big"))) return true;
  return raise(vm, vm.exc.ValueError, "byteorder must be either 'little' or 'big'");
}

Ref int_to_bytes(Vm& vm, Value self, Args& args) {
  VM_TRY(std::int64_t length, args.ssize(vm, 0, 1));
  bool little = false;
  VM_CHECK(byte_order(vm, args, 1, little));
  VM_TRY(bool is_signed, args.boolean(vm, 2));
  if (length < 0) return raise(vm, vm.exc.ValueError, "length argument must be non-negative");
  const IntView view(self);
  if (view.negative() && !is_signed) return raise(vm, vm.exc.OverflowError, "can't convert negative int to unsigned");
  const auto size = static_cast<std::size_t>(length);
  const std::size_t bits = int_bit_length(self);
  bool fits = bits <= size * 8;
  if (fits && is_signed && bits == size * 8 && bits != 0) {
    // Only the most negative value has its top bit alone.
    bool power = view.negative() && std::has_single_bit(view.limbs()[view.size() - 1]);
    for (std::size_t i = 0; power && i + 1 < view.size(); ++i) power = view.limbs()[i] == 0;
    fits = power;
  }
  if (!fits) return raise(vm, vm.exc.OverflowError, "int too big to convert");
  VM_TRY(Own<BytesObject> result, allocate_bytes(vm, size));
  auto* out = reinterpret_cast<unsigned char*>(result->data());
  bool carry = view.negative();
  for (std::size_t i = 0; i < size; ++i) {
    unsigned byte = i / 8 < view.size() ? static_cast<unsigned>((view.limbs()[i / 8] >> (i % 8 * 8)) & 0xFFU) : 0U;
    if (view.negative()) {
      byte = (~byte & 0xFFU) + (carry ? 1U : 0U);
      carry = byte > 0xFF;
      byte &= 0xFFU;
    }
    out[little ? i : size - 1 - i] = static_cast<unsigned char>(byte);
  }
  return result;
}

Ref int_from_bytes_method(Vm& vm, Value type, Args& args) {
  bool little = false;
  VM_CHECK(byte_order(vm, args, 1, little));
  VM_TRY(bool is_signed, args.boolean(vm, 2));
  Ref value;
  if (is_bytes(args[0])) {
    value = int_from_bytes(vm, args[0].as<BytesObject>()->view(), little, is_signed);
  } else {
    if (is_str(args[0])) return raise(vm, vm.exc.TypeError, "cannot convert 'str' object to bytes");
    Ref as_bytes;
    VM_CHECK(lookup_special(vm, args[0], vm.names.d_bytes, as_bytes));
    std::string bytes;
    if (as_bytes) {
      VM_TRY(Ref made, call(vm, as_bytes));
      if (!is_bytes(made)) {
        return raise(vm, vm.exc.TypeError, "__bytes__ returned non-bytes (type {})", type_name(vm, made));
      }
      bytes = made.as<BytesObject>()->view();
    } else {
      if (is_int(args[0])) {
        return raise(vm, vm.exc.TypeError, "cannot convert '{}' object to bytes", type_name(vm, args[0]));
      }
      VM_TRY(bytes, bytes_from(vm, args[0]));
    }
    value = int_from_bytes(vm, bytes, little, is_signed);
  }
  if (!value) return {};
  if (type == Value(vm.types.int_)) return value;
  return call(vm, type, {value.get()});
}

Ref get_numerator(Vm& vm, Value self) { return int_plain(vm, self); }
Ref get_denominator(Vm&, Value) { return Ref::small(1); }
Ref get_imag(Vm&, Value) { return Ref::small(0); }

constexpr MethodSpec kIntMethods[] = {
    {"__ceil__($self, /)", int_positive},
    {"__floor__($self, /)", int_positive},
    {"__trunc__($self, /)", int_positive},
    {"__format__($self, format_spec, /)", int_format},
    {"__getnewargs__($self, /)", int_getnewargs},
    {"__round__($self, ndigits=<unrepresentable>, /)", int_round},
    {"__sizeof__($self, /)", int_sizeof},
    {"as_integer_ratio($self, /)", int_as_ratio, "The int and 1: its ratio in lowest terms."},
    {"bit_count($self, /)", int_bit_count, "How many bits of the magnitude are set."},
    {"bit_length($self, /)", int_bit_length_method, "How many bits the magnitude has."},
    {"conjugate($self, /)", int_positive, "The int itself."},
    {"from_bytes($type, /, bytes, byteorder='big', *, signed=False)", int_from_bytes_method,
     "The int that an array of bytes means.", Binding::Class},
    {"is_integer($self, /)", int_is_integer, "Always true; floats have the method too."},
    {"to_bytes($self, /, length=1, byteorder='big', *, signed=False)", int_to_bytes, "An array of bytes for the int."},
};
constexpr GetSetSpec kIntGetSet[] = {
    {"real", get_numerator, nullptr, "the real part of a complex number"},
    {"imag", get_imag, nullptr, "the imaginary part of a complex number"},
    {"numerator", get_numerator, nullptr, "the numerator of a rational number in lowest terms"},
    {"denominator", get_denominator, nullptr, "the denominator of a rational number in lowest terms"},
};

constexpr TypeSlots int_slots() {
  TypeSlots s;
  s.dealloc = int_dealloc;
  s.construct = int_construct;
  s.repr = int_repr;
  s.hash = int_hash_slot;
  s.compare = int_compare_slot;
  const auto set = [&s](BinaryOp op, BinarySlot slot) { s.binary[static_cast<std::size_t>(op)] = slot; };
  set(BinaryOp::Add, int_binary<int_add>);
  set(BinaryOp::Subtract, int_binary<int_subtract>);
  set(BinaryOp::Multiply, int_binary<int_multiply>);
  set(BinaryOp::FloorDivide, int_binary<floor_divide>);
  set(BinaryOp::Remainder, int_binary<modulo>);
  set(BinaryOp::Divmod, int_binary<divmod_pair>);
  set(BinaryOp::TrueDivide, int_binary<int_true_divide>);
  set(BinaryOp::LeftShift, int_binary<shift_left>);
  set(BinaryOp::RightShift, int_binary<shift_right>);
  set(BinaryOp::And, int_binary<bit_and>);
  set(BinaryOp::Or, int_binary<bit_or>);
  set(BinaryOp::Xor, int_binary<bit_xor>);
  s.power = int_power_slot;
  s.negative = int_negative;
  s.positive = int_positive;
  s.absolute = int_absolute;
  s.invert = int_invert;
  s.boolean = int_boolean;
  s.to_int = int_positive;
  s.to_float = int_to_float;
  s.index = int_positive;
  return s;
}

// --- bool
Ref bool_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "bool() takes no keyword arguments");
  if (call.positional > 1) {
    return raise(vm, vm.exc.TypeError, "bool expected at most 1 argument, got {}", call.positional);
  }
  bool value = false;
  if (call.positional == 1) VM_CHECK(truth(vm, call.values[0], value));
  return Ref::boolean(value);
}
Ref bool_repr(Vm& vm, Value self) { return new_str_latin1(vm, self.is_true() ? "True" : "False"); }
template <BinaryOp kOp>
Ref bool_bitwise(Vm& vm, Value a, Value b) {
  if (a.is_bool() && b.is_bool()) {
    const bool x = a.is_true(), y = b.is_true();
    return Ref::boolean(kOp == BinaryOp::And ? (x && y) : (kOp == BinaryOp::Or ? (x || y) : x != y));
  }
  if (!is_int(a) || !is_int(b)) return Ref::not_implemented();
  return int_bitwise(vm, a, b, kOp);
}
Ref bool_invert(Vm& vm, Value self) {
  VM_CHECK(warn(vm, vm.exc.DeprecationWarning,
                "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise "
                "inversion of the underlying int object and is usually not what you expect from negating a bool. "
                "Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int."));
  return Ref::small(self.is_true() ? -2 : -1);
}

constexpr TypeSlots bool_slots() {
  TypeSlots s;
  s.construct = bool_construct;
  s.repr = bool_repr;
  s.binary[static_cast<std::size_t>(BinaryOp::And)] = bool_bitwise<BinaryOp::And>;
  s.binary[static_cast<std::size_t>(BinaryOp::Or)] = bool_bitwise<BinaryOp::Or>;
  s.binary[static_cast<std::size_t>(BinaryOp::Xor)] = bool_bitwise<BinaryOp::Xor>;
  s.invert = bool_invert;
  return s;
}

}  // namespace

// Nearest multiple of 10**-digits, ties to the even multiple (CPython's int___round___impl).
Ref int_round_to(Vm& vm, Value value, Value digits) {
  if (int_sign(digits) >= 0) return int_plain(vm, value);
  VM_TRY(Ref places, int_negative(vm, digits));
  const std::optional<std::int64_t> n = int_to_int64(places);
  // A power of ten with more digits than the value rounds it to zero.
  if (!n || static_cast<double>(*n) > static_cast<double>(int_bit_length(value)) * 0.30103 + 2) return Ref::small(0);
  VM_TRY(Ref unit, int_power(vm, Value::small(10), places, kNone));
  Ref quotient, remainder;
  VM_CHECK(int_divmod(vm, value, unit, &quotient, &remainder));
  VM_TRY(Ref twice, int_add(vm, remainder, remainder));
  const int order = int_compare(twice, unit);
  Ref result;
  VM_TRY(result, int_subtract(vm, value, remainder));
  if (order > 0 || (order == 0 && (int_low_bits(quotient) & 1U) != 0)) return int_add(vm, result, unit);
  return result;
}

const TypeSpec kIntType = {
    .name = "int",
    .basic_size = sizeof(IntObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeMatchSelf | kTypeInt,
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\nA whole number of any size, from a number or a text.",
    .slots = int_slots(),
    .methods = kIntMethods,
    .getset = kIntGetSet,
};

const TypeSpec kBoolType = {
    .name = "bool",
    .basic_size = sizeof(IntObject),
    .flags = kTypeImmutable | kTypeMatchSelf | kTypeInt,
    .base = &kIntType,
    .doc = "bool(object=False, /)\n--\n\nTrue when the argument is true. There are only True and False; bool is a subclass of int.",
    .slots = bool_slots(),
};

}  // namespace ouro::vm
