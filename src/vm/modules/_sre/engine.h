// The regex engine: runs the code that re's compiler makes, by backtracking with a stack of its own (no C++ recursion).
//
// Choice points stand on one stack; what a mark held before is on a trail, so that going back undoes it. Counts of
// repeats are immutable nodes: an iteration makes a new one, and going back finds the old one. Assertions, atomic groups
// and possessive repeats put a barrier on the stack: when their body succeeds, all above it is cut off.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vm/core/vm.h"

namespace ouro::vm::sre {

enum class Outcome : std::int8_t { Error = -1, NoMatch = 0, Match = 1 };

/// One string being searched, by offset. Marks: start and end of each group, -1 unset.
class Search {
 public:
  virtual ~Search() = default;
  /// A match that begins at `start`. `whole`: it must end at the end.
  virtual Outcome match(std::int64_t start, bool whole) = 0;
  /// The first match that begins at `start` or later.
  virtual Outcome search(std::int64_t start) = 0;

  std::int64_t match_start = 0, match_end = 0;
  std::vector<std::int64_t> marks;
  std::int64_t last_index = -1;
  /// No empty match here; -1: anywhere.
  std::int64_t must_advance_at = -1;
};

/// `text` of `kind` bytes a character (1, 2, 4); the code was validated. `end`: characters to look at.
[[nodiscard]] std::unique_ptr<Search> new_search(Vm& vm, std::span<const std::uint32_t> code, std::size_t groups, const void* text,
                                                 unsigned kind, std::size_t end);
/// Whether the engine may run it: no offset leads out of it.
[[nodiscard]] bool validate(std::span<const std::uint32_t> code, std::size_t groups);
[[nodiscard]] std::uint32_t lower_ascii(std::uint32_t c);

}  // namespace ouro::vm::sre
