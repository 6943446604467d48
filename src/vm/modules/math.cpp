// math: functions of one or two floats. CPython 3.13 Modules/mathmodule.c for special cases and errors.
#include <cerrno>
#include <cmath>
#include <limits>
#include <numbers>

#include "vm/modules/math/math_functions.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/int_view.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Failed domain_error(Vm& vm) { return raise(vm, vm.exc.ValueError, "math domain error"); }
Failed range_error(Vm& vm) { return raise(vm, vm.exc.OverflowError, "math range error"); }

/// A result that is no number from one that is: outside the domain. An infinite one from a finite argument: overflow, or,
/// for functions that cannot overflow, a pole.
template <double (*kFunction)(double), bool kCanOverflow>
Ref one_float(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  const double r = kFunction(x);
  if (std::isnan(r) && !std::isnan(x)) return domain_error(vm);
  if (std::isinf(r) && std::isfinite(x)) {
    if (kCanOverflow) return range_error(vm);
    return domain_error(vm);
  }
  return new_float(vm, r);
}

double log1p_exact(double x) { return x == 0.0 ? x : std::log1p(x); }
double atanh_exact(double x) { return std::fabs(x) > 1.0 ? kNan : std::atanh(x); }
double acosh_exact(double x) { return x < 1.0 ? kNan : std::acosh(x); }
double fabs_exact(double x) { return std::fabs(x); }
double sin_exact(double x) { return std::sin(x); }
double cos_exact(double x) { return std::cos(x); }
double tan_exact(double x) { return std::tan(x); }
double asin_exact(double x) { return std::asin(x); }
double acos_exact(double x) { return std::acos(x); }
double atan_exact(double x) { return std::atan(x); }
double sinh_exact(double x) { return std::sinh(x); }
double cosh_exact(double x) { return std::cosh(x); }
double tanh_exact(double x) { return std::tanh(x); }
double asinh_exact(double x) { return std::asinh(x); }
double exp_exact(double x) { return std::exp(x); }
double exp2_exact(double x) { return std::exp2(x); }
double expm1_exact(double x) { return std::expm1(x); }
double sqrt_exact(double x) { return std::sqrt(x); }
double cbrt_exact(double x) { return std::cbrt(x); }
double erf_exact(double x) { return std::erf(x); }
double erfc_exact(double x) { return std::erfc(x); }

/// A call of floor, ceil or trunc: the special method, else the float's.
template <double (*kFunction)(double)>
Ref to_whole(Vm& vm, Value argument, StrObject* name) {
  if (!is_exact_float(vm, argument)) {
    Ref method;
    VM_CHECK(lookup_special(vm, argument, name, method));
    if (method) return call(vm, method);
  }
  VM_TRY(double x, to_double(vm, argument));
  return new_int_double(vm, kFunction(x));
}
double floor_exact(double x) { return std::floor(x); }
double ceil_exact(double x) { return std::ceil(x); }
Ref math_floor(Vm& vm, Value, Value x) { return to_whole<floor_exact>(vm, x, vm.names.d_floor); }
Ref math_ceil(Vm& vm, Value, Value x) { return to_whole<ceil_exact>(vm, x, vm.names.d_ceil); }
Ref math_trunc(Vm& vm, Value, Value x) {
  if (is_exact_float(vm, x)) return new_int_double(vm, x.as<FloatObject>()->value);
  Ref method;
  VM_CHECK(lookup_special(vm, x, vm.names.d_trunc, method));
  if (!method) return raise(vm, vm.exc.TypeError, "type {} doesn't define __trunc__ method", type_name(vm, x));
  return call(vm, method);
}

/// A logarithm; ints of any size by their mantissa and exponent. False: an exception is set.
template <double (*kFunction)(double)>
bool log_of(Vm& vm, Value argument, double two, double& out) {
  if (is_int(argument)) {
    if (int_sign(argument) <= 0) return domain_error(vm);
    std::int64_t exponent = 0;
    const double fraction = int_frexp(argument, exponent);
    if (exponent <= 1023) {
      out = kFunction(std::ldexp(fraction, static_cast<int>(exponent)));
    } else {
      out = kFunction(fraction) + two * static_cast<double>(exponent);
    }
    return true;
  }
  VM_TRY(double x, to_double(vm, argument));
  if (std::isnan(x)) {
    out = x;
    return true;
  }
  if (x <= 0.0) return domain_error(vm);
  out = kFunction(x);
  return true;
}
double ln(double x) { return std::log(x); }
double log2_exact(double x) { return std::log2(x); }
double log10_exact(double x) { return std::log10(x); }

Ref math_log(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "math.log() takes no keyword arguments");
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "log expected at least 1 argument, got 0");
  if (call.positional > 2) return raise(vm, vm.exc.TypeError, "log expected at most 2 arguments, got {}", call.positional);
  double x = 0, base = 0;
  VM_CHECK(log_of<ln>(vm, call.values[0], std::numbers::ln2, x));
  if (call.positional == 1) return new_float(vm, x);
  VM_CHECK(log_of<ln>(vm, call.values[1], std::numbers::ln2, base));
  if (base == 0.0) return raise(vm, vm.exc.ZeroDivisionError, "float division by zero");
  return new_float(vm, x / base);
}
Ref math_log2(Vm& vm, Value, Value argument) {
  double x = 0;
  VM_CHECK(log_of<log2_exact>(vm, argument, 1.0, x));
  return new_float(vm, x);
}
Ref math_log10(Vm& vm, Value, Value argument) {
  double x = 0;
  VM_CHECK(log_of<log10_exact>(vm, argument, std::log10(2.0), x));
  return new_float(vm, x);
}

Ref math_gamma(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  if (std::isnan(x) || x == kInfinity) return new_float(vm, x);
  if (x == 0.0 || x == -kInfinity || (x < 0 && x == std::floor(x))) return domain_error(vm);
  double r = lanczos_gamma(x);
  // Whole arguments have whole results, which CPython gives exactly up to 23!.
  if (x == std::floor(x) && x >= 1 && x <= 23) {
    r = 1;
    for (int i = 2; i < static_cast<int>(x); ++i) r *= i;
  }
  if (std::isinf(r)) return range_error(vm);
  return new_float(vm, r);
}
Ref math_lgamma(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  if (std::isnan(x)) return new_float(vm, x);
  if (std::isinf(x)) return new_float(vm, kInfinity);
  if (x == std::floor(x) && x <= 2.0) {
    if (x <= 0.0) return domain_error(vm);
    return new_float(vm, 0.0);
  }
  const double r = lanczos_log_gamma(x);
  if (std::isinf(r)) return range_error(vm);
  return new_float(vm, r);
}

bool two_numbers(Vm& vm, Args& args, double& x, double& y) {
  VM_TRY(x, to_double(vm, args[0]));
  VM_TRY(y, to_double(vm, args[1]));
  return true;
}
Ref math_atan2(Vm& vm, Value, Args& args) {
  double y = 0, x = 0;
  VM_CHECK(two_numbers(vm, args, y, x));
  return new_float(vm, std::atan2(y, x));
}
Ref math_copysign(Vm& vm, Value, Args& args) {
  double x = 0, y = 0;
  VM_CHECK(two_numbers(vm, args, x, y));
  return new_float(vm, std::copysign(x, y));
}
Ref math_fmod(Vm& vm, Value, Args& args) {
  double x = 0, y = 0;
  VM_CHECK(two_numbers(vm, args, x, y));
  if (std::isinf(y) && std::isfinite(x)) return new_float(vm, x);
  const double r = std::fmod(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return domain_error(vm);
  return new_float(vm, r);
}
Ref math_remainder(Vm& vm, Value, Args& args) {
  double x = 0, y = 0;
  VM_CHECK(two_numbers(vm, args, x, y));
  const double r = std::remainder(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return domain_error(vm);
  return new_float(vm, r);
}
Ref math_pow(Vm& vm, Value, Args& args) {
  double x = 0, y = 0;
  VM_CHECK(two_numbers(vm, args, x, y));
  const double r = std::pow(x, y);
  if (std::isfinite(x) && std::isfinite(y)) {
    if (std::isnan(r)) return domain_error(vm);
    if (std::isinf(r)) {
      if (x == 0.0) return domain_error(vm);
      return range_error(vm);
    }
  }
  return new_float(vm, r);
}
Ref math_ldexp(Vm& vm, Value, Args& args) {
  VM_TRY(double x, to_double(vm, args[0]));
  if (!is_int(args[1])) return raise(vm, vm.exc.TypeError, "Expected an int as second argument to ldexp.");
  const std::optional<std::int64_t> given = int_to_int64(args[1]);
  std::int64_t exponent = given.value_or(int_sign(args[1]) < 0 ? INT64_MIN : INT64_MAX);
  if (x == 0.0 || !std::isfinite(x)) return new_float(vm, x);
  if (exponent > 100000) return range_error(vm);
  if (exponent < -100000) return new_float(vm, std::copysign(0.0, x));
  const double r = std::ldexp(x, static_cast<int>(exponent));
  if (std::isinf(r)) return range_error(vm);
  return new_float(vm, r);
}
Ref math_frexp(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  int exponent = 0;
  if (std::isfinite(x) && x != 0.0) x = std::frexp(x, &exponent);
  VM_TRY(Ref fraction, new_float(vm, x));
  return new_tuple(vm, {fraction.get(), Value::small(exponent)});
}
Ref math_modf(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  double whole = 0;
  const double part = std::modf(x, &whole);
  VM_TRY(Ref a, new_float(vm, part));
  VM_TRY(Ref b, new_float(vm, whole));
  return new_tuple(vm, {a.get(), b.get()});
}
Ref math_isfinite(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  return Ref::boolean(std::isfinite(x));
}
Ref math_isinf(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  return Ref::boolean(std::isinf(x));
}
Ref math_isnan(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  return Ref::boolean(std::isnan(x));
}
Ref math_degrees(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  return new_float(vm, x * (180.0 / std::numbers::pi));
}
Ref math_radians(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  return new_float(vm, x * (std::numbers::pi / 180.0));
}
Ref math_isclose(Vm& vm, Value, Args& args) {
  double a = 0, b = 0;
  VM_CHECK(two_numbers(vm, args, a, b));
  VM_TRY(double relative, args.number(vm, 2, 1e-9));
  VM_TRY(double absolute_tolerance, args.number(vm, 3, 0.0));
  if (relative < 0.0 || absolute_tolerance < 0.0) return raise(vm, vm.exc.ValueError, "tolerances must be non-negative");
  if (a == b) return Ref::boolean(true);
  if (std::isinf(a) || std::isinf(b)) return Ref::boolean(false);
  const double difference = std::fabs(b - a);
  return Ref::boolean(difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) ||
                      difference <= absolute_tolerance);
}
Ref math_fma(Vm& vm, Value, Args& args) {
  double x = 0, y = 0;
  VM_CHECK(two_numbers(vm, args, x, y));
  VM_TRY(double z, to_double(vm, args[2]));
  const double r = std::fma(x, y, z);
  if (std::isfinite(r)) return new_float(vm, r);
  if (std::isnan(r)) {
    if (!std::isnan(x) && !std::isnan(y) && !std::isnan(z)) return raise(vm, vm.exc.ValueError, "invalid operation in fma");
  } else if (std::isfinite(x) && std::isfinite(y) && std::isfinite(z)) {
    return raise(vm, vm.exc.OverflowError, "overflow in fma");
  }
  return new_float(vm, r);
}
Ref math_nextafter(Vm& vm, Value, Args& args) {
  double x = 0, y = 0;
  VM_CHECK(two_numbers(vm, args, x, y));
  if (!args.has(2)) return new_float(vm, std::nextafter(x, y));
  VM_TRY(Ref index, to_index(vm, args[2]));
  if (int_sign(index) < 0) return raise(vm, vm.exc.ValueError, "steps must be a non-negative integer");
  // More steps than there are doubles end at y.
  std::uint64_t steps = int_to_uint64(index).value_or(UINT64_MAX);
  if (steps == 0 || x == y) return new_float(vm, steps == 0 ? x : y);
  if (std::isnan(x)) return new_float(vm, x);
  if (std::isnan(y)) return new_float(vm, y);
  // Doubles in order are their bits, with the sign's half turned round.
  const auto position = [](double value) {
    const auto bits = std::bit_cast<std::int64_t>(value);
    return bits < 0 ? -(bits & INT64_MAX) : bits;
  };
  const std::int64_t from = position(x), to = position(y);
  const std::uint64_t distance = from < to ? static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)
                                           : static_cast<std::uint64_t>(from) - static_cast<std::uint64_t>(to);
  if (steps >= distance) return new_float(vm, y);
  const std::int64_t at = from < to ? static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + steps)
                                    : static_cast<std::int64_t>(static_cast<std::uint64_t>(from) - steps);
  if (at == 0) return new_float(vm, from < 0 ? -0.0 : 0.0);
  const double size = std::bit_cast<double>(at < 0 ? -at : at);
  return new_float(vm, at < 0 ? -size : size);
}
Ref math_ulp(Vm& vm, Value, Value argument) {
  VM_TRY(double x, to_double(vm, argument));
  if (std::isnan(x)) return new_float(vm, x);
  x = std::fabs(x);
  if (std::isinf(x)) return new_float(vm, x);
  const double above = std::nextafter(x, kInfinity);
  if (std::isinf(above)) return new_float(vm, x - std::nextafter(x, -kInfinity));
  return new_float(vm, above - x);
}

constexpr MethodSpec kFunctions[] = {
    {"acos($module, x, /)", one_float<acos_exact, false>, "Arc cosine, in radians from 0 to pi."},
    {"acosh($module, x, /)", one_float<acosh_exact, false>, "Inverse hyperbolic cosine."},
    {"asin($module, x, /)", one_float<asin_exact, false>, "Arc sine, in radians from -pi/2 to pi/2."},
    {"asinh($module, x, /)", one_float<asinh_exact, false>, "Inverse hyperbolic sine."},
    {"atan($module, x, /)", one_float<atan_exact, false>, "Arc tangent, in radians from -pi/2 to pi/2."},
    {"atan2($module, y, x, /)", math_atan2, "Arc tangent of y/x in the right quadrant."},
    {"atanh($module, x, /)", one_float<atanh_exact, false>, "Inverse hyperbolic tangent."},
    {"cbrt($module, x, /)", one_float<cbrt_exact, false>, "Cube root."},
    {"ceil($module, x, /)", math_ceil, "The least int not below x."},
    {"copysign($module, x, y, /)", math_copysign, "x with the sign of y."},
    {"cos($module, x, /)", one_float<cos_exact, false>, "Cosine of radians."},
    {"cosh($module, x, /)", one_float<cosh_exact, true>, "Hyperbolic cosine."},
    {"degrees($module, x, /)", math_degrees, "Radians in degrees."},
    {"erf($module, x, /)", one_float<erf_exact, false>, "Error function."},
    {"erfc($module, x, /)", one_float<erfc_exact, false>, "Complementary error function."},
    {"exp($module, x, /)", one_float<exp_exact, true>, "e to the power of x."},
    {"exp2($module, x, /)", one_float<exp2_exact, true>, "2 to the power of x."},
    {"expm1($module, x, /)", one_float<expm1_exact, true>, "exp(x) - 1, exact for small x."},
    {"fabs($module, x, /)", one_float<fabs_exact, false>, "The absolute value as a float."},
    {"floor($module, x, /)", math_floor, "The greatest int not above x."},
    {"fma($module, x, y, z, /)", math_fma, "x * y + z, rounded once."},
    {"fmod($module, x, y, /)", math_fmod, "Remainder of x/y with the sign of x."},
    {"frexp($module, x, /)", math_frexp, "Mantissa and exponent of x."},
    {"gamma($module, x, /)", math_gamma, "Gamma function."},
    {"isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", math_isclose, "Whether two numbers are near each other."},
    {"isfinite($module, x, /)", math_isfinite, "Whether x is neither infinite nor no number."},
    {"isinf($module, x, /)", math_isinf, "Whether x is infinite."},
    {"isnan($module, x, /)", math_isnan, "Whether x is no number."},
    {"ldexp($module, x, i, /)", math_ldexp, "x * 2**i."},
    {"lgamma($module, x, /)", math_lgamma, "Logarithm of the gamma function's absolute value."},
    {"log", math_log, "log(x, [base=math.e])\n\nThe logarithm of x."},
    {"log10($module, x, /)", math_log10, "The logarithm of x to base 10."},
    {"log1p($module, x, /)", one_float<log1p_exact, false>, "log(1 + x), exact for small x."},
    {"log2($module, x, /)", math_log2, "The logarithm of x to base 2."},
    {"modf($module, x, /)", math_modf, "What stands behind and before the point."},
    {"nextafter($module, x, y, /, *, steps=None)", math_nextafter, "The float so many steps after x towards y."},
    {"pow($module, x, y, /)", math_pow, "x to the power of y, as floats."},
    {"radians($module, x, /)", math_radians, "Degrees in radians."},
    {"remainder($module, x, y, /)", math_remainder, "Difference of x from the nearest multiple of y."},
    {"sin($module, x, /)", one_float<sin_exact, false>, "Sine of radians."},
    {"sinh($module, x, /)", one_float<sinh_exact, true>, "Hyperbolic sine."},
    {"sqrt($module, x, /)", one_float<sqrt_exact, false>, "Square root."},
    {"tan($module, x, /)", one_float<tan_exact, false>, "Tangent of radians."},
    {"tanh($module, x, /)", one_float<tanh_exact, false>, "Hyperbolic tangent."},
    {"trunc($module, x, /)", math_trunc, "x without what stands behind the point."},
    {"ulp($module, x, /)", math_ulp, "What the last bit of x is worth."},
};

bool fill(Vm& vm, ModuleObject* module) {
  VM_CHECK(set_module_attribute(vm, module, "pi", new_float(vm, std::numbers::pi)));
  VM_CHECK(set_module_attribute(vm, module, "e", new_float(vm, std::numbers::e)));
  VM_CHECK(set_module_attribute(vm, module, "tau", new_float(vm, 2 * std::numbers::pi)));
  VM_CHECK(set_module_attribute(vm, module, "inf", new_float(vm, kInfinity)));
  VM_CHECK(set_module_attribute(vm, module, "nan", new_float(vm, kNan)));
  VM_TRY(StrObject * name, vm.intern("math"));
  for (const auto functions : {math_integer_functions(), math_sum_functions()}) {
    for (const MethodSpec& spec : functions) {
      VM_TRY(Ref function, new_native_function(vm, spec, module, name));
      const std::string_view signature = spec.signature;
      VM_CHECK(set_module_attribute(vm, module, signature.substr(0, signature.find('(')), std::move(function)));
    }
  }
  return true;
}

}  // namespace

const ModuleSpec& math_module() {
  static const ModuleSpec spec = {
      .name = "math",
      .doc = "The mathematical functions of the C standard, and some more.",
      .functions = kFunctions,
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
