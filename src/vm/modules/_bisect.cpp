// _bisect: CPython 3.13 Modules/_bisectmodule.c.
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"

namespace ouro::vm {
namespace {

/// Where x goes; before equal items (left) or behind them.
template <bool kLeft>
std::optional<std::int64_t> position_of(Vm& vm, Args& args, Value x) {
  VM_TRY(std::int64_t low, args.ssize(vm, 2, 0));
  if (low < 0) return raise(vm, vm.exc.ValueError, "lo must be non-negative");
  std::int64_t high = -1;
  if (args.has(3)) {
    VM_TRY(high, args.ssize(vm, 3));
  }
  if (high == -1) {
    VM_TRY(std::size_t size, length(vm, args[0]));
    high = static_cast<std::int64_t>(size);
  }
  const Value key = args.has(4) ? args[4] : Value();
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    VM_TRY(Ref item, get_item(vm, args[0], middle));
    if (!key.is_null()) {
      VM_TRY(item, call(vm, key, {item.get()}));
    }
    VM_TRY(Ref result, kLeft ? compare(vm, item, x, CompareOp::Less) : compare(vm, x, item, CompareOp::Less));
    bool less = false;
    VM_CHECK(truth(vm, result, less));
    if (less == kLeft) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

template <bool kLeft>
Ref bisect(Vm& vm, Value, Args& args) {
  VM_TRY(std::int64_t position, position_of<kLeft>(vm, args, args[1]));
  return new_int(vm, position);
}
template <bool kLeft>
Ref insort(Vm& vm, Value, Args& args) {
  Ref x = Ref::share(args[1]);
  if (args.has(4)) {
    VM_TRY(x, call(vm, args[4], {args[1]}));
  }
  VM_TRY(std::int64_t position, position_of<kLeft>(vm, args, x));
  if (is_exact(vm, args[0], vm.types.list)) {
    const auto at = static_cast<std::size_t>(position);
    const Value item = args[1];
    VM_CHECK(list_replace(vm, args[0].as<ListObject>(), at, at, {&item, 1}));
    return Ref::none();
  }
  VM_TRY(Ref index, new_int(vm, position));
  VM_TRY(Ref result, call_method(vm, args[0], "insert", {index.get(), args[1]}));
  return Ref::none();
}

constexpr MethodSpec kFunctions[] = {
    {"bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)", bisect<false>, "Where x goes behind equal items of a sorted list."},
    {"bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)", bisect<true>, "Where x goes before equal items of a sorted list."},
    {"insort_right($module, /, a, x, lo=0, hi=None, *, key=None)", insort<false>, "Puts x behind equal items of a sorted list."},
    {"insort_left($module, /, a, x, lo=0, hi=None, *, key=None)", insort<true>, "Puts x before equal items of a sorted list."},
};

}  // namespace

const ModuleSpec& _bisect_module() {
  static const ModuleSpec spec = {.name = "_bisect", .doc = "Bisection algorithms.", .functions = kFunctions};
  return spec;
}

}  // namespace ouro::vm
