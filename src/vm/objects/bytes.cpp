// bytes: the type.
#include "vm/objects/bytes_internal.h"
#include "vm/objects/int.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

void bytes_dealloc(Vm& vm, Object* self) {
  auto* bytes = static_cast<BytesObject*>(self);
  free_object(vm, self, bytes->data_offset + bytes->length + 1);
}

Ref bytes_of_type(Vm& vm, TypeObject* type, Value plain) {
  if (type == vm.types.bytes) return Ref::share(plain);
  const std::string_view content = byte_view(plain);
  VM_TRY(BytesObject * bytes, allocate<BytesObject>(vm, type, content.size() + 1));
  bytes->hash = -1;
  bytes->length = content.size();
  bytes->data_offset = type->basic_size;
  std::memcpy(bytes->data(), content.data(), content.size());
  return Own<BytesObject>::adopt(bytes);
}

// bytes(source) without encoding.
Ref bytes_of(Vm& vm, Value source) {
  if (is_exact(vm, source, vm.types.bytes)) return Ref::share(source);
  Ref method;
  VM_CHECK(lookup_special(vm, source, vm.names.d_bytes, method));
  if (method) {
    VM_TRY(Ref result, call(vm, method));
    if (!is_bytes(result))
      return raise(vm, vm.exc.TypeError, "__bytes__ returned non-bytes (type {})", type_name(vm, result));
    return result;
  }
  if (is_str(source)) return raise(vm, vm.exc.TypeError, "string argument without an encoding");
  if (has_index(vm, source)) {
    const auto size = to_ssize(vm, source, vm.exc.OverflowError);
    if (size) {
      if (*size < 0) return raise(vm, vm.exc.ValueError, "negative count");
      VM_TRY(Own<BytesObject> zeros, allocate_bytes(vm, static_cast<std::size_t>(*size)));
      std::memset(zeros->data(), 0, zeros->length);
      return zeros;
    }
    if (!catch_error(vm, vm.exc.TypeError)) return {};
  }
  VM_TRY(const std::string content, bytes_from(vm, source));
  return new_bytes(vm, content);
}

Ref bytes_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "bytes(source=b'', encoding='utf-8', errors='strict')", 3, call);
  Ref content;
  if (args.given(1) || args.given(2)) {
    if (!args.given(0) || !is_str(args[0]))
      return raise(vm, vm.exc.TypeError, args.given(1) ? "encoding without a string argument" : "errors without a string argument");
    if (!args.given(1)) return raise(vm, vm.exc.TypeError, "string argument without an encoding");
    VM_TRY(const std::string encoding, args.text(vm, 1, "utf-8"));
    VM_TRY(const std::string errors, args.text(vm, 2, "strict"));
    content = str_encode(vm, args[0].as<StrObject>(), encoding, errors);
  } else if (!args.given(0)) {
    content = new_bytes(vm, {});
  } else {
    content = bytes_of(vm, args[0]);
  }
  VM_CHECK(content);
  return bytes_of_type(vm, type, content);
}

Ref bytes_repr_slot(Vm& vm, Value self) { return bytes_repr(vm, byte_view(self)); }
bool bytes_hash_slot(Vm& vm, Value self, std::int64_t& out) {
  auto* bytes = self.as<BytesObject>();
  if (bytes->hash == -1) bytes->hash = bytes_hash(vm, bytes->view());
  out = bytes->hash;
  return true;
}
Ref bytes_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_bytes(self) || !is_bytes(other)) return Ref::not_implemented();
  const std::string_view a = byte_view(self);
  const std::string_view b = byte_view(other);
  switch (op) {
    case CompareOp::Equal: return Ref::boolean(a == b);
    case CompareOp::NotEqual: return Ref::boolean(a != b);
    case CompareOp::Less: return Ref::boolean(a < b);
    case CompareOp::LessEqual: return Ref::boolean(a <= b);
    case CompareOp::Greater: return Ref::boolean(a > b);
    default: return Ref::boolean(a >= b);
  }
}
Ref bytes_remainder(Vm& vm, Value left, Value right) {
  if (!is_bytes(left)) return Ref::not_implemented();
  return bytes_percent(vm, left, right);
}
bool bytes_length(Vm&, Value self, std::size_t& out) {
  out = self.as<BytesObject>()->length;
  return true;
}
Ref bytes_subscript(Vm& vm, Value self, Value key) {
  const std::string_view content = byte_view(self);
  if (is_exact(vm, key, vm.types.slice)) {
    SliceBounds bounds;
    VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), content.size(), bounds));
    if (bounds.count <= 0) return new_bytes(vm, {});
    const auto count = static_cast<std::size_t>(bounds.count);
    if (bounds.step == 1) {
      if (count == content.size() && is_exact(vm, self, vm.types.bytes)) return Ref::share(self);
      return new_bytes(vm, content.substr(static_cast<std::size_t>(bounds.start), count));
    }
    VM_TRY(Own<BytesObject> out, allocate_bytes(vm, count));
    for (std::size_t i = 0; i < count; ++i)
      out->data()[i] = content[static_cast<std::size_t>(bounds.start + static_cast<std::int64_t>(i) * bounds.step)];
    return out;
  }
  if (!has_index(vm, key))
    return raise(vm, vm.exc.TypeError, "byte indices must be integers or slices, not {}", type_name(vm, key));
  VM_TRY(std::int64_t index, to_ssize(vm, key, vm.exc.IndexError));
  if (index < 0) index += static_cast<std::int64_t>(content.size());
  if (index < 0 || index >= static_cast<std::int64_t>(content.size())) return raise(vm, vm.exc.IndexError, "index out of range");
  return Ref::small(static_cast<unsigned char>(content[static_cast<std::size_t>(index)]));
}
Ref bytes_concat(Vm& vm, Value left, Value right) {
  if (!has_buffer(vm, left) || !has_buffer(vm, right))
    return raise(vm, vm.exc.TypeError, "can't concat {} to {}", type_name(vm, right), type_name(vm, left));
  BufferView a;
  BufferView b;
  VM_CHECK(get_buffer(vm, left, a) && get_buffer(vm, right, b));
  if (a.length == 0 && is_exact(vm, right, vm.types.bytes)) return Ref::share(right);
  if (b.length == 0 && is_exact(vm, left, vm.types.bytes)) return Ref::share(left);
  VM_TRY(Own<BytesObject> out, allocate_bytes(vm, a.length + b.length));
  if (a.length != 0) std::memcpy(out->data(), a.data, a.length);
  if (b.length != 0) std::memcpy(out->data() + a.length, b.data, b.length);
  return out;
}
Ref bytes_repeat(Vm& vm, Value self, std::int64_t count) {
  const std::string_view content = byte_view(self);
  if (count == 1 && is_exact(vm, self, vm.types.bytes)) return Ref::share(self);
  if (count <= 0 || content.empty()) return new_bytes(vm, {});
  const auto times = static_cast<std::size_t>(count);
  if (content.size() > static_cast<std::size_t>(INT64_MAX) / times) return raise(vm, vm.exc.OverflowError, "repeated bytes are too long");
  const std::size_t total = content.size() * times;
  if (!vm.heap.has_room(total)) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, total / 64));
  VM_TRY(Own<BytesObject> out, allocate_bytes(vm, total));
  std::memcpy(out->data(), content.data(), content.size());
  for (std::size_t done = content.size(); done < total;) {
    const std::size_t more = std::min(done, total - done);
    std::memcpy(out->data() + done, out->data(), more);
    done += more;
  }
  return out;
}
bool bytes_get_buffer(Vm&, Value self, BufferView& view, unsigned) {
  auto* bytes = self.as<BytesObject>();
  view.data = bytes->data();
  view.length = bytes->length;
  view.read_only = true;
  return true;
}

// --- iterator

struct BytesIteratorObject : Object {
  BytesObject* bytes;  ///< null: exhausted
  std::size_t index;
};
extern const TypeSpec kBytesIteratorType;

Ref bytes_iter(Vm& vm, Value self) {
  VM_TRY(BytesIteratorObject * iterator, allocate<BytesIteratorObject>(vm, vm.native_type(kBytesIteratorType)));
  iterator->bytes = self.as<BytesObject>();
  incref(static_cast<Object*>(iterator->bytes));
  return Own<BytesIteratorObject>::adopt(iterator);
}
void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<BytesIteratorObject*>(self);
  if (iterator->bytes != nullptr) decref(static_cast<Object*>(iterator->bytes));
  free_object(vm, self, sizeof(BytesIteratorObject));
}
Ref iterator_iter(Vm&, Value self) { return Ref::share(self); }
Ref iterator_next(Vm&, Value self) {
  auto* iterator = self.as<BytesIteratorObject>();
  if (iterator->bytes == nullptr) return {};
  if (iterator->index < iterator->bytes->length)
    return Ref::small(static_cast<unsigned char>(iterator->bytes->data()[iterator->index++]));
  decref(static_cast<Object*>(std::exchange(iterator->bytes, nullptr)));
  return {};
}
Ref iterator_length_hint(Vm&, Value self) {
  auto* iterator = self.as<BytesIteratorObject>();
  return Ref::small(iterator->bytes == nullptr ? 0 : static_cast<std::int64_t>(iterator->bytes->length - iterator->index));
}
Ref iterator_reduce(Vm& vm, Value self) {
  auto* iterator = self.as<BytesIteratorObject>();
  VM_TRY(Ref iter, get_item(vm, vm.builtins, vm.names.iter));
  if (iterator->bytes == nullptr) {
    VM_TRY(Own<TupleObject> nothing, new_tuple(vm, {Value(vm.empty_tuple)}));
    return new_tuple(vm, {iter, nothing.get()});
  }
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(iterator->bytes)}));
  return new_tuple(vm, {iter, arguments.get(), Value::small(static_cast<std::int64_t>(iterator->index))});
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<BytesIteratorObject>();
  VM_TRY(const std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (iterator->bytes != nullptr)
    iterator->index = std::min(static_cast<std::size_t>(std::max<std::int64_t>(index, 0)), iterator->bytes->length);
  return Ref::none();
}
constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint, "Private method returning an estimate of len(list(it))."},
    {"__reduce__($self, /)", iterator_reduce, "Return state information for pickling."},
    {"__setstate__($self, state, /)", iterator_setstate, "Set state information for unpickling."},
};
constexpr TypeSlots iterator_slots() {
  TypeSlots slots;
  slots.dealloc = iterator_dealloc;
  slots.iter = iterator_iter;
  slots.next = iterator_next;
  return slots;
}
const TypeSpec kBytesIteratorType = {
    .name = "bytes_iterator",
    .basic_size = sizeof(BytesIteratorObject),
    .flags = kTypeNoInstantiation,
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

Ref bytes_fromhex(Vm& vm, Value type, Value text) {
  VM_TRY(const std::string content, bytes_of_hex(vm, text));
  VM_TRY(Own<BytesObject> bytes, new_bytes(vm, content));
  if (type == Value(vm.types.bytes)) return bytes;
  return call(vm, type, {Value(bytes.get())});
}
Ref bytes_getnewargs(Vm& vm, Value self) {
  VM_TRY(Own<BytesObject> copy, new_bytes(vm, byte_view(self)));
  return new_tuple(vm, {Value(copy.get())});
}
Ref bytes_bytes(Vm& vm, Value self) { return same_bytes(vm, self); }
Ref bytes_sizeof(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(33 + self.as<BytesObject>()->length)); }

constexpr MethodSpec kBytesMethods[] = {
    {"__getnewargs__($self, /)", bytes_getnewargs},
    {"__bytes__($self, /)", bytes_bytes, "Convert this value to exact type bytes."},
    {"__sizeof__($self, /)", bytes_sizeof, "Size of object in memory, in bytes."},
    {"fromhex($type, string, /)", bytes_fromhex, "Create a bytes object from a string of hexadecimal numbers.", Binding::Class},
    OURO_VM_BYTES_METHODS,
};

constexpr TypeSlots bytes_slots() {
  TypeSlots slots;
  slots.dealloc = bytes_dealloc;
  slots.construct = bytes_construct;
  slots.repr = bytes_repr_slot;
  slots.str = bytes_repr_slot;
  slots.hash = bytes_hash_slot;
  slots.compare = bytes_compare;
  slots.iter = bytes_iter;
  slots.binary[static_cast<std::size_t>(BinaryOp::Remainder)] = bytes_remainder;
  slots.length = bytes_length;
  slots.subscript = bytes_subscript;
  slots.contains = bytes_contains;
  slots.concat = bytes_concat;
  slots.repeat = bytes_repeat;
  slots.get_buffer = bytes_get_buffer;
  return slots;
}

}  // namespace

const TypeSpec kBytesType = {
    .name = "bytes",
    .basic_size = sizeof(BytesObject),
    .flags = kTypeBaseType | kTypeMatchSelf | kTypeBytes,
    .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n\n"
           "Construct an immutable array of bytes.",
    .slots = bytes_slots(),
    .methods = kBytesMethods,
};

}  // namespace ouro::vm
