#include "unicode/normalize.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/utf8.h"
#include "unicode/tables.h"

namespace ouro::unicode {
namespace {

// Hangul syllables are composed by arithmetic: The Unicode Standard, 3.12 Conjoining Jamo Behavior.
constexpr std::uint32_t kSyllables = 0xAC00;
constexpr std::uint32_t kLeads = 0x1100;
constexpr std::uint32_t kVowels = 0x1161;
constexpr std::uint32_t kTrails = 0x11A7;
constexpr std::uint32_t kLeadCount = 19;
constexpr std::uint32_t kVowelCount = 21;
constexpr std::uint32_t kTrailCount = 28;
constexpr std::uint32_t kSyllableCount = kLeadCount * kVowelCount * kTrailCount;

// A byte that is no UTF-8 rides along as a number above all code points.
constexpr std::uint32_t kRawByte = 0x80000000U;

struct Character {
  std::uint32_t code_point;
  std::uint8_t combining_class;
};

std::uint8_t combining_class(std::uint32_t code_point) {
  const auto& table = tables::combining;
  if (code_point < 0x300 || code_point > 0x10FFFF) return 0;
  const auto after = std::upper_bound(table.starts.begin(), table.starts.end(), code_point);
  return table.classes[static_cast<std::size_t>(after - table.starts.begin()) - 1];
}

void append(std::vector<Character>& out, std::uint32_t code_point) {
  out.push_back({code_point, combining_class(code_point)});
}

void decompose(std::vector<Character>& out, std::uint32_t code_point) {
  const std::uint32_t syllable = code_point - kSyllables;
  if (syllable < kSyllableCount) {
    append(out, kLeads + syllable / (kVowelCount * kTrailCount));
    append(out, kVowels + syllable / kTrailCount % kVowelCount);
    if (syllable % kTrailCount != 0) append(out, kTrails + syllable % kTrailCount);
    return;
  }
  const auto& table = tables::decompositions;
  const auto found = std::lower_bound(table.codes.begin(), table.codes.end(), code_point);
  if (found == table.codes.end() || *found != code_point) return append(out, code_point);
  const auto row = static_cast<std::size_t>(found - table.codes.begin());
  for (std::size_t i = table.offsets[row]; i < table.offsets[row + 1]; ++i) append(out, table.pool[i]);
}

// Puts every run of combining characters in order of class.
void reorder(std::vector<Character>& text) {
  for (auto begin = text.begin(); begin != text.end();) {
    if (begin->combining_class == 0) {
      ++begin;
      continue;
    }
    const auto end = std::find_if(begin, text.end(), [](const Character& c) { return c.combining_class == 0; });
    std::stable_sort(begin, end, [](const Character& a, const Character& b) {
      return a.combining_class < b.combining_class;
    });
    begin = end;
  }
}

// 0 when the two do not compose.
std::uint32_t compose_pair(std::uint32_t first, std::uint32_t second) {
  if (first - kLeads < kLeadCount && second - kVowels < kVowelCount)
    return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTrailCount;
  if (first - kSyllables < kSyllableCount && (first - kSyllables) % kTrailCount == 0 &&
      second - kTrails - 1 < kTrailCount - 1)
    return first + (second - kTrails);
  const auto less = [](const tables::Composition& row, std::pair<std::uint32_t, std::uint32_t> key) {
    return std::pair(row.first, row.second) < key;
  };
  const auto found = std::lower_bound(tables::compositions.begin(), tables::compositions.end(),
                                      std::pair(first, second), less);
  const bool same = found != tables::compositions.end() && found->first == first && found->second == second;
  return same ? found->composed : 0;
}

// Canonical composition in place: a character joins the last starter unless one of its own class, or a
// starter, stands between them.
void compose(std::vector<Character>& text) {
  std::size_t out = 0;
  std::size_t starter = SIZE_MAX;
  int last_class = -1;  // of what was kept since the starter; -1 for nothing
  for (const Character c : text) {
    if (starter != SIZE_MAX && last_class < c.combining_class) {
      if (const auto composed = compose_pair(text[starter].code_point, c.code_point)) {
        text[starter].code_point = composed;
        continue;
      }
    }
    if (c.combining_class == 0) {
      starter = out;
      last_class = -1;
    } else {
      last_class = c.combining_class;
    }
    text[out++] = c;
  }
  text.resize(out);
}

}  // namespace

std::string normalize_nfkc(std::string_view utf8) {
  if (support::is_ascii(utf8)) return std::string(utf8);
  std::vector<Character> text;
  text.reserve(utf8.size());
  for (std::size_t position = 0; position < utf8.size();) {
    const auto decoded = support::decode_utf8(utf8, position);
    if (decoded.valid) {
      decompose(text, decoded.code_point);
    } else {
      for (std::size_t i = 0; i < decoded.length; ++i)
        text.push_back({kRawByte | static_cast<unsigned char>(utf8[position + i]), 0});
    }
    position += decoded.length;
  }
  reorder(text);
  compose(text);
  std::string out;
  out.reserve(utf8.size());
  for (const Character c : text) {
    if ((c.code_point & kRawByte) != 0) {
      out.push_back(static_cast<char>(c.code_point & 0xFF));
    } else {
      support::append_utf8(out, c.code_point);
    }
  }
  return out;
}

}  // namespace ouro::unicode
