#include "unicode/names.h"

#include <algorithm>
#include <array>

#include "unicode/tables.h"
#include "unicode/unicode.h"

namespace ouro::unicode {
namespace {

constexpr std::size_t kLongestName = 120;  // of any name or alias: 88; a longer question has no answer

constexpr std::string_view kHangulPrefix = "HANGUL SYLLABLE ";
constexpr std::uint32_t kFirstSyllable = 0xAC00;
// Short names of the jamo: The Unicode Standard, 4.8 Name.
constexpr std::array<std::string_view, 19> kLeads = {"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S",
                                                     "SS", "", "J", "JJ", "C", "K", "T", "P", "H"};
constexpr std::array<std::string_view, 21> kVowels = {"A", "AE", "YA", "YAE", "EO", "E", "YEO",
                                                      "YE", "O", "WA", "WAE", "OE", "YO", "U",
                                                      "WEO", "WE", "WI", "YU", "EU", "YI", "I"};
constexpr std::array<std::string_view, 28> kTrails = {"", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG",
                                                      "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S",
                                                      "SS", "NG", "J", "C", "K", "T", "P", "H"};

// From CPython 3.15 (Unicode 17.0) on, computed names are found in any case and only as they are written.
bool computes_names_strictly(UnicodeVersion version) { return version >= UnicodeVersion::k17_0; }

constexpr std::string_view kCjk = "CJK UNIFIED IDEOGRAPH-";
constexpr std::string_view kTangut = "TANGUT IDEOGRAPH-";

// CPython 3.7 and 3.8 (Unicode 11.0 and 12.1) give names to fifteen unassigned code points behind CJK
// Extension F.
bool has_computed_name(std::uint32_t code_point, UnicodeVersion version) {
  if (code_point > 0x2EBE0 && code_point <= 0x2EBEF)
    return version == UnicodeVersion::k11_0 || version == UnicodeVersion::k12_1;
  return is_assigned(code_point, version);
}

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::uint32_t hash_of(std::string_view text) {
  std::uint32_t value = 2166136261U;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619U;
  return value;
}

// Calls take(word) for each word of a name of the table until it returns false.
template <class Take>
void for_each_word(std::uint32_t index, Take take) {
  const auto& table = tables::names;
  for (std::size_t i = table.name_offsets[index]; i < table.name_offsets[index + 1]; ++i) {
    std::uint32_t word = static_cast<unsigned char>(table.name_words[i]);
    if (word >= table.short_words) {
      ++i;
      word = table.short_words + (word - table.short_words) * 256 + static_cast<unsigned char>(table.name_words[i]);
    }
    const std::uint32_t begin = table.word_offsets[word];
    if (!take(table.word_text.substr(begin, table.word_offsets[word + 1] - begin))) return;
  }
}

bool name_equals(std::uint32_t index, std::string_view text) {
  std::size_t position = 0;
  bool same = true;
  for_each_word(index, [&](std::string_view word) {
    if (position != 0) same = position < text.size() && text[position++] == ' ';
    same = same && text.substr(std::min(position, text.size()), word.size()) == word;
    position += word.size();
    return same;
  });
  return same && position == text.size();
}

std::optional<std::uint32_t> find_in_table(std::string_view upper, UnicodeVersion version) {
  const auto& table = tables::names;
  for (std::size_t slot = hash_of(upper) % table.table.size();; slot = (slot + 1) % table.table.size()) {
    const std::uint32_t index = table.table[slot];
    if (index == 0xFFFF) return std::nullopt;
    if (!name_equals(index, upper)) continue;
    const std::uint32_t code_point = table.codes[index];
    if (index >= table.name_count &&
        table.alias_since[index - table.name_count] > static_cast<std::uint8_t>(version))
      return std::nullopt;
    if (!is_assigned(code_point, version)) return std::nullopt;
    return code_point;
  }
}

// The longest of the jamo names that `text` starts with, as CPython's find_syllable does.
template <std::size_t N>
int longest_prefix(const std::array<std::string_view, N>& names, std::string_view& text) {
  int best = -1;
  std::size_t length = 0;
  for (std::size_t i = 0; i < N; ++i) {
    if (text.substr(0, names[i].size()) != names[i] || (best >= 0 && names[i].size() <= length)) continue;
    best = static_cast<int>(i);
    length = names[i].size();
  }
  text.remove_prefix(length);
  return best;
}

std::optional<std::uint32_t> find_hangul(std::string_view rest) {
  const int lead = longest_prefix(kLeads, rest);
  const int vowel = longest_prefix(kVowels, rest);
  const int trail = longest_prefix(kTrails, rest);
  if (lead < 0 || vowel < 0 || trail < 0 || !rest.empty()) return std::nullopt;
  return kFirstSyllable + static_cast<std::uint32_t>((lead * 21 + vowel) * 28 + trail);
}

std::optional<std::uint32_t> parse_hex(std::string_view digits) {
  if (digits.size() < 4 || digits.size() > 5) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      value = value * 16 + static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

// CJK Extension F reaches to the end of what has_computed_name knows.
bool contains(const tables::NameRange& range, std::uint32_t code_point) {
  const std::uint32_t last = range.last == 0x2EBE0 ? 0x2EBEF : range.last;
  return code_point >= range.first && code_point <= last;
}

// `exact` is the name as it was asked for, `upper` the same in upper case.
std::optional<std::uint32_t> find_in_ranges(std::string_view exact, std::string_view upper, UnicodeVersion version) {
  const bool strictly = computes_names_strictly(version);
  for (const auto& range : tables::name_ranges) {
    const bool cjk = range.prefix == kCjk;
    if (range.prefix == kTangut && !strictly) continue;
    const std::string_view name = cjk && !strictly ? exact : upper;
    if (name.substr(0, range.prefix.size()) != range.prefix) continue;
    const std::string_view digits = name.substr(range.prefix.size());
    const auto value = parse_hex(digits);
    if (!value || !contains(range, *value) || !has_computed_name(*value, version)) continue;
    const bool padded = digits.size() == 5 && *value < 0x10000;
    if (padded && (!cjk || strictly)) continue;
    return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> lookup_name(std::string_view name, UnicodeVersion version) {
  if (name.empty() || name.size() > kLongestName) return std::nullopt;
  std::array<char, kLongestName> buffer;
  std::transform(name.begin(), name.end(), buffer.begin(), to_upper);
  const std::string_view upper(buffer.data(), name.size());

  const std::string_view hangul = computes_names_strictly(version) ? upper : name;
  if (hangul.substr(0, kHangulPrefix.size()) == kHangulPrefix)
    if (const auto found = find_hangul(hangul.substr(kHangulPrefix.size()))) return found;
  if (const auto found = find_in_ranges(name, upper, version)) return found;
  return find_in_table(upper, version);
}

std::string character_name(std::uint32_t code_point, UnicodeVersion version) {
  if (!has_computed_name(code_point, version)) return {};
  std::string result;
  if (const std::uint32_t syllable = code_point - kFirstSyllable; syllable < 19 * 21 * 28) {
    result.append(kHangulPrefix).append(kLeads[syllable / 588]).append(kVowels[syllable / 28 % 21]);
    return result.append(kTrails[syllable % 28]);
  }
  for (const auto& range : tables::name_ranges) {
    if (!contains(range, code_point)) continue;
    if (range.prefix == kTangut && !computes_names_strictly(version)) return {};
    result = range.prefix;
    for (int shift = code_point > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4)
      result.push_back("0123456789ABCDEF"[code_point >> shift & 15]);
    return result;
  }
  const auto codes = tables::names.codes.first(tables::names.name_count);
  const auto found = std::lower_bound(codes.begin(), codes.end(), code_point);
  if (found == codes.end() || *found != code_point) return {};
  for_each_word(static_cast<std::uint32_t>(found - codes.begin()), [&](std::string_view word) {
    if (!result.empty()) result.push_back(' ');
    result.append(word);
    return true;
  });
  return result;
}

}  // namespace ouro::unicode
