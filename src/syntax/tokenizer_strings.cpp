// String literals and the literal parts of f-strings (CPython 3.13 Parser/lexer/lexer.c tok_get_normal_mode from
// letter_quote on, tok_get_fstring_mode).
#include <string>

#include "syntax/character_class.h"
#include "syntax/tokenizer.h"

namespace ouro::syntax {

void Tokenizer::read_string(Token& token, const char* quote_at) {
  const char quote = *quote_at;
  const char* first_line_start = line_start_;
  const std::int32_t first_line = lineno_;
  cursor_ = quote_at + 1;
  bool escaped_quote = false;
  int quote_size = 1;
  if (*cursor_ == quote) {
    ++cursor_;
    if (*cursor_ != quote) {  // the empty string
      finish(token, TokenKind::String);
      return;
    }
    ++cursor_;
    quote_size = 3;
  }
  for (;;) {
    while (!has_class(*cursor_, kStringStop)) ++cursor_;
    const char c = *cursor_;
    if (c == quote) {
      ++cursor_;
      if (quote_size == 1) break;
      if (cursor_[0] == quote && cursor_[1] == quote) {
        cursor_ += 2;
        break;
      }
    } else if (c == '\\') {
      ++cursor_;
      if (*cursor_ == quote) escaped_quote = true;
      if (cursor_ == source_end_) continue;
      if (*cursor_++ == '\n') begin_line();
    } else if (c == '\n' && quote_size == 3) {
      ++cursor_;
      begin_line();
    } else if (c == '\n' || cursor_ == source_end_) {
      return unterminated_string(token, quote, quote_size, escaped_quote, first_line_start, first_line);
    } else {
      ++cursor_;  // the other quote
    }
  }
  finish(token, TokenKind::String);
  token.lineno = first_line;
  token.col_offset = static_cast<std::int32_t>(token.start - first_line_start);
}

void Tokenizer::unterminated_string(Token& token, char quote, int quote_size, bool escaped_quote,
                                    const char* line_start, std::int32_t first_line) {
  const std::int32_t detected = lineno_;
  cursor_ = token.start + 1;
  line_start_ = line_start;
  lineno_ = first_line;
  if (const FString* outer = fstring(); outer != nullptr && outer->quote == quote && outer->quote_size == quote_size) {
    return fail(token, "f-string: expecting '}'");
  }
  const std::string where = " (detected at line " + std::to_string(detected) + ")";
  if (quote_size == 3) return fail(token, "unterminated triple-quoted string literal" + where);
  fail(token, "unterminated string literal" + where + (escaped_quote ? "; perhaps you escaped the end quote?" : ""));
}

void Tokenizer::start_fstring(Token& token, const char* quote_at) {
  FString opened{};
  opened.quote = *quote_at;
  opened.quote_size = quote_at[1] == opened.quote && quote_at[2] == opened.quote ? 3 : 1;
  cursor_ = quote_at + opened.quote_size;
  if (depth_ + 1U >= kMaxFStringDepth) return fail(token, "too many nested f-strings");
  opened.raw = quote_at - token.start == 2;  // the other letter can only be r
  opened.start = token.start;
  opened.line_start = line_start_;
  opened.lineno = lineno_;
  opened.expression_start_depth = -1;
  fstrings_[depth_++] = opened;
  finish(token, TokenKind::FStringStart);
}

// At a brace that opens a replacement field: the regular rules read what follows.
bool Tokenizer::enter_expression(Token& token) {
  FString& current = *fstring();
  if (++current.expression_start_depth >= kMaxExpressionNesting) {
    fail(token, "f-string: expressions nested too deeply");
    return false;
  }
  current.in_expression = true;
  return true;
}

void Tokenizer::next_in_fstring(Token& token) {
  FString& current = *fstring();
  token.start = cursor_;
  if (cursor_[0] == '{' && cursor_[1] != '{') {
    if (!enter_expression(token)) return;
    return next_regular(token);
  }
  if (cursor_[0] == current.quote &&
      (current.quote_size == 1 || (cursor_[1] == current.quote && cursor_[2] == current.quote))) {
    cursor_ += current.quote_size;
    --depth_;
    return finish(token, TokenKind::FStringEnd);
  }

  const char* first_line_start = line_start_;
  const std::int32_t first_line = lineno_;
  const bool in_format_spec = current.in_format_spec && current.expression_start_depth >= 0;
  bool named_escape = false;
  for (;;) {
    while (!has_class(*cursor_, kFStringStop)) ++cursor_;
    const char c = *cursor_;
    if (c == current.quote) {
      if (current.quote_size == 1 || (cursor_[1] == c && cursor_[2] == c)) {
        return fstring_middle(token, cursor_, first_line_start, first_line);
      }
      ++cursor_;
    } else if (c == '{') {
      if (cursor_[1] == '{' && !in_format_spec) {
        cursor_ += 2;
        return fstring_middle(token, cursor_ - 1, first_line_start, first_line);
      }
      if (!enter_expression(token)) return;
      current.in_format_spec = false;
      return fstring_middle(token, cursor_, first_line_start, first_line);
    } else if (c == '}') {
      if (named_escape) {
        ++cursor_;
        return fstring_middle(token, cursor_, first_line_start, first_line);
      }
      if (cursor_[1] == '}' && !in_format_spec && current.bracket_depth == 0) {
        cursor_ += 2;
        return fstring_middle(token, cursor_ - 1, first_line_start, first_line);
      }
      current.in_expression = true;
      current.in_format_spec = false;
      return fstring_middle(token, cursor_, first_line_start, first_line);
    } else if (c == '\\') {
      ++cursor_;
      const char escaped = *cursor_;
      if (escaped == '{' || escaped == '}') {
        if (!current.raw) {
          ++cursor_;
          warn(std::string("invalid escape sequence '\\") + escaped + "'");
          --cursor_;
        }
        continue;
      }
      if (cursor_ == source_end_) continue;
      ++cursor_;
      if (escaped == '\n') begin_line();
      if (!current.raw && escaped == 'N' && *cursor_ == '{') {
        named_escape = true;
        ++cursor_;
      }
    } else if (c == '\n' && in_format_spec && current.quote_size == 1) {  // the format spec ends with the line
      current.in_expression = true;
      current.in_format_spec = false;
      return fstring_middle(token, cursor_, first_line_start, first_line);
    } else if (c == '\n' && current.quote_size == 3) {
      ++cursor_;
      begin_line();
    } else if (c == '\n' || cursor_ == source_end_) {
      return unterminated_fstring(token);
    } else {
      ++cursor_;  // the other quote
    }
  }
}

// The token's text ends at `end`; its position ends at cursor_, one brace further after a doubled brace.
void Tokenizer::fstring_middle(Token& token, const char* end, const char* line_start, std::int32_t first_line) {
  finish(token, TokenKind::FStringMiddle);
  token.end = end;
  token.lineno = first_line;
  token.col_offset = static_cast<std::int32_t>(token.start - line_start);
}

void Tokenizer::unterminated_fstring(Token& token) {
  const FString& current = *fstring();
  const std::string where = " (detected at line " + std::to_string(lineno_) + ")";
  cursor_ = current.start + 1;
  line_start_ = current.line_start;
  lineno_ = current.lineno;
  fail(token, (current.quote_size == 3 ? "unterminated triple-quoted f-string literal" : "unterminated f-string literal") +
                  where);
}

}  // namespace ouro::syntax
