// For the tests of this module: source text to tree.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/parser.h"
#include "syntax/source.h"

namespace ouro::compile {

/// A parsed source and what its tree points into.
struct ParsedSource {
  explicit ParsedSource(std::string_view source) {
    EXPECT_TRUE(text.assign(source));
    auto result = syntax::parse(text, context, {}, warnings);
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
    module = result ? *result : nullptr;
  }
  syntax::SourceText text;
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  syntax::Mod* module = nullptr;

  /// The expression of the last statement.
  [[nodiscard]] syntax::ExprNode* last_expression() const {
    return syntax::as<syntax::Expr>(module->body.back()).value;
  }
};

}  // namespace ouro::compile
