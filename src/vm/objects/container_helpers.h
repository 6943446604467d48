// What the built-in containers and iterators share. Private to objects/ and modules/ of the same kind.
#pragma once

#include <span>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/specs.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

/// builtins.iter and its like, for __reduce__ of iterators. Owned.
[[nodiscard]] Ref builtin_named(Vm& vm, std::string_view name);
/// Lists or tuples compared item by item, as Python orders sequences. The spans are taken anew at each step, since
/// comparing may run Python code that changes a list.
[[nodiscard]] Ref compare_sequences(Vm& vm, Value a, Value b, CompareOp op);
/// Position of the first equal item in [start, stop) of a list or tuple; -1: none. False: an exception is set.
[[nodiscard]] bool find_item(Vm& vm, Value sequence, Value item, std::size_t start, std::size_t stop, std::int64_t& position);
/// start and stop arguments of index(): clamped, negative ones from the end.
[[nodiscard]] bool search_bounds(Vm& vm, Args& args, std::size_t first, std::size_t length, std::size_t& start, std::size_t& stop);
/// Values shared into fresh owned slots.
inline void copy_values(Value* to, std::span<const Value> from) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    xincref(from[i]);
    to[i] = from[i];
  }
}
/// Whether a type takes no arguments of its own: a subclass without __init__ refuses keywords as its base does.
inline bool has_plain_init(Vm& vm, const TypeObject* type) { return type->slots.init == vm.types.object->slots.init; }
/// A class made by a class statement or a subclass of the built-in type, for constructors that have fast paths.
inline bool no_keywords(Vm& vm, const CallArgs& call, std::string_view name) {
  if (!call.has_keywords()) return true;
  return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", name);
}

}  // namespace ouro::vm
