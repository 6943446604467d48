// int: making them, and what other files ask of any int. CPython 3.13 Objects/longobject.c for the rules.
#include <gmp.h>

#include <bit>
#include <cmath>

#include "vm/core/protocol.h"
#include "vm/objects/int_view.h"

namespace ouro::vm {

static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64);

Own<IntObject> allocate_int(Vm& vm, std::size_t size) {
  if (size > kMostLimbs) return raise_memory_error(vm);
  auto* object = allocate<IntObject>(vm, vm.types.int_, size * 8);
  if (object == nullptr) return {};
  object->size = static_cast<std::uint32_t>(size);
  object->capacity = static_cast<std::uint32_t>(size);
  object->limbs_offset = sizeof(IntObject);
  return Own<IntObject>::adopt(object);
}

Ref normalise_int(Vm& vm, Own<IntObject> object) {
  (void)vm;
  if (!object) return {};
  const std::uint64_t* limbs = object->limbs();
  std::uint32_t size = object->size;
  while (size != 0 && limbs[size - 1] == 0) --size;
  object->size = size;
  if (size == 0) return Ref::small(0);
  if (size == 1) {
    if (!object->is_negative && limbs[0] <= static_cast<std::uint64_t>(Value::kSmallMax)) {
      return Ref::small(static_cast<std::int64_t>(limbs[0]));
    }
    if (object->is_negative && limbs[0] <= static_cast<std::uint64_t>(Value::kSmallMax) + 1) {
      return Ref::small(-static_cast<std::int64_t>(limbs[0]));
    }
  }
  return object;
}

Ref new_int(Vm& vm, std::int64_t value) {
  if (Value::fits_small(value)) return Ref::small(value);
  VM_TRY(Own<IntObject> object, allocate_int(vm, 1));
  object->is_negative = value < 0;
  object->limbs()[0] = value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  return object;
}

Ref new_uint(Vm& vm, std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(Value::kSmallMax)) return Ref::small(static_cast<std::int64_t>(value));
  VM_TRY(Own<IntObject> object, allocate_int(vm, 1));
  object->is_negative = false;
  object->limbs()[0] = value;
  return object;
}

Ref new_int_limbs(Vm& vm, std::span<const std::uint64_t> limbs, bool negative) {
  while (!limbs.empty() && limbs.back() == 0) limbs = limbs.first(limbs.size() - 1);
  if (limbs.empty()) return Ref::small(0);
  if (limbs.size() == 1) {
    if (!negative) return new_uint(vm, limbs[0]);
    if (limbs[0] <= std::uint64_t{1} << 63U) return new_int(vm, static_cast<std::int64_t>(~limbs[0] + 1));
  }
  VM_TRY(Own<IntObject> object, allocate_int(vm, limbs.size()));
  object->is_negative = negative;
  std::memcpy(object->limbs(), limbs.data(), limbs.size() * 8);
  return object;
}

Ref new_int_double(Vm& vm, double value) {
  if (std::isnan(value)) return raise(vm, vm.exc.ValueError, "cannot convert float NaN to integer");
  if (std::isinf(value)) return raise(vm, vm.exc.OverflowError, "cannot convert float infinity to integer");
  value = std::trunc(value);
  if (value >= -0x1p62 && value < 0x1p62) return Ref::small(static_cast<std::int64_t>(value));
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);  // exponent > 62
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  const unsigned shift = static_cast<unsigned>(exponent) - 53;
  std::uint64_t limbs[18] = {};
  limbs[shift / 64] = mantissa << (shift % 64);
  if (shift % 64 != 0) limbs[shift / 64 + 1] = mantissa >> (64 - shift % 64);
  return new_int_limbs(vm, limbs, value < 0);
}

Ref int_of_type(Vm& vm, TypeObject* type, Value value) {
  const IntView view(value);
  auto* object = allocate<IntObject>(vm, type, view.size() * 8);
  if (object == nullptr) return {};
  object->is_negative = view.negative();
  object->size = object->capacity = static_cast<std::uint32_t>(view.size());
  object->limbs_offset = static_cast<std::uint32_t>(type->basic_size);
  std::memcpy(object->limbs(), view.limbs(), view.size() * 8);
  return Ref::adopt(object);
}

std::optional<std::int64_t> int_to_int64(Value value) {
  if (value.is_small()) return value.small_value();
  const IntView view(value);
  if (view.size() == 0) return 0;
  if (view.size() > 1) return std::nullopt;
  const std::uint64_t limb = view.limbs()[0];
  const std::uint64_t most = std::uint64_t{1} << 63U;
  if (view.negative()) {
    if (limb > most) return std::nullopt;
    return static_cast<std::int64_t>(~limb + 1);
  }
  if (limb >= most) return std::nullopt;
  return static_cast<std::int64_t>(limb);
}

std::optional<std::uint64_t> int_to_uint64(Value value) {
  const IntView view(value);
  if (view.size() == 0) return 0;
  if (view.size() > 1 || view.negative()) return std::nullopt;
  return view.limbs()[0];
}

std::uint64_t int_low_bits(Value value) {
  const IntView view(value);
  if (view.size() == 0) return 0;
  const std::uint64_t limb = view.limbs()[0];
  return view.negative() ? ~limb + 1 : limb;
}

int int_sign(Value value) {
  const IntView view(value);
  if (view.size() == 0) return 0;
  return view.negative() ? -1 : 1;
}

std::size_t int_bit_length(Value value) {
  const IntView view(value);
  if (view.size() == 0) return 0;
  return view.size() * 64 - static_cast<std::size_t>(std::countl_zero(view.limbs()[view.size() - 1]));
}

// Rounds to 53 bits, ties to even, by keeping 64 significant bits and a sticky bit (CPython's _PyLong_Frexp rounds alike).
double int_frexp(Value value, std::int64_t& exponent) {
  const IntView view(value);
  exponent = 0;
  if (view.size() == 0) return 0.0;
  const std::size_t bits = int_bit_length(value);
  const std::size_t n = view.size();
  const auto zeros = static_cast<unsigned>(std::countl_zero(view.limbs()[n - 1]));
  std::uint64_t top = view.limbs()[n - 1] << zeros;
  bool sticky = false;
  if (n > 1) {
    if (zeros != 0) top |= view.limbs()[n - 2] >> (64 - zeros);
    sticky = zeros != 0 ? (view.limbs()[n - 2] << zeros) != 0 : view.limbs()[n - 2] != 0;
    for (std::size_t i = 0; !sticky && i + 2 < n; ++i) sticky = view.limbs()[i] != 0;
  }
  std::uint64_t mantissa = top >> 11U;
  const std::uint64_t rest = top & 0x7FFU;
  if (rest > 0x400 || (rest == 0x400 && (sticky || (mantissa & 1U) != 0))) ++mantissa;
  exponent = static_cast<std::int64_t>(bits);
  double result = std::ldexp(static_cast<double>(mantissa), -53);
  if (result >= 1.0) {
    result = 0.5;
    ++exponent;
  }
  return view.negative() ? -result : result;
}

std::optional<double> int_to_double(Vm& vm, Value value) {
  if (value.is_small()) return static_cast<double>(value.small_value());
  std::int64_t exponent = 0;
  const double fraction = int_frexp(value, exponent);
  if (exponent > 1024) return raise(vm, vm.exc.OverflowError, "int too large to convert to float");
  return std::ldexp(fraction, static_cast<int>(exponent));
}

Ref int_plain(Vm& vm, Value value) {
  if (value.is_small()) return Ref::adopt(value);
  if (value.is_bool()) return Ref::small(value.is_true() ? 1 : 0);
  if (is_exact(vm, value, vm.types.int_)) return Ref::share(value);
  const IntView view(value);
  return new_int_limbs(vm, view.span(), view.negative());
}

int int_compare(Value a, Value b) {
  if (a.is_small() && b.is_small()) {
    const std::int64_t x = a.small_value(), y = b.small_value();
    return x < y ? -1 : (x > y ? 1 : 0);
  }
  const IntView x(a), y(b);
  if (x.negative() != y.negative()) return x.negative() ? -1 : 1;
  int result = 0;
  if (x.size() != y.size()) {
    result = x.size() < y.size() ? -1 : 1;
  } else if (x.size() != 0) {
    result = mpn_cmp(x.limbs(), y.limbs(), static_cast<mp_size_t>(x.size()));
    result = result < 0 ? -1 : (result > 0 ? 1 : 0);
  }
  return x.negative() ? -result : result;
}

// The value modulo the prime 2^61 - 1, with the sign of the value; -1 is reserved (CPython's long_hash).
std::int64_t int_hash(Value value) {
  constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61U) - 1;
  if (value.is_small()) {
    const std::int64_t v = value.small_value();
    if (v >= 0 && static_cast<std::uint64_t>(v) < kPrime) return v;
  }
  const IntView view(value);
  std::uint64_t sum = 0;
  for (std::size_t i = view.size(); i-- > 0;) {
    // sum * 2^64 + limb: 2^64 is 8 modulo the prime.
    const std::uint64_t limb = view.limbs()[i];
    sum = ((sum << 3U) & kPrime) | (sum >> 58U);
    sum += (limb & kPrime) + (limb >> 61U);
    sum = (sum & kPrime) + (sum >> 61U);
    if (sum >= kPrime) sum -= kPrime;
  }
  auto result = static_cast<std::int64_t>(sum);
  if (view.negative()) result = -result;
  return result == -1 ? -2 : result;
}

Ref int_from_bytes(Vm& vm, std::string_view bytes, bool little_endian, bool is_signed) {
  const std::size_t size = bytes.size();
  if (size == 0) return Ref::small(0);
  const std::size_t limbs = (size + 7) / 8;
  LimbBuffer buffer(vm, limbs);
  if (!buffer) return raise_memory_error(vm);
  const auto top = static_cast<unsigned char>(little_endian ? bytes[size - 1] : bytes[0]);
  const bool negative = is_signed && (top & 0x80U) != 0;
  std::memset(buffer.data(), negative ? 0xFF : 0, limbs * 8);
  auto* out = reinterpret_cast<unsigned char*>(buffer.data());
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<unsigned char>(little_endian ? bytes[i] : bytes[size - 1 - i]);
  }
  if (negative) mpn_neg(buffer.data(), buffer.data(), static_cast<mp_size_t>(limbs));
  return new_int_limbs(vm, {buffer.data(), limbs}, negative);
}

}  // namespace ouro::vm
