// What the compiler has to say, as CPython prints it.
#pragma once

#include <string>
#include <string_view>

#include "syntax/syntax_error.h"

namespace ouro::cli {

/// Lines of a source by number.
class SourceLines {
 public:
  explicit SourceLines(std::string_view source) : source_(source) {}
  /// Line `number` from 1 without its newline; empty when there is none.
  [[nodiscard]] std::string_view line(std::int32_t number) const;

 private:
  std::string_view source_;
};

/// CPython 3.13 Lib/traceback.py TracebackException._format_syntax_error: place, line, carets, message.
[[nodiscard]] std::string error_text(const syntax::SyntaxError& error, std::string_view filename,
                                     const SourceLines& lines);
/// CPython's warnings.showwarning; empty for warnings that CPython hides by default.
[[nodiscard]] std::string warning_text(const syntax::SyntaxWarning& warning, std::string_view filename,
                                       const SourceLines& lines);
/// Type, line, offset, end line, end offset and message, separated by blanks.
[[nodiscard]] std::string error_fields(const syntax::SyntaxError& error);

}  // namespace ouro::cli
