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
/// Appends the bytes that `body` (ASCII) means.
EscapeResult decode_bytes_escapes(std::string_view body, std::string& out);

/// What UnicodeDecodeError says of the first malformed UTF-8 in `body` ("'utf-8' codec can't decode byte 0xf6 in
/// position 1: invalid start byte"); empty when there is none.
[[nodiscard]] std::string utf8_decoding_error(std::string_view body);

}  // namespace ouro::syntax
