// A tree back to source, with the decisions of CPython 3.13's ast.unparse about parentheses, quotes and blank lines.
#pragma once

#include <optional>
#include <string>

#include "syntax/ast.h"

namespace ouro::syntax {

/// The source of a module or expression, without a last newline: the text ast.unparse gives. nullopt when the tree
/// nests deeper than 5,000 nodes. parse(unparse(tree)) equals tree but for positions.
[[nodiscard]] std::optional<std::string> unparse(const Mod& module);
[[nodiscard]] std::optional<std::string> unparse(const ExprNode* expression);

}  // namespace ouro::syntax
