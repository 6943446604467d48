#include "support/float_text.h"

#include <fast_float/fast_float.h>

#include <charconv>
#include <cmath>
#include <cstdio>

namespace ouro::support {

namespace {

/// Digits and exponent in Python's layout from the shortest scientific form "d.ddde±xx".
void append_shortest(std::string& out, double value) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  if (text.front() == '-') {
    out.push_back('-');
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  int exponent = 0;
  const char* exponent_text = text.data() + e + 1 + (text[e + 1] == '+' ? 1 : 0);
  std::from_chars(exponent_text, text.data() + text.size(), exponent);
  std::string digits(1, text[0]);
  if (e > 2) digits.append(text.substr(2, e - 2));

  if (exponent < -4 || exponent >= 16) {
    out.push_back(digits[0]);
    if (digits.size() > 1) out.append(".").append(digits, 1);
    std::snprintf(buffer, sizeof(buffer), "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
    out.append(buffer);
  } else if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  } else {
    const auto point = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < point) digits.append(point - digits.size(), '0');
    out.append(digits, 0, point);
    if (digits.size() > point) out.append(".").append(digits, point);
  }
}

bool append_special(std::string& out, double value) {
  if (std::isnan(value)) {
    out.append("nan");
  } else if (std::isinf(value)) {
    out.append(value < 0 ? "-inf" : "inf");
  } else {
    return false;
  }
  return true;
}

void append_point_zero(std::string& out, std::size_t start) {
  if (out.find_first_of(".e", start) == std::string::npos) out.append(".0");
}

}  // namespace

void append_complex_part(std::string& out, double value) {
  if (!append_special(out, value)) append_shortest(out, value);
}

void append_float_repr(std::string& out, double value) {
  if (append_special(out, value)) return;
  const std::size_t start = out.size();
  append_shortest(out, value);
  append_point_zero(out, start);
}

std::string float_repr(double value) {
  std::string out;
  append_float_repr(out, value);
  return out;
}

std::string float_repr_17(double value) {
  std::string out;
  if (append_special(out, value)) return out;
  char buffer[40];
  std::snprintf(buffer, sizeof(buffer), "%.17g", value);
  out = buffer;
  append_point_zero(out, 0);
  return out;
}

void append_complex_repr(std::string& out, double real, double imag) {
  if (real == 0.0 && !std::signbit(real)) {
    append_complex_part(out, imag);
    out.push_back('j');
    return;
  }
  out.push_back('(');
  append_complex_part(out, real);
  const std::size_t start = out.size();
  append_complex_part(out, imag);
  if (out[start] != '-') out.insert(start, 1, '+');
  out.append("j)");
}

std::optional<double> parse_float(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto answer = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  if (answer.ptr != text.data() + text.size() || text.empty()) return std::nullopt;
  if (answer.ec != std::errc{} && answer.ec != std::errc::result_out_of_range) return std::nullopt;
  return value;
}

}  // namespace ouro::support
