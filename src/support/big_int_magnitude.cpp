#include "support/big_int_magnitude.h"

#include <algorithm>
#include <bit>

namespace ouro::support {

namespace {

constexpr std::size_t kKaratsubaLimbs = 40;
constexpr std::size_t kDivideAndConquerLimbs = 60;

void strip(Magnitude& a) {
  while (!a.empty() && a.back() == 0) a.pop_back();
}

MagnitudeView stripped(MagnitudeView a) {
  while (!a.empty() && a.back() == 0) a = a.first(a.size() - 1);
  return a;
}

/// target[offset...] += addend. The sum must fit.
void add_at(Magnitude& target, MagnitudeView addend, std::size_t offset) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < addend.size() || carry != 0; ++i) {
    const std::uint64_t sum =
        static_cast<std::uint64_t>(target[offset + i]) + (i < addend.size() ? addend[i] : 0) + carry;
    target[offset + i] = static_cast<std::uint32_t>(sum);
    carry = sum >> 32;
  }
}

Magnitude multiply_schoolbook(MagnitudeView a, MagnitudeView b) {
  Magnitude result(a.size() + b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::uint64_t product = static_cast<std::uint64_t>(a[i]) * b[j] + result[i + j] + carry;
      result[i + j] = static_cast<std::uint32_t>(product);
      carry = product >> 32;
    }
    result[i + b.size()] = static_cast<std::uint32_t>(carry);
  }
  strip(result);
  return result;
}

/// a * factor + addend in place.
void multiply_add_small(Magnitude& a, std::uint32_t factor, std::uint32_t addend) {
  std::uint64_t carry = addend;
  for (std::uint32_t& limb : a) {
    const std::uint64_t product = static_cast<std::uint64_t>(limb) * factor + carry;
    limb = static_cast<std::uint32_t>(product);
    carry = product >> 32;
  }
  if (carry != 0) a.push_back(static_cast<std::uint32_t>(carry));
}

/// a / divisor in place; gives the remainder.
std::uint32_t divide_small(Magnitude& a, std::uint32_t divisor) {
  std::uint64_t remainder = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    remainder = (remainder << 32) | a[i];
    a[i] = static_cast<std::uint32_t>(remainder / divisor);
    remainder %= divisor;
  }
  strip(a);
  return static_cast<std::uint32_t>(remainder);
}

Magnitude power_small(std::uint32_t base, std::size_t exponent) {
  Magnitude result{1};
  Magnitude square{base};
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = magnitude_multiply(result, square);
    if (exponent > 1) square = magnitude_multiply(square, square);
  }
  return result;
}

/// `digits` holds digit values only. Halves long texts so that Karatsuba pays.
Magnitude from_digit_values(std::string_view digits, std::uint32_t base) {
  if (digits.size() > 600) {
    const std::size_t low = digits.size() / 2;
    Magnitude high = from_digit_values(digits.substr(0, digits.size() - low), base);
    return magnitude_add(magnitude_multiply(high, power_small(base, low)),
                         from_digit_values(digits.substr(digits.size() - low), base));
  }
  Magnitude result;
  for (const char digit : digits) multiply_add_small(result, base, static_cast<std::uint32_t>(digit));
  strip(result);
  return result;
}

void append_decimal(std::string& out, Magnitude a, std::size_t pad) {
  std::string text;
  while (!a.empty()) {
    std::uint32_t chunk = divide_small(a, 1000000000);
    for (int i = 0; i < 9; ++i, chunk /= 10) text.push_back(static_cast<char>('0' + chunk % 10));
  }
  while (!text.empty() && text.back() == '0') text.pop_back();
  while (text.size() < pad) text.push_back('0');
  out.append(text.rbegin(), text.rend());
}

/// Writes `a` with at least `pad` digits; splits by 10^k where 10^k is about the root of a.
void append_decimal_split(std::string& out, const Magnitude& a, std::size_t pad) {
  if (a.size() <= kDivideAndConquerLimbs) {
    append_decimal(out, a, pad);
    return;
  }
  const auto digits = static_cast<std::size_t>(static_cast<double>(a.size()) * 32 * 0.30103);
  const std::size_t low = digits / 2;
  const MagnitudeDivision parts = magnitude_divide(a, power_small(10, low));
  append_decimal_split(out, parts.quotient, pad > low ? pad - low : 0);
  append_decimal_split(out, parts.remainder, low);
}

}  // namespace

int magnitude_compare(MagnitudeView a, MagnitudeView b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Magnitude magnitude_add(MagnitudeView a, MagnitudeView b) {
  if (a.size() < b.size()) std::swap(a, b);
  Magnitude result(a.begin(), a.end());
  result.push_back(0);
  add_at(result, b, 0);
  strip(result);
  return result;
}

Magnitude magnitude_subtract(MagnitudeView a, MagnitudeView b) {
  Magnitude result(a.size());
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int64_t difference = static_cast<std::int64_t>(a[i]) - (i < b.size() ? b[i] : 0) - borrow;
    borrow = difference < 0 ? 1 : 0;
    if (difference < 0) difference += 1LL << 32;
    result[i] = static_cast<std::uint32_t>(difference);
  }
  strip(result);
  return result;
}

Magnitude magnitude_multiply(MagnitudeView a, MagnitudeView b) {
  if (a.empty() || b.empty()) return {};
  if (std::min(a.size(), b.size()) < kKaratsubaLimbs) return multiply_schoolbook(a, b);
  const std::size_t half = std::max(a.size(), b.size()) / 2;
  const auto low = [half](MagnitudeView x) { return stripped(x.first(std::min(half, x.size()))); };
  const auto high = [half](MagnitudeView x) { return x.size() > half ? x.subspan(half) : MagnitudeView{}; };
  const Magnitude low_product = magnitude_multiply(low(a), low(b));
  const Magnitude high_product = magnitude_multiply(high(a), high(b));
  Magnitude middle =
      magnitude_multiply(magnitude_add(low(a), high(a)), magnitude_add(low(b), high(b)));
  middle = magnitude_subtract(magnitude_subtract(middle, low_product), high_product);
  Magnitude result(a.size() + b.size() + 1);
  add_at(result, low_product, 0);
  add_at(result, middle, half);
  add_at(result, high_product, 2 * half);
  strip(result);
  return result;
}

Magnitude magnitude_shift_left(MagnitudeView a, std::size_t bits) {
  const std::size_t limbs = bits / 32;
  const unsigned shift = bits % 32;
  Magnitude result(limbs + a.size() + 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::uint64_t placed = static_cast<std::uint64_t>(a[i]) << shift;
    result[limbs + i] |= static_cast<std::uint32_t>(placed);
    result[limbs + i + 1] = static_cast<std::uint32_t>(placed >> 32);
  }
  strip(result);
  return result;
}

Magnitude magnitude_shift_right(MagnitudeView a, std::size_t bits) {
  const std::size_t limbs = bits / 32;
  const unsigned shift = bits % 32;
  if (limbs >= a.size()) return {};
  Magnitude result(a.size() - limbs);
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::uint64_t window = a[limbs + i];
    if (limbs + i + 1 < a.size()) window |= static_cast<std::uint64_t>(a[limbs + i + 1]) << 32;
    result[i] = static_cast<std::uint32_t>(window >> shift);
  }
  strip(result);
  return result;
}

MagnitudeDivision magnitude_divide(MagnitudeView dividend, MagnitudeView divisor) {
  if (magnitude_compare(dividend, divisor) < 0) return {{}, {dividend.begin(), dividend.end()}};
  if (divisor.size() == 1) {
    Magnitude quotient(dividend.begin(), dividend.end());
    const std::uint32_t remainder = divide_small(quotient, divisor[0]);
    return {std::move(quotient), remainder == 0 ? Magnitude{} : Magnitude{remainder}};
  }
  // Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D.
  const auto shift = static_cast<unsigned>(std::countl_zero(divisor.back()));
  const Magnitude v = magnitude_shift_left(divisor, shift);
  Magnitude u = magnitude_shift_left(dividend, shift);
  u.resize(dividend.size() + 1);
  const std::size_t n = v.size();
  Magnitude quotient(u.size() - n);
  for (std::size_t j = quotient.size(); j-- > 0;) {
    const std::uint64_t top = (static_cast<std::uint64_t>(u[j + n]) << 32) | u[j + n - 1];
    std::uint64_t guess = top / v[n - 1];
    std::uint64_t rest = top % v[n - 1];
    while ((guess >> 32) != 0 || guess * v[n - 2] > ((rest << 32) | u[j + n - 2])) {
      --guess;
      rest += v[n - 1];
      if ((rest >> 32) != 0) break;
    }
    std::int64_t borrow = 0;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i <= n; ++i) {
      const std::uint64_t product = guess * (i < n ? v[i] : 0) + carry;
      carry = product >> 32;
      std::int64_t difference =
          static_cast<std::int64_t>(u[j + i]) - static_cast<std::int64_t>(product & 0xFFFFFFFFU) - borrow;
      borrow = difference < 0 ? 1 : 0;
      if (difference < 0) difference += 1LL << 32;
      u[j + i] = static_cast<std::uint32_t>(difference);
    }
    if (borrow != 0) {
      --guess;
      std::uint64_t back = 0;
      for (std::size_t i = 0; i <= n; ++i) {
        back += static_cast<std::uint64_t>(u[j + i]) + (i < n ? v[i] : 0);
        u[j + i] = static_cast<std::uint32_t>(back);
        back >>= 32;
      }
    }
    quotient[j] = static_cast<std::uint32_t>(guess);
  }
  strip(quotient);
  strip(u);
  return {std::move(quotient), magnitude_shift_right(u, shift)};
}

std::optional<Magnitude> magnitude_from_text(std::string_view digits, int base) {
  std::string values;
  values.reserve(digits.size());
  for (const char c : digits) {
    if (c == '_') continue;
    int value = -1;
    if (c >= '0' && c <= '9') value = c - '0';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') value = c - 'A' + 10;
    if (value < 0 || value >= base) return std::nullopt;
    values.push_back(static_cast<char>(value));
  }
  if (values.empty()) return std::nullopt;
  const auto unsigned_base = static_cast<unsigned>(base);
  if (!std::has_single_bit(unsigned_base)) return from_digit_values(values, unsigned_base);
  const auto bits = static_cast<unsigned>(std::countr_zero(unsigned_base));
  Magnitude result(values.size() * bits / 32 + 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t bit = i * bits;
    const std::uint64_t placed = static_cast<std::uint64_t>(values[values.size() - 1 - i]) << (bit % 32);
    result[bit / 32] |= static_cast<std::uint32_t>(placed);
    result[bit / 32 + 1] |= static_cast<std::uint32_t>(placed >> 32);
  }
  strip(result);
  return result;
}

std::string magnitude_to_decimal(MagnitudeView a) {
  if (a.empty()) return "0";
  std::string out;
  append_decimal_split(out, Magnitude(a.begin(), a.end()), 0);
  const std::size_t first = out.find_first_not_of('0');
  return first == 0 ? out : out.substr(first);
}

}  // namespace ouro::support
