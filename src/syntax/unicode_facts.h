// What the tokenizer and the string decoder ask of Unicode.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ouro::syntax {

/// Index in bytes of the first character of `name` (valid UTF-8) that may not stand there in an identifier
/// (PEP 3131, CPython _PyUnicode_ScanIdentifier), or npos.
[[nodiscard]] std::size_t find_invalid_identifier_character(std::string_view name);
/// NFKC of `name`, appended to `out`.
void append_nfkc(std::string_view name, std::string& out);
/// str.isprintable of one character.
[[nodiscard]] bool is_printable(std::uint32_t code_point);
/// The character of \N{name}.
[[nodiscard]] std::optional<std::uint32_t> lookup_character_name(std::string_view name);

}  // namespace ouro::syntax
