// Codecs of one byte a character: ASCII, Latin-1, character maps.
#include "vm/core/binding.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

// ASCII and Latin-1 differ in the limit only.
Ref encode_below(Vm& vm, StrObject* text, std::string_view errors, std::uint32_t limit) {
  VM_CHECK(charge_work(vm, text->length / 32));
  if (text->is_ascii) return new_bytes(vm, text->ascii());
  if (limit == 256 && text->kind == 1) return new_bytes(vm, {reinterpret_cast<const char*>(text->data1()), text->length});
  const std::string_view reason = limit == 128 ? "ordinal not in range(128)" : "ordinal not in range(256)";
  Encoder encoder(vm, text, limit == 128 ? "ascii" : "latin-1", errors);
  VM_CHECK(encoder.room(text->length));
  for (std::size_t i = 0; i < text->length;) {
    if (text->at(i) < limit) {
      encoder.out.push_back(static_cast<char>(text->at(i++)));
      continue;
    }
    const std::size_t start = i;
    std::size_t end = i + 1;
    while (end < text->length && text->at(end) >= limit) ++end;
    Encoder::Replacement replacement;
    VM_CHECK(encoder.error(start, end, reason, i, replacement));
    if (!replacement.text) {
      encoder.out += replacement.bytes;
      continue;
    }
    const StrObject* piece = as_str(replacement.text);
    VM_CHECK(encoder.room(piece->length));
    for (std::size_t k = 0; k < piece->length; ++k) {
      if (piece->at(k) >= limit) VM_CHECK(encoder.fail(start, end, reason));
      encoder.out.push_back(static_cast<char>(piece->at(k)));
    }
  }
  return new_bytes(vm, encoder.out);
}

// What a mapping gives for a byte: appended; `undefined` where nothing.
bool map_byte(Vm& vm, Value mapping, unsigned char byte, StrBuilder& out, bool& undefined) {
  undefined = false;
  const Ref found = get_item(vm, mapping, Value::small(byte));
  if (!found) {
    undefined = catch_error(vm, vm.exc.LookupError);
    return undefined;
  }
  if (found.is_none()) {
    undefined = true;
    return true;
  }
  if (is_int(found)) {
    const auto code = int_to_int64(found);
    if (code && *code == 0xFFFE) {
      undefined = true;
      return true;
    }
    if (!code || *code < 0 || *code > 0x10FFFF) return raise(vm, vm.exc.TypeError, "character mapping must be in range(0x110000)");
    return out.append(static_cast<std::uint32_t>(*code)) || true;
  }
  if (is_str(found)) {
    const StrObject* piece = as_str(found);
    if (piece->length == 1 && piece->at(0) == 0xFFFE) {
      undefined = true;
      return true;
    }
    return out.append(piece) || true;
  }
  return raise(vm, vm.exc.TypeError, "character mapping must return integer, None or str");
}

// The bytes of a character by a charmap: a dict, an EncodingMap or any mapping.
bool map_character(Vm& vm, Value mapping, std::uint32_t c, std::string& out, bool& undefined) {
  undefined = false;
  const Ref found = get_item(vm, mapping, Value::small(c));
  if (!found) {
    undefined = catch_error(vm, vm.exc.LookupError);
    return undefined;
  }
  if (found.is_none()) {
    undefined = true;
    return true;
  }
  if (is_int(found)) {
    const auto value = int_to_int64(found);
    if (!value || *value < 0 || *value > 255) return raise(vm, vm.exc.TypeError, "character mapping must be in range(256)");
    out.push_back(static_cast<char>(*value));
    return true;
  }
  if (is_bytes(found)) {
    out += found.as<BytesObject>()->view();
    return true;
  }
  return raise(vm, vm.exc.TypeError, "character mapping must return integer, bytes or None, not {}", type_name(vm, found));
}

// EncodingMap: what charmap_build makes of a decoding table; a plain dict inside.
struct EncodingMapObject : Object {
  Value table;
};
void map_dealloc(Vm& vm, Object* self) {
  xdecref(static_cast<EncodingMapObject*>(self)->table);
  free_object(vm, self, sizeof(EncodingMapObject));
}
Ref map_subscript(Vm& vm, Value self, Value key) { return get_item(vm, self.as<EncodingMapObject>()->table, key); }
Ref map_size(Vm&, Value) { return Ref::small(sizeof(EncodingMapObject)); }
constexpr MethodSpec kMapMethods[] = {{"size($self, /)", map_size, "Return the size (in bytes) of this object."}};
constexpr TypeSlots map_slots() {
  TypeSlots slots;
  slots.dealloc = map_dealloc;
  slots.subscript = map_subscript;
  return slots;
}
const TypeSpec kEncodingMapType = {
    .name = "EncodingMap",
    .basic_size = sizeof(EncodingMapObject),
    .flags = kTypeNoInstantiation,
    .slots = map_slots(),
    .methods = kMapMethods,
};

}  // namespace

Ref decode_ascii(Vm& vm, std::string_view bytes, std::string_view errors) {
  VM_CHECK(charge_work(vm, bytes.size() / 32));
  const auto is_high = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  std::size_t i = 0;
  while (i < bytes.size() && !is_high(bytes[i])) ++i;
  if (i == bytes.size()) return new_str_latin1(vm, bytes);
  Decoder decoder(vm, bytes, "ascii", errors);
  for (i = 0; i < decoder.bytes.size();) {
    if (!is_high(decoder.bytes[i])) {
      decoder.out.append(decoder.bytes.substr(i++, 1));
      continue;
    }
    VM_CHECK(decoder.error(i, i + 1, "ordinal not in range(128)", i));
  }
  return decoder.out.finish();
}
Ref encode_ascii(Vm& vm, StrObject* text, std::string_view errors) { return encode_below(vm, text, errors, 128); }
Ref encode_latin1(Vm& vm, StrObject* text, std::string_view errors) { return encode_below(vm, text, errors, 256); }

Ref decode_charmap(Vm& vm, std::string_view bytes, std::string_view errors, Value mapping) {
  VM_CHECK(charge_work(vm, bytes.size() / 8));
  Decoder decoder(vm, bytes, "charmap", errors);
  for (std::size_t i = 0; i < decoder.bytes.size();) {
    const auto byte = static_cast<unsigned char>(decoder.bytes[i]);
    bool undefined = false;
    if (is_exact(vm, mapping, vm.types.str)) {
      const StrObject* table = as_str(mapping);
      undefined = byte >= table->length || table->at(byte) == 0xFFFE;
      if (!undefined) decoder.out.append(table->at(byte));
    } else if (!map_byte(vm, mapping, byte, decoder.out, undefined)) {
      return {};
    }
    if (undefined) {
      VM_CHECK(decoder.error(i, i + 1, "character maps to <undefined>", i));
    } else {
      ++i;
    }
  }
  return decoder.out.finish();
}

Ref encode_charmap(Vm& vm, StrObject* text, std::string_view errors, Value mapping) {
  VM_CHECK(charge_work(vm, text->length / 8));
  constexpr std::string_view kReason = "character maps to <undefined>";
  Encoder encoder(vm, text, "charmap", errors);
  VM_CHECK(encoder.room(text->length));
  for (std::size_t i = 0; i < text->length;) {
    bool undefined = false;
    VM_CHECK(map_character(vm, mapping, text->at(i), encoder.out, undefined));
    if (!undefined) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    std::size_t end = i + 1;
    for (std::string ignored; end < text->length; ++end) {
      VM_CHECK(map_character(vm, mapping, text->at(end), ignored, undefined));
      if (!undefined) break;
    }
    Encoder::Replacement replacement;
    VM_CHECK(encoder.error(start, end, kReason, i, replacement));
    if (!replacement.text) {
      encoder.out += replacement.bytes;
      continue;
    }
    const StrObject* piece = as_str(replacement.text);
    for (std::size_t k = 0; k < piece->length; ++k) {
      VM_CHECK(map_character(vm, mapping, piece->at(k), encoder.out, undefined));
      if (undefined) VM_CHECK(encoder.fail(start, end, kReason));
    }
  }
  return new_bytes(vm, encoder.out);
}

Ref build_charmap(Vm& vm, StrObject* text) {
  VM_TRY(Own<DictObject> table, new_dict(vm, text->length));
  for (std::size_t i = 0; i < text->length && i < 256; ++i) {
    if (text->at(i) == 0xFFFE) continue;
    VM_CHECK(dict_set(vm, table, Value::small(text->at(i)), Value::small(static_cast<std::int64_t>(i))));
  }
  VM_TRY(EncodingMapObject * map, allocate<EncodingMapObject>(vm, vm.native_type(kEncodingMapType)));
  map->table = Ref(std::move(table)).release();
  return Own<EncodingMapObject>::adopt(map);
}

}  // namespace ouro::vm
