// float: rounding to digits, hexadecimal text. CPython 3.13 Objects/floatobject.c.
#include "vm/objects/float_parts.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "vm/objects/exception.h"
#include "vm/objects/number_text.h"
#include "vm/objects/str.h"
#include "vm/core/protocol.h"

namespace ouro::vm {

// The decimal expansion rounded half to even is what printf writes; reading it back rounds once more to the nearest
// double, as CPython's double_round does with its dtoa.
double round_to_digits(double x, int digits) {
  std::array<char, 800> buffer{};
  if (digits >= 0) {
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x, std::chars_format::fixed, digits).ptr;
    double out = 0;
    std::from_chars(buffer.data(), end, out);
    return out;
  }
  // Before the point: the digits of the whole number, which a double of that size has exactly in the text.
  int exponent = x == 0.0 ? 0 : static_cast<int>(std::floor(std::log10(std::fabs(x))));
  // floor(log10) may be off by one near powers of ten: let the text say it.
  std::array<char, 40> probe{};
  const auto probe_end =
      std::to_chars(probe.data(), probe.data() + probe.size(), std::fabs(x), std::chars_format::scientific, 17).ptr;
  const std::string_view text(probe.data(), static_cast<std::size_t>(probe_end - probe.data()));
  const std::size_t e = text.find('e');
  if (e != std::string_view::npos) {
    const char* first = text.data() + e + 1;
    if (*first == '+') ++first;
    std::from_chars(first, text.data() + text.size(), exponent);
  }
  const int precision = exponent + digits;  // digits behind the first one that stay
  if (precision < -1) return std::copysign(0.0, x);
  if (precision == -1) {
    // Only the first digit decides: more than half a unit rounds up, exactly half to even, which is zero.
    const double unit = std::pow(10.0, -digits);
    return std::copysign(std::fabs(x) > unit / 2 ? unit : 0.0, x);
  }
  const auto rounded_end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), x, std::chars_format::scientific, precision).ptr;
  double out = 0;
  const auto result = std::from_chars(buffer.data(), rounded_end, out);
  if (result.ec == std::errc::result_out_of_range) return std::copysign(std::numeric_limits<double>::infinity(), x);
  return out;
}

std::string float_hex_text(double x) {
  if (!std::isfinite(x)) return std::isnan(x) ? "nan" : (x < 0 ? "-inf" : "inf");
  const std::string sign = std::signbit(x) ? "-" : "";
  if (x == 0.0) return sign + "0x0.0p+0";
  int exponent = 0;
  double fraction = std::frexp(std::fabs(x), &exponent);
  const int shift = 1 - std::max(std::numeric_limits<double>::min_exponent - exponent, 0);
  fraction = std::ldexp(fraction, shift);
  exponent -= shift;
  std::string out = sign + "0x";
  const auto digit = [&fraction] {
    const int value = static_cast<int>(fraction);
    fraction = (fraction - value) * 16.0;
    return "0123456789abcdef"[value];
  };
  out += digit();
  out += '.';
  for (int i = 0; i < 13; ++i) out += digit();
  out += exponent < 0 ? "p-" : "p+";
  return out + std::to_string(std::abs(exponent));
}

HexResult float_parse_hex(std::string_view text, double& out) {
  text = strip_ascii_space(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (lower == "inf" || lower == "infinity" || lower == "nan") {
    out = lower == "nan" ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    if (negative) out = -out;
    return HexResult::Ok;
  }
  std::string_view rest = lower;
  if (rest.substr(0, 2) == "0x") rest.remove_prefix(2);
  const auto hex = [](char c) { return c >= '0' && c <= '9' ? c - '0' : (c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1); };
  std::string digits;
  std::int64_t point = -1;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (rest[i] == '.' && point < 0) {
      point = static_cast<std::int64_t>(digits.size());
    } else if (hex(rest[i]) >= 0) {
      digits.push_back(rest[i]);
    } else {
      break;
    }
  }
  if (digits.empty()) return HexResult::Malformed;
  const std::int64_t behind = point < 0 ? 0 : static_cast<std::int64_t>(digits.size()) - point;
  std::int64_t exponent = 0;
  if (i < rest.size()) {
    if (rest[i] != 'p') return HexResult::Malformed;
    ++i;
    bool minus = false;
    if (i < rest.size() && (rest[i] == '+' || rest[i] == '-')) minus = rest[i++] == '-';
    if (i == rest.size()) return HexResult::Malformed;
    for (; i < rest.size(); ++i) {
      if (rest[i] < '0' || rest[i] > '9') return HexResult::Malformed;
      if (exponent < 1'000'000'000'000) exponent = exponent * 10 + (rest[i] - '0');
    }
    if (minus) exponent = -exponent;
  }
  // The first 64 significant bits and whether anything follows decide the rounding.
  std::size_t lead = 0;
  while (lead < digits.size() && digits[lead] == '0') ++lead;
  if (lead == digits.size()) {
    out = negative ? -0.0 : 0.0;
    return HexResult::Ok;
  }
  std::uint64_t top = 0;
  std::size_t used = lead;
  while (used < digits.size() && (top >> 60U) == 0) top = (top << 4U) | static_cast<std::uint64_t>(hex(digits[used++]));
  bool sticky = false;
  for (std::size_t k = used; k < digits.size(); ++k) sticky = sticky || digits[k] != '0';
  std::int64_t scale = exponent - 4 * behind + 4 * static_cast<std::int64_t>(digits.size() - used);
  const int zeros = __builtin_clzll(top);
  top <<= static_cast<unsigned>(zeros);
  scale -= zeros;  // value = top * 2^scale, top has 64 bits
  if (scale + 64 > 1024) return HexResult::Overflow;
  std::int64_t lose = 11;
  if (scale + 11 < -1074) lose = -1074 - scale;
  std::uint64_t mantissa = 0;
  if (lose <= 64) {
    const std::uint64_t half = std::uint64_t{1} << static_cast<unsigned>(lose - 1);
    mantissa = lose == 64 ? 0 : top >> static_cast<unsigned>(lose);
    const std::uint64_t remainder = lose == 64 ? top : top & ((std::uint64_t{1} << static_cast<unsigned>(lose)) - 1);
    if (remainder > half || (remainder == half && (sticky || (mantissa & 1U) != 0))) ++mantissa;
  }
  out = mantissa == 0 ? 0.0 : std::ldexp(static_cast<double>(mantissa), static_cast<int>(scale + lose));
  if (std::isinf(out)) return HexResult::Overflow;
  if (negative) out = -out;
  return HexResult::Ok;
}

Failed raise_with_errno_range(Vm& vm) {
  const Ref text = new_str_latin1(vm, "Numerical result out of range");
  if (!text) return kFailed;
  const Ref error = call(vm, vm.exc.OverflowError, {Value::small(34), text.get()});
  if (error) raise_instance(vm, error);
  return kFailed;
}

}  // namespace ouro::vm
