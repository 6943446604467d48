// How a call's arguments travel: positional values, then keyword values whose names stand in a tuple.
#pragma once

#include <cstddef>
#include <span>

#include "vm/core/value.h"

namespace ouro::vm {

struct TupleObject;

/// Borrowed arguments of one call. `values` holds `positional` values, then one for each of `keyword_names`.
struct CallArgs {
  const Value* values = nullptr;
  std::size_t positional = 0;
  TupleObject* keyword_names = nullptr;  ///< of str; null: none

  [[nodiscard]] std::span<const Value> positionals() const { return {values, positional}; }
  [[nodiscard]] std::size_t keyword_count() const;  // objects/tuple.h
  [[nodiscard]] Value keyword_value(std::size_t index) const { return values[positional + index]; }
  [[nodiscard]] bool has_keywords() const { return keyword_count() != 0; }
};

}  // namespace ouro::vm
