#include "golden_file.h"

#include <algorithm>
#include <array>

namespace ouro::golden {
namespace {

constexpr std::array<std::string_view, 7> kKeys{"ARGS", "ENV", "INPUT", "STDOUT", "STDERR", "FILE", "EXIT"};
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The key of "# KEY: head", or empty.
std::string_view key_of(std::string_view line) {
  if (!line.starts_with("# ")) return {};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view key = line.substr(2, colon - 2);
  return std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end() ? std::string_view{} : key;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void append_body(std::string& out, std::string_view body) {
  const bool open_end = !body.empty() && body.back() != '\n';
  while (!body.empty()) {
    const std::string_view line = next_line(body);
    if (!key_of(line).empty() || line.starts_with('\\')) out.push_back('\\');
    out += line;
    out.push_back('\n');
  }
  if (open_end) out += "\\\n";
}

}  // namespace

const Section* GoldenFile::find(std::string_view key) const {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.key == key; });
  return found == sections.end() ? nullptr : &*found;
}

GoldenFile parse(std::string_view text) {
  GoldenFile file;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const std::string_view key = key_of(line);
    if (!key.empty()) {
      std::string_view head = line.substr(key.size() + 3);
      while (head.starts_with(' ')) head.remove_prefix(1);
      file.sections.push_back({std::string(key), std::string(head), {}});
      continue;
    }
    std::string& body = file.sections.empty() ? file.preamble : file.sections.back().body;
    if (line == "\\" && !body.empty()) {
      body.pop_back();
      continue;
    }
    body += line.starts_with('\\') ? line.substr(1) : line;
    body.push_back('\n');
  }
  return file;
}

std::string print(const GoldenFile& file) {
  std::string out = file.preamble;
  for (const Section& section : file.sections) {
    out += "# " + section.key + ":";
    if (!section.head.empty()) out += " " + section.head;
    out.push_back('\n');
    append_body(out, section.body);
  }
  return out;
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && (c == ' ' || c == '\t')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back().push_back(line[++i]);
    } else {
      words.back().push_back(c);
    }
  }
  return words;
}

std::string encode_base64(std::string_view bytes) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j) word = word << 8U | (j < left ? static_cast<std::uint8_t>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) out.push_back(j <= left ? kAlphabet[word >> (18 - 6 * j) & 63U] : '=');
    column += 4;
    if (column == 76) {
      out.push_back('\n');
      column = 0;
    }
  }
  if (column != 0) out.push_back('\n');
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t word = 0;
  unsigned bits = 0;
  for (const char c : text) {
    if (c == '\n' || c == ' ' || c == '=') continue;
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    word = word << 6U | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(word >> bits & 0xFFU));
    }
  }
  return out;
}

}  // namespace ouro::golden
