#include "vm/modules/_struct/format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "vm/objects/bytes_internal.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/pack_float.h"

namespace ouro::vm::structs {
namespace {

// Bytes of one item; 0: no such code.
std::int64_t item_size(char type, bool native) {
  switch (type) {
    case 'x':
    case 'c':
    case 'b':
    case 'B':
    case '?':
    case 's':
    case 'p': return 1;
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'l':
    case 'L': return native ? 8 : 4;
    case 'q':
    case 'Q':
    case 'd': return 8;
    case 'n':
    case 'N':
    case 'P': return native ? 8 : 0;
    default: return 0;
  }
}

void store(char* place, std::uint64_t value, std::int64_t size, bool big) {
  for (std::int64_t i = 0; i < size; ++i) place[big ? size - 1 - i : i] = static_cast<char>(value >> (8 * i) & 0xFFU);
}
std::uint64_t load(const char* place, std::int64_t size, bool big) {
  std::uint64_t value = 0;
  for (std::int64_t i = 0; i < size; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(place[big ? size - 1 - i : i])) << (8 * i);
  return value;
}

bool is_signed(char type) { return type == 'b' || type == 'h' || type == 'i' || type == 'l' || type == 'q' || type == 'n'; }

bool out_of_range(Vm& vm, const Code& code) {
  const auto bits = static_cast<unsigned>(code.size * 8);
  std::string low = "0";
  std::string high;
  if (is_signed(code.type)) {
    const std::int64_t most = static_cast<std::int64_t>((std::uint64_t{1} << (bits - 1)) - 1);
    low = std::to_string(-most - 1);
    high = std::to_string(most);
  } else {
    high = std::to_string(bits == 64 ? UINT64_MAX : (std::uint64_t{1} << bits) - 1);
  }
  return raise_error(vm, format_message("'{}' format requires {} <= number <= {}", {std::string(1, code.type), low, high}));
}

bool pack_integer(Vm& vm, const Layout& layout, const Code& code, char* place, Value value) {
  Ref number = Ref::share(value);
  if (!is_int(value)) {
    if (!has_index(vm, value)) return raise_error(vm, "required argument is not an integer");
    number = to_index(vm, value);
    if (!number) return false;
  }
  const auto bits = static_cast<unsigned>(code.size * 8);
  if (code.type == 'P') {
    const auto word = int_to_int64(number);
    const auto unsigned_word = int_to_uint64(number);
    if (!word && !unsigned_word) return raise_error(vm, "int too large to convert");
    store(place, word ? static_cast<std::uint64_t>(*word) : *unsigned_word, 8, layout.big);
    return true;
  }
  if (is_signed(code.type)) {
    const auto word = int_to_int64(number);
    if (!word || (bits < 64 && (*word < -(std::int64_t{1} << (bits - 1)) || *word >= std::int64_t{1} << (bits - 1)))) return out_of_range(vm, code);
    store(place, static_cast<std::uint64_t>(*word), code.size, layout.big);
    return true;
  }
  const auto word = int_to_uint64(number);
  if (!word || (bits < 64 && *word >> bits != 0)) return out_of_range(vm, code);
  store(place, *word, code.size, layout.big);
  return true;
}

bool pack_float(Vm& vm, const Layout& layout, const Code& code, char* place, Value value) {
  const auto number = to_double(vm, value);
  if (!number) {
    if (!catch_error(vm, vm.exc.TypeError)) return false;
    return raise_error(vm, "required argument is not a float");
  }
  switch (code.type) {
    case 'e': {
      const auto half = double_to_half(*number);
      if (!half) return raise(vm, vm.exc.OverflowError, "float too large to pack with e format");
      store(place, *half, 2, layout.big);
      return true;
    }
    case 'f': {
      const auto single = static_cast<float>(*number);
      if (!layout.native && std::isinf(single) && !std::isinf(*number))
        return raise(vm, vm.exc.OverflowError, "float too large to pack with f format");
      store(place, std::bit_cast<std::uint32_t>(single), 4, layout.big);
      return true;
    }
    default: store(place, std::bit_cast<std::uint64_t>(*number), 8, layout.big); return true;
  }
}

}  // namespace

bool parse_layout(Vm& vm, std::string_view format, Layout& out) {
  std::size_t i = 0;
  if (!format.empty()) {
    switch (format[0]) {
      case '<':
      case '=':
        out.native = false;
        i = 1;
        break;
      case '>':
      case '!':
        out.native = false;
        out.big = true;
        i = 1;
        break;
      case '@': i = 1; break;
      default: break;
    }
  }
  constexpr std::string_view kTooLong = "total struct size too long";
  constexpr std::int64_t kMost = INT64_MAX;
  while (i < format.size()) {
    char c = format[i++];
    if (c == ' ' || (c >= 9 && c <= 13)) continue;
    if (c == '\0') return raise_error(vm, "embedded null character");
    std::int64_t repeat = 1;
    if (c >= '0' && c <= '9') {
      repeat = c - '0';
      while (i < format.size() && format[i] >= '0' && format[i] <= '9') {
        if (repeat > (kMost - 9) / 10) return raise_error(vm, kTooLong);
        repeat = repeat * 10 + (format[i++] - '0');
      }
      if (i >= format.size()) return raise_error(vm, "repeat count given without format specifier");
      c = format[i++];
    }
    const std::int64_t size = item_size(c, out.native);
    if (c == '\0') return raise_error(vm, "embedded null character");
    if (size == 0) return raise_error(vm, "bad char in struct format");
    if (out.native && size > 1) {
      if (out.size > kMost - size) return raise_error(vm, kTooLong);
      out.size = (out.size + size - 1) / size * size;
    }
    if (repeat > (kMost - out.size) / size) return raise_error(vm, kTooLong);
    const bool is_string = c == 's' || c == 'p';
    if (is_string) {
      out.codes.push_back({c, out.size, repeat, 1});
      ++out.length;
    } else if (c != 'x' && repeat > 0) {
      if (out.length > kMost - repeat) return raise_error(vm, kTooLong);
      out.codes.push_back({c, out.size, size, repeat});
      out.length += repeat;
    }
    out.size += size * repeat;
  }
  return true;
}

bool pack_value(Vm& vm, const Layout& layout, const Code& code, char* place, Value value) {
  switch (code.type) {
    case 'c':
      if (!is_bytes(value) || byte_view(value).size() != 1) return raise_error(vm, "char format requires a bytes object of length 1");
      *place = byte_view(value)[0];
      return true;
    case '?': {
      bool flag;
      if (!truth(vm, value, flag)) return false;
      *place = flag ? 1 : 0;
      return true;
    }
    case 'e':
    case 'f':
    case 'd': return pack_float(vm, layout, code, place, value);
    default: return pack_integer(vm, layout, code, place, value);
  }
}

Ref unpack_value(Vm& vm, const Layout& layout, const Code& code, const char* place) {
  switch (code.type) {
    case 'c': return new_bytes(vm, {place, 1});
    case '?': return Ref::boolean(*place != 0);
    case 'e': return new_float(vm, half_to_double(static_cast<std::uint16_t>(load(place, 2, layout.big))));
    case 'f':
      return new_float(vm, static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(load(place, 4, layout.big)))));
    case 'd': return new_float(vm, std::bit_cast<double>(load(place, 8, layout.big)));
    default: break;
  }
  const std::uint64_t word = load(place, code.size, layout.big);
  if (!is_signed(code.type)) return new_uint(vm, word);
  const auto shift = static_cast<unsigned>(64 - code.size * 8);
  return new_int(vm, static_cast<std::int64_t>(word << shift) >> shift);
}

bool pack_string(Vm& vm, const Code& code, char* place, Value value) {
  if (!is_bytes(value) && !is_bytearray(vm, value))
    return raise_error(vm, code.type == 's' ? "argument for 's' must be a bytes object" : "argument for 'p' must be a bytes object");
  const std::string_view content = byte_view(value);
  const auto room = static_cast<std::size_t>(code.size);
  if (code.type == 's') {
    if (!content.empty()) std::memcpy(place, content.data(), std::min(content.size(), room));
    return true;
  }
  if (room == 0) return true;
  const std::size_t length = std::min(content.size(), room - 1);
  if (length != 0) std::memcpy(place + 1, content.data(), length);
  *place = static_cast<char>(std::min<std::size_t>(length, 255));
  return true;
}

Ref unpack_string(Vm& vm, const Code& code, const char* place) {
  const auto room = static_cast<std::size_t>(code.size);
  if (code.type == 's') return new_bytes(vm, {place, room});
  if (room == 0) return new_bytes(vm, {});
  return new_bytes(vm, {place + 1, std::min<std::size_t>(static_cast<unsigned char>(*place), room - 1)});
}

}  // namespace ouro::vm::structs
