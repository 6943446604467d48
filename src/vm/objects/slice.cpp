// slice: CPython 3.13 Objects/sliceobject.c.
#include "vm/objects/slice.h"

#include <limits>

#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

Ref new_slice(Vm& vm, Value start, Value stop, Value step) {
  auto* slice = allocate<SliceObject>(vm, vm.types.slice);
  if (slice == nullptr) return {};
  const auto take = [](Value value) { return Ref::share(value.is_null() ? kNone : value).release(); };
  slice->start = take(start);
  slice->stop = take(stop);
  slice->step = take(step);
  vm.heap.track(slice);
  return Ref::adopt(slice);
}

namespace {

/// An end of a slice as a clamped 64-bit number.
bool slice_number(Vm& vm, Value value, std::int64_t& out) {
  if (value.is_small()) {
    out = value.small_value();
    return true;
  }
  if (!has_index(vm, value)) {
    return raise(vm, vm.exc.TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  VM_TRY(out, to_ssize(vm, value, nullptr));
  return true;
}

}  // namespace

bool slice_bounds(Vm& vm, SliceObject* slice, std::size_t length, SliceBounds& out) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::int64_t step = 1;
  if (!slice->step.is_none()) {
    VM_CHECK(slice_number(vm, slice->step, step));
    if (step == 0) return raise(vm, vm.exc.ValueError, "slice step cannot be zero");
    if (step < -kMost) step = -kMost;
  }
  const auto size = static_cast<std::int64_t>(length);
  std::int64_t start = step < 0 ? size - 1 : 0;
  std::int64_t stop = step < 0 ? -1 : size;
  const auto clamp = [&](std::int64_t value) {
    if (value < 0) {
      value += size;
      if (value < 0) value = step < 0 ? -1 : 0;
    } else if (value >= size) {
      value = step < 0 ? size - 1 : size;
    }
    return value;
  };
  if (!slice->start.is_none()) {
    VM_CHECK(slice_number(vm, slice->start, start));
    start = clamp(start);
  }
  if (!slice->stop.is_none()) {
    VM_CHECK(slice_number(vm, slice->stop, stop));
    stop = clamp(stop);
  }
  std::int64_t count = 0;
  if (step < 0) {
    if (stop < start) count = (start - stop - 1) / -step + 1;
  } else if (start < stop) {
    count = (stop - start - 1) / step + 1;
  }
  out = {start, stop, step, count};
  return true;
}

bool normalise_index(Vm& vm, Value key, std::size_t length, std::string_view what, std::size_t& out) {
  std::int64_t index = 0;
  if (key.is_small()) [[likely]] {
    index = key.small_value();
  } else {
    if (!has_index(vm, key)) {
      return raise(vm, vm.exc.TypeError, "{} indices must be integers or slices, not {}", what.substr(0, what.find(' ')),
                   type_name(vm, key));
    }
    VM_TRY(index, to_ssize(vm, key, vm.exc.IndexError));
  }
  if (index < 0) index += static_cast<std::int64_t>(length);
  if (index < 0 || index >= static_cast<std::int64_t>(length)) {
    return raise(vm, vm.exc.IndexError, "{} index out of range", what);
  }
  out = static_cast<std::size_t>(index);
  return true;
}

namespace {

void slice_dealloc(Vm& vm, Object* self) {
  auto* slice = static_cast<SliceObject*>(self);
  vm.heap.untrack(slice);
  decref(slice->start);
  decref(slice->stop);
  decref(slice->step);
  free_object(vm, self, sizeof(SliceObject));
}
void slice_traverse(Object* self, Visitor& visit) {
  auto* slice = static_cast<SliceObject*>(self);
  visit(slice->start);
  visit(slice->stop);
  visit(slice->step);
}

Ref slice_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "slice"));
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "slice expected at least 1 argument, got 0");
  if (call.positional > 3) {
    return raise(vm, vm.exc.TypeError, "slice expected at most 3 arguments, got {}", call.positional);
  }
  if (call.positional == 1) return new_slice(vm, {}, call.values[0], {});
  return new_slice(vm, call.values[0], call.values[1], call.positional == 3 ? call.values[2] : Value());
}

Ref slice_repr(Vm& vm, Value self) {
  const auto* slice = self.as<SliceObject>();
  StrBuilder out(vm);
  std::string_view before = "slice(";
  for (const Value part : {slice->start, slice->stop, slice->step}) {
    VM_TRY(Ref text, repr(vm, part));
    out.append(before);
    out.append(text.as<StrObject>());
    before = ", ";
  }
  out.append(')');
  return out.finish();
}

Ref slice_tuple(Vm& vm, Value self) {
  const auto* slice = self.as<SliceObject>();
  return new_tuple(vm, {slice->start, slice->stop, slice->step});
}

Ref slice_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_exact(vm, other, vm.types.slice)) return Ref::not_implemented();
  if (self == other) {
    return Ref::boolean(op == CompareOp::Equal || op == CompareOp::LessEqual || op == CompareOp::GreaterEqual);
  }
  VM_TRY(Ref a, slice_tuple(vm, self));
  VM_TRY(Ref b, slice_tuple(vm, other));
  return compare_sequences(vm, a, b, op);
}

// As a tuple's, without the length (CPython's slicehash).
bool slice_hash(Vm& vm, Value self, std::int64_t& out) {
  constexpr std::uint64_t kPrime1 = 11400714785074694791U, kPrime2 = 14029467366897019727U, kPrime5 = 2870177450012600261U;
  const auto* slice = self.as<SliceObject>();
  std::uint64_t acc = kPrime5;
  for (const Value part : {slice->start, slice->stop, slice->step}) {
    std::int64_t lane = 0;
    VM_CHECK(hash(vm, part, lane));
    acc += static_cast<std::uint64_t>(lane) * kPrime2;
    acc = (acc << 31U) | (acc >> 33U);
    acc *= kPrime1;
  }
  out = acc == ~std::uint64_t{0} ? 1546275796 : static_cast<std::int64_t>(acc);
  return true;
}

/// One part as an int for slice.indices, clamped for `length`; absent: `otherwise`.
Ref indices_part(Vm& vm, Value value, Value length, bool backwards, Value otherwise) {
  if (value.is_none()) return Ref::share(otherwise);
  if (!has_index(vm, value)) {
    return raise(vm, vm.exc.TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  VM_TRY(Ref number, to_index(vm, value));
  VM_TRY(number, int_plain(vm, number));
  // Lower bound 0 or -1, upper bound length or length - 1.
  if (int_sign(number) < 0) {
    VM_TRY(number, int_add(vm, number, length));
    const Value lower = Value::small(backwards ? -1 : 0);
    return int_compare(number, lower) < 0 ? Ref::share(lower) : std::move(number);
  }
  VM_TRY(Ref upper, backwards ? int_subtract(vm, length, Value::small(1)) : int_plain(vm, length));
  return int_compare(number, upper) > 0 ? std::move(upper) : std::move(number);
}

Ref slice_indices(Vm& vm, Value self, Value length_value) {
  const auto* slice = self.as<SliceObject>();
  VM_TRY(Ref index, to_index(vm, length_value));
  VM_TRY(Ref length, int_plain(vm, index));
  if (int_sign(length) < 0) return raise(vm, vm.exc.ValueError, "length should not be negative");
  Ref step = Ref::small(1);
  if (!slice->step.is_none()) {
    if (!has_index(vm, slice->step)) {
      return raise(vm, vm.exc.TypeError, "slice indices must be integers or None or have an __index__ method");
    }
    VM_TRY(step, to_index(vm, slice->step));
    VM_TRY(step, int_plain(vm, step));
    if (int_sign(step) == 0) return raise(vm, vm.exc.ValueError, "slice step cannot be zero");
  }
  const bool backwards = int_sign(step) < 0;
  VM_TRY(Ref last, int_subtract(vm, length, Value::small(1)));
  VM_TRY(Ref start, indices_part(vm, slice->start, length, backwards, backwards ? last.get() : Value::small(0)));
  VM_TRY(Ref stop, indices_part(vm, slice->stop, length, backwards, backwards ? Value::small(-1) : length.get()));
  return new_tuple(vm, {start.get(), stop.get(), step.get()});
}

Ref slice_reduce(Vm& vm, Value self) {
  VM_TRY(Ref parts, slice_tuple(vm, self));
  return new_tuple(vm, {Value(vm.types.slice), parts.get()});
}

constexpr MethodSpec kSliceMethods[] = {
    {"indices($self, object, /)", slice_indices, "start, stop and step over a sequence of this length, as a tuple."},
    {"__reduce__($self, /)", slice_reduce},
};
constexpr MemberSpec kSliceMembers[] = {
    {"start", MemberSpec::Kind::Object, offsetof(SliceObject, start)},
    {"stop", MemberSpec::Kind::Object, offsetof(SliceObject, stop)},
    {"step", MemberSpec::Kind::Object, offsetof(SliceObject, step)},
};
constexpr TypeSlots slice_slots() {
  TypeSlots s;
  s.dealloc = slice_dealloc;
  s.traverse = slice_traverse;
  s.construct = slice_construct;
  s.repr = slice_repr;
  s.hash = slice_hash;
  s.compare = slice_compare;
  return s;
}

}  // namespace

const TypeSpec kSliceType = {
    .name = "slice",
    .basic_size = sizeof(SliceObject),
    .flags = kTypeImmutable | kTypeContainer,
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nWhat a[start:stop:step] hands over as its key.",
    .slots = slice_slots(),
    .methods = kSliceMethods,
    .members = kSliceMembers,
};

}  // namespace ouro::vm
