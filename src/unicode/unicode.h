// Properties of characters as each CPython's Unicode database has them.
//
// Every CPython carries one version of Unicode (Facts::unicode_version), which decides what repr prints as it
// is and what may stand in an identifier. Code points above 0x10FFFF count as unassigned. The data is in
// data/unicode/, made by tools/dev/collect_unicode.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "unicode/unicode_version.h"

namespace ouro::unicode {

/// Reads "15.1.0" or "15.1"; nullopt for versions that no CPython from 3.0 on has.
[[nodiscard]] std::optional<UnicodeVersion> find_version(std::string_view text);

[[nodiscard]] Category category(std::uint32_t code_point, UnicodeVersion version);

/// False where the version has no such character (surrogates and private use count as assigned).
[[nodiscard]] inline bool is_assigned(std::uint32_t code_point, UnicodeVersion version) {
  return category(code_point, version) != Category::Cn;
}

namespace internal {
bool is_printable_slow(std::uint32_t code_point, UnicodeVersion version);
std::uint8_t identifier_class_slow(std::uint32_t code_point, UnicodeVersion version);
}  // namespace internal

/// str.isprintable: what repr shows as it is.
[[nodiscard]] inline bool is_printable(std::uint32_t code_point, UnicodeVersion version) {
  if (code_point < 0x7F) return code_point >= 0x20;
  return internal::is_printable_slow(code_point, version);
}

/// May start an identifier, the underscore included (str.isidentifier of the one character).
[[nodiscard]] inline bool is_xid_start(std::uint32_t code_point, UnicodeVersion version) {
  if (code_point < 0x80)
    return (code_point | 0x20) - 'a' < 26 || code_point == '_';
  return internal::identifier_class_slow(code_point, version) == 2;
}

/// May stand in an identifier after its first character.
[[nodiscard]] inline bool is_xid_continue(std::uint32_t code_point, UnicodeVersion version) {
  if (code_point < 0x80)
    return (code_point | 0x20) - 'a' < 26 || code_point - '0' < 10 || code_point == '_';
  return internal::identifier_class_slow(code_point, version) != 0;
}

/// str.isidentifier of valid UTF-8; false for malformed text.
[[nodiscard]] bool is_identifier(std::string_view utf8, UnicodeVersion version);

}  // namespace ouro::unicode
