// Which elements of two sequences stay: a longest common subsequence, or near it.
//
// E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the linear-space refinement. Where two sequences
// have so little in common that finding the best answer would take quadratic time, a good one is taken instead, so that
// time stays near-linear.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ouro::analysis {

inline constexpr std::uint32_t kUnmatched = 0xFFFFFFFFU;

/// For each element of `a` the element of `b` that it stays as, rising, or kUnmatched.
[[nodiscard]] std::vector<std::uint32_t> align_sequences(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

}  // namespace ouro::analysis
