#include "syntax/tokenizer.h"

#include <cstring>
#include <string>

#include "support/result.h"
#include "support/utf8.h"
#include "syntax/character_class.h"
#include "syntax/keywords.h"
#include "syntax/unicode_facts.h"

namespace ouro::syntax {
namespace {

constexpr std::int32_t kTabSize = 8;
constexpr std::int32_t kAlternateTabSize = 1;

std::string hex4(std::uint32_t code_point) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) {
    const std::uint32_t digit = (code_point >> static_cast<unsigned>(shift)) & 15U;
    if (digit != 0 || !text.empty() || shift < 16) text.push_back(kDigits[digit]);
  }
  return text;
}

}  // namespace

Tokenizer::Tokenizer(std::string_view source, Interner& interner, const LanguageFeatures& features,
                     std::vector<SyntaxWarning>* warnings)
    : cursor_(source.data()), source_end_(source.data() + source.size()), line_start_(source.data()),
      source_start_(source.data()), features_(features), interner_(interner), warnings_(warnings) {
  OURO_ASSERT(source.empty() || (source.back() == '\n' && *source_end_ == '\0'));
}

void Tokenizer::next(Token& token) {
  if (depth_ != 0 && !fstrings_[depth_ - 1].in_expression) return next_in_fstring(token);
  next_regular(token);
}

void Tokenizer::finish(Token& token, TokenKind kind) {
  token.kind = kind;
  token.level = level_;
  token.end = cursor_;
  token.lineno = token.end_lineno = lineno_;
  token.col_offset = static_cast<std::int32_t>(token.start - line_start_);
  token.end_col_offset = static_cast<std::int32_t>(cursor_ - line_start_);
}

void Tokenizer::finish_empty(Token& token, TokenKind kind) {
  token.kind = kind;
  token.level = level_;
  token.start = token.end = cursor_;
  token.lineno = token.end_lineno = lineno_;
  token.col_offset = token.end_col_offset = -1;
}

void Tokenizer::next_regular(Token& token) {
  for (;;) {
    bool blank = false;
    if (at_line_start_) {
      at_line_start_ = false;
      if (!read_indentation(token, blank)) return;
    }
    if (pending_ != 0) {
      const TokenKind kind = pending_ < 0 ? TokenKind::Dedent : TokenKind::Indent;
      pending_ += pending_ < 0 ? 1 : -1;
      return finish_empty(token, kind);
    }
    for (;;) {  // until a backslash joins lines no more
      while (*cursor_ == ' ' || *cursor_ == '\t' || *cursor_ == '\f') ++cursor_;
      token.start = cursor_;
      const char c = *cursor_;
      if (has_class(c, kNameStart)) return read_name_or_string(token);
      if (c == '#') {
        // The source ends with a newline, so there is one ahead.
        // CPython's newline token begins at the comment and ends after the newline.
        cursor_ = static_cast<const char*>(std::memchr(cursor_, '\n', static_cast<std::size_t>(source_end_ - cursor_)));
        break;
      }
      if (c == '\n') break;
      if (has_class(c, kDigit) || (c == '.' && has_class(cursor_[1], kDigit))) return read_number(token);
      if (c == '"' || c == '\'') return read_string(token, cursor_);
      if (c == '\\') {
        ++cursor_;
        if (!read_continuation(token)) return;
        continue;
      }
      if (c == '\0' && cursor_ == source_end_) {
        if (level_ != 0) return fail_stop(token, Stop::Eof);
        return finish_empty(token, TokenKind::EndMarker);
      }
      return read_operator(token);
    }
    ++cursor_;  // the newline
    at_line_start_ = true;
    if (blank || level_ > 0) {
      begin_line();
      continue;
    }
    finish(token, TokenKind::Newline);
    token.end = cursor_ - 1;
    return begin_line();
  }
}

// Reads the white space that opens a line; `blank`: nothing but a comment follows. False: `token` is an error.
bool Tokenizer::read_indentation(Token& token, bool& blank) {
  for (;;) {
    std::int32_t column = 0;
    std::int32_t alternate = 0;
    std::int32_t continued_column = 0;
    token.start = cursor_;
    for (;; ++cursor_) {
      const char c = *cursor_;
      if (c == ' ') {
        ++column;
        ++alternate;
      } else if (c == '\t') {
        column = (column / kTabSize + 1) * kTabSize;
        alternate = (alternate / kAlternateTabSize + 1) * kAlternateTabSize;
      } else if (c == '\f') {
        column = alternate = 0;
      } else if (c == '\\') {
        // The first backslash fixes the indentation of what the line goes on with.
        if (continued_column == 0) continued_column = column;
        ++cursor_;
        if (!read_continuation(token)) return false;
        --cursor_;
      } else {
        break;
      }
    }
    if (*cursor_ == '\n') {  // a blank line: the next one at once
      ++cursor_;
      begin_line();
      continue;
    }
    if (*cursor_ == '#') {
      blank = true;
      return true;
    }
    if (level_ != 0) return true;
    if (continued_column != 0) column = alternate = continued_column;
    return change_indentation(token, column, alternate);
  }
}

bool Tokenizer::change_indentation(Token& token, int column, int alternate) {
  const auto inconsistent = [&] {
    fail_stop(token, Stop::TabSpace);
    return false;
  };
  if (column == indents_[indent_]) return alternate == alternate_indents_[indent_] || inconsistent();
  if (column > indents_[indent_]) {
    if (indent_ + 1U >= kMaxIndent) {
      fail_stop(token, Stop::TooDeep);
      return false;
    }
    if (alternate <= alternate_indents_[indent_]) return inconsistent();
    ++pending_;
    ++indent_;
    indents_[indent_] = column;
    alternate_indents_[indent_] = alternate;
    return true;
  }
  while (indent_ > 0 && column < indents_[indent_]) {
    --pending_;
    --indent_;
  }
  if (column != indents_[indent_]) {
    fail_stop(token, Stop::Dedent);
    return false;
  }
  return alternate == alternate_indents_[indent_] || inconsistent();
}

// After a backslash: takes the newline. False: `token` is an error.
bool Tokenizer::read_continuation(Token& token) {
  if (*cursor_ != '\n') {
    if (cursor_ != source_end_) ++cursor_;
    fail_stop(token, Stop::Continuation);
    return false;
  }
  ++cursor_;
  if (cursor_ == source_end_) {
    fail_stop(token, Stop::Eof);
    return false;
  }
  begin_line();
  return true;
}

void Tokenizer::read_name_or_string(Token& token) {
  const char* p = cursor_;
  unsigned char seen = 0;
  do {
    seen |= static_cast<unsigned char>(*p++);
  } while (has_class(*p, kNameContinue));
  if ((*p == '"' || *p == '\'') && p - cursor_ <= 2) [[unlikely]] {
    bool bytes = false;
    bool raw = false;
    bool unicode = false;
    bool format = false;
    bool prefix = true;
    for (const char* q = cursor_; q != p; ++q) {
      const char c = static_cast<char>(*q | 0x20);
      if (c == 'b' && !bytes && !unicode && !format) bytes = true;
      else if (c == 'u' && !bytes && !unicode && !raw && !format) unicode = true;
      else if (c == 'r' && !raw && !unicode) raw = true;
      else if (c == 'f' && !format && !bytes && !unicode) format = true;
      else prefix = false;
    }
    if (prefix) return format && features_.fstring_tokens ? start_fstring(token, p) : read_string(token, p);
  }
  read_name(token, p, seen >= 0x80);
}

void Tokenizer::read_name(Token& token, const char* end, bool non_ascii) {
  const std::string_view text(cursor_, static_cast<std::size_t>(end - cursor_));
  if (non_ascii) [[unlikely]] {
    const std::size_t bad = find_invalid_identifier_character(text);
    if (bad != std::string_view::npos) {
      const support::DecodedCodePoint character = support::decode_utf8(text, bad);
      cursor_ += bad + character.length;
      std::string message;
      if (is_printable(character.code_point)) {
        message = "invalid character '" + std::string(text.substr(bad, character.length)) + "' (U+" +
                  hex4(character.code_point) + ")";
      } else {
        message = "invalid non-printable character U+" + hex4(character.code_point);
      }
      return fail(token, std::move(message));
    }
    std::string normal;
    append_nfkc(text, normal);
    token.name = interner_.intern(normal);
    cursor_ = end;
    // A keyword spelt with compatibility characters is a name: CPython normalises after it looked for keywords.
    return finish(token, TokenKind::Name);
  }
  token.name = interner_.intern(text);
  cursor_ = end;
  const std::uint32_t id = token.name.id();
  if (id == kCaseId) [[unlikely]] interner_.set_case_seen();
  finish(token, id < kKeywordCount ? static_cast<TokenKind>(static_cast<std::uint32_t>(TokenKind::KwFalse) + id)
                                   : TokenKind::Name);
}

void Tokenizer::fail(Token& token, std::string message) {
  const std::string_view read(line_start_, static_cast<std::size_t>(cursor_ - line_start_));
  const auto offset = static_cast<std::int32_t>(support::count_code_points(read));
  fail_range(token, std::move(message), offset, offset);
}

void Tokenizer::fail_range(Token& token, std::string message, std::int32_t offset, std::int32_t end_offset) {
  error_ = {SyntaxErrorType::SyntaxError, std::move(message), lineno_, offset, lineno_, end_offset};
  stop_ = Stop::Error;
  finish_empty(token, TokenKind::Error);
}

// CPython Parser/pegen_errors.c _Pypegen_tokenizer_error.
void Tokenizer::fail_stop(Token& token, Stop stop) {
  stop_ = stop;
  if (stop != Stop::Continuation) {  // the rest of the line counts as read
    if (stop != Stop::Eof) {
      const void* newline = std::memchr(cursor_, '\n', static_cast<std::size_t>(source_end_ - cursor_));
      cursor_ = newline != nullptr ? static_cast<const char*>(newline) + 1 : source_end_;
    } else {
      cursor_ = source_end_;
    }
  }
  const auto read = static_cast<std::int32_t>(
      support::count_code_points({line_start_, static_cast<std::size_t>(cursor_ - line_start_)}));
  error_ = {SyntaxErrorType::SyntaxError, "", lineno_, read, lineno_, -1};
  switch (stop) {
    case Stop::Eof:
      if (level_ > 0) {
        const OpenBracket& opening = brackets_[level_ - 1U];
        error_.message = std::string("'") + opening.bracket + "' was never closed";
        error_.lineno = error_.end_lineno = opening.lineno;
        error_.offset = opening.col_offset + 1;
        error_.end_offset = 0;
      } else {
        error_.message = "unexpected EOF while parsing";
      }
      break;
    case Stop::Dedent:
      error_.type = SyntaxErrorType::IndentationError;
      error_.message = "unindent does not match any outer indentation level";
      break;
    case Stop::TabSpace:
      error_.type = SyntaxErrorType::TabError;
      error_.message = "inconsistent use of tabs and spaces in indentation";
      error_.offset = 1;
      error_.end_offset = 0;
      break;
    case Stop::TooDeep:
      error_.type = SyntaxErrorType::IndentationError;
      error_.message = "too many levels of indentation";
      error_.offset = 1;
      error_.end_offset = 0;
      break;
    case Stop::Continuation:
      error_.message = "unexpected character after line continuation character";
      error_.end_offset = 0;
      break;
    case Stop::None:
    case Stop::Error: break;
  }
  finish_empty(token, TokenKind::Error);
}

void Tokenizer::warn(std::string message) {
  if (warnings_ == nullptr) return;
  const auto offset = static_cast<std::int32_t>(
      support::count_code_points({line_start_, static_cast<std::size_t>(cursor_ - line_start_)}));
  warnings_->push_back({std::move(message), lineno_, offset, lineno_, offset, false});
}

}  // namespace ouro::syntax
