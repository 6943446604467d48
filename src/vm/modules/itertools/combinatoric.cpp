// itertools: product, permutations, combinations. The order of results is CPython's (Modules/itertoolsmodule.c).
#include <vector>

#include "vm/modules/itertools/itertools.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

/// All four: pools of items and the indices of the result under way.
struct CombinatoricObject : GcObject {
  Value pools;   ///< product: a tuple of tuples; others: one tuple
  Value result;  ///< the last result; null: not begun
  std::int64_t* indices;
  std::int64_t* cycles;   ///< permutations
  std::size_t index_room, cycle_room;
  std::size_t length;     ///< items of a result
  bool stopped;
};

void free_numbers(Vm& vm, std::int64_t*& numbers, std::size_t room) {
  if (numbers != nullptr) vm.heap.free(numbers, room * sizeof(std::int64_t));
  numbers = nullptr;
}
bool make_numbers(Vm& vm, std::int64_t*& numbers, std::size_t& room, std::size_t count) {
  room = count == 0 ? 1 : count;
  if (room > (std::size_t{1} << 56U)) return raise_memory_error(vm);
  numbers = static_cast<std::int64_t*>(vm.heap.allocate(room * sizeof(std::int64_t)));
  return numbers != nullptr || raise_memory_error(vm);
}

void dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<CombinatoricObject*>(self);
  vm.heap.untrack(object);
  xdecref(object->pools);
  xdecref(object->result);
  free_numbers(vm, object->indices, object->index_room);
  free_numbers(vm, object->cycles, object->cycle_room);
  free_object(vm, self, object->type->basic_size);
}
void traverse(Object* self, Visitor& visit) {
  auto* object = static_cast<CombinatoricObject*>(self);
  visit(object->pools);
  visit(object->result);
}

std::span<const Value> pool_of(const CombinatoricObject* object) { return object->pools.as<TupleObject>()->view(); }
std::span<const Value> pool_of(const CombinatoricObject* object, std::size_t i) {
  return (*object->pools.as<TupleObject>())[i].as<TupleObject>()->view();
}

/// The items that the indices say, kept as the last result.
Ref emit(Vm& vm, CombinatoricObject* object, bool product) {
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, object->length));
  for (std::size_t i = 0; i < object->length; ++i) {
    const auto at = static_cast<std::size_t>(object->indices[i]);
    result->items()[i] = owned(product ? pool_of(object, i)[at] : pool_of(object)[at]);
  }
  assign(object->result, Value(result.get()));
  return result;
}

Ref stop(CombinatoricObject* object) {
  object->stopped = true;
  return {};
}

// --- product
Ref product_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  std::int64_t repeat = 1;
  if (call.has_keywords()) {
    const CallArgs keywords{call.values + call.positional, 0, call.keyword_names};
    VM_PARSE(args, vm, "product(*, repeat=1)", 1, keywords);
    VM_TRY(repeat, args.ssize(vm, 0, 1));
    if (repeat < 0) return raise(vm, vm.exc.ValueError, "repeat argument cannot be negative");
  }
  const std::size_t given = call.positional;
  if (repeat != 0 && given > (std::size_t{1} << 55U) / static_cast<std::size_t>(repeat)) {
    return raise(vm, vm.exc.OverflowError, "repeat argument too large");
  }
  const std::size_t count = repeat == 0 ? 0 : given * static_cast<std::size_t>(repeat);
  VM_CHECK(charge_work(vm, count / 8));
  VM_TRY(Own<TupleObject> pools, allocate_tuple(vm, count));
  for (std::size_t i = 0; i < given && count != 0; ++i) {
    VM_TRY(Own<TupleObject> pool, to_tuple(vm, call.values[i]));
    for (std::size_t k = i; k < count; k += given) pools->items()[k] = owned(Value(pool.get()));
  }
  VM_TRY(Own<CombinatoricObject> self, make_instance<CombinatoricObject>(vm, type));
  VM_CHECK(make_numbers(vm, self->indices, self->index_room, count));
  std::fill(self->indices, self->indices + self->index_room, 0);
  self->length = count;
  for (const Value pool : pools->view()) self->stopped = self->stopped || pool.as<TupleObject>()->size == 0;
  assign(self->pools, Value(pools.get()));
  return self;
}
Ref product_next(Vm& vm, Value self) {
  auto* object = self.as<CombinatoricObject>();
  if (object->stopped) return {};
  if (!object->result.is_null()) {
    std::size_t i = object->length;
    for (;;) {
      if (i == 0) return stop(object);
      --i;
      if (++object->indices[i] < static_cast<std::int64_t>(pool_of(object, i).size())) break;
      object->indices[i] = 0;
    }
  }
  return emit(vm, object, true);
}

/// A non-negative r argument.
std::optional<std::int64_t> length_argument(Vm& vm, Value value, std::string_view error) {
  if (!is_int(value)) {
    if (!has_index(vm, value)) {
      return raise(vm, vm.exc.TypeError, "'{}' object cannot be interpreted as an integer", type_name(vm, value));
    }
  }
  VM_TRY(std::int64_t r, to_ssize(vm, value, vm.exc.OverflowError));
  if (r < 0) return raise(vm, vm.exc.ValueError, error);
  return r;
}

Own<CombinatoricObject> with_pool(Vm& vm, TypeObject* type, Value iterable) {
  VM_TRY(Own<TupleObject> pool, to_tuple(vm, iterable));
  VM_TRY(Own<CombinatoricObject> self, make_instance<CombinatoricObject>(vm, type));
  assign(self->pools, Value(pool.get()));
  return self;
}

// --- permutations
Ref permutations_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "permutations(iterable, r=None)", 2, call);
  VM_TRY(Own<CombinatoricObject> self, with_pool(vm, type, args[0]));
  const std::size_t n = pool_of(self).size();
  auto r = static_cast<std::int64_t>(n);
  if (args.has(1)) {
    if (!is_int(args[1])) return raise(vm, vm.exc.TypeError, "Expected int as r");
    VM_TRY(r, to_ssize(vm, args[1], vm.exc.OverflowError));
    if (r < 0) return raise(vm, vm.exc.ValueError, "r must be non-negative");
  }
  self->length = static_cast<std::size_t>(r);
  self->stopped = self->length > n;
  VM_CHECK(make_numbers(vm, self->indices, self->index_room, n));
  VM_CHECK(make_numbers(vm, self->cycles, self->cycle_room, self->stopped ? 0 : self->length));
  for (std::size_t i = 0; i < n; ++i) self->indices[i] = static_cast<std::int64_t>(i);
  for (std::size_t i = 0; !self->stopped && i < self->length; ++i) self->cycles[i] = static_cast<std::int64_t>(n - i);
  return self;
}
Ref permutations_next(Vm& vm, Value self) {
  auto* object = self.as<CombinatoricObject>();
  if (object->stopped) return {};
  const std::size_t n = pool_of(object).size();
  if (!object->result.is_null()) {
    if (n == 0) return stop(object);
    std::size_t i = object->length;
    for (;;) {
      if (i == 0) return stop(object);
      --i;
      if (--object->cycles[i] == 0) {
        // The item rotates to the end and its cycle begins anew.
        const std::int64_t index = object->indices[i];
        for (std::size_t k = i; k + 1 < n; ++k) object->indices[k] = object->indices[k + 1];
        object->indices[n - 1] = index;
        object->cycles[i] = static_cast<std::int64_t>(n - i);
        continue;
      }
      std::swap(object->indices[i], object->indices[n - static_cast<std::size_t>(object->cycles[i])]);
      break;
    }
  }
  return emit(vm, object, false);
}

// --- combinations, with and without replacement
template <bool kReplace>
Ref combinations_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, kReplace ? "combinations_with_replacement(iterable, r)" : "combinations(iterable, r)", 2, call);
  VM_TRY(Own<CombinatoricObject> self, with_pool(vm, type, args[0]));
  VM_TRY(std::int64_t r, length_argument(vm, args[1], "r must be non-negative"));
  const std::size_t n = pool_of(self).size();
  self->length = static_cast<std::size_t>(r);
  self->stopped = kReplace ? n == 0 && r > 0 : self->length > n;
  VM_CHECK(make_numbers(vm, self->indices, self->index_room, self->length));
  for (std::size_t i = 0; i < self->length; ++i) self->indices[i] = kReplace ? 0 : static_cast<std::int64_t>(i);
  return self;
}
Ref combinations_next(Vm& vm, Value self) {
  auto* object = self.as<CombinatoricObject>();
  if (object->stopped) return {};
  if (!object->result.is_null()) {
    const auto n = static_cast<std::int64_t>(pool_of(object).size());
    const auto r = static_cast<std::int64_t>(object->length);
    std::int64_t i = r - 1;
    while (i >= 0 && object->indices[i] == i + n - r) --i;
    if (i < 0) return stop(object);
    ++object->indices[i];
    for (std::int64_t k = i + 1; k < r; ++k) object->indices[k] = object->indices[k - 1] + 1;
  }
  return emit(vm, object, false);
}
Ref replacement_next(Vm& vm, Value self) {
  auto* object = self.as<CombinatoricObject>();
  if (object->stopped) return {};
  if (!object->result.is_null()) {
    const auto n = static_cast<std::int64_t>(pool_of(object).size());
    auto i = static_cast<std::int64_t>(object->length) - 1;
    while (i >= 0 && object->indices[i] == n - 1) --i;
    if (i < 0) return stop(object);
    const std::int64_t next = object->indices[i] + 1;
    for (auto k = i; k < static_cast<std::int64_t>(object->length); ++k) object->indices[k] = next;
  }
  return emit(vm, object, false);
}

// --- pickling
Own<TupleObject> numbers_tuple(Vm& vm, const std::int64_t* numbers, std::size_t count) {
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, count));
  for (std::size_t i = 0; i < count; ++i) result->items()[i] = Value::small(numbers[i]);
  return result;
}
Ref exhausted_reduce(Vm& vm, Value self, std::int64_t r, bool product) {
  VM_TRY(Ref empty, allocate_tuple(vm, 0));
  VM_TRY(Own<TupleObject> arguments,
         product ? new_tuple(vm, {empty.get()}) : new_tuple(vm, {empty.get(), Value::small(r)}));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get())});
}
Ref product_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<CombinatoricObject>();
  if (object->stopped) return exhausted_reduce(vm, self, 0, true);
  if (object->result.is_null()) return new_tuple(vm, {Value(type_of(vm, self)), object->pools});
  VM_TRY(Own<TupleObject> state, numbers_tuple(vm, object->indices, object->length));
  return new_tuple(vm, {Value(type_of(vm, self)), object->pools, Value(state.get())});
}
Ref combinations_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<CombinatoricObject>();
  const auto r = static_cast<std::int64_t>(object->length);
  if (object->stopped && !object->result.is_null()) return exhausted_reduce(vm, self, r, false);
  VM_TRY(Ref arguments, new_tuple(vm, {object->pools, Value::small(r)}));
  if (object->result.is_null()) return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
  VM_TRY(Own<TupleObject> state, numbers_tuple(vm, object->indices, object->length));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), Value(state.get())});
}
Ref permutations_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<CombinatoricObject>();
  const auto r = static_cast<std::int64_t>(object->length);
  if (object->stopped) return exhausted_reduce(vm, self, r, false);
  VM_TRY(Ref arguments, new_tuple(vm, {object->pools, Value::small(r)}));
  if (object->result.is_null()) return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
  VM_TRY(Own<TupleObject> indices, numbers_tuple(vm, object->indices, pool_of(object).size()));
  VM_TRY(Own<TupleObject> cycles, numbers_tuple(vm, object->cycles, object->length));
  VM_TRY(Ref state, new_tuple(vm, {Value(indices.get()), Value(cycles.get())}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
}
/// Indices of a pickled state, each clamped to its pool.
bool read_numbers(Vm& vm, Value state, std::int64_t* out, std::size_t count, auto most) {
  if (!is_tuple(state) || state.as<TupleObject>()->size != count) return raise(vm, vm.exc.ValueError, "invalid arguments");
  for (std::size_t i = 0; i < count; ++i) {
    VM_TRY(std::int64_t number, to_int64(vm, (*state.as<TupleObject>())[i]));
    const std::int64_t highest = most(i);
    out[i] = number < 0 ? 0 : (number > highest ? highest : number);
  }
  return true;
}
Ref product_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  auto* object = self.as<CombinatoricObject>();
  for (std::size_t i = 0; i < object->length; ++i) {
    if (pool_of(object, i).empty()) {
      object->stopped = true;
      return Ref::none();
    }
  }
  VM_CHECK(read_numbers(vm, state, object->indices, object->length,
                        [&](std::size_t i) { return static_cast<std::int64_t>(pool_of(object, i).size()) - 1; }));
  VM_TRY(Ref result, emit(vm, object, true));
  return Ref::none();
}
template <bool kReplace>
Ref combinations_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  auto* object = self.as<CombinatoricObject>();
  const auto n = static_cast<std::int64_t>(pool_of(object).size());
  const auto r = static_cast<std::int64_t>(object->length);
  if ((n == 0 && r > 0) || (!kReplace && r > n)) return raise(vm, vm.exc.ValueError, "invalid arguments");
  VM_CHECK(read_numbers(vm, state, object->indices, object->length, [&](std::size_t i) {
    return kReplace ? n - 1 : static_cast<std::int64_t>(i) + n - r;
  }));
  VM_TRY(Ref result, emit(vm, object, false));
  return Ref::none();
}
Ref permutations_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  auto* object = self.as<CombinatoricObject>();
  const std::size_t n = pool_of(object).size();
  if (object->stopped || !is_tuple(state) || state.as<TupleObject>()->size != 2) {
    return raise(vm, vm.exc.ValueError, "invalid arguments");
  }
  const auto* parts = state.as<TupleObject>();
  VM_CHECK(read_numbers(vm, (*parts)[0], object->indices, n, [&](std::size_t) { return static_cast<std::int64_t>(n) - 1; }));
  VM_CHECK(read_numbers(vm, (*parts)[1], object->cycles, object->length,
                        [&](std::size_t i) { return static_cast<std::int64_t>(n - i); }));
  for (std::size_t i = 0; i < object->length; ++i) object->cycles[i] = std::max<std::int64_t>(object->cycles[i], 1);
  VM_TRY(Ref result, emit(vm, object, false));
  return Ref::none();
}
Ref size_of(Vm&, Value self) {
  const auto* object = self.as<CombinatoricObject>();
  return Ref::small(static_cast<std::int64_t>(object->type->basic_size + (object->index_room + object->cycle_room) * 8));
}

template <UnarySlot kReduce, OneArgFunction kSetState>
constexpr MethodSpec kMethodsOf[] = {
    {"__reduce__($self, /)", kReduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", kSetState, "Set state information for unpickling."},
    {"__sizeof__($self, /)", size_of, "Returns size in memory, in bytes."},
};
constexpr TypeSlots slots(Ref (*construct)(Vm&, TypeObject*, const CallArgs&), UnarySlot next) {
  TypeSlots s;
  s.dealloc = dealloc;
  s.traverse = traverse;
  s.construct = construct;
  s.iter = iter_self;
  s.next = next;
  return s;
}
constexpr std::uint32_t kFlags = kTypeBaseType | kTypeContainer | kTypeImmutable;

}  // namespace

const TypeSpec kProductType = {.name = "itertools.product", .basic_size = sizeof(CombinatoricObject), .flags = kFlags,
                               .doc = "product(*iterables, repeat=1)\n--\n\nAll tuples with one item of each iterable.",
                               .slots = slots(product_construct, product_next),
                               .methods = kMethodsOf<product_reduce, product_setstate>};
const TypeSpec kPermutationsType = {.name = "itertools.permutations", .basic_size = sizeof(CombinatoricObject), .flags = kFlags,
                                    .doc = "permutations(iterable, r=None)\n--\n\nAll orders of r items.",
                                    .slots = slots(permutations_construct, permutations_next),
                                    .methods = kMethodsOf<permutations_reduce, permutations_setstate>};
const TypeSpec kCombinationsType = {.name = "itertools.combinations", .basic_size = sizeof(CombinatoricObject), .flags = kFlags,
                                    .doc = "combinations(iterable, r)\n--\n\nAll choices of r items.",
                                    .slots = slots(combinations_construct<false>, combinations_next),
                                    .methods = kMethodsOf<combinations_reduce, combinations_setstate<false>>};
const TypeSpec kCombinationsWithReplacementType = {
    .name = "itertools.combinations_with_replacement", .basic_size = sizeof(CombinatoricObject), .flags = kFlags,
    .doc = "combinations_with_replacement(iterable, r)\n--\n\nAll choices of r items, each as often as wanted.",
    .slots = slots(combinations_construct<true>, replacement_next),
    .methods = kMethodsOf<combinations_reduce, combinations_setstate<true>>};

}  // namespace ouro::vm
