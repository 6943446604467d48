// Floats as text with a given precision, and the layout of formatted numbers: what %-formatting, format() and float's
// methods build on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vm/core/vm.h"
#include "vm/objects/str.h"

namespace ouro::vm {

struct DoubleStyle {
  char code = 'r';             ///< e f g E F G, or r: the shortest text that reads back
  int precision = 6;           ///< not for r
  bool always_sign = false;
  bool alternate = false;      ///< keeps the point and the zeros of g
  bool add_dot_0 = false;      ///< g and r: ".0" where nothing else marks a float
  bool no_negative_zero = false;
};
/// CPython 3.13 Python/pystrtod.c PyOS_double_to_string.
[[nodiscard]] std::string double_text(double value, const DoubleStyle& style);

}  // namespace ouro::vm
