#include "syntax/unicode_facts.h"

#include "support/utf8.h"
#include "unicode/names.h"
#include "unicode/normalize.h"
#include "unicode/unicode.h"

namespace ouro::syntax {
namespace {
// CPython 3.13's Unicode. The language of other versions will hand in its own.
constexpr unicode::UnicodeVersion kUnicode = unicode::UnicodeVersion::k15_1;
}  // namespace

std::size_t find_invalid_identifier_character(std::string_view name) {
  for (std::size_t i = 0; i < name.size();) {
    const support::DecodedCodePoint character = support::decode_utf8(name, i, support::Surrogates::Reject);
    const bool fits = character.valid && (i == 0 ? unicode::is_xid_start(character.code_point, kUnicode)
                                                 : unicode::is_xid_continue(character.code_point, kUnicode));
    if (!fits) return i;
    i += character.length;
  }
  return std::string_view::npos;
}

void append_nfkc(std::string_view name, std::string& out) { out += unicode::normalize_nfkc(name); }
bool is_printable(std::uint32_t code_point) { return unicode::is_printable(code_point, kUnicode); }
std::optional<std::uint32_t> lookup_character_name(std::string_view name) { return unicode::lookup_name(name, kUnicode); }

}  // namespace ouro::syntax
