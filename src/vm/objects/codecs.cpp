// The registry of codecs, and str's encoding and decoding by name.
#include "vm/objects/codecs.h"

#include "support/utf8.h"
#include "vm/core/machine_state.h"
#include "vm/modules/import.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

// The codecs that need no registry (CPython 3.13 Objects/unicodeobject.c PyUnicode_Decode).
enum class Direct : std::uint8_t { None, Utf8, Utf16, Utf32, Ascii, Latin1 };
Direct direct_codec(std::string_view encoding) {
  if (encoding == "utf-8") return Direct::Utf8;
  if (encoding.size() > 10) return Direct::None;
  const std::string name = normalized_encoding(encoding);
  if (name == "utf_8" || name == "utf8") return Direct::Utf8;
  if (name == "utf_16" || name == "utf16") return Direct::Utf16;
  if (name == "utf_32" || name == "utf32") return Direct::Utf32;
  if (name == "ascii" || name == "us_ascii") return Direct::Ascii;
  if (name == "latin1" || name == "latin_1" || name == "iso_8859_1" || name == "iso8859_1") return Direct::Latin1;
  return Direct::None;
}

bool import_encodings(Vm& vm, CodecState& state) {
  if (state.encodings_imported) return true;
  state.encodings_imported = true;
  const Ref module = import_module(vm, "encodings");
  // Without a standard library there are no other codecs.
  if (!module && !catch_error(vm, vm.exc.ImportError)) return false;
  return true;
}

// The codec for str.encode and bytes.decode: text encodings only.
Ref lookup_text_codec(Vm& vm, std::string_view encoding, std::string_view alternative) {
  VM_TRY(Own<StrObject> name, new_str(vm, encoding));
  VM_TRY(Ref codec, lookup_codec(vm, name));
  if (!is_exact(vm, codec, vm.types.tuple)) {
    Ref flag;
    VM_TRY(Own<StrObject> attribute, new_str(vm, "_is_text_encoding"));
    VM_CHECK(find_attribute(vm, codec, attribute, flag));
    bool is_text = true;
    if (flag) VM_CHECK(truth(vm, flag, is_text));
    if (!is_text)
      return raise(vm, vm.exc.LookupError, "'{}' is not a text encoding; use {} to handle arbitrary codecs", encoding, alternative);
  }
  return codec;
}

// Calls part `index` (0 encoder, 1 decoder) of a codec.
Ref call_codec(Vm& vm, Value codec, std::size_t index, Value object, std::string_view errors) {
  const Value function = (*codec.as<TupleObject>())[index];
  Ref result;
  if (errors.empty()) {
    result = call(vm, function, {object});
  } else {
    VM_TRY(Own<StrObject> how, new_str(vm, errors));
    result = call(vm, function, {object, how.get()});
  }
  VM_CHECK(result);
  if (!is_tuple(result) || result.as<TupleObject>()->size != 2)
    return raise(vm, vm.exc.TypeError, index == 0 ? "encoder must return a tuple (object, integer)" : "decoder must return a tuple (object,integer)");
  return Ref::share((*result.as<TupleObject>())[0]);
}

}  // namespace

CodecState* codec_state(Vm& vm) {
  auto& state = machine_state<CodecState>(vm);
  if (state.error_handlers) return &state;
  state.search_path = new_list(vm);
  VM_CHECK(state.search_path);
  state.search_cache = new_dict(vm);
  VM_CHECK(state.search_cache);
  state.error_handlers = builtin_error_handlers(vm);
  VM_CHECK(state.error_handlers);
  return &state;
}

std::string normalized_encoding(std::string_view name) {
  std::string out;
  bool gap = false;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    if (!is_letter && static_cast<unsigned char>(c) < 0x80) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out.push_back('_');
    gap = false;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
  return out;
}

Ref lookup_codec(Vm& vm, std::string_view encoding) {
  VM_TRY(Own<StrObject> name, new_str(vm, encoding));
  return lookup_codec(vm, name);
}

Ref lookup_codec(Vm& vm, StrObject* encoding) {
  VM_TRY(CodecState * state, codec_state(vm));
  VM_CHECK(import_encodings(vm, *state));
  const std::string name = to_utf8(encoding);
  if (name.find('\0') != std::string::npos) return raise(vm, vm.exc.ValueError, "embedded null character");
  VM_TRY(Own<StrObject> key, new_str(vm, normalized_encoding(name)));
  const Value known = dict_get_str(vm, state->search_cache.as<DictObject>(), key);
  if (!known.is_null()) return Ref::share(known);
  auto* path = state->search_path.as<ListObject>();
  for (std::size_t i = 0; i < path->size; ++i) {
    const Ref function = Ref::share(path->items[i]);
    VM_TRY(Ref result, call(vm, function, {key.get()}));
    if (result.is_none()) continue;
    if (!is_tuple(result) || result.as<TupleObject>()->size != 4)
      return raise(vm, vm.exc.TypeError, "codec search functions must return 4-tuples");
    VM_CHECK(dict_set(vm, state->search_cache.as<DictObject>(), key.get(), result.get()));
    return result;
  }
  return raise(vm, vm.exc.LookupError, "unknown encoding: {}", name);
}

Ref lookup_error_handler(Vm& vm, std::string_view name) {
  VM_TRY(CodecState * state, codec_state(vm));
  const Value found = dict_get(vm, state->error_handlers.as<DictObject>(), name.empty() ? std::string_view("strict") : name);
  if (!found.is_null()) return Ref::share(found);
  return raise(vm, vm.exc.LookupError, "unknown error handler name '{}'", name);
}

Ref codec_encode(Vm& vm, Value object, StrObject* encoding, std::string_view errors) {
  VM_TRY(Ref codec, lookup_codec(vm, encoding));
  return call_codec(vm, codec, 0, object, errors);
}
Ref codec_decode(Vm& vm, Value object, StrObject* encoding, std::string_view errors) {
  VM_TRY(Ref codec, lookup_codec(vm, encoding));
  return call_codec(vm, codec, 1, object, errors);
}

Ref str_encode(Vm& vm, StrObject* text, std::string_view encoding, std::string_view errors) {
  switch (direct_codec(encoding)) {
    case Direct::Utf8: return encode_utf8(vm, text, errors);
    case Direct::Utf16: return encode_utf16(vm, text, errors, 0);
    case Direct::Utf32: return encode_utf32(vm, text, errors, 0);
    case Direct::Ascii: return encode_ascii(vm, text, errors);
    case Direct::Latin1: return encode_latin1(vm, text, errors);
    default: break;
  }
  VM_TRY(Ref codec, lookup_text_codec(vm, encoding, "codecs.encode()"));
  VM_TRY(Ref result, call_codec(vm, codec, 0, text, errors));
  if (is_bytes(result)) return result;
  if (is_instance_of(vm, result, vm.types.bytearray)) {
    VM_CHECK(warn(vm, vm.exc.RuntimeWarning, format_message("encoder {} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types", {encoding})));
    return new_bytes(vm, result.as<BytearrayObject>()->view());
  }
  return raise(vm, vm.exc.TypeError, "'{}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
               encoding, type_name(vm, result));
}

Ref str_decode(Vm& vm, std::string_view bytes, std::string_view encoding, std::string_view errors) {
  int byte_order = 0;
  switch (direct_codec(encoding)) {
    case Direct::Utf8: return decode_utf8(vm, bytes, errors, nullptr);
    case Direct::Utf16: return decode_utf16(vm, bytes, errors, byte_order, nullptr);
    case Direct::Utf32: return decode_utf32(vm, bytes, errors, byte_order, nullptr);
    case Direct::Ascii: return decode_ascii(vm, bytes, errors);
    case Direct::Latin1: return new_str_latin1(vm, bytes);
    default: break;
  }
  VM_TRY(Ref codec, lookup_text_codec(vm, encoding, "codecs.decode()"));
  VM_TRY(Own<BytesObject> object, new_bytes(vm, bytes));
  VM_TRY(Ref result, call_codec(vm, codec, 1, object.get(), errors));
  if (is_str(result)) return result;
  return raise(vm, vm.exc.TypeError, "'{}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
               encoding, type_name(vm, result));
}

Own<StrObject> new_str_fs(Vm& vm, std::string_view bytes) { return Own<StrObject>::from(decode_utf8(vm, bytes, "surrogateescape", nullptr)); }

std::string to_fs_bytes(const StrObject* text) {
  if (text->is_ascii) return std::string(text->ascii());
  std::string out;
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c - 0xDC80 < 0x80) {
      out.push_back(static_cast<char>(c - 0xDC00));
    } else {
      support::append_utf8(out, c);
    }
  }
  return out;
}

}  // namespace ouro::vm
