// bytearray: the methods that bytes has not.
#include <algorithm>

#include "vm/objects/bytearray.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

Ref reduce(Vm& vm, Value self, bool as_text) {
  VM_TRY(Ref state, call_method(vm, self, vm.names.d_getstate));
  Own<TupleObject> arguments;
  const std::string_view content = byte_view(self);
  if (as_text) {
    VM_TRY(Own<StrObject> text, new_str_latin1(vm, content));
    VM_TRY(Own<StrObject> encoding, new_str(vm, "latin-1"));
    arguments = new_tuple(vm, {Value(text.get()), Value(encoding.get())});
  } else if (content.empty()) {
    arguments = Own<TupleObject>::share(vm.empty_tuple);
  } else {
    VM_TRY(Own<BytesObject> bytes, new_bytes(vm, content));
    arguments = new_tuple(vm, {Value(bytes.get())});
  }
  VM_CHECK(arguments);
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get()), state.get()});
}

}  // namespace

Ref bytearray_append(Vm& vm, Value self, Value item) {
  auto* array = self.as<BytearrayObject>();
  VM_TRY(const std::uint8_t byte, to_byte(vm, item));
  VM_CHECK(bytearray_resize(vm, array, array->length + 1));
  array->data[array->length - 1] = static_cast<char>(byte);
  return Ref::none();
}
Ref bytearray_clear(Vm& vm, Value self) {
  VM_CHECK(bytearray_resize(vm, self.as<BytearrayObject>(), 0));
  return Ref::none();
}
Ref bytearray_copy(Vm& vm, Value self) { return new_bytearray(vm, byte_view(self)); }

Ref bytearray_extend(Vm& vm, Value self, Value iterable) {
  auto* array = self.as<BytearrayObject>();
  if (self == iterable) {
    const std::string content(array->view());
    VM_CHECK(bytearray_assign(vm, array, array->length, array->length, content));
    return Ref::none();
  }
  if (has_buffer(vm, iterable)) {
    BufferView view;
    VM_CHECK(get_buffer(vm, iterable, view));
    VM_CHECK(bytearray_assign(vm, array, array->length, array->length, view.bytes()));
    return Ref::none();
  }
  Ref iterator = get_iter(vm, iterable);
  if (!iterator) {
    if (catch_error(vm, vm.exc.TypeError))
      return raise(vm, vm.exc.TypeError, "can't extend bytearray with {}", type_name(vm, iterable));
    return {};
  }
  std::string content;
  const bool is_text = is_str(iterable);
  VM_CHECK(for_each(vm, iterator, [&](Value item) {
    if (is_text && !has_index(vm, item))
      return static_cast<bool>(raise(vm, vm.exc.TypeError, "expected iterable of integers; got: 'str'"));
    const auto byte = to_byte(vm, item);
    if (!byte) return false;
    if (!vm.heap.has_room(content.size() + 1)) return static_cast<bool>(raise_memory_error(vm));
    content.push_back(static_cast<char>(*byte));
    return true;
  }));
  VM_CHECK(bytearray_assign(vm, array, array->length, array->length, content));
  return Ref::none();
}

Ref bytearray_insert(Vm& vm, Value self, Args& args) {
  auto* array = self.as<BytearrayObject>();
  VM_TRY(std::int64_t index, args.ssize(vm, 0));
  VM_TRY(const std::uint8_t byte, to_byte(vm, args[1]));
  const auto size = static_cast<std::int64_t>(array->length);
  if (index < 0) index = std::max<std::int64_t>(index + size, 0);
  const auto at = static_cast<std::size_t>(std::min(index, size));
  const char content = static_cast<char>(byte);
  VM_CHECK(bytearray_assign(vm, array, at, at, {&content, 1}));
  return Ref::none();
}
Ref bytearray_pop(Vm& vm, Value self, Args& args) {
  auto* array = self.as<BytearrayObject>();
  VM_TRY(std::int64_t index, args.ssize(vm, 0, -1));
  if (array->length == 0) return raise(vm, vm.exc.IndexError, "pop from empty bytearray");
  const auto size = static_cast<std::int64_t>(array->length);
  if (index < 0) index += size;
  if (index < 0 || index >= size) return raise(vm, vm.exc.IndexError, "pop index out of range");
  const auto at = static_cast<std::size_t>(index);
  const auto item = static_cast<unsigned char>(array->data[at]);
  VM_CHECK(bytearray_assign(vm, array, at, at + 1, {}));
  return Ref::small(item);
}
Ref bytearray_remove(Vm& vm, Value self, Value item) {
  auto* array = self.as<BytearrayObject>();
  VM_TRY(const std::uint8_t byte, to_byte(vm, item));
  const std::size_t at = array->view().find(static_cast<char>(byte));
  if (at == std::string_view::npos) return raise(vm, vm.exc.ValueError, "value not found in bytearray");
  VM_CHECK(bytearray_assign(vm, array, at, at + 1, {}));
  return Ref::none();
}
Ref bytearray_reverse(Vm&, Value self) {
  auto* array = self.as<BytearrayObject>();
  std::reverse(array->data, array->data + array->length);
  return Ref::none();
}
Ref bytearray_fromhex(Vm& vm, Value type, Value text) {
  VM_TRY(const std::string content, bytes_of_hex(vm, text));
  if (type == Value(vm.types.bytearray)) return new_bytearray(vm, content);
  VM_TRY(Own<BytesObject> bytes, new_bytes(vm, content));
  return call(vm, type, {Value(bytes.get())});
}
Ref bytearray_alloc(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(self.as<BytearrayObject>()->capacity)); }
Ref bytearray_reduce(Vm& vm, Value self) { return reduce(vm, self, true); }
Ref bytearray_reduce_ex(Vm& vm, Value self, Args& args) {
  VM_TRY(const int protocol, args.integer(vm, 0, 0));
  return reduce(vm, self, protocol < 3);
}
Ref bytearray_sizeof(Vm&, Value self) {
  return Ref::small(static_cast<std::int64_t>(56 + self.as<BytearrayObject>()->capacity));
}

}  // namespace ouro::vm
