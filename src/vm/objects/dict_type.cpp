// dict: the type and its methods. CPython 3.13 Objects/dictobject.c.
#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/list.h"
#include "vm/objects/set_table.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

Ref dict_subscript(Vm& vm, Value self, Value key) {
  auto* dict = self.as<DictObject>();
  Value value;
  VM_CHECK(dict_find(vm, dict, key, value));
  if (!value.is_null()) return Ref::share(value);
  if (!is_exact(vm, self, vm.types.dict)) {
    Ref missing;
    VM_CHECK(lookup_special(vm, self, vm.names.d_missing, missing));
    if (missing) return call(vm, missing, {key});
  }
  return raise_with(vm, vm.exc.KeyError, key);
}

namespace {

bool add_pairs(Vm& vm, DictObject* dict, Value source) {
  std::size_t number = 0;
  return for_each(vm, source, [&](Value item) -> bool {
    Ref pair = fast_sequence(vm, item, "");
    if (!pair) {
      if (catch_error(vm, vm.exc.TypeError)) {
        raise(vm, vm.exc.TypeError, "cannot convert dictionary update sequence element #{} to a sequence", number);
      }
      return false;
    }
    const std::span<const Value> parts = sequence_items(pair);
    if (parts.size() != 2) {
      return raise(vm, vm.exc.ValueError, "dictionary update sequence element #{} has length {}; 2 is required", number,
                   parts.size());
    }
    const Ref key = Ref::share(parts[0]), value = Ref::share(parts[1]);
    ++number;
    return dict_set(vm, dict, key, value);
  });
}

}  // namespace

bool dict_update_from(Vm& vm, DictObject* dict, Value source) {
  if (is_exact(vm, source, vm.types.dict)) return dict_merge(vm, dict, source, OnDuplicate::Replace);
  Ref keys;
  VM_CHECK(find_attribute(vm, source, vm.names.keys, keys));
  if (keys) return dict_merge(vm, dict, source, OnDuplicate::Replace);
  return add_pairs(vm, dict, source);
}

bool dict_update_call(Vm& vm, DictObject* dict, const CallArgs& call, std::string_view name) {
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "{} expected at most 1 argument, got {}", name, call.positional);
  if (call.positional == 1) VM_CHECK(dict_update_from(vm, dict, call.values[0]));
  for (std::size_t i = 0; i < call.keyword_count(); ++i) {
    if (!is_str((*call.keyword_names)[i])) return raise(vm, vm.exc.TypeError, "keywords must be strings");
    VM_CHECK(dict_set(vm, dict, (*call.keyword_names)[i], call.keyword_value(i)));
  }
  return true;
}

bool dict_equal(Vm& vm, DictObject* a, DictObject* b, bool& out) {
  out = false;
  if (a->used != b->used) return true;
  for (std::size_t i = 0; i < a->entry_count; ++i) {
    const DictEntry entry = a->entries[i];
    if (entry.key.is_null()) continue;
    const Ref key = Ref::share(entry.key), value = Ref::share(entry.value);
    Value found;
    VM_CHECK(dict_find_hashed(vm, b, key, entry.hash, found));
    if (found.is_null()) return true;
    const Ref other = Ref::share(found);
    bool same = false;
    VM_CHECK(equal(vm, value, other, same));
    if (!same) return true;
  }
  out = true;
  return true;
}

Ref dict_repr(Vm& vm, Value self) {
  const auto* dict = self.as<DictObject>();
  if (dict->used == 0) return new_str_latin1(vm, "{}");
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "{...}");
  RecursionGuard recursion(vm, " while getting the repr of an object");
  if (!recursion) return {};
  StrBuilder out(vm);
  std::string_view before = "{";
  std::size_t position = 0;
  Value key, value;
  while (dict_next(dict, position, key, value)) {
    const Ref held_key = Ref::share(key), held = Ref::share(value);
    VM_TRY(Ref key_text, repr(vm, held_key));
    VM_TRY(Ref value_text, repr(vm, held));
    out.append(before);
    out.append(key_text.as<StrObject>());
    out.append(std::string_view(": "));
    out.append(value_text.as<StrObject>());
    before = ", ";
  }
  out.append('}');
  return out.finish();
}

namespace {

void dict_dealloc(Vm& vm, Object* self) {
  auto* dict = static_cast<DictObject*>(self);
  vm.heap.untrack(dict);
  dict_clear(vm, dict);
  free_object(vm, self, dict->type->basic_size);
}
void dict_traverse(Object* self, Visitor& visit) {
  const auto* dict = static_cast<DictObject*>(self);
  for (std::uint32_t i = 0; i < dict->entry_count; ++i) {
    visit(dict->entries[i].key);
    visit(dict->entries[i].value);
  }
}
void dict_clear_slot(Vm& vm, Object* self) { dict_clear(vm, static_cast<DictObject*>(self)); }

Ref dict_construct(Vm& vm, TypeObject* type, const CallArgs&) { return new_dict_of(vm, type); }
bool dict_init(Vm& vm, Value self, const CallArgs& call) { return dict_update_call(vm, self.as<DictObject>(), call, "dict"); }

Ref dict_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_dict(self) || !is_dict(other)) return Ref::not_implemented();
  bool same = false;
  VM_CHECK(dict_equal(vm, self.as<DictObject>(), other.as<DictObject>(), same));
  return Ref::boolean(same == (op == CompareOp::Equal));
}
Ref dict_iter(Vm& vm, Value self) { return new_dict_iterator(vm, self.as<DictObject>(), DictPart::Keys, false); }
bool dict_length(Vm&, Value self, std::size_t& out) {
  out = self.as<DictObject>()->used;
  return true;
}
bool dict_assign(Vm& vm, Value self, Value key, Value value) {
  if (value.is_null()) return dict_delete(vm, self.as<DictObject>(), key);
  return dict_set(vm, self.as<DictObject>(), key, value);
}
bool dict_contains(Vm& vm, Value self, Value key, bool& out) {
  Value found;
  VM_CHECK(dict_find(vm, self.as<DictObject>(), key, found));
  out = !found.is_null();
  return true;
}
Ref dict_or(Vm& vm, Value a, Value b) {
  if (!is_dict(a) || !is_dict(b)) return Ref::not_implemented();
  VM_TRY(Own<DictObject> result, dict_copy(vm, a.as<DictObject>()));
  VM_CHECK(dict_update_from(vm, result, b));
  return result;
}
Ref dict_in_place_or(Vm& vm, Value self, Value other) {
  VM_CHECK(dict_update_from(vm, self.as<DictObject>(), other));
  return Ref::share(self);
}

// --- methods
Ref dict_contains_method(Vm& vm, Value self, Value key) {
  bool out = false;
  VM_CHECK(dict_contains(vm, self, key, out));
  return Ref::boolean(out);
}
Ref dict_get_method(Vm& vm, Value self, Args& args) {
  Value found;
  VM_CHECK(dict_find(vm, self.as<DictObject>(), args[0], found));
  return Ref::share(found.is_null() ? args.get(1, kNone) : found);
}
Ref dict_setdefault(Vm& vm, Value self, Args& args) {
  const Value value = dict_set_default(vm, self.as<DictObject>(), args[0], args.get(1, kNone));
  return value.is_null() ? Ref() : Ref::share(value);
}
Ref dict_pop_method(Vm& vm, Value self, Args& args) {
  Ref value;
  VM_CHECK(dict_take(vm, self.as<DictObject>(), args[0], value));
  if (value) return value;
  if (args.given(1)) return Ref::share(args[1]);
  return raise_with(vm, vm.exc.KeyError, args[0]);
}
Ref dict_popitem(Vm& vm, Value self) {
  Ref key, value;
  if (!dict_pop_last(self.as<DictObject>(), key, value)) {
    return raise(vm, vm.exc.KeyError, "popitem(): dictionary is empty");
  }
  return new_tuple(vm, {key.get(), value.get()});
}
Ref dict_keys_method(Vm& vm, Value self) { return new_dict_view(vm, self.as<DictObject>(), DictPart::Keys); }
Ref dict_values_method(Vm& vm, Value self) { return new_dict_view(vm, self.as<DictObject>(), DictPart::Values); }
Ref dict_items_method(Vm& vm, Value self) { return new_dict_view(vm, self.as<DictObject>(), DictPart::Items); }
Ref dict_reversed(Vm& vm, Value self) { return new_dict_iterator(vm, self.as<DictObject>(), DictPart::Keys, true); }
Ref dict_update_method(Vm& vm, Value self, const CallArgs& call) {
  VM_CHECK(dict_update_call(vm, self.as<DictObject>(), call, "update"));
  return Ref::none();
}
Ref dict_clear_method(Vm& vm, Value self) {
  dict_clear(vm, self.as<DictObject>());
  return Ref::none();
}
Ref dict_copy_method(Vm& vm, Value self) { return dict_copy(vm, self.as<DictObject>()); }
Ref dict_sizeof(Vm&, Value self) {
  const auto* dict = self.as<DictObject>();
  const std::size_t table = dict->log2_size == 0 ? 0 : dict->entry_capacity * std::size_t{24} + (std::size_t{1} << dict->log2_size);
  return Ref::small(static_cast<std::int64_t>(64 + table));
}
Ref dict_fromkeys(Vm& vm, Value type, Args& args) {
  const Value value = args.get(1, kNone);
  VM_TRY(Ref made, call(vm, type));
  const bool plain = is_exact(vm, made, vm.types.dict);
  if (!plain) {
    VM_CHECK(for_each(vm, args[0], [&](Value key) { return set_item(vm, made, key, value); }));
    return made;
  }
  auto* dict = made.as<DictObject>();
  if (is_set(args[0])) {
    // Hashes are known already.
    const auto* set = args[0].as<SetObject>();
    std::size_t position = 0;
    while (const SetEntry* entry = set_next_entry(set, position)) {
      const Ref key = Ref::share(entry->key);
      VM_CHECK(dict_set_hashed(vm, dict, key, entry->hash, value));
    }
    return made;
  }
  if (is_exact(vm, args[0], vm.types.dict)) {
    const auto* keys = args[0].as<DictObject>();
    for (std::size_t i = 0; i < keys->entry_count; ++i) {
      const DictEntry entry = keys->entries[i];
      if (entry.key.is_null()) continue;
      const Ref key = Ref::share(entry.key);
      VM_CHECK(dict_set_hashed(vm, dict, key, entry.hash, value));
    }
    return made;
  }
  VM_CHECK(for_each(vm, args[0], [&](Value key) { return dict_set(vm, dict, key, value); }));
  return made;
}

constexpr MethodSpec kDictMethods[] = {
    {"__contains__($self, key, /)", dict_contains_method, "True if the dictionary has the specified key, else False."},
    {"__getitem__($self, key, /)", dict_subscript, "Return self[key]."},
    {"__reversed__($self, /)", dict_reversed, "An iterator over the keys from the last."},
    {"__sizeof__($self, /)", dict_sizeof},
    {"get($self, key, default=None, /)", dict_get_method, "The value under key, or default."},
    {"setdefault($self, key, default=None, /)", dict_setdefault, "The value under key; default is put there if there is none."},
    {"pop($self, key, default=<unrepresentable>, /)", dict_pop_method,
     "Takes key out and gives its value; where it is absent gives default or raises KeyError."},
    {"popitem($self, /)", dict_popitem, "Takes the last pair out and gives it; KeyError when empty."},
    {"keys($self, /)", dict_keys_method, "A view of the keys."},
    {"items($self, /)", dict_items_method, "A view of the pairs."},
    {"values($self, /)", dict_values_method, "A view of the values."},
    {"update", dict_update_method, "Takes over the items of a mapping or the pairs of an iterable, then the keywords."},
    {"fromkeys($type, iterable, value=None, /)", dict_fromkeys, "A new dict with an iterable's items as keys, all with one value.",
     Binding::Class},
    {"clear($self, /)", dict_clear_method, "Takes all items out."},
    {"copy($self, /)", dict_copy_method, "A new dict of the same items."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};

constexpr TypeSlots dict_slots() {
  TypeSlots s;
  s.dealloc = dict_dealloc;
  s.traverse = dict_traverse;
  s.clear = dict_clear_slot;
  s.construct = dict_construct;
  s.init = dict_init;
  s.repr = dict_repr;
  s.compare = dict_compare;
  s.iter = dict_iter;
  s.length = dict_length;
  s.subscript = dict_subscript;
  s.assign_subscript = dict_assign;
  s.contains = dict_contains;
  s.binary[static_cast<std::size_t>(BinaryOp::Or)] = dict_or;
  s.in_place[static_cast<std::size_t>(BinaryOp::Or)] = dict_in_place_or;
  return s;
}

}  // namespace

const TypeSpec kDictType = {
    .name = "dict",
    .basic_size = sizeof(DictObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeMapping | kTypeMatchSelf | kTypeDict,
    .doc = "dict() -> new empty dictionary\n"
           "dict(mapping) -> of a mapping's pairs\n"
           "dict(iterable) -> of an iterable's pairs\n"
           "dict(**kwargs) -> of the names and values given",
    .slots = dict_slots(),
    .methods = kDictMethods,
};

}  // namespace ouro::vm
