// UTF-8: CPython 3.13 Objects/unicodeobject.c unicode_decode_utf8, with its reasons and error ranges.
#include "support/utf8.h"
#include "vm/objects/codecs.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

struct Step {
  std::uint32_t code_point = 0;
  std::size_t size = 0;           ///< bytes, of the character or of the error
  const char* reason = nullptr;   ///< null: good
  bool is_truncated = false;
};

Step decode_step(std::string_view bytes, std::size_t at) {
  const auto b = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])); };
  const std::size_t left = bytes.size() - at;
  const std::uint32_t first = b(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xC2 || first > 0xF4) return {0, 1, "invalid start byte"};
  const std::size_t need = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t c = first & (0xFFU >> (need + 1));
  for (std::size_t i = 1; i < need; ++i) {
    if (i >= left) return {0, i, "unexpected end of data", true};
    std::uint32_t low = 0x80;
    std::uint32_t high = 0xBF;
    if (i == 1) {
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    }
    if (b(i) < low || b(i) > high) return {0, i, "invalid continuation byte"};
    c = c << 6U | (b(i) & 0x3FU);
  }
  return {c, need};
}

std::size_t ascii_run(std::string_view bytes, std::size_t at) {
  std::size_t i = at;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    if ((word & 0x8080808080808080ULL) != 0) break;
  }
  while (i < bytes.size() && static_cast<unsigned char>(bytes[i]) < 0x80) ++i;
  return i - at;
}

}  // namespace

Ref decode_utf8(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed) {
  if (consumed != nullptr) *consumed = bytes.size();
  VM_CHECK(charge_work(vm, bytes.size() / 32));
  if (ascii_run(bytes, 0) == bytes.size()) return new_str_latin1(vm, bytes);
  Decoder decoder(vm, bytes, "utf-8", errors);
  for (std::size_t i = 0; i < decoder.bytes.size();) {
    const std::size_t run = ascii_run(decoder.bytes, i);
    if (run > 1) {
      decoder.out.append(decoder.bytes.substr(i, run));
      i += run;
      continue;
    }
    const Step step = decode_step(decoder.bytes, i);
    if (step.reason == nullptr) {
      decoder.out.append(step.code_point);
      i += step.size;
      continue;
    }
    if (step.is_truncated && consumed != nullptr) {
      *consumed = i;
      break;
    }
    VM_CHECK(decoder.error(i, i + step.size, step.reason, i));
  }
  return decoder.out.finish();
}

Ref encode_utf8(Vm& vm, StrObject* text, std::string_view errors) {
  if (text->is_ascii) return new_bytes(vm, text->ascii());
  VM_CHECK(charge_work(vm, text->length / 16));
  const auto is_surrogate = [](std::uint32_t c) { return c - 0xD800 < 0x800; };
  // Without surrogates: the size first, then the bytes.
  std::size_t size = 0;
  bool has_surrogates = false;
  with_units(text, [&](const auto* data) {
    for (std::size_t i = 0; i < text->length; ++i) {
      const std::uint32_t c = data[i];
      size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      has_surrogates |= is_surrogate(c);
    }
  });
  if (!has_surrogates) {
    VM_TRY(Own<BytesObject> out, allocate_bytes(vm, size));
    char* to = out->data();
    const auto put = [&](std::uint32_t value) { *to++ = static_cast<char>(value); };
    with_units(text, [&](const auto* data) {
      for (std::size_t i = 0; i < text->length; ++i) {
        const std::uint32_t c = data[i];
        if (c < 0x80) {
          put(c);
        } else if (c < 0x800) {
          put(0xC0U | c >> 6U);
          put(0x80U | (c & 0x3FU));
        } else if (c < 0x10000) {
          put(0xE0U | c >> 12U);
          put(0x80U | (c >> 6U & 0x3FU));
          put(0x80U | (c & 0x3FU));
        } else {
          put(0xF0U | c >> 18U);
          put(0x80U | (c >> 12U & 0x3FU));
          put(0x80U | (c >> 6U & 0x3FU));
          put(0x80U | (c & 0x3FU));
        }
      }
    });
    return out;
  }
  Encoder encoder(vm, text, "utf-8", errors);
  VM_CHECK(encoder.room(size));
  for (std::size_t i = 0; i < text->length;) {
    if (!is_surrogate(text->at(i))) {
      support::append_utf8(encoder.out, text->at(i++));
      continue;
    }
    const std::size_t start = i;
    std::size_t end = i + 1;
    while (end < text->length && is_surrogate(text->at(end))) ++end;
    Encoder::Replacement replacement;
    VM_CHECK(encoder.error(start, end, "surrogates not allowed", i, replacement));
    if (replacement.text) {
      const StrObject* piece = as_str(replacement.text);
      if (!piece->is_ascii) {
        VM_CHECK(encoder.fail(start, end, "surrogates not allowed"));
      }
      encoder.out += piece->ascii();
    } else {
      encoder.out += replacement.bytes;
    }
  }
  return new_bytes(vm, encoder.out);
}

}  // namespace ouro::vm
