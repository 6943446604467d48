// What is wrong inside of literals, in the words of CPython's codecs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syntax/string_escapes.h"

namespace ouro::syntax {

/// A string token's parts.
struct StringLiteral {
  std::string_view body;  ///< between the quotes
  bool bytes;
  bool raw;
};
[[nodiscard]] StringLiteral split_string_literal(std::string_view token);

/// "(unicode error) 'utf-8' codec can't decode byte 0xf6 in position 1: invalid start byte", or nothing.
[[nodiscard]] std::optional<std::string> encoding_error(std::string_view body);
/// What its escapes are: an error is "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1:
/// truncated \xXX escape" for text, "(value error) invalid \x escape at position 0" for bytes.
[[nodiscard]] EscapeResult check_escapes(std::string_view body, bool bytes);
/// Why an integer literal is refused ("Exceeds the limit (4300 digits) …"), or nothing.
[[nodiscard]] std::optional<std::string> number_error(std::string_view token);

}  // namespace ouro::syntax
