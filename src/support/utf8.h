// UTF-8 as Python strings need it: text in Ouro is UTF-8 with lone surrogates allowed ("surrogatepass",
// also known as WTF-8 without the pairing rule), so that every Python str has exactly one spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ouro::support {

inline constexpr std::uint32_t kReplacement = 0xFFFD;

/// Appends one code point, 0 to 0x10FFFF, surrogates included.
void append_utf8(std::string& out, std::uint32_t code_point);

/// One step of decoding: `code_point` and how many bytes it took. At malformed input `valid` is false and
/// `length` is the length of the maximal subpart (at least 1).
struct DecodedCodePoint {
  std::uint32_t code_point;
  std::uint8_t length;
  bool valid;
};

/// How lone surrogates (U+D800 to U+DFFF) in the input are seen.
enum class Surrogates { Allow, Reject };

/// Decodes the code point at `text[position]`; `position` must be inside `text`.
DecodedCodePoint decode_utf8(std::string_view text, std::size_t position,
                             Surrogates surrogates = Surrogates::Allow);

/// Byte position of the first malformed sequence, or npos.
std::size_t find_invalid_utf8(std::string_view text, Surrogates surrogates = Surrogates::Allow);

/// `text` with U+FFFD for each malformed sequence: decoding with "replace", lone surrogates included.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

/// True when every byte is below 0x80.
[[nodiscard]] bool is_ascii(std::string_view text);

/// Number of code points in valid text.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

}  // namespace ouro::support
