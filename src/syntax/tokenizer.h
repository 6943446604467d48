// Source text to tokens, one at a time: CPython 3.13 Parser/lexer/lexer.c's rules for indentation, continuation
// lines, numbers, string prefixes, nested f-strings (PEP 701) and Unicode identifiers, and its errors.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "syntax/language_features.h"
#include "syntax/syntax_error.h"
#include "syntax/token.h"

namespace ouro::syntax {

class Tokenizer {
 public:
  /// `source` is SourceText::text(): a NUL byte follows it, it holds none, and it ends with a newline unless it
  /// is empty. Warnings ("invalid decimal literal", escaped braces) go to `warnings` when it is not null.
  Tokenizer(std::string_view source, Interner& interner, const LanguageFeatures& features,
            std::vector<SyntaxWarning>* warnings);

  /// Gives the next token. After TokenKind::Error, error() says what; after EndMarker and Error it must not be
  /// called again.
  void next(Token& token);

  /// The refusal, as CPython's first parser pass raises it when it meets this token.
  [[nodiscard]] const SyntaxError& error() const { return error_; }

  /// How the tokenizer stopped, for the rules of error priority (CPython errcode.h).
  enum class Stop : std::uint8_t {
    None,
    Error,         ///< E_ERROR: the message came from the tokenizer itself
    Eof,           ///< E_EOF: a bracket is open, or a backslash ends the source
    Dedent,        ///< E_DEDENT
    TabSpace,      ///< E_TABSPACE
    TooDeep,       ///< E_TOODEEP
    Continuation,  ///< E_LINECONT
  };
  [[nodiscard]] Stop stop() const { return stop_; }

  /// A bracket that is still open.
  struct OpenBracket {
    char bracket;
    std::int32_t lineno;
    std::int32_t col_offset;
  };
  [[nodiscard]] std::size_t level() const { return level_; }
  /// `index` 0 is the outermost.
  [[nodiscard]] const OpenBracket& open_bracket(std::size_t index) const { return brackets_[index]; }

  /// An f-string is open.
  [[nodiscard]] bool in_fstring() const { return depth_ != 0; }

  /// Where it stands: for errors that CPython places by its tokenizer's state.
  [[nodiscard]] const char* cursor() const { return cursor_; }
  [[nodiscard]] const char* line_start() const { return line_start_; }
  [[nodiscard]] std::int32_t lineno() const { return lineno_; }
  [[nodiscard]] std::string_view source() const {
    return {source_start_, static_cast<std::size_t>(source_end_ - source_start_)};
  }

  static constexpr std::size_t kMaxIndent = 100;      ///< CPython MAXINDENT
  static constexpr std::size_t kMaxLevel = 200;       ///< CPython MAXLEVEL
  static constexpr std::size_t kMaxFStringDepth = 150;  ///< CPython MAXFSTRINGLEVEL
  static constexpr int kMaxExpressionNesting = 3;     ///< CPython MAX_EXPR_NESTING

 private:
  // One open f-string; `in_expression` while its replacement field is being read with the regular rules.
  struct FString {
    char quote;
    std::uint8_t quote_size;
    bool raw;
    bool in_expression;
    bool in_format_spec;
    std::int16_t bracket_depth;            // brackets opened inside it
    std::int16_t expression_start_depth;   // -1: outside of every replacement field
    const char* start;
    const char* line_start;
    std::int32_t lineno;
  };

  void next_regular(Token& token);
  void next_in_fstring(Token& token);
  bool read_indentation(Token& token, bool& blank);
  bool change_indentation(Token& token, int column, int alternate);
  bool read_continuation(Token& token);
  void read_name_or_string(Token& token);
  void read_name(Token& token, const char* end, bool non_ascii);
  void read_string(Token& token, const char* quote_at);
  void unterminated_string(Token& token, char quote, int quote_size, bool escaped_quote, const char* line_start,
                           std::int32_t first_line);
  void start_fstring(Token& token, const char* quote_at);
  void unterminated_fstring(Token& token);
  void fstring_middle(Token& token, const char* end, const char* line_start, std::int32_t first_line);
  bool enter_expression(Token& token);
  void read_number(Token& token);
  bool read_radix_digits(Token& token, int base, std::string_view kind);
  bool read_decimal_tail(Token& token);
  bool read_fraction_and_exponent(Token& token);
  bool finish_number(Token& token, std::string_view kind);
  void read_operator(Token& token);
  void open(Token& token, TokenKind kind);
  void close(Token& token, TokenKind kind);
  bool mismatched(Token& token, const OpenBracket& opening, char closing);

  // Sets kind and place of a token that ends at cursor_.
  void finish(Token& token, TokenKind kind);
  void finish_empty(Token& token, TokenKind kind);
  // After a newline was taken.
  void begin_line() {
    if (cursor_ != source_end_) {
      ++lineno_;
      line_start_ = cursor_;
    }
  }
  // CPython _PyTokenizer_syntaxerror: a message at the characters read so far of this line.
  void fail(Token& token, std::string message);
  void fail_range(Token& token, std::string message, std::int32_t offset, std::int32_t end_offset);
  void fail_stop(Token& token, Stop stop);
  void warn(std::string message);
  [[nodiscard]] FString* fstring() { return depth_ == 0 ? nullptr : &fstrings_[depth_ - 1]; }

  const char* cursor_;
  const char* source_end_;
  const char* line_start_;
  const char* source_start_;
  std::int32_t lineno_ = 1;
  std::int32_t pending_ = 0;  // indents (> 0) or dedents (< 0) still to give
  bool at_line_start_ = true;
  std::uint8_t level_ = 0;
  std::uint8_t depth_ = 0;  // open f-strings
  std::uint8_t indent_ = 0;
  Stop stop_ = Stop::None;
  const LanguageFeatures features_;
  Interner& interner_;
  std::vector<SyntaxWarning>* warnings_;
  std::array<std::int32_t, kMaxIndent> indents_{};
  std::array<std::int32_t, kMaxIndent> alternate_indents_{};
  std::array<OpenBracket, kMaxLevel> brackets_;
  std::array<FString, kMaxFStringDepth> fstrings_;
  SyntaxError error_;
};

}  // namespace ouro::syntax
