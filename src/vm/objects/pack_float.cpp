#include "vm/objects/pack_float.h"

#include <cmath>
#include <limits>

namespace ouro::vm {

double half_to_double(std::uint16_t half) {
  const int exponent = half >> 10U & 0x1F;
  const double fraction = (half & 0x3FF) / 1024.0;
  double value;
  if (exponent == 31) {
    value = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    value = std::ldexp(fraction, -14);
  } else {
    value = std::ldexp(1 + fraction, exponent - 15);
  }
  return (half & 0x8000) != 0 ? -value : value;
}

std::optional<std::uint16_t> double_to_half(double value) {
  const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7E00);
  const double magnitude = std::fabs(value);
  if (std::isinf(value)) return static_cast<std::uint16_t>(sign | 0x7C00);
  if (magnitude == 0) return sign;
  int exponent;
  std::frexp(magnitude, &exponent);  // magnitude = f * 2^exponent, 0.5 <= f < 1
  const int shown = exponent - 1 < -14 ? -14 : exponent - 1;
  // The significand in units of the last place, rounded to even by nearbyint.
  const auto units = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, 10 - shown)));
  std::uint32_t bits = units < 1024 ? units : (static_cast<std::uint32_t>(shown + 15) << 10U) + (units - 1024);
  if (bits >= 0x7C00) return std::nullopt;
  return static_cast<std::uint16_t>(sign | bits);
}

}  // namespace ouro::vm
