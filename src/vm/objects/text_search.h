// Searching one run of code units in another of the same width; for str and bytes alike. Linear in the worst case:
// a scan for the first unit that turns to Knuth-Morris-Pratt when comparisons pile up.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace ouro::vm {

namespace search_internal {
/// Failure links of `needle`, read with `at` (forwards or backwards).
template <class At>
std::vector<std::uint32_t> failure_links(std::size_t size, At at) {
  std::vector<std::uint32_t> links(size, 0);
  for (std::size_t i = 1, k = 0; i < size; ++i) {
    while (k > 0 && at(i) != at(k)) k = links[k - 1];
    if (at(i) == at(k)) ++k;
    links[i] = static_cast<std::uint32_t>(k);
  }
  return links;
}
template <class TextAt, class NeedleAt>
std::int64_t kmp(std::size_t size, TextAt text, std::size_t needle_size, NeedleAt needle) {
  const auto links = failure_links(needle_size, needle);
  for (std::size_t i = 0, k = 0; i < size; ++i) {
    while (k > 0 && text(i) != needle(k)) k = links[k - 1];
    if (text(i) == needle(k)) ++k;
    if (k == needle_size) return static_cast<std::int64_t>(i + 1 - needle_size);
  }
  return -1;
}
}  // namespace search_internal

/// First position of the needle, or -1. An empty needle is at 0.
template <class Unit>
std::int64_t find_units(const Unit* text, std::size_t size, const Unit* needle, std::size_t needle_size) {
  if (needle_size == 0) return 0;
  if (needle_size > size) return -1;
  if constexpr (sizeof(Unit) == 1) {
    const void* found = needle_size == 1 ? std::memchr(text, static_cast<unsigned char>(*needle), size)
                                         : memmem(text, size, needle, needle_size);
    return found == nullptr ? -1 : static_cast<const Unit*>(found) - text;
  } else {
    const std::size_t last = size - needle_size;
    std::size_t work = 0;
    for (std::size_t i = 0; i <= last; ++i) {
      if (text[i] != needle[0]) continue;
      std::size_t k = 1;
      while (k < needle_size && text[i + k] == needle[k]) ++k;
      if (k == needle_size) return static_cast<std::int64_t>(i);
      work += k;
      if (work > 64 + 4 * i) {
        const std::size_t from = i + 1;
        const auto found = search_internal::kmp(size - from, [&](std::size_t n) { return text[from + n]; }, needle_size,
                                                [&](std::size_t n) { return needle[n]; });
        return found < 0 ? -1 : found + static_cast<std::int64_t>(from);
      }
    }
    return -1;
  }
}

/// Last position, or -1. An empty needle is at the end.
template <class Unit>
std::int64_t rfind_units(const Unit* text, std::size_t size, const Unit* needle, std::size_t needle_size) {
  if (needle_size == 0) return static_cast<std::int64_t>(size);
  if (needle_size > size) return -1;
  if constexpr (sizeof(Unit) == 1) {
    if (needle_size == 1) {
      const void* found = memrchr(text, static_cast<unsigned char>(*needle), size);
      return found == nullptr ? -1 : static_cast<const Unit*>(found) - text;
    }
  }
  std::size_t work = 0;
  for (std::size_t i = size - needle_size + 1; i-- > 0;) {
    if (text[i] != needle[0]) continue;
    std::size_t k = 1;
    while (k < needle_size && text[i + k] == needle[k]) ++k;
    if (k == needle_size) return static_cast<std::int64_t>(i);
    work += k;
    if (work > 64 + 4 * (size - i)) {
      const std::size_t end = i + needle_size - 1;  // a match that begins before i ends before this
      const auto found = search_internal::kmp(end, [&](std::size_t n) { return text[end - 1 - n]; }, needle_size,
                                              [&](std::size_t n) { return needle[needle_size - 1 - n]; });
      return found < 0 ? -1 : static_cast<std::int64_t>(end - static_cast<std::size_t>(found) - needle_size);
    }
  }
  return -1;
}

/// Matches that do not overlap, at most `most`. The needle is not empty.
template <class Unit>
std::size_t count_units(const Unit* text, std::size_t size, const Unit* needle, std::size_t needle_size, std::size_t most) {
  std::size_t count = 0;
  std::size_t position = 0;
  while (count < most) {
    const std::int64_t found = find_units(text + position, size - position, needle, needle_size);
    if (found < 0) break;
    ++count;
    position += static_cast<std::size_t>(found) + needle_size;
  }
  return count;
}

}  // namespace ouro::vm
