// int: to and from text in any base, with CPython's limit on decimal digits (Objects/longobject.c long_to_decimal_string,
// PyLong_FromString).
#include <gmp.h>

#include <array>
#include <bit>
#include <charconv>

#include "vm/core/protocol.h"
#include "vm/objects/int_view.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

int digit_value(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

Failed invalid_literal(Vm& vm, int base, Value original) {
  const Ref shown = repr(vm, original);
  if (!shown) return kFailed;
  std::string text = to_utf8(shown.as<StrObject>());
  if (shown.as<StrObject>()->length > 200) {
    const Own<StrObject> part = substring(vm, shown.as<StrObject>(), 0, 200);
    if (!part) return kFailed;
    text = to_utf8(part);
  }
  return raise(vm, vm.exc.ValueError, "invalid literal for int() with base {}: {}", base, text);
}

/// Takes "0x" and its like off and settles base 0. False: no valid literal.
bool take_prefix(std::string_view& text, int& base, bool& zero_only) {
  zero_only = false;
  const bool has_zero = text.size() >= 2 && text[0] == '0';
  const char letter = has_zero ? static_cast<char>(text[1] | 0x20) : '\0';
  const int prefix_base = letter == 'x' ? 16 : (letter == 'o' ? 8 : (letter == 'b' ? 2 : 0));
  if (base == 0) {
    if (prefix_base != 0) {
      base = prefix_base;
    } else {
      base = 10;
      // "00" is zero, "01" an old octal literal: an error.
      zero_only = !text.empty() && text[0] == '0';
      return true;
    }
  } else if (prefix_base != base || prefix_base == 0) {
    return true;
  }
  text.remove_prefix(2);
  if (!text.empty() && text[0] == '_') text.remove_prefix(1);  // 0x_f
  return true;
}

}  // namespace

std::string small_int_text(std::int64_t value) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::optional<std::string> int_to_text(Vm& vm, Value value, int base) {
  if (value.is_small()) {
    std::array<char, 72> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.small_value(), base).ptr;
    return std::string(buffer.data(), end);
  }
  const IntView view(value);
  if (view.size() == 0) return std::string("0");
  const std::size_t bits = int_bit_length(value);
  const int limit = vm.int_max_str_digits;
  const bool limited = base == 10 && limit > 0;
  // 1 / log2(10) is 0.30103.
  if (limited && static_cast<double>(bits) * 0.30102 > limit + 2.0) {
    return raise(vm, vm.exc.ValueError,
                 "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the "
                 "limit",
                 limit);
  }
  if (!vm.heap.has_room(bits * 3)) return raise_memory_error(vm);
  const std::size_t n = view.size();
  if (n > 64 && !charge_work(vm, (base & (base - 1)) == 0 ? n : n * std::min<std::size_t>(n, 2000) / 8)) return kFailed;
  LimbBuffer copy(vm, n + 1);
  if (!copy) return raise_memory_error(vm);
  std::memcpy(copy.data(), view.limbs(), n * 8);
  std::string text;
  text.resize(mpn_sizeinbase(view.limbs(), static_cast<mp_size_t>(n), base) + 1);
  const std::size_t digits =
      mpn_get_str(reinterpret_cast<unsigned char*>(text.data()), base, copy.data(), static_cast<mp_size_t>(n));
  std::size_t zeros = 0;
  while (zeros + 1 < digits && text[zeros] == 0) ++zeros;
  text.resize(digits);
  text.erase(0, zeros);
  for (char& c : text) c = "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<unsigned char>(c)];
  if (limited && text.size() > static_cast<std::size_t>(limit)) {
    return raise(vm, vm.exc.ValueError,
                 "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the "
                 "limit",
                 limit);
  }
  if (view.negative()) text.insert(text.begin(), '-');
  return text;
}

Ref new_int_text(Vm& vm, std::string_view text, int base, Value original) {
  const int given_base = base;
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool zero_only = false;
  take_prefix(text, base, zero_only);
  if (text.empty() || text.front() == '_' || text.back() == '_') return invalid_literal(vm, given_base, original);
  std::string digits;
  digits.reserve(text.size());
  bool after_underscore = false, all_zero = true;
  for (const char c : text) {
    if (c == '_') {
      if (after_underscore) return invalid_literal(vm, given_base, original);
      after_underscore = true;
      continue;
    }
    after_underscore = false;
    const int digit = digit_value(static_cast<unsigned char>(c));
    if (digit >= base) return invalid_literal(vm, given_base, original);
    all_zero = all_zero && digit == 0;
    digits.push_back(static_cast<char>(digit));
  }
  if (zero_only && !all_zero) return invalid_literal(vm, given_base, original);
  const int limit = vm.int_max_str_digits;
  if ((base & (base - 1)) != 0 && limit > 0 && digits.size() > static_cast<std::size_t>(limit)) {
    return raise(vm, vm.exc.ValueError,
                 "Exceeds the limit ({} digits) for integer string conversion: value has {} digits; use "
                 "sys.set_int_max_str_digits() to increase the limit",
                 limit, digits.size());
  }
  if (digits.size() <= 12) {
    std::int64_t value = 0;
    for (const char digit : digits) value = value * base + digit;
    return new_int(vm, negative ? -value : value);
  }
  std::size_t zeros = 0;
  while (zeros + 1 < digits.size() && digits[zeros] == 0) ++zeros;
  digits.erase(0, zeros);
  const auto bits_per_digit = static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(base - 1)));
  const std::size_t room = digits.size() * bits_per_digit / 64 + 2;
  if (digits.size() > 1000 && !charge_work(vm, (base & (base - 1)) == 0 ? room : room * std::min<std::size_t>(room, 2000) / 8)) {
    return {};
  }
  VM_TRY(Own<IntObject> result, allocate_int(vm, room));
  result->is_negative = negative;
  const mp_size_t size = mpn_set_str(result->limbs(), reinterpret_cast<const unsigned char*>(digits.data()), digits.size(), base);
  result->size = static_cast<std::uint32_t>(size);
  return normalise_int(vm, std::move(result));
}

Ref int_repr(Vm& vm, Value self) {
  if (self.is_small()) {
    std::array<char, 24> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), self.small_value()).ptr;
    return new_str_latin1(vm, {buffer.data(), static_cast<std::size_t>(end - buffer.data())});
  }
  VM_TRY(std::string text, int_to_text(vm, self, 10));
  return new_str_latin1(vm, text);
}

}  // namespace ouro::vm
