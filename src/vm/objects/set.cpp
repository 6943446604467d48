// set and frozenset: the table. CPython 3.13 Objects/setobject.c for the probing and the growth, so that sets iterate in
// its order.
#include "vm/objects/set.h"

#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/set_table.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kLinearProbes = 9;
constexpr unsigned kPerturbShift = 5;

bool hash_key(Vm& vm, Value key, std::int64_t& out) {
  if (key.is_object() && key.object()->type == vm.types.str) {
    auto* text = key.as<StrObject>();
    out = text->hash != -1 ? text->hash : str_hash(vm, text);
    return true;
  }
  return hash(vm, key, out);
}

/// Into a table that has no deleted entries and does not hold the key.
void insert_clean(SetEntry* table, std::size_t mask, Value key, std::int64_t hash_value) {
  auto perturb = static_cast<std::uint64_t>(hash_value);
  std::size_t i = perturb & mask;
  for (;;) {
    const std::size_t probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (std::size_t j = 0; j <= probes; ++j) {
      SetEntry& entry = table[i + j];
      if (entry.key.is_null()) {
        entry = {key, hash_value};
        return;
      }
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

/// The entry of the key, or the free one where it would go. False: an exception is set.
bool find_entry(Vm& vm, SetObject* set, Value key, std::int64_t hash_value, SetEntry*& out) {
restart:
  auto perturb = static_cast<std::uint64_t>(hash_value);
  const std::size_t mask = set->mask;
  std::size_t i = perturb & mask;
  for (;;) {
    const std::size_t probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (std::size_t j = 0; j <= probes; ++j) {
      SetEntry* entry = &set->table[i + j];
      if (entry->key.is_null()) {
        out = entry;
        return true;
      }
      if (entry->hash != hash_value || entry->key == kDeletedKey) continue;
      if (entry->key == key) {
        out = entry;
        return true;
      }
      if (entry->key.is_small() && key.is_small()) continue;
      if (is_exact(vm, entry->key, vm.types.str) && is_exact(vm, key, vm.types.str)) {
        if (!str_equal(entry->key.as<StrObject>(), key.as<StrObject>())) continue;
        out = entry;
        return true;
      }
      SetEntry* const table = set->table;
      const Ref held = Ref::share(entry->key);
      bool same = false;
      VM_CHECK(equal(vm, held, key, same));
      if (set->table != table || set->mask != mask || entry->key != held.get()) goto restart;
      if (same) {
        out = entry;
        return true;
      }
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

}  // namespace

bool set_resize(Vm& vm, SetObject* set, std::size_t least) {
  std::size_t size = 8;
  while (size <= least) size <<= 1U;
  SetEntry* const old = set->table;
  const std::size_t old_size = set->mask + 1;
  SetEntry copy[8];
  const bool was_small = old == set->small;
  const SetEntry* source = old;
  SetEntry* table = nullptr;
  if (size == 8) {
    if (was_small) {
      if (set->filled == set->used) return true;
      std::memcpy(static_cast<void*>(copy), old, sizeof(copy));
      source = copy;
    }
    table = set->small;
  } else {
    if (size > (std::size_t{1} << 56U)) return raise_memory_error(vm);
    table = static_cast<SetEntry*>(vm.heap.allocate(size * sizeof(SetEntry)));
    if (table == nullptr) return raise_memory_error(vm);
  }
  std::memset(static_cast<void*>(table), 0, size * sizeof(SetEntry));
  for (std::size_t i = 0; i < old_size; ++i) {
    if (!source[i].key.is_null() && source[i].key != kDeletedKey) insert_clean(table, size - 1, source[i].key, source[i].hash);
  }
  set->table = table;
  set->mask = size - 1;
  set->filled = set->used;
  if (!was_small) vm.heap.free(old, old_size * sizeof(SetEntry));
  return true;
}

bool set_add_hashed(Vm& vm, SetObject* set, Value key, std::int64_t hash_value) {
  SetEntry* entry = nullptr;
  VM_CHECK(find_entry(vm, set, key, hash_value, entry));
  if (!entry->key.is_null()) return true;
  incref(key);
  *entry = {key, hash_value};
  ++set->filled;
  ++set->used;
  if (set->filled * 5 < set->mask * 3) return true;
  return set_resize(vm, set, set->used > 50000 ? set->used * 2 : set->used * 4);
}

bool set_add(Vm& vm, SetObject* set, Value key) {
  std::int64_t hash_value = 0;
  VM_CHECK(hash_key(vm, key, hash_value));
  return set_add_hashed(vm, set, key, hash_value);
}

bool set_contains_hashed(Vm& vm, SetObject* set, Value key, std::int64_t hash_value, bool& out) {
  SetEntry* entry = nullptr;
  VM_CHECK(find_entry(vm, set, key, hash_value, entry));
  out = !entry->key.is_null();
  return true;
}

bool set_contains(Vm& vm, SetObject* set, Value key, bool& out) {
  std::int64_t hash_value = 0;
  VM_CHECK(hash_key(vm, key, hash_value));
  return set_contains_hashed(vm, set, key, hash_value, out);
}

bool set_discard_hashed(Vm& vm, SetObject* set, Value key, std::int64_t hash_value, bool& found) {
  SetEntry* entry = nullptr;
  VM_CHECK(find_entry(vm, set, key, hash_value, entry));
  found = !entry->key.is_null();
  if (!found) return true;
  const Value old = entry->key;
  *entry = {kDeletedKey, -1};
  --set->used;
  decref(old);
  return true;
}

bool set_discard(Vm& vm, SetObject* set, Value key, bool& found) {
  std::int64_t hash_value = 0;
  VM_CHECK(hash_key(vm, key, hash_value));
  return set_discard_hashed(vm, set, key, hash_value, found);
}

bool set_next(const SetObject* set, std::size_t& position, Value& key) {
  const SetEntry* entry = set_next_entry(set, position);
  if (entry == nullptr) return false;
  key = entry->key;
  return true;
}

Own<SetObject> new_set_of(Vm& vm, TypeObject* type) {
  auto* set = allocate<SetObject>(vm, type);
  if (set == nullptr) return {};
  set->mask = 7;
  set->table = set->small;
  set->hash = -1;
  vm.heap.track(set);
  return Own<SetObject>::adopt(set);
}

Own<SetObject> new_set(Vm& vm) { return new_set_of(vm, vm.types.set); }

Own<SetObject> new_frozenset(Vm& vm, Value iterable) {
  VM_TRY(Own<SetObject> set, new_set_of(vm, vm.types.frozenset));
  if (!iterable.is_null()) VM_CHECK(set_update(vm, set, iterable));
  return set;
}

namespace {

bool merge_set(Vm& vm, SetObject* set, SetObject* other) {
  if (other == set || other->used == 0) return true;
  VM_CHECK(charge_work(vm, other->used / 8));
  if ((set->filled + other->used) * 5 >= set->mask * 3) VM_CHECK(set_resize(vm, set, (set->used + other->used) * 2));
  if (set->filled == 0 && set->mask == other->mask && other->filled == other->used) {
    for (std::size_t i = 0; i <= other->mask; ++i) {
      xincref(other->table[i].key);
      set->table[i] = other->table[i];
    }
    set->filled = set->used = other->used;
    return true;
  }
  if (set->filled == 0) {
    for (std::size_t i = 0; i <= other->mask; ++i) {
      const SetEntry& entry = other->table[i];
      if (entry.key.is_null() || entry.key == kDeletedKey) continue;
      incref(entry.key);
      insert_clean(set->table, set->mask, entry.key, entry.hash);
    }
    set->filled = set->used = other->used;
    return true;
  }
  std::size_t position = 0;
  while (const SetEntry* entry = set_next_entry(other, position)) {
    const Ref key = Ref::share(entry->key);
    VM_CHECK(set_add_hashed(vm, set, key, entry->hash));
  }
  return true;
}

bool merge_dict_keys(Vm& vm, SetObject* set, DictObject* dict) {
  if ((set->filled + dict->used) * 5 >= set->mask * 3) VM_CHECK(set_resize(vm, set, (set->used + dict->used) * 2));
  for (std::size_t i = 0; i < dict->entry_count; ++i) {
    const DictEntry entry = dict->entries[i];
    if (entry.key.is_null()) continue;
    const Ref key = Ref::share(entry.key);
    VM_CHECK(set_add_hashed(vm, set, key, entry.hash));
  }
  return true;
}

}  // namespace

bool set_update(Vm& vm, SetObject* set, Value iterable) {
  if (is_set(iterable)) return merge_set(vm, set, iterable.as<SetObject>());
  if (is_exact(vm, iterable, vm.types.dict)) return merge_dict_keys(vm, set, iterable.as<DictObject>());
  return for_each(vm, iterable, [&](Value item) { return set_add(vm, set, item); });
}

void set_clear_all(Vm& vm, SetObject* set) {
  SetEntry copy[8];
  SetEntry* table = set->table;
  const std::size_t size = set->mask + 1;
  const bool was_small = table == set->small;
  if (was_small) {
    std::memcpy(static_cast<void*>(copy), table, sizeof(copy));
    table = copy;
  }
  std::memset(static_cast<void*>(set->small), 0, sizeof(set->small));
  set->table = set->small;
  set->mask = 7;
  set->used = set->filled = 0;
  set->finger = 0;
  set->hash = -1;
  for (std::size_t i = 0; i < size; ++i) {
    if (!table[i].key.is_null() && table[i].key != kDeletedKey) decref(table[i].key);
  }
  if (!was_small) vm.heap.free(table, size * sizeof(SetEntry));
}

void set_swap_bodies(SetObject* a, SetObject* b) {
  SetEntry small[8];
  SetEntry* const a_table = a->table == a->small ? b->small : a->table;
  SetEntry* const b_table = b->table == b->small ? a->small : b->table;
  std::memcpy(static_cast<void*>(small), a->small, sizeof(small));
  std::memcpy(static_cast<void*>(a->small), b->small, sizeof(small));
  std::memcpy(static_cast<void*>(b->small), small, sizeof(small));
  b->table = a_table;
  a->table = b_table;
  std::swap(a->used, b->used);
  std::swap(a->filled, b->filled);
  std::swap(a->mask, b->mask);
  a->hash = b->hash = -1;
}

}  // namespace ouro::vm
