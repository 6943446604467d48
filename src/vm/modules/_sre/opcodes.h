// The regex compiler's operations, as the standard library's re._constants numbers them (3.13, magic 20230612).
#pragma once

#include <cstdint>

namespace ouro::vm::sre {

inline constexpr std::uint32_t kMagic = 20230612;
inline constexpr std::uint32_t kMaxRepeat = 4294967295U;
inline constexpr std::uint32_t kMaxGroups = 1073741823;

enum Op : std::uint32_t {
  kFailure, kSuccess, kAny, kAnyAll, kAssert, kAssertNot, kAt, kBranch, kCategory, kCharset, kBigCharset, kGroupref,
  kGrouprefExists, kIn, kInfo, kJump, kLiteral, kMark, kMaxUntil, kMinUntil, kNotLiteral, kNegate, kRange, kRepeat,
  kRepeatOne, kSubpattern, kMinRepeatOne, kAtomicGroup, kPossessiveRepeat, kPossessiveRepeatOne, kGrouprefIgnore,
  kInIgnore, kLiteralIgnore, kNotLiteralIgnore, kGrouprefLocIgnore, kInLocIgnore, kLiteralLocIgnore,
  kNotLiteralLocIgnore, kGrouprefUniIgnore, kInUniIgnore, kLiteralUniIgnore, kNotLiteralUniIgnore, kRangeUniIgnore,
};
enum At : std::uint32_t {
  kAtBeginning, kAtBeginningLine, kAtBeginningString, kAtBoundary, kAtNonBoundary, kAtEnd, kAtEndLine, kAtEndString,
  kAtLocBoundary, kAtLocNonBoundary, kAtUniBoundary, kAtUniNonBoundary,
};
enum Category : std::uint32_t {
  kDigit, kNotDigit, kSpace, kNotSpace, kWord, kNotWord, kLinebreak, kNotLinebreak, kLocWord, kLocNotWord, kUniDigit,
  kUniNotDigit, kUniSpace, kUniNotSpace, kUniWord, kUniNotWord, kUniLinebreak, kUniNotLinebreak, kCategories,
};
inline constexpr std::uint32_t kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4;
inline constexpr std::uint32_t kFlagIgnorecase = 2, kFlagLocale = 4, kFlagMultiline = 8, kFlagDotall = 16, kFlagUnicode = 32,
                               kFlagVerbose = 64, kFlagDebug = 128, kFlagAscii = 256;

}  // namespace ouro::vm::sre
