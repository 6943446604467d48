#include "compile/docstring.h"

#include <algorithm>
#include <cstdint>

#include "support/utf8.h"

namespace ouro::compile {
namespace {

// str.expandtabs(): columns are characters, lines end at \n and \r.
std::string expand_tabs(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  std::size_t column = 0;
  for (const char c : text) {
    if (c == '\t') {
      const std::size_t blanks = 8 - column % 8;
      result.append(blanks, ' ');
      column += blanks;
      continue;
    }
    result += c;
    if (c == '\n' || c == '\r') {
      column = 0;
    } else if ((static_cast<std::uint8_t>(c) & 0xC0U) != 0x80) {
      ++column;
    }
  }
  return result;
}

std::size_t count_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? text.size() : first;
}

// The line at the start of `text`, its newline included.
std::string_view first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::size_t common_margin(std::string_view text) {
  std::size_t margin = std::string_view::npos;
  text.remove_prefix(first_line(text).size());
  while (!text.empty()) {
    const std::string_view line = first_line(text);
    const std::size_t blanks = count_blanks(line);
    if (blanks < line.size() && line[blanks] != '\n') margin = std::min(margin, blanks);
    text.remove_prefix(line.size());
  }
  return margin == std::string_view::npos ? 0 : margin;
}

}  // namespace

std::optional<std::string> find_lone_surrogate(std::string_view text) {
  if (text.find('\xED') == std::string_view::npos)
    return std::nullopt;  // the first byte of them all
  std::size_t characters = 0;
  std::size_t found = 0;  // neighbours, all named in one message
  std::uint32_t first = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    const support::DecodedCodePoint one = support::decode_utf8(text, at);
    const bool lone = one.code_point >= 0xD800 && one.code_point <= 0xDFFF;
    if (found > 0 && !lone) break;
    if (lone && found++ == 0) first = one.code_point;
    at += one.length;
  }
  if (found == 0) return std::nullopt;
  const std::size_t start = characters - found;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string message = "'utf-8' codec can't encode character";
  if (found == 1) {
    message += " '\\u";
    for (unsigned shift = 16; shift > 0; shift -= 4)
      message += kDigits[(first >> (shift - 4)) & 0xFU];
    message += "' in position " + std::to_string(start);
  } else {
    message += "s in position " + std::to_string(start) + "-" + std::to_string(characters - 1);
  }
  return message + ": surrogates not allowed";
}

std::string clean_docstring(std::string_view original) {
  const std::string expanded =
      original.find('\t') == std::string_view::npos ? std::string(original) : expand_tabs(original);
  const std::size_t margin = common_margin(expanded);
  std::string_view text = expanded;
  const std::size_t lead = count_blanks(text);
  if (lead == 0 && margin == 0) return expanded;
  text.remove_prefix(lead);
  std::string result;
  result.reserve(text.size());
  bool first = true;
  while (!text.empty()) {
    if (!first) text.remove_prefix(std::min(margin, count_blanks(text)));
    first = false;
    const std::string_view line = first_line(text);
    result += line;
    text.remove_prefix(line.size());
  }
  return result;
}

}  // namespace ouro::compile
