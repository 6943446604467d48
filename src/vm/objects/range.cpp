// range and its iterators: CPython 3.13 Objects/rangeobject.c. Start, stop, step and length are ints of any size.
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

extern const TypeSpec kLongRangeIteratorType;

namespace {

struct LongRangeIteratorObject : Object {
  Value start, step, length, index;
};

RangeObject* range_of(Value value) { return value.as<RangeObject>(); }

/// ceil((stop - start) / step), at least 0; for small numbers without allocation.
Ref range_length_of(Vm& vm, Value start, Value stop, Value step) {
  if (start.is_small() && stop.is_small() && step.is_small()) {
    const std::int64_t a = start.small_value(), b = stop.small_value(), s = step.small_value();
    // Differences of 63-bit numbers fit 64 bits.
    if (s > 0) return a < b ? new_uint(vm, static_cast<std::uint64_t>(b - a - 1) / static_cast<std::uint64_t>(s) + 1) : Ref::small(0);
    return a > b ? new_uint(vm, static_cast<std::uint64_t>(a - b - 1) / static_cast<std::uint64_t>(-s) + 1) : Ref::small(0);
  }
  const bool up = int_sign(step) > 0;
  if (up ? int_compare(start, stop) >= 0 : int_compare(start, stop) <= 0) return Ref::small(0);
  VM_TRY(Ref span, up ? int_subtract(vm, stop, start) : int_subtract(vm, start, stop));
  VM_TRY(span, int_subtract(vm, span, Value::small(1)));
  VM_TRY(Ref width, up ? int_plain(vm, step) : int_negative(vm, step));
  Ref quotient;
  VM_CHECK(int_divmod(vm, span, width, &quotient, nullptr));
  return int_add(vm, quotient, Value::small(1));
}

/// Takes over the parts: plain ints.
Ref make_range(Vm& vm, Ref start, Ref stop, Ref step) {
  VM_TRY(Ref length, range_length_of(vm, start, stop, step));
  auto* range = allocate<RangeObject>(vm, vm.types.range);
  if (range == nullptr) return {};
  range->start = start.release();
  range->stop = stop.release();
  range->step = step.release();
  range->length = length.release();
  vm.heap.track(range);
  return Ref::adopt(range);
}

Ref index_of(Vm& vm, Value value) {
  VM_TRY(Ref index, to_index(vm, value));
  return int_plain(vm, index);
}

Ref range_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "range"));
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "range expected at least 1 argument, got 0");
  if (call.positional > 3) {
    return raise(vm, vm.exc.TypeError, "range expected at most 3 arguments, got {}", call.positional);
  }
  if (call.positional == 1) {
    VM_TRY(Ref stop, index_of(vm, call.values[0]));
    return make_range(vm, Ref::small(0), std::move(stop), Ref::small(1));
  }
  VM_TRY(Ref start, index_of(vm, call.values[0]));
  VM_TRY(Ref stop, index_of(vm, call.values[1]));
  Ref step = Ref::small(1);
  if (call.positional == 3) {
    VM_TRY(step, index_of(vm, call.values[2]));
  }
  if (int_sign(step) == 0) return raise(vm, vm.exc.ValueError, "range() arg 3 must not be zero");
  return make_range(vm, std::move(start), std::move(stop), std::move(step));
}

void range_dealloc(Vm& vm, Object* self) {
  auto* range = static_cast<RangeObject*>(self);
  vm.heap.untrack(range);
  for (const Value part : {range->start, range->stop, range->step, range->length}) xdecref(part);
  free_object(vm, self, sizeof(RangeObject));
}
void range_traverse(Object*, Visitor&) {}  // ints own nothing

Ref range_repr(Vm& vm, Value self) {
  const auto* range = range_of(self);
  std::string text = "range(";
  VM_TRY(std::string start, int_to_text(vm, range->start, 10));
  VM_TRY(std::string stop, int_to_text(vm, range->stop, 10));
  text += start + ", " + stop;
  if (range->step != Value::small(1)) {
    VM_TRY(std::string step, int_to_text(vm, range->step, 10));
    text += ", " + step;
  }
  return new_str_latin1(vm, text + ")");
}

/// start + index * step.
Ref item_at(Vm& vm, const RangeObject* range, Value index) {
  VM_TRY(Ref product, int_multiply(vm, index, range->step));
  return int_add(vm, range->start, product);
}

bool same_range(const RangeObject* a, const RangeObject* b) {
  if (int_compare(a->length, b->length) != 0) return false;
  if (int_sign(a->length) == 0) return true;
  if (int_compare(a->start, b->start) != 0) return false;
  return a->length == Value::small(1) || int_compare(a->step, b->step) == 0;
}
Ref range_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_exact(vm, other, vm.types.range)) return Ref::not_implemented();
  return Ref::boolean(same_range(range_of(self), range_of(other)) == (op == CompareOp::Equal));
}
bool range_hash(Vm& vm, Value self, std::int64_t& out) {
  const auto* range = range_of(self);
  const bool empty = int_sign(range->length) == 0;
  const bool single = range->length == Value::small(1);
  VM_TRY(Ref key, new_tuple(vm, {range->length, empty ? kNone : range->start, empty || single ? kNone : range->step}));
  return hash(vm, key, out);
}

bool range_length(Vm& vm, Value self, std::size_t& out) {
  const std::optional<std::int64_t> n = int_to_int64(range_of(self)->length);
  if (!n) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C ssize_t");
  out = static_cast<std::size_t>(*n);
  return true;
}
bool range_boolean(Vm&, Value self, bool& out) {
  out = int_sign(range_of(self)->length) != 0;
  return true;
}

Ref range_slice(Vm& vm, const RangeObject* range, Value slice) {
  VM_TRY(Ref bounds, call_method(vm, slice, "indices", {range->length}));
  const auto* parts = bounds.as<TupleObject>();
  VM_TRY(Ref start, item_at(vm, range, (*parts)[0]));
  VM_TRY(Ref stop, item_at(vm, range, (*parts)[1]));
  VM_TRY(Ref step, int_multiply(vm, range->step, (*parts)[2]));
  return make_range(vm, std::move(start), std::move(stop), std::move(step));
}
Ref range_subscript(Vm& vm, Value self, Value key) {
  const auto* range = range_of(self);
  if (is_exact(vm, key, vm.types.slice)) return range_slice(vm, range, key);
  if (!has_index(vm, key)) {
    return raise(vm, vm.exc.TypeError, "range indices must be integers or slices, not {}", type_name(vm, key));
  }
  VM_TRY(Ref index, index_of(vm, key));
  if (int_sign(index) < 0) {
    VM_TRY(index, int_add(vm, index, range->length));
  }
  if (int_sign(index) < 0 || int_compare(index, range->length) >= 0) {
    return raise(vm, vm.exc.IndexError, "range object index out of range");
  }
  return item_at(vm, range, index);
}

/// Whether an int is in the range, and where.
bool int_position(Vm& vm, const RangeObject* range, Value item, Ref& position, bool& inside) {
  inside = false;
  const bool up = int_sign(range->step) > 0;
  if (up ? int_compare(item, range->start) < 0 || int_compare(item, range->stop) >= 0
         : int_compare(item, range->start) > 0 || int_compare(item, range->stop) <= 0) {
    return true;
  }
  VM_TRY(Ref offset, int_subtract(vm, item, range->start));
  Ref remainder;
  VM_CHECK(int_divmod(vm, offset, range->step, &position, &remainder));
  inside = int_sign(remainder) == 0;
  return true;
}
bool is_plain_int(Vm& vm, Value value) { return value.is_small() || value.is_bool() || is_exact(vm, value, vm.types.int_); }

bool range_contains(Vm& vm, Value self, Value item, bool& out) {
  out = false;
  if (is_plain_int(vm, item)) {
    Ref position;
    return int_position(vm, range_of(self), item, position, out);
  }
  VM_TRY(Ref iterator, get_iter(vm, self));
  for (;;) {
    const Ref each = iter_next(vm, iterator);
    if (!each) return !has_error(vm);
    VM_CHECK(equal(vm, each, item, out));
    if (out) return true;
  }
}
Ref range_count(Vm& vm, Value self, Value item) {
  if (is_plain_int(vm, item)) {
    bool inside = false;
    VM_CHECK(range_contains(vm, self, item, inside));
    return Ref::small(inside ? 1 : 0);
  }
  std::int64_t total = 0;
  VM_CHECK(for_each(vm, self, [&](Value each) -> bool {
    bool same = false;
    VM_CHECK(equal(vm, each, item, same));
    total += same ? 1 : 0;
    return true;
  }));
  return Ref::small(total);
}
Ref range_index(Vm& vm, Value self, Value item) {
  if (is_plain_int(vm, item)) {
    Ref position;
    bool inside = false;
    VM_CHECK(int_position(vm, range_of(self), item, position, inside));
    if (inside) return position;
    VM_TRY(Ref shown, repr(vm, item));
    return raise(vm, vm.exc.ValueError, "{} is not in range", shown.as<StrObject>());
  }
  VM_TRY(Ref iterator, get_iter(vm, self));
  for (std::int64_t i = 0;; ++i) {
    const Ref each = iter_next(vm, iterator);
    if (!each) {
      VM_CHECK(!has_error(vm));
      return raise(vm, vm.exc.ValueError, "sequence.index(x): x not in sequence");
    }
    bool same = false;
    VM_CHECK(equal(vm, each, item, same));
    if (same) return Ref::small(i);
  }
}
Ref range_reduce(Vm& vm, Value self) {
  const auto* range = range_of(self);
  VM_TRY(Ref arguments, new_tuple(vm, {range->start, range->stop, range->step}));
  return new_tuple(vm, {Value(vm.types.range), arguments.get()});
}

Ref make_iterator(Vm& vm, Value start, Value step, Value length) {
  const std::optional<std::int64_t> a = int_to_int64(start), s = int_to_int64(step), n = int_to_int64(length);
  std::int64_t span = 0, end = 0;
  if (a && s && n && !__builtin_mul_overflow(*n, *s, &span) && !__builtin_add_overflow(*a, span, &end)) {
    auto* iterator = allocate<RangeIteratorObject>(vm, vm.types.range_iterator);
    if (iterator == nullptr) return {};
    iterator->next_value = *a;
    iterator->step = *s;
    iterator->remaining = *n;
    return Ref::adopt(iterator);
  }
  auto* iterator = allocate<LongRangeIteratorObject>(vm, vm.native_type(kLongRangeIteratorType));
  if (iterator == nullptr) return {};
  iterator->start = Ref::share(start).release();
  iterator->step = Ref::share(step).release();
  iterator->length = Ref::share(length).release();
  iterator->index = Value::small(0);
  return Ref::adopt(iterator);
}
Ref range_iter(Vm& vm, Value self) {
  const auto* range = range_of(self);
  return make_iterator(vm, range->start, range->step, range->length);
}
Ref range_reversed(Vm& vm, Value self) {
  const auto* range = range_of(self);
  VM_TRY(Ref last, int_subtract(vm, range->length, Value::small(1)));
  VM_TRY(Ref start, item_at(vm, range, last));
  VM_TRY(Ref step, int_negative(vm, range->step));
  return make_iterator(vm, start, step, range->length);
}

constexpr MethodSpec kRangeMethods[] = {
    {"__reversed__($self, /)", range_reversed, "Return a reverse iterator."},
    {"__reduce__($self, /)", range_reduce},
    {"count($self, object, /)", range_count, "How many items are equal to the object."},
    {"index($self, object, /)", range_index, "Where the object stands; ValueError where it does not."},
};
constexpr MemberSpec kRangeMembers[] = {
    {"start", MemberSpec::Kind::Object, offsetof(RangeObject, start)},
    {"stop", MemberSpec::Kind::Object, offsetof(RangeObject, stop)},
    {"step", MemberSpec::Kind::Object, offsetof(RangeObject, step)},
};
constexpr TypeSlots range_slots() {
  TypeSlots s;
  s.dealloc = range_dealloc;
  s.traverse = range_traverse;
  s.construct = range_construct;
  s.repr = range_repr;
  s.hash = range_hash;
  s.compare = range_compare;
  s.iter = range_iter;
  s.boolean = range_boolean;
  s.length = range_length;
  s.subscript = range_subscript;
  s.contains = range_contains;
  return s;
}

// --- iterators
void iterator_dealloc(Vm& vm, Object* self) { free_object(vm, self, sizeof(RangeIteratorObject)); }
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<RangeIteratorObject>();
  if (iterator->remaining <= 0) return {};
  --iterator->remaining;
  const std::int64_t value = iterator->next_value;
  iterator->next_value += iterator->step;
  return new_int(vm, value);
}
Ref iterator_length_hint(Vm& vm, Value self) { return new_int(vm, self.as<RangeIteratorObject>()->remaining); }
Ref iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<RangeIteratorObject>();
  VM_TRY(Ref start, new_int(vm, iterator->next_value));
  VM_TRY(Ref stop, new_int(vm, iterator->next_value + iterator->step * iterator->remaining));
  VM_TRY(Ref step, new_int(vm, iterator->step));
  VM_TRY(Ref range, make_range(vm, std::move(start), std::move(stop), std::move(step)));
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  VM_TRY(Ref arguments, new_tuple(vm, {range.get()}));
  return new_tuple(vm, {maker.get(), arguments.get(), kNone});
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<RangeIteratorObject>();
  VM_TRY(std::int64_t index, to_int64(vm, state));
  if (index < 0) index = 0;
  if (index > iterator->remaining) index = iterator->remaining;
  iterator->next_value += index * iterator->step;
  iterator->remaining -= index;
  return Ref::none();
}

void long_iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<LongRangeIteratorObject*>(self);
  for (const Value part : {iterator->start, iterator->step, iterator->length, iterator->index}) xdecref(part);
  free_object(vm, self, sizeof(LongRangeIteratorObject));
}
Ref long_iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<LongRangeIteratorObject>();
  if (int_compare(iterator->index, iterator->length) >= 0) return {};
  VM_TRY(Ref product, int_multiply(vm, iterator->index, iterator->step));
  VM_TRY(Ref result, int_add(vm, iterator->start, product));
  VM_TRY(Ref next, int_add(vm, iterator->index, Value::small(1)));
  xdecref(std::exchange(iterator->index, next.release()));
  return result;
}
Ref long_iterator_length_hint(Vm& vm, Value self) {
  const auto* iterator = self.as<LongRangeIteratorObject>();
  return int_subtract(vm, iterator->length, iterator->index);
}
Ref long_iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<LongRangeIteratorObject>();
  VM_TRY(Ref done, int_multiply(vm, iterator->index, iterator->step));
  VM_TRY(Ref start, int_add(vm, iterator->start, done));
  VM_TRY(Ref whole, int_multiply(vm, iterator->length, iterator->step));
  VM_TRY(Ref stop, int_add(vm, iterator->start, whole));
  VM_TRY(Ref range, make_range(vm, std::move(start), std::move(stop), Ref::share(iterator->step)));
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  VM_TRY(Ref arguments, new_tuple(vm, {range.get()}));
  return new_tuple(vm, {maker.get(), arguments.get(), kNone});
}
Ref long_iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<LongRangeIteratorObject>();
  if (!is_int(state)) return raise(vm, vm.exc.TypeError, "state must be an int, not {}", type_name(vm, state));
  VM_TRY(Ref index, int_plain(vm, state));
  if (int_sign(index) < 0) index = Ref::small(0);
  if (int_compare(index, iterator->length) > 0) index = Ref::share(iterator->length);
  xdecref(std::exchange(iterator->index, index.release()));
  return Ref::none();
}

constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint},
    {"__reduce__($self, /)", iterator_reduce},
    {"__setstate__($self, state, /)", iterator_setstate},
};
constexpr MethodSpec kLongIteratorMethods[] = {
    {"__length_hint__($self, /)", long_iterator_length_hint},
    {"__reduce__($self, /)", long_iterator_reduce},
    {"__setstate__($self, state, /)", long_iterator_setstate},
};
constexpr TypeSlots iterator_slots(UnarySlot next, void (*dealloc)(Vm&, Object*)) {
  TypeSlots s;
  s.dealloc = dealloc;
  s.iter = iter_self;
  s.next = next;
  return s;
}

}  // namespace

Ref new_range(Vm& vm, std::int64_t start, std::int64_t stop, std::int64_t step) {
  VM_TRY(Ref a, new_int(vm, start));
  VM_TRY(Ref b, new_int(vm, stop));
  VM_TRY(Ref s, new_int(vm, step));
  return make_range(vm, std::move(a), std::move(b), std::move(s));
}

const TypeSpec kRangeType = {
    .name = "range",
    .basic_size = sizeof(RangeObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeSequence,
    .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nThe ints from start up to stop, by step.",
    .slots = range_slots(),
    .methods = kRangeMethods,
    .members = kRangeMembers,
};
const TypeSpec kRangeIteratorType = {
    .name = "range_iterator",
    .basic_size = sizeof(RangeIteratorObject),
    .flags = kTypeImmutable | kTypeNoInstantiation,
    .slots = iterator_slots(iterator_next, iterator_dealloc),
    .methods = kIteratorMethods,
};
const TypeSpec kLongRangeIteratorType = {
    .name = "longrange_iterator",
    .basic_size = sizeof(LongRangeIteratorObject),
    .flags = kTypeImmutable | kTypeNoInstantiation,
    .slots = iterator_slots(long_iterator_next, long_iterator_dealloc),
    .methods = kLongIteratorMethods,
};

}  // namespace ouro::vm
