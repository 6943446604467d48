// itertools: iterators with one source, or several in step.
#include "vm/modules/itertools/itertools.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::uint32_t kFlags = kTypeBaseType | kTypeContainer | kTypeImmutable;
using Construct = Ref (*)(Vm&, TypeObject*, const CallArgs&);

template <class Life>
constexpr TypeSlots iterator_slots(Construct construct, UnarySlot next) {
  TypeSlots s = Life::slots();
  s.construct = construct;
  s.iter = iter_self;
  s.next = next;
  return s;
}

/// Exact type: no keywords; exactly two arguments, the second iterable.
bool two_arguments(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.has_keywords() && has_plain_init(vm, type)) {
    return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", std::string(type->spec->name).substr(10));
  }
  if (call.positional == 2) return true;
  return raise(vm, vm.exc.TypeError, "{} expected 2 arguments, got {}", std::string(type->spec->name).substr(10),
               call.positional);
}

// --- count
struct CountObject : GcObject {
  Value value, step;
};
using CountLife = LifeOf<CountObject, &CountObject::value, &CountObject::step>;

bool is_number(Vm& vm, Value value) {
  const TypeSlots& slots = type_of(vm, value)->slots;
  return slots.to_int != nullptr || slots.to_float != nullptr || slots.index != nullptr ||
         is_instance_of(vm, value, vm.types.complex);
}
Ref count_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "count(start=0, step=1)", 2, call);
  const Value start = args.get(0, Value::small(0)), step = args.get(1, Value::small(1));
  if (!is_number(vm, start) || !is_number(vm, step)) return raise(vm, vm.exc.TypeError, "a number is required");
  VM_TRY(Own<CountObject> self, make_instance<CountObject>(vm, type));
  assign(self->value, start);
  assign(self->step, step);
  return self;
}
Ref count_next(Vm& vm, Value self) {
  auto* object = self.as<CountObject>();
  VM_TRY(Ref next, binary(vm, object->value, object->step, BinaryOp::Add));
  return Ref::adopt(std::exchange(object->value, next.release()));
}
Ref count_repr(Vm& vm, Value self) {
  const auto* object = self.as<CountObject>();
  StrBuilder out(vm);
  out.append(type_of(vm, self)->name);
  out.append('(');
  VM_TRY(Ref value, repr(vm, object->value));
  out.append(value.as<StrObject>());
  if (object->step != Value::small(1)) {
    VM_TRY(Ref step, repr(vm, object->step));
    out.append(std::string_view(", "));
    out.append(step.as<StrObject>());
  }
  out.append(')');
  return out.finish();
}
Ref count_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<CountObject>();
  VM_TRY(Own<TupleObject> arguments, object->step == Value::small(1) ? new_tuple(vm, {object->value})
                                                                     : new_tuple(vm, {object->value, object->step}));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get())});
}
constexpr MethodSpec kCountMethods[] = {{"__reduce__($self, /)", count_reduce, "Return state information for pickling."}};
constexpr TypeSlots count_slots() {
  TypeSlots s = iterator_slots<CountLife>(count_construct, count_next);
  s.repr = count_repr;
  return s;
}

// --- repeat
struct RepeatObject : GcObject {
  Value value;
  std::int64_t left;  ///< -1: for ever
};
using RepeatLife = LifeOf<RepeatObject, &RepeatObject::value>;
Ref repeat_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "repeat(object, times=None)", 2, call);
  std::int64_t times = -1;
  if (args.given(1)) {
    VM_TRY(times, args.ssize(vm, 1));
    if (times < 0) times = 0;
  }
  VM_TRY(Own<RepeatObject> self, make_instance<RepeatObject>(vm, type));
  assign(self->value, args[0]);
  self->left = times;
  return self;
}
Ref repeat_next(Vm&, Value self) {
  auto* object = self.as<RepeatObject>();
  if (object->left == 0) return {};
  if (object->left > 0) --object->left;
  return Ref::share(object->value);
}
Ref repeat_repr(Vm& vm, Value self) {
  const auto* object = self.as<RepeatObject>();
  VM_TRY(Ref value, repr(vm, object->value));
  StrBuilder out(vm);
  out.append(type_of(vm, self)->name);
  out.append('(');
  out.append(value.as<StrObject>());
  if (object->left >= 0) out.append_utf8(", " + std::to_string(object->left));
  out.append(')');
  return out.finish();
}
Ref repeat_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<RepeatObject>();
  VM_TRY(Own<TupleObject> arguments, object->left < 0 ? new_tuple(vm, {object->value})
                                                      : new_tuple(vm, {object->value, Value::small(object->left)}));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get())});
}
Ref repeat_length_hint(Vm& vm, Value self) {
  const auto* object = self.as<RepeatObject>();
  if (object->left < 0) return raise(vm, vm.exc.TypeError, "len() of unsized object");
  return Ref::small(object->left);
}
constexpr MethodSpec kRepeatMethods[] = {
    {"__length_hint__($self, /)", repeat_length_hint, "How many items are left."},
    {"__reduce__($self, /)", repeat_reduce, "Return state information for pickling."},
};
constexpr TypeSlots repeat_slots() {
  TypeSlots s = iterator_slots<RepeatLife>(repeat_construct, repeat_next);
  s.repr = repeat_repr;
  return s;
}

// --- cycle
struct CycleObject : GcObject {
  Value iterator;  ///< null: only `saved` is left
  Value saved;     ///< list
  std::size_t index;
};
using CycleLife = LifeOf<CycleObject, &CycleObject::iterator, &CycleObject::saved>;
Ref cycle_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "cycle"));
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "cycle expected 1 argument, got {}", call.positional);
  VM_TRY(Ref iterator, get_iter(vm, call.values[0]));
  VM_TRY(Own<ListObject> saved, new_list(vm));
  VM_TRY(Own<CycleObject> self, make_instance<CycleObject>(vm, type));
  assign(self->iterator, std::move(iterator));
  assign(self->saved, Value(saved.get()));
  return self;
}
Ref cycle_next(Vm& vm, Value self) {
  auto* object = self.as<CycleObject>();
  if (!object->iterator.is_null()) {
    Ref item = iter_next(vm, object->iterator);
    if (item) {
      VM_CHECK(list_append(vm, object->saved.as<ListObject>(), item.get()));
      return item;
    }
    if (has_error(vm)) return {};
    assign(object->iterator, Value());
  }
  const auto* saved = object->saved.as<ListObject>();
  if (saved->size == 0) return {};
  Ref item = Ref::share(saved->items[object->index]);
  if (++object->index >= saved->size) object->index = 0;
  return item;
}
Ref cycle_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  auto* object = self.as<CycleObject>();
  if (object->iterator.is_null()) {
    // As CPython: an iterator over the saved items, moved on to where this one is.
    VM_TRY(Ref iterator, get_iter(vm, object->saved));
    if (object->index != 0) {
      VM_TRY(Ref moved, call_method(vm, iterator, vm.names.d_setstate, {Value::small(static_cast<std::int64_t>(object->index))}));
    }
    VM_TRY(Ref arguments, new_tuple(vm, {iterator.get()}));
    VM_TRY(Ref state, new_tuple(vm, {object->saved, kTrue}));
    return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {object->iterator}));
  VM_TRY(Ref state, new_tuple(vm, {object->saved, kFalse}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
}
Ref cycle_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  if (!is_tuple(state)) return raise(vm, vm.exc.TypeError, "state is not a tuple");
  const auto* parts = state.as<TupleObject>();
  if (parts->size != 2 || !is_list((*parts)[0])) {
    return raise(vm, vm.exc.TypeError, "function missing required argument 'saved' (pos 1)");
  }
  auto* object = self.as<CycleObject>();
  bool first_pass_done = false;
  VM_CHECK(truth(vm, (*parts)[1], first_pass_done));
  VM_TRY(Own<ListObject> saved, new_list(vm, (*parts)[0].as<ListObject>()->view()));
  if (first_pass_done && !object->iterator.is_null()) {
    // The source gives the rest of a pass over the saved items: what it does not give was consumed.
    VM_TRY(Own<ListObject> rest, to_list(vm, object->iterator));
    object->index = saved->size >= rest->size && rest->size != 0 ? saved->size - rest->size : 0;
    assign(object->iterator, Value());
  }
  assign(object->saved, Value(saved.get()));
  return Ref::none();
}
constexpr MethodSpec kCycleMethods[] = {
    {"__reduce__($self, /)", cycle_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", cycle_setstate, "Set state information for unpickling."},
};

// --- accumulate
struct AccumulateObject : GcObject {
  Value iterator, function, total, initial;  ///< total null: not begun; initial null: none (left)
};
using AccumulateLife = LifeOf<AccumulateObject, &AccumulateObject::iterator, &AccumulateObject::function, &AccumulateObject::total,
                              &AccumulateObject::initial>;
Ref accumulate_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "accumulate(iterable, func=None, *, initial=None)", 3, call);
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  VM_TRY(Own<AccumulateObject> self, make_instance<AccumulateObject>(vm, type));
  assign(self->iterator, std::move(iterator));
  if (args.has(1)) assign(self->function, args[1]);
  if (args.has(2)) assign(self->initial, args[2]);
  return self;
}
Ref accumulate_next(Vm& vm, Value self) {
  auto* object = self.as<AccumulateObject>();
  if (!object->initial.is_null()) {
    assign(object->total, object->initial);
    return Ref::adopt(std::exchange(object->initial, Value()));
  }
  Ref item = iter_next(vm, object->iterator);
  if (!item) return {};
  if (object->total.is_null()) {
    assign(object->total, item.get());
    return item;
  }
  const Ref before = Ref::share(object->total);
  VM_TRY(Ref total, object->function.is_null() ? binary(vm, before, item, BinaryOp::Add)
                                               : call(vm, object->function, {before.get(), item.get()}));
  assign(object->total, total.get());
  return total;
}
Ref accumulate_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<AccumulateObject>();
  const Value function = object->function.is_null() ? kNone : object->function;
  if (!object->initial.is_null() || (!object->total.is_null() && object->total.is_none())) {
    // chain((initial or total,), source) gives the same from here on.
    VM_TRY(Ref first, new_tuple(vm, {object->initial.is_null() ? object->total : object->initial}));
    VM_TRY(Ref chained, call(vm, Value(vm.native_type(kChainType)), {first.get(), object->iterator}));
    VM_TRY(Ref arguments, new_tuple(vm, {chained.get(), function}));
    if (!object->initial.is_null()) return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), kNone});
    VM_TRY(Ref inner, call(vm, Value(type_of(vm, self)), {chained.get(), function}));
    VM_TRY(Ref slice, new_tuple(vm, {inner.get(), Value::small(1), kNone}));
    return new_tuple(vm, {Value(vm.native_type(kIsliceType)), slice.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {object->iterator, function}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), object->total.is_null() ? kNone : object->total});
}
Ref accumulate_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  assign(self.as<AccumulateObject>()->total, state);
  return Ref::none();
}
constexpr MethodSpec kAccumulateMethods[] = {
    {"__reduce__($self, /)", accumulate_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", accumulate_setstate, "Set state information for unpickling."},
};

// --- chain
struct ChainObject : GcObject {
  Value source;  ///< iterator over iterables; null: exhausted
  Value active;  ///< the iterator under way, or null
};
using ChainLife = LifeOf<ChainObject, &ChainObject::source, &ChainObject::active>;
Ref make_chain(Vm& vm, TypeObject* type, Ref source) {
  VM_TRY(Own<ChainObject> self, make_instance<ChainObject>(vm, type));
  assign(self->source, std::move(source));
  return self;
}
Ref chain_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "chain"));
  VM_TRY(Ref tuple, new_tuple(vm, call.positionals()));
  VM_TRY(Ref source, get_iter(vm, tuple));
  return make_chain(vm, type, std::move(source));
}
Ref chain_from_iterable(Vm& vm, Value type, Value iterable) {
  VM_TRY(Ref source, get_iter(vm, iterable));
  return make_chain(vm, type.as<TypeObject>(), std::move(source));
}
Ref chain_next(Vm& vm, Value self) {
  auto* object = self.as<ChainObject>();
  while (!object->source.is_null()) {
    if (object->active.is_null()) {
      const Ref iterable = iter_next(vm, object->source);
      if (!iterable) {
        assign(object->source, Value());
        return {};
      }
      Ref active = get_iter(vm, iterable);
      if (!active) {
        assign(object->source, Value());
        return {};
      }
      assign(object->active, std::move(active));
    }
    const Ref active = Ref::share(object->active);
    Ref item = iter_next(vm, active);
    if (item) return item;
    if (has_error(vm)) return {};
    assign(object->active, Value());
    VM_CHECK(charge_work(vm, 1));
  }
  return {};
}
Ref chain_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<ChainObject>();
  VM_TRY(Ref empty, allocate_tuple(vm, 0));
  if (object->source.is_null()) return new_tuple(vm, {Value(type_of(vm, self)), empty.get()});
  VM_TRY(Own<TupleObject> state, object->active.is_null() ? new_tuple(vm, {object->source})
                                                          : new_tuple(vm, {object->source, object->active}));
  return new_tuple(vm, {Value(type_of(vm, self)), empty.get(), Value(state.get())});
}
Ref chain_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  if (!is_tuple(state)) return raise(vm, vm.exc.TypeError, "state is not a tuple");
  const auto* parts = state.as<TupleObject>();
  if (parts->size == 0 || parts->size > 2) {
    return raise(vm, vm.exc.TypeError, "function takes {} arguments ({} given)",
                 parts->size == 0 ? "at least 1" : "at most 2", parts->size);
  }
  for (const Value part : parts->view()) {
    if (!is_iterator(vm, part)) return raise(vm, vm.exc.TypeError, "Arguments must be iterators.");
  }
  auto* object = self.as<ChainObject>();
  assign(object->source, (*parts)[0]);
  assign(object->active, parts->size == 2 ? (*parts)[1] : Value());
  return Ref::none();
}
constexpr MethodSpec kChainMethods[] = {
    {"from_iterable($type, iterable, /)", chain_from_iterable, "A chain over the iterables that an iterable gives.", Binding::Class},
    {"__reduce__($self, /)", chain_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", chain_setstate, "Set state information for unpickling."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};

// --- a function and an iterator: dropwhile, takewhile, filterfalse, starmap; compress has two iterators
struct PairObject : GcObject {
  Value function, iterator;
  bool flag;  ///< dropwhile: began; takewhile: ended
};
using PairLife = LifeOf<PairObject, &PairObject::function, &PairObject::iterator>;
Ref pair_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_CHECK(two_arguments(vm, type, call));
  VM_TRY(Ref iterator, get_iter(vm, call.values[1]));
  VM_TRY(Own<PairObject> self, make_instance<PairObject>(vm, type));
  assign(self->function, call.values[0]);
  assign(self->iterator, std::move(iterator));
  return self;
}
bool test(Vm& vm, Value function, Value item, bool& out) {
  VM_TRY(Ref result, call(vm, function, {item}));
  return truth(vm, result, out);
}
Ref dropwhile_next(Vm& vm, Value self) {
  auto* object = self.as<PairObject>();
  for (;;) {
    Ref item = iter_next(vm, object->iterator);
    if (!item || object->flag) return item;
    bool drop = false;
    VM_CHECK(test(vm, object->function, item, drop));
    if (!drop) {
      object->flag = true;
      return item;
    }
    VM_CHECK(charge_work(vm, 1));
  }
}
Ref takewhile_next(Vm& vm, Value self) {
  auto* object = self.as<PairObject>();
  if (object->flag) return {};
  Ref item = iter_next(vm, object->iterator);
  if (!item) return {};
  bool take = false;
  VM_CHECK(test(vm, object->function, item, take));
  if (take) return item;
  object->flag = true;
  return {};
}
Ref filterfalse_next(Vm& vm, Value self) {
  auto* object = self.as<PairObject>();
  for (;;) {
    Ref item = iter_next(vm, object->iterator);
    if (!item) return {};
    bool drop = false;
    if (object->function.is_none() || object->function == Value(vm.types.bool_)) {
      VM_CHECK(truth(vm, item, drop));
    } else {
      VM_CHECK(test(vm, object->function, item, drop));
    }
    if (!drop) return item;
    VM_CHECK(charge_work(vm, 1));
  }
}
Ref starmap_next(Vm& vm, Value self) {
  auto* object = self.as<PairObject>();
  const Ref item = iter_next(vm, object->iterator);
  if (!item) return {};
  VM_TRY(Own<TupleObject> arguments, to_tuple(vm, item));
  return call(vm, object->function, CallArgs{arguments->items(), arguments->size, nullptr});
}
Ref compress_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "compress(data, selectors)", 2, call);
  VM_TRY(Ref data, get_iter(vm, args[0]));
  VM_TRY(Ref selectors, get_iter(vm, args[1]));
  VM_TRY(Own<PairObject> self, make_instance<PairObject>(vm, type));
  assign(self->function, std::move(data));
  assign(self->iterator, std::move(selectors));
  return self;
}
Ref compress_next(Vm& vm, Value self) {
  auto* object = self.as<PairObject>();
  for (;;) {
    Ref item = iter_next(vm, object->function);
    if (!item) return {};
    const Ref selector = iter_next(vm, object->iterator);
    if (!selector) return {};
    bool keep = false;
    VM_CHECK(truth(vm, selector, keep));
    if (keep) return item;
    VM_CHECK(charge_work(vm, 1));
  }
}
Ref pair_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<PairObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {object->function, object->iterator}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}
Ref flag_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<PairObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {object->function, object->iterator}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), Value::small(object->flag ? 1 : 0)});
}
Ref flag_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  bool flag = false;
  VM_CHECK(truth(vm, state, flag));
  self.as<PairObject>()->flag = flag;
  return Ref::none();
}
constexpr MethodSpec kPairMethods[] = {{"__reduce__($self, /)", pair_reduce, "Return state information for pickling."}};
constexpr MethodSpec kFlagMethods[] = {
    {"__reduce__($self, /)", flag_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", flag_setstate, "Set state information for unpickling."},
};

// --- pairwise
struct PairwiseObject : GcObject {
  Value iterator, previous;  ///< iterator null: exhausted
};
using PairwiseLife = LifeOf<PairwiseObject, &PairwiseObject::iterator, &PairwiseObject::previous>;
Ref pairwise_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "pairwise"));
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "pairwise expected 1 argument, got {}", call.positional);
  VM_TRY(Ref iterator, get_iter(vm, call.values[0]));
  VM_TRY(Own<PairwiseObject> self, make_instance<PairwiseObject>(vm, type));
  assign(self->iterator, std::move(iterator));
  return self;
}
Ref pairwise_next(Vm& vm, Value self) {
  auto* object = self.as<PairwiseObject>();
  if (object->iterator.is_null()) return {};
  const Ref iterator = Ref::share(object->iterator);
  const auto end = [object]() -> Ref {
    assign(object->iterator, Value());
    assign(object->previous, Value());
    return {};
  };
  if (object->previous.is_null()) {
    Ref first = iter_next(vm, iterator);
    if (!first) return end();
    assign(object->previous, first.get());
    if (object->iterator.is_null()) return end();
  }
  const Ref previous = Ref::share(object->previous);
  Ref item = iter_next(vm, iterator);
  if (!item) return end();
  assign(object->previous, item.get());
  return new_tuple(vm, {previous.get(), item.get()});
}

// --- batched
struct BatchedObject : GcObject {
  Value iterator;  ///< null: exhausted
  std::int64_t size;
  bool strict;
};
using BatchedLife = LifeOf<BatchedObject, &BatchedObject::iterator>;
Ref batched_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "batched(iterable, n, *, strict=False)", 3, call);
  VM_TRY(std::int64_t n, args.ssize(vm, 1));
  VM_TRY(bool strict, args.boolean(vm, 2));
  if (n < 1) return raise(vm, vm.exc.ValueError, "n must be at least one");
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  VM_TRY(Own<BatchedObject> self, make_instance<BatchedObject>(vm, type));
  assign(self->iterator, std::move(iterator));
  self->size = n;
  self->strict = strict;
  return self;
}
Ref batched_next(Vm& vm, Value self) {
  auto* object = self.as<BatchedObject>();
  if (object->iterator.is_null()) return {};
  const Ref iterator = Ref::share(object->iterator);
  VM_TRY(Own<ListObject> batch, new_list(vm));
  for (std::int64_t i = 0; i < object->size; ++i) {
    Ref item = iter_next(vm, iterator);
    if (!item) {
      if (has_error(vm)) {
        assign(object->iterator, Value());
        return {};
      }
      break;
    }
    VM_CHECK(list_append(vm, batch, std::move(item)));
  }
  if (static_cast<std::int64_t>(batch->size) < object->size) {
    assign(object->iterator, Value());
    if (batch->size == 0) return {};
    if (object->strict) return raise(vm, vm.exc.ValueError, "batched(): incomplete batch");
  }
  return new_tuple(vm, batch->view());
}

// --- zip_longest
struct ZipLongestObject : GcObject {
  Value iterators;  ///< list; None: exhausted
  Value fill;
  std::size_t active;
};
using ZipLongestLife = LifeOf<ZipLongestObject, &ZipLongestObject::iterators, &ZipLongestObject::fill>;
Ref zip_longest_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  Value fill = kNone;
  for (std::size_t i = 0; i < call.keyword_count(); ++i) {
    if (!str_equal((*call.keyword_names)[i].as<StrObject>(), std::string_view("fillvalue")) || call.keyword_count() > 1) {
      return raise(vm, vm.exc.TypeError, "zip_longest() got an unexpected keyword argument");
    }
    fill = call.keyword_value(i);
  }
  VM_TRY(Own<ListObject> iterators, new_list(vm));
  for (const Value iterable : call.positionals()) {
    VM_TRY(Ref iterator, get_iter(vm, iterable));
    VM_CHECK(list_append(vm, iterators, std::move(iterator)));
  }
  VM_TRY(Own<ZipLongestObject> self, make_instance<ZipLongestObject>(vm, type));
  assign(self->iterators, Value(iterators.get()));
  assign(self->fill, fill);
  self->active = call.positional;
  return self;
}
Ref zip_longest_next(Vm& vm, Value self) {
  auto* object = self.as<ZipLongestObject>();
  auto* iterators = object->iterators.as<ListObject>();
  if (iterators->size == 0 || object->active == 0) return {};
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, iterators->size));
  for (std::size_t i = 0; i < iterators->size; ++i) {
    Ref item;
    if (!iterators->items[i].is_none()) {
      const Ref iterator = Ref::share(iterators->items[i]);
      item = iter_next(vm, iterator);
      if (!item) {
        --object->active;
        if (has_error(vm)) {
          object->active = 0;
          return {};
        }
        if (object->active == 0) return {};
        assign(iterators->items[i], kNone);
      }
    }
    result->items()[i] = item ? item.release() : owned(object->fill);
  }
  return result;
}
Ref zip_longest_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<ZipLongestObject>();
  const auto* iterators = object->iterators.as<ListObject>();
  VM_TRY(Own<TupleObject> arguments, allocate_tuple(vm, iterators->size));
  for (std::size_t i = 0; i < iterators->size; ++i) {
    if (iterators->items[i].is_none()) {
      VM_TRY(Own<TupleObject> empty, allocate_tuple(vm, 0));
      arguments->items()[i] = owned(Value(empty.get()));
    } else {
      arguments->items()[i] = owned(iterators->items[i]);
    }
  }
  return new_tuple(vm, {Value(type_of(vm, self)), Value(arguments.get()), object->fill});
}
Ref zip_longest_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  assign(self.as<ZipLongestObject>()->fill, state);
  return Ref::none();
}
constexpr MethodSpec kZipLongestMethods[] = {
    {"__reduce__($self, /)", zip_longest_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", zip_longest_setstate, "Set state information for unpickling."},
};

// --- islice
struct IsliceObject : GcObject {
  Value iterator;  ///< null: exhausted
  std::int64_t next, stop, step, count;  ///< stop -1: none; count: items taken from the source
};
using IsliceLife = LifeOf<IsliceObject, &IsliceObject::iterator>;
bool islice_number(Vm& vm, Value value, std::int64_t otherwise, std::int64_t& out) {
  if (value.is_none()) {
    out = otherwise;
    return true;
  }
  const Ref index = has_index(vm, value) ? to_index(vm, value) : Ref();
  const std::optional<std::int64_t> number = index ? int_to_int64(index) : std::nullopt;
  out = number.value_or(-1);
  clear_error(vm);
  return out >= 0;
}
Ref islice_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (has_plain_init(vm, type)) VM_CHECK(no_keywords(vm, call, "islice"));
  if (call.positional < 2) return raise(vm, vm.exc.TypeError, "islice expected at least 2 arguments, got {}", call.positional);
  if (call.positional > 4) return raise(vm, vm.exc.TypeError, "islice expected at most 4 arguments, got {}", call.positional);
  std::int64_t start = 0, stop = -1, step = 1;
  if (call.positional == 2) {
    if (!islice_number(vm, call.values[1], -1, stop)) {
      return raise(vm, vm.exc.ValueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
  } else {
    const bool good_start = islice_number(vm, call.values[1], 0, start);
    if (!islice_number(vm, call.values[2], -1, stop)) {
      return raise(vm, vm.exc.ValueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
    if (!good_start) {
      return raise(vm, vm.exc.ValueError, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
  }
  if (call.positional == 4) {
    if (!islice_number(vm, call.values[3], 1, step) || step < 1) {
      return raise(vm, vm.exc.ValueError, "Step for islice() must be a positive integer or None.");
    }
  }
  VM_TRY(Ref iterator, get_iter(vm, call.values[0]));
  VM_TRY(Own<IsliceObject> self, make_instance<IsliceObject>(vm, type));
  assign(self->iterator, std::move(iterator));
  self->next = start;
  self->stop = stop;
  self->step = step;
  return self;
}
Ref islice_next(Vm& vm, Value self) {
  auto* object = self.as<IsliceObject>();
  if (object->iterator.is_null()) return {};
  const Ref iterator = Ref::share(object->iterator);
  const auto end = [object]() -> Ref {
    assign(object->iterator, Value());
    return {};
  };
  while (object->count < object->next) {
    const Ref skipped = iter_next(vm, iterator);
    if (!skipped) return end();
    ++object->count;
    VM_CHECK(charge_work(vm, 1));
  }
  if (object->stop != -1 && object->count >= object->stop) return end();
  Ref item = iter_next(vm, iterator);
  if (!item) return end();
  ++object->count;
  if (object->next > INT64_MAX - object->step) {
    object->next = object->stop == -1 ? INT64_MAX : object->stop;
  } else {
    object->next += object->step;
    if (object->stop != -1 && object->next > object->stop) object->next = object->stop;
  }
  return item;
}
Ref islice_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<IsliceObject>();
  if (object->iterator.is_null()) {
    VM_TRY(Ref empty, new_list(vm));
    VM_TRY(Ref iterator, get_iter(vm, empty));
    VM_TRY(Ref arguments, new_tuple(vm, {iterator.get(), Value::small(0)}));
    return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), Value::small(0)});
  }
  const Value stop = object->stop == -1 ? kNone : Value::small(object->stop);
  VM_TRY(Ref arguments, new_tuple(vm, {object->iterator, Value::small(object->next), stop, Value::small(object->step)}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), Value::small(object->count)});
}
Ref islice_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  VM_TRY(self.as<IsliceObject>()->count, to_ssize(vm, state, vm.exc.OverflowError));
  return Ref::none();
}
constexpr MethodSpec kIsliceMethods[] = {
    {"__reduce__($self, /)", islice_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", islice_setstate, "Set state information for unpickling."},
};

}  // namespace

const TypeSpec kCountType = {.name = "itertools.count", .basic_size = sizeof(CountObject), .flags = kFlags,
                             .doc = "count(start=0, step=1)\n--\n\nstart, start + step, start + 2 * step, ...",
                             .slots = count_slots(), .methods = kCountMethods};
const TypeSpec kRepeatType = {.name = "itertools.repeat", .basic_size = sizeof(RepeatObject), .flags = kFlags,
                              .doc = "repeat(object [,times])\n\nThe object, so many times or for ever.",
                              .slots = repeat_slots(), .methods = kRepeatMethods};
const TypeSpec kCycleType = {.name = "itertools.cycle", .basic_size = sizeof(CycleObject), .flags = kFlags,
                             .doc = "cycle(iterable, /)\n--\n\nThe items over and over.",
                             .slots = iterator_slots<CycleLife>(cycle_construct, cycle_next), .methods = kCycleMethods};
const TypeSpec kAccumulateType = {.name = "itertools.accumulate", .basic_size = sizeof(AccumulateObject), .flags = kFlags,
                                  .doc = "accumulate(iterable, func=None, *, initial=None)\n--\n\nRunning sums, or results of func.",
                                  .slots = iterator_slots<AccumulateLife>(accumulate_construct, accumulate_next),
                                  .methods = kAccumulateMethods};
const TypeSpec kChainType = {.name = "itertools.chain", .basic_size = sizeof(ChainObject), .flags = kFlags,
                             .doc = "chain(*iterables)\n--\n\nThe items of the first iterable, then of the next, ...",
                             .slots = iterator_slots<ChainLife>(chain_construct, chain_next), .methods = kChainMethods};
const TypeSpec kCompressType = {.name = "itertools.compress", .basic_size = sizeof(PairObject), .flags = kFlags,
                                .doc = "compress(data, selectors)\n--\n\nThe data items whose selector is true.",
                                .slots = iterator_slots<PairLife>(compress_construct, compress_next), .methods = kPairMethods};
const TypeSpec kDropWhileType = {.name = "itertools.dropwhile", .basic_size = sizeof(PairObject), .flags = kFlags,
                                 .doc = "dropwhile(predicate, iterable, /)\n--\n\nThe items from the first one that fails the predicate.",
                                 .slots = iterator_slots<PairLife>(pair_construct, dropwhile_next), .methods = kFlagMethods};
const TypeSpec kTakeWhileType = {.name = "itertools.takewhile", .basic_size = sizeof(PairObject), .flags = kFlags,
                                 .doc = "takewhile(predicate, iterable, /)\n--\n\nThe items up to the first one that fails the predicate.",
                                 .slots = iterator_slots<PairLife>(pair_construct, takewhile_next), .methods = kFlagMethods};
const TypeSpec kFilterFalseType = {.name = "itertools.filterfalse", .basic_size = sizeof(PairObject), .flags = kFlags,
                                   .doc = "filterfalse(function, iterable, /)\n--\n\nThe items for which the function is false.",
                                   .slots = iterator_slots<PairLife>(pair_construct, filterfalse_next), .methods = kPairMethods};
const TypeSpec kStarMapType = {.name = "itertools.starmap", .basic_size = sizeof(PairObject), .flags = kFlags,
                               .doc = "starmap(function, iterable, /)\n--\n\nfunction(*item) of each item.",
                               .slots = iterator_slots<PairLife>(pair_construct, starmap_next), .methods = kPairMethods};
const TypeSpec kPairwiseType = {.name = "itertools.pairwise", .basic_size = sizeof(PairwiseObject), .flags = kFlags,
                                .doc = "pairwise(iterable, /)\n--\n\nEach item with the one after it.",
                                .slots = iterator_slots<PairwiseLife>(pairwise_construct, pairwise_next)};
const TypeSpec kBatchedType = {.name = "itertools.batched", .basic_size = sizeof(BatchedObject), .flags = kFlags,
                               .doc = "batched(iterable, n, *, strict=False)\n--\n\nTuples of n items; the last may be shorter.",
                               .slots = iterator_slots<BatchedLife>(batched_construct, batched_next)};
const TypeSpec kZipLongestType = {.name = "itertools.zip_longest", .basic_size = sizeof(ZipLongestObject), .flags = kFlags,
                                  .doc = "zip_longest(*iterables, fillvalue=None)\n--\n\nAs zip, until the longest ends.",
                                  .slots = iterator_slots<ZipLongestLife>(zip_longest_construct, zip_longest_next),
                                  .methods = kZipLongestMethods};
const TypeSpec kIsliceType = {.name = "itertools.islice", .basic_size = sizeof(IsliceObject), .flags = kFlags,
                              .doc = "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice "
                                     "object\n\nA slice of an iterator's items.",
                              .slots = iterator_slots<IsliceLife>(islice_construct, islice_next), .methods = kIsliceMethods};

}  // namespace ouro::vm
