// Tokens as text: what `python3.13 -m tokenize -e FILE` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syntax/source.h"
#include "syntax/syntax_error.h"

namespace ouro::syntax {

/// A line a token: place (lines from 1, columns from 0 in characters), exact kind, text. Comments and the newlines of
/// blank and continued lines are tokens here (COMMENT, NL). `source` is what `bytes` decoded to; its newlines are shown
/// as `bytes` has them. Tokens before an error are listed, then `error` says what is wrong.
[[nodiscard]] std::string list_tokens(const SourceText& source, std::string_view bytes,
                                      std::optional<SyntaxError>& error);

}  // namespace ouro::syntax
