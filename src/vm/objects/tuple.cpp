// tuple and its iterator: CPython 3.13 Objects/tupleobject.c.
#include "vm/objects/tuple.h"

#include <bit>

#include "vm/objects/container_helpers.h"
#include "vm/objects/list.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

struct TupleIteratorObject : GcObject {
  TupleObject* tuple;  ///< null: exhausted
  std::size_t index;
};

constexpr std::size_t kMostItems = std::size_t{1} << 58U;

Own<TupleObject> allocate_of(Vm& vm, TypeObject* type, std::size_t size) {
  if (size > kMostItems) return raise_memory_error(vm);
  auto* tuple = allocate<TupleObject>(vm, type, size * sizeof(Value));
  if (tuple == nullptr) return {};
  tuple->size = size;
  tuple->items_offset = type->basic_size;
  vm.heap.track(tuple);
  return Own<TupleObject>::adopt(tuple);
}

}  // namespace

Own<TupleObject> allocate_tuple(Vm& vm, std::size_t size) {
  if (size == 0 && vm.empty_tuple != nullptr) return Own<TupleObject>::share(vm.empty_tuple);
  return allocate_of(vm, vm.types.tuple, size);
}

Own<TupleObject> new_tuple(Vm& vm, std::span<const Value> items) {
  VM_TRY(Own<TupleObject> tuple, allocate_tuple(vm, items.size()));
  copy_values(tuple->items(), items);
  return tuple;
}

Ref tuple_subscript(Vm& vm, Value self, Value key) {
  auto* tuple = self.as<TupleObject>();
  if (key.is_object() && type_of(vm, key) == vm.types.slice) {
    SliceBounds bounds{};
    VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), tuple->size, bounds));
    if (bounds.step == 1 && static_cast<std::size_t>(bounds.count) == tuple->size && is_exact(vm, self, vm.types.tuple)) {
      return Ref::share(self);
    }
    VM_TRY(Own<TupleObject> result, allocate_tuple(vm, static_cast<std::size_t>(bounds.count)));
    for (std::int64_t i = 0, at = bounds.start; i < bounds.count; ++i, at = slice_next(at, bounds.step)) {
      const Value item = (*tuple)[static_cast<std::size_t>(at)];
      xincref(item);
      result->items()[i] = item;
    }
    return result;
  }
  std::size_t index = 0;
  VM_CHECK(normalise_index(vm, key, tuple->size, "tuple", index));
  return Ref::share((*tuple)[index]);
}

namespace {

void tuple_dealloc(Vm& vm, Object* self) {
  auto* tuple = static_cast<TupleObject*>(self);
  vm.heap.untrack(tuple);
  const std::size_t size = tuple->size;
  for (std::size_t i = size; i-- > 0;) xdecref(tuple->items()[i]);
  free_object(vm, self, tuple->type->basic_size + size * sizeof(Value));
}
void tuple_traverse(Object* self, Visitor& visit) {
  for (const Value item : static_cast<TupleObject*>(self)->view()) visit(item);
}

Ref tuple_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (type->slots.init == vm.types.tuple->slots.init) VM_CHECK(no_keywords(vm, call, "tuple"));
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "tuple expected at most 1 argument, got {}", call.positional);
  Own<TupleObject> value;
  if (call.positional == 0) {
    VM_TRY(value, allocate_tuple(vm, 0));
  } else {
    VM_TRY(value, to_tuple(vm, call.values[0]));
  }
  if (type == vm.types.tuple) return value;
  VM_TRY(Own<TupleObject> result, allocate_of(vm, type, value->size));
  copy_values(result->items(), value->view());
  return result;
}

Ref tuple_repr(Vm& vm, Value self) {
  const auto* tuple = self.as<TupleObject>();
  if (tuple->size == 0) return new_str_latin1(vm, "()");
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "(...)");
  RecursionGuard recursion(vm, " while getting the repr of an object");
  if (!recursion) return {};
  StrBuilder out(vm);
  out.append('(');
  for (std::size_t i = 0; i < tuple->size; ++i) {
    if (i != 0) out.append(std::string_view(", "));
    VM_TRY(Ref text, repr(vm, (*tuple)[i]));
    out.append(text.as<StrObject>());
  }
  if (tuple->size == 1) out.append(',');
  out.append(')');
  return out.finish();
}

// The xxHash-like mix of CPython's tuple_hash.
bool tuple_hash(Vm& vm, Value self, std::int64_t& out) {
  constexpr std::uint64_t kPrime1 = 11400714785074694791U, kPrime2 = 14029467366897019727U, kPrime5 = 2870177450012600261U;
  const auto* tuple = self.as<TupleObject>();
  RecursionGuard guard(vm, " while hashing a tuple");
  if (!guard) return false;
  std::uint64_t acc = kPrime5;
  for (const Value item : tuple->view()) {
    std::int64_t lane = 0;
    VM_CHECK(hash(vm, item, lane));
    acc = std::rotl(acc + static_cast<std::uint64_t>(lane) * kPrime2, 31) * kPrime1;
  }
  acc += tuple->size ^ (kPrime5 ^ 3527539U);
  out = acc == ~std::uint64_t{0} ? 1546275796 : static_cast<std::int64_t>(acc);
  return true;
}

Ref tuple_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_tuple(self) || !is_tuple(other)) return Ref::not_implemented();
  return compare_sequences(vm, self, other, op);
}

Ref tuple_iter(Vm& vm, Value self) {
  auto* iterator = allocate<TupleIteratorObject>(vm, vm.types.tuple_iterator);
  if (iterator == nullptr) return {};
  iterator->tuple = self.as<TupleObject>();
  incref(self);
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}

bool tuple_length(Vm&, Value self, std::size_t& out) {
  out = self.as<TupleObject>()->size;
  return true;
}
bool tuple_contains(Vm& vm, Value self, Value item, bool& out) {
  std::int64_t position = -1;
  VM_CHECK(find_item(vm, self, item, 0, self.as<TupleObject>()->size, position));
  out = position >= 0;
  return true;
}
Ref tuple_concat(Vm& vm, Value a, Value b) {
  if (!is_tuple(b)) {
    return raise(vm, vm.exc.TypeError, "can only concatenate tuple (not \"{}\") to tuple", type_name(vm, b));
  }
  const auto *x = a.as<TupleObject>(), *y = b.as<TupleObject>();
  if (x->size == 0 && is_exact(vm, b, vm.types.tuple)) return Ref::share(b);
  if (y->size == 0 && is_exact(vm, a, vm.types.tuple)) return Ref::share(a);
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, x->size + y->size));
  copy_values(result->items(), x->view());
  copy_values(result->items() + x->size, y->view());
  return result;
}
Ref tuple_repeat(Vm& vm, Value self, std::int64_t count) {
  const auto* tuple = self.as<TupleObject>();
  if ((tuple->size == 0 || count == 1) && is_exact(vm, self, vm.types.tuple)) return Ref::share(self);
  if (tuple->size == 0 || count <= 0) return allocate_tuple(vm, 0);
  if (static_cast<std::uint64_t>(count) > kMostItems / tuple->size) return raise_memory_error(vm);
  const std::size_t total = tuple->size * static_cast<std::size_t>(count);
  VM_CHECK(charge_work(vm, total / 16));
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, total));
  for (std::size_t at = 0; at < total; at += tuple->size) copy_values(result->items() + at, tuple->view());
  return result;
}

Ref tuple_count(Vm& vm, Value self, Value item) {
  const auto* tuple = self.as<TupleObject>();
  std::int64_t total = 0;
  for (std::size_t i = 0; i < tuple->size; ++i) {
    bool same = false;
    VM_CHECK(equal(vm, (*tuple)[i], item, same));
    total += same ? 1 : 0;
  }
  return Ref::small(total);
}
Ref tuple_index(Vm& vm, Value self, Args& args) {
  std::size_t start = 0, stop = 0;
  VM_CHECK(search_bounds(vm, args, 1, self.as<TupleObject>()->size, start, stop));
  std::int64_t position = -1;
  VM_CHECK(find_item(vm, self, args[0], start, stop, position));
  if (position < 0) return raise(vm, vm.exc.ValueError, "tuple.index(x): x not in tuple");
  return Ref::small(position);
}
Ref tuple_getnewargs(Vm& vm, Value self) {
  VM_TRY(Own<TupleObject> plain, new_tuple(vm, self.as<TupleObject>()->view()));
  return new_tuple(vm, {plain.get()});
}
Ref tuple_sizeof(Vm&, Value self) {
  return Ref::small(static_cast<std::int64_t>(24 + 8 * self.as<TupleObject>()->size));
}

constexpr MethodSpec kTupleMethods[] = {
    {"__getnewargs__($self, /)", tuple_getnewargs},
    {"__sizeof__($self, /)", tuple_sizeof},
    {"index($self, value, start=0, stop=sys.maxsize, /)", tuple_index, "Where value first stands; ValueError where it does not."},
    {"count($self, value, /)", tuple_count, "How many items are equal to value."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};

constexpr TypeSlots tuple_slots() {
  TypeSlots s;
  s.dealloc = tuple_dealloc;
  s.traverse = tuple_traverse;
  s.construct = tuple_construct;
  s.repr = tuple_repr;
  s.hash = tuple_hash;
  s.compare = tuple_compare;
  s.iter = tuple_iter;
  s.length = tuple_length;
  s.subscript = tuple_subscript;
  s.contains = tuple_contains;
  s.concat = tuple_concat;
  s.repeat = tuple_repeat;
  return s;
}

// --- the iterator
void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<TupleIteratorObject*>(self);
  vm.heap.untrack(iterator);
  if (iterator->tuple != nullptr) decref(iterator->tuple);
  free_object(vm, self, sizeof(TupleIteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) { visit(static_cast<TupleIteratorObject*>(self)->tuple); }
Ref iterator_next(Vm&, Value self) {
  auto* iterator = self.as<TupleIteratorObject>();
  if (iterator->tuple == nullptr) return {};
  if (iterator->index < iterator->tuple->size) return Ref::share((*iterator->tuple)[iterator->index++]);
  TupleObject* done = std::exchange(iterator->tuple, nullptr);
  decref(done);
  return {};
}
Ref iterator_length_hint(Vm&, Value self) {
  const auto* iterator = self.as<TupleIteratorObject>();
  return Ref::small(iterator->tuple == nullptr ? 0 : static_cast<std::int64_t>(iterator->tuple->size - iterator->index));
}
Ref iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<TupleIteratorObject>();
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  if (iterator->tuple == nullptr) {
    VM_TRY(Ref empty, allocate_tuple(vm, 0));
    VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
    return new_tuple(vm, {maker.get(), arguments.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {Value(iterator->tuple)}));
  return new_tuple(vm, {maker.get(), arguments.get(), Value::small(static_cast<std::int64_t>(iterator->index))});
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<TupleIteratorObject>();
  VM_TRY(std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (iterator->tuple != nullptr) {
    const auto size = static_cast<std::int64_t>(iterator->tuple->size);
    iterator->index = static_cast<std::size_t>(index < 0 ? 0 : (index > size ? size : index));
  }
  return Ref::none();
}
constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint},
    {"__reduce__($self, /)", iterator_reduce},
    {"__setstate__($self, state, /)", iterator_setstate},
};
constexpr TypeSlots iterator_slots() {
  TypeSlots s;
  s.dealloc = iterator_dealloc;
  s.traverse = iterator_traverse;
  s.iter = iter_self;
  s.next = iterator_next;
  return s;
}

}  // namespace

const TypeSpec kTupleType = {
    .name = "tuple",
    .basic_size = sizeof(TupleObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeSequence | kTypeMatchSelf | kTypeTuple,
    .doc = "tuple(iterable=(), /)\n--\n\nA sequence that does not change, of an iterable's items.",
    .slots = tuple_slots(),
    .methods = kTupleMethods,
};
const TypeSpec kTupleIteratorType = {
    .name = "tuple_iterator",
    .basic_size = sizeof(TupleIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

}  // namespace ouro::vm
