// Encoding and decoding for TextIOWrapper: UTF-8, Latin-1 and ASCII here, anything else through codecs.
#include <algorithm>

#include "vm/core/protocol.h"
#include "vm/modules/_io/text.h"
#include "vm/modules/import.h"

namespace ouro::vm {
namespace {

std::string normalised(std::string_view encoding) {
  std::string name;
  for (const char c : encoding) {
    if (c == '-' || c == '_' || c == ' ') continue;
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

std::string_view codec_name(TextCodec codec) {
  return codec == TextCodec::Utf8 ? "utf-8" : codec == TextCodec::Latin1 ? "latin-1" : "ascii";
}

std::string errors_of(const TextObject* self) {
  return is_str(self->errors) ? to_utf8(self->errors.as<StrObject>()) : std::string("strict");
}

bool is_all_ascii(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at + i, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  for (; i < bytes.size(); ++i) {
    if (at[i] >= 0x80) return false;
  }
  return true;
}

/// Bytes at the end that begin a UTF-8 character without ending it.
std::size_t incomplete_tail(std::string_view bytes) {
  const std::size_t most = std::min<std::size_t>(bytes.size(), 3);
  for (std::size_t back = 1; back <= most; ++back) {
    const auto c = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if (c < 0x80) return 0;
    if (c < 0xC0) continue;
    const std::size_t length = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 && c < 0xE0 ? 2 : 1;
    if (length <= back) return 0;
    if (back >= 2) {  // a second byte that cannot follow makes it an error now
      const auto second = static_cast<unsigned char>(bytes[bytes.size() - back + 1]);
      if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second >= 0xA0) || (c == 0xF0 && second < 0x90) || (c == 0xF4 && second >= 0x90)) return 0;
    }
    return back;
  }
  return 0;
}

Own<StrObject> decode_native(Vm& vm, const TextObject* self, std::string_view bytes) {
  if (self->codec == TextCodec::Latin1 || is_all_ascii(bytes)) return new_str_latin1(vm, bytes);
  VM_TRY(Ref text, str_decode(vm, bytes, codec_name(self->codec), errors_of(self)));
  return Own<StrObject>::from(std::move(text));
}

}  // namespace

TextCodec native_codec(std::string_view encoding) {
  const std::string name = normalised(encoding);
  if (name == "utf8" || name == "u8" || name == "utf" || name == "cp65001") return TextCodec::Utf8;
  if (name == "latin1" || name == "iso88591" || name == "latin" || name == "l1" || name == "8859") return TextCodec::Latin1;
  if (name == "ascii" || name == "usascii" || name == "646") return TextCodec::Ascii;
  return TextCodec::Generic;
}

bool text_choose_codec(Vm& vm, TextObject* self) {
  drop(self->encoder);
  drop(self->decoder);
  self->codec = native_codec(to_utf8(self->encoding.as<StrObject>()));
  self->wrote_start = false;
  if (self->codec != TextCodec::Generic) return true;
  VM_TRY(Ref encodings, import_module(vm, "encodings"));
  VM_TRY(Ref lookup, import_attribute(vm, "_codecs", "lookup"));
  VM_TRY(Ref info, call(vm, lookup, {self->encoding}));
  Ref is_text;
  VM_TRY(Own<StrObject> name, new_str(vm, "_is_text_encoding"));
  VM_CHECK(find_attribute(vm, info, name, is_text));
  if (is_text && is_text.get().is_false()) {
    return raise(vm, vm.exc.LookupError, "'{}' is not a text encoding; use codecs.open() to handle arbitrary codecs",
                 self->encoding.as<StrObject>());
  }
  VM_TRY(Ref readable, call_method(vm, self->buffer, vm.names.readable));
  bool wanted = false;
  VM_CHECK(truth(vm, readable, wanted));
  if (wanted) {
    VM_TRY(Ref make, get_attribute(vm, info, "incrementaldecoder"));
    VM_TRY(Ref decoder, call(vm, make, {self->errors}));
    assign(self->decoder, decoder);
  }
  VM_TRY(Ref writable, call_method(vm, self->buffer, vm.names.writable));
  VM_CHECK(truth(vm, writable, wanted));
  if (wanted) {
    VM_TRY(Ref make, get_attribute(vm, info, "incrementalencoder"));
    VM_TRY(Ref encoder, call(vm, make, {self->errors}));
    assign(self->encoder, encoder);
  }
  return true;
}

bool text_encode(Vm& vm, TextObject* self, StrObject* text, HeapBytes& out) {
  if (self->codec == TextCodec::Generic) {
    if (self->encoder.is_null()) return raise_unsupported(vm, "not writable");
    VM_TRY(Ref bytes, call_method(vm, self->encoder, vm.names.encode, {Value(text)}));
    if (!is_bytes(bytes)) {
      return raise(vm, vm.exc.TypeError, "encoder should return a bytes object, not '{}'", type_name(vm, bytes));
    }
    return out.append(vm, bytes.as<BytesObject>()->view());
  }
  if (text->is_ascii) return out.append(vm, text->ascii());
  if (self->codec == TextCodec::Latin1 && text->kind == 1) {
    return out.append(vm, {reinterpret_cast<const char*>(text->data1()), text->length});
  }
  VM_TRY(Ref bytes, str_encode(vm, text, codec_name(self->codec), errors_of(self)));
  return out.append(vm, bytes.as<BytesObject>()->view());
}

Own<StrObject> text_decode(Vm& vm, TextObject* self, std::string_view input, bool final) {
  const bool universal = self->read_universal;
  Own<StrObject> text;
  if (self->codec == TextCodec::Generic) {
    if (self->decoder.is_null()) return raise_unsupported(vm, "not readable");
    VM_TRY(Own<BytesObject> bytes, new_bytes(vm, input));
    VM_TRY(Ref result, call_method(vm, self->decoder, vm.names.decode, {Value(bytes.get()), Value::boolean(final)}));
    if (!is_str(result)) {
      return raise(vm, vm.exc.TypeError, "decoder should return a string result, not '{}'", type_name(vm, result));
    }
    text = Own<StrObject>::from(std::move(result));
    if (!universal) return text;
    self->newlines.translate = self->read_translate;
    return self->newlines.decode(vm, text, final);
  }
  // What ends within a character or with "\r" waits for the next piece.
  std::string joined;
  if (self->undecoded.size != 0) {
    joined.assign(self->undecoded.view());
    joined += input;
    input = joined;
  }
  std::size_t keep = 0;
  if (!final) {
    keep = self->codec == TextCodec::Utf8 ? incomplete_tail(input) : 0;
    if (keep == 0 && universal && !input.empty() && input.back() == '\r') keep = 1;
  }
  VM_TRY(text, decode_native(vm, self, input.substr(0, input.size() - keep)));
  const std::string kept(input.substr(input.size() - keep));
  self->undecoded.size = 0;
  VM_CHECK(self->undecoded.append(vm, kept));
  if (!universal) return text;
  self->newlines.translate = self->read_translate;
  return self->newlines.decode(vm, text, true);
}

std::size_t text_bytes_of(const TextObject* self, std::size_t count) {
  const std::string_view bytes = self->snapshot.view();
  std::size_t at = 0;
  const bool translated = self->read_universal && self->read_translate;
  for (; count > 0 && at < bytes.size(); --count) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    if (translated && c == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n') {
      at += 2;
      continue;
    }
    ++at;
    if (self->codec != TextCodec::Utf8 || c < 0xC2) continue;
    std::size_t following = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    while (following-- > 0 && at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80) ++at;
  }
  return at;
}

}  // namespace ouro::vm
