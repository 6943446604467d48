// enumerate, zip, map, filter, reversed: CPython 3.13 Objects/enumobject.c, Python/bltinmodule.c.
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/slice.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

// --- enumerate
struct EnumerateObject : GcObject {
  Value iterator;
  Value index;  ///< an int: of the next item
};

Ref enumerate_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional == 0 && !call.has_keywords()) {
    return raise(vm, vm.exc.TypeError, "enumerate() missing required argument 'iterable'");
  }
  VM_PARSE(args, vm, "enumerate(iterable, start=0)", 2, call);
  Ref start = Ref::small(0);
  if (args.given(1)) {
    VM_TRY(start, to_index(vm, args[1]));
    VM_TRY(start, int_plain(vm, start));
  }
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  auto* self = allocate<EnumerateObject>(vm, type);
  if (self == nullptr) return {};
  self->iterator = iterator.release();
  self->index = start.release();
  vm.heap.track(self);
  return Ref::adopt(self);
}
void enumerate_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<EnumerateObject*>(self);
  vm.heap.untrack(object);
  xdecref(object->iterator);
  xdecref(object->index);
  free_object(vm, self, object->type->basic_size);
}
void enumerate_traverse(Object* self, Visitor& visit) { visit(static_cast<EnumerateObject*>(self)->iterator); }
Ref enumerate_next(Vm& vm, Value self) {
  auto* object = self.as<EnumerateObject>();
  Ref item = iter_next(vm, object->iterator);
  if (!item) return {};
  VM_TRY(Ref next, int_add(vm, object->index, Value::small(1)));
  VM_TRY(Own<TupleObject> pair, allocate_tuple(vm, 2));
  pair->items()[0] = std::exchange(object->index, next.release());
  pair->items()[1] = item.release();
  return pair;
}
Ref enumerate_reduce(Vm& vm, Value self) {
  const auto* object = self.as<EnumerateObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {object->iterator, object->index}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}
constexpr MethodSpec kEnumerateMethods[] = {
    {"__reduce__($self, /)", enumerate_reduce, "Return state information for pickling."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr TypeSlots enumerate_slots() {
  TypeSlots s;
  s.dealloc = enumerate_dealloc;
  s.traverse = enumerate_traverse;
  s.construct = enumerate_construct;
  s.iter = iter_self;
  s.next = enumerate_next;
  return s;
}

// --- zip and map: a tuple of iterators
struct ZipObject : GcObject {
  TupleObject* iterators;
  Value function;  ///< map's
  bool strict;
};

void zip_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<ZipObject*>(self);
  vm.heap.untrack(object);
  if (object->iterators != nullptr) decref(static_cast<Object*>(object->iterators));
  xdecref(object->function);
  free_object(vm, self, object->type->basic_size);
}
void zip_traverse(Object* self, Visitor& visit) {
  auto* object = static_cast<ZipObject*>(self);
  visit(object->iterators);
  visit(object->function);
}
Own<TupleObject> iterators_of(Vm& vm, std::span<const Value> iterables) {
  VM_TRY(Own<TupleObject> iterators, allocate_tuple(vm, iterables.size()));
  for (std::size_t i = 0; i < iterables.size(); ++i) {
    VM_TRY(Ref iterator, get_iter(vm, iterables[i]));
    iterators->items()[i] = iterator.release();
  }
  return iterators;
}
Ref zip_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  bool strict = false;
  if (call.has_keywords()) {
    const CallArgs keywords{call.values + call.positional, 0, call.keyword_names};
    VM_PARSE(args, vm, "zip(*, strict=False)", 1, keywords);
    if (args.given(0)) VM_CHECK(truth(vm, args[0], strict));
  }
  VM_TRY(Own<TupleObject> iterators, iterators_of(vm, call.positionals()));
  auto* self = allocate<ZipObject>(vm, type);
  if (self == nullptr) return {};
  self->iterators = iterators.release();
  self->strict = strict;
  vm.heap.track(self);
  return Ref::adopt(self);
}

std::string argument_range(std::size_t last) {
  return last == 1 ? std::string(" 1") : "s 1-" + std::to_string(last);
}
/// Item i was missing: is that the end for all?
Ref zip_strict_end(Vm& vm, const ZipObject* object, std::size_t i) {
  if (has_error(vm)) return {};
  if (i != 0) {
    return raise(vm, vm.exc.ValueError, "zip() argument {} is shorter than argument{}", i + 1, argument_range(i));
  }
  for (i = 1; i < object->iterators->size; ++i) {
    const Ref item = iter_next(vm, (*object->iterators)[i]);
    if (item) return raise(vm, vm.exc.ValueError, "zip() argument {} is longer than argument{}", i + 1, argument_range(i));
    if (has_error(vm)) return {};
  }
  return {};
}
Ref zip_next(Vm& vm, Value self) {
  auto* object = self.as<ZipObject>();
  const std::size_t count = object->iterators->size;
  if (count == 0) return {};
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, count));
  for (std::size_t i = 0; i < count; ++i) {
    Ref item = iter_next(vm, (*object->iterators)[i]);
    if (!item) {
      if (object->strict) return zip_strict_end(vm, object, i);
      return {};
    }
    result->items()[i] = item.release();
  }
  return result;
}
Ref zip_reduce(Vm& vm, Value self) {
  const auto* object = self.as<ZipObject>();
  if (!object->strict) return new_tuple(vm, {Value(type_of(vm, self)), Value(object->iterators)});
  return new_tuple(vm, {Value(type_of(vm, self)), Value(object->iterators), kTrue});
}
Ref zip_setstate(Vm& vm, Value self, Value state) {
  bool strict = false;
  VM_CHECK(truth(vm, state, strict));
  self.as<ZipObject>()->strict = strict;
  return Ref::none();
}
constexpr MethodSpec kZipMethods[] = {
    {"__reduce__($self, /)", zip_reduce, "Return state information for pickling."},
    {"__setstate__($self, state, /)", zip_setstate, "Set state information for unpickling."},
};
constexpr TypeSlots zip_slots() {
  TypeSlots s;
  s.dealloc = zip_dealloc;
  s.traverse = zip_traverse;
  s.construct = zip_construct;
  s.iter = iter_self;
  s.next = zip_next;
  return s;
}

Ref map_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "map"));
  if (call.positional < 2) return raise(vm, vm.exc.TypeError, "map() must have at least two arguments.");
  VM_TRY(Own<TupleObject> iterators, iterators_of(vm, call.positionals().subspan(1)));
  auto* self = allocate<ZipObject>(vm, type);
  if (self == nullptr) return {};
  self->iterators = iterators.release();
  self->function = Ref::share(call.values[0]).release();
  vm.heap.track(self);
  return Ref::adopt(self);
}
Ref map_next(Vm& vm, Value self) {
  auto* object = self.as<ZipObject>();
  const std::size_t count = object->iterators->size;
  if (count == 1) {
    const Ref item = iter_next(vm, (*object->iterators)[0]);
    if (!item) return {};
    return call(vm, object->function, {item.get()});
  }
  VM_TRY(Own<TupleObject> arguments, allocate_tuple(vm, count));
  for (std::size_t i = 0; i < count; ++i) {
    Ref item = iter_next(vm, (*object->iterators)[i]);
    if (!item) return {};
    arguments->items()[i] = item.release();
  }
  return call(vm, object->function, CallArgs{arguments->items(), count, nullptr});
}
Ref map_reduce(Vm& vm, Value self) {
  const auto* object = self.as<ZipObject>();
  VM_TRY(Own<TupleObject> arguments, allocate_tuple(vm, object->iterators->size + 1));
  arguments->items()[0] = Ref::share(object->function).release();
  copy_values(arguments->items() + 1, object->iterators->view());
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get())});
}
constexpr MethodSpec kMapMethods[] = {
    {"__reduce__($self, /)", map_reduce, "Return state information for pickling."},
};
constexpr TypeSlots map_slots() {
  TypeSlots s = zip_slots();
  s.construct = map_construct;
  s.next = map_next;
  return s;
}

// --- filter
struct FilterObject : GcObject {
  Value function, iterator;
};
Ref filter_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "filter"));
  if (call.positional != 2) return raise(vm, vm.exc.TypeError, "filter expected 2 arguments, got {}", call.positional);
  VM_TRY(Ref iterator, get_iter(vm, call.values[1]));
  auto* self = allocate<FilterObject>(vm, type);
  if (self == nullptr) return {};
  self->function = Ref::share(call.values[0]).release();
  self->iterator = iterator.release();
  vm.heap.track(self);
  return Ref::adopt(self);
}
void filter_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<FilterObject*>(self);
  vm.heap.untrack(object);
  xdecref(object->function);
  xdecref(object->iterator);
  free_object(vm, self, object->type->basic_size);
}
void filter_traverse(Object* self, Visitor& visit) {
  auto* object = static_cast<FilterObject*>(self);
  visit(object->function);
  visit(object->iterator);
}
Ref filter_next(Vm& vm, Value self) {
  auto* object = self.as<FilterObject>();
  for (;;) {
    Ref item = iter_next(vm, object->iterator);
    if (!item) return {};
    bool keep = false;
    if (object->function.is_none() || object->function == Value(vm.types.bool_)) {
      VM_CHECK(truth(vm, item, keep));
    } else {
      VM_TRY(Ref result, call(vm, object->function, {item.get()}));
      VM_CHECK(truth(vm, result, keep));
    }
    if (keep) return item;
    VM_CHECK(charge_work(vm, 1));
  }
}
Ref filter_reduce(Vm& vm, Value self) {
  const auto* object = self.as<FilterObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {object->function, object->iterator}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}
constexpr MethodSpec kFilterMethods[] = {
    {"__reduce__($self, /)", filter_reduce, "Return state information for pickling."},
};
constexpr TypeSlots filter_slots() {
  TypeSlots s;
  s.dealloc = filter_dealloc;
  s.traverse = filter_traverse;
  s.construct = filter_construct;
  s.iter = iter_self;
  s.next = filter_next;
  return s;
}

// --- reversed
struct ReversedObject : GcObject {
  Value sequence;      ///< null: exhausted
  std::int64_t index;  ///< of the next item
};
Ref reversed_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "reversed"));
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "reversed expected 1 argument, got {}", call.positional);
  const Value sequence = call.values[0];
  const Value special = lookup_type_attribute(vm, type_of(vm, sequence), vm.names.d_reversed);
  if (special.is_none()) return raise(vm, vm.exc.TypeError, "'{}' object is not reversible", type_name(vm, sequence));
  Ref method;
  VM_CHECK(lookup_special(vm, sequence, vm.names.d_reversed, method));
  if (method) return vm::call(vm, method);
  const TypeObject* kind = type_of(vm, sequence);
  if (kind->slots.subscript == nullptr || is_dict(sequence) ||
      (!kind->has(kTypeHeap) && kind->slots.concat == nullptr && !kind->has(kTypeSequence))) {
    return raise(vm, vm.exc.TypeError, "'{}' object is not reversible", type_name(vm, sequence));
  }
  VM_TRY(std::size_t size, length(vm, sequence));
  auto* self = allocate<ReversedObject>(vm, type);
  if (self == nullptr) return {};
  self->sequence = Ref::share(sequence).release();
  self->index = static_cast<std::int64_t>(size) - 1;
  vm.heap.track(self);
  return Ref::adopt(self);
}
void reversed_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<ReversedObject*>(self);
  vm.heap.untrack(object);
  xdecref(object->sequence);
  free_object(vm, self, object->type->basic_size);
}
void reversed_traverse(Object* self, Visitor& visit) { visit(static_cast<ReversedObject*>(self)->sequence); }
Ref reversed_next(Vm& vm, Value self) {
  auto* object = self.as<ReversedObject>();
  if (object->sequence.is_null()) return {};
  if (object->index >= 0) {
    const Ref sequence = Ref::share(object->sequence);
    Ref item = get_item(vm, sequence, object->index);
    if (item) {
      --object->index;
      return item;
    }
    if (!catch_error(vm, vm.exc.IndexError) && !catch_error(vm, vm.exc.StopIteration)) return {};
  }
  object->index = -1;
  xdecref(std::exchange(object->sequence, Value()));
  return {};
}
Ref reversed_length_hint(Vm& vm, Value self) {
  const auto* object = self.as<ReversedObject>();
  if (object->sequence.is_null()) return Ref::small(0);
  VM_TRY(std::size_t size, length(vm, object->sequence));
  return Ref::small(static_cast<std::int64_t>(size) < object->index + 1 ? 0 : object->index + 1);
}
Ref reversed_reduce(Vm& vm, Value self) {
  const auto* object = self.as<ReversedObject>();
  if (object->sequence.is_null()) {
    VM_TRY(Ref empty, new_tuple(vm, std::span<const Value>()));
    VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
    return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {object->sequence}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), Value::small(object->index)});
}
Ref reversed_setstate(Vm& vm, Value self, Value state) {
  auto* object = self.as<ReversedObject>();
  VM_TRY(std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (object->sequence.is_null()) return Ref::none();
  VM_TRY(std::size_t size, length(vm, object->sequence));
  const auto last = static_cast<std::int64_t>(size) - 1;
  object->index = index < -1 ? -1 : (index > last ? last : index);
  return Ref::none();
}
constexpr MethodSpec kReversedMethods[] = {
    {"__length_hint__($self, /)", reversed_length_hint},
    {"__reduce__($self, /)", reversed_reduce},
    {"__setstate__($self, state, /)", reversed_setstate},
};
constexpr TypeSlots reversed_slots() {
  TypeSlots s;
  s.dealloc = reversed_dealloc;
  s.traverse = reversed_traverse;
  s.construct = reversed_construct;
  s.iter = iter_self;
  s.next = reversed_next;
  return s;
}

constexpr std::uint32_t kFlags = kTypeBaseType | kTypeImmutable | kTypeContainer;

}  // namespace

const TypeSpec kEnumerateType = {
    .name = "enumerate",
    .basic_size = sizeof(EnumerateObject),
    .flags = kFlags,
    .doc = "enumerate(iterable, start=0)\n--\n\nPairs of a number, counted from start, and an item.",
    .slots = enumerate_slots(),
    .methods = kEnumerateMethods,
};
const TypeSpec kZipType = {
    .name = "zip",
    .basic_size = sizeof(ZipObject),
    .flags = kFlags,
    .doc = "Tuples of the i-th items of all iterables, until the shortest ends; strict: ValueError when they differ.",
    .slots = zip_slots(),
    .methods = kZipMethods,
};
const TypeSpec kMapType = {
    .name = "map",
    .basic_size = sizeof(ZipObject),
    .flags = kFlags,
    .doc = "The function's results for the i-th items of all iterables, until the shortest ends.",
    .slots = map_slots(),
    .methods = kMapMethods,
};
const TypeSpec kFilterType = {
    .name = "filter",
    .basic_size = sizeof(FilterObject),
    .flags = kFlags,
    .doc = "The items for which the function (None: the item itself) is true.",
    .slots = filter_slots(),
    .methods = kFilterMethods,
};
const TypeSpec kReversedType = {
    .name = "reversed",
    .basic_size = sizeof(ReversedObject),
    .flags = kFlags,
    .doc = "reversed(sequence, /)\n--\n\nAn iterator from the sequence's end.",
    .slots = reversed_slots(),
    .methods = kReversedMethods,
};

}  // namespace ouro::vm
