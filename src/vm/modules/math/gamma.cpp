// math: the gamma function by Lanczos' approximation with the coefficients for N = 13 and g = 6.0246... (Boost's), which
// CPython 3.13 Modules/mathmodule.c uses too: results agree to the last bit.
#include <cmath>
#include <numbers>

#include "vm/modules/math/math_functions.h"

namespace ouro::vm {
namespace {

constexpr double kG = 6.024680040776729583740234375;
constexpr double kGMinusHalf = 5.524680040776729583740234375;
constexpr double kLogPi = 1.144729885849400174143427351353058711647;
constexpr double kTop[] = {23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
                           35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
                           6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
                           248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
                           2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
                           8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
                           2.5066282746310002701649081771338373386264310793408};
constexpr double kBottom[] = {0.0,       39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                              2637558.0, 357423.0,   32670.0,     1925.0,      66.0,        1.0};
constexpr int kTerms = 13;

double lanczos_sum(double x) {
  double top = 0, bottom = 0;
  if (x < 5.0) {
    for (int i = kTerms - 1; i >= 0; --i) {
      top = top * x + kTop[i];
      bottom = bottom * x + kBottom[i];
    }
  } else {
    for (int i = 0; i < kTerms; ++i) {
      top = top / x + kTop[i];
      bottom = bottom / x + kBottom[i];
    }
  }
  return top / bottom;
}

double sine_of_pi_times(double x) {
  const double y = std::fmod(std::fabs(x), 2.0);
  double r = 0;
  switch (static_cast<int>(std::round(2.0 * y))) {
    case 0: r = std::sin(std::numbers::pi * y); break;
    case 1: r = std::cos(std::numbers::pi * (y - 0.5)); break;
    case 2: r = std::sin(std::numbers::pi * (1.0 - y)); break;
    case 3: r = -std::cos(std::numbers::pi * (y - 1.5)); break;
    default: r = std::sin(std::numbers::pi * (y - 2.0)); break;
  }
  return std::copysign(1.0, x) * r;
}

}  // namespace

double lanczos_gamma(double x) {
  const double size = std::fabs(x);
  if (size < 1e-20) return 1.0 / x;
  if (size > 200.0) return x < 0.0 ? 0.0 / sine_of_pi_times(x) : HUGE_VAL;
  const double y = size + kGMinusHalf;
  // What the addition lost, to correct the result with.
  double z = 0;
  if (size > kGMinusHalf) {
    const double q = y - size;
    z = q - kGMinusHalf;
  } else {
    const double q = y - kGMinusHalf;
    z = q - size;
  }
  z = z * kG / y;
  double r = 0;
  if (x < 0.0) {
    r = -std::numbers::pi / sine_of_pi_times(size) / size * std::exp(y) / lanczos_sum(size);
    r -= z * r;
    if (size < 140.0) {
      r /= std::pow(y, size - 0.5);
    } else {
      const double half = std::pow(y, size / 2.0 - 0.25);
      r /= half;
      r /= half;
    }
  } else {
    r = lanczos_sum(size) / std::exp(y);
    r += z * r;
    if (size < 140.0) {
      r *= std::pow(y, size - 0.5);
    } else {
      const double half = std::pow(y, size / 2.0 - 0.25);
      r *= half;
      r *= half;
    }
  }
  return r;
}

double lanczos_log_gamma(double x) {
  const double size = std::fabs(x);
  if (size < 1e-20) return -std::log(size);
  double r = std::log(lanczos_sum(size)) - kG;
  r += (size - 0.5) * (std::log(size + kG - 0.5) - 1);
  if (x < 0.0) r = kLogPi - std::log(std::fabs(sine_of_pi_times(size))) - std::log(size) - r;
  return r;
}

}  // namespace ouro::vm
