// Names of characters: \N{...} and unicodedata.name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "unicode/unicode_version.h"

namespace ouro::unicode {

/// The character that \N{name} means to a CPython with that version of Unicode, as CPython
/// Modules/unicodedata.c _getcode finds it: any case, aliases included, named sequences not. Up to 16.0 the
/// names of CJK ideographs and Hangul syllables must be in upper case; Tangut ideographs have names from 17.0 on.
[[nodiscard]] std::optional<std::uint32_t> lookup_name(std::string_view name, UnicodeVersion version);

/// unicodedata.name; empty for characters without a name.
[[nodiscard]] std::string character_name(std::uint32_t code_point, UnicodeVersion version);

}  // namespace ouro::unicode
