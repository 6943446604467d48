// Tokens as text: what `python3.13 -m tokenize -e FILE` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/source.h"
#include "syntax/syntax_error.h"

namespace ouro::syntax {

/// A line a token: place (lines from 1, columns from 0 in characters), exact kind, text. Comments and the newlines of
/// blank and continued lines are tokens here (COMMENT, NL). `source` is what `bytes` decoded to; its newlines are shown
/// as `bytes` has them. Tokens before an error are listed, then `error` says what is wrong.
[[nodiscard]] std::string list_tokens(const SourceText& source, std::string_view bytes,
                                      std::optional<SyntaxError>& error);

/// One of those lines as values. The first is the encoding.
struct ListedToken {
  std::string_view name;  ///< "NAME", "EQUAL", "COMMENT": of Lib/token.py
  std::string text;
  std::int32_t lineno, column, end_lineno, end_column;
};
[[nodiscard]] std::vector<ListedToken> list_token_values(const SourceText& source, std::string_view bytes,
                                                         std::optional<SyntaxError>& error);

}  // namespace ouro::syntax
