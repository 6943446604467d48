// Folding on the tree (CPython 3.13 Python/ast_opt.c): constant operators, tuples and subscripts, `not` into
// comparisons, '%s' % (x,) into an f-string, lists and sets that are only iterated over or searched, __debug__.
#pragma once

#include <optional>

#include "compile/future.h"
#include "compile/problems.h"
#include "syntax/ast.h"

namespace ouro::compile {

struct FoldOptions {
  int optimize = 0;              ///< 0, 1 (-O) or 2 (-OO)
  bool skip_annotations = false; ///< they become strings: leave them as written
};

/// Folds the tree in place.
void fold_module(syntax::Mod& module, syntax::AstContext& context, const FoldOptions& options, Problems& problems);

/// The value of a unary operator on a constant; nullopt where CPython raises or leaves it alone.
std::optional<syntax::ConstantValue> fold_unary(syntax::UnaryOperator op, const syntax::ConstantValue& operand,
                                                syntax::AstContext& context);
/// The value of a binary operator on constants; nullopt where CPython raises, or where the result would be large.
std::optional<syntax::ConstantValue> fold_binary(syntax::Operator op, const syntax::ConstantValue& left,
                                                 const syntax::ConstantValue& right, syntax::AstContext& context);
/// The value of container[index].
std::optional<syntax::ConstantValue> fold_subscript(const syntax::ConstantValue& container,
                                                    const syntax::ConstantValue& index, syntax::AstContext& context);
/// A tuple or frozenset of constant expressions; nullopt when one is not constant. A frozenset keeps the first of
/// equal elements.
std::optional<syntax::ConstantValue> fold_sequence(syntax::ConstantKind kind, syntax::ExprList elements,
                                                   syntax::AstContext& context);
/// '…' % (values): the f-string that does the same, or null where there is none.
syntax::ExprNode* fold_format(const syntax::BinOp& node, std::string_view format, syntax::ExprList values,
                              syntax::AstContext& context);
/// Python's bool(constant).
bool is_true(const syntax::ConstantValue& value);
/// Python's == on constants (1 == 1.0 == True), as sets and dicts see it.
bool equal_constants(const syntax::ConstantValue& a, const syntax::ConstantValue& b);

}  // namespace ouro::compile
