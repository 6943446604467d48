// Parts of the math module.
#pragma once

#include <span>

#include "vm/core/binding.h"

namespace ouro::vm {

[[nodiscard]] std::span<const MethodSpec> math_integer_functions();  ///< gcd, lcm, factorial, comb, perm, isqrt: math/integers.cpp
[[nodiscard]] std::span<const MethodSpec> math_sum_functions();      ///< fsum, prod, sumprod, dist, hypot: math/sums.cpp

/// Not for zero, negative whole numbers, infinities: math/gamma.cpp.
[[nodiscard]] double lanczos_gamma(double x);
[[nodiscard]] double lanczos_log_gamma(double x);

}  // namespace ouro::vm
