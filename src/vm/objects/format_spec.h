// The format specification mini-language: [[fill]align][sign][z][#][0][width][grouping][.precision][type].
// CPython 3.13 Python/formatter_unicode.c. Private to the files of formatting.
#pragma once

#include <cstdint>
#include <string_view>

#include "vm/core/protocol.h"
#include "vm/objects/str.h"

namespace ouro::vm {

struct FormatSpec {
  std::uint32_t fill = ' ';
  std::uint32_t align = '<';
  bool alternate = false;
  bool no_negative_zero = false;
  std::uint32_t sign = 0;      ///< '+', '-', ' ' or 0
  std::int64_t width = -1;
  std::uint32_t thousands = 0; ///< ',' '_' or 0
  std::int64_t precision = -1;
  std::uint32_t type = 0;      ///< 0: none given
  bool has_fill = false;
};
[[nodiscard]] bool parse_format_spec(Vm& vm, Value value, const StrObject* text, std::uint32_t default_type,
                                     std::uint32_t default_align, FormatSpec& out);

/// A number's text in its parts, laid out by write_number.
struct NumberParts {
  std::string_view sign;      ///< "", "-", "+", " "
  std::string_view prefix;    ///< "0x"
  std::string_view digits;    ///< before the point: these are grouped
  std::string_view rest;      ///< the point and what follows
};
[[nodiscard]] bool write_number(Vm& vm, StrBuilder& out, const FormatSpec& spec, const NumberParts& parts);
[[nodiscard]] Ref format_complex_value(Vm& vm, Value value, FormatSpec& spec);
/// Number of characters before and after so that `length` fills the width.
void padding_of(const FormatSpec& spec, std::size_t length, std::size_t& left, std::size_t& right);
/// The sign to show.
[[nodiscard]] std::string_view sign_text(const FormatSpec& spec, bool is_negative);

}  // namespace ouro::vm
