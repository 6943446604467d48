// itertools: groupby and tee, whose iterators share a source. CPython 3.13 Modules/itertoolsmodule.c.
#include "vm/modules/itertools/itertools.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

constexpr std::uint32_t kFlags = kTypeContainer | kTypeImmutable;

// --- groupby
struct GroupByObject : GcObject {
  Value iterator, key_function;
  Value target_key;   ///< of the group given last
  Value current_key;  ///< of current_value
  Value current_value;
  const void* current_grouper;  ///< the group that may still take items
};
using GroupByLife = LifeOf<GroupByObject, &GroupByObject::iterator, &GroupByObject::key_function, &GroupByObject::target_key,
                           &GroupByObject::current_key, &GroupByObject::current_value>;
struct GrouperObject : GcObject {
  Value parent, target_key;
};
using GrouperLife = LifeOf<GrouperObject, &GrouperObject::parent, &GrouperObject::target_key>;

Ref groupby_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "groupby(iterable, key=None)", 2, call);
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  VM_TRY(Own<GroupByObject> self, make_instance<GroupByObject>(vm, type));
  assign(self->iterator, std::move(iterator));
  assign(self->key_function, args.get(1, kNone));
  return self;
}
/// Reads the next item and its key. False: the end, or an exception is set.
bool step(Vm& vm, GroupByObject* object) {
  Ref value = iter_next(vm, object->iterator);
  if (!value) return false;
  Ref key = object->key_function.is_none() ? value.clone() : call(vm, object->key_function, {value.get()});
  if (!key) return false;
  assign(object->current_value, std::move(value));
  assign(object->current_key, std::move(key));
  return true;
}
Ref make_grouper(Vm& vm, Value parent, Value target) {
  VM_TRY(Own<GrouperObject> grouper, make_instance<GrouperObject>(vm, vm.native_type(kGrouperType)));
  assign(grouper->parent, parent);
  assign(grouper->target_key, target);
  parent.as<GroupByObject>()->current_grouper = grouper.get();
  return grouper;
}
Ref groupby_next(Vm& vm, Value self) {
  auto* object = self.as<GroupByObject>();
  object->current_grouper = nullptr;
  // On to the first item with another key than the group given last.
  for (;;) {
    if (!object->current_key.is_null()) {
      if (object->target_key.is_null()) break;
      const Ref target = Ref::share(object->target_key), current = Ref::share(object->current_key);
      bool same = false;
      VM_CHECK(equal(vm, target, current, same));
      if (!same) break;
    }
    if (!step(vm, object)) return {};
    VM_CHECK(charge_work(vm, 1));
  }
  assign(object->target_key, object->current_key);
  VM_TRY(Ref grouper, make_grouper(vm, self, object->target_key));
  return new_tuple(vm, {object->current_key, grouper.get()});
}
Ref grouper_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "_grouper"));
  if (call.positional != 2) return raise(vm, vm.exc.TypeError, "_grouper expected 2 arguments, got {}", call.positional);
  if (!is_instance_of(vm, call.values[0], vm.native_type(kGroupByType))) {
    return raise(vm, vm.exc.TypeError, "_grouper() argument 1 must be itertools.groupby, not {}", type_name(vm, call.values[0]));
  }
  return make_grouper(vm, call.values[0], call.values[1]);
}
Ref grouper_next(Vm& vm, Value self) {
  auto* grouper = self.as<GrouperObject>();
  auto* parent = grouper->parent.as<GroupByObject>();
  if (parent->current_grouper != grouper) return {};
  if (parent->current_value.is_null() && !step(vm, parent)) return {};
  const Ref target = Ref::share(grouper->target_key), current = Ref::share(parent->current_key);
  bool same = false;
  VM_CHECK(equal(vm, target, current, same));
  if (!same) return {};
  return Ref::adopt(std::exchange(parent->current_value, Value()));
}
Ref groupby_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* object = self.as<GroupByObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {object->iterator, object->key_function}));
  if (object->target_key.is_null() || object->current_key.is_null() || object->current_value.is_null()) {
    return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
  }
  VM_TRY(Ref state, new_tuple(vm, {object->current_value, object->target_key, object->current_key}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
}
Ref groupby_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  if (!is_tuple(state) || state.as<TupleObject>()->size != 3) return raise(vm, vm.exc.TypeError, "state is not a tuple");
  const auto* parts = state.as<TupleObject>();
  auto* object = self.as<GroupByObject>();
  assign(object->current_value, (*parts)[0]);
  assign(object->target_key, (*parts)[1]);
  assign(object->current_key, (*parts)[2]);
  return Ref::none();
}
Ref grouper_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* grouper = self.as<GrouperObject>();
  if (grouper->parent.as<GroupByObject>()->current_grouper != grouper) {
    VM_TRY(Ref maker, builtin_named(vm, "iter"));
    VM_TRY(Ref empty, allocate_tuple(vm, 0));
    VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
    return new_tuple(vm, {maker.get(), arguments.get()});
  }
  VM_TRY(Ref arguments, new_tuple(vm, {grouper->parent, grouper->target_key}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}
constexpr MethodSpec kGroupByMethods[] = {
    {"__reduce__($self, /)", groupby_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", groupby_setstate, "Set state information for unpickling."},
};
constexpr MethodSpec kGrouperMethods[] = {{"__reduce__($self, /)", grouper_reduce, "Return state information for pickling."}};

template <class Life>
constexpr TypeSlots iterator_slots(Ref (*construct)(Vm&, TypeObject*, const CallArgs&), UnarySlot next) {
  TypeSlots s = Life::slots();
  s.construct = construct;
  s.iter = iter_self;
  s.next = next;
  return s;
}

// --- tee: links of items read so far, each owned by the iterators before it
constexpr std::size_t kLinkSize = 57;
struct TeeDataObject : GcObject {
  Value iterator;
  Value next;  ///< the next link, or null
  std::size_t read;
  bool running;
  Value items[kLinkSize];
};
struct TeeObject : GcObject {
  Value data;
  std::size_t index;
  WeakRefObject* weakrefs;
};

void data_dealloc(Vm& vm, Object* self) {
  auto* data = static_cast<TeeDataObject*>(self);
  vm.heap.untrack(data);
  xdecref(data->iterator);
  for (std::size_t i = 0; i < data->read; ++i) xdecref(data->items[i]);
  // A long chain of links ends link by link, not in ever deeper calls.
  Value next = std::exchange(data->next, Value());
  while (next.is_object() && next.object()->refcount == 1) {
    const Value after = std::exchange(next.as<TeeDataObject>()->next, Value());
    decref(next);
    next = after;
  }
  xdecref(next);
  free_object(vm, self, sizeof(TeeDataObject));
}
void data_traverse(Object* self, Visitor& visit) {
  auto* data = static_cast<TeeDataObject*>(self);
  visit(data->iterator);
  visit(data->next);
  for (std::size_t i = 0; i < data->read; ++i) visit(data->items[i]);
}
Own<TeeDataObject> make_data(Vm& vm, Value iterator) {
  VM_TRY(Own<TeeDataObject> data, make_instance<TeeDataObject>(vm, vm.native_type(kTeeDataType)));
  assign(data->iterator, iterator);
  return data;
}
Ref data_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "_tee_dataobject"));
  if (call.positional != 3) return raise(vm, vm.exc.TypeError, "_tee_dataobject expected 3 arguments, got {}", call.positional);
  if (!is_list(call.values[1])) return raise(vm, vm.exc.TypeError, "_tee_dataobject() argument 2 must be list, not {}",
                                             type_name(vm, call.values[1]));
  VM_TRY(Own<TeeDataObject> data, make_data(vm, call.values[0]));
  const auto* values = call.values[1].as<ListObject>();
  if (values->size > kLinkSize) return raise(vm, vm.exc.ValueError, "Invalid arguments");
  for (const Value item : values->view()) data->items[data->read++] = owned(item);
  const Value next = call.values[2];
  if (!next.is_none()) {
    if (data->read != kLinkSize || !is_exact(vm, next, vm.native_type(kTeeDataType))) {
      return raise(vm, vm.exc.ValueError, "Invalid arguments");
    }
    assign(data->next, next);
  }
  return data;
}
Ref data_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* data = self.as<TeeDataObject>();
  VM_TRY(Ref values, new_list(vm, {data->items, data->read}));
  VM_TRY(Ref arguments, new_tuple(vm, {data->iterator, values.get(), data->next.is_null() ? kNone : data->next}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}

Ref data_item(Vm& vm, TeeDataObject* data, std::size_t index) {
  if (index < data->read) return Ref::share(data->items[index]);
  if (data->running) return raise(vm, vm.exc.RuntimeError, "cannot re-enter the tee iterator");
  data->running = true;
  Ref item = iter_next(vm, data->iterator);
  data->running = false;
  if (!item) return {};
  data->items[data->read++] = owned(item.get());
  return item;
}
using TeeLife = LifeOf<TeeObject, &TeeObject::data>;
Ref tee_of(Vm& vm, Value data, std::size_t index) {
  VM_TRY(Own<TeeObject> tee, make_instance<TeeObject>(vm, vm.native_type(kTeeType)));
  assign(tee->data, data);
  tee->index = index;
  return tee;
}
Ref tee_copy(Vm& vm, Value self) { return tee_of(vm, self.as<TeeObject>()->data, self.as<TeeObject>()->index); }
Ref tee_from(Vm& vm, Value iterable) {
  VM_TRY(Ref iterator, get_iter(vm, iterable));
  if (is_exact(vm, iterator, vm.native_type(kTeeType))) return tee_copy(vm, iterator);
  VM_TRY(Own<TeeDataObject> data, make_data(vm, iterator));
  return tee_of(vm, Value(data.get()), 0);
}
Ref tee_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "_tee"));
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "_tee expected 1 argument, got {}", call.positional);
  return tee_from(vm, call.values[0]);
}
Ref tee_next(Vm& vm, Value self) {
  auto* tee = self.as<TeeObject>();
  if (tee->index >= kLinkSize) {
    auto* data = tee->data.as<TeeDataObject>();
    if (data->next.is_null()) {
      VM_TRY(Own<TeeDataObject> next, make_data(vm, data->iterator));
      assign(data->next, Value(next.get()));
    }
    assign(tee->data, Ref::share(data->next));
    tee->index = 0;
  }
  const Ref data = Ref::share(tee->data);
  Ref item = data_item(vm, data.as<TeeDataObject>(), tee->index);
  if (item) ++tee->index;
  return item;
}
Ref tee_reduce(Vm& vm, Value self) {
  VM_CHECK(warn_pickling(vm));
  const auto* tee = self.as<TeeObject>();
  VM_TRY(Ref empty, allocate_tuple(vm, 0));
  VM_TRY(Ref arguments, new_tuple(vm, {empty.get()}));
  VM_TRY(Ref state, new_tuple(vm, {tee->data, Value::small(static_cast<std::int64_t>(tee->index))}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
}
Ref tee_setstate(Vm& vm, Value self, Value state) {
  VM_CHECK(warn_pickling(vm));
  if (!is_tuple(state)) return raise(vm, vm.exc.TypeError, "state is not a tuple");
  const auto* parts = state.as<TupleObject>();
  if (parts->size != 2 || !is_exact(vm, (*parts)[0], vm.native_type(kTeeDataType))) {
    return raise(vm, vm.exc.TypeError, "function argument 1 must be itertools._tee_dataobject");
  }
  VM_TRY(std::int64_t index, to_ssize(vm, (*parts)[1], vm.exc.OverflowError));
  if (index < 0 || index > static_cast<std::int64_t>(kLinkSize)) return raise(vm, vm.exc.ValueError, "Index out of range");
  auto* tee = self.as<TeeObject>();
  assign(tee->data, (*parts)[0]);
  tee->index = static_cast<std::size_t>(index);
  return Ref::none();
}
constexpr MethodSpec kDataMethods[] = {{"__reduce__($self, /)", data_reduce, "Return state information for pickling."}};
constexpr MethodSpec kTeeMethods[] = {
    {"__reduce__($self, /)", tee_reduce, "Return state information for pickling."},
    {"__setstate__($self, object, /)", tee_setstate, "Set state information for unpickling."},
    {"__copy__($self, /)", tee_copy, "Returns an independent iterator."},
};
constexpr TypeSlots data_slots() {
  TypeSlots s;
  s.dealloc = data_dealloc;
  s.traverse = data_traverse;
  s.construct = data_construct;
  return s;
}

}  // namespace

Ref itertools_tee(Vm& vm, Value, Args& args) {
  VM_TRY(std::int64_t n, args.ssize(vm, 1, 2));
  if (n < 0) return raise(vm, vm.exc.ValueError, "n must be >= 0");
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, static_cast<std::size_t>(n)));
  if (n == 0) return result;
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  // An iterator that can copy itself is copied (a tee, or whatever has __copy__).
  VM_TRY(StrObject * copy_name, vm.intern("__copy__"));
  Ref copier;
  VM_CHECK(find_attribute(vm, iterator, copy_name, copier));
  Ref first;
  if (copier) {
    first = iterator.clone();
  } else {
    VM_TRY(first, tee_from(vm, iterator));
    VM_CHECK(find_attribute(vm, first, copy_name, copier));
  }
  result->items()[0] = first.release();
  for (std::size_t i = 1; i < static_cast<std::size_t>(n); ++i) {
    VM_TRY(Ref copy, call(vm, copier));
    result->items()[i] = copy.release();
  }
  return result;
}

const TypeSpec kGroupByType = {.name = "itertools.groupby", .basic_size = sizeof(GroupByObject),
                               .flags = kFlags | kTypeBaseType,
                               .doc = "groupby(iterable, key=None)\n--\n\nPairs of a key and the items in a row that have it.",
                               .slots = iterator_slots<GroupByLife>(groupby_construct, groupby_next), .methods = kGroupByMethods};
const TypeSpec kGrouperType = {.name = "itertools._grouper", .basic_size = sizeof(GrouperObject), .flags = kFlags,
                               .slots = iterator_slots<GrouperLife>(grouper_construct, grouper_next),
                               .methods = kGrouperMethods};
const TypeSpec kTeeType = {.name = "itertools._tee", .basic_size = sizeof(TeeObject), .flags = kFlags,
                           .doc = "_tee(iterable, /)\n--\n\nIterator wrapped to make it copyable.",
                           .slots = iterator_slots<TeeLife>(tee_construct, tee_next), .methods = kTeeMethods,
                           .weakref_offset = offsetof(TeeObject, weakrefs)};
const TypeSpec kTeeDataType = {.name = "itertools._tee_dataobject", .basic_size = sizeof(TeeDataObject), .flags = kFlags,
                               .slots = data_slots(), .methods = kDataMethods};

}  // namespace ouro::vm
