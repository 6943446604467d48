#include "syntax/source.h"

#include <algorithm>
#include <optional>

#include "support/utf8.h"
#include "syntax/codecs.h"

namespace ouro::syntax {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

// The encoding a comment line names (PEP 263: coding[:=]\s*([-\w.]+)), empty where it names none.
std::string_view cookie_in(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && is_blank(line[i])) ++i;
  if (i == line.size() || line[i] != '#') return {};
  for (;;) {
    i = line.find("coding", i);
    if (i == std::string_view::npos) return {};
    i += 6;
    if (i == line.size() || (line[i] != ':' && line[i] != '=')) continue;
    ++i;
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
    std::size_t end = i;
    const auto fits = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    };
    while (end < line.size() && fits(line[end])) ++end;
    if (end > i) return line.substr(i, end - i);
  }
}

// The cookie of the first two lines; the second counts only when the first holds no code.
std::string_view find_cookie(std::string_view bytes) {
  for (int line = 0; line < 2 && !bytes.empty(); ++line) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    const std::string_view text = bytes.substr(0, end);
    if (const std::string_view cookie = cookie_in(text); !cookie.empty()) return cookie;
    const auto first = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_blank) - text.begin());
    if (first < text.size() && text[first] != '#') return {};
    bytes.remove_prefix(std::min(bytes.size(), end + (bytes.substr(end).starts_with("\r\n") ? 2 : 1)));
  }
  return {};
}

// CPython Parser/tokenizer/helpers.c get_normal_name: spellings of UTF-8 and Latin-1 that need no codec.
std::string normal_name(std::string_view cookie) {
  std::string name(cookie);
  for (char& c : name) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const std::string_view start = std::string_view(name).substr(0, 12);
  if (start == "utf-8" || start.starts_with("utf-8-")) return "utf-8";
  for (const std::string_view latin : {"latin-1", "iso-8859-1", "iso-latin-1"}) {
    if (start == latin || (start.starts_with(latin) && start[latin.size()] == '-')) return "iso-8859-1";
  }
  return name;
}

std::optional<const std::uint16_t*> find_charmap(std::string_view name) {
  const auto found = std::lower_bound(charmap_names.begin(), charmap_names.end(), name,
                                      [](const CharmapName& entry, std::string_view wanted) { return entry.name < wanted; });
  if (found == charmap_names.end() || found->name != name) return std::nullopt;
  return found->upper_half;
}

std::string hex_byte(char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {kDigits[byte >> 4U], kDigits[byte & 15U]};
}

}  // namespace

bool SourceText::refuse(SyntaxErrorType type, std::string message, std::int32_t lineno, std::int32_t offset) {
  error_ = {type, std::move(message), lineno, offset, lineno, offset};
  text_.clear();
  return false;
}

bool SourceText::assign(std::string_view utf8) { return take_utf8(utf8); }

bool SourceText::decode(std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) {
    return refuse(SyntaxErrorType::SyntaxError, "source code string cannot contain null bytes");
  }
  const bool marked = bytes.starts_with(kByteOrderMark);
  if (marked) bytes.remove_prefix(kByteOrderMark.size());
  const std::string_view cookie = find_cookie(bytes);
  encoding_ = cookie.empty() ? "utf-8" : normal_name(cookie);
  if (encoding_ == "utf-8") return take_utf8(bytes);
  if (marked) return refuse(SyntaxErrorType::SyntaxError, "encoding problem: " + encoding_ + " with BOM", 0, -1);
  return decode_with_codec(bytes);
}

// `encoding_` is not "utf-8". CPython refuses with its codec's words; such errors have no line.
bool SourceText::decode_with_codec(std::string_view bytes) {
  if (encoding_ == "utf8" || encoding_ == "u8" || encoding_ == "utf" || encoding_ == "cp65001") {
    const std::size_t bad = support::find_invalid_utf8(bytes, support::Surrogates::Reject);
    if (bad == std::string_view::npos) return take_utf8(bytes);
    const bool start = (static_cast<unsigned char>(bytes[bad]) & 0xC0U) == 0xC0U;
    return refuse(SyntaxErrorType::SyntaxError,
                  "'utf-8' codec can't decode byte 0x" + hex_byte(bytes[bad]) + " in position " + std::to_string(bad) +
                      (start ? ": invalid continuation byte" : ": invalid start byte"),
                  0, -1);
  }
  const bool ascii = encoding_ == "ascii" || encoding_ == "us-ascii" || encoding_ == "646";
  const std::optional<const std::uint16_t*> charmap = find_charmap(encoding_ == "iso-8859-1" ? "latin-1" : encoding_);
  if (!charmap && !ascii) {
    return refuse(SyntaxErrorType::SyntaxError, "unknown encoding: " + encoding_, 0, -1);
  }
  std::string utf8;
  utf8.reserve(bytes.size() + bytes.size() / 4);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (byte < 0x80) {
      utf8 += bytes[i];
      continue;
    }
    const std::uint16_t character = ascii ? 0 : (*charmap)[byte - 0x80U];
    if (character == 0) {
      return refuse(SyntaxErrorType::SyntaxError,
                    std::string(ascii ? "'ascii'" : "'charmap'") + " codec can't decode byte 0x" + hex_byte(bytes[i]) +
                        " in position " + std::to_string(i) +
                        (ascii ? ": ordinal not in range(128)" : ": character maps to <undefined>"),
                    0, -1);
    }
    support::append_utf8(utf8, character);
  }
  return take_utf8(utf8);
}

// Newlines become "\n", a missing last one is added.
bool SourceText::take_utf8(std::string_view utf8) {
  if (utf8.find('\0') != std::string_view::npos) {
    return refuse(SyntaxErrorType::SyntaxError, "source code string cannot contain null bytes");
  }
  text_.clear();
  text_.reserve(utf8.size() + 1);
  for (std::size_t i = 0; i < utf8.size();) {
    const std::size_t end = std::min(utf8.find('\r', i), utf8.size());
    text_.append(utf8.substr(i, end - i));
    if (end == utf8.size()) break;
    text_ += '\n';
    i = end + (utf8.substr(end).starts_with("\r\n") ? 2 : 1);
  }
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  well_formed_ = support::find_invalid_utf8(text_, support::Surrogates::Reject) == std::string_view::npos;
  return true;
}

}  // namespace ouro::syntax
