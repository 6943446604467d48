// list.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct ListObject : GcObject {
  Value* items;
  std::size_t size;
  std::size_t capacity;
  [[nodiscard]] std::span<const Value> view() const { return {items, size}; }
};
struct ListIteratorObject : GcObject {
  ListObject* list;  ///< null: exhausted
  std::size_t index;
};

extern const TypeSpec kListType;
extern const TypeSpec kListIteratorType;

[[nodiscard]] Own<ListObject> new_list(Vm& vm, std::span<const Value> items = {});
/// `size` null items for the caller to fill before anybody sees the list.
[[nodiscard]] Own<ListObject> allocate_list(Vm& vm, std::size_t size);
[[nodiscard]] bool list_grow(Vm& vm, ListObject* list, std::size_t capacity);
[[nodiscard]] inline bool list_append(Vm& vm, ListObject* list, Value item) {
  if (list->size == list->capacity && !list_grow(vm, list, list->size + 1)) return false;
  incref(item);
  list->items[list->size++] = item;
  return true;
}
[[nodiscard]] inline bool list_append(Vm& vm, ListObject* list, Ref item) {
  if (list->size == list->capacity && !list_grow(vm, list, list->size + 1)) return false;
  list->items[list->size++] = item.release();
  return true;
}
[[nodiscard]] bool list_extend(Vm& vm, ListObject* list, Value iterable);
/// list[low:high] = items.
[[nodiscard]] bool list_replace(Vm& vm, ListObject* list, std::size_t low, std::size_t high, std::span<const Value> items);
/// In place, stable; key may be null.
[[nodiscard]] bool list_sort(Vm& vm, ListObject* list, Value key, bool reverse);
[[nodiscard]] Ref list_subscript(Vm& vm, Value self, Value key);

}  // namespace ouro::vm
