// _struct: packing values into bytes and back.
#include <bit>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "vm/core/machine_state.h"
#include "vm/modules/_struct/format.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace structs {
namespace {

struct StructObject : Object {
  Value format;      ///< str; null: not initialised
  std::int64_t size;
  std::int64_t length;
  Layout* layout;
  struct WeakRefObject* weakrefs;
};
struct IteratorObject : GcObject {
  Value structure;
  Value source;
  std::int64_t position;
};
extern const TypeSpec kStructType, kIteratorType;

struct State {
  Ref error;
  std::unordered_map<std::string, Ref> cache;
};
State& state_of(Vm& vm) { return machine_state<State>(vm); }

void struct_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<StructObject*>(self);
  xdecref(object->format);
  delete object->layout;
  free_object(vm, self, object->type->basic_size);
}

bool struct_init(Vm& vm, Value self, const CallArgs& call) {
  VM_PARSE(args, vm, "Struct(format)", 1, call);
  Ref format = Ref::share(args[0]);
  if (is_str(format)) {
    const Ref ascii_bytes = str_encode(vm, format.as<StrObject>(), "ascii", "strict");
    if (!ascii_bytes) return false;
  } else if (is_bytes(format)) {
    format = new_str_latin1(vm, byte_view(format));
    if (!format) return false;
  } else {
    return raise(vm, vm.exc.TypeError, "Struct() argument 1 must be a str or bytes object, not {}", type_name(vm, args[0]));
  }
  auto layout = std::make_unique<Layout>();
  if (!parse_layout(vm, to_utf8(format.as<StrObject>()), *layout)) return false;
  auto* object = self.as<StructObject>();
  const Value old = std::exchange(object->format, format.release());
  xdecref(old);
  delete object->layout;
  object->layout = layout.release();
  object->size = object->layout->size;
  object->length = object->layout->length;
  return true;
}

bool check_ready(Vm& vm, const StructObject* object) {
  if (object->layout != nullptr) return true;
  return raise(vm, vm.exc.RuntimeError, "Struct object is not initialized");
}

// The Struct of a format, kept for the next time.
StructObject* structure_of(Vm& vm, Value format) {
  if (!is_str(format) && !is_bytes(format))
    return raise(vm, vm.exc.TypeError, "Struct() argument 1 must be a str or bytes object, not {}", type_name(vm, format));
  State& state = state_of(vm);
  std::string key = is_str(format) ? to_utf8(format.as<StrObject>()) : std::string(byte_view(format));
  const auto found = state.cache.find(key);
  if (found != state.cache.end()) return found->second.as<StructObject>();
  VM_TRY(Ref made, call(vm, vm.native_type(kStructType), {format}));
  if (state.cache.size() >= 100) state.cache.clear();
  return state.cache.emplace(std::move(key), std::move(made)).first->second.as<StructObject>();
}

Ref unpack_at(Vm& vm, const StructObject* object, const char* data) {
  VM_TRY(Own<TupleObject> out, allocate_tuple(vm, static_cast<std::size_t>(object->length)));
  std::size_t index = 0;
  for (const Code& code : object->layout->codes) {
    const char* place = data + code.offset;
    if (code.type == 's' || code.type == 'p') {
      Ref item = unpack_string(vm, code, place);
      VM_CHECK(item);
      out->items()[index++] = item.release();
      continue;
    }
    for (std::int64_t i = 0; i < code.repeat; ++i, place += code.size) {
      VM_TRY(Ref item, unpack_value(vm, *object->layout, code, place));
      out->items()[index++] = item.release();
    }
  }
  return out;
}

bool pack_at(Vm& vm, const StructObject* object, std::span<const Value> values, char* data) {
  std::memset(data, 0, static_cast<std::size_t>(object->size));
  std::size_t index = 0;
  for (const Code& code : object->layout->codes) {
    char* place = data + code.offset;
    if (code.type == 's' || code.type == 'p') {
      if (!pack_string(vm, code, place, values[index++])) return false;
      continue;
    }
    for (std::int64_t i = 0; i < code.repeat; ++i, place += code.size)
      if (!pack_value(vm, *object->layout, code, place, values[index++])) return false;
  }
  return true;
}

bool check_count(Vm& vm, const StructObject* object, std::size_t given, std::string_view name) {
  if (static_cast<std::int64_t>(given) == object->length) return true;
  return raise_error(vm, format_message("{} expected {} items for packing (got {})", {name, object->length, given}));
}

Ref pack_values(Vm& vm, StructObject* object, std::span<const Value> values) {
  VM_CHECK(check_ready(vm, object) && check_count(vm, object, values.size(), "pack"));
  const Ref keep = Ref::share(object);
  VM_TRY(Own<BytesObject> out, allocate_bytes(vm, static_cast<std::size_t>(object->size)));
  VM_CHECK(pack_at(vm, object, values, out->data()));
  return out;
}

// The place at `offset` in a buffer; the errors name what is done there.
char* place_in(Vm& vm, const StructObject* object, const BufferView& view, std::int64_t offset, bool packing) {
  const auto length = static_cast<std::int64_t>(view.length);
  const std::string_view verb = packing ? "pack" : "unpack";
  if (offset < 0) {
    if (offset + object->size > 0) {
      (void)raise_error(vm, packing ? format_message("no space to pack {} bytes at offset {}", {object->size, offset})
                                    : format_message("not enough data to unpack {} bytes at offset {}", {object->size, offset}));
      return nullptr;
    }
    if (offset + length < 0) {
      (void)raise_error(vm, format_message("offset {} out of range for {}-byte buffer", {offset, length}));
      return nullptr;
    }
    offset += length;
  }
  if (length - offset < object->size) {
    (void)raise_error(vm, format_message("{} requires a buffer of at least {} bytes for {}ing {} bytes at offset {} (actual buffer size is {})",
                                         {packing ? "pack_into" : "unpack_from", static_cast<std::uint64_t>(object->size) + static_cast<std::uint64_t>(offset), verb, object->size, offset, length}));
    return nullptr;
  }
  return view.data + offset;
}

Ref pack_into_values(Vm& vm, StructObject* object, std::span<const Value> values) {
  VM_CHECK(check_ready(vm, object));
  if (values.size() < 2)
    return raise_error(vm, values.empty() ? "pack_into expected buffer argument" : "pack_into expected offset argument");
  if (static_cast<std::int64_t>(values.size()) - 2 != object->length) VM_CHECK(check_count(vm, object, values.size() - 2, "pack_into"));
  BufferView view;
  if (!has_buffer(vm, values[0]))
    return raise(vm, vm.exc.TypeError, "argument must be read-write bytes-like object, not {}", type_name(vm, values[0]));
  if (!get_buffer(vm, values[0], view, kBufferWritable)) {
    if (catch_error(vm, vm.exc.BufferError))
      return raise(vm, vm.exc.TypeError, "argument must be read-write bytes-like object, not {}", type_name(vm, values[0]));
    return {};
  }
  VM_TRY(const std::int64_t offset, to_ssize(vm, values[1], vm.exc.IndexError));
  VM_TRY(char* place, place_in(vm, object, view, offset, true));
  const Ref keep = Ref::share(object);
  VM_CHECK(pack_at(vm, object, values.subspan(2), place));
  return Ref::none();
}

Ref unpack_buffer(Vm& vm, StructObject* object, Value buffer) {
  VM_CHECK(check_ready(vm, object));
  BufferView view;
  VM_CHECK(get_buffer(vm, buffer, view));
  if (static_cast<std::int64_t>(view.length) != object->size)
    return raise_error(vm, format_message("unpack requires a buffer of {} bytes", {object->size}));
  return unpack_at(vm, object, view.data);
}
Ref unpack_from_buffer(Vm& vm, StructObject* object, Value buffer, std::int64_t offset) {
  VM_CHECK(check_ready(vm, object));
  BufferView view;
  VM_CHECK(get_buffer(vm, buffer, view));
  VM_TRY(char* place, place_in(vm, object, view, offset, false));
  return unpack_at(vm, object, place);
}
Ref iterate_buffer(Vm& vm, StructObject* object, Value buffer) {
  VM_CHECK(check_ready(vm, object));
  if (object->size == 0) return raise_error(vm, "cannot iteratively unpack with a struct of length 0");
  VM_TRY(Ref view, new_memoryview(vm, buffer));
  BufferView bytes;
  VM_CHECK(get_buffer(vm, view, bytes));
  if (static_cast<std::int64_t>(bytes.length) % object->size != 0)
    return raise_error(vm, format_message("iterative unpacking requires a buffer of a multiple of {} bytes", {object->size}));
  VM_TRY(IteratorObject * iterator, allocate<IteratorObject>(vm, vm.native_type(kIteratorType)));
  iterator->structure = Ref::share(object).release();
  iterator->source = view.release();
  vm.heap.track(iterator);
  return Own<IteratorObject>::adopt(iterator);
}

// --- Struct's methods

StructObject* as_struct(Value self) { return self.as<StructObject>(); }
bool no_keywords(Vm& vm, const CallArgs& call, std::string_view name) {
  if (!call.has_keywords()) return true;
  return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", name);
}
Ref struct_pack(Vm& vm, Value self, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "pack"));
  return pack_values(vm, as_struct(self), call.positionals());
}
Ref struct_pack_into(Vm& vm, Value self, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "pack_into"));
  return pack_into_values(vm, as_struct(self), call.positionals());
}
Ref struct_unpack(Vm& vm, Value self, Value buffer) { return unpack_buffer(vm, as_struct(self), buffer); }
Ref struct_unpack_from(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t offset, args.ssize(vm, 1, 0));
  return unpack_from_buffer(vm, as_struct(self), args[0], offset);
}
Ref struct_iter_unpack(Vm& vm, Value self, Value buffer) { return iterate_buffer(vm, as_struct(self), buffer); }
Ref struct_sizeof(Vm&, Value self) {
  const auto* object = as_struct(self);
  const std::size_t codes = object->layout == nullptr ? 0 : object->layout->codes.size();
  return Ref::small(static_cast<std::int64_t>(sizeof(StructObject) + codes * sizeof(Code)));
}
Ref struct_repr(Vm& vm, Value self) {
  VM_CHECK(check_ready(vm, as_struct(self)));
  VM_TRY(Ref format, repr(vm, as_struct(self)->format));
  StrBuilder out(vm);
  const std::string_view name = type_name(vm, self);
  out.append_utf8(name.substr(name.rfind('.') + 1));
  out.append("(");
  out.append(format.as<StrObject>());
  out.append(")");
  return out.finish();
}
Ref get_format(Vm& vm, Value self) {
  VM_CHECK(check_ready(vm, as_struct(self)));
  return Ref::share(as_struct(self)->format);
}
Ref get_size(Vm& vm, Value self) {
  VM_CHECK(check_ready(vm, as_struct(self)));
  return Ref::small(as_struct(self)->size);
}

constexpr GetSetSpec kStructGetSet[] = {{"format", get_format, nullptr, "struct format string"},
                                        {"size", get_size, nullptr, "struct size in bytes"}};
constexpr MethodSpec kStructMethods[] = {
    {"iter_unpack($self, buffer, /)", struct_iter_unpack, "Return an iterator yielding tuples."},
    {"pack", struct_pack, "S.pack(v1, v2, ...) -> bytes"},
    {"pack_into", struct_pack_into, "S.pack_into(buffer, offset, v1, v2, ...)"},
    {"unpack($self, buffer, /)", struct_unpack, "Return a tuple containing unpacked values."},
    {"unpack_from($self, /, buffer, offset=0)", struct_unpack_from, "Return a tuple containing unpacked values."},
    {"__sizeof__($self, /)", struct_sizeof, "S.__sizeof__() -> size of S in memory, in bytes"},
};
constexpr TypeSlots struct_slots() {
  TypeSlots slots;
  slots.dealloc = struct_dealloc;
  slots.construct = construct_zeroed;
  slots.init = struct_init;
  slots.repr = struct_repr;
  return slots;
}
const TypeSpec kStructType = {
    .name = "_struct.Struct",
    .basic_size = sizeof(StructObject),
    .flags = kTypeBaseType,
    .doc = "Struct(fmt) --> compiled struct object",
    .slots = struct_slots(),
    .methods = kStructMethods,
    .getset = kStructGetSet,
    .weakref_offset = offsetof(StructObject, weakrefs),
};

// --- iterator

void iterator_dealloc(Vm& vm, Object* self) {
  xdecref(static_cast<IteratorObject*>(self)->structure);
  xdecref(static_cast<IteratorObject*>(self)->source);
  free_object(vm, self, sizeof(IteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) {
  visit(static_cast<IteratorObject*>(self)->structure);
  visit(static_cast<IteratorObject*>(self)->source);
}
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<IteratorObject>();
  if (iterator->source.is_null()) return {};
  BufferView view;
  VM_CHECK(get_buffer(vm, iterator->source, view));
  const auto* object = as_struct(iterator->structure);
  if (iterator->position + object->size > static_cast<std::int64_t>(view.length)) {
    view.release();
    xdecref(std::exchange(iterator->source, Value()));
    return {};
  }
  Ref item = unpack_at(vm, object, view.data + iterator->position);
  iterator->position += object->size;
  return item;
}
Ref iterator_length_hint(Vm& vm, Value self) {
  auto* iterator = self.as<IteratorObject>();
  if (iterator->source.is_null()) return Ref::small(0);
  BufferView view;
  VM_CHECK(get_buffer(vm, iterator->source, view));
  return Ref::small((static_cast<std::int64_t>(view.length) - iterator->position) / as_struct(iterator->structure)->size);
}
constexpr MethodSpec kIteratorMethods[] = {{"__length_hint__($self, /)", iterator_length_hint}};
constexpr TypeSlots iterator_slots() {
  TypeSlots slots;
  slots.dealloc = iterator_dealloc;
  slots.traverse = iterator_traverse;
  slots.iter = iter_self;
  slots.next = iterator_next;
  return slots;
}
const TypeSpec kIteratorType = {
    .name = "_struct.unpack_iterator",
    .basic_size = sizeof(IteratorObject),
    .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

// --- module functions

Ref module_pack(Vm& vm, Value, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "pack"));
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "missing format argument");
  VM_TRY(StructObject * object, structure_of(vm, call.values[0]));
  return pack_values(vm, object, call.positionals().subspan(1));
}
Ref module_pack_into(Vm& vm, Value, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "pack_into"));
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "missing format argument");
  VM_TRY(StructObject * object, structure_of(vm, call.values[0]));
  return pack_into_values(vm, object, call.positionals().subspan(1));
}
Ref module_unpack(Vm& vm, Value, Args& args) {
  VM_TRY(StructObject * object, structure_of(vm, args[0]));
  return unpack_buffer(vm, object, args[1]);
}
Ref module_unpack_from(Vm& vm, Value, Args& args) {
  VM_TRY(StructObject * object, structure_of(vm, args[0]));
  VM_TRY(const std::int64_t offset, args.ssize(vm, 2, 0));
  return unpack_from_buffer(vm, object, args[1], offset);
}
Ref module_iter_unpack(Vm& vm, Value, Args& args) {
  VM_TRY(StructObject * object, structure_of(vm, args[0]));
  return iterate_buffer(vm, object, args[1]);
}
Ref module_calcsize(Vm& vm, Value, Value format) {
  VM_TRY(StructObject * object, structure_of(vm, format));
  return Ref::small(object->size);
}
Ref module_clearcache(Vm& vm, Value) {
  state_of(vm).cache.clear();
  return Ref::none();
}

constexpr MethodSpec kFunctions[] = {
    {"_clearcache($module, /)", module_clearcache, "Clear the internal cache."},
    {"calcsize($module, format, /)", module_calcsize, "Return size in bytes of the struct described by the format string."},
    {"iter_unpack($module, format, buffer, /)", module_iter_unpack, "Return an iterator yielding tuples unpacked from the given bytes."},
    {"pack", module_pack, "pack(format, v1, v2, ...) -> bytes"},
    {"pack_into", module_pack_into, "pack_into(format, buffer, offset, v1, v2, ...)"},
    {"unpack($module, format, buffer, /)", module_unpack, "Return a tuple containing values unpacked according to the format string."},
    {"unpack_from($module, format, /, buffer, offset=0)", module_unpack_from,
     "Return a tuple containing values unpacked according to the format string."},
};
bool fill(Vm& vm, ModuleObject* module) {
  Value error = error_type(vm);
  return !error.is_null() && set_module_attribute(vm, module, "error", error) && add_type(vm, module, kStructType);
}
constexpr ModuleSpec kModule = {"_struct", "Functions to convert between Python values and C structs represented as bytes.", kFunctions, fill};

}  // namespace

Value error_type(Vm& vm) {
  State& state = state_of(vm);
  if (!state.error) {
    Own<TupleObject> bases = new_tuple(vm, {Value(vm.exc.Exception)});
    if (bases) state.error = new_simple_class(vm, "struct.error", bases);
  }
  return state.error;
}
Failed raise_error(Vm& vm, std::string_view message) {
  const Value type = error_type(vm);
  if (!type.is_null()) (void)raise_text(vm, type.as<TypeObject>(), message);
  return kFailed;
}

}  // namespace structs

const ModuleSpec& _struct_module() { return structs::kModule; }

}  // namespace ouro::vm
