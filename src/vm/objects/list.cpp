// list: CPython 3.13 Objects/listobject.c. Sorting is in list_sort.cpp, the iterators in list_iterator.cpp.
#include "vm/objects/list.h"

#include "vm/objects/container_helpers.h"
#include "vm/objects/set.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kMostItems = std::size_t{1} << 58U;

/// Values taken out of a list, dropped when the list is in order again: dropping may run Python code.
class Removed {
 public:
  explicit Removed(Vm& vm) : vm_(&vm) {}
  ~Removed() {
    for (std::size_t i = size_; i-- > 0;) xdecref(items_[i]);
    if (items_ != nullptr && items_ != &one_) vm_->heap.free(items_, capacity_ * sizeof(Value));
  }
  Removed(const Removed&) = delete;
  Removed& operator=(const Removed&) = delete;
  bool reserve(std::size_t count) {
    if (count <= 1) {
      items_ = &one_;
      return true;
    }
    items_ = static_cast<Value*>(vm_->heap.allocate(count * sizeof(Value)));
    capacity_ = count;
    return items_ != nullptr || raise_memory_error(*vm_);
  }
  void take(Value item) { items_[size_++] = item; }

 private:
  Vm* vm_;
  Value* items_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
  Value one_;
};

void clear_items(Vm& vm, ListObject* list) {
  Value* items = std::exchange(list->items, nullptr);
  const std::size_t size = std::exchange(list->size, 0);
  const std::size_t capacity = std::exchange(list->capacity, 0);
  for (std::size_t i = size; i-- > 0;) xdecref(items[i]);
  if (items != nullptr) vm.heap.free(items, capacity * sizeof(Value));
}

}  // namespace

Own<ListObject> allocate_list(Vm& vm, std::size_t size) {
  if (size > kMostItems) return raise_memory_error(vm);
  auto* list = allocate<ListObject>(vm, vm.types.list);
  if (list == nullptr) return {};
  Own<ListObject> own = Own<ListObject>::adopt(list);
  if (size != 0) {
    list->items = static_cast<Value*>(vm.heap.allocate(size * sizeof(Value)));
    if (list->items == nullptr) return raise_memory_error(vm);
    for (std::size_t i = 0; i < size; ++i) list->items[i] = Value();
    list->size = list->capacity = size;
  }
  vm.heap.track(list);
  return own;
}

Own<ListObject> new_list(Vm& vm, std::span<const Value> items) {
  VM_TRY(Own<ListObject> list, allocate_list(vm, items.size()));
  copy_values(list->items, items);
  return list;
}

bool list_grow(Vm& vm, ListObject* list, std::size_t capacity) {
  if (capacity > kMostItems) return raise_memory_error(vm);
  if (capacity <= list->capacity) return true;
  std::size_t wanted = capacity;
  if (list->capacity != 0 || capacity < 8) wanted = (capacity + (capacity >> 3U) + 6) & ~std::size_t{3};
  void* items = list->items == nullptr
                    ? vm.heap.allocate(wanted * sizeof(Value))
                    : vm.heap.reallocate(list->items, list->capacity * sizeof(Value), wanted * sizeof(Value));
  if (items == nullptr) return raise_memory_error(vm);
  list->items = static_cast<Value*>(items);
  list->capacity = wanted;
  return true;
}

namespace {

/// Gives memory back when a list has become much smaller.
void shrink(Vm& vm, ListObject* list) {
  if (list->size * 2 >= list->capacity || list->capacity < 16) return;
  const std::size_t wanted = list->size + (list->size >> 3U) + 6;
  if (wanted >= list->capacity) return;
  void* items = vm.heap.reallocate(list->items, list->capacity * sizeof(Value), wanted * sizeof(Value));
  if (items == nullptr) return;
  list->items = static_cast<Value*>(items);
  list->capacity = wanted;
}

}  // namespace

bool list_extend(Vm& vm, ListObject* list, Value iterable) {
  if (is_exact(vm, iterable, vm.types.list) || is_exact(vm, iterable, vm.types.tuple)) {
    const std::size_t count = sequence_items(iterable).size();
    if (count == 0) return true;
    VM_CHECK(charge_work(vm, count / 16));
    VM_CHECK(list_grow(vm, list, list->size + count));
    copy_values(list->items + list->size, sequence_items(iterable).first(count));
    list->size += count;
    return true;
  }
  if (iterable == Value(list)) {
    VM_TRY(Own<ListObject> copy, new_list(vm, list->view()));
    return list_extend(vm, list, copy);
  }
  VM_TRY(Ref iterator, get_iter(vm, iterable));
  VM_TRY(std::size_t hint, length_hint(vm, iterable, 8));
  // A hint that overflows a length is a guess that went wrong: it is passed over.
  if (hint > list->capacity - list->size && hint <= static_cast<std::size_t>(INT64_MAX) - list->size) VM_CHECK(list_grow(vm, list, list->size + hint));
  TypeObject* type = type_of(vm, iterator);
  const UnarySlot next = type->slots.next;
  for (;;) {
    Ref item = next(vm, iterator);
    if (!item) {
      if (!has_error(vm)) break;
      return catch_error(vm, vm.exc.StopIteration);
    }
    VM_CHECK(list_append(vm, list, std::move(item)));
  }
  shrink(vm, list);
  return true;
}

bool list_replace(Vm& vm, ListObject* list, std::size_t low, std::size_t high, std::span<const Value> items) {
  if (low > list->size) low = list->size;
  if (high < low) high = low;
  if (high > list->size) high = list->size;
  const std::size_t old_count = high - low, count = items.size();
  Own<ListObject> copy;
  if (items.data() >= list->items && items.data() < list->items + list->size && !items.empty()) {
    VM_TRY(copy, new_list(vm, items));
    items = copy->view();
  }
  Removed removed(vm);
  VM_CHECK(removed.reserve(old_count));
  if (count > old_count) VM_CHECK(list_grow(vm, list, list->size + count - old_count));
  for (std::size_t i = low; i < high; ++i) removed.take(list->items[i]);
  if (list->items != nullptr) {
    std::memmove(static_cast<void*>(list->items + low + count), list->items + high, (list->size - high) * sizeof(Value));
  }
  list->size = list->size - old_count + count;
  copy_values(list->items + low, items);
  if (count < old_count) shrink(vm, list);
  return true;
}

Ref list_subscript(Vm& vm, Value self, Value key) {
  auto* list = self.as<ListObject>();
  if (key.is_small()) [[likely]] {
    std::int64_t index = key.small_value();
    if (index < 0) index += static_cast<std::int64_t>(list->size);
    if (static_cast<std::uint64_t>(index) < list->size) return Ref::share(list->items[index]);
    return raise(vm, vm.exc.IndexError, "list index out of range");
  }
  if (key.is_object() && type_of(vm, key) == vm.types.slice) {
    SliceBounds bounds{};
    VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), list->size, bounds));
    if (bounds.step == 1) {
      return new_list(vm, list->view().subspan(static_cast<std::size_t>(bounds.start), static_cast<std::size_t>(bounds.count)));
    }
    VM_TRY(Own<ListObject> result, allocate_list(vm, static_cast<std::size_t>(bounds.count)));
    for (std::int64_t i = 0, at = bounds.start; i < bounds.count; ++i, at = slice_next(at, bounds.step)) {
      const Value item = list->items[at];
      incref(item);
      result->items[i] = item;
    }
    return result;
  }
  std::size_t index = 0;
  VM_CHECK(normalise_index(vm, key, list->size, "list", index));
  if (index >= list->size) return raise(vm, vm.exc.IndexError, "list index out of range");
  return Ref::share(list->items[index]);
}

namespace {

bool delete_slice(Vm& vm, ListObject* list, SliceBounds bounds) {
  if (bounds.count == 0) return true;
  if (bounds.step < 0) {
    bounds.start += bounds.step * (bounds.count - 1);
    bounds.step = -bounds.step;
  }
  Removed removed(vm);
  VM_CHECK(removed.reserve(static_cast<std::size_t>(bounds.count)));
  std::size_t to = static_cast<std::size_t>(bounds.start);
  std::int64_t next = bounds.start;
  std::int64_t left = bounds.count;
  for (std::size_t from = to; from < list->size; ++from) {
    if (left > 0 && static_cast<std::int64_t>(from) == next) {
      removed.take(list->items[from]);
      next = slice_next(next, bounds.step);
      --left;
    } else {
      list->items[to++] = list->items[from];
    }
  }
  list->size = to;
  shrink(vm, list);
  return true;
}

bool assign_slice(Vm& vm, ListObject* list, SliceObject* slice, Value value) {
  SliceBounds bounds{};
  VM_CHECK(slice_bounds(vm, slice, list->size, bounds));
  if (value.is_null()) {
    if (bounds.step == 1) {
      return list_replace(vm, list, static_cast<std::size_t>(bounds.start),
                          static_cast<std::size_t>(bounds.start + bounds.count), {});
    }
    return delete_slice(vm, list, bounds);
  }
  const bool plain = bounds.step == 1;
  Ref items;
  if (value == Value(list)) {
    VM_TRY(items, new_list(vm, list->view()));
  } else {
    VM_TRY(items, fast_sequence(vm, value, "must assign iterable to extended slice"));
  }
  // Making the sequence may have run Python code that changed the list.
  VM_CHECK(slice_bounds(vm, slice, list->size, bounds));
  const std::span<const Value> view = sequence_items(items);
  if (plain) {
    const auto low = static_cast<std::size_t>(bounds.start);
    return list_replace(vm, list, low, low + static_cast<std::size_t>(bounds.count), view);
  }
  if (view.size() != static_cast<std::size_t>(bounds.count)) {
    return raise(vm, vm.exc.ValueError, "attempt to assign sequence of size {} to extended slice of size {}", view.size(),
                 bounds.count);
  }
  Removed removed(vm);
  VM_CHECK(removed.reserve(view.size()));
  for (std::size_t i = 0; i < view.size(); ++i) {
    Value& place = list->items[bounds.start + static_cast<std::int64_t>(i) * bounds.step];
    removed.take(place);
    incref(view[i]);
    place = view[i];
  }
  return true;
}

bool list_assign(Vm& vm, Value self, Value key, Value value) {
  auto* list = self.as<ListObject>();
  if (key.is_object() && type_of(vm, key) == vm.types.slice) return assign_slice(vm, list, key.as<SliceObject>(), value);
  std::size_t index = 0;
  VM_CHECK(normalise_index(vm, key, list->size, "list assignment", index));
  if (index >= list->size) return raise(vm, vm.exc.IndexError, "list assignment index out of range");
  if (value.is_null()) return list_replace(vm, list, index, index + 1, {});
  incref(value);
  const Value old = std::exchange(list->items[index], value);
  xdecref(old);
  return true;
}

void list_dealloc(Vm& vm, Object* self) {
  auto* list = static_cast<ListObject*>(self);
  vm.heap.untrack(list);
  clear_items(vm, list);
  free_object(vm, self, list->type->basic_size);
}
void list_traverse(Object* self, Visitor& visit) {
  for (const Value item : static_cast<ListObject*>(self)->view()) visit(item);
}
void list_clear_slot(Vm& vm, Object* self) { clear_items(vm, static_cast<ListObject*>(self)); }

Ref list_construct(Vm& vm, TypeObject* type, const CallArgs&) {
  auto* list = allocate<ListObject>(vm, type);
  if (list == nullptr) return {};
  vm.heap.track(list);
  return Ref::adopt(list);
}
bool list_init(Vm& vm, Value self, const CallArgs& call) {
  if (type_of(vm, self) == vm.types.list || type_of(vm, self)->slots.construct == list_construct) {
    // A subclass with its own __new__ may take keywords.
    VM_CHECK(no_keywords(vm, call, "list"));
  }
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "list expected at most 1 argument, got {}", call.positional);
  clear_items(vm, self.as<ListObject>());
  return call.positional == 0 || list_extend(vm, self.as<ListObject>(), call.values[0]);
}

Ref list_repr(Vm& vm, Value self) {
  const auto* list = self.as<ListObject>();
  if (list->size == 0) return new_str_latin1(vm, "[]");
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "[...]");
  RecursionGuard recursion(vm, " while getting the repr of an object");
  if (!recursion) return {};
  StrBuilder out(vm);
  out.append('[');
  for (std::size_t i = 0; i < list->size; ++i) {
    if (i != 0) out.append(std::string_view(", "));
    const Ref item = Ref::share(list->items[i]);
    VM_TRY(Ref text, repr(vm, item));
    out.append(text.as<StrObject>());
  }
  out.append(']');
  return out.finish();
}

Ref list_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_list(self) || !is_list(other)) return Ref::not_implemented();
  return compare_sequences(vm, self, other, op);
}
bool list_length(Vm&, Value self, std::size_t& out) {
  out = self.as<ListObject>()->size;
  return true;
}
bool list_contains(Vm& vm, Value self, Value item, bool& out) {
  std::int64_t position = -1;
  VM_CHECK(find_item(vm, self, item, 0, SIZE_MAX, position));
  out = position >= 0;
  return true;
}
Ref list_concat(Vm& vm, Value a, Value b) {
  if (!is_list(b)) {
    return raise(vm, vm.exc.TypeError, "can only concatenate list (not \"{}\") to list", type_name(vm, b));
  }
  const auto *x = a.as<ListObject>(), *y = b.as<ListObject>();
  VM_CHECK(charge_work(vm, (x->size + y->size) / 16));
  VM_TRY(Own<ListObject> result, allocate_list(vm, x->size + y->size));
  copy_values(result->items, x->view());
  copy_values(result->items + x->size, y->view());
  return result;
}
Ref list_repeat(Vm& vm, Value self, std::int64_t count) {
  const auto* list = self.as<ListObject>();
  if (count <= 0 || list->size == 0) return new_list(vm);
  if (static_cast<std::uint64_t>(count) > kMostItems / list->size) return raise_memory_error(vm);
  const std::size_t total = list->size * static_cast<std::size_t>(count);
  if (!vm.heap.has_room(total * sizeof(Value))) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, total / 16));
  VM_TRY(Own<ListObject> result, allocate_list(vm, total));
  for (std::size_t at = 0; at < total; at += list->size) copy_values(result->items + at, list->view());
  return result;
}
Ref list_in_place_concat(Vm& vm, Value self, Value other) {
  VM_CHECK(list_extend(vm, self.as<ListObject>(), other));
  return Ref::share(self);
}
Ref list_in_place_repeat(Vm& vm, Value self, std::int64_t count) {
  auto* list = self.as<ListObject>();
  if (count <= 0) {
    clear_items(vm, list);
    return Ref::share(self);
  }
  const std::size_t size = list->size;
  if (size == 0 || count == 1) return Ref::share(self);
  if (static_cast<std::uint64_t>(count) > kMostItems / size) return raise_memory_error(vm);
  const std::size_t total = size * static_cast<std::size_t>(count);
  if (!vm.heap.has_room(total * sizeof(Value))) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, total / 16));
  VM_CHECK(list_grow(vm, list, total));
  for (std::size_t at = size; at < total; at += size) copy_values(list->items + at, list->view().first(size));
  list->size = total;
  return Ref::share(self);
}

// --- methods
Ref list_append_method(Vm& vm, Value self, Value item) {
  VM_CHECK(list_append(vm, self.as<ListObject>(), item));
  return Ref::none();
}
Ref list_clear_method(Vm& vm, Value self) {
  clear_items(vm, self.as<ListObject>());
  return Ref::none();
}
Ref list_copy(Vm& vm, Value self) { return new_list(vm, self.as<ListObject>()->view()); }
Ref list_count(Vm& vm, Value self, Value item) {
  const auto* list = self.as<ListObject>();
  std::int64_t total = 0;
  for (std::size_t i = 0; i < list->size; ++i) {
    const Ref held = Ref::share(list->items[i]);
    bool same = false;
    VM_CHECK(equal(vm, held, item, same));
    total += same ? 1 : 0;
  }
  return Ref::small(total);
}
Ref list_extend_method(Vm& vm, Value self, Value iterable) {
  VM_CHECK(list_extend(vm, self.as<ListObject>(), iterable));
  return Ref::none();
}
Ref list_index(Vm& vm, Value self, Args& args) {
  std::size_t start = 0, stop = 0;
  VM_CHECK(search_bounds(vm, args, 1, self.as<ListObject>()->size, start, stop));
  // Without a stop the list may grow while it is searched.
  std::int64_t position = -1;
  VM_CHECK(find_item(vm, self, args[0], start, args.given(2) ? stop : SIZE_MAX, position));
  if (position >= 0) return Ref::small(position);
  VM_TRY(Ref shown, repr(vm, args[0]));
  return raise(vm, vm.exc.ValueError, "{} is not in list", shown.as<StrObject>());
}
Ref list_insert(Vm& vm, Value self, Args& args) {
  auto* list = self.as<ListObject>();
  VM_TRY(std::int64_t index, args.ssize(vm, 0));
  const auto size = static_cast<std::int64_t>(list->size);
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (index > size) index = size;
  VM_CHECK(list_grow(vm, list, list->size + 1));
  std::memmove(static_cast<void*>(list->items + index + 1), list->items + index, static_cast<std::size_t>(size - index) * sizeof(Value));
  incref(args[1]);
  list->items[index] = args[1];
  ++list->size;
  return Ref::none();
}
Ref list_pop(Vm& vm, Value self, Args& args) {
  auto* list = self.as<ListObject>();
  VM_TRY(std::int64_t index, args.ssize(vm, 0, -1));
  if (list->size == 0) return raise(vm, vm.exc.IndexError, "pop from empty list");
  if (index < 0) index += static_cast<std::int64_t>(list->size);
  if (index < 0 || index >= static_cast<std::int64_t>(list->size)) return raise(vm, vm.exc.IndexError, "pop index out of range");
  Ref item = Ref::adopt(list->items[index]);
  --list->size;
  std::memmove(static_cast<void*>(list->items + index), list->items + index + 1,
               (list->size - static_cast<std::size_t>(index)) * sizeof(Value));
  shrink(vm, list);
  return item;
}
Ref list_remove(Vm& vm, Value self, Value item) {
  std::int64_t position = -1;
  VM_CHECK(find_item(vm, self, item, 0, SIZE_MAX, position));
  if (position < 0) return raise(vm, vm.exc.ValueError, "list.remove(x): x not in list");
  const auto at = static_cast<std::size_t>(position);
  VM_CHECK(list_replace(vm, self.as<ListObject>(), at, at + 1, {}));
  return Ref::none();
}
Ref list_reverse(Vm&, Value self) {
  auto* list = self.as<ListObject>();
  for (std::size_t i = 0, j = list->size; i + 1 < j; ++i) std::swap(list->items[i], list->items[--j]);
  return Ref::none();
}
Ref list_sort_method(Vm& vm, Value self, Args& args) {
  VM_TRY(bool reverse, args.boolean(vm, 1));
  VM_CHECK(list_sort(vm, self.as<ListObject>(), args.has(0) ? args[0] : Value(), reverse));
  return Ref::none();
}
Ref list_sizeof(Vm&, Value self) {
  const auto* list = self.as<ListObject>();
  return Ref::small(static_cast<std::int64_t>(40 + 8 * list->capacity));
}

}  // namespace

Ref list_iter(Vm& vm, Value self);      // list_iterator.cpp
Ref list_reversed(Vm& vm, Value self);  // list_iterator.cpp

namespace {

constexpr MethodSpec kListMethods[] = {
    {"__getitem__($self, index, /)", list_subscript, "Return self[index]."},
    {"__reversed__($self, /)", list_reversed, "An iterator from the end."},
    {"__sizeof__($self, /)", list_sizeof},
    {"clear($self, /)", list_clear_method, "Takes all items out."},
    {"copy($self, /)", list_copy, "A new list of the same items."},
    {"append($self, object, /)", list_append_method, "Adds object at the end."},
    {"insert($self, index, object, /)", list_insert, "Puts object before index."},
    {"extend($self, iterable, /)", list_extend_method, "Adds an iterable's items at the end."},
    {"pop($self, index=-1, /)", list_pop, "Takes the item at index out and gives it; IndexError where there is none."},
    {"remove($self, value, /)", list_remove, "Takes the first item equal to value out; ValueError where there is none."},
    {"index($self, value, start=0, stop=sys.maxsize, /)", list_index, "Where value first stands; ValueError where it does not."},
    {"count($self, value, /)", list_count, "How many items are equal to value."},
    {"reverse($self, /)", list_reverse, "Turns the order round, in place."},
    {"sort($self, /, *, key=None, reverse=False)", list_sort_method, "Sorts in place, ascending; equal items keep their order."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};

constexpr TypeSlots list_slots() {
  TypeSlots s;
  s.dealloc = list_dealloc;
  s.traverse = list_traverse;
  s.clear = list_clear_slot;
  s.construct = list_construct;
  s.init = list_init;
  s.repr = list_repr;
  s.compare = list_compare;
  s.iter = list_iter;
  s.length = list_length;
  s.subscript = list_subscript;
  s.assign_subscript = list_assign;
  s.contains = list_contains;
  s.concat = list_concat;
  s.in_place_concat = list_in_place_concat;
  s.repeat = list_repeat;
  s.in_place_repeat = list_in_place_repeat;
  return s;
}

}  // namespace

const TypeSpec kListType = {
    .name = "list",
    .basic_size = sizeof(ListObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeSequence | kTypeMatchSelf | kTypeList,
    .doc = "list(iterable=(), /)\n--\n\nA sequence that may change, of an iterable's items.",
    .slots = list_slots(),
    .methods = kListMethods,
};

}  // namespace ouro::vm
