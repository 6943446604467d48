// Number literals (CPython 3.13 Parser/lexer/lexer.c tok_get_normal_mode, verify_end_of_number).
#include <string>

#include "syntax/character_class.h"
#include "syntax/tokenizer.h"

namespace ouro::syntax {
namespace {

bool is_digit_of(char c, int base) {
  return base == 16 ? has_class(c, kHexDigit) : c >= '0' && c < static_cast<char>('0' + base);
}

// Whether one of the keywords that may follow a number without a space stands at `p`.
bool keyword_may_follow(const char* p) {
  const auto word = [p](std::string_view rest) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (p[i + 1] != rest[i]) return false;
    }
    return !has_class(p[rest.size() + 1], kNameContinue);
  };
  switch (*p) {
    case 'a': return word("nd");
    case 'e': return word("lse");
    case 'f': return word("or");
    case 'i': return p[1] == 'f' || p[1] == 'n' || p[1] == 's';
    case 'o': return word("r");
    case 'n': return word("ot");
    default: return false;
  }
}

}  // namespace

void Tokenizer::read_number(Token& token) {
  std::string_view kind = "decimal";
  if (*cursor_ == '0') {
    const char mark = static_cast<char>(cursor_[1] | 0x20);
    if (mark == 'x' || mark == 'o' || mark == 'b') {
      cursor_ += 2;
      const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
      kind = mark == 'x' ? "hexadecimal" : mark == 'o' ? "octal" : "binary";
      if (!read_radix_digits(token, base, kind)) return;
    } else {
      // Zeros alone are zero; other digits after them need a fraction, an exponent or a j.
      ++cursor_;
      for (;;) {
        if (*cursor_ == '_') {
          ++cursor_;
          if (!has_class(*cursor_, kDigit)) return fail(token, "invalid decimal literal");
        }
        if (*cursor_ != '0') break;
        ++cursor_;
      }
      const char* zeros_end = cursor_ + 1;
      const bool nonzero = has_class(*cursor_, kDigit);
      if (nonzero && !read_decimal_tail(token)) return;
      const char c = static_cast<char>(*cursor_ | 0x20);
      if (*cursor_ != '.' && c != 'e' && c != 'j' && nonzero) {
        return fail_range(token,
                          "leading zeros in decimal integer literals are not permitted; "
                          "use an 0o prefix for octal integers",
                          static_cast<std::int32_t>(token.start + 1 - line_start_),
                          static_cast<std::int32_t>(zeros_end - line_start_));
      }
      if (!read_fraction_and_exponent(token)) return;
    }
  } else {
    if (*cursor_ != '.' && !read_decimal_tail(token)) return;
    if (!read_fraction_and_exponent(token)) return;
  }
  if (kind == "decimal" && (*cursor_ == 'j' || *cursor_ == 'J')) {
    ++cursor_;
    kind = "imaginary";
  }
  if (!has_class(*cursor_, kNameContinue) || finish_number(token, kind)) finish(token, TokenKind::Number);
}

// After 0x, 0o or 0b. False: `token` is an error.
bool Tokenizer::read_radix_digits(Token& token, int base, std::string_view kind) {
  const auto bad_digit = [&] {
    const char digit = *cursor_++;
    fail(token, std::string("invalid digit '") + digit + "' in " + std::string(kind) + " literal");
    return false;
  };
  do {
    if (*cursor_ == '_') ++cursor_;
    if (!is_digit_of(*cursor_, base)) {
      if (has_class(*cursor_, kDigit)) return bad_digit();
      fail(token, "invalid " + std::string(kind) + " literal");
      return false;
    }
    while (is_digit_of(*cursor_, base)) ++cursor_;
  } while (*cursor_ == '_');
  return !has_class(*cursor_, kDigit) || bad_digit();
}

// At a digit: takes digits with single underscores between them.
bool Tokenizer::read_decimal_tail(Token& token) {
  for (;;) {
    while (has_class(*cursor_, kDigit)) ++cursor_;
    if (*cursor_ != '_') return true;
    ++cursor_;
    if (!has_class(*cursor_, kDigit)) {
      fail(token, "invalid decimal literal");
      return false;
    }
  }
}

bool Tokenizer::read_fraction_and_exponent(Token& token) {
  if (*cursor_ == '.') {
    ++cursor_;
    if (has_class(*cursor_, kDigit) && !read_decimal_tail(token)) return false;
  }
  if ((*cursor_ | 0x20) != 'e') return true;
  const char* exponent = cursor_ + 1;
  if (*exponent == '+' || *exponent == '-') {
    cursor_ = exponent + 1;
    if (!has_class(*cursor_, kDigit)) {
      fail(token, "invalid decimal literal");
      return false;
    }
    return read_decimal_tail(token);
  }
  if (!has_class(*exponent, kDigit)) return true;  // "1else": the number ends here, finish_number judges the rest
  cursor_ = exponent;
  return read_decimal_tail(token);
}

// A name character follows the number: a warning before some keywords, else an error.
bool Tokenizer::finish_number(Token& token, std::string_view kind) {
  if (keyword_may_follow(cursor_)) {
    warn("invalid " + std::string(kind) + " literal");
    return true;
  }
  if (static_cast<unsigned char>(*cursor_) >= 128) return true;
  fail(token, "invalid " + std::string(kind) + " literal");
  return false;
}

}  // namespace ouro::syntax
