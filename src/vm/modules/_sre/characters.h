// Tests of single characters: categories, sets, case. Private to the engine.
#pragma once

#include <cstdint>

#include "unicode/characters.h"
#include "vm/modules/_sre/opcodes.h"

namespace ouro::vm::sre {

inline bool is_ascii_digit(std::uint32_t c) { return c - '0' < 10; }
inline bool is_ascii_space(std::uint32_t c) { return c == ' ' || c - 9 < 5; }
inline bool is_ascii_word(std::uint32_t c) { return c - '0' < 10 || (c | 32U) - 'a' < 26 || c == '_'; }
inline bool is_unicode_word(std::uint32_t c) {
  return c < 128 ? is_ascii_word(c) : unicode::is_kind(c, unicode::kAlphaNumeric);
}
inline std::uint32_t ascii_lower(std::uint32_t c) { return c - 'A' < 26 ? c + 32 : c; }
inline std::uint32_t unicode_lower(std::uint32_t c) { return c < 128 ? ascii_lower(c) : unicode::simple_lower(c); }
inline std::uint32_t unicode_upper(std::uint32_t c) { return unicode::simple_upper(c); }

inline bool in_category(std::uint32_t category, std::uint32_t c) {
  switch (category) {
    case kDigit: return is_ascii_digit(c);
    case kNotDigit: return !is_ascii_digit(c);
    case kSpace: return is_ascii_space(c);
    case kNotSpace: return !is_ascii_space(c);
    case kWord:
    case kLocWord: return is_ascii_word(c);
    case kNotWord:
    case kLocNotWord: return !is_ascii_word(c);
    case kLinebreak: return c == '\n';
    case kNotLinebreak: return c != '\n';
    case kUniDigit: return c < 128 ? is_ascii_digit(c) : unicode::is_kind(c, unicode::kDecimal);
    case kUniNotDigit: return !(c < 128 ? is_ascii_digit(c) : unicode::is_kind(c, unicode::kDecimal));
    case kUniSpace: return unicode::is_kind(c, unicode::kSpace);
    case kUniNotSpace: return !unicode::is_kind(c, unicode::kSpace);
    case kUniWord: return is_unicode_word(c);
    case kUniNotWord: return !is_unicode_word(c);
    case kUniLinebreak: return unicode::is_kind(c, unicode::kLineBreak);
    case kUniNotLinebreak: return !unicode::is_kind(c, unicode::kLineBreak);
    default: return false;
  }
}

/// A set: tests in order up to FAILURE.
inline bool in_set(const std::uint32_t* set, std::uint32_t c) {
  bool found = true;
  for (;;) {
    switch (*set++) {
      case kFailure: return !found;
      case kLiteral:
        if (c == set[0]) return found;
        ++set;
        break;
      case kCategory:
        if (in_category(set[0], c)) return found;
        ++set;
        break;
      case kCharset:
        if (c < 256 && (set[c / 32] >> (c % 32) & 1U) != 0) return found;
        set += 8;
        break;
      case kRange:
        if (set[0] <= c && c <= set[1]) return found;
        set += 2;
        break;
      case kRangeUniIgnore: {
        if (set[0] <= c && c <= set[1]) return found;
        const std::uint32_t upper = unicode_upper(c);
        if (set[0] <= upper && upper <= set[1]) return found;
        set += 2;
        break;
      }
      case kNegate: found = !found; break;
      case kBigCharset: {
        const std::uint32_t blocks = *set++;
        if (c < 65536) {
          const std::uint32_t block = reinterpret_cast<const std::uint8_t*>(set)[c >> 8U];
          if ((set[64 + (block * 256 + (c & 255U)) / 32] >> (c % 32) & 1U) != 0) return found;
        }
        set += 64 + blocks * 8;
        break;
      }
      default: return false;
    }
  }
}

/// Whether the unit operation at `code` matches the character.
inline bool unit_matches(const std::uint32_t* code, std::uint32_t c) {
  switch (code[0]) {
    case kAny: return c != '\n';
    case kAnyAll: return true;
    case kLiteral: return c == code[1];
    case kNotLiteral: return c != code[1];
    case kIn: return in_set(code + 2, c);
    case kCategory: return in_category(code[1], c);
    case kLiteralIgnore:
    case kLiteralLocIgnore: return ascii_lower(c) == code[1] || (code[0] == kLiteralLocIgnore && ascii_lower(code[1]) == ascii_lower(c));
    case kNotLiteralIgnore: return ascii_lower(c) != code[1];
    case kNotLiteralLocIgnore: return ascii_lower(code[1]) != ascii_lower(c);
    case kInIgnore: return in_set(code + 2, ascii_lower(c));
    case kInLocIgnore: return in_set(code + 2, c) || in_set(code + 2, ascii_lower(c)) || (c - 'a' < 26 && in_set(code + 2, c - 32));
    case kLiteralUniIgnore: return unicode_lower(c) == code[1];
    case kNotLiteralUniIgnore: return unicode_lower(c) != code[1];
    case kInUniIgnore: return in_set(code + 2, unicode_lower(c));
    default: return false;
  }
}
inline bool is_unit_op(std::uint32_t op) {
  switch (op) {
    case kAny:
    case kAnyAll:
    case kLiteral:
    case kNotLiteral:
    case kIn:
    case kCategory:
    case kLiteralIgnore:
    case kLiteralLocIgnore:
    case kNotLiteralIgnore:
    case kNotLiteralLocIgnore:
    case kInIgnore:
    case kInLocIgnore:
    case kLiteralUniIgnore:
    case kNotLiteralUniIgnore:
    case kInUniIgnore: return true;
    default: return false;
  }
}
/// Where the operation after a unit operation stands.
inline std::uint32_t after_unit(std::span<const std::uint32_t> code, std::uint32_t pc) {
  switch (code[pc]) {
    case kAny:
    case kAnyAll: return pc + 1;
    case kIn:
    case kInIgnore:
    case kInLocIgnore:
    case kInUniIgnore: return pc + 1 + code[pc + 1];
    default: return pc + 2;
  }
}

}  // namespace ouro::vm::sre
