// See number_text.h.
#include "vm/objects/number_text.h"

#include "unicode/unicode.h"

namespace ouro::vm {
namespace {

bool is_wide_space(std::uint32_t c) {
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}
bool is_ascii_space(char c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); }

// Decimal digits stand in runs of ten, zero first; several runs may follow each other.
int wide_digit(std::uint32_t c) {
  constexpr auto kVersion = unicode::UnicodeVersion::k15_1;
  if (unicode::category(c, kVersion) != unicode::Category::Nd) return -1;
  std::uint32_t first = c;
  while (first > 0x80 && unicode::category(first - 1, kVersion) == unicode::Category::Nd) --first;
  return static_cast<int>((c - first) % 10);
}

}  // namespace

std::string_view strip_ascii_space(std::string_view text) {
  while (!text.empty() && is_ascii_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string number_text(const StrObject* text) {
  if (text->is_ascii) return std::string(strip_ascii_space(text->ascii()));
  std::string out;
  out.reserve(text->length);
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else if (is_wide_space(c)) {
      out.push_back(' ');
    } else if (const int digit = wide_digit(c); digit >= 0) {
      out.push_back(static_cast<char>('0' + digit));
    } else {
      out.push_back('?');
      break;
    }
  }
  return std::string(strip_ascii_space(out));
}

bool remove_underscores(std::string& text) {
  if (text.find('_') == std::string::npos) return true;
  std::string out;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out.push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return false;
    }
  }
  text = std::move(out);
  return true;
}

}  // namespace ouro::vm
