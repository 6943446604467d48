// Source encodings other than UTF-8 (PEP 263), and their tables (tools/gen/gen_codecs.py makes them).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ouro::syntax {

/// `bytes` as UTF-8, or what CPython's codec says of them. `name`: the encoding, as a coding cookie has it.
[[nodiscard]] tl::expected<std::string, std::string> decode_bytes(std::string_view name, std::string_view bytes);

/// What UnicodeDecodeError says of the first malformed UTF-8 in `body` ("'utf-8' codec can't decode byte 0xf6 in
/// position 1: invalid start byte"); empty when there is none.
[[nodiscard]] std::string utf8_decoding_error(std::string_view body);

enum class CodecKind : std::uint8_t { Charmap, Multibyte };

/// A name of an encoding, in lower case and with '-' for '_', ("iso-8859-15", "latin9") and its table's number.
struct CodecName {
  std::string_view name;
  CodecKind kind;
  std::uint8_t index;
};

/// Sequences that differ in their last byte: `prefix` holds the bytes before it, big-endian; 0: there are none.
struct MultibyteRow {
  std::uint16_t prefix;
  std::uint8_t first;  ///< the last byte of the first
  std::uint16_t count;
  std::uint32_t offset;  ///< in multibyte_pool: 0 is undefined, 0xD800 + n is multibyte_extras[n]
};

struct MultibyteCodec {
  std::string_view name;
  std::array<std::uint64_t, 2> leads;  ///< which of the bytes 0x80 to 0xFF are not whole alone, a bit each
  std::span<const MultibyteRow> rows;  ///< by prefix, then first
};

/// What 16 bits do not hold: one character of a higher plane, or two characters; 0: no second.
using ExtraCharacters = std::array<std::uint32_t, 2>;

/// Four-byte sequences of GB 18030, counted from 81 30 81 30.
struct Gb18030Range {
  std::uint32_t first;
  std::uint32_t code_point;
  std::uint32_t count;
};

extern const std::span<const CodecName> codec_names;  ///< by name
extern const std::span<const std::uint16_t[256]> charmaps;  ///< 0 but for byte 0: undefined
extern const std::span<const MultibyteCodec> multibyte_codecs;
extern const std::span<const std::uint16_t> multibyte_pool;
extern const std::span<const ExtraCharacters> multibyte_extras;
extern const std::span<const Gb18030Range> gb18030_ranges;

}  // namespace ouro::syntax
