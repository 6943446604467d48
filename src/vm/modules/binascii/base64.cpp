// base64 and uuencode. CPython 3.13 Modules/binascii.c.
#include "vm/modules/binascii/binascii.h"

namespace ouro::vm::binascii {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(unsigned char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

}  // namespace

Ref a2b_base64(Vm& vm, Value, Args& args) {
  AsciiInput input;
  VM_CHECK(input.open(vm, args[0]));
  VM_TRY(const bool strict, args.boolean(vm, 1, false));
  const std::string_view in = input.bytes();
  VM_CHECK(charge_work(vm, in.size() / 16));
  if (!vm.heap.has_room(in.size())) return raise_memory_error(vm);
  if (strict && !in.empty() && in[0] == '=') return raise_error(vm, "Leading padding not allowed");
  std::string out;
  out.reserve(in.size() / 4 * 3 + 3);
  unsigned quad = 0;
  unsigned pads = 0;
  unsigned left = 0;
  bool padding_started = false;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto c = static_cast<unsigned char>(in[i]);
    if (c == '=') {
      padding_started = true;
      if (quad >= 2 && quad + ++pads >= 4) {
        if (strict && i + 1 < in.size()) return raise_error(vm, "Excess data after padding");
        return new_bytes(vm, out);
      }
      if (strict && quad == 0) return raise_error(vm, i == 0 ? "Leading padding not allowed" : "Excess padding not allowed");
      continue;
    }
    const int value = base64_value(c);
    if (value < 0) {
      if (strict) return raise_error(vm, "Only base64 data is allowed");
      continue;
    }
    if (strict && padding_started) return raise_error(vm, "Discontinuous padding not allowed");
    pads = 0;
    const auto bits = static_cast<unsigned>(value);
    switch (quad) {
      case 0:
        quad = 1;
        left = bits;
        break;
      case 1:
        quad = 2;
        out.push_back(static_cast<char>(left << 2U | bits >> 4U));
        left = bits & 15U;
        break;
      case 2:
        quad = 3;
        out.push_back(static_cast<char>(left << 4U | bits >> 2U));
        left = bits & 3U;
        break;
      default:
        quad = 0;
        out.push_back(static_cast<char>(left << 6U | bits));
        left = 0;
    }
  }
  if (quad == 1)
    return raise_error(vm, format_message("Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
                                          {out.size() / 3 * 4 + 1}));
  if (quad != 0) return raise_error(vm, "Incorrect padding");
  return new_bytes(vm, out);
}

Ref b2a_base64(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const bool newline, args.boolean(vm, 1, true));
  if (view.length > SIZE_MAX / 16) return raise_error(vm, "Too much data for base64 line");
  VM_CHECK(charge_work(vm, view.length / 16));
  VM_TRY(Own<BytesObject> out, allocate_bytes(vm, (view.length + 2) / 3 * 4 + (newline ? 1 : 0)));
  char* to = out->data();
  const auto byte = [&](std::size_t i) { return i < view.length ? static_cast<unsigned>(static_cast<unsigned char>(view.data[i])) : 0U; };
  for (std::size_t i = 0; i < view.length; i += 3) {
    const unsigned word = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    *to++ = kAlphabet[word >> 18U];
    *to++ = kAlphabet[word >> 12U & 63U];
    *to++ = i + 1 < view.length ? kAlphabet[word >> 6U & 63U] : '=';
    *to++ = i + 2 < view.length ? kAlphabet[word & 63U] : '=';
  }
  if (newline) *to = '\n';
  return out;
}

Ref a2b_uu(Vm& vm, Value, Args& args) {
  AsciiInput input;
  VM_CHECK(input.open(vm, args[0]));
  const std::string_view in = input.bytes();
  const std::size_t length = in.empty() ? 32 : (static_cast<unsigned char>(in[0]) - ' ') & 63U;
  std::string out;
  std::size_t i = 1;
  unsigned bits = 0;
  unsigned word = 0;
  const std::size_t wanted = in.empty() ? (0U - 32U) & 63U : length;
  while (out.size() < wanted) {
    unsigned value = 0;
    const unsigned char c = i < in.size() ? static_cast<unsigned char>(in[i]) : 0;
    ++i;
    if (c != '\n' && c != '\r' && i <= in.size()) {
      if (c < ' ' || c > ' ' + 64) return raise_error(vm, "Illegal char");
      value = (c - ' ') & 63U;
    }
    word = word << 6U | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(word >> bits & 0xFFU));
      word &= (1U << bits) - 1;
    }
  }
  for (; i < in.size(); ++i) {
    const char c = in[i];
    if (c != ' ' && c != ' ' + 64 && c != '\n' && c != '\r') return raise_error(vm, "Trailing garbage");
  }
  return new_bytes(vm, out);
}

Ref b2a_uu(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const bool backtick, args.boolean(vm, 1, false));
  if (view.length > 45) return raise_error(vm, "At most 45 bytes at once");
  const auto put = [&](unsigned value) { return backtick && value == 0 ? '`' : static_cast<char>(value + ' '); };
  std::string out(1, put(static_cast<unsigned>(view.length)));
  const auto byte = [&](std::size_t i) { return i < view.length ? static_cast<unsigned>(static_cast<unsigned char>(view.data[i])) : 0U; };
  for (std::size_t i = 0; i < view.length; i += 3) {
    const unsigned word = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) out.push_back(put(word >> shift & 63U));
  }
  out.push_back('\n');
  return new_bytes(vm, out);
}

}  // namespace ouro::vm::binascii
