// bytearray: the type, its memory and its sequence operations.
#include <algorithm>

#include "vm/objects/bytearray.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/int.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

void bytearray_dealloc(Vm& vm, Object* self) {
  auto* array = static_cast<BytearrayObject*>(self);
  if (array->capacity != 0) vm.heap.free(array->data, array->capacity);
  free_object(vm, self, array->type->basic_size);
}

Ref bytearray_construct(Vm& vm, TypeObject* type, const CallArgs&) {
  VM_TRY(BytearrayObject * array, allocate<BytearrayObject>(vm, type));
  return Own<BytearrayObject>::adopt(array);
}

bool bytearray_init(Vm& vm, Value self, const CallArgs& call) {
  VM_PARSE(args, vm, "bytearray(source=b'', encoding='utf-8', errors='strict')", 3, call);
  auto* array = self.as<BytearrayObject>();
  VM_CHECK(bytearray_resize(vm, array, 0));
  if (args.given(1) || args.given(2)) {
    if (!args.given(0) || !is_str(args[0]))
      return raise(vm, vm.exc.TypeError, args.given(1) ? "encoding without a string argument" : "errors without a string argument");
    if (!args.given(1)) return raise(vm, vm.exc.TypeError, "string argument without an encoding");
    VM_TRY(const std::string encoding, args.text(vm, 1, "utf-8"));
    VM_TRY(const std::string errors, args.text(vm, 2, "strict"));
    VM_TRY(Ref encoded, str_encode(vm, args[0].as<StrObject>(), encoding, errors));
    return bytearray_assign(vm, array, 0, array->length, byte_view(encoded));
  }
  if (!args.given(0)) return true;
  const Value source = args[0];
  if (is_str(source)) return raise(vm, vm.exc.TypeError, "string argument without an encoding");
  if (has_index(vm, source)) {
    const auto size = to_ssize(vm, source, vm.exc.OverflowError);
    if (size) {
      if (*size < 0) return raise(vm, vm.exc.ValueError, "negative count");
      VM_CHECK(bytearray_resize(vm, array, static_cast<std::size_t>(*size)));
      if (*size > 0) std::memset(array->data, 0, array->length);
      return true;
    }
    if (!catch_error(vm, vm.exc.TypeError)) return false;
  }
  std::optional<std::string> content;
  if (has_buffer(vm, source)) {
    content = bytes_from(vm, source);
  } else {
    Ref iterator = get_iter(vm, source);
    if (!iterator) {
      if (catch_error(vm, vm.exc.TypeError))
        return raise(vm, vm.exc.TypeError, "cannot convert '{}' object to bytearray", type_name(vm, source));
      return false;
    }
    content.emplace();
    VM_CHECK(for_each(vm, iterator, [&](Value item) {
      const auto byte = to_byte(vm, item);
      if (!byte) return false;
      if (!vm.heap.has_room(content->size() + 1)) return static_cast<bool>(raise_memory_error(vm));
      content->push_back(static_cast<char>(*byte));
      return true;
    }));
  }
  VM_CHECK(content.has_value());
  return bytearray_assign(vm, array, 0, array->length, *content);
}

Ref bytearray_repr(Vm& vm, Value self) {
  VM_TRY(Ref inner, bytes_repr(vm, byte_view(self)));
  StrBuilder out(vm);
  const std::string_view name = type_name(vm, self);
  out.append_utf8(name.substr(name.rfind('.') + 1));
  out.append("(");
  out.append(inner.as<StrObject>());
  out.append(")");
  return out.finish();
}

Ref bytearray_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!has_buffer(vm, self) || !has_buffer(vm, other)) return Ref::not_implemented();
  BufferView x;
  BufferView y;
  if (!get_buffer(vm, self, x) || !get_buffer(vm, other, y)) {
    clear_error(vm);
    return Ref::not_implemented();
  }
  const std::string_view a = x.bytes();
  const std::string_view b = y.bytes();
  switch (op) {
    case CompareOp::Equal: return Ref::boolean(a == b);
    case CompareOp::NotEqual: return Ref::boolean(a != b);
    case CompareOp::Less: return Ref::boolean(a < b);
    case CompareOp::LessEqual: return Ref::boolean(a <= b);
    case CompareOp::Greater: return Ref::boolean(a > b);
    default: return Ref::boolean(a >= b);
  }
}

Ref bytearray_remainder(Vm& vm, Value left, Value right) {
  if (!is_bytearray(vm, left)) return Ref::not_implemented();
  return bytes_percent(vm, left, right);
}
bool bytearray_length(Vm&, Value self, std::size_t& out) {
  out = self.as<BytearrayObject>()->length;
  return true;
}

std::optional<std::size_t> item_index(Vm& vm, BytearrayObject* array, Value key) {
  VM_TRY(std::int64_t index, to_ssize(vm, key, vm.exc.IndexError));
  if (index < 0) index += static_cast<std::int64_t>(array->length);
  if (index < 0 || index >= static_cast<std::int64_t>(array->length))
    return raise(vm, vm.exc.IndexError, "bytearray index out of range");
  return static_cast<std::size_t>(index);
}

Ref bytearray_subscript(Vm& vm, Value self, Value key) {
  auto* array = self.as<BytearrayObject>();
  if (is_exact(vm, key, vm.types.slice)) {
    SliceBounds bounds;
    VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), array->length, bounds));
    if (bounds.count <= 0) return new_bytearray(vm, {});
    const auto count = static_cast<std::size_t>(bounds.count);
    VM_TRY(Own<BytearrayObject> out, allocate_bytearray(vm, count));
    for (std::size_t i = 0; i < count; ++i)
      out->data[i] = array->data[static_cast<std::size_t>(bounds.start + static_cast<std::int64_t>(i) * bounds.step)];
    return out;
  }
  if (!has_index(vm, key))
    return raise(vm, vm.exc.TypeError, "bytearray indices must be integers or slices, not {}", type_name(vm, key));
  VM_TRY(const std::size_t index, item_index(vm, array, key));
  return Ref::small(static_cast<unsigned char>(array->data[index]));
}

// array[bounds] = content for a step other than 1.
bool assign_stepped(Vm& vm, BytearrayObject* array, const SliceBounds& bounds, std::string_view content, bool is_delete) {
  const auto at = [&](std::int64_t i) -> char& { return array->data[bounds.start + i * bounds.step]; };
  if (!is_delete) {
    if (static_cast<std::int64_t>(content.size()) != bounds.count)
      return raise(vm, vm.exc.ValueError, "attempt to assign bytes of size {} to extended slice of size {}", content.size(), bounds.count);
    for (std::int64_t i = 0; i < bounds.count; ++i) at(i) = content[static_cast<std::size_t>(i)];
    return true;
  }
  if (bounds.count == 0) return true;
  if (array->exports != 0) return raise(vm, vm.exc.BufferError, "Existing exports of data: object cannot be re-sized");
  std::vector<bool> gone(array->length);
  for (std::int64_t i = 0; i < bounds.count; ++i) gone[static_cast<std::size_t>(bounds.start + i * bounds.step)] = true;
  std::size_t to = 0;
  for (std::size_t i = 0; i < array->length; ++i)
    if (!gone[i]) array->data[to++] = array->data[i];
  return bytearray_resize(vm, array, to);
}

bool bytearray_assign_subscript(Vm& vm, Value self, Value key, Value value) {
  auto* array = self.as<BytearrayObject>();
  if (!is_exact(vm, key, vm.types.slice)) {
    if (!has_index(vm, key))
      return raise(vm, vm.exc.TypeError, "bytearray indices must be integers or slices, not {}", type_name(vm, key));
    VM_TRY(const std::size_t first, item_index(vm, array, key));
    if (value.is_null()) return bytearray_assign(vm, array, first, first + 1, {});
    VM_TRY(const std::uint8_t byte, to_byte(vm, value));
    if (first >= array->length) return raise(vm, vm.exc.IndexError, "bytearray index out of range");
    array->data[first] = static_cast<char>(byte);
    return true;
  }
  std::string content;
  if (!value.is_null()) {
    if (is_int(value) || is_str(value))
      return raise(vm, vm.exc.TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    VM_TRY(content, bytes_from(vm, value));
  }
  SliceBounds bounds;
  VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), array->length, bounds));
  if (bounds.step != 1) return assign_stepped(vm, array, bounds, content, content.empty());
  const auto low = static_cast<std::size_t>(bounds.start);
  return bytearray_assign(vm, array, low, low + static_cast<std::size_t>(std::max<std::int64_t>(bounds.count, 0)), content);
}

Ref bytearray_concat(Vm& vm, Value left, Value right) {
  if (!has_buffer(vm, left) || !has_buffer(vm, right))
    return raise(vm, vm.exc.TypeError, "can't concat {} to {}", type_name(vm, right), type_name(vm, left));
  BufferView a;
  BufferView b;
  VM_CHECK(get_buffer(vm, left, a) && get_buffer(vm, right, b));
  VM_TRY(Own<BytearrayObject> out, allocate_bytearray(vm, a.length + b.length));
  if (a.length != 0) std::memcpy(out->data, a.data, a.length);
  if (b.length != 0) std::memcpy(out->data + a.length, b.data, b.length);
  return out;
}
Ref bytearray_in_place_concat(Vm& vm, Value left, Value right) {
  auto* array = left.as<BytearrayObject>();
  if (!has_buffer(vm, right))
    return raise(vm, vm.exc.TypeError, "can't concat {} to {}", type_name(vm, right), type_name(vm, left));
  if (left == right) {
    const std::string content(array->view());
    VM_CHECK(bytearray_assign(vm, array, array->length, array->length, content));
    return Ref::share(left);
  }
  BufferView view;
  VM_CHECK(get_buffer(vm, right, view));
  VM_CHECK(bytearray_assign(vm, array, array->length, array->length, view.bytes()));
  return Ref::share(left);
}

bool repeat_into(Vm& vm, BytearrayObject* out, std::size_t unit, std::int64_t count) {
  const auto times = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  if (times != 0 && unit > SIZE_MAX / 16 / times) return raise_memory_error(vm);
  const std::size_t total = unit * times;
  if (!vm.heap.has_room(total)) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, total / 64));
  VM_CHECK(bytearray_resize(vm, out, total));
  for (std::size_t done = unit; done < total;) {
    const std::size_t more = std::min(done, total - done);
    std::memcpy(out->data + done, out->data, more);
    done += more;
  }
  return true;
}
Ref bytearray_repeat(Vm& vm, Value self, std::int64_t count) {
  const std::string_view content = byte_view(self);
  if (count <= 0 || content.empty()) return new_bytearray(vm, {});
  VM_TRY(Own<BytearrayObject> out, allocate_bytearray(vm, content.size()));
  std::memcpy(out->data, content.data(), content.size());
  VM_CHECK(repeat_into(vm, out, content.size(), count));
  return out;
}
Ref bytearray_in_place_repeat(Vm& vm, Value self, std::int64_t count) {
  auto* array = self.as<BytearrayObject>();
  VM_CHECK(repeat_into(vm, array, array->length, count));
  return Ref::share(self);
}

bool bytearray_get_buffer(Vm&, Value self, BufferView& view, unsigned) {
  static char nothing[1] = {0};
  auto* array = self.as<BytearrayObject>();
  view.data = array->data == nullptr ? nothing : array->data;
  view.length = array->length;
  view.read_only = false;
  ++array->exports;
  return true;
}
void bytearray_release_buffer(Vm&, Value self, BufferView&) { --self.as<BytearrayObject>()->exports; }

// --- iterator

struct BytearrayIteratorObject : Object {
  BytearrayObject* array;  ///< null: exhausted
  std::size_t index;
};
extern const TypeSpec kBytearrayIteratorType;

Ref bytearray_iter(Vm& vm, Value self) {
  VM_TRY(BytearrayIteratorObject * iterator, allocate<BytearrayIteratorObject>(vm, vm.native_type(kBytearrayIteratorType)));
  iterator->array = self.as<BytearrayObject>();
  incref(static_cast<Object*>(iterator->array));
  return Own<BytearrayIteratorObject>::adopt(iterator);
}
void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<BytearrayIteratorObject*>(self);
  if (iterator->array != nullptr) decref(static_cast<Object*>(iterator->array));
  free_object(vm, self, sizeof(BytearrayIteratorObject));
}
Ref iterator_iter(Vm&, Value self) { return Ref::share(self); }
Ref iterator_next(Vm&, Value self) {
  auto* iterator = self.as<BytearrayIteratorObject>();
  if (iterator->array == nullptr) return {};
  if (iterator->index < iterator->array->length)
    return Ref::small(static_cast<unsigned char>(iterator->array->data[iterator->index++]));
  decref(static_cast<Object*>(std::exchange(iterator->array, nullptr)));
  return {};
}
Ref iterator_length_hint(Vm&, Value self) {
  auto* iterator = self.as<BytearrayIteratorObject>();
  if (iterator->array == nullptr || iterator->array->length < iterator->index) return Ref::small(0);
  return Ref::small(static_cast<std::int64_t>(iterator->array->length - iterator->index));
}
Ref iterator_reduce(Vm& vm, Value self) {
  auto* iterator = self.as<BytearrayIteratorObject>();
  VM_TRY(Ref iter, get_item(vm, vm.builtins, vm.names.iter));
  if (iterator->array == nullptr) {
    VM_TRY(Own<TupleObject> nothing, new_tuple(vm, {Value(vm.empty_tuple)}));
    return new_tuple(vm, {iter, nothing.get()});
  }
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(iterator->array)}));
  return new_tuple(vm, {iter, arguments.get(), Value::small(static_cast<std::int64_t>(iterator->index))});
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<BytearrayIteratorObject>();
  VM_TRY(const std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (iterator->array != nullptr) {
    const auto size = static_cast<std::int64_t>(iterator->array->length);
    iterator->index = static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, size));
  }
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
const TypeSpec kBytearrayIteratorType = {
    .name = "bytearray_iterator",
    .basic_size = sizeof(BytearrayIteratorObject),
    .flags = kTypeNoInstantiation,
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

constexpr MethodSpec kBytearrayMethods[] = {
    OURO_VM_BYTEARRAY_METHODS,
    OURO_VM_BYTES_METHODS,
};

constexpr TypeSlots bytearray_slots() {
  TypeSlots slots;
  slots.dealloc = bytearray_dealloc;
  slots.construct = bytearray_construct;
  slots.init = bytearray_init;
  slots.repr = bytearray_repr;
  slots.str = bytearray_repr;
  slots.compare = bytearray_compare;
  slots.iter = bytearray_iter;
  slots.binary[static_cast<std::size_t>(BinaryOp::Remainder)] = bytearray_remainder;
  slots.length = bytearray_length;
  slots.subscript = bytearray_subscript;
  slots.assign_subscript = bytearray_assign_subscript;
  slots.contains = bytes_contains;
  slots.concat = bytearray_concat;
  slots.in_place_concat = bytearray_in_place_concat;
  slots.repeat = bytearray_repeat;
  slots.in_place_repeat = bytearray_in_place_repeat;
  slots.get_buffer = bytearray_get_buffer;
  slots.release_buffer = bytearray_release_buffer;
  return slots;
}

}  // namespace

Own<BytearrayObject> allocate_bytearray(Vm& vm, std::size_t length) {
  VM_TRY(BytearrayObject * array, allocate<BytearrayObject>(vm, vm.types.bytearray));
  Own<BytearrayObject> own = Own<BytearrayObject>::adopt(array);
  VM_CHECK(bytearray_resize(vm, array, length));
  return own;
}
Ref new_bytearray(Vm& vm, std::string_view content) {
  VM_TRY(Own<BytearrayObject> array, allocate_bytearray(vm, content.size()));
  if (!content.empty()) std::memcpy(array->data, content.data(), content.size());
  return array;
}

bool bytearray_resize(Vm& vm, BytearrayObject* self, std::size_t length) {
  if (length == self->length) return true;
  if (self->exports != 0) return raise(vm, vm.exc.BufferError, "Existing exports of data: object cannot be re-sized");
  if (length > SIZE_MAX / 16) return raise_memory_error(vm);
  const bool shrinks_much = length + 1 < self->capacity / 2;
  if (length + 1 > self->capacity || shrinks_much) {
    const std::size_t capacity = shrinks_much || self->capacity == 0 ? length + 1 : length + length / 8 + 8;
    void* data = self->capacity == 0 ? vm.heap.allocate(capacity) : vm.heap.reallocate(self->data, self->capacity, capacity);
    if (data == nullptr) return raise_memory_error(vm);
    self->data = static_cast<char*>(data);
    self->capacity = capacity;
  }
  self->length = length;
  self->data[length] = 0;
  return true;
}

bool bytearray_assign(Vm& vm, BytearrayObject* self, std::size_t low, std::size_t high, std::string_view content) {
  high = std::min(std::max(high, low), self->length);
  low = std::min(low, high);
  const std::size_t old_length = self->length;
  const std::size_t length = old_length - (high - low) + content.size();
  if (length > old_length) VM_CHECK(bytearray_resize(vm, self, length));
  if (length < old_length && self->exports != 0)
    return raise(vm, vm.exc.BufferError, "Existing exports of data: object cannot be re-sized");
  if (old_length != high && length != old_length) std::memmove(self->data + low + content.size(), self->data + high, old_length - high);
  if (length < old_length) VM_CHECK(bytearray_resize(vm, self, length));
  if (!content.empty()) std::memcpy(self->data + low, content.data(), content.size());
  return true;
}

const TypeSpec kBytearrayType = {
    .name = "bytearray",
    .basic_size = sizeof(BytearrayObject),
    .flags = kTypeBaseType | kTypeMatchSelf,
    .doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n\n"
           "Construct a mutable bytearray object.",
    .slots = bytearray_slots(),
    .methods = kBytearrayMethods,
};

}  // namespace ouro::vm
