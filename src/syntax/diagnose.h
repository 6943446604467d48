// What CPython says about source that it does not parse: exception type, message and place.
//
// Slow and only for source that syntax::parse refused: a packrat parse of the whole source, twice, over
// data/grammar/python-3.13.peg (docs/decisions/0002). Time and memory are bounded: linear in practice, with a
// limit on steps beyond which the error is a plain "invalid syntax"; nesting beyond CPython's parser stack is
// CPython's MemoryError.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "syntax/language_features.h"
#include "syntax/parser.h"
#include "syntax/syntax_error.h"

namespace ouro::syntax {

struct DiagnoseOptions {
  ParseMode mode = ParseMode::Exec;
  LanguageFeatures features;
  /// The final newline of `source` was not in what the user gave: CPython adds it for ParseMode::Exec only, and
  /// reports the end of the source otherwise.
  bool newline_added = false;
  /// Where warnings go that CPython gives on the way, in its order; null: nowhere.
  std::vector<SyntaxWarning>* warnings = nullptr;
};

/// `source` as for syntax::parse (UTF-8, ends with a newline or is empty, a NUL byte follows). Gives the error that
/// CPython's parser raises; nothing when its grammar accepts the source.
[[nodiscard]] std::optional<SyntaxError> diagnose(std::string_view source, const DiagnoseOptions& options);

}  // namespace ouro::syntax
