// Text of numbers as int(), float() and complex() take it: Unicode digits and spaces become ASCII.
#pragma once

#include <string>

#include "vm/objects/str.h"

namespace ouro::vm {

/// The text with decimal digits of any script as ASCII ones and any white space as ' '; the first other character that is
/// not ASCII becomes '?', which no number holds (CPython's _PyUnicode_TransformDecimalAndSpaceToASCII). Stripped.
[[nodiscard]] std::string number_text(const StrObject* text);
[[nodiscard]] std::string_view strip_ascii_space(std::string_view text);
/// "1_000" without its underscores; false where one does not stand between digits.
[[nodiscard]] bool remove_underscores(std::string& text);

}  // namespace ouro::vm
