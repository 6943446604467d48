#include "syntax/parser.h"

#include "support/utf8.h"
#include "syntax/diagnose.h"
#include "syntax/parser_impl.h"

namespace ouro::syntax {

tl::expected<Mod*, SyntaxError> parse(const SourceText& source, AstContext& context, const ParseOptions& options,
                                      std::vector<SyntaxWarning>& warnings) {
  const std::size_t before = warnings.size();
  auto module = Parser(source, context, options, warnings).run();
  if (module) return module;
  warnings.resize(before);  // which strings CPython meets on its way to the error only its grammar knows
  // The grammar of wrong source knows what CPython says; where it accepts, only this parser's limits are in the way.
  if (auto error = diagnose(source.text(), {options.mode, options.features, options.newline_added, &warnings})) {
    return tl::unexpected(std::move(*error));
  }
  return module;
}

Parser::Parser(const SourceText& source, AstContext& context, const ParseOptions& options,
               std::vector<SyntaxWarning>& warnings)
    : context_(context), arena_(context.arena), options_(options), warnings_(warnings),
      tokenizer_(source.text(), context.interner, options.features, &warnings), well_formed_(source.well_formed()) {
  tokens_.reserve(256);
}

tl::expected<Mod*, SyntaxError> Parser::run() {
  fetch();
  Mod* module = nullptr;
  switch (options_.mode) {
    case ParseMode::Exec: module = parse_file(); break;
    case ParseMode::Single: module = parse_interactive(); break;
    case ParseMode::Eval: module = parse_eval(); break;
  }
  if (module == nullptr || too_deep_ || special_) return tl::unexpected(refusal());
  return module;
}

void Parser::fetch() {
  if (!tokens_.empty() && tokens_.back().kind == TokenKind::Error) {
    const Token error = tokens_.back();
    tokens_.push_back(error);
    return;
  }
  Token& token = tokens_.emplace_back();
  tokenizer_.next(token);
  if (options_.mode == ParseMode::Single) {
    // CPython Parser/pegen.c _PyPegen_fill_token: the end of a single statement counts as a newline.
    const std::string_view source = tokenizer_.source();
    if (options_.newline_added && token.kind == TokenKind::Newline && token.end == source.data() + source.size() - 1) {
      started_ = false;  // this is where CPython meets the end
    } else if (token.kind == TokenKind::EndMarker && started_) {
      token.kind = TokenKind::Newline;
      started_ = false;
    } else {
      started_ = true;
    }
  }
}

const Token& Parser::peek() {
  if (index_ + 1 == tokens_.size()) fetch();
  return tokens_[index_ + 1];
}

void Parser::reset(const Mark& to) {
  index_ = to.index;
  end_lineno_ = to.end_lineno;
  end_col_offset_ = to.end_col_offset;
}

// Between statements nothing goes back: only the current token stays.
void Parser::forget_read_tokens() {
  if (index_ == 0 || index_ + 1 != tokens_.size()) return;
  tokens_.front() = tokens_.back();
  tokens_.resize(1);
  index_ = 0;
}

std::nullptr_t Parser::fail_at(const Position& where, std::string message) {
  if (special_) return nullptr;
  special_ = SyntaxError{SyntaxErrorType::SyntaxError, std::move(message), where.lineno,
                         character_column(where.lineno, where.col_offset), where.end_lineno,
                         character_column(where.end_lineno, where.end_col_offset)};
  return nullptr;
}

std::nullptr_t Parser::fail_at(const Token& where, std::string message) {
  return fail_at(Position{where.lineno, where.col_offset, where.end_lineno, where.end_col_offset}, std::move(message));
}

// CPython gives such an error a line only.
std::nullptr_t Parser::fail_line(const Token& where, std::string message) {
  if (special_) return nullptr;
  special_ = SyntaxError{SyntaxErrorType::SyntaxError, std::move(message), where.lineno, 0, where.end_lineno, 0};
  return nullptr;
}

// The column from 1 in characters of a byte column. Rare: looks the line up from the start.
std::int32_t Parser::character_column(std::int32_t lineno, std::int32_t col_offset) const {
  if (col_offset < 0) return 0;
  std::string_view rest = tokenizer_.source();
  for (std::int32_t line = 1; line < lineno; ++line) {
    const std::size_t newline = rest.find('\n');
    if (newline == std::string_view::npos) break;
    rest.remove_prefix(newline + 1);
  }
  return static_cast<std::int32_t>(support::count_code_points(rest.substr(0, static_cast<std::size_t>(col_offset)))) + 1;
}

// Why the source was refused: nesting first, then what an action said, then the tokenizer, else a plain
// "invalid syntax" at the furthest token.
SyntaxError Parser::refusal() {
  if (too_deep_) {
    return {SyntaxErrorType::MemoryError, "Parser stack overflowed - Python source too complex to parse"};
  }
  if (special_) return *special_;
  if (tokenizer_.stop() != Tokenizer::Stop::None) return tokenizer_.error();
  const Token& furthest = tokens_.back();
  SyntaxError error{SyntaxErrorType::SyntaxError, "invalid syntax", furthest.lineno, 0, furthest.end_lineno, 0};
  if (furthest.kind == TokenKind::Indent || furthest.kind == TokenKind::Dedent) {
    error.type = SyntaxErrorType::IndentationError;
    error.message = furthest.kind == TokenKind::Indent ? "unexpected indent" : "unexpected unindent";
  }
  error.offset = character_column(furthest.lineno, furthest.col_offset);
  error.end_offset = character_column(furthest.end_lineno, furthest.end_col_offset);
  return error;
}

}  // namespace ouro::syntax
