#include "vm/objects/double_text.h"

#include <charconv>
#include <cmath>

#include "support/float_text.h"

namespace ouro::vm {
namespace {

std::string chars_of(double value, std::chars_format format, int precision) {
  std::string out(static_cast<std::size_t>(precision) + 330, '\0');
  const auto result = std::to_chars(out.data(), out.data() + out.size(), value, format, precision);
  out.resize(static_cast<std::size_t>(result.ptr - out.data()));
  return out;
}

void drop_zeros(std::string& digits) {
  if (digits.find('.') == std::string::npos) return;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
}

// %g of a finite value that is not negative.
std::string general(double value, int precision, bool keep_zeros) {
  if (precision == 0) precision = 1;
  std::string scientific = chars_of(value, std::chars_format::scientific, precision - 1);
  const std::size_t e = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + e + 1);
  if (exponent < -4 || exponent >= precision) {
    std::string digits = scientific.substr(0, e);
    if (!keep_zeros) drop_zeros(digits);
    if (keep_zeros && digits.find('.') == std::string::npos) digits += '.';
    return digits + scientific.substr(e);
  }
  std::string digits = chars_of(value, std::chars_format::fixed, precision - 1 - exponent);
  if (!keep_zeros) drop_zeros(digits);
  if (keep_zeros && digits.find('.') == std::string::npos) digits += '.';
  return digits;
}

std::string magnitude(double value, const DoubleStyle& style, char code) {
  std::string out;
  switch (code) {
    case 'e':
      out = chars_of(value, std::chars_format::scientific, style.precision);
      if (style.alternate && style.precision == 0) out.insert(out.find('e'), ".");
      return out;
    case 'f':
      out = chars_of(value, std::chars_format::fixed, style.precision);
      if (style.alternate && style.precision == 0) out += '.';
      return out;
    case 'g': out = general(value, style.precision, style.alternate); break;
    default:
      out = support::float_repr(value);
      if (!style.add_dot_0 && out.size() > 2 && out.ends_with(".0")) out.resize(out.size() - 2);
      if (style.alternate && out.find('.') == std::string::npos) {
        const std::size_t e = out.find('e');
        out.insert(e == std::string::npos ? out.size() : e, ".");
      }
      return out;
  }
  if (!style.add_dot_0 || out.find_first_of(".e") != std::string::npos) return out;
  return out + ".0";
}

}  // namespace

std::string double_text(double value, const DoubleStyle& style) {
  const bool is_upper = style.code >= 'A' && style.code <= 'Z';
  const char code = is_upper ? static_cast<char>(style.code + 32) : style.code;
  std::string out;
  bool is_negative = std::signbit(value);
  if (std::isnan(value)) {
    out = "nan";
    is_negative = false;
  } else if (std::isinf(value)) {
    out = "inf";
  } else {
    out = magnitude(std::fabs(value), style, code);
    if (style.no_negative_zero && is_negative && out.substr(0, out.find('e')).find_first_not_of("0.") == std::string::npos)
      is_negative = false;
  }
  if (is_upper)
    for (char& c : out)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  if (is_negative) return "-" + out;
  return style.always_sign ? "+" + out : out;
}

}  // namespace ouro::vm
