// Properties, case mappings and numbers of characters as CPython 3.13 (Unicode 15.1) has them: what str's methods,
// unicodedata and the regex engine ask. All answers take constant time. data/unicode/ has the facts, made by
// tools/dev/collect_characters.py.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace ouro::unicode {

// CharacterRecord::kinds.
inline constexpr std::uint16_t kAlpha = 1U << 0U;
inline constexpr std::uint16_t kDecimal = 1U << 1U;
inline constexpr std::uint16_t kDigit = 1U << 2U;
inline constexpr std::uint16_t kNumeric = 1U << 3U;
inline constexpr std::uint16_t kLower = 1U << 4U;
inline constexpr std::uint16_t kUpper = 1U << 5U;
inline constexpr std::uint16_t kTitle = 1U << 6U;
inline constexpr std::uint16_t kSpace = 1U << 7U;
inline constexpr std::uint16_t kLineBreak = 1U << 8U;
inline constexpr std::uint16_t kPrintable = 1U << 9U;
inline constexpr std::uint16_t kCased = 1U << 10U;          ///< and not case-ignorable
inline constexpr std::uint16_t kCaseIgnorable = 1U << 11U;
inline constexpr std::uint16_t kIdentifierStart = 1U << 12U;
inline constexpr std::uint16_t kIdentifierPart = 1U << 13U;
inline constexpr std::uint16_t kAlphaNumeric = kAlpha | kDecimal | kDigit | kNumeric;

struct CharacterRecord {
  std::uint16_t kinds;
  std::uint8_t category;       ///< into kCategoryNames
  std::uint8_t bidirectional;  ///< into kBidirectionalNames
  std::uint8_t mirrored;
  std::uint8_t width;          ///< into kWidthNames
  std::uint8_t old_category, old_bidirectional, old_width, old_mirrored;  ///< Unicode 3.2: unicodedata.ucd_3_2_0
};
enum class CaseForm : std::uint8_t { Lower, Upper, Title, Fold };
struct CaseSpan {
  std::uint16_t offset;
  std::uint8_t length;
};
struct CaseRecord {
  CaseSpan forms[4];  ///< by CaseForm; length 0: the character itself
  std::uint32_t simple_lower, simple_upper;
};
inline constexpr double kNoNumber = -1e300;
struct NumericRecord {
  std::uint32_t code;
  std::uint8_t decimal, digit;  ///< 255: none
  double numeric, old_numeric;  ///< kNoNumber: none
  std::uint8_t old_decimal;
};
/// As unicodedata.decomposition shows it: one step, Hangul syllables left out.
struct DecompositionRecord {
  std::uint32_t code;
  std::uint16_t offset;  ///< into kDecompositionPool
  std::uint8_t length;
  std::uint8_t tag;      ///< into kDecompositionTags; 0: canonical
};
extern const std::span<const DecompositionRecord> kDecompositions;
extern const std::uint32_t* const kDecompositionPool;
extern const std::string_view kDecompositionTags[];  ///< "", "<noBreak>", ...

struct CharacterTables {
  const std::uint16_t* record_pages;
  const std::uint16_t* record_rows;
  const CharacterRecord* records;
  const std::uint16_t* case_pages;
  const std::uint16_t* case_rows;
  const CaseRecord* cases;
  const std::uint32_t* case_pool;
  std::span<const NumericRecord> numbers;
};
extern const CharacterTables kCharacterTables;
extern const std::string_view kBidirectionalNames[];
extern const std::string_view kWidthNames[];
extern const std::string_view kCategoryNames[];

/// `code_point` up to 0x10FFFF.
[[nodiscard]] inline const CharacterRecord& character(std::uint32_t code_point) {
  const CharacterTables& t = kCharacterTables;
  return t.records[t.record_rows[(std::size_t{t.record_pages[code_point >> 7U]} << 7U) + (code_point & 127U)]];
}
[[nodiscard]] inline bool is_kind(std::uint32_t code_point, std::uint16_t kinds) {
  return (character(code_point).kinds & kinds) != 0;
}
/// Null where the character has one form only.
[[nodiscard]] inline const CaseRecord* case_record(std::uint32_t code_point) {
  const CharacterTables& t = kCharacterTables;
  const auto row = t.case_rows[(std::size_t{t.case_pages[code_point >> 7U]} << 7U) + (code_point & 127U)];
  return row == 0 ? nullptr : &t.cases[row];
}
/// The full mapping: one to three characters; empty where it is the character itself.
[[nodiscard]] inline std::span<const std::uint32_t> case_form(std::uint32_t code_point, CaseForm form) {
  const CaseRecord* record = case_record(code_point);
  if (record == nullptr) return {};
  const CaseSpan span = record->forms[static_cast<std::size_t>(form)];
  return {kCharacterTables.case_pool + span.offset, span.length};
}
[[nodiscard]] inline std::uint32_t simple_lower(std::uint32_t code_point) {
  const CaseRecord* record = case_record(code_point);
  return record == nullptr ? code_point : record->simple_lower;
}
[[nodiscard]] inline std::uint32_t simple_upper(std::uint32_t code_point) {
  const CaseRecord* record = case_record(code_point);
  return record == nullptr ? code_point : record->simple_upper;
}
/// Null where the character is no number.
[[nodiscard]] inline const NumericRecord* numeric_record(std::uint32_t code_point) {
  const auto rows = kCharacterTables.numbers;
  const auto found = std::lower_bound(rows.begin(), rows.end(), code_point,
                                      [](const NumericRecord& row, std::uint32_t code) { return row.code < code; });
  return found != rows.end() && found->code == code_point ? &*found : nullptr;
}
/// Null where the character has none.
[[nodiscard]] inline const DecompositionRecord* decomposition_record(std::uint32_t code_point) {
  const auto rows = kDecompositions;
  const auto found = std::lower_bound(rows.begin(), rows.end(), code_point,
                                      [](const DecompositionRecord& row, std::uint32_t code) { return row.code < code; });
  return found != rows.end() && found->code == code_point ? &*found : nullptr;
}
/// Value of a decimal digit; -1: none.
[[nodiscard]] inline int decimal_value(std::uint32_t code_point) {
  if (code_point < 0x80) return code_point - '0' < 10 ? static_cast<int>(code_point - '0') : -1;
  if (!is_kind(code_point, kDecimal)) return -1;
  const NumericRecord* record = numeric_record(code_point);
  return record == nullptr || record->decimal == 255 ? -1 : record->decimal;
}

}  // namespace ouro::unicode
