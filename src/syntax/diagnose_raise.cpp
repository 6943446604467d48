// Errors and where they are shown: CPython 3.13 Parser/pegen_errors.c.
#include <algorithm>
#include <cstring>

#include "support/utf8.h"
#include "syntax/diagnose_engine.h"

namespace ouro::syntax {
namespace {

// Characters in the first `bytes` bytes of `line`, as decoding with "replace" counts them; one more than the line
// has at most (CPython Parser/pegen.c _PyPegen_byte_offset_to_character_offset).
std::int32_t character_offset(std::string_view line, std::int32_t bytes) {
  if (bytes < 0) return 0;
  const auto wanted = static_cast<std::size_t>(bytes);
  if (wanted > line.size()) return static_cast<std::int32_t>(support::count_code_points(line)) + 1;
  if (support::find_invalid_utf8(line, support::Surrogates::Reject) != std::string_view::npos) [[unlikely]] {  // it counts in the replaced text
    const std::string replaced = support::replace_invalid_utf8(line);
    return static_cast<std::int32_t>(support::count_code_points(
        support::replace_invalid_utf8(std::string_view(replaced).substr(0, wanted))));
  }
  return static_cast<std::int32_t>(support::count_code_points(line.substr(0, wanted)));
}

}  // namespace

// After a newline CPython's tokenizer still stands in the line it ended; ours is in the next one already.
DiagnoseEngine::Standing DiagnoseEngine::standing() const {
  const bool ahead = !tokens_.empty() && tokens_.back().kind == TokenKind::Newline &&
                     tokenizer_.cursor() == tokenizer_.line_start() && tokenizer_.lineno() > 1;
  if (!ahead) return {tokenizer_.lineno(), tokenizer_.line_start()};
  return {tokenizer_.lineno() - 1, start_of_line(tokenizer_.line_start() - 1)};
}

// The tokenizer's place; a newline that CPython does not have does not count.
const char* DiagnoseEngine::cursor() const {
  const std::string_view source = tokenizer_.source();
  const bool beyond = options_.newline_added && options_.mode != ParseMode::Exec && !source.empty() &&
                      tokenizer_.cursor() == source.data() + source.size();
  return tokenizer_.cursor() - (beyond ? 1 : 0);
}

const char* DiagnoseEngine::start_of_line(const char* place) const {
  while (place != tokenizer_.source().data() && place[-1] != '\n') --place;
  return place;
}

// Where CPython's tokenizer has the start of its buffer (tok->buf): the line it stands in, or, when a token or a
// backslash goes over the lines' ends, the line where that began.
const char* DiagnoseEngine::buffer_start() const {
  const char* line = standing().line_start;
  const char* const source = tokenizer_.source().data();
  for (auto token = tokens_.rbegin(); line != source;) {
    while (token != tokens_.rend() && token->start >= line) ++token;
    const bool spanned = token != tokens_.rend() && token->end > line;
    const bool joined = !spanned && line - source >= 2 && line[-2] == '\\' &&
                        (token == tokens_.rend() || token->end <= line - 2);
    if (!spanned && !joined) break;
    line = start_of_line(spanned ? token->start : line - 1);
  }
  return line;
}

std::string_view DiagnoseEngine::error_line(std::int32_t lineno) const {
  const std::string_view source = tokenizer_.source();
  const char* const end = source.data() + source.size();
  const Standing at = standing();
  if (at.lineno <= lineno) {
    const void* newline = std::memchr(at.line_start, '\n', static_cast<std::size_t>(end - at.line_start));
    const char* line_end = newline == nullptr ? end : static_cast<const char*>(newline) + 1;
    const char* line = buffer_start();
    return {line, static_cast<std::size_t>(line_end - line)};
  }
  const char* line = source.data();
  for (std::int32_t i = 1; i < lineno; ++i) {
    const void* newline = std::memchr(line, '\n', static_cast<std::size_t>(end - line));
    if (newline == nullptr) break;
    line = static_cast<const char*>(newline) + 1;
  }
  const void* newline = std::memchr(line, '\n', static_cast<std::size_t>(end - line));
  return {line, static_cast<std::size_t>((newline == nullptr ? end : static_cast<const char*>(newline)) - line)};
}

// _Pypegen_tokenizer_error: what the tokenizer itself left open.
SyntaxError DiagnoseEngine::tokenizer_error() {
  SyntaxError error = tokenizer_.error();
  if (tokenizer_.stop() == Tokenizer::Stop::Eof && tokenizer_.level() > 0) {
    const Tokenizer::OpenBracket& opening = tokenizer_.open_bracket(tokenizer_.level() - 1);
    error.offset = character_offset(error_line(opening.lineno), opening.col_offset + 1);
  } else if (tokenizer_.stop() == Tokenizer::Stop::Continuation) {  // CPython counts from its buffer's start
    const char* start = buffer_start();
    error.offset = character_offset({start, static_cast<std::size_t>(tokenizer_.cursor() - start)},
                                    static_cast<std::int32_t>(tokenizer_.cursor() - start));
  } else if (tokenizer_.stop() == Tokenizer::Stop::Eof && options_.newline_added &&
             options_.mode != ParseMode::Exec) {  // no newline follows the last backslash
    error.message = "unexpected character after line continuation character";
    error.offset -= 1;
    error.end_offset = 0;
  }
  return error;
}

std::nullptr_t DiagnoseEngine::raise_columns(SyntaxErrorType type, std::int32_t lineno, std::int32_t column,
                                             std::int32_t end_lineno, std::int32_t end_column,
                                             std::string message) {
  if (failed_ && error_) return nullptr;
  failed_ = true;
  const Standing at = standing();
  if (end_lineno == kCurrent) end_lineno = at.lineno;
  if (end_column == kCurrent) end_column = static_cast<std::int32_t>(cursor() - at.line_start);
  const std::string_view line = error_line(lineno);
  error_ = SyntaxError{type, std::move(message), lineno, character_offset(line, column), end_lineno,
                       end_column > 0 ? character_offset(line, end_column) : end_column};
  return nullptr;
}

std::nullptr_t DiagnoseEngine::raise_known(SyntaxErrorType type, std::int32_t lineno, std::int32_t column,
                                           std::int32_t end_lineno, std::int32_t end_column, std::string message) {
  return raise_columns(type, lineno, column == kCurrent ? kCurrent : column + 1, end_lineno,
                       end_column == kCurrent ? kCurrent : end_column + 1, std::move(message));
}

std::nullptr_t DiagnoseEngine::raise_at_token(SyntaxErrorType type, const Token& token, std::string message) {
  return raise_known(type, token.lineno, token.col_offset, token.end_lineno, token.end_col_offset,
                     std::move(message));
}

std::nullptr_t DiagnoseEngine::raise_range(const Position& from, const Position& to, std::string message) {
  return raise_known(SyntaxErrorType::SyntaxError, from.lineno, from.col_offset, to.end_lineno, to.end_col_offset,
                     std::move(message));
}

// _PyPegen_raise_error: a token without a column (the end of a block or of the source) is where the tokenizer is.
std::nullptr_t DiagnoseEngine::raise_last(SyntaxErrorType type, std::string message) {
  if (failed_ && error_) return nullptr;
  if (tokens_.empty()) return raise_columns(type, 0, 0, 0, -1, std::move(message));
  const Token& token = tokens_.back();
  const Standing at = standing();
  const std::int32_t column = token.col_offset != -1
                                  ? token.col_offset + 1
                                  : static_cast<std::int32_t>(cursor() - at.line_start);
  return raise_columns(type, token.lineno, column, token.end_lineno,
                       token.end_col_offset != -1 ? token.end_col_offset + 1 : -1, std::move(message));
}

std::nullptr_t DiagnoseEngine::raise_next(std::string message) {
  if (failed_ && error_) return nullptr;
  if (!available()) return nullptr;
  const Token& token = tokens_[mark_];
  const std::int32_t column = token.col_offset != -1
                                  ? token.col_offset + 1
                                  : static_cast<std::int32_t>(cursor() - standing().line_start);
  return raise_columns(SyntaxErrorType::SyntaxError, token.lineno, column, token.end_lineno,
                       token.end_col_offset != -1 ? token.end_col_offset + 1 : -1, std::move(message));
}

std::nullptr_t DiagnoseEngine::raise_unclosed() {
  const Tokenizer::OpenBracket& opening = tokenizer_.open_bracket(tokenizer_.level() - 1);
  return raise_known(SyntaxErrorType::SyntaxError, opening.lineno, opening.col_offset, opening.lineno, -1,
                     std::string("'") + opening.bracket + "' was never closed");
}

std::nullptr_t DiagnoseEngine::raise_stack_overflow() {
  if (failed_ && error_) return nullptr;
  failed_ = true;
  error_ = SyntaxError{SyntaxErrorType::MemoryError, "Parser stack overflowed - Python source too complex to parse",
                       0, 0, 0, 0};
  return nullptr;
}

// _PyPegen_tokenize_full_source_to_check_for_errors: what is wrong with the tokens further on matters more, unless
// it is the unclosed bracket of the same line or below.
void DiagnoseEngine::check_rest_of_source() {
  const std::int32_t error_line = tokens_.back().lineno;
  const std::optional<SyntaxError> raised = error_;
  Token token;
  while (!tokens_ended_) {
    tokenizer_.next(token);
    tokens_ended_ = token.kind == TokenKind::EndMarker || token.kind == TokenKind::Error;
    if (token.kind != TokenKind::Error) continue;
    if (tokenizer_.stop() == Tokenizer::Stop::Error) {
      if (!tokenizer_.in_fstring()) error_ = tokenizer_.error();
    } else if (tokenizer_.level() != 0 &&
               error_line > tokenizer_.open_bracket(tokenizer_.level() - 1).lineno) {
      error_.reset();
      raise_unclosed();
      if (tokenizer_.in_fstring()) error_ = raised;
    }
  }
}

// _Pypegen_set_syntax_error. `last`: the furthest token of the first pass.
void DiagnoseEngine::set_syntax_error(const Token& last) {
  if (error_) {
    if (error_->type != SyntaxErrorType::MemoryError && tokenizer_.stop() == Tokenizer::Stop::None) {
      check_rest_of_source();
    }
    return;
  }
  failed_ = false;
  if (last.kind == TokenKind::Indent || last.kind == TokenKind::Dedent) {
    raise_last(SyntaxErrorType::IndentationError,
               last.kind == TokenKind::Indent ? "unexpected indent" : "unexpected unindent");
    return;
  }
  raise_at_token(SyntaxErrorType::SyntaxError, last, "invalid syntax");
  check_rest_of_source();
}

}  // namespace ouro::syntax
