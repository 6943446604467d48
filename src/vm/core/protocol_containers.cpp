// Containers and iteration (CPython 3.13 Objects/abstract.c).
#include "vm/interpreter/breaker.h"
#include "vm/core/protocol.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

std::optional<std::size_t> length(Vm& vm, Value object) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.length == nullptr)
    return raise(vm, vm.exc.TypeError, "object of type '{}' has no len()", type->display_name());
  std::size_t out = 0;
  VM_CHECK(type->slots.length(vm, object, out));
  return out;
}

std::optional<std::size_t> length_hint(Vm& vm, Value object, std::size_t otherwise) {
  if (type_of(vm, object)->slots.length != nullptr) {
    const std::optional<std::size_t> size = length(vm, object);
    if (size || !catch_error(vm, vm.exc.TypeError)) return size;
  }
  Ref hint;
  VM_CHECK(lookup_special(vm, object, vm.names.d_length_hint, hint));
  if (!hint) return otherwise;
  const Ref result = call(vm, hint);
  if (!result) {
    if (catch_error(vm, vm.exc.TypeError)) return otherwise;
    return std::nullopt;
  }
  if (result.get() == kNotImplemented) return otherwise;
  if (!is_int(result)) return raise(vm, vm.exc.TypeError, "__length_hint__ must be an integer, not {}", type_name(vm, result));
  VM_TRY(std::int64_t size, to_ssize(vm, result, vm.exc.OverflowError));
  if (size < 0) return raise(vm, vm.exc.ValueError, "__length_hint__() should return >= 0");
  return static_cast<std::size_t>(size);
}

Ref get_item(Vm& vm, Value object, Value key) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.subscript != nullptr) return type->slots.subscript(vm, object, key);
  if (!is_type(object)) return raise(vm, vm.exc.TypeError, "'{}' object is not subscriptable", type->display_name());
  if (object == Value(vm.types.type)) return new_generic_alias(vm, object, key);
  Ref method;
  VM_CHECK(find_attribute(vm, object, vm.names.d_class_getitem, method));
  if (method && !method.is_none()) return call(vm, method, {key});
  return raise(vm, vm.exc.TypeError, "type '{}' is not subscriptable", object.as<TypeObject>()->display_name());
}

Ref get_item(Vm& vm, Value object, std::int64_t index) {
  VM_TRY(Ref key, new_int(vm, index));
  return get_item(vm, object, key);
}

bool set_item(Vm& vm, Value object, Value key, Value value) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.assign_subscript != nullptr) return type->slots.assign_subscript(vm, object, key, value);
  return raise(vm, vm.exc.TypeError, "'{}' object does not support item assignment", type->display_name());
}

bool delete_item(Vm& vm, Value object, Value key) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.assign_subscript != nullptr) return type->slots.assign_subscript(vm, object, key, Value());
  const bool is_sequence = type->has(kTypeHeap) || type->slots.concat != nullptr || type->slots.length != nullptr;
  return raise(vm, vm.exc.TypeError, "'{}' object {} support item deletion", type->display_name(),
               is_sequence && has_index(vm, key) ? "doesn't" : "does not");
}

bool contains_by_iteration(Vm& vm, Value container, Value item, bool& out) {
  out = false;
  const Ref iterator = get_iter(vm, container);
  if (!iterator) {
    if (catch_error(vm, vm.exc.TypeError))
      return raise(vm, vm.exc.TypeError, "argument of type '{}' is not iterable", type_name(vm, container));
    return false;
  }
  for (;;) {
    const Ref next = iter_next(vm, iterator);
    if (!next) return !has_error(vm);
    VM_CHECK(equal(vm, next, item, out));
    if (out) return true;
  }
}

bool contains(Vm& vm, Value container, Value item, bool& out) {
  TypeObject* type = type_of(vm, container);
  if (type->slots.contains != nullptr) return type->slots.contains(vm, container, item, out);
  return contains_by_iteration(vm, container, item, out);
}

Ref new_sequence_iterator(Vm& vm, Value sequence) {
  TypeObject* type = vm.types.sequence_iterator;
  const Value arguments[] = {sequence};
  return type->slots.construct(vm, type, CallArgs{arguments, 1, nullptr});
}

Ref get_iter(Vm& vm, Value object) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.iter == nullptr) {
    const bool is_sequence = type->slots.subscript != nullptr && !is_dict(object) &&
                             (type->has(kTypeHeap) || type->slots.concat != nullptr || type->has(kTypeSequence));
    if (is_sequence) return new_sequence_iterator(vm, object);
    return raise(vm, vm.exc.TypeError, "'{}' object is not iterable", type->display_name());
  }
  VM_TRY(Ref iterator, type->slots.iter(vm, object));
  if (!is_iterator(vm, iterator))
    return raise(vm, vm.exc.TypeError, "iter() returned non-iterator of type '{}'", type_name(vm, iterator));
  return iterator;
}

Ref iter_next(Vm& vm, Value iterator) {
  TypeObject* type = type_of(vm, iterator);
  if (type->slots.next == nullptr) return raise(vm, vm.exc.TypeError, "'{}' object is not an iterator", type->display_name());
  // Native loops over endless iterators are heard here.
  if ((vm.options.limits.fuel != 0 || vm.breaker.load(std::memory_order_relaxed) > kBreakCollect) && !charge_work(vm, 1)) return {};
  Ref item = type->slots.next(vm, iterator);
  if (!item) (void)catch_error(vm, vm.exc.StopIteration);
  return item;
}

Ref iter_self(Vm&, Value self) { return Ref::share(self); }

bool is_iterator(Vm& vm, Value object) { return type_of(vm, object)->slots.next != nullptr; }

Own<ListObject> to_list(Vm& vm, Value iterable) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  VM_CHECK(list_extend(vm, list, iterable));
  return list;
}

Own<TupleObject> to_tuple(Vm& vm, Value iterable) {
  if (is_exact(vm, iterable, vm.types.tuple)) return Own<TupleObject>::share(iterable.as<TupleObject>());
  VM_TRY(Own<ListObject> list, to_list(vm, iterable));
  return new_tuple(vm, list->view());
}

Ref fast_sequence(Vm& vm, Value iterable, std::string_view message) {
  if (is_exact(vm, iterable, vm.types.list) || is_exact(vm, iterable, vm.types.tuple)) return Ref::share(iterable);
  const Ref iterator = get_iter(vm, iterable);
  if (!iterator) {
    if (catch_error(vm, vm.exc.TypeError)) return raise(vm, vm.exc.TypeError, message);
    return {};
  }
  return to_list(vm, iterator);
}

std::span<const Value> sequence_items(Value list_or_tuple) {
  if (is_list(list_or_tuple)) return list_or_tuple.as<ListObject>()->view();
  return list_or_tuple.as<TupleObject>()->view();
}

}  // namespace ouro::vm
