// math: sums and products over iterables. CPython 3.13 Modules/mathmodule.c.
#include <cmath>
#include <vector>

#include "vm/modules/math/math_functions.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

// Shewchuk's exact sum: `partials` do not overlap and add up to the sum so far.
Ref math_fsum(Vm& vm, Value, Value iterable) {
  std::vector<double> partials;
  double special = 0, infinities = 0;
  VM_CHECK(for_each(vm, iterable, [&](Value item) -> bool {
    VM_TRY(double x, to_double(vm, item));
    VM_CHECK(charge_work(vm, 1 + partials.size() / 4));
    const double given = x;
    std::size_t kept = 0;
    for (double y : partials) {
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      const double high = x + y;
      const double low = y - (high - x);
      if (low != 0.0) partials[kept++] = low;
      x = high;
    }
    partials.resize(kept);
    if (x == 0.0) return true;
    if (!std::isfinite(x)) {
      if (std::isfinite(given)) {
        return raise(vm, vm.exc.OverflowError, "intermediate overflow in fsum");
      }
      if (std::isinf(given)) infinities += given;
      special += given;
      partials.clear();
    } else {
      partials.push_back(x);
    }
    return true;
  }));
  if (special != 0.0 || std::isnan(special)) {
    if (std::isnan(infinities)) return raise(vm, vm.exc.ValueError, "-inf + inf in fsum");
    return new_float(vm, special);
  }
  double high = 0.0;
  std::size_t n = partials.size();
  if (n > 0) {
    high = partials[--n];
    double low = 0.0;
    while (n > 0) {
      const double x = high, y = partials[--n];
      high = x + y;
      low = y - (high - x);
      if (low != 0.0) break;
    }
    // Half-way cases look at what is below: the last bit is rounded to even only when nothing is.
    if (n > 0 && ((low < 0.0 && partials[n - 1] < 0.0) || (low > 0.0 && partials[n - 1] > 0.0))) {
      const double y = low * 2.0, x = high + y;
      if (y == x - high) high = x;
    }
  }
  return new_float(vm, high);
}

Ref math_prod(Vm& vm, Value, Args& args) {
  Ref result = Ref::share(args.get(1, Value::small(1)));
  VM_CHECK(for_each(vm, args[0], [&](Value item) -> bool {
    VM_CHECK(charge_work(vm, 1));
    VM_TRY(result, binary(vm, result, item, BinaryOp::Multiply));
    return true;
  }));
  return result;
}

/// Whether a value may go into a sum of float products.
bool as_float(Vm& vm, Value value, double& out) {
  if (is_exact_float(vm, value)) {
    out = value.as<FloatObject>()->value;
    return true;
  }
  if (value.is_small() || value.is_bool() || is_exact(vm, value, vm.types.int_)) {
    const std::optional<double> converted = int_to_double(vm, value);
    if (!converted) {
      clear_error(vm);
      return false;
    }
    out = *converted;
    return true;
  }
  return false;
}

/// Runs of products with floats are summed in three doubles that do not overlap and rounded once (Ogita, Rump and Oishi:
/// Accurate sum and dot product, 2005).
class FloatProducts {
 public:
  void add(double p, double q) {
    const double product = p * q;
    const double product_low = std::fma(p, q, -product);
    const Pair high = sum(high_, product);
    const Pair low = sum(low_, product_low);
    const Pair middle = sum(low.value, high.error);
    high_ = high.value;
    low_ = middle.value;
    tiny_ += low.error + middle.error;
    plain_ += product;
    used_ = true;
  }
  [[nodiscard]] bool used() const { return used_; }
  [[nodiscard]] double take() {
    const Pair last = sum(low_, tiny_);
    const Pair total = sum(high_, last.value);
    const double exact = total.value + (total.error + last.error);
    const double result = std::isfinite(plain_) ? exact : plain_;
    *this = {};
    return result;
  }

 private:
  struct Pair {
    double value, error;
  };
  static Pair sum(double a, double b) {
    const double x = a + b, z = x - a;
    return {x, (a - (x - z)) + (b - z)};
  }
  double high_ = 0, low_ = 0, tiny_ = 0;
  double plain_ = 0;
  bool used_ = false;
};

Ref math_sumprod(Vm& vm, Value, Args& args) {
  VM_TRY(Ref p, get_iter(vm, args[0]));
  VM_TRY(Ref q, get_iter(vm, args[1]));
  Ref total = Ref::small(0);
  FloatProducts floats;
  const auto flush = [&]() -> bool {
    if (!floats.used()) return true;
    VM_TRY(Ref part, new_float(vm, floats.take()));
    VM_TRY(total, binary(vm, total, part, BinaryOp::Add));
    return true;
  };
  for (;;) {
    const Ref x = iter_next(vm, p);
    if (!x && has_error(vm)) return {};
    const Ref y = iter_next(vm, q);
    if (!y && has_error(vm)) return {};
    if (static_cast<bool>(x) != static_cast<bool>(y)) return raise(vm, vm.exc.ValueError, "Inputs are not the same length");
    if (!x) break;
    VM_CHECK(charge_work(vm, 2));
    double a = 0, b = 0;
    const bool any_float = is_exact_float(vm, x) || is_exact_float(vm, y);
    if (any_float && as_float(vm, x, a) && as_float(vm, y, b)) {
      floats.add(a, b);
      continue;
    }
    VM_CHECK(flush());
    VM_TRY(Ref product, binary(vm, x, y, BinaryOp::Multiply));
    VM_TRY(total, binary(vm, total, product, BinaryOp::Add));
  }
  VM_CHECK(flush());
  return total;
}

/// Root of the sum of squares, scaled so that nothing overflows and summed with spare precision.
double norm(const std::vector<double>& values) {
  double largest = 0;
  bool no_number = false;
  for (const double value : values) {
    if (std::isinf(value)) return INFINITY;
    no_number = no_number || std::isnan(value);
    largest = std::max(largest, std::fabs(value));
  }
  if (no_number) return NAN;
  if (largest == 0.0) return 0.0;
  if (values.size() == 1) return largest;
  int exponent = 0;
  (void)std::frexp(largest, &exponent);
  __float128 sum = 0;
  for (const double value : values) {
    const auto scaled = static_cast<__float128>(std::ldexp(static_cast<long double>(value), -exponent));
    sum += scaled * scaled;
  }
  // The square root in extended precision, corrected by one step of Newton's.
  const long double root = std::sqrt(static_cast<long double>(sum));
  const __float128 wide = root;
  const __float128 better = wide + (sum - wide * wide) / (2 * wide);
  return static_cast<double>(std::ldexp(static_cast<long double>(better), exponent));
}

Ref math_hypot(Vm& vm, Value, Args& args) {
  std::vector<double> values;
  for (const Value argument : args.rest) {
    VM_TRY(double x, to_double(vm, argument));
    values.push_back(x);
  }
  return new_float(vm, norm(values));
}
Ref math_dist(Vm& vm, Value, Args& args) {
  VM_TRY(Own<TupleObject> p, to_tuple(vm, args[0]));
  VM_TRY(Own<TupleObject> q, to_tuple(vm, args[1]));
  if (p->size != q->size) return raise(vm, vm.exc.ValueError, "both points must have the same number of dimensions");
  std::vector<double> values;
  for (std::size_t i = 0; i < p->size; ++i) {
    VM_TRY(double x, to_double(vm, (*p)[i]));
    VM_TRY(double y, to_double(vm, (*q)[i]));
    values.push_back(std::fabs(x - y));
  }
  return new_float(vm, norm(values));
}

constexpr MethodSpec kFunctions[] = {
    {"dist($module, p, q, /)", math_dist, "Euclidean distance of two points."},
    {"fsum($module, seq, /)", math_fsum, "The sum of floats, rounded once."},
    {"hypot($module, *coordinates)", math_hypot, "hypot(*coordinates) -> value\n\nEuclidean distance from the origin."},
    {"prod($module, iterable, /, *, start=1)", math_prod, "The product of the items."},
    {"sumprod($module, p, q, /)", math_sumprod, "The sum of the products of two iterables' items."},
};

}  // namespace

std::span<const MethodSpec> math_sum_functions() { return kFunctions; }

}  // namespace ouro::vm
