// array: items by type code, memory.
#include <algorithm>
#include <cstring>
#include <limits>

#include "vm/modules/array/array.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm::arrays {
namespace {

template <class T>
T load(const char* place) {
  T value;
  std::memcpy(&value, place, sizeof(T));
  return value;
}
template <class T>
bool store(char* place, T value) {
  std::memcpy(place, &value, sizeof(T));
  return true;
}

// Within the bounds of C's short conversions, as array's error messages name the types.
template <class T>
bool store_checked(Vm& vm, char* place, Value value, std::string_view name) {
  const Ref index = to_index(vm, value);
  if (!index) return false;
  const auto number = int_to_int64(index);
  const bool is_negative = int_sign(index) < 0;
  if (number && *number >= std::numeric_limits<T>::min() && *number <= std::numeric_limits<T>::max()) return store<T>(place, static_cast<T>(*number));
  return raise(vm, vm.exc.OverflowError, is_negative ? "{} is less than minimum" : "{} is greater than maximum", name);
}

bool store_wide(Vm& vm, char typecode, char* place, Value value) {
  const Ref index = to_index(vm, value);
  if (!index) return false;
  switch (typecode) {
    case 'I': {
      if (int_sign(index) < 0) return raise(vm, vm.exc.OverflowError, "can't convert negative value to unsigned int");
      const auto number = int_to_uint64(index);
      if (!number || *number > UINT32_MAX) return raise(vm, vm.exc.OverflowError, "unsigned int is greater than maximum");
      return store(place, static_cast<std::uint32_t>(*number));
    }
    case 'l': {
      const auto number = int_to_int64(index);
      if (!number) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C long");
      return store(place, *number);
    }
    case 'q': {
      const auto number = int_to_int64(index);
      if (!number) return raise(vm, vm.exc.OverflowError, "int too big to convert");
      return store(place, *number);
    }
    default: {
      const bool is_long = typecode == 'L';
      if (int_sign(index) < 0)
        return raise(vm, vm.exc.OverflowError, is_long ? "can't convert negative value to unsigned int" : "can't convert negative int to unsigned");
      const auto number = int_to_uint64(index);
      if (!number) return raise(vm, vm.exc.OverflowError, is_long ? "Python int too large to convert to C unsigned long" : "int too big to convert");
      return store(place, *number);
    }
  }
}

}  // namespace

std::uint8_t item_size_of(char typecode) {
  switch (typecode) {
    case 'b':
    case 'B': return 1;
    case 'h':
    case 'H': return 2;
    case 'u':
    case 'w':
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'l':
    case 'L':
    case 'q':
    case 'Q':
    case 'd': return 8;
    default: return 0;
  }
}

Own<ArrayObject> new_array(Vm& vm, TypeObject* type, char typecode, std::size_t length) {
  VM_TRY(ArrayObject * array, allocate<ArrayObject>(vm, type));
  Own<ArrayObject> own = Own<ArrayObject>::adopt(array);
  array->typecode = typecode;
  array->item_size = item_size_of(typecode);
  VM_CHECK(resize(vm, array, length));
  return own;
}

bool resize(Vm& vm, ArrayObject* self, std::size_t length) {
  if (length == self->length) return true;
  if (self->exports != 0) return raise(vm, vm.exc.BufferError, "cannot resize an array that is exporting buffers");
  if (length > SIZE_MAX / 64) return raise_memory_error(vm);
  const std::size_t needed = length * self->item_size;
  if (needed > self->capacity || needed < self->capacity / 4) {
    if (needed == 0) {
      vm.heap.free(self->data, self->capacity);
      self->data = nullptr;
      self->capacity = 0;
    } else {
      const std::size_t capacity = self->capacity == 0 || needed < self->capacity ? needed : needed + needed / 8 + 16;
      void* data = self->capacity == 0 ? vm.heap.allocate(capacity) : vm.heap.reallocate(self->data, self->capacity, capacity);
      if (data == nullptr) return raise_memory_error(vm);
      self->data = static_cast<char*>(data);
      self->capacity = capacity;
    }
  }
  self->length = length;
  return true;
}

bool splice(Vm& vm, ArrayObject* self, std::size_t low, std::size_t high, std::string_view content) {
  const std::size_t size = self->item_size;
  const std::size_t added = content.size() / size;
  const std::size_t old_length = self->length;
  high = std::min(std::max(low, high), old_length);
  low = std::min(low, high);
  const std::size_t length = old_length - (high - low) + added;
  if (length > old_length && !resize(vm, self, length)) return false;
  if (length < old_length && self->exports != 0) return raise(vm, vm.exc.BufferError, "cannot resize an array that is exporting buffers");
  if (old_length != high && length != old_length)
    std::memmove(self->data + (low + added) * size, self->data + high * size, (old_length - high) * size);
  if (length < old_length && !resize(vm, self, length)) return false;
  if (!content.empty()) std::memcpy(self->data + low * size, content.data(), content.size());
  return true;
}

Ref get(Vm& vm, const ArrayObject* self, std::size_t index) {
  const char* place = self->data + index * self->item_size;
  switch (self->typecode) {
    case 'b': return Ref::small(load<std::int8_t>(place));
    case 'B': return Ref::small(load<std::uint8_t>(place));
    case 'u':
    case 'w': {
      const auto c = load<std::uint32_t>(place);
      if (c > 0x10FFFF) return raise(vm, vm.exc.ValueError, "character U+{} is not in range [U+0000; U+10ffff]", c);
      return new_str_of(vm, c);
    }
    case 'h': return Ref::small(load<std::int16_t>(place));
    case 'H': return Ref::small(load<std::uint16_t>(place));
    case 'i': return Ref::small(load<std::int32_t>(place));
    case 'I': return Ref::small(load<std::uint32_t>(place));
    case 'l':
    case 'q': return new_int(vm, load<std::int64_t>(place));
    case 'L':
    case 'Q': return new_uint(vm, load<std::uint64_t>(place));
    case 'f': return new_float(vm, static_cast<double>(load<float>(place)));
    default: return new_float(vm, load<double>(place));
  }
}

bool pack(Vm& vm, char typecode, char* place, Value value) {
  switch (typecode) {
    case 'b': return store_checked<std::int8_t>(vm, place, value, "signed char");
    case 'B': return store_checked<std::uint8_t>(vm, place, value, "unsigned byte integer");
    case 'h': return store_checked<std::int16_t>(vm, place, value, "signed short integer");
    case 'H': return store_checked<std::uint16_t>(vm, place, value, "unsigned short");
    case 'i': return store_checked<std::int32_t>(vm, place, value, "signed integer");
    case 'u':
    case 'w':
      if (!is_str(value) || value.as<StrObject>()->length != 1) return raise(vm, vm.exc.TypeError, "array item must be unicode character");
      return store(place, value.as<StrObject>()->at(0));
    case 'f':
    case 'd': {
      const auto number = to_double(vm, value);
      if (!number) return false;
      return typecode == 'd' ? store(place, *number) : store(place, static_cast<float>(*number));
    }
    default: return store_wide(vm, typecode, place, value);
  }
}

bool append(Vm& vm, ArrayObject* self, Value value) {
  char item[8] = {};
  return pack(vm, self->typecode, item, value) && splice(vm, self, self->length, self->length, {item, self->item_size});
}

bool extend(Vm& vm, ArrayObject* self, Value iterable) {
  if (!is_array(vm, iterable)) return for_each(vm, iterable, [&](Value item) { return append(vm, self, item); });
  if (as_array(iterable)->typecode != self->typecode) return raise(vm, vm.exc.TypeError, "can only extend with array of same kind");
  const std::string content(as_array(iterable)->bytes());
  return splice(vm, self, self->length, self->length, content);
}

bool extend_text(Vm& vm, ArrayObject* self, Value text) {
  const auto* string = text.as<StrObject>();
  const std::size_t start = self->length;
  if (!resize(vm, self, start + string->length)) return false;
  for (std::size_t i = 0; i < string->length; ++i) store(self->data + (start + i) * 4, string->at(i));
  return true;
}
Ref text_of(Vm& vm, const ArrayObject* self) {
  StrBuilder out(vm);
  for (std::size_t i = 0; i < self->length; ++i) {
    const auto c = load<std::uint32_t>(self->data + i * 4);
    if (c > 0x10FFFF) return raise(vm, vm.exc.ValueError, "character U+{} is not in range [U+0000; U+10ffff]", c);
    out.append(c);
  }
  return out.finish();
}
Ref list_of(Vm& vm, const ArrayObject* self) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (std::size_t i = 0; i < self->length; ++i) {
    VM_TRY(Ref item, get(vm, self, i));
    VM_CHECK(list_append(vm, list, std::move(item)));
  }
  return list;
}

}  // namespace ouro::vm::arrays
