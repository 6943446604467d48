// set and frozenset: the types, their methods and iterator. CPython 3.13 Objects/setobject.c.
#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/list.h"
#include "vm/objects/set_table.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

SetObject* set_of(Value value) { return value.as<SetObject>(); }

void set_dealloc(Vm& vm, Object* self) {
  auto* set = static_cast<SetObject*>(self);
  vm.heap.untrack(set);
  set_clear_all(vm, set);
  free_object(vm, self, set->type->basic_size);
}
void set_traverse(Object* self, Visitor& visit) {
  const auto* set = static_cast<SetObject*>(self);
  std::size_t position = 0;
  while (const SetEntry* entry = set_next_entry(set, position)) visit(entry->key);
}
void set_clear_slot(Vm& vm, Object* self) { set_clear_all(vm, static_cast<SetObject*>(self)); }

Ref set_construct(Vm& vm, TypeObject* type, const CallArgs&) { return new_set_of(vm, type); }
bool set_init(Vm& vm, Value self, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "set"));
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "set expected at most 1 argument, got {}", call.positional);
  set_clear_all(vm, set_of(self));
  return call.positional == 0 || set_update(vm, set_of(self), call.values[0]);
}
Ref frozenset_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (type->slots.init == vm.types.frozenset->slots.init) VM_CHECK(no_keywords(vm, call, "frozenset"));
  if (call.positional > 1) {
    return raise(vm, vm.exc.TypeError, "frozenset expected at most 1 argument, got {}", call.positional);
  }
  if (type == vm.types.frozenset && call.positional == 1 && is_exact(vm, call.values[0], type)) return Ref::share(call.values[0]);
  VM_TRY(Own<SetObject> set, new_set_of(vm, type));
  if (call.positional == 1) VM_CHECK(set_update(vm, set, call.values[0]));
  return set;
}

Ref set_repr(Vm& vm, Value self) {
  StrBuilder out(vm);
  const bool plain = is_exact(vm, self, vm.types.set);
  if (!plain || set_of(self)->used == 0) out.append(type_of(vm, self)->name);
  if (set_of(self)->used == 0) {
    out.append(std::string_view("()"));
    return out.finish();
  }
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) {
    if (plain) out.append(type_of(vm, self)->name);
    out.append(std::string_view("(...)"));
    return out.finish();
  }
  RecursionGuard recursion(vm, " while getting the repr of an object");
  if (!recursion) return {};
  VM_TRY(Own<ListObject> items, to_list(vm, self));
  std::string_view before = plain ? "{" : "({";
  for (const Value item : items->view()) {
    VM_TRY(Ref text, repr(vm, item));
    out.append(before);
    out.append(text.as<StrObject>());
    before = ", ";
  }
  out.append(plain ? std::string_view("}") : std::string_view("})"));
  return out.finish();
}

std::uint64_t shuffle_bits(std::uint64_t h) { return ((h ^ 89869747U) ^ (h << 16U)) * 3644798167U; }

// Order does not matter, so the parts are combined by exclusive or (CPython's frozenset_hash).
bool frozenset_hash(Vm&, Value self, std::int64_t& out) {
  auto* set = set_of(self);
  if (set->hash == -1) {
    std::uint64_t h = 0;
    std::size_t position = 0;
    while (const SetEntry* entry = set_next_entry(set, position)) h ^= shuffle_bits(static_cast<std::uint64_t>(entry->hash));
    h ^= (set->used + 1) * 1927868237U;
    h ^= (h >> 11U) ^ (h >> 25U);
    h = h * 69069U + 907133923U;
    if (h == ~std::uint64_t{0}) h = 590923713U;
    set->hash = static_cast<std::int64_t>(h);
  }
  out = set->hash;
  return true;
}

bool is_subset(Vm& vm, SetObject* a, SetObject* b, bool& out) {
  out = false;
  if (a->used > b->used) return true;
  std::size_t position = 0;
  while (const SetEntry* entry = set_next_entry(a, position)) {
    const Ref key = Ref::share(entry->key);
    bool inside = false;
    VM_CHECK(set_contains_hashed(vm, b, key, entry->hash, inside));
    if (!inside) return true;
  }
  out = true;
  return true;
}

Ref set_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_set(other)) return Ref::not_implemented();
  auto *a = set_of(self), *b = set_of(other);
  bool out = false;
  switch (op) {
    case CompareOp::Equal:
    case CompareOp::NotEqual:
      if (a->used == b->used && (a->hash == -1 || b->hash == -1 || a->hash == b->hash)) VM_CHECK(is_subset(vm, a, b, out));
      return Ref::boolean(out == (op == CompareOp::Equal));
    case CompareOp::Less:
      if (a->used < b->used) VM_CHECK(is_subset(vm, a, b, out));
      return Ref::boolean(out);
    case CompareOp::LessEqual: VM_CHECK(is_subset(vm, a, b, out)); return Ref::boolean(out);
    case CompareOp::Greater:
      if (a->used > b->used) VM_CHECK(is_subset(vm, b, a, out));
      return Ref::boolean(out);
    case CompareOp::GreaterEqual: VM_CHECK(is_subset(vm, b, a, out)); return Ref::boolean(out);
  }
  return Ref::not_implemented();
}
bool set_length(Vm&, Value self, std::size_t& out) {
  out = set_of(self)->used;
  return true;
}

/// A set as a key stands for the frozenset of its items. `out` is the key to look for.
bool as_key(Vm& vm, Value key, Ref& out) {
  std::int64_t ignored = 0;
  if (!is_set(key) || hash(vm, key, ignored)) {
    out = Ref::share(key);
    return !has_error(vm);
  }
  if (!catch_error(vm, vm.exc.TypeError)) return false;
  VM_TRY(out, new_frozenset(vm, key));
  return true;
}
bool set_contains_slot(Vm& vm, Value self, Value key, bool& out) {
  if (!is_set(key)) return set_contains(vm, set_of(self), key, out);
  Ref frozen;
  VM_CHECK(as_key(vm, key, frozen));
  return set_contains(vm, set_of(self), frozen, out);
}

/// What set methods make from `self`: a set or frozenset, whatever its subclass.
Own<SetObject> like(Vm& vm, Value self, Value iterable = {}) {
  TypeObject* type = is_instance_of(vm, self, vm.types.frozenset) ? vm.types.frozenset : vm.types.set;
  VM_TRY(Own<SetObject> result, new_set_of(vm, type));
  if (!iterable.is_null()) VM_CHECK(set_update(vm, result, iterable));
  return result;
}

Own<SetObject> intersect(Vm& vm, Value self, Value other) {
  if (self == other) return like(vm, self, self);
  VM_TRY(Own<SetObject> result, like(vm, self));
  SetObject* tested = set_of(self);
  if (is_set(other)) {
    SetObject* walked = set_of(other);
    if (walked->used > tested->used) std::swap(walked, tested);
    std::size_t position = 0;
    while (const SetEntry* entry = set_next_entry(walked, position)) {
      const Ref key = Ref::share(entry->key);
      const std::int64_t hash_value = entry->hash;
      bool inside = false;
      VM_CHECK(set_contains_hashed(vm, tested, key, hash_value, inside));
      if (inside) VM_CHECK(set_add_hashed(vm, result, key, hash_value));
    }
    return result;
  }
  VM_CHECK(for_each(vm, other, [&](Value item) -> bool {
    bool inside = false;
    VM_CHECK(set_contains(vm, tested, item, inside));
    return !inside || set_add(vm, result, item);
  }));
  return result;
}

bool subtract_from(Vm& vm, SetObject* set, Value other) {
  if (Value(set) == other) {
    set_clear_all(vm, set);
    return true;
  }
  bool found = false;
  if (is_set(other)) {
    SetObject* theirs = set_of(other);
    std::size_t position = 0;
    while (const SetEntry* entry = set_next_entry(theirs, position)) {
      const Ref key = Ref::share(entry->key);
      VM_CHECK(set_discard_hashed(vm, set, key, entry->hash, found));
    }
  } else {
    VM_CHECK(for_each(vm, other, [&](Value item) { return set_discard(vm, set, item, found); }));
  }
  if ((set->filled - set->used) > set->mask / 5) {
    return set_resize(vm, set, set->used > 50000 ? set->used * 2 : set->used * 4);
  }
  return true;
}

Own<SetObject> subtract(Vm& vm, Value self, Value other) {
  SetObject* own = set_of(self);
  const bool is_other_set = is_set(other), is_other_dict = is_exact(vm, other, vm.types.dict);
  const std::size_t theirs = is_other_set ? set_of(other)->used : (is_other_dict ? other.as<DictObject>()->used : 0);
  if ((!is_other_set && !is_other_dict) || own->used / 4 > theirs) {
    VM_TRY(Own<SetObject> result, like(vm, self, self));
    VM_CHECK(subtract_from(vm, result, other));
    return result;
  }
  VM_TRY(Own<SetObject> result, like(vm, self));
  std::size_t position = 0;
  while (const SetEntry* entry = set_next_entry(own, position)) {
    const Ref key = Ref::share(entry->key);
    const std::int64_t hash_value = entry->hash;
    bool inside = false;
    if (is_other_set) {
      VM_CHECK(set_contains_hashed(vm, set_of(other), key, hash_value, inside));
    } else {
      Value found;
      VM_CHECK(dict_find_hashed(vm, other.as<DictObject>(), key, hash_value, found));
      inside = !found.is_null();
    }
    if (!inside) VM_CHECK(set_add_hashed(vm, result, key, hash_value));
  }
  return result;
}

bool toggle_into(Vm& vm, SetObject* set, Value other) {
  if (Value(set) == other) {
    set_clear_all(vm, set);
    return true;
  }
  VM_TRY(Own<SetObject> theirs, new_set(vm));
  SetObject* walked = theirs;
  if (is_exact(vm, other, vm.types.dict)) {
    const auto* dict = other.as<DictObject>();
    for (std::size_t i = 0; i < dict->entry_count; ++i) {
      const DictEntry entry = dict->entries[i];
      if (entry.key.is_null()) continue;
      const Ref key = Ref::share(entry.key);
      bool found = false;
      VM_CHECK(set_discard_hashed(vm, set, key, entry.hash, found));
      if (!found) VM_CHECK(set_add_hashed(vm, set, key, entry.hash));
    }
    return true;
  }
  if (is_set(other)) {
    walked = set_of(other);
  } else {
    VM_CHECK(set_update(vm, theirs, other));
  }
  std::size_t position = 0;
  while (const SetEntry* entry = set_next_entry(walked, position)) {
    const Ref key = Ref::share(entry->key);
    const std::int64_t hash_value = entry->hash;
    bool found = false;
    VM_CHECK(set_discard_hashed(vm, set, key, hash_value, found));
    if (!found) VM_CHECK(set_add_hashed(vm, set, key, hash_value));
  }
  return true;
}

// --- operators: both sides are sets
template <BinaryOp kOp>
Ref set_binary(Vm& vm, Value a, Value b) {
  if (!is_set(a) || !is_set(b)) return Ref::not_implemented();
  if constexpr (kOp == BinaryOp::And) return intersect(vm, a, b);
  if constexpr (kOp == BinaryOp::Subtract) return subtract(vm, a, b);
  if constexpr (kOp == BinaryOp::Or) {
    VM_TRY(Own<SetObject> result, like(vm, a, a));
    VM_CHECK(set_update(vm, result, b));
    return result;
  }
  // CPython starts from a copy of the other side: the order of the result shows it.
  VM_TRY(Own<SetObject> result, like(vm, a, b));
  VM_CHECK(toggle_into(vm, result, a));
  return result;
}
template <BinaryOp kOp>
Ref set_in_place(Vm& vm, Value self, Value other) {
  if (!is_set(other)) return Ref::not_implemented();
  if constexpr (kOp == BinaryOp::And) {
    VM_TRY(Own<SetObject> result, intersect(vm, self, other));
    set_swap_bodies(set_of(self), result);
  } else if constexpr (kOp == BinaryOp::Subtract) {
    VM_CHECK(subtract_from(vm, set_of(self), other));
  } else if constexpr (kOp == BinaryOp::Or) {
    VM_CHECK(set_update(vm, set_of(self), other));
  } else {
    VM_CHECK(toggle_into(vm, set_of(self), other));
  }
  return Ref::share(self);
}

// --- methods
Ref set_add_method(Vm& vm, Value self, Value item) {
  VM_CHECK(set_add(vm, set_of(self), item));
  return Ref::none();
}
Ref set_clear_method(Vm& vm, Value self) {
  set_clear_all(vm, set_of(self));
  return Ref::none();
}
Ref set_copy(Vm& vm, Value self) { return like(vm, self, self); }
Ref frozenset_copy(Vm& vm, Value self) {
  if (is_exact(vm, self, vm.types.frozenset)) return Ref::share(self);
  return like(vm, self, self);
}
Ref set_discard_method(Vm& vm, Value self, Value item) {
  Ref key;
  VM_CHECK(as_key(vm, item, key));
  bool found = false;
  VM_CHECK(set_discard(vm, set_of(self), key, found));
  return Ref::none();
}
Ref set_remove(Vm& vm, Value self, Value item) {
  Ref key;
  VM_CHECK(as_key(vm, item, key));
  bool found = false;
  VM_CHECK(set_discard(vm, set_of(self), key, found));
  if (!found) return raise_with(vm, vm.exc.KeyError, item);
  return Ref::none();
}
Ref set_pop(Vm& vm, Value self) {
  auto* set = set_of(self);
  if (set->used == 0) return raise(vm, vm.exc.KeyError, "pop from an empty set");
  std::size_t i = set->finger & set->mask;
  while (set->table[i].key.is_null() || set->table[i].key == kDeletedKey) i = (i + 1) & set->mask;
  Ref key = Ref::adopt(set->table[i].key);
  set->table[i] = {kDeletedKey, -1};
  --set->used;
  set->finger = i + 1;
  return key;
}
Ref set_contains_method(Vm& vm, Value self, Value key) {
  bool out = false;
  VM_CHECK(set_contains_slot(vm, self, key, out));
  return Ref::boolean(out);
}
Ref set_union(Vm& vm, Value self, Args& args) {
  VM_TRY(Own<SetObject> result, like(vm, self, self));
  for (const Value other : args.rest) VM_CHECK(set_update(vm, result, other));
  return result;
}
Ref set_update_method(Vm& vm, Value self, Args& args) {
  for (const Value other : args.rest) VM_CHECK(set_update(vm, set_of(self), other));
  return Ref::none();
}
Own<SetObject> intersect_all(Vm& vm, Value self, Args& args) {
  if (args.rest.empty()) return like(vm, self, self);
  Own<SetObject> result;
  Ref current = Ref::share(self);
  for (const Value other : args.rest) {
    VM_TRY(result, intersect(vm, current, other));
    current = Ref::share(result.get());
  }
  return result;
}
Ref set_intersection(Vm& vm, Value self, Args& args) { return intersect_all(vm, self, args); }
Ref set_intersection_update(Vm& vm, Value self, Args& args) {
  VM_TRY(Own<SetObject> result, intersect_all(vm, self, args));
  set_swap_bodies(set_of(self), result);
  return Ref::none();
}
Ref set_difference(Vm& vm, Value self, Args& args) {
  if (args.rest.empty()) return like(vm, self, self);
  VM_TRY(Own<SetObject> result, subtract(vm, self, args.rest[0]));
  for (const Value other : args.rest.subspan(1)) VM_CHECK(subtract_from(vm, result, other));
  return result;
}
Ref set_difference_update(Vm& vm, Value self, Args& args) {
  for (const Value other : args.rest) VM_CHECK(subtract_from(vm, set_of(self), other));
  return Ref::none();
}
Ref set_symmetric_difference(Vm& vm, Value self, Value other) {
  VM_TRY(Own<SetObject> result, like(vm, self, other));
  VM_CHECK(toggle_into(vm, result, self));
  return result;
}
Ref set_symmetric_difference_update(Vm& vm, Value self, Value other) {
  VM_CHECK(toggle_into(vm, set_of(self), other));
  return Ref::none();
}
Ref set_isdisjoint(Vm& vm, Value self, Value other) {
  SetObject* tested = set_of(self);
  if (self == other) return Ref::boolean(tested->used == 0);
  Ref walked = Ref::share(other);
  if (is_set(other) && set_of(other)->used > tested->used) {
    tested = set_of(other);
    walked = Ref::share(self);
  }
  VM_TRY(Ref iterator, get_iter(vm, walked));
  for (;;) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      return Ref::boolean(true);
    }
    bool inside = false;
    VM_CHECK(set_contains(vm, tested, item, inside));
    if (inside) return Ref::boolean(false);
  }
}
Ref set_issubset(Vm& vm, Value self, Value other) {
  Own<SetObject> theirs;
  if (is_set(other)) {
    theirs = Own<SetObject>::share(set_of(other));
  } else {
    // Only what both have counts, so nothing else need be kept.
    VM_TRY(theirs, intersect(vm, self, other));
    return Ref::boolean(theirs->used == set_of(self)->used);
  }
  bool out = false;
  VM_CHECK(is_subset(vm, set_of(self), theirs, out));
  return Ref::boolean(out);
}
Ref set_issuperset(Vm& vm, Value self, Value other) {
  bool out = false;
  if (is_set(other)) {
    VM_CHECK(is_subset(vm, set_of(other), set_of(self), out));
    return Ref::boolean(out);
  }
  VM_TRY(Ref iterator, get_iter(vm, other));
  for (;;) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      return Ref::boolean(true);
    }
    VM_CHECK(set_contains(vm, set_of(self), item, out));
    if (!out) return Ref::boolean(false);
  }
}
Ref set_reduce(Vm& vm, Value self) {
  VM_TRY(Own<ListObject> items, to_list(vm, self));
  VM_TRY(Ref arguments, new_tuple(vm, {Value(items.get())}));
  VM_TRY(Ref state, call_method(vm, self, vm.names.d_getstate));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
}
Ref set_sizeof(Vm&, Value self) {
  const auto* set = set_of(self);
  return Ref::small(static_cast<std::int64_t>(200 + (set->table == set->small ? 0 : (set->mask + 1) * sizeof(SetEntry))));
}

constexpr MethodSpec kSetMethods[] = {
    {"add($self, object, /)", set_add_method, "Puts an element in."},
    {"clear($self, /)", set_clear_method, "Takes all elements out."},
    {"__contains__($self, object, /)", set_contains_method, "x.__contains__(y) <==> y in x."},
    {"copy($self, /)", set_copy, "A new set of the same elements."},
    {"discard($self, object, /)", set_discard_method, "Takes an element out if it is there."},
    {"difference($self, /, *others)", set_difference, "The elements that no other has."},
    {"difference_update($self, /, *others)", set_difference_update, "Takes out what others have."},
    {"intersection($self, /, *others)", set_intersection, "The elements that all others have too."},
    {"intersection_update($self, /, *others)", set_intersection_update, "Keeps what all others have."},
    {"isdisjoint($self, other, /)", set_isdisjoint, "Whether nothing is in both."},
    {"issubset($self, other, /)", set_issubset, "Whether other has every element."},
    {"issuperset($self, other, /)", set_issuperset, "Whether every element of other is here."},
    {"pop($self, /)", set_pop, "Takes some element out and gives it; KeyError when empty."},
    {"__reduce__($self, /)", set_reduce, "Return state information for pickling."},
    {"remove($self, object, /)", set_remove, "Takes an element out; KeyError if it is not there."},
    {"__sizeof__($self, /)", set_sizeof, "S.__sizeof__() -> size of S in memory, in bytes."},
    {"symmetric_difference($self, other, /)", set_symmetric_difference, "The elements that only one of both has."},
    {"symmetric_difference_update($self, other, /)", set_symmetric_difference_update, "Keeps what only one of both has."},
    {"union($self, /, *others)", set_union, "The elements of all."},
    {"update($self, /, *others)", set_update_method, "Adds the elements of all others."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr MethodSpec kFrozensetMethods[] = {
    {"__contains__($self, object, /)", set_contains_method, "x.__contains__(y) <==> y in x."},
    {"copy($self, /)", frozenset_copy, "The same elements."},
    {"difference($self, /, *others)", set_difference, "The elements that no other has."},
    {"intersection($self, /, *others)", set_intersection, "The elements that all others have too."},
    {"isdisjoint($self, other, /)", set_isdisjoint, "Whether nothing is in both."},
    {"issubset($self, other, /)", set_issubset, "Whether other has every element."},
    {"issuperset($self, other, /)", set_issuperset, "Whether every element of other is here."},
    {"__reduce__($self, /)", set_reduce, "Return state information for pickling."},
    {"__sizeof__($self, /)", set_sizeof, "S.__sizeof__() -> size of S in memory, in bytes."},
    {"symmetric_difference($self, other, /)", set_symmetric_difference, "The elements that only one of both has."},
    {"union($self, /, *others)", set_union, "The elements of all."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};

struct SetIteratorObject : GcObject {
  SetObject* set;  ///< null: exhausted
  std::size_t used;
  std::size_t position;
  std::size_t left;
};

Ref set_iter(Vm& vm, Value self) {
  auto* iterator = allocate<SetIteratorObject>(vm, vm.types.set_iterator);
  if (iterator == nullptr) return {};
  iterator->set = set_of(self);
  incref(self);
  iterator->used = iterator->left = iterator->set->used;
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}

constexpr TypeSlots frozenset_slots() {
  TypeSlots s;
  s.dealloc = set_dealloc;
  s.traverse = set_traverse;
  s.clear = set_clear_slot;
  s.construct = frozenset_construct;
  s.repr = set_repr;
  s.hash = frozenset_hash;
  s.compare = set_compare;
  s.iter = set_iter;
  s.length = set_length;
  s.contains = set_contains_slot;
  s.binary[static_cast<std::size_t>(BinaryOp::And)] = set_binary<BinaryOp::And>;
  s.binary[static_cast<std::size_t>(BinaryOp::Or)] = set_binary<BinaryOp::Or>;
  s.binary[static_cast<std::size_t>(BinaryOp::Xor)] = set_binary<BinaryOp::Xor>;
  s.binary[static_cast<std::size_t>(BinaryOp::Subtract)] = set_binary<BinaryOp::Subtract>;
  return s;
}
constexpr TypeSlots set_slots() {
  TypeSlots s = frozenset_slots();
  s.construct = set_construct;
  s.init = set_init;
  s.hash = nullptr;
  s.in_place[static_cast<std::size_t>(BinaryOp::And)] = set_in_place<BinaryOp::And>;
  s.in_place[static_cast<std::size_t>(BinaryOp::Or)] = set_in_place<BinaryOp::Or>;
  s.in_place[static_cast<std::size_t>(BinaryOp::Xor)] = set_in_place<BinaryOp::Xor>;
  s.in_place[static_cast<std::size_t>(BinaryOp::Subtract)] = set_in_place<BinaryOp::Subtract>;
  return s;
}

// --- the iterator
void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<SetIteratorObject*>(self);
  vm.heap.untrack(iterator);
  if (iterator->set != nullptr) decref(static_cast<Object*>(iterator->set));
  free_object(vm, self, sizeof(SetIteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) { visit(static_cast<SetIteratorObject*>(self)->set); }
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<SetIteratorObject>();
  if (iterator->set == nullptr) return {};
  if (iterator->used != iterator->set->used) {
    iterator->used = SIZE_MAX;
    return raise(vm, vm.exc.RuntimeError, "Set changed size during iteration");
  }
  const SetEntry* entry = set_next_entry(iterator->set, iterator->position);
  if (entry != nullptr) {
    if (iterator->left > 0) --iterator->left;
    return Ref::share(entry->key);
  }
  SetObject* done = std::exchange(iterator->set, nullptr);
  decref(static_cast<Object*>(done));
  return {};
}
Ref iterator_length_hint(Vm&, Value self) {
  const auto* iterator = self.as<SetIteratorObject>();
  const bool valid = iterator->set != nullptr && iterator->used == iterator->set->used;
  return Ref::small(valid ? static_cast<std::int64_t>(iterator->left) : 0);
}
Ref iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<SetIteratorObject>();
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  VM_TRY(Own<ListObject> rest, new_list(vm));
  if (iterator->set != nullptr) {
    std::size_t position = iterator->position;
    while (const SetEntry* entry = set_next_entry(iterator->set, position)) VM_CHECK(list_append(vm, rest, entry->key));
  }
  VM_TRY(Ref arguments, new_tuple(vm, {Value(rest.get())}));
  return new_tuple(vm, {maker.get(), arguments.get()});
}
constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint},
    {"__reduce__($self, /)", iterator_reduce},
};
constexpr TypeSlots iterator_slots() {
  TypeSlots s;
  s.dealloc = iterator_dealloc;
  s.traverse = iterator_traverse;
  s.iter = iter_self;
  s.next = iterator_next;
  return s;
}

}  // namespace

const TypeSpec kSetType = {
    .name = "set",
    .basic_size = sizeof(SetObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeMatchSelf | kTypeSet,
    .doc = "set(iterable=(), /)\n--\n\nA collection without order and duplicates, which may change.",
    .slots = set_slots(),
    .methods = kSetMethods,
    .weakref_offset = offsetof(SetObject, weakrefs),
};
const TypeSpec kFrozensetType = {
    .name = "frozenset",
    .basic_size = sizeof(SetObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeMatchSelf | kTypeSet,
    .doc = "frozenset(iterable=(), /)\n--\n\nA collection without order and duplicates that does not change.",
    .slots = frozenset_slots(),
    .methods = kFrozensetMethods,
    .weakref_offset = offsetof(SetObject, weakrefs),
};
const TypeSpec kSetIteratorType = {
    .name = "set_iterator",
    .basic_size = sizeof(SetIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

}  // namespace ouro::vm
