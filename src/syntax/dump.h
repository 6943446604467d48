// A tree as text, as CPython 3.13's ast.dump writes it.
#pragma once

#include <optional>
#include <string>

#include "syntax/ast.h"

namespace ouro::syntax {

struct DumpOptions {
  bool include_attributes = false;  ///< line and column numbers
  std::optional<int> indent;        ///< spaces a level; none: one line
};

/// What ast.dump(tree, include_attributes=…, indent=…) returns. Trees nested deeper than 20,000 levels (left-deep
/// chains of operators) are cut there with "...".
[[nodiscard]] std::string dump(const Mod& module, const DumpOptions& options);

}  // namespace ouro::syntax
