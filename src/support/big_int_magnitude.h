// Arithmetic on magnitudes: 32-bit limbs, least significant first, no leading zero limb in results.
// Private to big_int.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::support {

using Magnitude = std::vector<std::uint32_t>;
using MagnitudeView = std::span<const std::uint32_t>;

/// -1, 0 or 1. Both without leading zero limbs.
int magnitude_compare(MagnitudeView a, MagnitudeView b);
Magnitude magnitude_add(MagnitudeView a, MagnitudeView b);
/// a - b; a must not be smaller.
Magnitude magnitude_subtract(MagnitudeView a, MagnitudeView b);
/// Schoolbook below 40 limbs, Karatsuba above.
Magnitude magnitude_multiply(MagnitudeView a, MagnitudeView b);
Magnitude magnitude_shift_left(MagnitudeView a, std::size_t bits);
Magnitude magnitude_shift_right(MagnitudeView a, std::size_t bits);

struct MagnitudeDivision {
  Magnitude quotient;
  Magnitude remainder;
};
/// Knuth's algorithm D. `divisor` must not be zero.
MagnitudeDivision magnitude_divide(MagnitudeView dividend, MagnitudeView divisor);

/// Digits in `base`, underscores skipped. nullopt for other characters or none.
std::optional<Magnitude> magnitude_from_text(std::string_view digits, int base);
std::string magnitude_to_decimal(MagnitudeView a);

}  // namespace ouro::support
