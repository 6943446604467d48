#include "support/big_int.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "support/big_int_magnitude.h"

namespace ouro::support {

namespace {

/// Two's-complement limb `i` of a value, sign-extended without end.
struct TwosComplement {
  explicit TwosComplement(const BigInt& value) : limbs(value.limbs()), negative(value.is_negative()) {}
  std::uint32_t next(std::size_t i) {
    const std::uint32_t limb = i < limbs.size() ? limbs[i] : 0;
    if (!negative) return limb;
    const std::uint64_t flipped = static_cast<std::uint64_t>(~limb) + carry;
    carry = flipped >> 32;
    return static_cast<std::uint32_t>(flipped);
  }
  std::span<const std::uint32_t> limbs;
  bool negative;
  std::uint64_t carry = 1;
};

template <class Operation>
BigInt bitwise(const BigInt& a, const BigInt& b, Operation operation) {
  TwosComplement left(a);
  TwosComplement right(b);
  const bool negative = operation(a.is_negative() ? 1U : 0U, b.is_negative() ? 1U : 0U) & 1U;
  const std::size_t size = std::max(a.limbs().size(), b.limbs().size()) + 1;
  Magnitude result(size);
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < size; ++i) {
    std::uint32_t limb = operation(left.next(i), right.next(i));
    if (negative) {
      const std::uint64_t flipped = static_cast<std::uint64_t>(~limb) + carry;
      carry = flipped >> 32;
      limb = static_cast<std::uint32_t>(flipped);
    }
    result[i] = limb;
  }
  return BigInt::from_limbs(std::move(result), negative);
}

Magnitude to_magnitude(const BigInt& value) { return {value.limbs().begin(), value.limbs().end()}; }

/// The top 64 bits of a magnitude and a sticky bit for what is below: value ≈ top * 2^exponent.
struct TopBits {
  std::uint64_t top;
  std::size_t exponent;
  bool sticky;
};

TopBits top_bits(std::span<const std::uint32_t> limbs, std::size_t bits) {
  if (bits <= 64) {
    std::uint64_t top = limbs.empty() ? 0 : limbs[0];
    if (limbs.size() > 1) top |= static_cast<std::uint64_t>(limbs[1]) << 32;
    return {top, 0, false};
  }
  const std::size_t exponent = bits - 64;
  const std::size_t limb = exponent / 32;
  const unsigned shift = exponent % 32;
  unsigned __int128 window = 0;
  for (std::size_t i = 0; i < 3 && limb + i < limbs.size(); ++i) {
    window |= static_cast<unsigned __int128>(limbs[limb + i]) << (32 * i);
  }
  bool sticky = (static_cast<std::uint64_t>(window) & ((1ULL << shift) - 1)) != 0;
  for (std::size_t i = 0; i < limb && !sticky; ++i) sticky = limbs[i] != 0;
  return {static_cast<std::uint64_t>(window >> shift), exponent, sticky};
}

/// top * 2^exponent (plus something below when sticky), rounded half to even; nullopt on overflow.
std::optional<double> round_to_double(std::uint64_t top, std::int64_t exponent, bool sticky) {
  if (top == 0) return 0.0;
  const int lead = std::countl_zero(top);
  top <<= lead;
  exponent -= lead;
  // The value is 0.1xxx * 2^(exponent + 64); a double keeps 53 bits, fewer when it is subnormal.
  const std::int64_t result_exponent = exponent + 64;
  if (result_exponent > 1024) return std::nullopt;
  std::int64_t keep = 53;
  if (result_exponent < -1021) keep -= -1021 - result_exponent;
  if (keep < 0) return 0.0;
  std::uint64_t kept = keep == 0 ? 0 : top >> (64 - keep);
  const std::uint64_t rest = keep == 0 ? top : top << keep;
  const std::uint64_t half = 1ULL << 63;
  if (rest > half || (rest == half && (sticky || (kept & 1) != 0))) ++kept;
  const double value = std::ldexp(static_cast<double>(kept), static_cast<int>(result_exponent - keep));
  if (std::isinf(value)) return std::nullopt;
  return value;
}

}  // namespace

BigInt::BigInt(std::int64_t value) : negative_(value < 0) {
  std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  for (; magnitude != 0; magnitude >>= 32) limbs_.push_back(static_cast<std::uint32_t>(magnitude));
}

BigInt BigInt::from_limbs(std::vector<std::uint32_t> limbs, bool negative) {
  BigInt result;
  result.limbs_ = std::move(limbs);
  result.negative_ = negative;
  result.normalise();
  return result;
}

std::optional<BigInt> BigInt::from_text(std::string_view digits, int base) {
  std::optional<Magnitude> magnitude = magnitude_from_text(digits, base);
  if (!magnitude) return std::nullopt;
  return from_limbs(std::move(*magnitude), false);
}

BigInt BigInt::from_digits15(std::span<const std::uint16_t> digits, bool negative) {
  Magnitude limbs(digits.size() * 15 / 32 + 1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t bit = i * 15;
    const std::uint64_t placed = static_cast<std::uint64_t>(digits[i]) << (bit % 32);
    limbs[bit / 32] |= static_cast<std::uint32_t>(placed);
    if ((placed >> 32) != 0) limbs[bit / 32 + 1] |= static_cast<std::uint32_t>(placed >> 32);
  }
  return from_limbs(std::move(limbs), negative);
}

BigInt BigInt::from_double(double value) {
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  if (exponent <= 0) return {};
  const auto top = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  BigInt result = from_limbs({static_cast<std::uint32_t>(top), static_cast<std::uint32_t>(top >> 32)}, false);
  result = exponent >= 53 ? result.shift_left(static_cast<std::size_t>(exponent - 53))
                          : result.shift_right(static_cast<std::size_t>(53 - exponent));
  if (value < 0) result = -result;
  return result;
}

void BigInt::normalise() {
  while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
  if (limbs_.empty()) negative_ = false;
}

std::size_t BigInt::bit_length() const {
  return limbs_.empty() ? 0 : limbs_.size() * 32 - static_cast<std::size_t>(std::countl_zero(limbs_.back()));
}

std::optional<std::int64_t> BigInt::to_int64() const {
  if (limbs_.size() > 2) return std::nullopt;
  std::uint64_t magnitude = 0;
  for (std::size_t i = limbs_.size(); i-- > 0;) magnitude = (magnitude << 32) | limbs_[i];
  const std::uint64_t limit = 1ULL << 63;
  if (magnitude > limit || (magnitude == limit && !negative_)) return std::nullopt;
  return static_cast<std::int64_t>(negative_ ? 0 - magnitude : magnitude);
}

std::optional<double> BigInt::to_double() const {
  const TopBits top = top_bits(limbs_, bit_length());
  const std::optional<double> value =
      round_to_double(top.top, static_cast<std::int64_t>(top.exponent), top.sticky);
  if (!value) return std::nullopt;
  return negative_ ? -*value : *value;
}

std::string BigInt::to_decimal() const {
  std::string text = magnitude_to_decimal(limbs_);
  return negative_ ? "-" + text : text;
}

std::string BigInt::to_text_power_of_two(int base) const {
  const unsigned bits = base == 16 ? 4 : base == 8 ? 3 : 1;
  std::string text;
  for (std::size_t bit = 0; bit < bit_length(); bit += bits) {
    std::uint64_t window = limbs_[bit / 32];
    if (bit / 32 + 1 < limbs_.size()) window |= static_cast<std::uint64_t>(limbs_[bit / 32 + 1]) << 32;
    text.push_back("0123456789abcdef"[(window >> (bit % 32)) & ((1U << bits) - 1)]);
  }
  if (text.empty()) text = "0";
  if (negative_) text.push_back('-');
  std::reverse(text.begin(), text.end());
  return text;
}

std::vector<std::uint16_t> BigInt::to_digits15() const {
  std::vector<std::uint16_t> digits((bit_length() + 14) / 15);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t bit = i * 15;
    std::uint64_t window = limbs_[bit / 32];
    if (bit / 32 + 1 < limbs_.size()) window |= static_cast<std::uint64_t>(limbs_[bit / 32 + 1]) << 32;
    digits[i] = static_cast<std::uint16_t>((window >> (bit % 32)) & 0x7FFF);
  }
  return digits;
}

BigInt BigInt::operator-() const {
  BigInt result = *this;
  if (!result.is_zero()) result.negative_ = !negative_;
  return result;
}

BigInt BigInt::operator~() const { return -*this - BigInt(1); }

BigInt operator+(const BigInt& a, const BigInt& b) {
  if (a.negative_ == b.negative_) return BigInt::from_limbs(magnitude_add(a.limbs_, b.limbs_), a.negative_);
  if (magnitude_compare(a.limbs_, b.limbs_) >= 0) {
    return BigInt::from_limbs(magnitude_subtract(a.limbs_, b.limbs_), a.negative_);
  }
  return BigInt::from_limbs(magnitude_subtract(b.limbs_, a.limbs_), b.negative_);
}

BigInt operator-(const BigInt& a, const BigInt& b) { return a + -b; }

BigInt operator*(const BigInt& a, const BigInt& b) {
  return BigInt::from_limbs(magnitude_multiply(a.limbs_, b.limbs_), a.negative_ != b.negative_);
}

BigInt operator&(const BigInt& a, const BigInt& b) {
  return bitwise(a, b, [](std::uint32_t x, std::uint32_t y) { return x & y; });
}
BigInt operator|(const BigInt& a, const BigInt& b) {
  return bitwise(a, b, [](std::uint32_t x, std::uint32_t y) { return x | y; });
}
BigInt operator^(const BigInt& a, const BigInt& b) {
  return bitwise(a, b, [](std::uint32_t x, std::uint32_t y) { return x ^ y; });
}

BigInt BigInt::shift_left(std::size_t bits) const {
  if (is_zero()) return {};
  return from_limbs(magnitude_shift_left(limbs_, bits), negative_);
}

BigInt BigInt::shift_right(std::size_t bits) const {
  // For negative numbers floor(-m / 2^k) = -(ceil(m / 2^k)) = -((m - 1) >> k) - 1.
  if (!negative_) return from_limbs(magnitude_shift_right(limbs_, bits), false);
  const BigInt shifted = from_limbs(magnitude_shift_right(magnitude_subtract(limbs_, Magnitude{1}), bits), false);
  return -shifted - BigInt(1);
}

BigInt::Division BigInt::divide_floor(const BigInt& dividend, const BigInt& divisor) {
  MagnitudeDivision parts = magnitude_divide(to_magnitude(dividend), to_magnitude(divisor));
  Division result{from_limbs(std::move(parts.quotient), dividend.negative_ != divisor.negative_),
                  from_limbs(std::move(parts.remainder), dividend.negative_)};
  if (!result.remainder.is_zero() && dividend.negative_ != divisor.negative_) {
    result.quotient = result.quotient - BigInt(1);
    result.remainder = result.remainder + divisor;
  }
  return result;
}

BigInt BigInt::power(std::uint64_t exponent) const {
  BigInt result(1);
  BigInt base = *this;
  while (exponent != 0) {
    if ((exponent & 1) != 0) result = result * base;
    exponent >>= 1;
    if (exponent != 0) base = base * base;
  }
  return result;
}

std::optional<double> BigInt::true_divide(const BigInt& dividend, const BigInt& divisor) {
  if (dividend.is_zero()) return divisor.negative_ ? -0.0 : 0.0;
  // Scale so that the integer quotient has at least 66 bits, divide, and let the remainder be the sticky bit.
  const auto shift = static_cast<std::int64_t>(divisor.bit_length()) -
                     static_cast<std::int64_t>(dividend.bit_length()) + 66;
  Magnitude numerator = to_magnitude(dividend);
  Magnitude denominator = to_magnitude(divisor);
  if (shift > 0) numerator = magnitude_shift_left(numerator, static_cast<std::size_t>(shift));
  if (shift < 0) denominator = magnitude_shift_left(denominator, static_cast<std::size_t>(-shift));
  const MagnitudeDivision parts = magnitude_divide(numerator, denominator);
  const BigInt quotient = from_limbs(parts.quotient, false);
  const TopBits top = top_bits(quotient.limbs_, quotient.bit_length());
  const bool sticky = top.sticky || !parts.remainder.empty();
  const std::optional<double> value =
      round_to_double(top.top, static_cast<std::int64_t>(top.exponent) - shift, sticky);
  if (!value) return std::nullopt;
  return dividend.negative_ != divisor.negative_ ? -*value : *value;
}

std::strong_ordering operator<=>(const BigInt& a, const BigInt& b) {
  if (a.negative_ != b.negative_) return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  const int order = magnitude_compare(a.limbs_, b.limbs_) * (a.negative_ ? -1 : 1);
  return order <=> 0;
}

}  // namespace ouro::support
