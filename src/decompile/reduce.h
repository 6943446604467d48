// Between stage 1 and 2: control flow that belongs to expressions becomes expressions.
//
// Works on Lifted in place until nothing changes: empty blocks are jumped over, straight lines joined; two tests with
// a common way out become `and`, `or` or a chained comparison; a test that only chooses a value becomes a conditional
// or boolean expression; a loop that only fills a container becomes a comprehension; the second copy of a `while`
// test (CPython 3.12 and 3.13 codegen.c) goes. What is left branches because statements do.
#pragma once

#include "decompile/choices.h"
#include "decompile/layout.h"
#include "decompile/value.h"

namespace ouro::decompile {

struct ReduceOptions {
  Choices* choices = nullptr;            ///< null: first guesses
  const Layout* layout = nullptr;
  bool is_generator_expression = false;  ///< `yield element` fills the container
};

/// Gives the generator expression when the code is one and could be reduced, else nullptr.
Value* reduce(Lifted& lifted, Pool& pool, const ReduceOptions& options);

/// Who leads where, edges to handlers left out. Dead blocks have none.
[[nodiscard]] std::vector<std::vector<int>> predecessors(const Lifted& lifted);

/// `v`, negated: comparisons turn round where that is the same, `not not x` goes.
[[nodiscard]] Value* negate(Value* v, Pool& pool);

}  // namespace ouro::decompile
