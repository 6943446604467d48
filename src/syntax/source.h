// A source file's bytes to text the tokenizer can read: encoding (PEP 263), byte order mark, newlines.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "syntax/syntax_error.h"

namespace ouro::syntax {

/// UTF-8 whose lines end in "\n" — the last one too, unless there is none — and that holds no NUL. A NUL byte
/// follows the text. The tree's constants point into it: it must outlive them and must not be moved.
class SourceText {
 public:
  SourceText() = default;
  SourceText(SourceText&&) = delete;
  SourceText& operator=(SourceText&&) = delete;

  /// Reads a file's bytes as CPython reads them: UTF-8, or what a byte order mark or a coding cookie in one of
  /// the first two lines says. False: error() says why.
  [[nodiscard]] bool decode(std::string_view bytes);
  /// Text that already is UTF-8 (a str given to compile()); cookies mean nothing.
  [[nodiscard]] bool assign(std::string_view utf8);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const SyntaxError& error() const { return error_; }
  /// False when malformed UTF-8 is in it: CPython minds only where a literal or a name holds it.
  [[nodiscard]] bool well_formed() const { return well_formed_; }
  /// The encoding as the cookie spells it, but "utf-8" and "iso-8859-1" for their many spellings.
  [[nodiscard]] std::string_view encoding() const { return encoding_; }

 private:
  bool refuse(SyntaxErrorType type, std::string message, std::int32_t lineno = 0, std::int32_t offset = 0);
  bool take(std::string text);

  bool well_formed_ = true;
  std::string text_;
  std::string encoding_ = "utf-8";
  SyntaxError error_;
};

}  // namespace ouro::syntax
