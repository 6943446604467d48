// UTF-7 (RFC 2152), with CPython's reasons (Objects/unicodeobject.c PyUnicode_DecodeUTF7Stateful).
#include "vm/objects/codecs.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(unsigned char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}
// Characters that stand for themselves: all of RFC 2152's direct and optional ones, and white space.
bool is_direct(std::uint32_t c) {
  if (c >= 0x80 || c == '+' || c == '\\' || c == '~') return false;
  return c >= 0x20 ? c != 0x7F : c == '\t' || c == '\n' || c == '\r' || c == 0;
}
// Those that the encoder leaves as they are.
bool encodes_direct(std::uint32_t c) { return is_direct(c); }
bool decodes_direct(unsigned char c) { return c < 0x80 && c != '+'; }

}  // namespace

Ref decode_utf7(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed) {
  VM_CHECK(charge_work(vm, bytes.size() / 8));
  Decoder decoder(vm, bytes, "utf7", errors);
  bool in_shift = false;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  std::uint32_t surrogate = 0;
  std::size_t shift_start = 0;
  std::size_t i = 0;
  while (i < decoder.bytes.size()) {
    const auto c = static_cast<unsigned char>(decoder.bytes[i]);
    if (in_shift) {
      const int value = base64_value(c);
      if (value >= 0) {
        buffer = buffer << 6U | static_cast<std::uint32_t>(value);
        bits += 6;
        ++i;
        if (bits >= 16) {
          const std::uint32_t unit = buffer >> (bits - 16) & 0xFFFFU;
          bits -= 16;
          buffer &= (1U << bits) - 1;
          if (surrogate != 0) {
            if (unit - 0xDC00 < 0x400) {
              decoder.out.append(0x10000 + ((surrogate - 0xD800) << 10U) + (unit - 0xDC00));
              surrogate = 0;
              continue;
            }
            decoder.out.append(surrogate);
            surrogate = 0;
          }
          if (unit - 0xD800 < 0x400) {
            surrogate = unit;
          } else {
            decoder.out.append(unit);
          }
        }
        continue;
      }
      in_shift = false;
      std::string_view reason;
      if (bits > 0) {
        if (bits >= 6) {
          reason = "partial character in base64 sequence";
        } else if (buffer != 0) {
          reason = "non-zero padding bits in base64 sequence";
        }
      }
      if (!reason.empty()) {
        ++i;
        VM_CHECK(decoder.error(shift_start, i, reason, i));
        continue;
      }
      if (surrogate != 0 && decodes_direct(c)) decoder.out.append(surrogate);
      surrogate = 0;
      if (c == '-') {
        ++i;
      } else if (!decodes_direct(c)) {
        ++i;
        VM_CHECK(decoder.error(i - 1, i, "unexpected special character", i));
      }
    } else if (c == '+') {
      shift_start = i++;
      if (i < decoder.bytes.size() && decoder.bytes[i] == '-') {
        ++i;
        decoder.out.append(std::uint32_t{'+'});
      } else if (i < decoder.bytes.size() && base64_value(static_cast<unsigned char>(decoder.bytes[i])) < 0) {
        ++i;
        VM_CHECK(decoder.error(shift_start, i, "ill-formed sequence", i));
      } else {
        in_shift = true;
        surrogate = 0;
        bits = 0;
        buffer = 0;
      }
    } else if (decodes_direct(c)) {
      ++i;
      decoder.out.append(c);
    } else {
      ++i;
      VM_CHECK(decoder.error(i - 1, i, "unexpected special character", i));
    }
  }
  if (consumed != nullptr) {
    *consumed = in_shift ? shift_start : i;
    if (in_shift && shift_start != 0) return decode_utf7(vm, bytes.substr(0, shift_start), errors, nullptr);
    if (in_shift) return new_str(vm, {});
  } else if (in_shift) {
    const bool is_partial = surrogate != 0 || bits >= 6 || (bits > 0 && buffer != 0);
    if (is_partial) VM_CHECK(decoder.error(shift_start, decoder.bytes.size(), "unterminated shift sequence", i));
  }
  return decoder.out.finish();
}

Ref encode_utf7(Vm& vm, StrObject* text) {
  VM_CHECK(charge_work(vm, text->length / 8));
  if (!vm.heap.has_room(text->length * 4)) return raise_memory_error(vm);
  std::string out;
  bool in_shift = false;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  const auto put_unit = [&](std::uint32_t unit) {
    buffer = buffer << 16U | unit;
    bits += 16;
    while (bits >= 6) {
      out.push_back(kBase64[buffer >> (bits - 6) & 63U]);
      bits -= 6;
      buffer &= (1U << bits) - 1;
    }
  };
  const auto flush = [&] {
    if (bits > 0) out.push_back(kBase64[buffer << (6 - bits) & 63U]);
    bits = 0;
    buffer = 0;
  };
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (in_shift && encodes_direct(c)) {
      flush();
      in_shift = false;
      if (base64_value(static_cast<unsigned char>(c)) >= 0 || c == '-') out.push_back('-');
      out.push_back(static_cast<char>(c));
      continue;
    }
    if (!in_shift) {
      if (c == '+') {
        out += "+-";
        continue;
      }
      if (encodes_direct(c)) {
        out.push_back(static_cast<char>(c));
        continue;
      }
      out.push_back('+');
      in_shift = true;
    }
    if (c >= 0x10000) {
      put_unit(0xD800U + ((c - 0x10000) >> 10U));
      put_unit(0xDC00U + ((c - 0x10000) & 0x3FFU));
    } else {
      put_unit(c);
    }
  }
  if (in_shift) {
    flush();
    out.push_back('-');
  }
  return new_bytes(vm, out);
}

}  // namespace ouro::vm
