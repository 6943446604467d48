// Iterators over __getitem__ and over a callable with a sentinel: CPython 3.13 Objects/iterobject.c.
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/iterator.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

void pair_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<SequenceIteratorObject*>(self);
  vm.heap.untrack(iterator);
  xdecref(iterator->sequence);
  xdecref(iterator->sentinel);
  free_object(vm, self, sizeof(SequenceIteratorObject));
}
void pair_traverse(Object* self, Visitor& visit) {
  auto* iterator = static_cast<SequenceIteratorObject*>(self);
  visit(iterator->sequence);
  visit(iterator->sentinel);
}

Ref sequence_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "cannot create 'iterator' instances");
  auto* iterator = allocate<SequenceIteratorObject>(vm, type);
  if (iterator == nullptr) return {};
  iterator->sequence = Ref::share(call.values[0]).release();
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}
Ref sequence_next(Vm& vm, Value self) {
  auto* iterator = self.as<SequenceIteratorObject>();
  if (iterator->sequence.is_null()) return {};
  if (iterator->index == INT64_MAX) return raise(vm, vm.exc.OverflowError, "iter index too large");
  const Ref sequence = Ref::share(iterator->sequence);
  Ref item = get_item(vm, sequence, iterator->index);
  if (item) {
    ++iterator->index;
    return item;
  }
  if (catch_error(vm, vm.exc.IndexError) || catch_error(vm, vm.exc.StopIteration)) {
    xdecref(std::exchange(iterator->sequence, Value()));
  }
  return {};
}
Ref sequence_length_hint(Vm& vm, Value self) {
  const auto* iterator = self.as<SequenceIteratorObject>();
  if (iterator->sequence.is_null()) return Ref::small(0);
  Ref method;
  VM_CHECK(lookup_special(vm, iterator->sequence, vm.names.d_len, method));
  if (!method) return Ref::not_implemented();
  VM_TRY(std::size_t size, length(vm, iterator->sequence));
  const std::int64_t left = static_cast<std::int64_t>(size) - iterator->index;
  return Ref::small(left < 0 ? 0 : left);
}
Ref sequence_reduce(Vm& vm, Value self) {
  // Looking the name up may run Python code that uses the iterator up, so it comes first.
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  const auto* iterator = self.as<SequenceIteratorObject>();
  if (iterator->sequence.is_null()) {
    VM_TRY(Ref empty, new_tuple(vm, std::span<const Value>()));
    VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
    return new_tuple(vm, {maker.get(), arguments.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {iterator->sequence}));
  VM_TRY(Ref index, new_int(vm, iterator->index));
  return new_tuple(vm, {maker.get(), arguments.get(), index.get()});
}
Ref sequence_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<SequenceIteratorObject>();
  VM_TRY(std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (!iterator->sequence.is_null()) iterator->index = index < 0 ? 0 : index;
  return Ref::none();
}
constexpr MethodSpec kSequenceMethods[] = {
    {"__length_hint__($self, /)", sequence_length_hint},
    {"__reduce__($self, /)", sequence_reduce},
    {"__setstate__($self, state, /)", sequence_setstate},
};

// The callable stands in `sequence`, the sentinel beside it; null: exhausted.
Ref callable_next(Vm& vm, Value self) {
  auto* iterator = self.as<SequenceIteratorObject>();
  if (iterator->sequence.is_null()) return {};
  const Ref callable = Ref::share(iterator->sequence);
  Ref item = call(vm, callable);
  const auto finish = [iterator] {
    xdecref(std::exchange(iterator->sequence, Value()));
    xdecref(std::exchange(iterator->sentinel, Value()));
  };
  if (!item) {
    if (catch_error(vm, vm.exc.StopIteration)) finish();
    return {};
  }
  if (iterator->sentinel.is_null()) return {};
  const Ref sentinel = Ref::share(iterator->sentinel);
  bool same = false;
  VM_CHECK(equal(vm, sentinel, item, same));
  if (!same) return item;
  finish();
  return {};
}
Ref callable_reduce(Vm& vm, Value self) {
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  const auto* iterator = self.as<SequenceIteratorObject>();
  if (iterator->sequence.is_null()) {
    VM_TRY(Ref empty, new_tuple(vm, std::span<const Value>()));
    VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
    return new_tuple(vm, {maker.get(), arguments.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {iterator->sequence, iterator->sentinel}));
  return new_tuple(vm, {maker.get(), arguments.get()});
}
constexpr MethodSpec kCallableMethods[] = {
    {"__reduce__($self, /)", callable_reduce},
};

constexpr TypeSlots pair_slots(UnarySlot next) {
  TypeSlots s;
  s.dealloc = pair_dealloc;
  s.traverse = pair_traverse;
  s.iter = iter_self;
  s.next = next;
  return s;
}
constexpr TypeSlots sequence_slots() {
  TypeSlots s = pair_slots(sequence_next);
  s.construct = sequence_construct;
  return s;
}

}  // namespace

Ref new_callable_iterator(Vm& vm, Value callable, Value sentinel) {
  auto* iterator = allocate<SequenceIteratorObject>(vm, vm.types.callable_iterator);
  if (iterator == nullptr) return {};
  iterator->sequence = Ref::share(callable).release();
  iterator->sentinel = Ref::share(sentinel).release();
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}

const TypeSpec kSequenceIteratorType = {
    .name = "iterator",
    .basic_size = sizeof(SequenceIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = sequence_slots(),
    .methods = kSequenceMethods,
};
const TypeSpec kCallableIteratorType = {
    .name = "callable_iterator",
    .basic_size = sizeof(SequenceIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = pair_slots(callable_next),
    .methods = kCallableMethods,
};

}  // namespace ouro::vm
