// UTF-16 and UTF-32.
#include "vm/objects/codecs.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

bool is_surrogate(std::uint32_t c) { return c - 0xD800 < 0x800; }

void put(std::string& out, std::uint32_t value, unsigned size, bool big) {
  for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * (big ? size - 1 - i : i)) & 0xFFU));
}
std::uint32_t get(std::string_view bytes, std::size_t at, unsigned size, bool big) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < size; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * (big ? size - 1 - i : i));
  return value;
}

std::string_view name_of(unsigned size, int byte_order) {
  if (size == 2) return byte_order == 0 ? "utf-16" : byte_order < 0 ? "utf-16-le" : "utf-16-be";
  return byte_order == 0 ? "utf-32" : byte_order < 0 ? "utf-32-le" : "utf-32-be";
}

Ref encode_units(Vm& vm, StrObject* text, std::string_view errors, int byte_order, unsigned size) {
  const bool big = byte_order > 0;
  VM_CHECK(charge_work(vm, text->length / 8));
  Encoder encoder(vm, text, name_of(size, byte_order), errors);
  VM_CHECK(encoder.room(text->length * 4 + 4));
  if (byte_order == 0) put(encoder.out, 0xFEFF, size, big);
  const auto put_character = [&](std::uint32_t c) {
    if (size == 4 || c < 0x10000) return put(encoder.out, c, size, big);
    put(encoder.out, 0xD800U + ((c - 0x10000) >> 10U), 2, big);
    put(encoder.out, 0xDC00U + ((c - 0x10000) & 0x3FFU), 2, big);
  };
  constexpr std::string_view kReason = "surrogates not allowed";
  for (std::size_t i = 0; i < text->length;) {
    if (!is_surrogate(text->at(i))) {
      put_character(text->at(i++));
      continue;
    }
    const std::size_t start = i;
    std::size_t end = i + 1;
    while (end < text->length && is_surrogate(text->at(end))) ++end;
    Encoder::Replacement replacement;
    VM_CHECK(encoder.error(start, end, kReason, i, replacement));
    if (!replacement.text) {
      if (replacement.bytes.size() % size != 0) VM_CHECK(encoder.fail(start, end, kReason));
      encoder.out += replacement.bytes;
      continue;
    }
    const StrObject* piece = as_str(replacement.text);
    if (!piece->is_ascii) VM_CHECK(encoder.fail(start, end, kReason));
    for (std::size_t k = 0; k < piece->length; ++k) put_character(piece->at(k));
  }
  return new_bytes(vm, encoder.out);
}

// The byte order that a mark at the start tells; its size is skipped.
std::size_t read_mark(std::string_view bytes, unsigned size, int& byte_order) {
  if (byte_order != 0 || bytes.size() < size) return 0;
  if (get(bytes, 0, size, false) == 0xFEFF) {
    byte_order = -1;
    return size;
  }
  if (get(bytes, 0, size, true) == 0xFEFF) {
    byte_order = 1;
    return size;
  }
  return 0;
}

}  // namespace

Ref encode_utf16(Vm& vm, StrObject* text, std::string_view errors, int byte_order) {
  return encode_units(vm, text, errors, byte_order, 2);
}
Ref encode_utf32(Vm& vm, StrObject* text, std::string_view errors, int byte_order) {
  return encode_units(vm, text, errors, byte_order, 4);
}

Ref decode_utf16(Vm& vm, std::string_view bytes, std::string_view errors, int& byte_order, std::size_t* consumed) {
  if (consumed != nullptr) *consumed = bytes.size();
  VM_CHECK(charge_work(vm, bytes.size() / 16));
  std::size_t i = read_mark(bytes, 2, byte_order);
  if (consumed != nullptr && bytes.size() < 2) {
    *consumed = 0;
    return new_str(vm, {});
  }
  const bool big = byte_order > 0;
  Decoder decoder(vm, bytes, name_of(2, byte_order), errors);
  while (i < decoder.bytes.size()) {
    const std::size_t left = decoder.bytes.size() - i;
    if (left < 2) {
      if (consumed != nullptr) {
        *consumed = i;
        break;
      }
      VM_CHECK(decoder.error(i, decoder.bytes.size(), "truncated data", i));
      continue;
    }
    const std::uint32_t first = get(decoder.bytes, i, 2, big);
    if (!is_surrogate(first)) {
      decoder.out.append(first);
      i += 2;
      continue;
    }
    if (first >= 0xDC00) {
      VM_CHECK(decoder.error(i, i + 2, "illegal encoding", i));
      continue;
    }
    if (left < 4) {
      if (consumed != nullptr) {
        *consumed = i;
        break;
      }
      VM_CHECK(decoder.error(i, decoder.bytes.size(), "unexpected end of data", i));
      continue;
    }
    const std::uint32_t second = get(decoder.bytes, i + 2, 2, big);
    if (second - 0xDC00 >= 0x400) {
      VM_CHECK(decoder.error(i, i + 2, "illegal UTF-16 surrogate", i));
      continue;
    }
    decoder.out.append(0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00));
    i += 4;
  }
  return decoder.out.finish();
}

Ref decode_utf32(Vm& vm, std::string_view bytes, std::string_view errors, int& byte_order, std::size_t* consumed) {
  if (consumed != nullptr) *consumed = bytes.size();
  VM_CHECK(charge_work(vm, bytes.size() / 16));
  std::size_t i = read_mark(bytes, 4, byte_order);
  if (consumed != nullptr && bytes.size() < 4) {
    *consumed = 0;
    return new_str(vm, {});
  }
  const bool big = byte_order > 0;
  Decoder decoder(vm, bytes, name_of(4, byte_order), errors);
  while (i < decoder.bytes.size()) {
    if (decoder.bytes.size() - i < 4) {
      if (consumed != nullptr) {
        *consumed = i;
        break;
      }
      VM_CHECK(decoder.error(i, decoder.bytes.size(), "truncated data", i));
      continue;
    }
    const std::uint32_t c = get(decoder.bytes, i, 4, big);
    if (is_surrogate(c)) {
      VM_CHECK(decoder.error(i, i + 4, "code point in surrogate code point range(0xd800, 0xe000)", i));
    } else if (c > 0x10FFFF) {
      VM_CHECK(decoder.error(i, i + 4, "code point not in range(0x110000)", i));
    } else {
      decoder.out.append(c);
      i += 4;
    }
  }
  return decoder.out.finish();
}

}  // namespace ouro::vm
