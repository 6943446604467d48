#include "compile/fold_numbers.h"

#include <cerrno>
#include <cmath>

namespace ouro::compile {

// CPython 3.13 Objects/floatobject.c _float_div_mod.
double float_floor_divide(double a, double b) {
  double mod = std::fmod(a, b);
  double quotient = (a - mod) / b;
  if (mod != 0 && (b < 0) != (mod < 0)) quotient -= 1.0;
  if (quotient == 0) return std::copysign(0.0, a / b);
  double floored = std::floor(quotient);
  if (quotient - floored > 0.5) floored += 1.0;
  return floored;
}

double float_modulo(double a, double b) {
  double mod = std::fmod(a, b);
  if (mod == 0) return std::copysign(0.0, b);
  if ((b < 0) != (mod < 0)) mod += b;
  return mod;
}

namespace {

bool is_odd_integer(double x) { return std::fmod(std::fabs(x), 2.0) == 1.0; }

// The cases that libm's pow need not get right everywhere; nullopt when none applies.
std::optional<double> special_power(double x, double y) {
  if (y == 0) return 1.0;
  if (std::isnan(x)) return x;
  if (std::isnan(y)) return x == 1.0 ? 1.0 : y;
  if (std::isinf(y)) {
    x = std::fabs(x);
    if (x == 1.0) return 1.0;
    return (y > 0) == (x > 1.0) ? std::fabs(y) : 0.0;
  }
  if (std::isinf(x)) {
    const bool odd = is_odd_integer(y);
    if (y > 0) return odd ? x : std::fabs(x);
    return odd ? std::copysign(0.0, x) : 0.0;
  }
  if (x == 0 && y > 0) return is_odd_integer(y) ? x : 0.0;
  return std::nullopt;
}

}  // namespace

// CPython 3.13 Objects/floatobject.c float_pow.
std::optional<FloatPower> float_power(double x, double y) {
  if (const auto special = special_power(x, y)) return FloatPower{*special, 0.0, false};
  if (x == 0) return std::nullopt;
  bool negate = false;
  if (x < 0) {
    if (y != std::floor(y)) {
      const auto value = complex_power({x, 0.0}, {y, 0.0});
      if (!value) return std::nullopt;
      return FloatPower{value->real, value->imag, true};
    }
    x = -x;
    negate = is_odd_integer(y);
  }
  if (x == 1.0) return FloatPower{negate ? -1.0 : 1.0, 0.0, false};
  const double result = std::pow(x, y);
  if (std::isinf(result)) return std::nullopt;
  return FloatPower{negate ? -result : result, 0.0, false};
}

ComplexValue complex_multiply(const ComplexValue& a, const ComplexValue& b) {
  return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}

// CPython 3.13 Objects/complexobject.c _Py_c_quot.
std::optional<ComplexValue> complex_divide(const ComplexValue& a, const ComplexValue& b) {
  const double abs_real = std::fabs(b.real);
  const double abs_imag = std::fabs(b.imag);
  if (abs_real >= abs_imag) {
    if (abs_real == 0) return std::nullopt;
    const double ratio = b.imag / b.real;
    const double denominator = b.real + b.imag * ratio;
    return ComplexValue{(a.real + a.imag * ratio) / denominator, (a.imag - a.real * ratio) / denominator};
  }
  if (abs_imag >= abs_real) {
    const double ratio = b.real / b.imag;
    const double denominator = b.real * ratio + b.imag;
    return ComplexValue{(a.real * ratio + a.imag) / denominator, (a.imag * ratio - a.real) / denominator};
  }
  return ComplexValue{std::nan(""), std::nan("")};
}

namespace {

ComplexValue unsigned_power(const ComplexValue& x, long n) {
  ComplexValue result{1.0, 0.0};
  ComplexValue power = x;
  for (long mask = 1; mask > 0 && n >= mask; mask <<= 1) {
    if ((n & mask) != 0) result = complex_multiply(result, power);
    power = complex_multiply(power, power);
  }
  return result;
}

// CPython's _Py_c_pow.
std::optional<ComplexValue> polar_power(const ComplexValue& a, const ComplexValue& b) {
  if (b.real == 0 && b.imag == 0) return ComplexValue{1.0, 0.0};
  if (a.real == 0 && a.imag == 0) {
    if (b.imag != 0 || b.real < 0) return std::nullopt;
    return ComplexValue{0.0, 0.0};
  }
  const double absolute = std::hypot(a.real, a.imag);
  double length = std::pow(absolute, b.real);
  const double angle = std::atan2(a.imag, a.real);
  double phase = angle * b.real;
  if (b.imag != 0) {
    length *= std::exp(-angle * b.imag);
    phase += b.imag * std::log(absolute);
  }
  return ComplexValue{length * std::cos(phase), length * std::sin(phase)};
}

}  // namespace

// CPython 3.13 Objects/complexobject.c complex_pow.
std::optional<ComplexValue> complex_power(const ComplexValue& a, const ComplexValue& b) {
  std::optional<ComplexValue> result;
  if (b.imag == 0 && b.real == std::floor(b.real) && std::fabs(b.real) <= 100.0) {
    const long n = static_cast<long>(b.real);
    result = n > 0 ? std::optional(unsigned_power(a, n)) : complex_divide({1.0, 0.0}, unsigned_power(a, -n));
  } else {
    result = polar_power(a, b);
  }
  if (result && (std::isinf(result->real) || std::isinf(result->imag))) return std::nullopt;
  return result;
}

}  // namespace ouro::compile
