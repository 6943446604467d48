// builtins: functions over iterables. CPython 3.13 Python/bltinmodule.c.
#include <cmath>

#include "vm/modules/builtins/builtins.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/iterator.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

Ref all_or_any(Vm& vm, Value iterable, bool stop_at) {
  VM_TRY(Ref iterator, get_iter(vm, iterable));
  for (;;) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      return Ref::boolean(!stop_at);
    }
    bool value = false;
    VM_CHECK(truth(vm, item, value));
    if (value == stop_at) return Ref::boolean(stop_at);
    VM_CHECK(charge_work(vm, 1));
  }
}
Ref builtin_all(Vm& vm, Value, Value iterable) { return all_or_any(vm, iterable, false); }
Ref builtin_any(Vm& vm, Value, Value iterable) { return all_or_any(vm, iterable, true); }

Ref builtin_iter(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "iter() takes no keyword arguments");
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "iter expected at least 1 argument, got 0");
  if (call.positional > 2) return raise(vm, vm.exc.TypeError, "iter expected at most 2 arguments, got {}", call.positional);
  if (call.positional == 1) return get_iter(vm, call.values[0]);
  if (!is_callable(vm, call.values[0])) return raise(vm, vm.exc.TypeError, "iter(v, w): v must be callable");
  return new_callable_iterator(vm, call.values[0], call.values[1]);
}

Ref builtin_next(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "next() takes no keyword arguments");
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "next expected at least 1 argument, got 0");
  if (call.positional > 2) return raise(vm, vm.exc.TypeError, "next expected at most 2 arguments, got {}", call.positional);
  const Value iterator = call.values[0];
  const UnarySlot next = type_of(vm, iterator)->slots.next;
  if (next == nullptr) return raise(vm, vm.exc.TypeError, "'{}' object is not an iterator", type_name(vm, iterator));
  Ref item = next(vm, iterator);
  if (item) return item;
  if (call.positional == 2) {
    if (has_error(vm) && !catch_error(vm, vm.exc.StopIteration)) return {};
    return Ref::share(call.values[1]);
  }
  if (!has_error(vm)) {
    const Ref stop = vm::call(vm, vm.exc.StopIteration);
    if (stop) raise_instance(vm, stop);
  }
  return {};
}

Ref builtin_aiter(Vm& vm, Value, Value iterable) {
  const UnarySlot slot = type_of(vm, iterable)->slots.async_iter;
  if (slot == nullptr) {
    return raise(vm, vm.exc.TypeError, "'{}' object is not an async iterable", type_name(vm, iterable));
  }
  VM_TRY(Ref result, slot(vm, iterable));
  if (type_of(vm, result)->slots.async_next == nullptr) {
    return raise(vm, vm.exc.TypeError, "aiter() returned not an async iterator of type '{}'", type_name(vm, result));
  }
  return result;
}
Ref builtin_anext(Vm& vm, Value, Args& args) {
  const UnarySlot slot = type_of(vm, args[0])->slots.async_next;
  if (slot == nullptr) {
    return raise(vm, vm.exc.TypeError, "'{}' object is not an async iterator", type_name(vm, args[0]));
  }
  VM_TRY(Ref awaitable, slot(vm, args[0]));
  if (!args.given(1)) return awaitable;
  return new_anext_awaitable(vm, awaitable, args[1]);
}

Ref min_or_max(Vm& vm, const CallArgs& call, bool want_max) {
  const std::string_view name = want_max ? "max" : "min";
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "{} expected at least 1 argument, got 0", name);
  const CallArgs keywords{call.values + call.positional, 0, call.keyword_names};
  VM_PARSE(args, vm, want_max ? "max(*, key=None, default=None)" : "min(*, key=None, default=None)", 2, keywords);
  const bool one = call.positional == 1;
  if (!one && args.given(1)) {
    return raise(vm, vm.exc.TypeError, "Cannot specify a default for {}() with multiple positional arguments", name);
  }
  const Value key = args.has(0) ? args[0] : Value();
  Ref best, best_key;
  const auto consider = [&](Value item) -> bool {
    Ref item_key = Ref::share(item);
    if (!key.is_null()) {
      VM_TRY(item_key, vm::call(vm, key, {item}));
    }
    if (!best) {
      best = Ref::share(item);
      best_key = std::move(item_key);
      return true;
    }
    bool better = false;
    VM_TRY(Ref result, compare(vm, item_key, best_key, want_max ? CompareOp::Greater : CompareOp::Less));
    VM_CHECK(truth(vm, result, better));
    if (better) {
      best = Ref::share(item);
      best_key = std::move(item_key);
    }
    return true;
  };
  if (one) {
    VM_CHECK(for_each(vm, call.values[0], [&](Value item) -> bool { return charge_work(vm, 1) && consider(item); }));
  } else {
    for (const Value item : call.positionals()) VM_CHECK(consider(item));
  }
  if (best) return best;
  if (args.given(1)) return Ref::share(args[1]);
  return raise(vm, vm.exc.ValueError, "{}() iterable argument is empty", name);
}
Ref builtin_min(Vm& vm, Value, const CallArgs& call) { return min_or_max(vm, call, false); }
Ref builtin_max(Vm& vm, Value, const CallArgs& call) { return min_or_max(vm, call, true); }

Ref builtin_sorted(Vm& vm, Value, const CallArgs& call) {
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "sorted expected 1 argument, got {}", call.positional);
  VM_TRY(Own<ListObject> list, to_list(vm, call.values[0]));
  if (!call.has_keywords()) {
    VM_CHECK(list_sort(vm, list, {}, false));
    return list;
  }
  const CallArgs keywords{call.values + 1, 0, call.keyword_names};
  VM_PARSE(args, vm, "sort(*, key=None, reverse=False)", 2, keywords);
  VM_TRY(bool reverse, args.boolean(vm, 1));
  VM_CHECK(list_sort(vm, list, args.has(0) ? args[0] : Value(), reverse));
  return list;
}

/// Sums floats with the error of each addition kept (Neumaier), as CPython from 3.12 on does. `item` is the first that is
/// no float or int; null at the end.
bool sum_floats(Vm& vm, Value iterator, double& total, Ref& item) {
  double compensation = 0;
  for (;;) {
    item = iter_next(vm, iterator);
    if (!item && has_error(vm)) return false;
    if (item && is_exact_float(vm, item)) {
      const double x = item.as<FloatObject>()->value;
      const double sum = total + x;
      compensation += std::fabs(total) >= std::fabs(x) ? (total - sum) + x : (x - sum) + total;
      total = sum;
    } else if (item && item.get().is_small()) {
      total += static_cast<double>(item.get().small_value());
    } else {
      if (compensation != 0.0 && std::isfinite(compensation)) total += compensation;
      return true;
    }
    VM_CHECK(charge_work(vm, 1));
  }
}

Ref builtin_sum(Vm& vm, Value, Args& args) {
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  Ref total = Ref::share(args.get(1, Value::small(0)));
  const auto refuse = [&vm](std::string_view what, std::string_view instead) {
    return raise(vm, vm.exc.TypeError, "sum() can't sum {} [use {}.join(seq) instead]", what, instead);
  };
  if (is_str(total)) return refuse("strings", "''");
  if (is_bytes(total)) return refuse("bytes", "b''");
  if (is_instance_of(vm, total, vm.types.bytearray)) return refuse("bytearray", "b''");
  for (;;) {
    Ref item;
    if (is_exact_float(vm, total)) {
      double sum = total.as<FloatObject>()->value;
      VM_CHECK(sum_floats(vm, iterator, sum, item));
      VM_TRY(total, new_float(vm, sum));
    } else {
      item = iter_next(vm, iterator);
    }
    if (!item) {
      VM_CHECK(!has_error(vm));
      return total;
    }
    if (total.get().is_small() && item.get().is_small()) {
      VM_TRY(total, new_int(vm, total.get().small_value() + item.get().small_value()));
    } else {
      VM_TRY(total, binary(vm, total, item, BinaryOp::Add));
    }
    VM_CHECK(charge_work(vm, 1));
  }
}

constexpr MethodSpec kFunctions[] = {
    {"aiter($module, async_iterable, /)", builtin_aiter, "An asynchronous iterator over the iterable."},
    {"all($module, iterable, /)", builtin_all, "Whether every item is true."},
    {"anext($module, aiterator, default=<unrepresentable>, /)", builtin_anext, "An awaitable for the next item."},
    {"any($module, iterable, /)", builtin_any, "Whether some item is true."},
    {"iter -- (object[, sentinel])", builtin_iter, "An iterator over the object, or over the results of a callable until sentinel."},
    {"max -- (iterable, *[, default=obj, key=func])", builtin_max, "The largest item of an iterable, or the largest argument."},
    {"min -- (iterable, *[, default=obj, key=func])", builtin_min, "The smallest item of an iterable, or the smallest argument."},
    {"next -- (iterator[, default])", builtin_next, "The next item; at the end default, or StopIteration."},
    {"sorted($module, iterable, /, *, key=None, reverse=False)", builtin_sorted, "A new list of the items, in order."},
    {"sum($module, iterable, /, start=0)", builtin_sum, "start and all items added up."},
};

}  // namespace

std::span<const MethodSpec> builtin_iteration_functions() { return kFunctions; }

}  // namespace ouro::vm
