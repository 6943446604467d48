#include "text_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace ouro::cli {

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void TextTable::print(std::string& out, std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], text_width(row[c]));
  }
  for (const auto& row : rows_) {
    out.append(indent, ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::size_t blanks = widths[c] - text_width(row[c]);
      if (c == 0) {
        out += row[c];
        if (row.size() > 1) out.append(blanks, ' ');
      } else {
        out.append(blanks + 2, ' ');
        out += row[c];
      }
    }
    out += '\n';
  }
}

std::string bar(std::uint64_t part, std::uint64_t whole, std::size_t width, bool ascii) {
  constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (whole == 0) return {};
  const double share = static_cast<double>(std::min(part, whole)) / static_cast<double>(whole);
  std::string text;
  if (ascii) {
    text.append(static_cast<std::size_t>(share * static_cast<double>(width) + 0.5), '#');
    return text;
  }
  const auto eighths = static_cast<std::size_t>(share * static_cast<double>(width) * 8 + 0.5);
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  return text;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f%%", whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return buffer;
}

bool has_utf8_locale(const Io& io) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = io.env(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos ||
           value.find("utf-8") != std::string_view::npos;
  }
  return false;
}

std::size_t terminal_width(const Io& io) {
  constexpr std::size_t kLeast = 40;
  std::size_t width = 0;
  const std::string_view columns = io.env("COLUMNS");
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (width == 0 && io.out.is_terminal()) {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  }
  return width == 0 ? 80 : std::max(width, kLeast);
}

std::string shorten(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    if (used + 1 >= width && end < text.size()) {
      out += "…";
      return out;
    }
    if (c < 0x20 || c == 0x7F) {
      out += '?';  // a name must not move the cursor
    } else {
      out += text.substr(i, end - i);
    }
    ++used;
    i = end;
  }
  return out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

}  // namespace ouro::cli
