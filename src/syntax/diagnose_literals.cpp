#include "syntax/diagnose_literals.h"

#include "syntax/codecs.h"

namespace ouro::syntax {
namespace {

constexpr std::size_t kMaxDecimalDigits = 4300;  // sys.int_info.default_max_str_digits

}  // namespace

StringLiteral split_string_literal(std::string_view token) {
  StringLiteral literal{{}, false, false};
  std::size_t quote = 0;
  while (quote < token.size() && token[quote] != '"' && token[quote] != '\'') {
    const char c = static_cast<char>(token[quote] | 0x20);
    literal.bytes = literal.bytes || c == 'b';
    literal.raw = literal.raw || c == 'r';
    ++quote;
  }
  token.remove_prefix(quote);
  const bool triple = token.size() >= 6 && token[1] == token[0] && token[2] == token[0];
  const std::size_t width = triple ? 3 : 1;
  literal.body = token.size() >= 2 * width ? token.substr(width, token.size() - 2 * width) : std::string_view{};
  return literal;
}

std::optional<std::string> encoding_error(std::string_view body) {
  const std::string error = utf8_decoding_error(body);
  if (error.empty()) return std::nullopt;
  return "(unicode error) " + error;
}

EscapeResult check_escapes(std::string_view body, bool bytes) {
  if (body.find('\\') == std::string_view::npos) return {};
  std::string decoded;
  EscapeResult result = bytes ? decode_bytes_escapes(body, decoded) : decode_text_escapes(body, decoded);
  if (!result.error.empty()) result.error.insert(0, bytes ? "(value error) " : "(unicode error) ");
  return result;
}

std::optional<std::string> number_error(std::string_view token) {
  std::size_t digits = 0;
  for (const char c : token) {
    if (c == '_') continue;
    if (c < '0' || c > '9') return std::nullopt;  // not a decimal integer
    ++digits;
  }
  if (digits <= kMaxDecimalDigits || token.front() == '0') return std::nullopt;
  return "Exceeds the limit (4300 digits) for integer string conversion: value has " + std::to_string(digits) +
         " digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer "
         "literals to avoid decimal conversion limits.";
}

}  // namespace ouro::syntax
