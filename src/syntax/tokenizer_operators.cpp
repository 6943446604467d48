// Operators and brackets (CPython 3.13 Parser/lexer/lexer.c tok_get_normal_mode, "Punctuation character" on).
#include <string>

#include "syntax/tokenizer.h"
#include "syntax/unicode_facts.h"

namespace ouro::syntax {

void Tokenizer::read_operator(Token& token) {
  const char c = *cursor_++;
  const char next = *cursor_;
  FString* current = fstring();
  if (current != nullptr && c == ':' && current->expression_start_depth >= 0 &&
      current->bracket_depth - 1 == current->expression_start_depth) {
    current->in_expression = false;
    current->in_format_spec = true;
    return finish(token, TokenKind::Colon);
  }
  const auto take = [&](int extra, TokenKind kind) {
    cursor_ += extra;
    finish(token, kind);
  };
  const auto with_equal = [&](TokenKind plain, TokenKind assigned) {
    return next == '=' ? take(1, assigned) : take(0, plain);
  };
  // c, cc, c=, cc=
  const auto doubled = [&](TokenKind plain, TokenKind twice, TokenKind assigned, TokenKind twice_assigned) {
    if (next == c) return cursor_[1] == '=' ? take(2, twice_assigned) : take(1, twice);
    return with_equal(plain, assigned);
  };
  using K = TokenKind;
  switch (c) {
    case '(': return open(token, K::LPar);
    case '[': return open(token, K::LSqb);
    case '{': return open(token, K::LBrace);
    case ')': return close(token, K::RPar);
    case ']': return close(token, K::RSqb);
    case '}': return close(token, K::RBrace);
    case ',': return take(0, K::Comma);
    case ';': return take(0, K::Semi);
    case '~': return take(0, K::Tilde);
    case ':': return with_equal(K::Colon, K::ColonEqual);
    case '=': return with_equal(K::Equal, K::EqEqual);
    case '+': return with_equal(K::Plus, K::PlusEqual);
    case '|': return with_equal(K::VBar, K::VBarEqual);
    case '&': return with_equal(K::Amper, K::AmperEqual);
    case '%': return with_equal(K::Percent, K::PercentEqual);
    case '^': return with_equal(K::Circumflex, K::CircumflexEqual);
    case '@': return with_equal(K::At, K::AtEqual);
    case '!': return with_equal(K::Exclamation, K::NotEqual);
    case '-': return next == '>' ? take(1, K::RArrow) : with_equal(K::Minus, K::MinEqual);
    case '*': return doubled(K::Star, K::DoubleStar, K::StarEqual, K::DoubleStarEqual);
    case '/': return doubled(K::Slash, K::DoubleSlash, K::SlashEqual, K::DoubleSlashEqual);
    case '>': return doubled(K::Greater, K::RightShift, K::GreaterEqual, K::RightShiftEqual);
    case '<': return next == '>' ? take(1, K::NotEqual) : doubled(K::Less, K::LeftShift, K::LessEqual, K::LeftShiftEqual);
    case '.': return next == '.' && cursor_[1] == '.' ? take(2, K::Ellipsis) : take(0, K::Dot);
    case '$':
    case '?':
    case '`': return take(0, K::Op);
    default: break;
  }
  static constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  fail(token, std::string("invalid non-printable character U+00") + kHexDigits[byte >> 4U] + kHexDigits[byte & 15U]);
}

void Tokenizer::open(Token& token, TokenKind kind) {
  if (level_ >= kMaxLevel) return fail(token, "too many nested parentheses");
  brackets_[level_++] = {*token.start, lineno_, static_cast<std::int32_t>(token.start - line_start_)};
  if (FString* current = fstring()) ++current->bracket_depth;
  finish(token, kind);
}

void Tokenizer::close(Token& token, TokenKind kind) {
  const char c = *token.start;
  FString* current = fstring();
  if (current != nullptr && current->bracket_depth == 0 && c == '}') {
    return fail(token, "f-string: single '}' is not allowed");
  }
  if (level_ == 0) return fail(token, std::string("unmatched '") + c + "'");
  const OpenBracket opening = brackets_[--level_];
  const char expected = opening.bracket == '(' ? ')' : opening.bracket == '[' ? ']' : '}';
  if (c != expected && mismatched(token, opening, c)) return;
  if (current != nullptr) {
    if (--current->bracket_depth < 0) return fail(token, std::string("f-string: unmatched '") + c + "'");
    if (c == '}' && current->bracket_depth == current->expression_start_depth) {
      --current->expression_start_depth;
      current->in_expression = false;
      current->in_format_spec = false;
    }
  }
  finish(token, kind);
}

// The wrong bracket closes: always an error, whose wording depends on where the opening one stands.
bool Tokenizer::mismatched(Token& token, const OpenBracket& opening, char closing) {
  if (const FString* current = fstring(); current != nullptr && opening.bracket == '{' &&
                                          current->bracket_depth - 1 == current->expression_start_depth) {
    fail(token, std::string("f-string: unmatched '") + closing + "'");
    return true;
  }
  std::string message = std::string("closing parenthesis '") + closing + "' does not match opening parenthesis '" +
                        opening.bracket + "'";
  if (opening.lineno != lineno_) message += " on line " + std::to_string(opening.lineno);
  fail(token, std::move(message));
  return true;
}

}  // namespace ouro::syntax
