// Backslash escapes of str and bytes literals.
#pragma once

#include <string>
#include <string_view>

namespace ouro::syntax {

struct EscapeResult {
  /// Empty, or what CPython's exception says: "'unicodeescape' codec can't decode bytes in position 0-1: …" for
  /// text, "invalid \x escape at position 0" for bytes.
  std::string error;
  /// Index of the backslash of the first escape that means nothing (or an octal above 0o377), or npos.
  std::size_t first_invalid = std::string_view::npos;
};

/// Appends the str that `body` (UTF-8, what stands between the quotes) means; the result is UTF-8 with lone
/// surrogates.
EscapeResult decode_text_escapes(std::string_view body, std::string& out);
/// "invalid escape sequence '\d'", "invalid octal escape sequence '\400'": the warning about the escape whose backslash
/// is at index `backslash` of `body`.
[[nodiscard]] std::string invalid_escape_message(std::string_view body, std::size_t backslash);

/// Appends the bytes that `body` (ASCII) means.
EscapeResult decode_bytes_escapes(std::string_view body, std::string& out);

}  // namespace ouro::syntax
