// A tree as text, as CPython 3.13's ast.dump writes it; tokens as text.
#pragma once

#include <optional>
#include <string>

#include "syntax/ast.h"
#include "syntax/source.h"
#include "syntax/syntax_error.h"

namespace ouro::syntax {

struct DumpOptions {
  bool include_attributes = false;  ///< line and column numbers
  std::optional<int> indent;        ///< spaces a level; none: one line
};

/// What ast.dump(tree, include_attributes=…, indent=…) returns. Trees nested deeper than 20,000 levels (left-deep
/// chains of operators) are cut there with "...".
[[nodiscard]] std::string dump(const Mod& module, const DumpOptions& options);

/// One token a line: "1,0-1,3:  NAME  'def'", positions as in Lib/tokenize's -m output. Stops at the first error.
[[nodiscard]] std::string dump_tokens(const SourceText& source, std::optional<SyntaxError>& error);

}  // namespace ouro::syntax
