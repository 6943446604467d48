#include "compile/docstring.h"

#include <algorithm>
#include <cstdint>

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
