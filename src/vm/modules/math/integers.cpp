// math: functions of ints. CPython 3.13 Modules/mathmodule.c; the work is GMP's.
#include <gmp.h>

#include <cmath>

#include "vm/modules/math/math_functions.h"
#include "vm/objects/int.h"
#include "vm/objects/int_view.h"

namespace ouro::vm {
namespace {

/// Looks at an int as a GMP number.
class Number {
 public:
  explicit Number(Value value) : view_(value) {
    const auto size = static_cast<mp_size_t>(view_.size());
    mpz_roinit_n(number_, view_.limbs(), view_.negative() ? -size : size);
  }
  [[nodiscard]] mpz_srcptr get() const { return number_; }

 private:
  IntView view_;
  mpz_t number_;
};
/// A GMP result.
class Result {
 public:
  Result() { mpz_init(number_); }
  ~Result() { mpz_clear(number_); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;
  [[nodiscard]] mpz_ptr get() { return number_; }
  [[nodiscard]] Ref value(Vm& vm) const {
    return new_int_limbs(vm, {mpz_limbs_read(number_), mpz_size(number_)}, mpz_sgn(number_) < 0);
  }

 private:
  mpz_t number_;
};

Ref index_of(Vm& vm, Value value) {
  VM_TRY(Ref index, to_index(vm, value));
  return int_plain(vm, index);
}
Ref magnitude(Vm& vm, Value value) {
  VM_TRY(Ref index, index_of(vm, value));
  return int_sign(index) < 0 ? int_negative(vm, index) : std::move(index);
}
bool charge_pair(Vm& vm, Value a, Value b) {
  const std::size_t x = int_bit_length(a) / 64, y = int_bit_length(b) / 64;
  return charge_work(vm, (x < 1000 ? x * y : (x + y) * 500) / 4 + 1);
}

Ref math_gcd(Vm& vm, Value, Args& args) {
  Ref result = Ref::small(0);
  for (const Value argument : args.rest) {
    VM_TRY(Ref next, magnitude(vm, argument));
    if (result.get() == Value::small(1)) continue;
    VM_CHECK(charge_pair(vm, result, next));
    Result gcd;
    {
      const Number a(result), b(next);
      mpz_gcd(gcd.get(), a.get(), b.get());
    }
    VM_TRY(result, gcd.value(vm));
  }
  return result;
}
Ref math_lcm(Vm& vm, Value, Args& args) {
  Ref result = Ref::small(1);
  for (const Value argument : args.rest) {
    VM_TRY(Ref next, magnitude(vm, argument));
    VM_CHECK(charge_pair(vm, result, next));
    Result lcm;
    {
      const Number a(result), b(next);
      mpz_lcm(lcm.get(), a.get(), b.get());
    }
    VM_TRY(result, lcm.value(vm));
  }
  return result;
}

Ref math_factorial(Vm& vm, Value, Value argument) {
  VM_TRY(Ref n, index_of(vm, argument));
  if (int_sign(n) < 0) return raise(vm, vm.exc.ValueError, "factorial() not defined for negative values");
  const std::optional<std::int64_t> number = int_to_int64(n);
  if (!number) return raise(vm, vm.exc.OverflowError, "factorial() argument should not exceed {}", INT64_MAX);
  const auto x = static_cast<double>(*number);
  const double bits = x < 3 ? 2 : x * (std::log2(x) - 1.4);
  if (bits > static_cast<double>(kMostLimbs) * 64 || !vm.heap.has_room(static_cast<std::size_t>(bits) / 2)) {
    return raise_memory_error(vm);
  }
  VM_CHECK(charge_work(vm, static_cast<std::uint64_t>(bits) / 16));
  Result result;
  mpz_fac_ui(result.get(), static_cast<unsigned long>(*number));
  return result.value(vm);
}

Ref math_perm(Vm& vm, Value, Args& args) {
  if (!args.has(1)) return math_factorial(vm, kNone, args[0]);
  VM_TRY(Ref n, index_of(vm, args[0]));
  VM_TRY(Ref k, index_of(vm, args[1]));
  if (int_sign(n) < 0) return raise(vm, vm.exc.ValueError, "n must be a non-negative integer");
  if (int_sign(k) < 0) return raise(vm, vm.exc.ValueError, "k must be a non-negative integer");
  if (int_compare(n, k) < 0) return Ref::small(0);
  const std::optional<std::int64_t> count = int_to_int64(k);
  if (!count) return raise(vm, vm.exc.OverflowError, "k must not exceed {}", INT64_MAX);
  // A balanced product of the factors n, n - 1, ...: halves are about equally long.
  struct Product {
    static Ref of(Vm& machine, Value top, std::int64_t factors) {
      if (factors == 0) return Ref::small(1);
      if (factors <= 8) {
        Ref result = Ref::share(top);
        for (std::int64_t i = 1; i < factors; ++i) {
          VM_TRY(Ref factor, int_subtract(machine, top, Value::small(i)));
          VM_TRY(result, int_multiply(machine, result, factor));
        }
        return result;
      }
      const std::int64_t half = factors / 2;
      VM_TRY(Ref left, of(machine, top, half));
      VM_TRY(Ref lower, int_subtract(machine, top, Value::small(half)));
      VM_TRY(Ref right, of(machine, lower, factors - half));
      return int_multiply(machine, left, right);
    }
  };
  const double bits = static_cast<double>(*count) * static_cast<double>(int_bit_length(n));
  if (*count > 2 && bits / 2 > static_cast<double>(kMostLimbs) * 64) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, static_cast<std::uint64_t>(*count)));
  return Product::of(vm, n, *count);
}

Ref math_comb(Vm& vm, Value, Args& args) {
  VM_TRY(Ref n, index_of(vm, args[0]));
  VM_TRY(Ref k, index_of(vm, args[1]));
  if (int_sign(n) < 0) return raise(vm, vm.exc.ValueError, "n must be a non-negative integer");
  if (int_sign(k) < 0) return raise(vm, vm.exc.ValueError, "k must be a non-negative integer");
  if (int_compare(n, k) < 0) return Ref::small(0);
  VM_TRY(Ref other, int_subtract(vm, n, k));
  if (int_compare(other, k) < 0) k = std::move(other);
  const std::optional<std::int64_t> count = int_to_int64(k);
  if (!count) return raise(vm, vm.exc.OverflowError, "min(n - k, k) must not exceed {}", INT64_MAX);
  const double bits = static_cast<double>(*count) * static_cast<double>(int_bit_length(n));
  if (*count > 2 && (bits / 4 > static_cast<double>(kMostLimbs) * 64 || *count > INT32_MAX)) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, static_cast<std::uint64_t>(bits) / 16 + static_cast<std::uint64_t>(*count)));
  Result result;
  const Number from(n);
  mpz_bin_ui(result.get(), from.get(), static_cast<unsigned long>(*count));
  return result.value(vm);
}

Ref math_isqrt(Vm& vm, Value, Value argument) {
  VM_TRY(Ref n, index_of(vm, argument));
  if (int_sign(n) < 0) return raise(vm, vm.exc.ValueError, "isqrt() argument must be nonnegative");
  VM_CHECK(charge_pair(vm, n, n));
  Result result;
  const Number number(n);
  mpz_sqrt(result.get(), number.get());
  return result.value(vm);
}

constexpr MethodSpec kFunctions[] = {
    {"comb($module, n, k, /)", math_comb, "How many ways there are to choose k of n items."},
    {"factorial($module, n, /)", math_factorial, "n * (n - 1) * ... * 1."},
    {"gcd($module, *integers)", math_gcd, "Greatest common divisor."},
    {"isqrt($module, n, /)", math_isqrt, "The greatest int whose square is not above n."},
    {"lcm($module, *integers)", math_lcm, "Least common multiple."},
    {"perm($module, n, k=None, /)", math_perm, "How many ways there are to choose k of n items, in order."},
};

}  // namespace

std::span<const MethodSpec> math_integer_functions() { return kFunctions; }

}  // namespace ouro::vm
