// The text form of a golden test (README.md): parsing it, and printing it again with new results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::golden {

/// One "# KEY: head" with the lines that follow.
struct Section {
  std::string key;
  std::string head;
  std::string body;  ///< unescaped
};

struct GoldenFile {
  std::string preamble;
  std::vector<Section> sections;

  [[nodiscard]] const Section* find(std::string_view key) const;
};

[[nodiscard]] GoldenFile parse(std::string_view text);
[[nodiscard]] std::string print(const GoldenFile& file);

/// As a shell splits: blanks separate, quotes of both kinds group, a backslash takes the next character.
[[nodiscard]] std::vector<std::string> split_words(std::string_view line);

[[nodiscard]] std::string encode_base64(std::string_view bytes);
/// nullopt when it is no base64. White space is skipped.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ouro::golden
