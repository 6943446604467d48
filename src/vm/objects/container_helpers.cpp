// See container_helpers.h.
#include "vm/objects/container_helpers.h"

#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

Ref builtin_named(Vm& vm, std::string_view name) {
  const Value found = dict_get(vm, vm.builtins, name);
  if (found.is_null()) return raise(vm, vm.exc.AttributeError, "{}", name);
  return Ref::share(found);
}

Ref compare_sequences(Vm& vm, Value a, Value b, CompareOp op) {
  std::span<const Value> x = sequence_items(a), y = sequence_items(b);
  if (x.size() != y.size() && (op == CompareOp::Equal || op == CompareOp::NotEqual)) {
    return Ref::boolean(op == CompareOp::NotEqual);
  }
  std::size_t i = 0;
  for (; i < x.size() && i < y.size(); ++i) {
    if (x[i] == y[i]) continue;
    const Ref p = Ref::share(x[i]), q = Ref::share(y[i]);
    bool same = false;
    VM_CHECK(equal(vm, p, q, same));
    x = sequence_items(a);
    y = sequence_items(b);
    if (same) continue;
    if (i >= x.size() || i >= y.size()) break;  // comparing made one shorter
    if (op == CompareOp::Equal) return Ref::boolean(false);
    if (op == CompareOp::NotEqual) return Ref::boolean(true);
    return compare(vm, p, q, op);
  }
  const std::size_t n = x.size(), m = y.size();
  switch (op) {
    case CompareOp::Less: return Ref::boolean(n < m);
    case CompareOp::LessEqual: return Ref::boolean(n <= m);
    case CompareOp::Equal: return Ref::boolean(n == m);
    case CompareOp::NotEqual: return Ref::boolean(n != m);
    case CompareOp::Greater: return Ref::boolean(n > m);
    case CompareOp::GreaterEqual: return Ref::boolean(n >= m);
  }
  return Ref::not_implemented();
}

bool find_item(Vm& vm, Value sequence, Value item, std::size_t start, std::size_t stop, std::int64_t& position) {
  position = -1;
  for (std::size_t i = start; i < stop; ++i) {
    const std::span<const Value> items = sequence_items(sequence);
    if (i >= items.size()) break;
    bool same = items[i] == item;
    if (!same) {
      const Ref held = Ref::share(items[i]);
      VM_CHECK(equal(vm, held, item, same));
    }
    if (same) {
      position = static_cast<std::int64_t>(i);
      return true;
    }
  }
  return true;
}

bool search_bounds(Vm& vm, Args& args, std::size_t first, std::size_t length, std::size_t& start, std::size_t& stop) {
  const auto bound = [&](std::size_t index, std::size_t otherwise, std::size_t& out) -> bool {
    out = otherwise;
    if (!args.given(index)) return true;
    if (!has_index(vm, args[index])) {
      return static_cast<bool>(
          raise(vm, vm.exc.TypeError, "slice indices must be integers or have an __index__ method"));
    }
    VM_TRY(std::int64_t value, to_ssize(vm, args[index], nullptr));
    const auto size = static_cast<std::int64_t>(length);
    if (value < 0) value = value + size < 0 ? 0 : value + size;
    out = static_cast<std::size_t>(value > size ? size : value);
    return true;
  };
  VM_CHECK(bound(first, 0, start));
  VM_CHECK(bound(first + 1, length, stop));
  return true;
}

}  // namespace ouro::vm
