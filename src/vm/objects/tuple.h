// tuple.
#pragma once

#include <initializer_list>
#include <span>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct TupleObject : GcObject {
  std::size_t size;
  // Items follow. In instances of subclasses they stand after the subclass's fields: items_offset.
  std::size_t items_offset;
  [[nodiscard]] Value* items() { return reinterpret_cast<Value*>(reinterpret_cast<char*>(this) + items_offset); }
  [[nodiscard]] const Value* items() const {
    return reinterpret_cast<const Value*>(reinterpret_cast<const char*>(this) + items_offset);
  }
  [[nodiscard]] std::span<const Value> view() const { return {items(), size}; }
  [[nodiscard]] Value operator[](std::size_t index) const { return items()[index]; }
};

extern const TypeSpec kTupleType;

/// `size` null items for the caller to fill with owned values (tuple->items()[i] = ref.release()). Size 0: the empty one.
[[nodiscard]] Own<TupleObject> allocate_tuple(Vm& vm, std::size_t size);
[[nodiscard]] Own<TupleObject> new_tuple(Vm& vm, std::span<const Value> items);
[[nodiscard]] inline Own<TupleObject> new_tuple(Vm& vm, std::initializer_list<Value> items) {
  return new_tuple(vm, std::span<const Value>(items.begin(), items.size()));
}
[[nodiscard]] Ref tuple_subscript(Vm& vm, Value self, Value key);

inline std::size_t CallArgs::keyword_count() const { return keyword_names == nullptr ? 0 : keyword_names->size; }

}  // namespace ouro::vm
