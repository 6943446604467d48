// _codecs: the registry and the built-in codecs as functions.
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

// (object, length): what codec functions return.
Ref with_length(Vm& vm, Ref object, std::size_t length) {
  VM_CHECK(object);
  return new_tuple(vm, {object.get(), Value::small(static_cast<std::int64_t>(length))});
}
/// The errors argument; None means strict.
std::optional<std::string> errors_argument(Vm& vm, Args& args, std::size_t index) {
  if (!args.has(index)) return std::string();
  return args.text(vm, index);
}

// --- registry

Ref codecs_register(Vm& vm, Value, Value function) {
  if (!is_callable(vm, function)) return raise(vm, vm.exc.TypeError, "argument must be callable");
  VM_TRY(CodecState * state, codec_state(vm));
  VM_CHECK(list_append(vm, state->search_path.as<ListObject>(), function));
  return Ref::none();
}
Ref codecs_unregister(Vm& vm, Value, Value function) {
  VM_TRY(CodecState * state, codec_state(vm));
  auto* path = state->search_path.as<ListObject>();
  for (std::size_t i = 0; i < path->size; ++i) {
    if (path->items[i] != function) continue;
    dict_clear(vm, state->search_cache.as<DictObject>());
    VM_CHECK(list_replace(vm, path, i, i + 1, {}));
    break;
  }
  return Ref::none();
}
Ref codecs_lookup(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * encoding, args.string(vm, 0));
  return lookup_codec(vm, encoding);
}
Ref codecs_encode(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 1, "utf-8"));
  auto errors = errors_argument(vm, args, 2);
  VM_CHECK(errors.has_value());
  VM_TRY(Own<StrObject> encoding, new_str(vm, name));
  return codec_encode(vm, args[0], encoding, *errors);
}
Ref codecs_decode(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 1, "utf-8"));
  auto errors = errors_argument(vm, args, 2);
  VM_CHECK(errors.has_value());
  VM_TRY(Own<StrObject> encoding, new_str(vm, name));
  return codec_decode(vm, args[0], encoding, *errors);
}
Ref codecs_register_error(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * name, args.string(vm, 0));
  if (!is_callable(vm, args[1])) return raise(vm, vm.exc.TypeError, "handler must be callable");
  VM_TRY(CodecState * state, codec_state(vm));
  VM_CHECK(dict_set(vm, state->error_handlers.as<DictObject>(), Value(name), args[1]));
  return Ref::none();
}
Ref codecs_lookup_error(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 0));
  return lookup_error_handler(vm, name);
}

// --- decoders

using Decode = Ref (*)(Vm&, std::string_view, std::string_view, std::size_t*);
// decode(data, errors=None, final=False) for the decoders that may stop early. A str counts as its UTF-8 where allowed.
Ref decode_stateful(Vm& vm, Args& args, Decode decode, bool takes_str, bool final_default) {
  auto errors = errors_argument(vm, args, 1);
  VM_CHECK(errors.has_value());
  VM_TRY(const bool is_final, args.boolean(vm, 2, final_default));
  BufferView view;
  Ref encoded;
  Value data = args[0];
  if (takes_str && is_str(data)) {
    encoded = encode_utf8(vm, as_str(data), "strict");
    VM_CHECK(encoded);
    data = encoded;
  }
  VM_CHECK(get_buffer(vm, data, view));
  std::size_t consumed = view.length;
  Ref text = decode(vm, view.bytes(), *errors, is_final ? nullptr : &consumed);
  return with_length(vm, std::move(text), consumed);
}
Ref utf_8_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_utf8, false, false); }
Ref utf_7_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_utf7, false, false); }
Ref unicode_escape_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_unicode_escape, true, true); }
Ref raw_unicode_escape_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_raw_unicode_escape, true, true); }

template <int kOrder, bool k32>
Ref decode_wide(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed) {
  int order = kOrder;
  return k32 ? decode_utf32(vm, bytes, errors, order, consumed) : decode_utf16(vm, bytes, errors, order, consumed);
}
Ref utf_16_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_wide<0, false>, false, false); }
Ref utf_16_le_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_wide<-1, false>, false, false); }
Ref utf_16_be_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_wide<1, false>, false, false); }
Ref utf_32_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_wide<0, true>, false, false); }
Ref utf_32_le_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_wide<-1, true>, false, false); }
Ref utf_32_be_decode(Vm& vm, Value, Args& args) { return decode_stateful(vm, args, decode_wide<1, true>, false, false); }

// (text, consumed, byte order as it is now).
Ref decode_ex(Vm& vm, Args& args, bool wide32) {
  auto errors = errors_argument(vm, args, 1);
  VM_CHECK(errors.has_value());
  VM_TRY(int order, args.integer(vm, 2, 0));
  VM_TRY(const bool is_final, args.boolean(vm, 3, false));
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  std::size_t consumed = view.length;
  std::size_t* stop = is_final ? nullptr : &consumed;
  VM_TRY(Ref text, wide32 ? decode_utf32(vm, view.bytes(), *errors, order, stop) : decode_utf16(vm, view.bytes(), *errors, order, stop));
  return new_tuple(vm, {text.get(), Value::small(static_cast<std::int64_t>(consumed)), Value::small(order)});
}
Ref utf_16_ex_decode(Vm& vm, Value, Args& args) { return decode_ex(vm, args, false); }
Ref utf_32_ex_decode(Vm& vm, Value, Args& args) { return decode_ex(vm, args, true); }

Ref latin_1_decode(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  return with_length(vm, new_str_latin1(vm, view.bytes()), view.length);
}
Ref ascii_decode(Vm& vm, Value, Args& args) {
  auto errors = errors_argument(vm, args, 1);
  BufferView view;
  VM_CHECK(errors.has_value() && get_buffer(vm, args[0], view));
  return with_length(vm, decode_ascii(vm, view.bytes(), *errors), view.length);
}
Ref charmap_decode(Vm& vm, Value, Args& args) {
  auto errors = errors_argument(vm, args, 1);
  BufferView view;
  VM_CHECK(errors.has_value() && get_buffer(vm, args[0], view));
  if (!args.has(2)) return with_length(vm, new_str_latin1(vm, view.bytes()), view.length);
  return with_length(vm, decode_charmap(vm, view.bytes(), *errors, args[2]), view.length);
}
Ref escape_decode(Vm& vm, Value, Args& args) {
  auto errors = errors_argument(vm, args, 1);
  VM_CHECK(errors.has_value());
  BufferView view;
  Ref encoded;
  Value data = args[0];
  if (is_str(data)) {
    encoded = encode_utf8(vm, as_str(data), "strict");
    VM_CHECK(encoded);
    data = encoded;
  }
  VM_CHECK(get_buffer(vm, data, view));
  return with_length(vm, decode_escape(vm, view.bytes(), *errors), view.length);
}

// --- encoders

template <class Encode>
Ref encode_with(Vm& vm, Args& args, Encode encode) {
  VM_TRY(StrObject * text, args.string(vm, 0));
  auto errors = errors_argument(vm, args, 1);
  VM_CHECK(errors.has_value());
  return with_length(vm, encode(text, std::string_view(*errors)), text->length);
}
Ref utf_8_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view errors) { return encode_utf8(vm, text, errors); });
}
Ref utf_7_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view) { return encode_utf7(vm, text); });
}
template <int kOrder, bool k32>
Ref wide_encode(Vm& vm, Value, Args& args) {
  int order = kOrder;
  if (kOrder == 0 && args.given(2)) {
    VM_TRY(order, args.integer(vm, 2, 0));
  }
  return encode_with(vm, args, [&](StrObject* text, std::string_view errors) {
    return k32 ? encode_utf32(vm, text, errors, order) : encode_utf16(vm, text, errors, order);
  });
}
Ref unicode_escape_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view) { return encode_unicode_escape(vm, text); });
}
Ref raw_unicode_escape_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view) { return encode_raw_unicode_escape(vm, text); });
}
Ref latin_1_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view errors) { return encode_latin1(vm, text, errors); });
}
Ref ascii_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view errors) { return encode_ascii(vm, text, errors); });
}
Ref charmap_encode(Vm& vm, Value, Args& args) {
  return encode_with(vm, args, [&](StrObject* text, std::string_view errors) {
    return args.has(2) ? encode_charmap(vm, text, errors, args[2]) : encode_latin1(vm, text, errors);
  });
}
Ref charmap_build(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * text, args.string(vm, 0));
  return build_charmap(vm, text);
}
Ref escape_encode(Vm& vm, Value, Args& args) {
  if (!is_bytes(args[0])) return raise(vm, vm.exc.TypeError, "escape_encode() argument 1 must be bytes, not {}", type_name(vm, args[0]));
  const std::string_view content = args[0].as<BytesObject>()->view();
  VM_TRY(Ref shown, bytes_repr(vm, content));
  // bytes_repr between its quotes; a double quote inside means that single ones stand unescaped.
  const std::string_view text = as_str(shown)->ascii();
  std::string out;
  const bool escape_quotes = text[1] == '"';
  for (const char c : text.substr(2, text.size() - 3)) {
    if (c == '\'' && escape_quotes) out.push_back('\\');
    out.push_back(c);
  }
  return with_length(vm, new_bytes(vm, out), content.size());
}
Ref readbuffer_encode(Vm& vm, Value, Args& args) {
  BufferView view;
  Ref encoded;
  Value data = args[0];
  if (is_str(data)) {
    encoded = encode_utf8(vm, as_str(data), "strict");
    VM_CHECK(encoded);
    data = encoded;
  }
  VM_CHECK(get_buffer(vm, data, view));
  return with_length(vm, new_bytes(vm, view.bytes()), view.length);
}

constexpr MethodSpec kFunctions[] = {
    {"register($module, search_function, /)", codecs_register, "Register a codec search function."},
    {"unregister($module, search_function, /)", codecs_unregister, "Unregister a codec search function and clear the registry's cache."},
    {"lookup($module, encoding, /)", codecs_lookup, "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object."},
    {"encode($module, /, obj, encoding='utf-8', errors='strict')", codecs_encode, "Encodes obj using the codec registered for encoding."},
    {"decode($module, /, obj, encoding='utf-8', errors='strict')", codecs_decode, "Decodes obj using the codec registered for encoding."},
    {"register_error($module, errors, handler, /)", codecs_register_error, "Register the specified error handler under the name errors."},
    {"lookup_error($module, name, /)", codecs_lookup_error, "lookup_error(errors) -> handler"},
    {"escape_encode($module, data, errors=None, /)", escape_encode},
    {"escape_decode($module, data, errors=None, /)", escape_decode},
    {"utf_8_encode($module, str, errors=None, /)", utf_8_encode},
    {"utf_8_decode($module, data, errors=None, final=False, /)", utf_8_decode},
    {"utf_7_encode($module, str, errors=None, /)", utf_7_encode},
    {"utf_7_decode($module, data, errors=None, final=False, /)", utf_7_decode},
    {"utf_16_encode($module, str, errors=None, byteorder=0, /)", wide_encode<0, false>},
    {"utf_16_le_encode($module, str, errors=None, /)", wide_encode<-1, false>},
    {"utf_16_be_encode($module, str, errors=None, /)", wide_encode<1, false>},
    {"utf_16_decode($module, data, errors=None, final=False, /)", utf_16_decode},
    {"utf_16_le_decode($module, data, errors=None, final=False, /)", utf_16_le_decode},
    {"utf_16_be_decode($module, data, errors=None, final=False, /)", utf_16_be_decode},
    {"utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False, /)", utf_16_ex_decode},
    {"utf_32_encode($module, str, errors=None, byteorder=0, /)", wide_encode<0, true>},
    {"utf_32_le_encode($module, str, errors=None, /)", wide_encode<-1, true>},
    {"utf_32_be_encode($module, str, errors=None, /)", wide_encode<1, true>},
    {"utf_32_decode($module, data, errors=None, final=False, /)", utf_32_decode},
    {"utf_32_le_decode($module, data, errors=None, final=False, /)", utf_32_le_decode},
    {"utf_32_be_decode($module, data, errors=None, final=False, /)", utf_32_be_decode},
    {"utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False, /)", utf_32_ex_decode},
    {"unicode_escape_encode($module, str, errors=None, /)", unicode_escape_encode},
    {"unicode_escape_decode($module, data, errors=None, final=True, /)", unicode_escape_decode},
    {"raw_unicode_escape_encode($module, str, errors=None, /)", raw_unicode_escape_encode},
    {"raw_unicode_escape_decode($module, data, errors=None, final=True, /)", raw_unicode_escape_decode},
    {"latin_1_encode($module, str, errors=None, /)", latin_1_encode},
    {"latin_1_decode($module, data, errors=None, /)", latin_1_decode},
    {"ascii_encode($module, str, errors=None, /)", ascii_encode},
    {"ascii_decode($module, data, errors=None, /)", ascii_decode},
    {"charmap_encode($module, str, errors=None, mapping=None, /)", charmap_encode},
    {"charmap_decode($module, data, errors=None, mapping=None, /)", charmap_decode},
    {"charmap_build($module, map, /)", charmap_build},
    {"readbuffer_encode($module, data, errors=None, /)", readbuffer_encode},
};
constexpr ModuleSpec kModule = {"_codecs", nullptr, kFunctions, nullptr};

}  // namespace

const ModuleSpec& _codecs_module() { return kModule; }

}  // namespace ouro::vm
