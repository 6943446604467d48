// collections.deque: a ring of values. CPython 3.13 Modules/_collectionsmodule.c for its behaviour.
#include "vm/modules/_collections/collections.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

struct DequeObject : GcObject {
  Value* ring;           ///< null while capacity is 0
  std::size_t capacity;  ///< a power of two
  std::size_t head;      ///< where item 0 stands
  std::size_t size;
  std::int64_t max_size;  ///< -1: no bound
  std::uint64_t changes;  ///< counted so that iterators notice
  WeakRefObject* weakrefs;

  [[nodiscard]] Value& at(std::size_t index) { return ring[(head + index) & (capacity - 1)]; }
};
DequeObject* deque_of(Value value) { return value.as<DequeObject>(); }

bool is_deque(Vm& vm, Value value) { return value.is_object() && is_instance_of(vm, value, vm.native_type(kDequeType)); }

bool grow(Vm& vm, DequeObject* deque) {
  const std::size_t capacity = deque->capacity == 0 ? 8 : deque->capacity * 2;
  auto* ring = static_cast<Value*>(vm.heap.allocate(capacity * sizeof(Value)));
  if (ring == nullptr) return raise_memory_error(vm);
  for (std::size_t i = 0; i < deque->size; ++i) ring[i] = deque->at(i);
  if (deque->ring != nullptr) vm.heap.free(deque->ring, deque->capacity * sizeof(Value));
  deque->ring = ring;
  deque->capacity = capacity;
  deque->head = 0;
  return true;
}

Ref take_first(DequeObject* deque) {
  Ref item = Ref::adopt(deque->at(0));
  deque->head = (deque->head + 1) & (deque->capacity - 1);
  --deque->size;
  ++deque->changes;
  return item;
}
Ref take_last(DequeObject* deque) {
  Ref item = Ref::adopt(deque->at(deque->size - 1));
  --deque->size;
  ++deque->changes;
  return item;
}
bool push_last(Vm& vm, DequeObject* deque, Value item) {
  if (deque->max_size == 0) return true;
  if (deque->size == deque->capacity) VM_CHECK(grow(vm, deque));
  deque->at(deque->size++) = owned(item);
  ++deque->changes;
  if (deque->max_size >= 0 && deque->size > static_cast<std::size_t>(deque->max_size)) (void)take_first(deque);
  return true;
}
bool push_first(Vm& vm, DequeObject* deque, Value item) {
  if (deque->max_size == 0) return true;
  if (deque->size == deque->capacity) VM_CHECK(grow(vm, deque));
  deque->head = (deque->head - 1) & (deque->capacity - 1);
  deque->at(0) = owned(item);
  ++deque->size;
  ++deque->changes;
  if (deque->max_size >= 0 && deque->size > static_cast<std::size_t>(deque->max_size)) (void)take_last(deque);
  return true;
}
bool extend(Vm& vm, DequeObject* deque, Value iterable) {
  Ref source = Ref::share(iterable);
  if (iterable == Value(deque)) {
    VM_TRY(source, to_list(vm, iterable));
  }
  return for_each(vm, source, [&](Value item) { return push_last(vm, deque, item); });
}

void clear_items(Vm& vm, DequeObject* deque) {
  Value* ring = std::exchange(deque->ring, nullptr);
  const std::size_t capacity = std::exchange(deque->capacity, 0);
  const std::size_t size = std::exchange(deque->size, 0);
  const std::size_t head = std::exchange(deque->head, 0);
  ++deque->changes;
  for (std::size_t i = 0; i < size; ++i) xdecref(ring[(head + i) & (capacity - 1)]);
  if (ring != nullptr) vm.heap.free(ring, capacity * sizeof(Value));
}

Ref construct(Vm& vm, TypeObject* type, const CallArgs&) {
  VM_TRY(Own<DequeObject> deque, make_instance<DequeObject>(vm, type));
  deque->max_size = -1;
  return deque;
}
bool init(Vm& vm, Value self, const CallArgs& call) {
  VM_PARSE(args, vm, "deque(iterable=None, maxlen=None)", 2, call);
  auto* deque = deque_of(self);
  std::int64_t max_size = -1;
  if (args.has(1)) {
    if (!is_int(args[1])) return raise(vm, vm.exc.TypeError, "an integer is required");
    VM_TRY(max_size, to_ssize(vm, args[1], vm.exc.OverflowError));
    if (max_size < 0) return raise(vm, vm.exc.ValueError, "maxlen must be non-negative");
  }
  deque->max_size = max_size;
  clear_items(vm, deque);
  return !args.given(0) || extend(vm, deque, args[0]);
}
void dealloc(Vm& vm, Object* self) {
  auto* deque = static_cast<DequeObject*>(self);
  vm.heap.untrack(deque);
  clear_weakrefs(vm, self);
  clear_items(vm, deque);
  free_object(vm, self, deque->type->basic_size);
}
void traverse(Object* self, Visitor& visit) {
  auto* deque = static_cast<DequeObject*>(self);
  for (std::size_t i = 0; i < deque->size; ++i) visit(deque->at(i));
}
void clear(Vm& vm, Object* self) { clear_items(vm, static_cast<DequeObject*>(self)); }

Ref new_like(Vm& vm, const DequeObject* like) {
  VM_TRY(Own<DequeObject> deque, make_instance<DequeObject>(vm, vm.native_type(kDequeType)));
  deque->max_size = like->max_size;
  return deque;
}
Ref copy(Vm& vm, Value self) {
  auto* deque = deque_of(self);
  if (type_of(vm, self) == vm.native_type(kDequeType)) {
    VM_TRY(Ref result, new_like(vm, deque));
    for (std::size_t i = 0; i < deque->size; ++i) VM_CHECK(push_last(vm, deque_of(result), deque->at(i)));
    return result;
  }
  const Value type(type_of(vm, self));
  Ref result;
  if (deque->max_size < 0) {
    VM_TRY(result, call(vm, type, {self}));
  } else {
    VM_TRY(result, call(vm, type, {self, Value::small(deque->max_size)}));
  }
  if (!is_deque(vm, result)) {
    return raise(vm, vm.exc.TypeError, "{}() must return a deque, not {}", type_name(vm, self), type_name(vm, result));
  }
  return result;
}

Ref show(Vm& vm, Value self) {
  auto* deque = deque_of(self);
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "[...]");
  VM_TRY(Own<ListObject> list, to_list(vm, self));
  VM_TRY(Ref items, repr(vm, list));
  StrBuilder out(vm);
  out.append(type_of(vm, self)->name);
  out.append('(');
  out.append(items.as<StrObject>());
  if (deque->max_size >= 0) {
    out.append(std::string_view(", maxlen="));
    out.append(std::string_view(std::to_string(deque->max_size)));
  }
  out.append(')');
  return out.finish();
}
Ref compare_slot(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_deque(vm, self) || !is_deque(vm, other)) return Ref::not_implemented();
  if (deque_of(self)->size != deque_of(other)->size && (op == CompareOp::Equal || op == CompareOp::NotEqual)) {
    return Ref::boolean(op == CompareOp::NotEqual);
  }
  VM_TRY(Ref a, get_iter(vm, self));
  VM_TRY(Ref b, get_iter(vm, other));
  for (;;) {
    const Ref x = iter_next(vm, a);
    if (!x && has_error(vm)) return {};
    const Ref y = iter_next(vm, b);
    if (!y && has_error(vm)) return {};
    if (!x || !y) return compare(vm, Value::small(x ? 1 : 0), Value::small(y ? 1 : 0), op);
    bool same = false;
    VM_CHECK(equal(vm, x, y, same));
    if (!same) {
      if (op == CompareOp::Equal) return Ref::boolean(false);
      if (op == CompareOp::NotEqual) return Ref::boolean(true);
      return compare(vm, x, y, op);
    }
  }
}
bool length_slot(Vm&, Value self, std::size_t& out) {
  out = deque_of(self)->size;
  return true;
}

/// Position of the first equal item in [start, stop); -1: none. RuntimeError when comparing changed the deque.
bool find(Vm& vm, DequeObject* deque, Value item, std::size_t start, std::size_t stop, std::int64_t& position) {
  position = -1;
  const std::uint64_t changes = deque->changes;
  for (std::size_t i = start; i < stop && i < deque->size; ++i) {
    const Ref held = Ref::share(deque->at(i));
    bool same = false;
    VM_CHECK(equal(vm, held, item, same));
    if (deque->changes != changes) return raise(vm, vm.exc.RuntimeError, "deque mutated during iteration");
    if (same) {
      position = static_cast<std::int64_t>(i);
      return true;
    }
  }
  return true;
}
bool contains_slot(Vm& vm, Value self, Value item, bool& out) {
  std::int64_t position = -1;
  VM_CHECK(find(vm, deque_of(self), item, 0, SIZE_MAX, position));
  out = position >= 0;
  return true;
}

bool index_of(Vm& vm, DequeObject* deque, Value key, std::size_t& out) {
  if (!has_index(vm, key)) {
    return raise(vm, vm.exc.TypeError, "sequence index must be integer, not '{}'", type_name(vm, key));
  }
  VM_TRY(std::int64_t index, to_ssize(vm, key, vm.exc.IndexError));
  if (index < 0) index += static_cast<std::int64_t>(deque->size);
  if (index < 0 || index >= static_cast<std::int64_t>(deque->size)) {
    return raise(vm, vm.exc.IndexError, "deque index out of range");
  }
  out = static_cast<std::size_t>(index);
  return true;
}
Ref subscript(Vm& vm, Value self, Value key) {
  std::size_t index = 0;
  VM_CHECK(index_of(vm, deque_of(self), key, index));
  return Ref::share(deque_of(self)->at(index));
}
/// Takes item `index` out.
Ref remove_at(DequeObject* deque, std::size_t index) {
  Ref item = Ref::adopt(deque->at(index));
  for (std::size_t i = index; i + 1 < deque->size; ++i) deque->at(i) = deque->at(i + 1);
  --deque->size;
  ++deque->changes;
  return item;
}
bool assign_slot(Vm& vm, Value self, Value key, Value value) {
  auto* deque = deque_of(self);
  std::size_t index = 0;
  VM_CHECK(index_of(vm, deque, key, index));
  if (value.is_null()) {
    (void)remove_at(deque, index);
    return true;
  }
  const Ref old = Ref::adopt(std::exchange(deque->at(index), owned(value)));
  return true;
}

Ref concat_slot(Vm& vm, Value self, Value other) {
  if (!is_deque(vm, other)) {
    return raise(vm, vm.exc.TypeError, "can only concatenate deque (not \"{}\") to deque", type_name(vm, other));
  }
  VM_TRY(Ref result, copy(vm, self));
  VM_CHECK(extend(vm, deque_of(result), other));
  return result;
}
Ref in_place_concat(Vm& vm, Value self, Value other) {
  VM_CHECK(extend(vm, deque_of(self), other));
  return Ref::share(self);
}
Ref in_place_repeat(Vm& vm, Value self, std::int64_t count) {
  auto* deque = deque_of(self);
  if (deque->size == 0 || count == 1) return Ref::share(self);
  if (count <= 0) {
    clear_items(vm, deque);
    return Ref::share(self);
  }
  if (static_cast<std::uint64_t>(count) > (std::uint64_t{1} << 58U) / deque->size) return raise_memory_error(vm);
  VM_TRY(Own<ListObject> items, to_list(vm, self));
  std::int64_t rounds = count - 1;
  if (deque->max_size >= 0) {
    // More rounds than fill the bound change nothing: the same items fall out again.
    const auto size = static_cast<std::int64_t>(items->size);
    const std::int64_t enough = deque->max_size / size + 2;
    if (rounds > enough) rounds = enough;
  }
  if (deque->max_size < 0 && !vm.heap.has_room(items->size * static_cast<std::size_t>(count) * sizeof(Value))) {
    return raise_memory_error(vm);
  }
  for (std::int64_t i = 0; i < rounds; ++i) {
    VM_CHECK(charge_work(vm, items->size / 8 + 1));
    for (const Value item : items->view()) VM_CHECK(push_last(vm, deque, item));
  }
  return Ref::share(self);
}
Ref repeat_slot(Vm& vm, Value self, std::int64_t count) {
  VM_TRY(Ref result, copy(vm, self));
  return in_place_repeat(vm, result, count);
}

// --- methods
Ref append(Vm& vm, Value self, Value item) {
  VM_CHECK(push_last(vm, deque_of(self), item));
  return Ref::none();
}
Ref append_left(Vm& vm, Value self, Value item) {
  VM_CHECK(push_first(vm, deque_of(self), item));
  return Ref::none();
}
Ref clear_method(Vm& vm, Value self) {
  clear_items(vm, deque_of(self));
  return Ref::none();
}
Ref count(Vm& vm, Value self, Value item) {
  auto* deque = deque_of(self);
  const std::uint64_t changes = deque->changes;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < deque->size; ++i) {
    const Ref held = Ref::share(deque->at(i));
    bool same = false;
    VM_CHECK(equal(vm, held, item, same));
    if (deque->changes != changes) return raise(vm, vm.exc.RuntimeError, "deque mutated during iteration");
    total += same ? 1 : 0;
  }
  return Ref::small(total);
}
Ref extend_method(Vm& vm, Value self, Value iterable) {
  VM_CHECK(extend(vm, deque_of(self), iterable));
  return Ref::none();
}
Ref extend_left(Vm& vm, Value self, Value iterable) {
  Ref source = Ref::share(iterable);
  if (iterable == self) {
    VM_TRY(source, to_list(vm, iterable));
  }
  VM_CHECK(for_each(vm, source, [&](Value item) { return push_first(vm, deque_of(self), item); }));
  return Ref::none();
}
Ref index_method(Vm& vm, Value self, Args& args) {
  auto* deque = deque_of(self);
  std::size_t start = 0, stop = 0;
  VM_CHECK(search_bounds(vm, args, 1, deque->size, start, stop));
  std::int64_t position = -1;
  VM_CHECK(find(vm, deque, args[0], start, stop, position));
  if (position >= 0) return Ref::small(position);
  VM_TRY(Ref shown, repr(vm, args[0]));
  return raise(vm, vm.exc.ValueError, "{} is not in deque", shown.as<StrObject>());
}
Ref insert(Vm& vm, Value self, Args& args) {
  auto* deque = deque_of(self);
  VM_TRY(std::int64_t index, args.ssize(vm, 0));
  const auto size = static_cast<std::int64_t>(deque->size);
  if (deque->max_size >= 0 && size >= deque->max_size) return raise(vm, vm.exc.IndexError, "deque already at its maximum size");
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (index > size) index = size;
  if (deque->size == deque->capacity) VM_CHECK(grow(vm, deque));
  for (std::int64_t i = size; i > index; --i) deque->at(static_cast<std::size_t>(i)) = deque->at(static_cast<std::size_t>(i - 1));
  deque->at(static_cast<std::size_t>(index)) = owned(args[1]);
  ++deque->size;
  ++deque->changes;
  return Ref::none();
}
Ref pop(Vm& vm, Value self) {
  if (deque_of(self)->size == 0) return raise(vm, vm.exc.IndexError, "pop from an empty deque");
  return take_last(deque_of(self));
}
Ref pop_left(Vm& vm, Value self) {
  if (deque_of(self)->size == 0) return raise(vm, vm.exc.IndexError, "pop from an empty deque");
  return take_first(deque_of(self));
}
Ref remove(Vm& vm, Value self, Value item) {
  auto* deque = deque_of(self);
  const std::uint64_t changes = deque->changes;
  for (std::size_t i = 0; i < deque->size; ++i) {
    const Ref held = Ref::share(deque->at(i));
    bool same = false;
    VM_CHECK(equal(vm, held, item, same));
    if (deque->changes != changes) return raise(vm, vm.exc.IndexError, "deque mutated during remove().");
    if (same) {
      (void)remove_at(deque, i);
      return Ref::none();
    }
  }
  VM_TRY(Ref shown, repr(vm, item));
  return raise(vm, vm.exc.ValueError, "{} is not in deque", shown.as<StrObject>());
}
Ref reverse(Vm&, Value self) {
  auto* deque = deque_of(self);
  for (std::size_t i = 0, j = deque->size; i + 1 < j; ++i) std::swap(deque->at(i), deque->at(--j));
  ++deque->changes;
  return Ref::none();
}
Ref rotate(Vm& vm, Value self, Args& args) {
  auto* deque = deque_of(self);
  VM_TRY(std::int64_t n, args.ssize(vm, 0, 1));
  const auto size = static_cast<std::int64_t>(deque->size);
  if (size <= 1) return Ref::none();
  n %= size;
  if (n > size / 2) n -= size;
  if (n < -(size / 2)) n += size;
  for (; n > 0; --n) {
    const Value last = deque->at(deque->size - 1);
    deque->head = (deque->head - 1) & (deque->capacity - 1);
    deque->at(0) = last;
  }
  for (; n < 0; ++n) {
    const Value first = deque->at(0);
    deque->head = (deque->head + 1) & (deque->capacity - 1);
    deque->at(deque->size - 1) = first;
  }
  ++deque->changes;
  return Ref::none();
}
Ref reduce(Vm& vm, Value self) {
  auto* deque = deque_of(self);
  VM_TRY(Ref state, call_method(vm, self, vm.names.d_getstate));
  VM_TRY(Ref iterator, get_iter(vm, self));
  Own<TupleObject> arguments;
  VM_TRY(Own<TupleObject> empty, allocate_tuple(vm, 0));
  if (deque->max_size < 0) {
    arguments = std::move(empty);
  } else {
    VM_TRY(arguments, new_tuple(vm, {Value(empty.get()), Value::small(deque->max_size)}));
  }
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get()), state.get(), iterator.get()});
}
Ref size_of(Vm&, Value self) {
  return Ref::small(static_cast<std::int64_t>(sizeof(DequeObject) + deque_of(self)->capacity * sizeof(Value)));
}
Ref get_maxlen(Vm&, Value self) {
  const std::int64_t bound = deque_of(self)->max_size;
  return bound < 0 ? Ref::none() : Ref::small(bound);
}

// --- iterators
struct DequeIteratorObject : GcObject {
  Value deque;
  std::size_t index, left;
  std::uint64_t changes;
};
using IteratorLife = LifeOf<DequeIteratorObject, &DequeIteratorObject::deque>;

Ref make_iterator(Vm& vm, Value self, const TypeSpec& spec) {
  VM_TRY(Own<DequeIteratorObject> iterator, make_instance<DequeIteratorObject>(vm, vm.native_type(spec)));
  auto* deque = deque_of(self);
  assign(iterator->deque, self);
  iterator->left = deque->size;
  iterator->changes = deque->changes;
  iterator->index = &spec == &kDequeReverseIteratorType ? deque->size : 0;
  return iterator;
}
Ref iter_slot(Vm& vm, Value self) { return make_iterator(vm, self, kDequeIteratorType); }
Ref reversed(Vm& vm, Value self) { return make_iterator(vm, self, kDequeReverseIteratorType); }

bool check_unchanged(Vm& vm, DequeIteratorObject* iterator) {
  if (deque_of(iterator->deque)->changes == iterator->changes) return true;
  iterator->left = 0;
  return raise(vm, vm.exc.RuntimeError, "deque mutated during iteration");
}
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<DequeIteratorObject>();
  VM_CHECK(check_unchanged(vm, iterator));
  if (iterator->left == 0) return {};
  --iterator->left;
  return Ref::share(deque_of(iterator->deque)->at(iterator->index++));
}
Ref reverse_next(Vm& vm, Value self) {
  auto* iterator = self.as<DequeIteratorObject>();
  if (iterator->left == 0) return {};
  VM_CHECK(check_unchanged(vm, iterator));
  --iterator->left;
  return Ref::share(deque_of(iterator->deque)->at(--iterator->index));
}
template <const TypeSpec* kSpec>
Ref iterator_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "_deque_iterator"));
  if (call.positional == 0 || !is_deque(vm, call.values[0])) {
    return raise(vm, vm.exc.TypeError, "argument 1 must be collections.deque, not {}",
                 call.positional == 0 ? std::string_view("nothing") : type_name(vm, call.values[0]));
  }
  VM_TRY(Ref iterator, make_iterator(vm, call.values[0], *kSpec));
  std::int64_t skip = 0;
  if (call.positional > 1) {
    VM_TRY(skip, to_ssize(vm, call.values[1], vm.exc.OverflowError));
  }
  for (; skip > 0; --skip) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      break;
    }
  }
  return iterator;
}
Ref iterator_length_hint(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(self.as<DequeIteratorObject>()->left)); }
Ref iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<DequeIteratorObject>();
  const std::size_t done = deque_of(iterator->deque)->size - iterator->left;
  VM_TRY(Ref arguments, new_tuple(vm, {iterator->deque, Value::small(static_cast<std::int64_t>(done))}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}
constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint},
    {"__reduce__($self, /)", iterator_reduce},
};
template <const TypeSpec* kSpec>
constexpr TypeSlots iterator_slots(UnarySlot next) {
  TypeSlots s = IteratorLife::slots();
  s.construct = iterator_construct<kSpec>;
  s.iter = iter_self;
  s.next = next;
  return s;
}

constexpr MethodSpec kMethods[] = {
    {"append($self, item, /)", append, "Adds an item on the right."},
    {"appendleft($self, item, /)", append_left, "Adds an item on the left."},
    {"clear($self, /)", clear_method, "Takes all items out."},
    {"copy($self, /)", copy, "A new deque of the same items."},
    {"__copy__($self, /)", copy, "A new deque of the same items."},
    {"count($self, value, /)", count, "How many items are equal to value."},
    {"extend($self, iterable, /)", extend_method, "Adds an iterable's items on the right."},
    {"extendleft($self, iterable, /)", extend_left, "Adds an iterable's items on the left, one by one."},
    {"index($self, value, start=0, stop=sys.maxsize, /)", index_method, "Where value first stands; ValueError where it does not."},
    {"insert($self, index, value, /)", insert, "Puts value before index."},
    {"pop($self, /)", pop, "Takes the rightmost item out and gives it."},
    {"popleft($self, /)", pop_left, "Takes the leftmost item out and gives it."},
    {"remove($self, value, /)", remove, "Takes the first item equal to value out."},
    {"reverse($self, /)", reverse, "Turns the order round, in place."},
    {"rotate($self, n=1, /)", rotate, "Moves the items n steps to the right, round the end."},
    {"__reduce__($self, /)", reduce, "Return state information for pickling."},
    {"__reversed__($self, /)", reversed, "An iterator from the right."},
    {"__sizeof__($self, /)", size_of, "Size in memory, in bytes."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr GetSetSpec kGetSet[] = {
    {"maxlen", get_maxlen, nullptr, "maximum size of a deque or None if unbounded"},
};
constexpr TypeSlots slots() {
  TypeSlots s;
  s.dealloc = dealloc;
  s.traverse = traverse;
  s.clear = clear;
  s.construct = construct;
  s.init = init;
  s.repr = show;
  s.compare = compare_slot;
  s.iter = iter_slot;
  s.length = length_slot;
  s.subscript = subscript;
  s.assign_subscript = assign_slot;
  s.contains = contains_slot;
  s.concat = concat_slot;
  s.in_place_concat = in_place_concat;
  s.repeat = repeat_slot;
  s.in_place_repeat = in_place_repeat;
  return s;
}

}  // namespace

const TypeSpec kDequeType = {
    .name = "collections.deque",
    .basic_size = sizeof(DequeObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeSequence,
    .doc = "deque([iterable[, maxlen]])\n--\n\nA list-like sequence that grows and shrinks quickly at both ends.",
    .slots = slots(),
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(DequeObject, weakrefs),
};
const TypeSpec kDequeIteratorType = {
    .name = "collections._deque_iterator",
    .basic_size = sizeof(DequeIteratorObject),
    .flags = kTypeImmutable | kTypeContainer,
    .slots = iterator_slots<&kDequeIteratorType>(iterator_next),
    .methods = kIteratorMethods,
};
const TypeSpec kDequeReverseIteratorType = {
    .name = "collections._deque_reverse_iterator",
    .basic_size = sizeof(DequeIteratorObject),
    .flags = kTypeImmutable | kTypeContainer,
    .slots = iterator_slots<&kDequeReverseIteratorType>(reverse_next),
    .methods = kIteratorMethods,
};

}  // namespace ouro::vm
