// What the compiler has to say, as CPython prints it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syntax/syntax_error.h"

namespace ouro::cli {

/// Decoded lines of a source by number; nothing is done before the first is asked for.
class SourceLines {
 public:
  explicit SourceLines(std::string_view source) : source_(source) {}

  /// Line `number` from 1 without its newline, as errors show it: U+FFFD for what is no UTF-8. Empty: there is none.
  [[nodiscard]] std::string line(std::int32_t number) const;
  /// As warnings show it: only of a source that decodes as a whole (CPython's linecache).
  [[nodiscard]] std::string_view well_formed_line(std::int32_t number) const;

 private:
  void index() const;
  [[nodiscard]] std::string_view raw_line(std::int32_t number) const;

  std::string_view source_;
  mutable bool indexed_ = false;
  mutable bool well_formed_ = false;
  mutable std::string text_;
  mutable std::vector<std::size_t> starts_;
};

/// CPython 3.13 Lib/traceback.py TracebackException._format_syntax_error: place, line, carets, message.
[[nodiscard]] std::string error_text(const syntax::SyntaxError& error, std::string_view filename,
                                     const SourceLines& lines);
/// What py_compile and compileall print: error_text for a SyntaxError itself, "Sorry: IndentationError: message
/// (name.py, line 3)" for any other class (Lib/py_compile.py PyCompileError).
[[nodiscard]] std::string py_compile_text(const syntax::SyntaxError& error, std::string_view filename,
                                          const SourceLines& lines);
/// CPython's warnings.showwarning under the default filters; empty for warnings that those hide.
[[nodiscard]] std::string warning_text(const syntax::SyntaxWarning& warning, std::string_view filename,
                                       const SourceLines& lines);
/// Type, line, offset, end line, end offset and message, separated by blanks.
[[nodiscard]] std::string error_fields(const syntax::SyntaxError& error);

}  // namespace ouro::cli
