// UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError (CPython 3.13 Objects/exceptions.c).
#include <algorithm>

#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/exception_impl.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

using Kind = MemberSpec::Kind;

UnicodeErrorObject* error_in(Value self) { return self.as<UnicodeErrorObject>(); }

bool check_count(Vm& vm, const CallArgs& args, std::size_t count) {
  if (args.positional == count) return true;
  return raise(vm, vm.exc.TypeError, "function takes exactly {} arguments ({} given)", count, args.positional);
}
bool check_str(Vm& vm, Value value, unsigned number) {
  if (is_str(value)) return true;
  return raise(vm, vm.exc.TypeError, "argument {} must be str, not {}", number, type_name(vm, value));
}

bool fill(Vm& vm, UnicodeErrorObject* error, Value encoding, Value object, const Value* rest, unsigned first_number) {
  VM_TRY(std::int64_t start, to_ssize(vm, rest[0], vm.exc.OverflowError));
  VM_TRY(std::int64_t end, to_ssize(vm, rest[1], vm.exc.OverflowError));
  VM_CHECK(check_str(vm, rest[2], first_number + 2));
  assign_field(error->encoding, encoding);
  assign_field(error->object, object);
  error->start = start;
  error->end = end;
  assign_field(error->reason, rest[2]);
  return true;
}

bool encode_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, args) && check_count(vm, args, 5));
  VM_CHECK(check_str(vm, args.values[0], 1) && check_str(vm, args.values[1], 2));
  return fill(vm, error_in(self), args.values[0], args.values[1], args.values + 2, 3);
}

bool decode_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, args) && check_count(vm, args, 5));
  VM_CHECK(check_str(vm, args.values[0], 1));
  Ref object = Ref::share(args.values[1]);
  if (!is_bytes(object)) {
    BufferView view;
    VM_CHECK(get_buffer(vm, object, view));
    object = new_bytes(vm, view.bytes());
    VM_CHECK(object);
  }
  return fill(vm, error_in(self), args.values[0], object, args.values + 2, 3);
}

bool translate_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, args) && check_count(vm, args, 4));
  VM_CHECK(check_str(vm, args.values[0], 1));
  return fill(vm, error_in(self), Value(), args.values[0], args.values + 1, 2);
}

std::string text_of(Vm& vm, Value value) {
  const Ref text = str(vm, value.is_null() ? kNone : value);
  if (text) return to_utf8(text.as<StrObject>());
  clear_error(vm);
  return {};
}

std::string escaped(std::uint32_t character) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, character < 0x100 ? "\\x%02x" : character < 0x10000 ? "\\u%04x" : "\\U%08x", character);
  return buffer;
}

/// "character '\xe9' in position 3" or "characters in position 3-5".
std::string place_of(const UnicodeErrorObject* error) {
  const auto* object = is_str(error->object) ? error->object.as<StrObject>() : nullptr;
  const auto start = static_cast<std::size_t>(error->start);
  if (object != nullptr && error->start >= 0 && start < object->length && error->end == error->start + 1)
    return "character '" + escaped(object->at(start)) + "' in position " + std::to_string(error->start);
  return "characters in position " + std::to_string(error->start) + "-" + std::to_string(error->end - 1);
}

Ref encode_str(Vm& vm, Value self) {
  auto* error = error_in(self);
  if (error->object.is_null()) return new_str(vm, "");
  return new_str(vm, "'" + text_of(vm, error->encoding) + "' codec can't encode " + place_of(error) + ": " + text_of(vm, error->reason));
}

Ref decode_str(Vm& vm, Value self) {
  auto* error = error_in(self);
  if (error->object.is_null()) return new_str(vm, "");
  const std::string head = "'" + text_of(vm, error->encoding) + "' codec can't decode ";
  const auto* object = is_bytes(error->object) ? error->object.as<BytesObject>() : nullptr;
  if (object != nullptr && error->start >= 0 && static_cast<std::size_t>(error->start) < object->length && error->end == error->start + 1) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "byte 0x%02x in position %lld: ", static_cast<unsigned char>(object->data()[error->start]),
                  static_cast<long long>(error->start));
    return new_str(vm, head + buffer + text_of(vm, error->reason));
  }
  return new_str(vm, head + "bytes in position " + std::to_string(error->start) + "-" + std::to_string(error->end - 1) + ": " +
                         text_of(vm, error->reason));
}

Ref translate_str(Vm& vm, Value self) {
  auto* error = error_in(self);
  if (error->object.is_null()) return new_str(vm, "");
  return new_str(vm, "can't translate " + place_of(error) + ": " + text_of(vm, error->reason));
}

using Slots = FieldSlots<UnicodeErrorObject, &UnicodeErrorObject::encoding, &UnicodeErrorObject::object, &UnicodeErrorObject::reason>;
constexpr MemberSpec kMembers[] = {
    {"encoding", Kind::Object, offsetof(UnicodeErrorObject, encoding), false, "exception encoding"},
    {"object", Kind::Object, offsetof(UnicodeErrorObject, object), false, "exception object"},
    {"start", Kind::Int64, offsetof(UnicodeErrorObject, start), false, "exception start"},
    {"end", Kind::Int64, offsetof(UnicodeErrorObject, end), false, "exception end"},
    {"reason", Kind::Object, offsetof(UnicodeErrorObject, reason), false, "exception reason"}};

}  // namespace

#define OURO_VM_UNICODE(id, init_function, str_function, text)                                                        \
  const TypeSpec k##id##Type = {.name = #id, .basic_size = sizeof(UnicodeErrorObject), .flags = kTypeBaseType,     \
                                  .base = &kUnicodeErrorType, .doc = text,                                              \
                                  .slots = {.dealloc = Slots::dealloc, .traverse = Slots::traverse, .clear = Slots::clear, \
                                            .construct = exception_construct, .init = init_function, .str = str_function}, \
                                  .members = kMembers};
OURO_VM_UNICODE(UnicodeEncodeError, encode_init, encode_str, "Unicode encoding error.")
OURO_VM_UNICODE(UnicodeDecodeError, decode_init, decode_str, "Unicode decoding error.")
OURO_VM_UNICODE(UnicodeTranslateError, translate_init, translate_str, "Unicode translation error.")

}  // namespace ouro::vm
