// One table lookup a byte for the tokenizer's inner loops.
#pragma once

#include <array>
#include <cstdint>

namespace ouro::syntax {

enum CharacterClass : std::uint8_t {
  kNameStart = 1,     // letters, underscore, every non-ASCII byte
  kNameContinue = 2,  // those and digits
  kDigit = 4,
  kHexDigit = 8,
  kStringStop = 16,   // what the inside of a string must look at: quotes, backslash, newline, NUL
  kFStringStop = 32,  // those and braces
};

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = [] {
  std::array<std::uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
    std::uint8_t bits = 0;
    if (letter) bits |= kNameStart | kNameContinue;
    if (digit) bits |= kNameContinue | kDigit | kHexDigit;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHexDigit;
    if (c == '"' || c == '\'' || c == '\\' || c == '\n' || c == 0) bits |= kStringStop | kFStringStop;
    if (c == '{' || c == '}') bits |= kFStringStop;
    table[static_cast<std::size_t>(c)] = bits;
  }
  return table;
}();

[[nodiscard]] inline bool has_class(char c, std::uint8_t bits) {
  return (kCharacterClasses[static_cast<unsigned char>(c)] & bits) != 0;
}

}  // namespace ouro::syntax
