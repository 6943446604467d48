#include "syntax/codecs.h"

#include <algorithm>
#include <array>
#include <optional>

#include "support/utf8.h"

namespace ouro::syntax {
namespace {

using Decoded = tl::expected<std::string, std::string>;

std::string hex_byte(char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {kDigits[byte >> 4U], kDigits[byte & 15U]};
}

// What UnicodeDecodeError says of `count` bytes.
tl::unexpected<std::string> undecodable(std::string_view codec, std::string_view bytes, std::size_t at,
                                        std::size_t count, std::string_view reason) {
  const std::string place =
      count == 1 ? "byte 0x" + hex_byte(bytes[at]) + " in position " + std::to_string(at)
                 : "bytes in position " + std::to_string(at) + "-" + std::to_string(at + count - 1);
  return tl::unexpected("'" + std::string(codec) + "' codec can't decode " + place + ": " + std::string(reason));
}

Decoded decode_ascii(std::string_view bytes) {
  const auto bad = std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (bad == bytes.end()) return std::string(bytes);
  return undecodable("ascii", bytes, static_cast<std::size_t>(bad - bytes.begin()), 1, "ordinal not in range(128)");
}

Decoded decode_charmap(const std::uint16_t (&characters)[256], std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 4);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const std::uint16_t character = characters[byte];
    if (character == 0 && byte != 0) return undecodable("charmap", bytes, i, 1, "character maps to <undefined>");
    support::append_utf8(text, character);
  }
  return text;
}

// The codecs of CPython Modules/cjkcodecs that keep no state.
class MultibyteDecoder {
 public:
  MultibyteDecoder(const MultibyteCodec& codec, std::string_view bytes) : codec_(codec), bytes_(bytes) {}

  Decoded run() {
    text_.reserve(bytes_.size() * 3 / 2 + 1);
    while (at_ < bytes_.size()) {
      const std::size_t length = decode_one();
      if (length == 0) {
        return incomplete_ ? undecodable(codec_.name, bytes_, at_, bytes_.size() - at_, "incomplete multibyte sequence")
                           : undecodable(codec_.name, bytes_, at_, 1, "illegal multibyte sequence");
      }
      at_ += length;
    }
    return std::move(text_);
  }

 private:
  [[nodiscard]] unsigned byte(std::size_t i) const { return static_cast<unsigned char>(bytes_[at_ + i]); }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }

  // How many bytes were a character; 0: none.
  std::size_t decode_one() {
    const unsigned first = byte(0);
    if (append(0, first)) return 1;
    if (first < 0x80) {
      text_ += static_cast<char>(first);
      return 1;
    }
    if ((codec_.leads[(first - 0x80) / 64] >> (first % 64) & 1U) == 0) return 0;
    if (left() < 2) return needs_more();
    if (append(first, byte(1))) return 2;
    const unsigned prefix = first << 8U | byte(1);
    if (codec_.name == "gb18030" && byte(1) >= 0x30 && byte(1) <= 0x39) return decode_gb18030();
    if (codec_.name == "euc_kr" && prefix == 0xA4D4) return decode_composed_hangul();
    const bool three = codec_.name.starts_with("euc_j") && first == 0x8F;
    if (three && left() < 3) return needs_more();
    return three && append(prefix, byte(2)) ? 3 : 0;
  }

  std::size_t needs_more() {
    incomplete_ = true;
    return 0;
  }

  bool append(unsigned prefix, unsigned last) {
    auto row = std::lower_bound(codec_.rows.begin(), codec_.rows.end(), prefix,
                                [](const MultibyteRow& r, unsigned wanted) { return r.prefix < wanted; });
    for (; row != codec_.rows.end() && row->prefix == prefix; ++row) {
      if (last < row->first || last >= row->first + unsigned{row->count}) continue;
      const std::uint16_t character = multibyte_pool[row->offset + (last - row->first)];
      if (character == 0) continue;
      if (character < 0xD800 || character >= 0xE000) {
        support::append_utf8(text_, character);
        return true;
      }
      for (const std::uint32_t one : multibyte_extras[character - 0xD800U]) {
        if (one != 0) support::append_utf8(text_, one);
      }
      return true;
    }
    return false;
  }

  std::size_t decode_gb18030() {
    if (left() < 4) return needs_more();
    const unsigned third = byte(2);
    const unsigned fourth = byte(3);
    if (third < 0x81 || third == 0xFF || fourth < 0x30 || fourth > 0x39) return 0;
    const std::uint32_t number = (((byte(0) - 0x81) * 10 + (byte(1) - 0x30)) * 126 + (third - 0x81)) * 10 + (fourth - 0x30);
    auto range = std::upper_bound(gb18030_ranges.begin(), gb18030_ranges.end(), number,
                                  [](std::uint32_t wanted, const Gb18030Range& r) { return wanted < r.first; });
    if (range == gb18030_ranges.begin() || number - (--range)->first >= range->count) return 0;
    support::append_utf8(text_, range->code_point + (number - range->first));
    return 4;
  }

  // KS X 1001 annex 3: a filler, then leading consonant, vowel and final consonant as letters of their own.
  std::size_t decode_composed_hangul() {
    if (left() < 8) return needs_more();
    static constexpr std::array<int, 30> kLeading = {0, 1, -1, 2, -1, -1, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1,
                                                     6, 7, 8, -1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    static constexpr std::array<int, 30> kFinal = {1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, 12, 13, 14, 15,
                                                   16, 17, -1, 18, 19, 20, 21, 22, -1, 23, 24, 25, 26, 27};
    for (const std::size_t lead : {2U, 4U, 6U}) {
      if (byte(lead) != 0xA4) return 0;
    }
    const auto consonant = [](const std::array<int, 30>& table, unsigned letter) {
      return letter >= 0xA1 && letter <= 0xBE ? table[letter - 0xA1] : -1;
    };
    const int leading = consonant(kLeading, byte(3));
    const int vowel = byte(5) >= 0xBF && byte(5) <= 0xD3 ? static_cast<int>(byte(5)) - 0xBF : -1;
    const int final_consonant = byte(7) == 0xD4 ? 0 : consonant(kFinal, byte(7));
    if (leading < 0 || vowel < 0 || final_consonant < 0) return 0;
    support::append_utf8(text_, static_cast<std::uint32_t>(0xAC00 + (leading * 21 + vowel) * 28 + final_consonant));
    return 8;
  }

  const MultibyteCodec& codec_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool incomplete_ = false;
  std::string text_;
};

enum class ByteOrder { Little, Big };

Decoded decode_utf16(std::string_view bytes, ByteOrder order, bool has_mark) {
  const std::string_view codec = order == ByteOrder::Little ? "utf-16-le" : "utf-16-be";
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return order == ByteOrder::Little ? second << 8U | first : first << 8U | second;
  };
  std::string text;
  for (std::size_t i = has_mark ? 2 : 0; i < bytes.size(); i += 2) {
    if (bytes.size() - i < 2) return undecodable(codec, bytes, i, 1, "truncated data");
    std::uint32_t character = static_cast<std::uint32_t>(unit(i));
    if (character >= 0xDC00 && character < 0xE000) return undecodable(codec, bytes, i, 2, "illegal encoding");
    if (character >= 0xD800 && character < 0xDC00) {
      if (bytes.size() - i < 4) return undecodable(codec, bytes, i, bytes.size() - i, "unexpected end of data");
      const auto low = static_cast<std::uint32_t>(unit(i + 2));
      if (low < 0xDC00 || low >= 0xE000) return undecodable(codec, bytes, i, 2, "illegal UTF-16 surrogate");
      character = 0x10000 + ((character - 0xD800) << 10U) + (low - 0xDC00);
      i += 2;
    }
    support::append_utf8(text, character);
  }
  return text;
}

// A source that begins as a comment that names its encoding is no UTF-32: its first four bytes are too large a number.
Decoded refuse_utf32(std::string_view bytes, std::string_view order) {
  const std::string codec = "utf-32-" + std::string(order);
  if (bytes.size() < 4) return undecodable(codec, bytes, 0, bytes.size(), "truncated data");
  return undecodable(codec, bytes, 0, 4, "code point not in range(0x110000)");
}

// CPython Lib/encodings normalize_encoding: runs of punctuation are one '-' here.
std::string normalised(std::string_view encoding) {
  std::string name;
  bool gap = false;
  for (const char c : encoding) {
    if (c == '-' || c == '_') {
      gap = true;
      continue;
    }
    if (gap && !name.empty()) name += '-';
    gap = false;
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return name;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<Decoded> decode_unicode(std::string_view encoding, std::string_view bytes) {
  if (is_one_of(encoding, {"utf8", "u8", "utf", "cp65001", "utf8-ucs2", "utf8-ucs4"})) {
    const std::string error = utf8_decoding_error(bytes);
    if (error.empty()) return Decoded(std::string(bytes));
    return Decoded(tl::unexpected(error));
  }
  if (is_one_of(encoding, {"ascii", "us-ascii", "646", "ansi-x3.4-1968", "ansi-x3-4-1968", "ansi-x3.4-1986", "cp367", "csascii",
                           "ibm367", "iso646-us", "iso-646.irv-1991", "iso-ir-6", "us"})) {
    return decode_ascii(bytes);
  }
  if (is_one_of(encoding, {"utf-16", "u16", "utf16"})) {
    const bool little = bytes.starts_with("\xFF\xFE");
    const bool big = bytes.starts_with("\xFE\xFF");
    return decode_utf16(bytes, big ? ByteOrder::Big : ByteOrder::Little, little || big);
  }
  if (is_one_of(encoding, {"utf-16-le", "utf-16le", "unicodelittleunmarked"})) {
    return decode_utf16(bytes, ByteOrder::Little, false);
  }
  if (is_one_of(encoding, {"utf-16-be", "utf-16be", "unicodebigunmarked"})) {
    return decode_utf16(bytes, ByteOrder::Big, false);
  }
  if (is_one_of(encoding, {"utf-32", "u32", "utf32", "utf-32-le", "utf-32le"})) return refuse_utf32(bytes, "le");
  if (is_one_of(encoding, {"utf-32-be", "utf-32be"})) return refuse_utf32(bytes, "be");
  return std::nullopt;
}

// Codecs of CPython's that no source is written in. `name` as the source spells it.
std::string refusal(std::string_view encoding, const std::string& name) {
  if (is_one_of(encoding, {"base64", "base-64", "base64-codec", "bz2", "bz2-codec", "hex", "hex-codec", "quopri",
                           "quopri-codec", "quoted-printable", "quotedprintable", "rot13", "rot-13", "uu", "uu-codec",
                           "zip", "zlib", "zlib-codec"})) {
    return "'" + name + "' is not a text encoding; use codecs.decode() to handle arbitrary codecs";
  }
  if (encoding == "undefined") return "undefined encoding";
  if (encoding.starts_with("iso2022") || encoding.starts_with("iso-2022") || encoding.starts_with("csiso2022") ||
      is_one_of(encoding, {"hz", "hzgb", "hz-gb", "hz-gb-2312", "idna", "punycode", "raw-unicode-escape",
                           "unicode-escape", "utf-7", "u7", "utf7", "unicode-1-1-utf-7"})) {
    return "encoding not supported by Ouro: " + name;
  }
  return "unknown encoding: " + name;
}

}  // namespace

// CPython Objects/unicodeobject.c, utf-8 decoding.
std::string utf8_decoding_error(std::string_view body) {
  const std::size_t bad = support::find_invalid_utf8(body, support::Surrogates::Reject);
  if (bad == std::string_view::npos) return {};
  const auto byte = static_cast<unsigned char>(body[bad]);
  const std::size_t length = support::decode_utf8(body, bad, support::Surrogates::Reject).length;
  const bool lead = byte >= 0xC2 && byte <= 0xF4;
  const std::string_view reason = !lead                         ? "invalid start byte"
                                  : bad + length == body.size() ? "unexpected end of data"
                                                                : "invalid continuation byte";
  return undecodable("utf-8", body, bad, length, reason).value();
}

Decoded decode_bytes(std::string_view name, std::string_view bytes) {
  const std::string encoding = normalised(name);
  if (auto decoded = decode_unicode(encoding, bytes)) return std::move(*decoded);
  const auto found = std::lower_bound(codec_names.begin(), codec_names.end(), encoding,
                                      [](const CodecName& entry, std::string_view wanted) { return entry.name < wanted; });
  if (found == codec_names.end() || found->name != encoding) return tl::unexpected(refusal(encoding, std::string(name)));
  if (found->kind == CodecKind::Charmap) return decode_charmap(charmaps[found->index], bytes);
  return MultibyteDecoder(multibyte_codecs[found->index], bytes).run();
}

}  // namespace ouro::syntax
