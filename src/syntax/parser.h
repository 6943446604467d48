// Source text to tree.
#pragma once

#include <cstdint>
#include <tl/expected.hpp>
#include <vector>

#include "syntax/ast.h"
#include "syntax/language_features.h"
#include "syntax/source.h"
#include "syntax/syntax_error.h"

namespace ouro::syntax {

enum class ParseMode : std::uint8_t {
  Exec,    ///< a file: ModKind::Module
  Single,  ///< one interactive statement: ModKind::Interactive
  Eval,    ///< one expression: ModKind::Expression
};

struct ParseOptions {
  ParseMode mode = ParseMode::Exec;
  LanguageFeatures features;
  /// The source given by the user did not end in a newline: seen in errors of Single and Eval only.
  bool newline_added = false;
};

/// Parses decoded source. `source` must outlive the tree, which is made in `context`. Warnings (invalid escapes
/// and the like) are appended to `warnings` in CPython's order.
/// On refusal a second, diagnosing pass over the same source (diagnose.h) finds the error that CPython raises.
/// Never recurses deeper than a fixed bound: what nests deeper is CPython's MemoryError or "too many nested
/// parentheses".
[[nodiscard]] tl::expected<Mod*, SyntaxError> parse(const SourceText& source, AstContext& context,
                                                    const ParseOptions& options,
                                                    std::vector<SyntaxWarning>& warnings);

}  // namespace ouro::syntax
