// Views of dicts (keys, values, items) and the iterators over them, both ways: CPython 3.13 Objects/dictobject.c.
#include <array>

#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

struct DictIteratorObject : GcObject {
  DictObject* dict;       ///< null: exhausted
  std::size_t used;       ///< of the dict when the iterator was made
  std::int64_t position;  ///< next entry to look at
  std::size_t left;       ///< items to come
  DictPart part;
  bool backwards;
};

void view_dealloc(Vm& vm, Object* self) {
  auto* view = static_cast<DictViewObject*>(self);
  vm.heap.untrack(view);
  decref(static_cast<Object*>(view->dict));
  free_object(vm, self, sizeof(DictViewObject));
}
void view_traverse(Object* self, Visitor& visit) { visit(static_cast<DictViewObject*>(self)->dict); }
DictObject* dict_of(Value self) { return self.as<DictViewObject>()->dict; }

void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<DictIteratorObject*>(self);
  vm.heap.untrack(iterator);
  if (iterator->dict != nullptr) decref(static_cast<Object*>(iterator->dict));
  free_object(vm, self, sizeof(DictIteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) { visit(static_cast<DictIteratorObject*>(self)->dict); }

Ref iterator_item(Vm& vm, const DictEntry& entry, DictPart part) {
  switch (part) {
    case DictPart::Keys: return Ref::share(entry.key);
    case DictPart::Values: return Ref::share(entry.value);
    case DictPart::Items: break;
  }
  return new_tuple(vm, {entry.key, entry.value});
}

Ref iterator_end(DictIteratorObject* iterator) {
  DictObject* done = std::exchange(iterator->dict, nullptr);
  decref(static_cast<Object*>(done));
  return {};
}

Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<DictIteratorObject>();
  const DictObject* dict = iterator->dict;
  if (dict == nullptr) return {};
  if (iterator->used != dict->used) {
    iterator->used = SIZE_MAX;  // stays in this state
    return raise(vm, vm.exc.RuntimeError, "dictionary changed size during iteration");
  }
  if (iterator->backwards) {
    while (iterator->position >= 0) {
      if (iterator->position >= static_cast<std::int64_t>(dict->entry_count)) {
        --iterator->position;
        continue;
      }
      const DictEntry& entry = dict->entries[iterator->position--];
      if (entry.key.is_null()) continue;
      if (iterator->left > 0) --iterator->left;
      return iterator_item(vm, entry, iterator->part);
    }
    return iterator_end(iterator);
  }
  while (iterator->position < static_cast<std::int64_t>(dict->entry_count)) {
    const DictEntry& entry = dict->entries[iterator->position++];
    if (entry.key.is_null()) continue;
    if (iterator->left == 0) {
      return raise(vm, vm.exc.RuntimeError, "dictionary keys changed during iteration");
    }
    --iterator->left;
    return iterator_item(vm, entry, iterator->part);
  }
  return iterator_end(iterator);
}

Ref iterator_length_hint(Vm&, Value self) {
  const auto* iterator = self.as<DictIteratorObject>();
  const bool valid = iterator->dict != nullptr && iterator->used == iterator->dict->used;
  return Ref::small(valid ? static_cast<std::int64_t>(iterator->left) : 0);
}
// The rest as a list: pickling and copying an iterator use no more than that.
Ref iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<DictIteratorObject>();
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  VM_TRY(Own<ListObject> rest, new_list(vm));
  if (iterator->dict != nullptr) {
    VM_TRY(Ref copy, new_dict_iterator(vm, iterator->dict, iterator->part, iterator->backwards));
    auto* other = copy.as<DictIteratorObject>();
    other->used = iterator->used;
    other->position = iterator->position;
    other->left = iterator->left;
    VM_CHECK(list_extend(vm, rest, copy));
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
constexpr TypeSpec iterator_spec(const char* name) {
  return {.name = name,
          .basic_size = sizeof(DictIteratorObject),
          .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
          .slots = iterator_slots(),
          .methods = kIteratorMethods};
}
const TypeSpec kReverseKeyIteratorType = iterator_spec("dict_reversekeyiterator");
const TypeSpec kReverseValueIteratorType = iterator_spec("dict_reversevalueiterator");
const TypeSpec kReverseItemIteratorType = iterator_spec("dict_reverseitemiterator");

// --- views
template <DictPart kPart>
Ref view_iter(Vm& vm, Value self) { return new_dict_iterator(vm, dict_of(self), kPart, false); }
template <DictPart kPart>
Ref view_reversed(Vm& vm, Value self) { return new_dict_iterator(vm, dict_of(self), kPart, true); }
bool view_length(Vm&, Value self, std::size_t& out) {
  out = dict_of(self)->used;
  return true;
}
Ref view_repr(Vm& vm, Value self) {
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "...");
  RecursionGuard recursion(vm, " while getting the repr of an object");
  if (!recursion) return {};
  VM_TRY(Own<ListObject> items, to_list(vm, self));
  VM_TRY(Ref text, repr(vm, items));
  StrBuilder out(vm);
  out.append_utf8(type_name(vm, self));
  out.append('(');
  out.append(text.as<StrObject>());
  out.append(')');
  return out.finish();
}
bool keys_contains(Vm& vm, Value self, Value key, bool& out) {
  Value found;
  VM_CHECK(dict_find(vm, dict_of(self), key, found));
  out = !found.is_null();
  return true;
}
bool items_contains(Vm& vm, Value self, Value item, bool& out) {
  out = false;
  if (!is_tuple(item) || item.as<TupleObject>()->size != 2) return true;
  const auto* pair = item.as<TupleObject>();
  Value found;
  VM_CHECK(dict_find(vm, dict_of(self), (*pair)[0], found));
  if (found.is_null()) return true;
  const Ref held = Ref::share(found);
  return equal(vm, held, (*pair)[1], out);
}

bool is_set_view(Vm& vm, Value value) {
  return is_instance_of(vm, value, vm.types.dict_keys) || is_instance_of(vm, value, vm.types.dict_items);
}

/// Whether every item of `a` is in `b`.
bool all_in(Vm& vm, Value a, Value b, bool& out) {
  VM_TRY(Ref iterator, get_iter(vm, a));
  for (;;) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      out = true;
      return !has_error(vm);
    }
    VM_CHECK(contains(vm, b, item, out));
    if (!out) return true;
  }
}

Ref view_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_set(other) && !is_set_view(vm, other)) return Ref::not_implemented();
  VM_TRY(std::size_t own, length(vm, self));
  VM_TRY(std::size_t theirs, length(vm, other));
  bool out = false;
  switch (op) {
    case CompareOp::Equal:
    case CompareOp::NotEqual:
      if (own == theirs) VM_CHECK(all_in(vm, self, other, out));
      return Ref::boolean(out == (op == CompareOp::Equal));
    case CompareOp::Less:
    case CompareOp::LessEqual:
      if (op == CompareOp::Less ? own < theirs : own <= theirs) VM_CHECK(all_in(vm, self, other, out));
      return Ref::boolean(out);
    case CompareOp::Greater:
    case CompareOp::GreaterEqual:
      if (op == CompareOp::Greater ? own > theirs : own >= theirs) VM_CHECK(all_in(vm, other, self, out));
      return Ref::boolean(out);
  }
  return Ref::not_implemented();
}

template <BinaryOp kOp>
Ref view_binary(Vm& vm, Value a, Value b) {
  if (!is_set_view(vm, a) && !is_set_view(vm, b)) return Ref::not_implemented();
  if constexpr (kOp == BinaryOp::And) {
    // The shorter side is gone through when it is a view too, as CPython does.
    Value view = a, other = b;
    if (!is_set_view(vm, a)) std::swap(view, other);
    VM_TRY(Own<SetObject> result, new_set(vm));
    if (is_set_view(vm, other) && dict_of(other)->used > dict_of(view)->used) std::swap(view, other);
    const Value tested = view;
    VM_CHECK(for_each(vm, other, [&](Value item) -> bool {
      bool inside = false;
      VM_CHECK(contains(vm, tested, item, inside));
      return !inside || set_add(vm, result, item);
    }));
    return result;
  }
  VM_TRY(Own<SetObject> result, new_set(vm));
  VM_CHECK(set_update(vm, result, a));
  if constexpr (kOp == BinaryOp::Or) {
    VM_CHECK(set_update(vm, result, b));
    return result;
  }
  if constexpr (kOp == BinaryOp::Subtract) {
    VM_CHECK(for_each(vm, b, [&](Value item) -> bool {
      bool found = false;
      return set_discard(vm, result, item, found);
    }));
    return result;
  }
  if constexpr (kOp == BinaryOp::Xor) {
    VM_TRY(Own<SetObject> others, new_set(vm));
    VM_CHECK(set_update(vm, others, b));
    std::size_t position = 0;
    Value item;
    while (set_next(others, position, item)) {
      const Ref held = Ref::share(item);
      bool found = false;
      VM_CHECK(set_discard(vm, result, held, found));
      if (!found) VM_CHECK(set_add(vm, result, held));
    }
    return result;
  }
  return Ref::not_implemented();
}

Ref view_isdisjoint(Vm& vm, Value self, Value other) {
  if (self == other) return Ref::boolean(dict_of(self)->used == 0);
  Value walked = other, tested = self;
  if ((is_set(other) || is_set_view(vm, other))) {
    VM_TRY(std::size_t theirs, length(vm, other));
    if (theirs > dict_of(self)->used) std::swap(walked, tested);
  }
  VM_TRY(Ref iterator, get_iter(vm, walked));
  for (;;) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      return Ref::boolean(true);
    }
    bool inside = false;
    VM_CHECK(contains(vm, tested, item, inside));
    if (inside) return Ref::boolean(false);
  }
}
Ref view_mapping(Vm& vm, Value self) { return new_mapping_proxy(vm, dict_of(self)); }

constexpr MethodSpec kKeysMethods[] = {
    {"isdisjoint($self, other, /)", view_isdisjoint, "Whether the view and an iterable have nothing in common."},
    {"__reversed__($self, /)", view_reversed<DictPart::Keys>, "An iterator from the last."},
};
constexpr MethodSpec kItemsMethods[] = {
    {"isdisjoint($self, other, /)", view_isdisjoint, "Whether the view and an iterable have nothing in common."},
    {"__reversed__($self, /)", view_reversed<DictPart::Items>, "An iterator from the last."},
};
constexpr MethodSpec kValuesMethods[] = {
    {"__reversed__($self, /)", view_reversed<DictPart::Values>, "An iterator from the last."},
};
constexpr GetSetSpec kViewGetSet[] = {
    {"mapping", view_mapping, nullptr, "dictionary that this view refers to"},
};

constexpr TypeSlots view_slots(UnarySlot iter) {
  TypeSlots s;
  s.dealloc = view_dealloc;
  s.traverse = view_traverse;
  s.repr = view_repr;
  s.iter = iter;
  s.length = view_length;
  return s;
}
constexpr TypeSlots set_view_slots(UnarySlot iter, bool (*test)(Vm&, Value, Value, bool&)) {
  TypeSlots s = view_slots(iter);
  s.compare = view_compare;
  s.contains = test;
  s.binary[static_cast<std::size_t>(BinaryOp::And)] = view_binary<BinaryOp::And>;
  s.binary[static_cast<std::size_t>(BinaryOp::Or)] = view_binary<BinaryOp::Or>;
  s.binary[static_cast<std::size_t>(BinaryOp::Xor)] = view_binary<BinaryOp::Xor>;
  s.binary[static_cast<std::size_t>(BinaryOp::Subtract)] = view_binary<BinaryOp::Subtract>;
  return s;
}

}  // namespace

Ref new_dict_view(Vm& vm, DictObject* dict, DictPart part) {
  TypeObject* const types[] = {vm.types.dict_keys, vm.types.dict_values, vm.types.dict_items};
  return new_dict_view_of(vm, dict, types[static_cast<std::size_t>(part)]);
}

Ref new_dict_view_of(Vm& vm, DictObject* dict, TypeObject* type) {
  auto* view = allocate<DictViewObject>(vm, type);
  if (view == nullptr) return {};
  view->dict = dict;
  incref(static_cast<Object*>(dict));
  vm.heap.track(view);
  return Ref::adopt(view);
}

Ref new_dict_iterator(Vm& vm, DictObject* dict, DictPart part, bool backwards) {
  TypeObject* type = nullptr;
  if (backwards) {
    const TypeSpec* const specs[] = {&kReverseKeyIteratorType, &kReverseValueIteratorType, &kReverseItemIteratorType};
    type = vm.native_type(*specs[static_cast<std::size_t>(part)]);
  } else {
    TypeObject* const types[] = {vm.types.dict_key_iterator, vm.types.dict_value_iterator, vm.types.dict_item_iterator};
    type = types[static_cast<std::size_t>(part)];
  }
  auto* iterator = allocate<DictIteratorObject>(vm, type);
  if (iterator == nullptr) return {};
  iterator->dict = dict;
  incref(static_cast<Object*>(dict));
  iterator->used = dict->used;
  iterator->left = dict->used;
  iterator->position = backwards ? static_cast<std::int64_t>(dict->entry_count) - 1 : 0;
  iterator->part = part;
  iterator->backwards = backwards;
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}

const TypeSpec kDictKeysType = {
    .name = "dict_keys",
    .basic_size = sizeof(DictViewObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = set_view_slots(view_iter<DictPart::Keys>, keys_contains),
    .methods = kKeysMethods,
    .getset = kViewGetSet,
};
const TypeSpec kDictItemsType = {
    .name = "dict_items",
    .basic_size = sizeof(DictViewObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = set_view_slots(view_iter<DictPart::Items>, items_contains),
    .methods = kItemsMethods,
    .getset = kViewGetSet,
};
const TypeSpec kDictValuesType = {
    .name = "dict_values",
    .basic_size = sizeof(DictViewObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = view_slots(view_iter<DictPart::Values>),
    .methods = kValuesMethods,
    .getset = kViewGetSet,
};
const TypeSpec kDictKeyIteratorType = iterator_spec("dict_keyiterator");
const TypeSpec kDictValueIteratorType = iterator_spec("dict_valueiterator");
const TypeSpec kDictItemIteratorType = iterator_spec("dict_itemiterator");

}  // namespace ouro::vm
