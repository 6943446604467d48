// A refusal as CPython prints it (3.13 Lib/traceback.py TracebackException._format_syntax_error).
#pragma once

#include <string>
#include <string_view>

#include "syntax/syntax_error.h"

namespace ouro::syntax {

/// The exception's name: "IndentationError".
[[nodiscard]] std::string_view name_of(SyntaxErrorType type);

/// What `python FILE` writes to standard error: file and line, the line without its indentation, carets below what
/// is wrong with it, type and message. `line`: line `error.lineno` of the decoded source, without its newline; empty
/// when there is none.
[[nodiscard]] std::string error_text(const SyntaxError& error, std::string_view filename, std::string_view line);

}  // namespace ouro::syntax
