// What can be done with any value: the language's operations as functions (CPython's abstract object layer).
//
// All give owned results; null, false or nullopt mean that an exception is set, unless said otherwise.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "vm/core/call_args.h"
#include "vm/core/error.h"
#include "vm/core/type.h"
#include "vm/core/vm.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

// --- attributes: objects/attributes.cpp
[[nodiscard]] Ref get_attribute(Vm& vm, Value object, StrObject* name);
[[nodiscard]] Ref get_attribute(Vm& vm, Value object, std::string_view name);
/// `out` stays null where there is none (no AttributeError is left); false only for another exception.
[[nodiscard]] bool find_attribute(Vm& vm, Value object, StrObject* name, Ref& out);
[[nodiscard]] bool set_attribute(Vm& vm, Value object, StrObject* name, Value value);
[[nodiscard]] bool delete_attribute(Vm& vm, Value object, StrObject* name);
/// object.__getattribute__ and object.__setattr__: the default slots.
[[nodiscard]] Ref generic_get_attribute(Vm& vm, Value object, StrObject* name);
[[nodiscard]] bool generic_set_attribute(Vm& vm, Value object, StrObject* name, Value value);
/// Along the MRO, no binding; borrowed, null where there is none (nothing raised). Cached.
[[nodiscard]] Value lookup_type_attribute(Vm& vm, TypeObject* type, StrObject* name);
/// A special method looked up on the type and bound to the object; null without exception where there is none.
[[nodiscard]] bool lookup_special(Vm& vm, Value object, StrObject* name, Ref& out);
/// LOAD_ATTR's method form: where `name` is a plain method, gives the function and sets is_method (call it with the
/// object first); otherwise the attribute.
[[nodiscard]] Ref get_method(Vm& vm, Value object, StrObject* name, bool& is_method);

// --- calls: interpreter/call.cpp
[[nodiscard]] Ref call(Vm& vm, Value callable, const CallArgs& args);
[[nodiscard]] Ref call(Vm& vm, Value callable);
[[nodiscard]] Ref call(Vm& vm, Value callable, std::initializer_list<Value> arguments);
/// callable(*tuple, **dict); dict may be null.
[[nodiscard]] Ref call_with(Vm& vm, Value callable, TupleObject* positional, DictObject* keywords);
[[nodiscard]] Ref call_method(Vm& vm, Value object, StrObject* name, std::initializer_list<Value> arguments = {});
[[nodiscard]] Ref call_method(Vm& vm, Value object, std::string_view name, std::initializer_list<Value> arguments = {});
[[nodiscard]] bool is_callable(Vm& vm, Value object);

// --- any value: core/protocol.cpp
[[nodiscard]] Ref repr(Vm& vm, Value value);   ///< a str
[[nodiscard]] Ref str(Vm& vm, Value value);    ///< a str
[[nodiscard]] Ref ascii(Vm& vm, Value value);  ///< a str
[[nodiscard]] Ref format(Vm& vm, Value value, Value spec);  ///< spec: a str or null
[[nodiscard]] bool hash(Vm& vm, Value value, std::int64_t& out);
[[nodiscard]] bool truth(Vm& vm, Value value, bool& out);
[[nodiscard]] Ref compare(Vm& vm, Value a, Value b, CompareOp op);
/// compare and truth of the result; Equal and NotEqual take identity as equality (as containers do).
[[nodiscard]] bool compare_bool(Vm& vm, Value a, Value b, CompareOp op, bool& out);
[[nodiscard]] inline bool equal(Vm& vm, Value a, Value b, bool& out) { return compare_bool(vm, a, b, CompareOp::Equal, out); }
[[nodiscard]] bool is_instance(Vm& vm, Value object, Value class_or_tuple, bool& out);
[[nodiscard]] bool is_subclass(Vm& vm, Value type, Value class_or_tuple, bool& out);
[[nodiscard]] Ref directory(Vm& vm, Value object);  ///< dir(object)

// --- numbers
[[nodiscard]] Ref binary(Vm& vm, Value a, Value b, BinaryOp op);
[[nodiscard]] Ref in_place(Vm& vm, Value a, Value b, BinaryOp op);
[[nodiscard]] Ref power(Vm& vm, Value base, Value exponent, Value modulus);
[[nodiscard]] Ref negative(Vm& vm, Value value);
[[nodiscard]] Ref positive(Vm& vm, Value value);
[[nodiscard]] Ref invert(Vm& vm, Value value);
[[nodiscard]] Ref absolute(Vm& vm, Value value);
/// operator.index: an int (exact or subclass). TypeError otherwise.
[[nodiscard]] Ref to_index(Vm& vm, Value value);
[[nodiscard]] bool has_index(Vm& vm, Value value);
/// As an index into something; out of range: `overflow` raised (null: clamped).
[[nodiscard]] std::optional<std::int64_t> to_ssize(Vm& vm, Value value, TypeObject* overflow);
/// Any int within 64 bits; OverflowError otherwise ("Python int too large to convert to C long").
[[nodiscard]] std::optional<std::int64_t> to_int64(Vm& vm, Value value);
[[nodiscard]] std::optional<double> to_double(Vm& vm, Value value);  ///< float(), __float__ and __index__ included
[[nodiscard]] Ref to_int(Vm& vm, Value value);    ///< int(value)
[[nodiscard]] Ref to_float(Vm& vm, Value value);  ///< float(value)

// --- containers and iteration
[[nodiscard]] std::optional<std::size_t> length(Vm& vm, Value object);
/// operator.length_hint with a default.
[[nodiscard]] std::optional<std::size_t> length_hint(Vm& vm, Value object, std::size_t otherwise);
[[nodiscard]] Ref get_item(Vm& vm, Value object, Value key);
[[nodiscard]] Ref get_item(Vm& vm, Value object, std::int64_t index);
[[nodiscard]] bool set_item(Vm& vm, Value object, Value key, Value value);
[[nodiscard]] bool delete_item(Vm& vm, Value object, Value key);
[[nodiscard]] bool contains(Vm& vm, Value container, Value item, bool& out);
[[nodiscard]] Ref get_iter(Vm& vm, Value object);
/// The next item; null at the end (no exception) and on failure (has_error).
[[nodiscard]] Ref iter_next(Vm& vm, Value iterator);
[[nodiscard]] bool is_iterator(Vm& vm, Value object);
[[nodiscard]] Own<struct ListObject> to_list(Vm& vm, Value iterable);
[[nodiscard]] Own<TupleObject> to_tuple(Vm& vm, Value iterable);
/// A list or tuple as it is, anything else as a list; TypeError with `message` when not iterable.
[[nodiscard]] Ref fast_sequence(Vm& vm, Value iterable, std::string_view message);
/// The items of a fast_sequence result (valid while it is not changed).
[[nodiscard]] std::span<const Value> sequence_items(Value list_or_tuple);

/// Calls `action(Value item)` (bool: go on; false: an exception is set) for each item. False: an exception is set.
template <class Action>
[[nodiscard]] bool for_each(Vm& vm, Value iterable, Action action) {
  VM_TRY(Ref iterator, get_iter(vm, iterable));
  for (;;) {
    Ref item = iter_next(vm, iterator);
    if (!item) return !has_error(vm);
    if (!action(item.get())) return false;
  }
}

// --- recursion: guards every native function that may call itself through Python values (repr, compare, hash, ...).
class [[nodiscard]] RecursionGuard {
 public:
  /// `where`: " while calling a Python object", " in comparison", ...
  RecursionGuard(Vm& vm, std::string_view where);
  ~RecursionGuard();
  RecursionGuard(const RecursionGuard&) = delete;
  RecursionGuard& operator=(const RecursionGuard&) = delete;
  /// False: RecursionError is set.
  explicit operator bool() const { return entered_; }

 private:
  Vm* vm_;
  bool entered_;
};
/// For repr of containers: whether `object` is being printed already further out (then print "[...]").
class [[nodiscard]] ReprGuard {
 public:
  ReprGuard(Vm& vm, Value object);
  ~ReprGuard();
  ReprGuard(const ReprGuard&) = delete;
  ReprGuard& operator=(const ReprGuard&) = delete;
  [[nodiscard]] bool is_cycle() const { return is_cycle_; }

 private:
  Vm* vm_;
  bool is_cycle_;
};

/// Long native work (a big product, a sort, a regex) tells how much it does, in units of about one instruction.
/// False: a limit is reached or a signal handler raised; the exception is set.
[[nodiscard]] bool charge_work(Vm& vm, std::uint64_t units);

}  // namespace ouro::vm
