// collections.OrderedDict: CPython 3.13 Objects/odictobject.c. A dict keeps its order anyway; what is added are the ends
// (move_to_end, popitem from the front), an equality that minds the order, and iterators that notice any change.
#include "vm/core/shape.h"
#include "vm/modules/_collections/collections.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

struct OrderedDictObject : DictObject {
  std::uint64_t changes;  ///< of the order
  DictEntry* scanned;     ///< the table that `first` is about
  std::uint32_t first;    ///< no entry before this one lives
  AttributeStore store;
  WeakRefObject* weakrefs;
};
OrderedDictObject* ordered(Value value) { return value.as<OrderedDictObject>(); }
bool is_ordered(Vm& vm, Value value) { return value.is_object() && is_instance_of(vm, value, vm.native_type(kOrderedDictType)); }

/// Counts a change when the set of entries differs after an operation.
class Watch {
 public:
  explicit Watch(OrderedDictObject* dict) : dict_(dict), used_(dict->used), count_(dict->entry_count) {}
  ~Watch() {
    if (dict_->used != used_ || dict_->entry_count != count_) ++dict_->changes;
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  OrderedDictObject* dict_;
  std::size_t used_;
  std::uint32_t count_;
};

/// Number of the first live entry; the dict is not empty.
std::uint32_t first_entry(OrderedDictObject* dict) {
  if (dict->scanned != dict->entries || dict->first > dict->entry_count) {
    dict->scanned = dict->entries;
    dict->first = 0;
  }
  while (dict->entries[dict->first].key.is_null()) ++dict->first;
  return dict->first;
}

Ref construct(Vm& vm, TypeObject* type, const CallArgs&) { return new_dict_of(vm, type); }

/// Items go in through __setitem__, so that subclasses see them (CPython's mutablemapping_update).
bool update_from(Vm& vm, Value self, Value source) {
  const auto add_pairs = [&](Value pairs) {
    return for_each(vm, pairs, [&](Value pair) -> bool {
      VM_TRY(Ref parts, get_iter(vm, pair));
      VM_TRY(Own<ListObject> items, to_list(vm, parts));
      if (items->size != 2) {
        return raise(vm, vm.exc.ValueError,
                     items->size > 2 ? "too many values to unpack (expected 2)" : "need more than {} value{} to unpack", items->size,
                     items->size == 1 ? "" : "s");
      }
      return set_item(vm, self, items->items[0], items->items[1]);
    });
  };
  if (is_exact(vm, source, vm.types.dict)) {
    VM_TRY(Own<ListObject> items, dict_items(vm, source.as<DictObject>()));
    return add_pairs(items);
  }
  Ref keys;
  VM_CHECK(find_attribute(vm, source, vm.names.keys, keys));
  if (keys) {
    VM_TRY(Ref names, call(vm, keys));
    return for_each(vm, names, [&](Value key) -> bool {
      VM_TRY(Ref value, get_item(vm, source, key));
      return set_item(vm, self, key, value);
    });
  }
  Ref items;
  VM_CHECK(find_attribute(vm, source, vm.names.items, items));
  if (items) {
    VM_TRY(Ref pairs, call(vm, items));
    return add_pairs(pairs);
  }
  return add_pairs(source);
}
bool update_call(Vm& vm, Value self, const CallArgs& call, std::string_view name) {
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "{}() takes at most 1 positional argument ({} given)", name, call.positional);
  if (call.positional == 1) VM_CHECK(update_from(vm, self, call.values[0]));
  for (std::size_t i = 0; i < call.keyword_count(); ++i) {
    VM_CHECK(set_item(vm, self, (*call.keyword_names)[i], call.keyword_value(i)));
  }
  return true;
}
bool init(Vm& vm, Value self, const CallArgs& call) {
  if (call.positional > 1) {
    return raise(vm, vm.exc.TypeError, "expected at most 1 arguments, got {}", call.positional);
  }
  return update_call(vm, self, call, "update");
}

void dealloc(Vm& vm, Object* self) {
  auto* dict = static_cast<OrderedDictObject*>(self);
  vm.heap.untrack(dict);
  clear_weakrefs(vm, self);
  store_clear(vm, dict->store);
  kDictType.slots.dealloc(vm, self);
}
void traverse(Object* self, Visitor& visit) {
  store_traverse(self, static_cast<OrderedDictObject*>(self)->store, visit);
  kDictType.slots.traverse(self, visit);
}
void clear(Vm& vm, Object* self) {
  store_clear(vm, static_cast<OrderedDictObject*>(self)->store);
  dict_clear(vm, static_cast<DictObject*>(self));
}

bool assign_slot(Vm& vm, Value self, Value key, Value value) {
  const Watch watch(ordered(self));
  return value.is_null() ? dict_delete(vm, ordered(self), key) : dict_set(vm, ordered(self), key, value);
}

Ref compare_slot(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_dict(other)) return Ref::not_implemented();
  bool same = false;
  VM_CHECK(dict_equal(vm, ordered(self), other.as<DictObject>(), same));
  if (same && is_ordered(vm, other)) {
    std::size_t i = 0, j = 0;
    Value a, b, value;
    while (same && dict_next(ordered(self), i, a, value) && dict_next(ordered(other), j, b, value)) {
      const Ref x = Ref::share(a), y = Ref::share(b);
      const std::uint64_t left = ordered(self)->changes, right = ordered(other)->changes;
      VM_CHECK(equal(vm, x, y, same));
      if (left != ordered(self)->changes || right != ordered(other)->changes) {
        return raise(vm, vm.exc.RuntimeError, "OrderedDict mutated during iteration");
      }
    }
  }
  return Ref::boolean(same == (op == CompareOp::Equal));
}

Ref show(Vm& vm, Value self) {
  StrBuilder out(vm);
  out.append(type_of(vm, self)->name);
  if (ordered(self)->used == 0) {
    out.append(std::string_view("()"));
    return out.finish();
  }
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "...");
  VM_TRY(Own<DictObject> plain, dict_copy(vm, ordered(self)));
  VM_TRY(Ref text, repr(vm, plain));
  out.append('(');
  out.append(text.as<StrObject>());
  out.append(')');
  return out.finish();
}

// --- iterators and views
struct OrderedIteratorObject : GcObject {
  Value dict;  ///< null: exhausted
  std::uint64_t changes;
  std::size_t used;
  std::int64_t position;
  DictPart part;
  bool backwards;
};
using IteratorLife = LifeOf<OrderedIteratorObject, &OrderedIteratorObject::dict>;
extern const TypeSpec kOrderedIteratorType;

Ref make_iterator(Vm& vm, Value self, DictPart part, bool backwards) {
  VM_TRY(Own<OrderedIteratorObject> iterator, make_instance<OrderedIteratorObject>(vm, vm.native_type(kOrderedIteratorType)));
  assign(iterator->dict, self);
  iterator->changes = ordered(self)->changes;
  iterator->used = ordered(self)->used;
  iterator->position = backwards ? static_cast<std::int64_t>(ordered(self)->entry_count) - 1 : 0;
  iterator->part = part;
  iterator->backwards = backwards;
  return iterator;
}
/// The next live entry from `position` on; -1: none.
std::int64_t next_live(const OrderedDictObject* dict, std::int64_t position, std::int64_t step) {
  while (position >= 0 && position < static_cast<std::int64_t>(dict->entry_count)) {
    if (!dict->entries[position].key.is_null()) return position;
    position += step;
  }
  return -1;
}
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<OrderedIteratorObject>();
  if (iterator->dict.is_null()) return {};
  auto* dict = ordered(iterator->dict);
  if (iterator->position < 0) {  // the last item was given
    assign(iterator->dict, Value());
    return {};
  }
  if (iterator->changes != dict->changes) {
    assign(iterator->dict, Value());
    return raise(vm, vm.exc.RuntimeError, "OrderedDict mutated during iteration");
  }
  if (iterator->used != dict->used) {
    assign(iterator->dict, Value());
    return raise(vm, vm.exc.RuntimeError, "OrderedDict changed size during iteration");
  }
  const std::int64_t step = iterator->backwards ? -1 : 1;
  while (iterator->position >= 0 && iterator->position < static_cast<std::int64_t>(dict->entry_count)) {
    const DictEntry& entry = dict->entries[iterator->position];
    iterator->position += step;
    if (entry.key.is_null()) continue;
    iterator->position = next_live(dict, iterator->position, step);
    switch (iterator->part) {
      case DictPart::Keys: return Ref::share(entry.key);
      case DictPart::Values: {
        // A subclass's __getitem__ decides.
        if (type_of(vm, iterator->dict) == vm.native_type(kOrderedDictType)) return Ref::share(entry.value);
        const Ref key = Ref::share(entry.key), held = Ref::share(iterator->dict);
        return get_item(vm, held, key.get());
      }
      case DictPart::Items: {
        const Ref key = Ref::share(entry.key), held = Ref::share(iterator->dict);
        if (type_of(vm, held) == vm.native_type(kOrderedDictType)) return new_tuple(vm, {key.get(), entry.value});
        VM_TRY(Ref value, get_item(vm, held, key.get()));
        return new_tuple(vm, {key.get(), value.get()});
      }
    }
  }
  assign(iterator->dict, Value());
  return {};
}
Ref iterator_reduce(Vm& vm, Value self) {
  const auto* iterator = self.as<OrderedIteratorObject>();
  VM_TRY(Ref maker, builtin_named(vm, "iter"));
  VM_TRY(Own<ListObject> rest, new_list(vm));
  if (!iterator->dict.is_null()) {
    VM_TRY(Ref copy, make_iterator(vm, iterator->dict, iterator->part, iterator->backwards));
    auto* other = copy.as<OrderedIteratorObject>();
    other->position = iterator->position;
    other->changes = iterator->changes;
    other->used = iterator->used;
    VM_CHECK(list_extend(vm, rest, copy));
  }
  VM_TRY(Ref arguments, new_tuple(vm, {Value(rest.get())}));
  return new_tuple(vm, {maker.get(), arguments.get()});
}
constexpr MethodSpec kIteratorMethods[] = {{"__reduce__($self, /)", iterator_reduce, "Return state information for pickling"}};
constexpr TypeSlots iterator_slots() {
  TypeSlots s = IteratorLife::slots();
  s.iter = iter_self;
  s.next = iterator_next;
  return s;
}
const TypeSpec kOrderedIteratorType = {
    .name = "odict_iterator",
    .basic_size = sizeof(OrderedIteratorObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

template <DictPart kPart>
Ref view_iter(Vm& vm, Value self) { return make_iterator(vm, Value(self.as<DictViewObject>()->dict), kPart, false); }
template <DictPart kPart>
Ref view_reversed(Vm& vm, Value self) { return make_iterator(vm, Value(self.as<DictViewObject>()->dict), kPart, true); }
template <DictPart kPart>
constexpr MethodSpec kViewMethods[] = {{"__reversed__($self, /)", view_reversed<kPart>, "An iterator from the last."}};
template <DictPart kPart>
constexpr TypeSlots view_slots() {
  TypeSlots s;
  s.iter = view_iter<kPart>;
  return s;
}
template <DictPart kPart>
constexpr TypeSpec view_spec(const char* name, const TypeSpec* base) {
  return {.name = name,
          .basic_size = sizeof(DictViewObject),
          .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
          .base = base,
          .slots = view_slots<kPart>(),
          .methods = kViewMethods<kPart>};
}
const TypeSpec kOrderedKeysType = view_spec<DictPart::Keys>("odict_keys", &kDictKeysType);
const TypeSpec kOrderedValuesType = view_spec<DictPart::Values>("odict_values", &kDictValuesType);
const TypeSpec kOrderedItemsType = view_spec<DictPart::Items>("odict_items", &kDictItemsType);

Ref iter_slot(Vm& vm, Value self) { return make_iterator(vm, self, DictPart::Keys, false); }
Ref reversed(Vm& vm, Value self) { return make_iterator(vm, self, DictPart::Keys, true); }
Ref keys(Vm& vm, Value self) { return new_dict_view_of(vm, ordered(self), vm.native_type(kOrderedKeysType)); }
Ref values(Vm& vm, Value self) { return new_dict_view_of(vm, ordered(self), vm.native_type(kOrderedValuesType)); }
Ref items(Vm& vm, Value self) { return new_dict_view_of(vm, ordered(self), vm.native_type(kOrderedItemsType)); }

// --- methods
Ref fromkeys(Vm& vm, Value type, Args& args) {
  VM_TRY(Ref made, call(vm, type));
  const Value value = args.get(1, kNone);
  VM_CHECK(for_each(vm, args[0], [&](Value key) { return set_item(vm, made, key, value); }));
  return made;
}
bool is_plain(Vm& vm, Value self) { return is_exact(vm, self, vm.native_type(kOrderedDictType)); }

Ref setdefault(Vm& vm, Value self, Args& args) {
  if (is_plain(vm, self)) {
    const Watch watch(ordered(self));
    const Value value = dict_set_default(vm, ordered(self), args[0], args.get(1, kNone));
    return value.is_null() ? Ref() : Ref::share(value);
  }
  bool inside = false;
  VM_CHECK(contains(vm, self, args[0], inside));
  if (inside) return get_item(vm, self, args[0]);
  VM_CHECK(set_item(vm, self, args[0], args.get(1, kNone)));
  return Ref::share(args.get(1, kNone));
}
Ref pop(Vm& vm, Value self, Args& args) {
  const Watch watch(ordered(self));
  Ref value;
  VM_CHECK(dict_take(vm, ordered(self), args[0], value));
  if (value) return value;
  if (args.given(1)) return Ref::share(args[1]);
  return raise_with(vm, vm.exc.KeyError, args[0]);
}
Ref popitem(Vm& vm, Value self, Args& args) {
  auto* dict = ordered(self);
  VM_TRY(bool last, args.boolean(vm, 0, true));
  if (dict->used == 0) return raise(vm, vm.exc.KeyError, "dictionary is empty");
  const Watch watch(dict);
  Ref key, value;
  if (last) {
    (void)dict_pop_last(dict, key, value);
  } else {
    key = Ref::share(dict->entries[first_entry(dict)].key);
    VM_CHECK(dict_take(vm, dict, key, value));
    if (!value) return raise_with(vm, vm.exc.KeyError, key);
  }
  return new_tuple(vm, {key.get(), value.get()});
}
Ref move_to_end(Vm& vm, Value self, Args& args) {
  auto* dict = ordered(self);
  VM_TRY(bool last, args.boolean(vm, 1, true));
  Value found;
  VM_CHECK(dict_find(vm, dict, args[0], found));
  if (found.is_null()) return raise_with(vm, vm.exc.KeyError, args[0]);
  if (last) {
    std::uint32_t end = dict->entry_count - 1;
    while (dict->entries[end].key.is_null()) --end;
    if (dict->entries[end].key == args[0]) return Ref::none();
    // The key that stands in the dict stays, not the equal one given.
    const Ref value = Ref::share(found);
    std::size_t position = 0;
    Value key, each;
    Ref own_key = Ref::share(args[0]);
    Ref taken;
    if (!is_str(args[0]) && !args[0].is_small()) {
      while (dict_next(dict, position, key, each)) {
        bool same = false;
        if (each != found) continue;
        const Ref held = Ref::share(key);
        VM_CHECK(equal(vm, held, args[0], same));
        if (same) {
          own_key = held.clone();
          break;
        }
      }
    }
    VM_CHECK(dict_take(vm, dict, own_key, taken));
    VM_CHECK(dict_set(vm, dict, own_key, value));
    ++dict->changes;
    return Ref::none();
  }
  if (dict->entries[first_entry(dict)].key == args[0]) return Ref::none();
  // To the front: the others go in again behind it.
  VM_TRY(Own<DictObject> others, dict_copy(vm, dict));
  const Ref value = Ref::share(found);
  dict_clear(vm, dict);
  VM_CHECK(dict_set(vm, dict, args[0], value));
  VM_CHECK(dict_merge(vm, dict, Value(others.get()), OnDuplicate::Keep));
  ++dict->changes;
  return Ref::none();
}
Ref clear_method(Vm& vm, Value self) {
  ++ordered(self)->changes;
  dict_clear(vm, ordered(self));
  return Ref::none();
}
Ref copy(Vm& vm, Value self) {
  VM_TRY(Ref made, is_plain(vm, self) ? Ref(new_dict_of(vm, type_of(vm, self))) : call(vm, Value(type_of(vm, self))));
  std::size_t position = 0;
  Value key, value;
  while (dict_next(ordered(self), position, key, value)) {
    const Ref held = Ref::share(key);
    if (is_plain(vm, self)) {
      VM_CHECK(dict_set(vm, ordered(made), key, value));
    } else {
      VM_TRY(Ref item, get_item(vm, self, held.get()));
      VM_CHECK(set_item(vm, made, held, item));
    }
  }
  return made;
}
Ref update(Vm& vm, Value self, const CallArgs& call) {
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "update() takes at most 1 positional argument ({} given)", call.positional);
  VM_CHECK(update_call(vm, self, call, "update"));
  return Ref::none();
}
Ref reduce(Vm& vm, Value self) {
  VM_TRY(Ref state, call_method(vm, self, vm.names.d_getstate));
  VM_TRY(Ref pairs, call_method(vm, self, vm.names.items));
  VM_TRY(Ref iterator, get_iter(vm, pairs));
  VM_TRY(Own<TupleObject> empty, allocate_tuple(vm, 0));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(empty.get()), state.get(), kNone, iterator.get()});
}
Ref size_of(Vm&, Value self) {
  return Ref::small(static_cast<std::int64_t>(sizeof(OrderedDictObject) + ordered(self)->entry_capacity * std::size_t{48}));
}
Ref or_slot(Vm& vm, Value a, Value b) {
  const Value self = is_ordered(vm, a) ? a : b;
  if (!is_dict(a) || !is_dict(b)) return Ref::not_implemented();
  VM_TRY(Ref result, call(vm, Value(type_of(vm, self)), {a}));
  VM_CHECK(update_from(vm, result, b));
  return result;
}
Ref in_place_or(Vm& vm, Value self, Value other) {
  VM_CHECK(update_from(vm, self, other));
  return Ref::share(self);
}

constexpr MethodSpec kMethods[] = {
    {"fromkeys($type, /, iterable, value=None)", fromkeys, "A new ordered dictionary with an iterable's items as keys.",
     Binding::Class},
    {"__reversed__($self, /)", reversed, "od.__reversed__() <==> reversed(od)"},
    {"__reduce__($self, /)", reduce, "Return state information for pickling"},
    {"__sizeof__($self, /)", size_of},
    {"setdefault($self, /, key, default=None)", setdefault, "The value under key; default is put there if there is none."},
    {"pop($self, /, key, default=<unrepresentable>)", pop, "Takes key out and gives its value; else default or KeyError."},
    {"popitem($self, /, last=True)", popitem, "Takes the last pair out, or the first."},
    {"move_to_end($self, /, key, last=True)", move_to_end, "Moves a key to the end, or to the front."},
    {"keys($self, /)", keys, "A view of the keys."},
    {"values($self, /)", values, "A view of the values."},
    {"items($self, /)", items, "A view of the pairs."},
    {"update", update, "Takes over the items of a mapping or the pairs of an iterable, then the keywords."},
    {"clear($self, /)", clear_method, "Takes all items out."},
    {"copy($self, /)", copy, "A new ordered dictionary of the same items."},
};
constexpr TypeSlots slots() {
  TypeSlots s;
  s.dealloc = dealloc;
  s.traverse = traverse;
  s.clear = clear;
  s.construct = construct;
  s.init = init;
  s.repr = show;
  s.compare = compare_slot;
  s.iter = iter_slot;
  s.assign_subscript = assign_slot;
  s.binary[static_cast<std::size_t>(BinaryOp::Or)] = or_slot;
  s.in_place[static_cast<std::size_t>(BinaryOp::Or)] = in_place_or;
  return s;
}

}  // namespace

const TypeSpec kOrderedDictType = {
    .name = "collections.OrderedDict",
    .basic_size = sizeof(OrderedDictObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeMapping | kTypeMatchSelf | kTypeDict,
    .base = &kDictType,
    .doc = "Dictionary that remembers insertion order",
    .slots = slots(),
    .methods = kMethods,
    .store_offset = offsetof(OrderedDictObject, store),
    .weakref_offset = offsetof(OrderedDictObject, weakrefs),
};

}  // namespace ouro::vm
