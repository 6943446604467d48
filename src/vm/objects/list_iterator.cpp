// Iterators over lists, forwards and backwards: CPython 3.13 Objects/listobject.c.
#include "vm/objects/container_helpers.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

Ref list_iter(Vm& vm, Value self);
Ref list_reversed(Vm& vm, Value self);

namespace {

Ref make_iterator(Vm& vm, TypeObject* type, ListObject* list, std::size_t index) {
  auto* iterator = allocate<ListIteratorObject>(vm, type);
  if (iterator == nullptr) return {};
  iterator->list = list;
  incref(static_cast<Object*>(list));
  iterator->index = index;
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}

void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<ListIteratorObject*>(self);
  vm.heap.untrack(iterator);
  if (iterator->list != nullptr) decref(static_cast<Object*>(iterator->list));
  free_object(vm, self, sizeof(ListIteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) { visit(static_cast<ListIteratorObject*>(self)->list); }

Ref finish(ListIteratorObject* iterator) {
  ListObject* done = std::exchange(iterator->list, nullptr);
  decref(static_cast<Object*>(done));
  return {};
}
Ref iterator_next(Vm&, Value self) {
  auto* iterator = self.as<ListIteratorObject>();
  if (iterator->list == nullptr) return {};
  if (iterator->index < iterator->list->size) return Ref::share(iterator->list->items[iterator->index++]);
  return finish(iterator);
}
// index is one more than the next item's.
Ref reversed_next(Vm&, Value self) {
  auto* iterator = self.as<ListIteratorObject>();
  if (iterator->list == nullptr) return {};
  if (iterator->index != 0 && iterator->index <= iterator->list->size) return Ref::share(iterator->list->items[--iterator->index]);
  return finish(iterator);
}

Ref iterator_length_hint(Vm&, Value self) {
  const auto* iterator = self.as<ListIteratorObject>();
  if (iterator->list == nullptr || iterator->index > iterator->list->size) return Ref::small(0);
  return Ref::small(static_cast<std::int64_t>(iterator->list->size - iterator->index));
}
Ref reversed_length_hint(Vm&, Value self) {
  const auto* iterator = self.as<ListIteratorObject>();
  if (iterator->list == nullptr || iterator->index > iterator->list->size) return Ref::small(0);
  return Ref::small(static_cast<std::int64_t>(iterator->index));
}

Ref reduce_as(Vm& vm, Value self, const char* maker_name, std::int64_t index) {
  const auto* iterator = self.as<ListIteratorObject>();
  if (iterator->list == nullptr) {
    VM_TRY(Ref maker, builtin_named(vm, "iter"));
    VM_TRY(Ref empty, new_list(vm));
    VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
    return new_tuple(vm, {maker.get(), arguments.get()});
  }
  VM_TRY(Ref maker, builtin_named(vm, maker_name));
  VM_TRY(Ref arguments, new_tuple(vm, {Value(iterator->list)}));
  return new_tuple(vm, {maker.get(), arguments.get(), Value::small(index)});
}
Ref iterator_reduce(Vm& vm, Value self) {
  return reduce_as(vm, self, "iter", static_cast<std::int64_t>(self.as<ListIteratorObject>()->index));
}
Ref reversed_reduce(Vm& vm, Value self) {
  return reduce_as(vm, self, "reversed", static_cast<std::int64_t>(self.as<ListIteratorObject>()->index) - 1);
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<ListIteratorObject>();
  VM_TRY(std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (iterator->list != nullptr) {
    const auto size = static_cast<std::int64_t>(iterator->list->size);
    iterator->index = static_cast<std::size_t>(index < 0 ? 0 : (index > size ? size : index));
  }
  return Ref::none();
}
Ref reversed_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<ListIteratorObject>();
  VM_TRY(std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (iterator->list != nullptr) {
    const auto size = static_cast<std::int64_t>(iterator->list->size);
    if (index < -1) index = -1;
    if (index > size - 1) index = size - 1;
    iterator->index = static_cast<std::size_t>(index + 1);
  }
  return Ref::none();
}

constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint},
    {"__reduce__($self, /)", iterator_reduce},
    {"__setstate__($self, state, /)", iterator_setstate},
};
constexpr MethodSpec kReversedMethods[] = {
    {"__length_hint__($self, /)", reversed_length_hint},
    {"__reduce__($self, /)", reversed_reduce},
    {"__setstate__($self, state, /)", reversed_setstate},
};
constexpr TypeSlots iterator_slots(UnarySlot next) {
  TypeSlots s;
  s.dealloc = iterator_dealloc;
  s.traverse = iterator_traverse;
  s.iter = iter_self;
  s.next = next;
  return s;
}

const TypeSpec kListReversedIteratorType = {
    .name = "list_reverseiterator",
    .basic_size = sizeof(ListIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = iterator_slots(reversed_next),
    .methods = kReversedMethods,
};

}  // namespace

Ref list_iter(Vm& vm, Value self) { return make_iterator(vm, vm.types.list_iterator, self.as<ListObject>(), 0); }
Ref list_reversed(Vm& vm, Value self) {
  auto* list = self.as<ListObject>();
  return make_iterator(vm, vm.native_type(kListReversedIteratorType), list, list->size);
}

const TypeSpec kListIteratorType = {
    .name = "list_iterator",
    .basic_size = sizeof(ListIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = iterator_slots(iterator_next),
    .methods = kIteratorMethods,
};

}  // namespace ouro::vm
