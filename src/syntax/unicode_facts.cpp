#include "syntax/unicode_facts.h"

namespace ouro::syntax {

std::size_t find_invalid_identifier_character(std::string_view) { return std::string_view::npos; }
void append_nfkc(std::string_view name, std::string& out) { out.append(name); }
bool is_printable(std::uint32_t code_point) { return code_point >= 0x20 && code_point != 0x7F; }
std::optional<std::uint32_t> lookup_character_name(std::string_view) { return std::nullopt; }

}  // namespace ouro::syntax
