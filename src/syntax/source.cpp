#include "syntax/source.h"

#include <algorithm>

#include "support/utf8.h"
#include "syntax/codecs.h"

namespace ouro::syntax {
namespace {

constexpr std::string_view kNullBytes = "source code string cannot contain null bytes";
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

// CPython Parser/tokenizer/helpers.c get_normal_name: spellings of UTF-8 and Latin-1; others stay as they are.
std::string_view normal_name(std::string_view cookie) {
  std::string start(cookie.substr(0, 12));
  for (char& c : start) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (start == "utf-8" || start.starts_with("utf-8-")) return "utf-8";
  for (const std::string_view latin : {"latin-1", "iso-8859-1", "iso-latin-1"}) {
    if (start == latin || (start.starts_with(latin) && start[latin.size()] == '-')) return "iso-8859-1";
  }
  return cookie;
}

// Newlines become "\n", a missing last one is added.
std::string with_plain_newlines(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + 1);
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\r', i), bytes.size());
    text.append(bytes.substr(i, end - i));
    if (end == bytes.size()) break;
    text += '\n';
    i = end + (bytes.substr(end).starts_with("\r\n") ? 2 : 1);
  }
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

}  // namespace

bool SourceText::refuse(SyntaxErrorType type, std::string message, std::int32_t lineno, std::int32_t offset) {
  error_ = {type, std::move(message), lineno, offset, lineno, offset};
  text_.clear();
  return false;
}

bool SourceText::assign(std::string_view utf8) { return take(with_plain_newlines(utf8)); }

// CPython Parser/tokenizer/string_tokenizer.c decode_str: newlines first, then the codec.
bool SourceText::decode(std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) return refuse(SyntaxErrorType::SyntaxError, std::string(kNullBytes));
  const bool marked = bytes.starts_with(kByteOrderMark);
  if (marked) bytes.remove_prefix(kByteOrderMark.size());
  const std::string_view cookie = find_cookie(bytes);
  encoding_ = cookie.empty() ? "utf-8" : normal_name(cookie);
  std::string text = with_plain_newlines(bytes);
  if (encoding_ == "utf-8") return take(std::move(text));
  // What codecs refuse stands in line 0.
  if (marked) return refuse(SyntaxErrorType::SyntaxError, "encoding problem: " + encoding_ + " with BOM", 0, -1);
  auto decoded = decode_bytes(encoding_, text);
  if (!decoded) return refuse(SyntaxErrorType::SyntaxError, std::move(decoded.error()), 0, -1);
  return take(std::move(*decoded));
}

bool SourceText::take(std::string text) {
  if (text.find('\0') != std::string_view::npos) return refuse(SyntaxErrorType::SyntaxError, std::string(kNullBytes));
  text_ = std::move(text);
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  well_formed_ = support::find_invalid_utf8(text_, support::Surrogates::Reject) == std::string_view::npos;
  return true;
}

}  // namespace ouro::syntax
