// Integers of any size, as values: what constant folding, the tokenizer and marshal need. Magnitude and sign;
// the result of every operation is normalised (no leading zero limb, zero is not negative).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::support {

class BigInt {
 public:
  BigInt() = default;
  BigInt(std::int64_t value);  // NOLINT(google-explicit-constructor): integers convert without loss

  /// `digits` in `base` (2 to 36), no sign, no prefix, underscores allowed; nullopt if any other character
  /// stands there or nothing does. Quadratic below some thousand digits, subquadratic above.
  static std::optional<BigInt> from_text(std::string_view digits, int base);
  /// From 32-bit limbs, least significant first.
  static BigInt from_limbs(std::vector<std::uint32_t> limbs, bool negative);
  /// From marshal's 15-bit digits, least significant first.
  static BigInt from_digits15(std::span<const std::uint16_t> digits, bool negative);
  /// Truncates toward zero. `value` must be finite.
  static BigInt from_double(double value);

  [[nodiscard]] bool is_zero() const { return limbs_.empty(); }
  [[nodiscard]] bool is_negative() const { return negative_; }
  [[nodiscard]] std::span<const std::uint32_t> limbs() const { return limbs_; }
  [[nodiscard]] std::size_t bit_length() const;
  [[nodiscard]] std::optional<std::int64_t> to_int64() const;
  /// Correctly rounded (half to even); nullopt on overflow.
  [[nodiscard]] std::optional<double> to_double() const;
  /// Decimal with a leading '-' where negative.
  [[nodiscard]] std::string to_decimal() const;
  /// Lower-case digits in base 2, 8 or 16, no prefix, leading '-' where negative.
  [[nodiscard]] std::string to_text_power_of_two(int base) const;
  [[nodiscard]] std::vector<std::uint16_t> to_digits15() const;

  [[nodiscard]] BigInt operator-() const;
  [[nodiscard]] BigInt operator~() const;
  friend BigInt operator+(const BigInt& a, const BigInt& b);
  friend BigInt operator-(const BigInt& a, const BigInt& b);
  friend BigInt operator*(const BigInt& a, const BigInt& b);
  friend BigInt operator&(const BigInt& a, const BigInt& b);
  friend BigInt operator|(const BigInt& a, const BigInt& b);
  friend BigInt operator^(const BigInt& a, const BigInt& b);
  [[nodiscard]] BigInt shift_left(std::size_t bits) const;
  /// Arithmetic shift: rounds toward minus infinity.
  [[nodiscard]] BigInt shift_right(std::size_t bits) const;
  /// Python's floor division and modulo: the remainder has the divisor's sign. `divisor` must not be zero.
  struct Division;
  [[nodiscard]] static Division divide_floor(const BigInt& dividend, const BigInt& divisor);
  [[nodiscard]] BigInt power(std::uint64_t exponent) const;
  /// Python's int / int: correctly rounded quotient; nullopt on overflow. `divisor` must not be zero.
  [[nodiscard]] static std::optional<double> true_divide(const BigInt& dividend, const BigInt& divisor);

  friend std::strong_ordering operator<=>(const BigInt& a, const BigInt& b);
  friend bool operator==(const BigInt& a, const BigInt& b) = default;

 private:
  void normalise();
  std::vector<std::uint32_t> limbs_;  // least significant first
  bool negative_ = false;
};

struct BigInt::Division {
  BigInt quotient;
  BigInt remainder;
};

}  // namespace ouro::support

namespace ouro {
using support::BigInt;
}  // namespace ouro
