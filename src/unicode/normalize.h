// NFKC, the normal form that Python gives to identifiers.
//
// One table serves every CPython: once a character is assigned its normal form stays, and characters that a
// version does not have are no part of its identifiers.
#pragma once

#include <string>
#include <string_view>

namespace ouro::unicode {

/// unicodedata.normalize("NFKC", text). Lone surrogates and malformed bytes stay as they are. Takes
/// O(n log n) time and at most 11 times the input's memory.
[[nodiscard]] std::string normalize_nfkc(std::string_view utf8);

}  // namespace ouro::unicode
