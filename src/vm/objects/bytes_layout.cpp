// bytes and bytearray: padding, tabs, tables, hexadecimal, decoding.
#include <algorithm>

#include "vm/objects/bytes_internal.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

Ref pad(Vm& vm, Value self, std::size_t left, std::size_t right, char fill) {
  const std::string_view text = byte_view(self);
  if (left == 0 && right == 0) return same_bytes(vm, self);
  NewBytes out = allocate_like(vm, self, left + text.size() + right);
  VM_CHECK(out);
  std::memset(out.data, fill, left);
  if (!text.empty()) std::memcpy(out.data + left, text.data(), text.size());
  std::memset(out.data + left + text.size(), fill, right);
  return std::move(out.object);
}

std::optional<std::size_t> missing(Vm& vm, Value self, Args& args, char& fill, std::string_view name) {
  VM_TRY(const std::int64_t width, args.ssize(vm, 0));
  fill = ' ';
  if (args.given(1)) {
    const bool fits = is_bytes(args[1]) || is_bytearray(vm, args[1]);
    if (!fits)
      return raise(vm, vm.exc.TypeError, "{}() argument 2 must be a byte string of length 1, not {}", name, type_name(vm, args[1]));
    if (byte_view(args[1]).size() != 1)
      return raise(vm, vm.exc.TypeError, "{}(): argument 2 must be a byte string of length 1, not a {} object of length {}", name,
                   type_name(vm, args[1]), byte_view(args[1]).size());
    fill = byte_view(args[1])[0];
  }
  const std::size_t length = byte_view(self).size();
  return width > static_cast<std::int64_t>(length) ? static_cast<std::size_t>(width) - length : 0;
}

int hex_digit(std::uint32_t c) {
  if (c - '0' < 10) return static_cast<int>(c - '0');
  if ((c | 32U) - 'a' < 6) return static_cast<int>((c | 32U) - 'a' + 10);
  return -1;
}

}  // namespace

Ref bytes_center(Vm& vm, Value self, Args& args) {
  char fill;
  VM_TRY(const std::size_t margin, missing(vm, self, args, fill, "center"));
  const std::size_t left = margin / 2 + (margin & (margin + byte_view(self).size()) & 1U);
  return pad(vm, self, left, margin - left, fill);
}
Ref bytes_ljust(Vm& vm, Value self, Args& args) {
  char fill;
  VM_TRY(const std::size_t margin, missing(vm, self, args, fill, "ljust"));
  return pad(vm, self, 0, margin, fill);
}
Ref bytes_rjust(Vm& vm, Value self, Args& args) {
  char fill;
  VM_TRY(const std::size_t margin, missing(vm, self, args, fill, "rjust"));
  return pad(vm, self, margin, 0, fill);
}
Ref bytes_zfill(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t width, args.ssize(vm, 0));
  const std::string_view text = byte_view(self);
  if (width <= static_cast<std::int64_t>(text.size())) return same_bytes(vm, self);
  const std::size_t fill = static_cast<std::size_t>(width) - text.size();
  NewBytes out = allocate_like(vm, self, static_cast<std::size_t>(width));
  VM_CHECK(out);
  std::memset(out.data, '0', fill);
  if (!text.empty()) std::memcpy(out.data + fill, text.data(), text.size());
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) std::swap(out.data[0], out.data[fill]);
  return std::move(out.object);
}

Ref bytes_expandtabs(Vm& vm, Value self, Args& args) {
  VM_TRY(const int tab_size, args.integer(vm, 0, 8));
  const std::string_view text = byte_view(self);
  const auto walk = [&](auto put) {
    std::size_t column = 0;
    for (const char c : text) {
      if (c == '\t') {
        const std::size_t fill = tab_size > 0 ? static_cast<std::size_t>(tab_size) - column % static_cast<std::size_t>(tab_size) : 0;
        put(' ', fill);
        column += fill;
      } else {
        put(c, 1);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
  };
  std::size_t length = 0;
  bool too_long = false;
  walk([&](char, std::size_t times) {
    too_long |= times > SIZE_MAX / 8 - length;
    if (!too_long) length += times;
  });
  if (too_long) return raise(vm, vm.exc.OverflowError, "result too long");
  VM_CHECK(charge_work(vm, length / 64));
  NewBytes out = allocate_like(vm, self, length);
  VM_CHECK(out);
  char* to = out.data;
  walk([&](char c, std::size_t times) {
    std::memset(to, c, times);
    to += times;
  });
  return std::move(out.object);
}

Ref bytes_translate(Vm& vm, Value self, Args& args) {
  BufferView table;
  if (!args[0].is_none()) {
    VM_CHECK(get_buffer(vm, args[0], table));
    if (table.length != 256) return raise(vm, vm.exc.ValueError, "translation table must be 256 characters long");
  }
  bool gone[256] = {};
  if (args.given(1)) {
    BufferView remove;
    VM_CHECK(get_buffer(vm, args[1], remove));
    for (const char c : remove.bytes()) gone[static_cast<unsigned char>(c)] = true;
  }
  const std::string_view text = byte_view(self);
  const auto kept = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [&](char c) { return !gone[static_cast<unsigned char>(c)]; }));
  if (kept == text.size() && table.data == nullptr) return same_bytes(vm, self);
  NewBytes out = allocate_like(vm, self, kept);
  VM_CHECK(out);
  char* to = out.data;
  for (const char c : text) {
    if (gone[static_cast<unsigned char>(c)]) continue;
    *to++ = table.data == nullptr ? c : table.data[static_cast<unsigned char>(c)];
  }
  return std::move(out.object);
}

Ref bytes_maketrans(Vm& vm, Value, Args& args) {
  BufferView from;
  BufferView to;
  VM_CHECK(get_buffer(vm, args[0], from) && get_buffer(vm, args[1], to));
  if (from.length != to.length) return raise(vm, vm.exc.ValueError, "maketrans arguments must have same length");
  VM_TRY(Own<BytesObject> table, allocate_bytes(vm, 256));
  for (unsigned i = 0; i < 256; ++i) table->data()[i] = static_cast<char>(i);
  for (std::size_t i = 0; i < from.length; ++i) table->data()[static_cast<unsigned char>(from.data[i])] = to.data[i];
  return table;
}

Ref bytes_decode(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::string encoding, args.text(vm, 0, "utf-8"));
  VM_TRY(const std::string errors, args.text(vm, 1, "strict"));
  const Ref keep = Ref::share(self);
  return str_decode(vm, byte_view(self), encoding, errors);
}

Ref hex_text(Vm& vm, std::string_view content, Value separator, std::int64_t bytes_per_separator) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::int32_t between = -1;
  if (!separator.is_null()) {
    if (is_str(separator) && separator.as<StrObject>()->length == 1) {
      between = static_cast<std::int32_t>(separator.as<StrObject>()->at(0));
    } else if (is_bytes(separator) && byte_view(separator).size() == 1) {
      between = static_cast<unsigned char>(byte_view(separator)[0]);
    } else if (is_str(separator) || is_bytes(separator)) {
      return raise(vm, vm.exc.ValueError, "sep must be length 1.");
    } else {
      return raise(vm, vm.exc.TypeError, "sep must be str or bytes.");
    }
    if (between > 127) return raise(vm, vm.exc.ValueError, "sep must be ASCII.");
  }
  const std::size_t size = content.size();
  const std::size_t group = bytes_per_separator < 0 ? static_cast<std::size_t>(-bytes_per_separator) : static_cast<std::size_t>(bytes_per_separator);
  const bool grouped = between >= 0 && group != 0 && size > group;
  const std::size_t length = size * 2 + (grouped ? (size - 1) / group : 0);
  if (size == 0) return new_str(vm, {});
  VM_CHECK(charge_work(vm, size / 32));
  VM_TRY(Own<StrObject> out, allocate_str(vm, length, 0x7F));
  std::uint8_t* to = out->data1();
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t counted = bytes_per_separator > 0 ? size - i : i;  // from the end for positive groups
    if (grouped && i != 0 && counted % group == 0) *to++ = static_cast<std::uint8_t>(between);
    *to++ = static_cast<std::uint8_t>(kDigits[static_cast<unsigned char>(content[i]) >> 4U]);
    *to++ = static_cast<std::uint8_t>(kDigits[static_cast<unsigned char>(content[i]) & 15U]);
  }
  return out;
}

Ref bytes_hex(Vm& vm, Value self, Args& args) {
  VM_TRY(const int group, args.integer(vm, 1, 1));
  return hex_text(vm, byte_view(self), args[0], group);
}

std::optional<std::string> bytes_of_hex(Vm& vm, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "fromhex() argument must be str, not {}", type_name(vm, text));
  const StrObject* digits = text.as<StrObject>();
  std::string out;
  for (std::size_t i = 0; i < digits->length;) {
    const std::uint32_t c = digits->at(i);
    if (c == ' ' || (c >= 9 && c <= 13)) {
      ++i;
      continue;
    }
    const int high = hex_digit(c);
    const int low = i + 1 < digits->length ? hex_digit(digits->at(i + 1)) : -1;
    if (high < 0 || low < 0)
      return raise(vm, vm.exc.ValueError, "non-hexadecimal number found in fromhex() arg at position {}", high < 0 ? i : i + 1);
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

}  // namespace ouro::vm
