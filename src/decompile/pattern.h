// The pattern of one case, read off its tests and captures.
//
// In: the joined tests of a case (reduce_match.cpp) and the names it stores. Out: the pattern whose code they are. A
// test or a name that no pattern accounts for is a problem, never left out.
#pragma once

#include <string>
#include <vector>

#include "code/constant_pool.h"
#include "decompile/value.h"

namespace ouro::decompile {

struct Capture {
  Value* value;
  std::string_view name;
};

/// The value that a match statement takes apart, given a test or a part of it.
[[nodiscard]] const Value* subject_of(const Value* v);

struct PatternInput {
  const Value* subject = nullptr;
  Value* test = nullptr;  ///< null: nothing is tested
  std::vector<Capture> captures;
  Position pos;
};

/// Null and a reason when there is no such pattern.
[[nodiscard]] Pattern* read_pattern(Pool& pool, const PatternInput& input, std::string& problem);

}  // namespace ouro::decompile
