// The order in which CPython meets the elements of a set: what repr(frozenset(...)) shows.
//
// It depends on hash() of the elements. Those of strings are seeded; the order given here is that of
// PYTHONHASHSEED=0. Elements hashed by their memory address (None before 3.12, Ellipsis) have no stable order
// in CPython either.
#pragma once

#include <cstdint>
#include <vector>

#include "code/constant_pool.h"
#include "version/facts.h"

namespace ouro::dis {

/// hash(id) as a version computes it, PYTHONHASHSEED=0, on a 64-bit machine.
[[nodiscard]] std::int64_t constant_hash(const Facts& facts, const ConstantPool& pool, ConstId id);

/// Puts `items`, in the order in which they are added to the set, into the order of iteration.
void order_set(const Facts& facts, const ConstantPool& pool, std::vector<ConstId>& items);

}  // namespace ouro::dis
