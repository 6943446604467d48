#include "support/utf8.h"

#include <cstring>

namespace ouro::support {

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (c >> 6)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (c >> 12)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (c >> 18)));
    out.push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

namespace {

struct LeadByte {
  std::uint8_t length;      // 0: not a lead byte
  std::uint8_t second_low;  // allowed range of the second byte (Unicode 15, table 3-7)
  std::uint8_t second_high;
};

LeadByte classify_lead(std::uint8_t lead, Surrogates surrogates) {
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED && surrogates == Surrogates::Reject) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

DecodedCodePoint decode_utf8(std::string_view text, std::size_t position, Surrogates surrogates) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[position + i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const LeadByte kind = classify_lead(lead, surrogates);
  if (kind.length == 0) return {kReplacement, 1, false};
  const std::size_t left = text.size() - position;
  if (left < 2 || byte(1) < kind.second_low || byte(1) > kind.second_high) return {kReplacement, 1, false};
  std::uint32_t c = ((lead & (0x7FU >> kind.length)) << 6) | (byte(1) & 0x3F);
  for (std::uint8_t i = 2; i < kind.length; ++i) {
    if (i >= left || (byte(i) & 0xC0) != 0x80) return {kReplacement, i, false};
    c = (c << 6) | (byte(i) & 0x3F);
  }
  return {c, kind.length, true};
}

namespace {

bool is_ascii_word(const char* eight_bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, eight_bytes, 8);
  return (word & 0x8080808080808080ULL) == 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text, Surrogates surrogates) {
  std::size_t i = 0;
  while (i < text.size()) {
    while (i + 8 <= text.size() && is_ascii_word(text.data() + i)) i += 8;
    if (i == text.size()) break;
    if (static_cast<std::uint8_t>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    const DecodedCodePoint step = decode_utf8(text, i, surrogates);
    if (!step.valid) return i;
    i += step.length;
  }
  return std::string_view::npos;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string valid;
  for (std::size_t i = 0; i < text.size();) {
    const DecodedCodePoint step = decode_utf8(text, i, Surrogates::Reject);
    if (step.valid) valid.append(text.substr(i, step.length));
    else append_utf8(valid, kReplacement);
    i += step.length;
  }
  return valid;
}

bool is_ascii(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    if (!is_ascii_word(text.data() + i)) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<std::uint8_t>(text[i]) >= 0x80) return false;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

}  // namespace ouro::support
