// The words an Interner knows from the start: ids 0, 1, 2, … are these, in this order.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ouro::syntax {

inline constexpr std::array<std::string_view, 35> kKeywordTexts = {
    "False", "None",    "True",  "and",  "as",   "assert", "async",  "await",    "break", "class", "continue", "def",
    "del",   "elif",    "else",  "except", "finally", "for", "from", "global",   "if",    "import", "in",      "is",
    "lambda", "nonlocal", "not", "or",   "pass", "raise",  "return", "try",      "while", "with",  "yield"};

/// Names that are words of the grammar in some places only.
inline constexpr std::array<std::string_view, 4> kSoftKeywordTexts = {"_", "case", "match", "type"};
inline constexpr std::uint32_t kKeywordCount = kKeywordTexts.size();
inline constexpr std::uint32_t kUnderscoreId = kKeywordCount;
inline constexpr std::uint32_t kCaseId = kKeywordCount + 1;
inline constexpr std::uint32_t kMatchId = kKeywordCount + 2;
inline constexpr std::uint32_t kTypeId = kKeywordCount + 3;

}  // namespace ouro::syntax
