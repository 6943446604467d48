#include "unicode/unicode.h"

#include <algorithm>

#include "support/utf8.h"
#include "unicode/tables.h"

namespace ouro::unicode {

std::uint8_t tables::VersionedTable::value(std::uint32_t code_point, UnicodeVersion version) const {
  const std::uint32_t* low = starts + blocks[code_point >> 8];
  const std::uint32_t* high = starts + blocks[(code_point >> 8) + 1] + 1;
  const auto row = std::upper_bound(low, high, code_point) - starts - 1;  // *low is not above code_point
  return vectors[ids[row]][static_cast<std::size_t>(version)];
}

std::optional<UnicodeVersion> find_version(std::string_view text) {
  for (unsigned i = 0; i < kVersionCount; ++i) {
    const std::string_view name = kVersionNames[i];
    if (text.substr(0, name.size()) == name && (text.size() == name.size() || text.substr(name.size()) == ".0"))
      return static_cast<UnicodeVersion>(i);
  }
  return std::nullopt;
}

Category category(std::uint32_t code_point, UnicodeVersion version) {
  if (code_point > 0x10FFFF) return Category::Cn;
  return static_cast<Category>(tables::category.value(code_point, version));
}

bool internal::is_printable_slow(std::uint32_t code_point, UnicodeVersion version) {
  switch (category(code_point, version)) {
    case Category::Cc:
    case Category::Cf:
    case Category::Cn:
    case Category::Co:
    case Category::Cs:
    case Category::Zl:
    case Category::Zp:
    case Category::Zs: return false;  // the ASCII space is no case for this function
    default: return true;
  }
}

std::uint8_t internal::identifier_class_slow(std::uint32_t code_point, UnicodeVersion version) {
  return code_point > 0x10FFFF ? 0 : tables::identifier.value(code_point, version);
}

bool is_identifier(std::string_view utf8, UnicodeVersion version) {
  for (std::size_t position = 0; position < utf8.size();) {
    const auto decoded = support::decode_utf8(utf8, position);
    if (!decoded.valid) return false;
    const bool good = position == 0 ? is_xid_start(decoded.code_point, version)
                                    : is_xid_continue(decoded.code_point, version);
    if (!good) return false;
    position += decoded.length;
  }
  return !utf8.empty();
}

}  // namespace ouro::unicode
