// int: immediate within 63 bits, else an IntObject with GMP limbs. A value that fits is always immediate, except in
// instances of subclasses of int.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct IntObject : Object {
  bool is_negative;
  std::uint32_t size;       ///< limbs in use; 0: zero
  std::uint32_t capacity;   ///< limbs allocated (what free_object needs)
  std::uint32_t limbs_offset;  ///< from the object's start; subclasses have their fields before
  [[nodiscard]] std::uint64_t* limbs() {
    return reinterpret_cast<std::uint64_t*>(reinterpret_cast<char*>(this) + limbs_offset);
  }
  [[nodiscard]] const std::uint64_t* limbs() const {
    return reinterpret_cast<const std::uint64_t*>(reinterpret_cast<const char*>(this) + limbs_offset);
  }
};

extern const TypeSpec kIntType;
extern const TypeSpec kBoolType;

[[nodiscard]] Ref new_int(Vm& vm, std::int64_t value);
[[nodiscard]] Ref new_uint(Vm& vm, std::uint64_t value);
/// From limbs, least significant first; need not be normalised.
[[nodiscard]] Ref new_int_limbs(Vm& vm, std::span<const std::uint64_t> limbs, bool negative);
[[nodiscard]] Ref new_int_double(Vm& vm, double value);  ///< truncated; OverflowError/ValueError for inf and nan
/// Digits as int() takes them after stripping, `base` 0 or 2 to 36; ValueError with CPython's text for `original`.
[[nodiscard]] Ref new_int_text(Vm& vm, std::string_view digits, int base, Value original);
[[nodiscard]] Ref int_from_bytes(Vm& vm, std::string_view bytes, bool little_endian, bool is_signed);

// For any int (immediate, bool, object, subclass):
/// nullopt when it does not fit (nothing raised).
[[nodiscard]] std::optional<std::int64_t> int_to_int64(Value value);
[[nodiscard]] std::optional<std::uint64_t> int_to_uint64(Value value);
/// Modulo 2^64.
[[nodiscard]] std::uint64_t int_low_bits(Value value);
[[nodiscard]] int int_sign(Value value);
[[nodiscard]] std::size_t int_bit_length(Value value);
/// nullopt: OverflowError is set.
[[nodiscard]] std::optional<double> int_to_double(Vm& vm, Value value);
/// Exact int of the same value.
[[nodiscard]] Ref int_plain(Vm& vm, Value value);
/// base 2 to 36, no prefix; ValueError beyond sys.int_info's digit limit for base 10.
[[nodiscard]] std::optional<std::string> int_to_text(Vm& vm, Value value, int base);
/// -1, 0, 1.
[[nodiscard]] int int_compare(Value a, Value b);
[[nodiscard]] std::int64_t int_hash(Value value);
[[nodiscard]] Ref int_add(Vm& vm, Value a, Value b);
[[nodiscard]] Ref int_subtract(Vm& vm, Value a, Value b);
[[nodiscard]] Ref int_multiply(Vm& vm, Value a, Value b);
/// Python's floor division; ZeroDivisionError. Either result may be left out (null pointer).
[[nodiscard]] bool int_divmod(Vm& vm, Value a, Value b, Ref* quotient, Ref* remainder);
[[nodiscard]] Ref int_power(Vm& vm, Value base, Value exponent, Value modulus);
[[nodiscard]] Ref int_shift(Vm& vm, Value a, Value b, bool left);
[[nodiscard]] Ref int_bitwise(Vm& vm, Value a, Value b, BinaryOp op);  ///< And, Or, Xor
[[nodiscard]] Ref int_negative(Vm& vm, Value a);

}  // namespace ouro::vm
