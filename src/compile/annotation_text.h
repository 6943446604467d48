// An annotation as the string that `from __future__ import annotations` makes of it.
#pragma once

#include <string>

#include "syntax/ast.h"

namespace ouro::compile {

/// CPython 3.13 Python/ast_unparse.c _PyAST_ExprAsUnicode: not the same text as ast.unparse gives. The tree's depth
/// is bounded by the passes before.
[[nodiscard]] std::string annotation_text(const syntax::ExprNode& annotation);

/// Python's repr() of a constant.
[[nodiscard]] std::string constant_repr(const syntax::ConstantValue& value);

}  // namespace ouro::compile
