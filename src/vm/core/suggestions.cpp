#include "vm/core/suggestions.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace ouro::vm {
namespace {

constexpr std::size_t kMostCandidates = 750;
constexpr std::size_t kLongest = 40;
constexpr std::size_t kMoveCost = 2;
constexpr std::size_t kCaseCost = 1;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::size_t substitution(char a, char b) {
  if (a == b) return 0;
  return lower(a) == lower(b) ? kCaseCost : kMoveCost;
}

/// The edit distance, or something above `most`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  if (a.empty() || b.empty()) return (a.size() + b.size()) * kMoveCost;
  if (a.size() > kLongest || b.size() > kLongest) return most + 1;
  if (b.size() < a.size()) std::swap(a, b);
  if ((b.size() - a.size()) * kMoveCost > most) return most + 1;
  std::array<std::size_t, kLongest> row{};
  for (std::size_t i = 0; i < a.size(); ++i) row[i] = (i + 1) * kMoveCost;
  std::size_t result = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    std::size_t diagonal = j * kMoveCost;
    result = j * kMoveCost;
    std::size_t least = SIZE_MAX;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::size_t substituted = diagonal + substitution(b[j], a[i]);
      diagonal = row[i];
      const std::size_t moved = std::min(result, diagonal) + kMoveCost;
      result = std::min(substituted, moved);
      row[i] = result;
      least = std::min(least, result);
    }
    if (least > most) return most + 1;
  }
  return result;
}

}  // namespace

std::string closest_name(std::string_view wrong, const std::vector<std::string>& candidates) {
  if (candidates.size() >= kMostCandidates) return {};
  const std::string* best = nullptr;
  std::size_t best_distance = SIZE_MAX;
  for (const std::string& candidate : candidates) {
    if (candidate == wrong) continue;
    std::size_t most = (wrong.size() + candidate.size() + 3) * kMoveCost / 6;
    most = std::min(most, best_distance - 1);
    const std::size_t found = distance(wrong, candidate, most);
    if (found > most || (best != nullptr && found >= best_distance)) continue;
    best = &candidate;
    best_distance = found;
  }
  return best == nullptr ? std::string() : *best;
}

}  // namespace ouro::vm
