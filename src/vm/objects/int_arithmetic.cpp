// int: sums, products, division, shifts and bits on limbs. CPython 3.13 Objects/longobject.c for results and errors.
#include <gmp.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "vm/core/protocol.h"
#include "vm/objects/float.h"
#include "vm/objects/int_view.h"

namespace ouro::vm {
namespace {

mp_size_t count(std::size_t size) { return static_cast<mp_size_t>(size); }

Ref add_magnitudes(Vm& vm, const IntView& a, const IntView& b, bool negative) {
  const IntView& x = a.size() >= b.size() ? a : b;
  const IntView& y = a.size() >= b.size() ? b : a;
  VM_TRY(Own<IntObject> result, allocate_int(vm, x.size() + 1));
  result->is_negative = negative;
  std::uint64_t* out = result->limbs();
  if (y.size() == 0) {
    std::memcpy(out, x.limbs(), x.size() * 8);
    out[x.size()] = 0;
  } else {
    out[x.size()] = mpn_add(out, x.limbs(), count(x.size()), y.limbs(), count(y.size()));
  }
  return normalise_int(vm, std::move(result));
}

/// |a| - |b| with the sign that a has.
Ref subtract_magnitudes(Vm& vm, const IntView& a, const IntView& b, bool negative) {
  int order = a.size() != b.size() ? (a.size() < b.size() ? -1 : 1) : mpn_cmp(a.limbs(), b.limbs(), count(a.size()));
  if (order == 0) return Ref::small(0);
  const IntView& x = order > 0 ? a : b;
  const IntView& y = order > 0 ? b : a;
  VM_TRY(Own<IntObject> result, allocate_int(vm, x.size()));
  result->is_negative = order > 0 ? negative : !negative;
  if (y.size() == 0) {
    std::memcpy(result->limbs(), x.limbs(), x.size() * 8);
  } else {
    mpn_sub(result->limbs(), x.limbs(), count(x.size()), y.limbs(), count(y.size()));
  }
  return normalise_int(vm, std::move(result));
}

/// What a product or quotient of these sizes costs, and whether its working memory may be had.
bool charge_product(Vm& vm, std::size_t a, std::size_t b) {
  const std::size_t small = std::min(a, b), large = std::max(a, b);
  if (large < 32) return true;
  if (!vm.heap.has_room((a + b) * 32)) return raise_memory_error(vm);
  const std::size_t factor = small < 2000 ? small / 4 + 1 : 500 + small / 4000;
  return charge_work(vm, large * factor / 16 + 1);
}

}  // namespace

Ref int_add(Vm& vm, Value a, Value b) {
  if (a.is_small() && b.is_small()) return new_int(vm, a.small_value() + b.small_value());
  const IntView x(a), y(b);
  if (x.negative() == y.negative()) return add_magnitudes(vm, x, y, x.negative());
  return subtract_magnitudes(vm, x, y, x.negative());
}

Ref int_subtract(Vm& vm, Value a, Value b) {
  if (a.is_small() && b.is_small()) return new_int(vm, a.small_value() - b.small_value());
  const IntView x(a), y(b);
  if (x.negative() != y.negative()) {
    if (x.size() == 0) return add_magnitudes(vm, x, y, !y.negative());
    return add_magnitudes(vm, x, y, x.negative());
  }
  return subtract_magnitudes(vm, x, y, x.negative());
}

Ref int_multiply(Vm& vm, Value a, Value b) {
  if (a.is_small() && b.is_small()) {
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(a.small_value(), b.small_value(), &product)) return new_int(vm, product);
  }
  const IntView x(a), y(b);
  if (x.size() == 0 || y.size() == 0) return Ref::small(0);
  VM_CHECK(charge_product(vm, x.size(), y.size()));
  VM_TRY(Own<IntObject> result, allocate_int(vm, x.size() + y.size()));
  result->is_negative = x.negative() != y.negative();
  if (a == b) {
    mpn_sqr(result->limbs(), x.limbs(), count(x.size()));
  } else if (x.size() >= y.size()) {
    mpn_mul(result->limbs(), x.limbs(), count(x.size()), y.limbs(), count(y.size()));
  } else {
    mpn_mul(result->limbs(), y.limbs(), count(y.size()), x.limbs(), count(x.size()));
  }
  return normalise_int(vm, std::move(result));
}

bool int_divmod(Vm& vm, Value a, Value b, Ref* quotient, Ref* remainder) {
  if (a.is_small() && b.is_small() && b.small_value() != 0) {
    const std::int64_t x = a.small_value(), y = b.small_value();
    std::int64_t q = x / y, r = x % y;
    if (r != 0 && (r < 0) != (y < 0)) {
      r += y;
      --q;
    }
    if (remainder != nullptr) *remainder = Ref::small(r);
    if (quotient != nullptr) {
      *quotient = new_int(vm, q);
      return static_cast<bool>(*quotient);
    }
    return true;
  }
  const IntView x(a), y(b);
  if (y.size() == 0) {
    return raise(vm, vm.exc.ZeroDivisionError, remainder != nullptr && quotient == nullptr ? "integer modulo by zero"
                                                                                            : "integer division or modulo by zero");
  }
  const bool differ = x.negative() != y.negative();
  if (x.size() < y.size()) {
    // Quotient 0, or -1 when the signs differ.
    const bool adjust = differ && x.size() != 0;
    if (quotient != nullptr) *quotient = Ref::small(adjust ? -1 : 0);
    if (remainder != nullptr) {
      *remainder = adjust ? int_add(vm, a, b) : int_plain(vm, a);
      return static_cast<bool>(*remainder);
    }
    return true;
  }
  VM_CHECK(charge_product(vm, x.size() - y.size() + 1, y.size()));
  VM_TRY(Own<IntObject> q, allocate_int(vm, x.size() - y.size() + 2));
  VM_TRY(Own<IntObject> r, allocate_int(vm, y.size()));
  mpn_tdiv_qr(q->limbs(), r->limbs(), 0, x.limbs(), count(x.size()), y.limbs(), count(y.size()));
  q->limbs()[x.size() - y.size() + 1] = 0;
  q->is_negative = differ;
  r->is_negative = x.negative();
  const bool exact = mpn_zero_p(r->limbs(), count(y.size())) != 0;
  if (differ && !exact) {
    mpn_add_1(q->limbs(), q->limbs(), count(q->size), 1);
    mpn_sub(r->limbs(), y.limbs(), count(y.size()), r->limbs(), count(y.size()));
    r->is_negative = y.negative();
  }
  if (quotient != nullptr) *quotient = normalise_int(vm, std::move(q));
  if (remainder != nullptr) *remainder = normalise_int(vm, std::move(r));
  return true;
}

namespace {

Ref power_modulo(Vm& vm, Value base, Value exponent, Value modulus) {
  // pow(b, -e, m): the inverse of b first.
  Ref own_base = int_plain(vm, base);
  if (!own_base) return {};
  Ref positive_modulus = int_sign(modulus) < 0 ? int_negative(vm, modulus) : int_plain(vm, modulus);
  if (!positive_modulus) return {};
  if (int_sign(modulus) == 0) return raise(vm, vm.exc.ValueError, "pow() 3rd argument cannot be 0");
  VM_CHECK(charge_product(vm, IntView(modulus).size(), IntView(modulus).size()));
  Ref own_exponent = int_plain(vm, exponent);
  if (!own_exponent) return {};
  const std::uint64_t exponent_bits = int_bit_length(exponent);
  const std::uint64_t size = IntView(modulus).size();
  VM_CHECK(charge_work(vm, exponent_bits * size * std::min<std::uint64_t>(size, 500) / 16 + 1));
  VM_CHECK(int_divmod(vm, own_base, positive_modulus, nullptr, &own_base));
  mpz_t m, b, e, r;
  const IntView m_view(positive_modulus), b_view(own_base);
  mpz_roinit_n(m, m_view.limbs(), count(m_view.size()));
  mpz_roinit_n(b, b_view.limbs(), count(b_view.size()));
  mpz_init(r);
  Ref result;
  const IntView e_view(own_exponent);
  mpz_roinit_n(e, e_view.limbs(), count(e_view.size()));
  bool invertible = true;
  if (e_view.negative()) {
    invertible = mpz_invert(r, b, m) != 0 || mpz_cmp_ui(m, 1) == 0;
    if (invertible && mpz_cmp_ui(m, 1) == 0) mpz_set_ui(r, 0);
    if (invertible) mpz_powm(r, r, e, m);
  } else {
    mpz_powm(r, b, e, m);
  }
  if (invertible) {
    result = new_int_limbs(vm, {mpz_limbs_read(r), mpz_size(r)}, false);
  }
  mpz_clear(r);
  if (!invertible) return raise(vm, vm.exc.ValueError, "base is not invertible for the given modulus");
  if (!result) return {};
  // The sign of the modulus.
  if (int_sign(modulus) < 0 && int_sign(result) != 0) return int_add(vm, result, modulus);
  return result;
}

}  // namespace

Ref int_power(Vm& vm, Value base, Value exponent, Value modulus) {
  if (!modulus.is_null() && !modulus.is_none()) {
    if (int_sign(modulus) == 0) return raise(vm, vm.exc.ValueError, "pow() 3rd argument cannot be 0");
    return power_modulo(vm, base, exponent, modulus);
  }
  if (int_sign(exponent) < 0) {
    VM_TRY(double b, int_to_double(vm, base));
    VM_TRY(double e, int_to_double(vm, exponent));
    if (b == 0.0) return raise(vm, vm.exc.ZeroDivisionError, "0.0 cannot be raised to a negative power");
    return new_float(vm, std::pow(b, e));
  }
  const std::size_t bits = int_bit_length(base);
  if (bits <= 1) {
    // 0, 1 and -1, for exponents of any size.
    if (int_sign(exponent) == 0) return Ref::small(1);
    if (bits == 0) return Ref::small(0);
    return Ref::small(int_sign(base) < 0 && (int_low_bits(exponent) & 1U) != 0 ? -1 : 1);
  }
  const std::optional<std::int64_t> e = int_to_int64(exponent);
  if (!e || static_cast<std::uint64_t>(*e) > kMostLimbs * 64 / (bits - 1)) return raise_memory_error(vm);
  if (*e == 0) return Ref::small(1);
  const std::size_t result_limbs = (bits * static_cast<std::size_t>(*e)) / 64 + 2;
  if (result_limbs > 4 && !vm.heap.has_room(result_limbs * 8)) return raise_memory_error(vm);
  // A power of two is a shift.
  const IntView view(base);
  if (view.size() == 1 && std::has_single_bit(view.limbs()[0])) {
    const std::int64_t shift = static_cast<std::int64_t>(bits - 1) * *e;
    VM_TRY(Ref result, int_shift(vm, Value::small(1), Value::small(shift), true));
    return view.negative() && (*e & 1) != 0 ? int_negative(vm, result) : std::move(result);
  }
  VM_TRY(Ref result, int_plain(vm, base));
  const Value square = result.get();
  (void)square;
  const int top = 63 - std::countl_zero(static_cast<std::uint64_t>(*e));
  for (int bit = top - 1; bit >= 0; --bit) {
    VM_TRY(result, int_multiply(vm, result, result));
    if (((*e >> bit) & 1) != 0) {
      VM_TRY(result, int_multiply(vm, result, base));
    }
  }
  return result;
}

Ref int_shift(Vm& vm, Value a, Value b, bool left) {
  if (int_sign(b) < 0) return raise(vm, vm.exc.ValueError, "negative shift count");
  const std::optional<std::int64_t> amount = int_to_int64(b);
  if (a.is_small() && amount) {
    const std::int64_t value = a.small_value();
    if (!left) return Ref::small(value >> std::min<std::int64_t>(*amount, 63));
    if (*amount < 62 && value >= -(std::int64_t{1} << (62 - *amount)) && value < (std::int64_t{1} << (62 - *amount))) {
      return Ref::small(static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << static_cast<unsigned>(*amount)));
    }
  }
  const IntView x(a);
  if (x.size() == 0) return Ref::small(0);
  if (left) {
    if (!amount || static_cast<std::uint64_t>(*amount) / 64 + x.size() >= kMostLimbs) {
      return raise(vm, vm.exc.OverflowError, "too many digits in integer");
    }
    const std::size_t words = static_cast<std::size_t>(*amount) / 64;
    const auto bits = static_cast<unsigned>(*amount % 64);
    VM_CHECK(charge_work(vm, (words + x.size()) / 64));
    VM_TRY(Own<IntObject> result, allocate_int(vm, words + x.size() + 1));
    result->is_negative = x.negative();
    std::uint64_t* out = result->limbs();
    std::memset(out, 0, words * 8);
    if (bits != 0) {
      out[words + x.size()] = mpn_lshift(out + words, x.limbs(), count(x.size()), bits);
    } else {
      std::memcpy(out + words, x.limbs(), x.size() * 8);
      out[words + x.size()] = 0;
    }
    return normalise_int(vm, std::move(result));
  }
  if (!amount || static_cast<std::uint64_t>(*amount) / 64 >= x.size()) return Ref::small(x.negative() ? -1 : 0);
  const std::size_t words = static_cast<std::size_t>(*amount) / 64;
  const auto bits = static_cast<unsigned>(*amount % 64);
  const std::size_t size = x.size() - words;
  VM_TRY(Own<IntObject> result, allocate_int(vm, size + 1));
  result->is_negative = x.negative();
  std::uint64_t* out = result->limbs();
  bool lost = false;
  for (std::size_t i = 0; i < words && !lost; ++i) lost = x.limbs()[i] != 0;
  if (bits != 0) {
    lost = mpn_rshift(out, x.limbs() + words, count(size), bits) != 0 || lost;
  } else {
    std::memcpy(out, x.limbs() + words, size * 8);
  }
  out[size] = 0;
  // Rounding is towards minus infinity.
  if (x.negative() && lost) mpn_add_1(out, out, count(size + 1), 1);
  return normalise_int(vm, std::move(result));
}

namespace {

/// Two's complement of `size` limbs.
void to_twos_complement(const IntView& view, std::uint64_t* out, std::size_t size) {
  std::memset(out, 0, size * 8);
  std::memcpy(out, view.limbs(), view.size() * 8);
  if (view.negative()) mpn_neg(out, out, count(size));
}

}  // namespace

Ref int_bitwise(Vm& vm, Value a, Value b, BinaryOp op) {
  if (a.is_small() && b.is_small()) {
    const std::int64_t x = a.small_value(), y = b.small_value();
    return Ref::small(op == BinaryOp::And ? x & y : (op == BinaryOp::Or ? x | y : x ^ y));
  }
  const IntView x(a), y(b);
  const std::size_t size = std::max(x.size(), y.size()) + 1;
  LimbBuffer other(vm, size);
  if (!other) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, size / 16));
  VM_TRY(Own<IntObject> result, allocate_int(vm, size));
  std::uint64_t* out = result->limbs();
  to_twos_complement(x, out, size);
  to_twos_complement(y, other.data(), size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t p = out[i], q = other.data()[i];
    out[i] = op == BinaryOp::And ? p & q : (op == BinaryOp::Or ? p | q : p ^ q);
  }
  result->is_negative = (out[size - 1] >> 63U) != 0;
  if (result->is_negative) mpn_neg(out, out, count(size));
  return normalise_int(vm, std::move(result));
}

Ref int_negative(Vm& vm, Value a) {
  if (a.is_small()) return new_int(vm, -a.small_value());
  const IntView x(a);
  return new_int_limbs(vm, x.span(), !x.negative());
}

// Correctly rounded: the quotient is taken with 55 bits or more and a sticky bit (CPython's long_true_divide).
Ref int_true_divide(Vm& vm, Value a, Value b) {
  if (int_sign(b) == 0) return raise(vm, vm.exc.ZeroDivisionError, "division by zero");
  if (int_sign(a) == 0) return new_float(vm, int_sign(b) < 0 ? -0.0 : 0.0);
  const std::size_t a_bits = int_bit_length(a), b_bits = int_bit_length(b);
  if (a_bits <= 53 && b_bits <= 53) {
    VM_TRY(double x, int_to_double(vm, a));
    VM_TRY(double y, int_to_double(vm, b));
    return new_float(vm, x / y);
  }
  const bool negative = int_sign(a) * int_sign(b) < 0;
  const auto difference = static_cast<std::int64_t>(a_bits) - static_cast<std::int64_t>(b_bits);
  if (difference > 1024) return raise(vm, vm.exc.OverflowError, "integer division result too large for a float");
  if (difference < -1080) return new_float(vm, negative ? -0.0 : 0.0);
  // quotient = floor(|a| * 2^-shift / |b|) has 66 or 67 bits.
  const std::int64_t shift = difference - 66;
  Ref x = int_sign(a) < 0 ? int_negative(vm, a) : int_plain(vm, a);
  if (!x) return {};
  Ref y = int_sign(b) < 0 ? int_negative(vm, b) : int_plain(vm, b);
  if (!y) return {};
  if (shift <= 0) {
    VM_TRY(x, int_shift(vm, x, Value::small(-shift), true));
  } else {
    VM_TRY(y, int_shift(vm, y, Value::small(shift), true));
  }
  Ref quotient, remainder;
  VM_CHECK(int_divmod(vm, x, y, &quotient, &remainder));
  const IntView q(quotient);
  const std::size_t bits = int_bit_length(quotient);
  const auto drop = static_cast<unsigned>(bits) - 64;  // 2 or 3
  const std::uint64_t top = (q.limbs()[0] >> drop) | (q.limbs()[1] << (64 - drop));
  bool sticky = int_sign(remainder) != 0 || (q.limbs()[0] & ((std::uint64_t{1} << drop) - 1)) != 0;
  // value = top * 2^(shift + drop); how many of the 64 bits a double of that size keeps.
  const std::int64_t exponent = shift + static_cast<std::int64_t>(drop);
  std::int64_t lose = 11;
  if (exponent + 11 < -1074) lose = -1074 - exponent;
  if (lose > 64) return new_float(vm, negative ? -0.0 : 0.0);
  std::uint64_t mantissa = lose == 64 ? 0 : top >> static_cast<unsigned>(lose);
  const std::uint64_t half = std::uint64_t{1} << static_cast<unsigned>(lose - 1);
  const std::uint64_t rest = lose == 64 ? top : top & ((std::uint64_t{1} << static_cast<unsigned>(lose)) - 1);
  if (rest > half || (rest == half && (sticky || (mantissa & 1U) != 0))) ++mantissa;
  const double result = std::ldexp(static_cast<double>(mantissa), static_cast<int>(exponent + lose));
  if (std::isinf(result)) return raise(vm, vm.exc.OverflowError, "integer division result too large for a float");
  return new_float(vm, negative ? -result : result);
}

}  // namespace ouro::vm
