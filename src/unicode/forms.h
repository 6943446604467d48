// The four normal forms of Unicode 15.1 text in code points: what unicodedata.normalize gives in CPython 3.13.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ouro::unicode {

enum class NormalForm : std::uint8_t { Nfc, Nfd, Nfkc, Nfkd };

/// `is_known` says which characters exist (the rest stays as it is): for the database of Unicode 3.2. Null: all.
[[nodiscard]] std::u32string normalize(std::u32string_view text, NormalForm form, bool (*is_known)(std::uint32_t) = nullptr);
/// Canonical combining class.
[[nodiscard]] std::uint8_t combining_class_of(std::uint32_t code_point);

}  // namespace ouro::unicode
