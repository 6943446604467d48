// Float and complex arithmetic with CPython's corner cases.
#pragma once

#include <optional>

namespace ouro::compile {

struct ComplexValue {
  double real;
  double imag;
};

/// x ** y of floats: a float, or a complex number where x is negative and y is no integer.
struct FloatPower {
  double real;
  double imag;
  bool is_complex;
};

/// Python's float // and %. `b` must not be zero.
double float_floor_divide(double a, double b);
double float_modulo(double a, double b);
/// nullopt where Python raises ZeroDivisionError or OverflowError.
std::optional<FloatPower> float_power(double x, double y);

ComplexValue complex_multiply(const ComplexValue& a, const ComplexValue& b);
/// nullopt for division by zero.
std::optional<ComplexValue> complex_divide(const ComplexValue& a, const ComplexValue& b);
/// nullopt where Python raises ZeroDivisionError or OverflowError.
std::optional<ComplexValue> complex_power(const ComplexValue& a, const ComplexValue& b);

}  // namespace ouro::compile
