#include "unicode/forms.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "unicode/characters.h"
#include "unicode/tables.h"

namespace ouro::unicode {
namespace {

// Hangul syllables by arithmetic: The Unicode Standard, 3.12 Conjoining Jamo Behavior.
constexpr std::uint32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11A7;
constexpr std::uint32_t kLeadCount = 19, kVowelCount = 21, kTrailCount = 28, kSyllableCount = 11172;

void decompose(std::u32string& out, std::uint32_t c, bool compatibility, bool (*is_known)(std::uint32_t)) {
  if (is_known != nullptr && !is_known(c)) {
    out.push_back(c);
    return;
  }
  if (c - kSyllables < kSyllableCount) {
    const std::uint32_t syllable = c - kSyllables;
    out.push_back(kLeads + syllable / (kVowelCount * kTrailCount));
    out.push_back(kVowels + syllable / kTrailCount % kVowelCount);
    if (syllable % kTrailCount != 0) out.push_back(kTrails + syllable % kTrailCount);
    return;
  }
  const DecompositionRecord* record = c < 0xA0 ? nullptr : decomposition_record(c);
  if (record == nullptr || (record->tag != 0 && !compatibility)) {
    out.push_back(c);
    return;
  }
  for (unsigned i = 0; i < record->length; ++i) decompose(out, kDecompositionPool[record->offset + i], compatibility, is_known);
}

void reorder(std::u32string& text) {
  for (std::size_t i = 0; i < text.size();) {
    if (combining_class_of(text[i]) == 0) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && combining_class_of(text[end]) != 0) ++end;
    std::stable_sort(text.begin() + static_cast<std::ptrdiff_t>(i), text.begin() + static_cast<std::ptrdiff_t>(end),
                     [](char32_t a, char32_t b) { return combining_class_of(a) < combining_class_of(b); });
    i = end;
  }
}

// 0 when the two do not compose.
std::uint32_t compose_pair(std::uint32_t first, std::uint32_t second) {
  if (first - kLeads < kLeadCount && second - kVowels < kVowelCount)
    return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTrailCount;
  if (first - kSyllables < kSyllableCount && (first - kSyllables) % kTrailCount == 0 && second - kTrails - 1 < kTrailCount - 1)
    return first + (second - kTrails);
  const auto less = [](const tables::Composition& row, std::pair<std::uint32_t, std::uint32_t> key) {
    return std::pair(row.first, row.second) < key;
  };
  const auto found = std::lower_bound(tables::compositions.begin(), tables::compositions.end(), std::pair(first, second), less);
  return found != tables::compositions.end() && found->first == first && found->second == second ? found->composed : 0;
}

void compose(std::u32string& text, bool (*is_known)(std::uint32_t)) {
  std::size_t out = 0;
  std::size_t starter = SIZE_MAX;
  int last_class = -1;  // of what was kept since the starter; -1 for nothing
  for (const char32_t c : text) {
    const int combining = combining_class_of(c);
    if (starter != SIZE_MAX && last_class < combining) {
      const std::uint32_t composed = compose_pair(text[starter], c);
      if (composed != 0 && (is_known == nullptr || is_known(composed))) {
        text[starter] = composed;
        continue;
      }
    }
    if (combining == 0) {
      starter = out;
      last_class = -1;
    } else {
      last_class = combining;
    }
    text[out++] = c;
  }
  text.resize(out);
}

}  // namespace

std::uint8_t combining_class_of(std::uint32_t code_point) {
  const auto& table = tables::combining;
  if (code_point < 0x300 || code_point > 0x10FFFF) return 0;
  const auto after = std::upper_bound(table.starts.begin(), table.starts.end(), code_point);
  return table.classes[static_cast<std::size_t>(after - table.starts.begin()) - 1];
}

std::u32string normalize(std::u32string_view text, NormalForm form, bool (*is_known)(std::uint32_t)) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t c : text) decompose(out, c, form == NormalForm::Nfkc || form == NormalForm::Nfkd, is_known);
  reorder(out);
  if (form == NormalForm::Nfc || form == NormalForm::Nfkc) compose(out, is_known);
  return out;
}

}  // namespace ouro::unicode
