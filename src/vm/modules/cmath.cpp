// cmath: functions of complex numbers. The formulas are the C library's (C99 annex G says the special values); domain and
// range errors as CPython 3.13 Modules/cmathmodule.c raises them.
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

using Complex = std::complex<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool argument_of(Vm& vm, Value value, Complex& out) {
  double real = 0, imag = 0;
  VM_CHECK(to_complex(vm, value, real, imag));
  out = {real, imag};
  return true;
}
bool is_finite(Complex z) { return std::isfinite(z.real()) && std::isfinite(z.imag()); }
bool is_nan(Complex z) { return std::isnan(z.real()) || std::isnan(z.imag()); }
bool is_infinite(Complex z) { return std::isinf(z.real()) || std::isinf(z.imag()); }
Failed domain_error(Vm& vm) { return raise(vm, vm.exc.ValueError, "math domain error"); }
Failed range_error(Vm& vm) { return raise(vm, vm.exc.OverflowError, "math range error"); }

Complex do_acos(Complex z) { return std::acos(z); }
Complex do_acosh(Complex z) { return std::acosh(z); }
Complex do_asin(Complex z) { return std::asin(z); }
Complex do_asinh(Complex z) { return std::asinh(z); }
Complex do_cos(Complex z) { return std::cos(z); }
Complex do_cosh(Complex z) { return std::cosh(z); }
Complex do_exp(Complex z) { return std::exp(z); }
Complex do_sin(Complex z) { return std::sin(z); }
Complex do_sinh(Complex z) { return std::sinh(z); }
Complex do_sqrt(Complex z) { return std::sqrt(z); }
Complex do_tan(Complex z) { return std::tan(z); }
Complex do_tanh(Complex z) { return std::tanh(z); }

/// An infinite part where the function needs an angle or a period: outside the domain.
template <Complex (*kFunction)(Complex), bool kPeriodReal, bool kPeriodImag>
Ref one(Vm& vm, Value, Value argument) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  const Complex r = kFunction(z);
  if (!is_finite(z)) {
    const bool lost = (kPeriodReal && std::isinf(z.real()) && !std::isnan(z.imag()) && (z.imag() != 0.0 || !kPeriodImag)) ||
                      (kPeriodImag && std::isinf(z.imag()) && !std::isnan(z.real()));
    if (lost && is_nan(r)) return domain_error(vm);
    return new_complex(vm, r.real(), r.imag());
  }
  if (is_nan(r)) return domain_error(vm);
  if (is_infinite(r)) return range_error(vm);
  return new_complex(vm, r.real(), r.imag());
}
Ref cmath_atanh(Vm& vm, Value, Value argument) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  if (z.imag() == 0.0 && std::fabs(z.real()) == 1.0) return domain_error(vm);
  const Complex r = std::atanh(z);
  return new_complex(vm, r.real(), r.imag());
}
Ref cmath_atan(Vm& vm, Value, Value argument) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  if (z.real() == 0.0 && std::fabs(z.imag()) == 1.0) return domain_error(vm);
  const Complex r = std::atan(z);
  return new_complex(vm, r.real(), r.imag());
}

bool log_of(Vm& vm, Value argument, Complex& out) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  if (z.real() == 0.0 && z.imag() == 0.0) return domain_error(vm);
  const double ax = std::fabs(z.real()), ay = std::fabs(z.imag());
  double size = 0;
  if (std::isinf(ax) || std::isinf(ay)) {
    size = kInfinity;
  } else if (ax > 1e300 || ay > 1e300) {
    size = std::log(std::hypot(ax / 2, ay / 2)) + std::numbers::ln2;
  } else if (ax < 1e-300 && ay < 1e-300) {
    size = std::log(std::hypot(std::ldexp(ax, 53), std::ldexp(ay, 53))) - 53 * std::numbers::ln2;
  } else {
    const double h = std::hypot(ax, ay);
    // Near 1 the logarithm of the square, without cancellation.
    if (h >= 0.71 && h <= 1.73) {
      const double large = std::max(ax, ay), small = std::min(ax, ay);
      size = std::log1p((large - 1) * (large + 1) + small * small) / 2;
    } else {
      size = std::log(h);
    }
  }
  out = {size, std::atan2(z.imag(), z.real())};
  return true;
}
Ref cmath_log(Vm& vm, Value, Args& args) {
  Complex x;
  VM_CHECK(log_of(vm, args[0], x));
  if (args.given(1)) {
    Complex base;
    VM_CHECK(log_of(vm, args[1], base));
    VM_TRY(Ref a, new_complex(vm, x.real(), x.imag()));
    VM_TRY(Ref b, new_complex(vm, base.real(), base.imag()));
    return binary(vm, a, b, BinaryOp::TrueDivide);
  }
  return new_complex(vm, x.real(), x.imag());
}
Ref cmath_log10(Vm& vm, Value, Value argument) {
  Complex x;
  VM_CHECK(log_of(vm, argument, x));
  return new_complex(vm, x.real() / std::numbers::ln10, x.imag() / std::numbers::ln10);
}

Ref cmath_phase(Vm& vm, Value, Value argument) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  return new_float(vm, std::atan2(z.imag(), z.real()));
}
Ref cmath_polar(Vm& vm, Value, Value argument) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  const double size = std::hypot(z.real(), z.imag());
  if (std::isinf(size) && is_finite(z)) return range_error(vm);
  VM_TRY(Ref r, new_float(vm, size));
  VM_TRY(Ref phi, new_float(vm, std::atan2(z.imag(), z.real())));
  return new_tuple(vm, {r.get(), phi.get()});
}
Ref cmath_rect(Vm& vm, Value, Args& args) {
  VM_TRY(double r, to_double(vm, args[0]));
  VM_TRY(double phi, to_double(vm, args[1]));
  if (std::isfinite(r) && std::isfinite(phi)) {
    if (phi == 0.0) return new_complex(vm, r, r * phi);
    return new_complex(vm, r * std::cos(phi), r * std::sin(phi));
  }
  if (std::isinf(phi) && r != 0.0 && !std::isnan(r)) return domain_error(vm);
  if (std::isinf(r) && std::isfinite(phi) && phi != 0.0) {
    const double x = std::copysign(kInfinity, std::cos(phi)), y = std::copysign(kInfinity, std::sin(phi));
    return r > 0 ? new_complex(vm, x, y) : new_complex(vm, -x, -y);
  }
  if (std::isinf(r) && phi == 0.0) return new_complex(vm, r, r > 0 ? phi : -phi);
  if (std::isinf(r) && std::isnan(phi)) return new_complex(vm, kInfinity, kNan);
  if (r == 0.0) return new_complex(vm, 0.0, 0.0);
  if (std::isnan(r) && phi == 0.0) return new_complex(vm, r, 0.0);
  return new_complex(vm, kNan, kNan);
}

template <bool (*kTest)(Complex)>
Ref test(Vm& vm, Value, Value argument) {
  Complex z;
  VM_CHECK(argument_of(vm, argument, z));
  return Ref::boolean(kTest(z));
}
Ref cmath_isclose(Vm& vm, Value, Args& args) {
  Complex a, b;
  VM_CHECK(argument_of(vm, args[0], a));
  VM_CHECK(argument_of(vm, args[1], b));
  VM_TRY(double relative, args.number(vm, 2, 1e-9));
  VM_TRY(double absolute_tolerance, args.number(vm, 3, 0.0));
  if (relative < 0.0 || absolute_tolerance < 0.0) return raise(vm, vm.exc.ValueError, "tolerances must be non-negative");
  if (a == b) return Ref::boolean(true);
  if (is_infinite(a) || is_infinite(b)) return Ref::boolean(false);
  const double difference = std::abs(a - b);
  return Ref::boolean(difference <= relative * std::abs(b) || difference <= relative * std::abs(a) ||
                      difference <= absolute_tolerance);
}

constexpr MethodSpec kFunctions[] = {
    {"acos($module, z, /)", one<do_acos, false, false>, "Arc cosine."},
    {"acosh($module, z, /)", one<do_acosh, false, false>, "Inverse hyperbolic cosine."},
    {"asin($module, z, /)", one<do_asin, false, false>, "Arc sine."},
    {"asinh($module, z, /)", one<do_asinh, false, false>, "Inverse hyperbolic sine."},
    {"atan($module, z, /)", cmath_atan, "Arc tangent."},
    {"atanh($module, z, /)", cmath_atanh, "Inverse hyperbolic tangent."},
    {"cos($module, z, /)", one<do_cos, true, false>, "Cosine."},
    {"cosh($module, z, /)", one<do_cosh, false, true>, "Hyperbolic cosine."},
    {"exp($module, z, /)", one<do_exp, false, true>, "e to the power of z."},
    {"isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", cmath_isclose, "Whether two numbers are near each other."},
    {"isfinite($module, z, /)", test<is_finite>, "Whether both parts are finite."},
    {"isinf($module, z, /)", test<is_infinite>, "Whether a part is infinite."},
    {"isnan($module, z, /)", test<is_nan>, "Whether a part is no number."},
    {"log($module, z, base=<unrepresentable>, /)", cmath_log, "Logarithm, natural or to a base."},
    {"log10($module, z, /)", cmath_log10, "Logarithm to base 10."},
    {"phase($module, z, /)", cmath_phase, "The angle of z."},
    {"polar($module, z, /)", cmath_polar, "Length and angle of z."},
    {"rect($module, r, phi, /)", cmath_rect, "The number of a length and an angle."},
    {"sin($module, z, /)", one<do_sin, true, false>, "Sine."},
    {"sinh($module, z, /)", one<do_sinh, false, true>, "Hyperbolic sine."},
    {"sqrt($module, z, /)", one<do_sqrt, false, false>, "Square root."},
    {"tan($module, z, /)", one<do_tan, true, false>, "Tangent."},
    {"tanh($module, z, /)", one<do_tanh, false, true>, "Hyperbolic tangent."},
};

bool fill(Vm& vm, ModuleObject* module) {
  VM_CHECK(set_module_attribute(vm, module, "pi", new_float(vm, std::numbers::pi)));
  VM_CHECK(set_module_attribute(vm, module, "e", new_float(vm, std::numbers::e)));
  VM_CHECK(set_module_attribute(vm, module, "tau", new_float(vm, 2 * std::numbers::pi)));
  VM_CHECK(set_module_attribute(vm, module, "inf", new_float(vm, kInfinity)));
  VM_CHECK(set_module_attribute(vm, module, "nan", new_float(vm, kNan)));
  VM_CHECK(set_module_attribute(vm, module, "infj", new_complex(vm, 0.0, kInfinity)));
  return set_module_attribute(vm, module, "nanj", new_complex(vm, 0.0, kNan));
}

}  // namespace

const ModuleSpec& cmath_module() {
  static const ModuleSpec spec = {
      .name = "cmath", .doc = "Mathematical functions of complex numbers.", .functions = kFunctions, .fill = fill};
  return spec;
}

}  // namespace ouro::vm
