// Between the files of the array module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"

namespace ouro::vm::arrays {

struct ArrayObject : Object {
  char* data;             ///< of the heap; null while capacity is 0
  std::size_t length;     ///< items
  std::size_t capacity;   ///< bytes
  std::size_t exports;
  char typecode;
  std::uint8_t item_size;
  struct WeakRefObject* weakrefs;
  [[nodiscard]] std::string_view bytes() const { return {data, length * item_size}; }
};
extern const TypeSpec kArrayType;

[[nodiscard]] inline ArrayObject* as_array(Value value) { return value.as<ArrayObject>(); }
[[nodiscard]] inline bool is_array(Vm& vm, Value value) { return is_instance_of(vm, value, vm.native_type(kArrayType)); }
/// Bytes of an item; 0: no such type code.
[[nodiscard]] std::uint8_t item_size_of(char typecode);
[[nodiscard]] Own<ArrayObject> new_array(Vm& vm, TypeObject* type, char typecode, std::size_t length);
[[nodiscard]] bool resize(Vm& vm, ArrayObject* self, std::size_t length);
/// self[low:high] = content (whole items).
[[nodiscard]] bool splice(Vm& vm, ArrayObject* self, std::size_t low, std::size_t high, std::string_view content);
[[nodiscard]] Ref get(Vm& vm, const ArrayObject* self, std::size_t index);
/// A value as an item at `place`.
[[nodiscard]] bool pack(Vm& vm, char typecode, char* place, Value value);
[[nodiscard]] bool append(Vm& vm, ArrayObject* self, Value value);
[[nodiscard]] bool extend(Vm& vm, ArrayObject* self, Value iterable);
[[nodiscard]] bool extend_text(Vm& vm, ArrayObject* self, Value text);
[[nodiscard]] Ref text_of(Vm& vm, const ArrayObject* self);
[[nodiscard]] Ref list_of(Vm& vm, const ArrayObject* self);
[[nodiscard]] Ref reconstruct(Vm& vm, Value module, Args& args);

// methods.cpp
extern const std::span<const MethodSpec> kMethods;

}  // namespace ouro::vm::arrays
