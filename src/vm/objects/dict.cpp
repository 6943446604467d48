// dict: the table. CPython 3.13 Objects/dictobject.c for the shape of it: a hash table of entry numbers beside an array of
// entries in insertion order. Both stand in one block: entries first, then 2^log2_size numbers of one, two or four bytes.
#include "vm/objects/dict.h"

#include <limits>

#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::int64_t kEmpty = -1;
constexpr std::int64_t kDeleted = -2;
constexpr std::int64_t kAbsent = -1;
constexpr std::int64_t kFailedLookup = -2;

constexpr std::size_t index_width(unsigned log2_size) { return log2_size <= 7 ? 1 : (log2_size <= 15 ? 2 : 4); }
constexpr std::size_t usable(unsigned log2_size) { return (std::size_t{2} << log2_size) / 3; }
std::size_t block_size(unsigned log2_size) {
  return usable(log2_size) * sizeof(DictEntry) + (index_width(log2_size) << log2_size);
}

std::int64_t index_at(const DictObject* dict, std::size_t slot) {
  if (dict->log2_size <= 7) return static_cast<const std::int8_t*>(dict->indices)[slot];
  if (dict->log2_size <= 15) return static_cast<const std::int16_t*>(dict->indices)[slot];
  return static_cast<const std::int32_t*>(dict->indices)[slot];
}
void set_index(DictObject* dict, std::size_t slot, std::int64_t index) {
  if (dict->log2_size <= 7) {
    static_cast<std::int8_t*>(dict->indices)[slot] = static_cast<std::int8_t>(index);
  } else if (dict->log2_size <= 15) {
    static_cast<std::int16_t*>(dict->indices)[slot] = static_cast<std::int16_t>(index);
  } else {
    static_cast<std::int32_t*>(dict->indices)[slot] = static_cast<std::int32_t>(index);
  }
}

/// The sequence of slots for a hash.
struct Probe {
  std::size_t mask, slot;
  std::uint64_t perturb;
  Probe(const DictObject* dict, std::int64_t hash)
      : mask((std::size_t{1} << dict->log2_size) - 1),
        slot(static_cast<std::size_t>(hash) & mask),
        perturb(static_cast<std::uint64_t>(hash)) {}
  void next() {
    perturb >>= 5U;
    slot = (slot * 5 + perturb + 1) & mask;
  }
};

template <class Index>
DictEntry* find_str_in(const DictObject* dict, const StrObject* key, std::int64_t hash) {
  const auto* indices = static_cast<const Index*>(dict->indices);
  Probe probe(dict, hash);
  for (;;) {
    const Index index = indices[probe.slot];
    if (index >= 0) [[likely]] {
      DictEntry& entry = dict->entries[index];
      if (entry.key == Value(key)) [[likely]] return &entry;
      if (entry.hash == hash && is_str(entry.key)) {
        const auto* other = entry.key.as<StrObject>();
        // Two interned strings are equal only if they are one.
        if (!(other->is_interned && key->is_interned) && str_equal(other, key)) return &entry;
      }
    } else if (index == kEmpty) {
      return nullptr;
    }
    probe.next();
  }
}

DictEntry* find_str(const DictObject* dict, const StrObject* key, std::int64_t hash) {
  if (dict->used == 0) return nullptr;
  if (dict->log2_size <= 7) return find_str_in<std::int8_t>(dict, key, hash);
  if (dict->log2_size <= 15) return find_str_in<std::int16_t>(dict, key, hash);
  return find_str_in<std::int32_t>(dict, key, hash);
}

bool is_exact_str(Vm& vm, Value value) { return value.is_object() && value.object()->type == vm.types.str; }

/// Entry number, kAbsent or kFailedLookup.
std::int64_t lookup(Vm& vm, DictObject* dict, Value key, std::int64_t hash) {
  if (dict->used == 0) return kAbsent;
  if (is_exact_str(vm, key) && dict->has_only_str_keys) {
    const DictEntry* entry = find_str(dict, key.as<StrObject>(), hash);
    return entry == nullptr ? kAbsent : entry - dict->entries;
  }
restart:
  Probe probe(dict, hash);
  for (;;) {
    const std::int64_t index = index_at(dict, probe.slot);
    if (index >= 0) {
      DictEntry* entries = dict->entries;
      const DictEntry& entry = entries[index];
      if (entry.key == key) return index;
      if (entry.hash == hash) {
        if (entry.key.is_small() && key.is_small()) {
          // Equal small ints are one word.
        } else if (is_exact_str(vm, entry.key) && is_exact_str(vm, key)) {
          if (str_equal(entry.key.as<StrObject>(), key.as<StrObject>())) return index;
        } else {
          const Ref held = Ref::share(entry.key);
          bool same = false;
          if (!equal(vm, held, key, same)) return kFailedLookup;
          // Python code may have changed the dict meanwhile.
          if (dict->entries != entries || index >= dict->entry_count || dict->entries[index].key != held.get()) {
            if (dict->used == 0) return kAbsent;
            goto restart;
          }
          if (same) return index;
        }
      }
    } else if (index == kEmpty) {
      return kAbsent;
    }
    probe.next();
  }
}

std::size_t slot_of(const DictObject* dict, std::int64_t hash, std::int64_t index) {
  Probe probe(dict, hash);
  while (index_at(dict, probe.slot) != index) probe.next();
  return probe.slot;
}

void free_block(Vm& vm, DictEntry* entries, unsigned log2_size) {
  if (entries != nullptr) vm.heap.free(entries, block_size(log2_size));
}

/// A table of 2^log2_size slots with the live entries moved together.
bool rebuild(Vm& vm, DictObject* dict, unsigned log2_size) {
  if (log2_size > 31) return raise_memory_error(vm);
  void* block = vm.heap.allocate(block_size(log2_size));
  if (block == nullptr) return raise_memory_error(vm);
  DictEntry* const old = dict->entries;
  const unsigned old_log2 = dict->log2_size;
  const std::size_t old_count = dict->entry_count;
  dict->entries = static_cast<DictEntry*>(block);
  dict->indices = dict->entries + usable(log2_size);
  dict->log2_size = static_cast<std::uint8_t>(log2_size);
  dict->entry_capacity = static_cast<std::uint32_t>(usable(log2_size));
  dict->keys_version = 0;
  std::memset(dict->indices, 0xFF, index_width(log2_size) << log2_size);
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < old_count; ++i) {
    if (old[i].key.is_null()) continue;
    dict->entries[count] = old[i];
    Probe probe(dict, old[i].hash);
    while (index_at(dict, probe.slot) != kEmpty) probe.next();
    set_index(dict, probe.slot, count++);
  }
  dict->entry_count = count;
  free_block(vm, old, old_log2);
  return true;
}

unsigned log2_for(std::size_t entries) {
  unsigned log2_size = 3;
  while (usable(log2_size) < entries) ++log2_size;
  return log2_size;
}

bool grow(Vm& vm, DictObject* dict) {
  unsigned log2_size = 3;
  while ((std::size_t{1} << log2_size) < dict->used * 3) ++log2_size;
  return rebuild(vm, dict, log2_size);
}

/// Adds a key that is absent. Takes counts of both.
bool insert_new(Vm& vm, DictObject* dict, Value key, std::int64_t hash, Value value) {
  if (dict->entry_count == dict->entry_capacity) VM_CHECK(grow(vm, dict));
  if (dict->has_only_str_keys && !is_exact_str(vm, key)) dict->has_only_str_keys = false;
  Probe probe(dict, hash);
  while (index_at(dict, probe.slot) >= 0) probe.next();
  const std::uint32_t index = dict->entry_count++;
  set_index(dict, probe.slot, index);
  incref(key);
  incref(value);
  dict->entries[index] = {hash, key, value};
  ++dict->used;
  dict->keys_version = 0;
  return true;
}

void replace_value(DictEntry& entry, Value value) {
  incref(value);
  const Value old = std::exchange(entry.value, value);
  xdecref(old);
}

bool hash_key(Vm& vm, Value key, std::int64_t& out) {
  if (is_exact_str(vm, key)) {
    auto* text = key.as<StrObject>();
    out = text->hash != -1 ? text->hash : str_hash(vm, text);
    return true;
  }
  return hash(vm, key, out);
}

/// Takes entry `index` out; the caller gets its key and value.
void take_entry(DictObject* dict, std::int64_t index, Ref& key, Ref& value) {
  DictEntry& entry = dict->entries[index];
  set_index(dict, slot_of(dict, entry.hash, index), kDeleted);
  key = Ref::adopt(std::exchange(entry.key, Value()));
  value = Ref::adopt(std::exchange(entry.value, Value()));
  --dict->used;
  dict->keys_version = 0;
}

}  // namespace

Own<DictObject> new_dict_of(Vm& vm, TypeObject* type) {
  auto* dict = allocate<DictObject>(vm, type);
  if (dict == nullptr) return {};
  dict->has_only_str_keys = true;
  vm.heap.track(dict);
  return Own<DictObject>::adopt(dict);
}

Own<DictObject> new_dict(Vm& vm, std::size_t expected) {
  VM_TRY(Own<DictObject> dict, new_dict_of(vm, vm.types.dict));
  if (expected > 5 && expected < (std::size_t{1} << 30U)) VM_CHECK(rebuild(vm, dict, log2_for(expected)));
  return dict;
}

bool dict_reserve(Vm& vm, DictObject* dict, std::size_t more) {
  if (dict->entry_capacity - dict->entry_count >= more) return true;
  return rebuild(vm, dict, log2_for(dict->used + more));
}

DictEntry* dict_find_str(Vm& vm, DictObject* dict, StrObject* key) {
  return find_str(dict, key, key->hash != -1 ? key->hash : str_hash(vm, key));
}

Value dict_get_str(Vm& vm, DictObject* dict, StrObject* key) {
  const DictEntry* entry = dict_find_str(vm, dict, key);
  return entry == nullptr ? Value() : entry->value;
}

Value dict_get(Vm& vm, DictObject* dict, Value key) {
  Value value;
  if (!dict_find(vm, dict, key, value)) return {};
  return value;
}

Value dict_get(Vm& vm, DictObject* dict, std::string_view key) {
  StrObject* name = vm.intern(key);
  if (name == nullptr) return raise_memory_error(vm), Value();
  return dict_get_str(vm, dict, name);
}

bool dict_find(Vm& vm, DictObject* dict, Value key, Value& value_borrowed) {
  value_borrowed = Value();
  std::int64_t hash_value = 0;
  VM_CHECK(hash_key(vm, key, hash_value));
  return dict_find_hashed(vm, dict, key, hash_value, value_borrowed);
}

bool dict_find_hashed(Vm& vm, DictObject* dict, Value key, std::int64_t hash_value, Value& value_borrowed) {
  value_borrowed = Value();
  const std::int64_t index = lookup(vm, dict, key, hash_value);
  if (index == kFailedLookup) return false;
  if (index >= 0) value_borrowed = dict->entries[index].value;
  return true;
}

bool dict_set_hashed(Vm& vm, DictObject* dict, Value key, std::int64_t hash_value, Value value) {
  const std::int64_t index = lookup(vm, dict, key, hash_value);
  if (index == kFailedLookup) return false;
  if (index >= 0) {
    replace_value(dict->entries[index], value);
    return true;
  }
  return insert_new(vm, dict, key, hash_value, value);
}

bool dict_set(Vm& vm, DictObject* dict, Value key, Value value) {
  std::int64_t hash_value = 0;
  VM_CHECK(hash_key(vm, key, hash_value));
  return dict_set_hashed(vm, dict, key, hash_value, value);
}

bool dict_set(Vm& vm, DictObject* dict, std::string_view key, Value value) {
  StrObject* name = vm.intern(key);
  if (name == nullptr) return raise_memory_error(vm);
  return dict_set(vm, dict, Value(name), value);
}

Value dict_set_default(Vm& vm, DictObject* dict, Value key, Value otherwise) {
  std::int64_t hash_value = 0;
  if (!hash_key(vm, key, hash_value)) return {};
  const std::int64_t index = lookup(vm, dict, key, hash_value);
  if (index == kFailedLookup) return {};
  if (index >= 0) return dict->entries[index].value;
  if (!insert_new(vm, dict, key, hash_value, otherwise)) return {};
  return otherwise;
}

bool dict_take(Vm& vm, DictObject* dict, Value key, Ref& value) {
  std::int64_t hash_value = 0;
  value.reset();
  VM_CHECK(hash_key(vm, key, hash_value));
  return dict_take_hashed(vm, dict, key, hash_value, value);
}

bool dict_take_hashed(Vm& vm, DictObject* dict, Value key, std::int64_t hash_value, Ref& value) {
  value.reset();
  const std::int64_t index = lookup(vm, dict, key, hash_value);
  if (index == kFailedLookup) return false;
  if (index < 0) return true;
  Ref old_key;
  take_entry(dict, index, old_key, value);
  return true;
}

bool dict_delete(Vm& vm, DictObject* dict, Value key) {
  Ref value;
  VM_CHECK(dict_take(vm, dict, key, value));
  if (!value) return raise_with(vm, vm.exc.KeyError, key);
  return true;
}

Ref dict_pop(Vm& vm, DictObject* dict, Value key) {
  Ref value;
  VM_CHECK(dict_take(vm, dict, key, value));
  return value;
}

bool dict_pop_last(DictObject* dict, Ref& key, Ref& value) {
  if (dict->used == 0) return false;
  std::uint32_t index = dict->entry_count - 1;
  while (dict->entries[index].key.is_null()) --index;
  take_entry(dict, index, key, value);
  dict->entry_count = index;
  return true;
}

void dict_clear(Vm& vm, DictObject* dict) {
  DictEntry* const entries = std::exchange(dict->entries, nullptr);
  const std::uint32_t count = std::exchange(dict->entry_count, 0);
  const unsigned log2_size = std::exchange(dict->log2_size, std::uint8_t{0});
  dict->indices = nullptr;
  dict->used = 0;
  dict->entry_capacity = 0;
  dict->has_only_str_keys = true;
  dict->keys_version = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    xdecref(entries[i].key);
    xdecref(entries[i].value);
  }
  free_block(vm, entries, log2_size);
}

Own<DictObject> dict_copy(Vm& vm, DictObject* dict) {
  VM_TRY(Own<DictObject> copy, new_dict(vm));
  if (dict->used == 0) return copy;
  VM_CHECK(charge_work(vm, dict->used / 8));
  if (dict->used == dict->entry_count) {
    // No holes: the block can be taken over as it is.
    void* block = vm.heap.allocate(block_size(dict->log2_size));
    if (block == nullptr) return raise_memory_error(vm);
    copy->entries = static_cast<DictEntry*>(block);
    copy->indices = copy->entries + usable(dict->log2_size);
    std::memcpy(static_cast<void*>(copy->entries), dict->entries, dict->entry_count * sizeof(DictEntry));
    std::memcpy(copy->indices, dict->indices, index_width(dict->log2_size) << dict->log2_size);
    copy->log2_size = dict->log2_size;
    copy->entry_capacity = dict->entry_capacity;
    copy->entry_count = dict->entry_count;
    copy->used = dict->used;
    copy->has_only_str_keys = dict->has_only_str_keys;
    for (std::uint32_t i = 0; i < copy->entry_count; ++i) {
      incref(copy->entries[i].key);
      incref(copy->entries[i].value);
    }
    return copy;
  }
  VM_CHECK(rebuild(vm, copy, log2_for(dict->used)));
  for (std::uint32_t i = 0; i < dict->entry_count; ++i) {
    const DictEntry& entry = dict->entries[i];
    if (!entry.key.is_null()) VM_CHECK(insert_new(vm, copy, entry.key, entry.hash, entry.value));
  }
  return copy;
}

bool dict_next(const DictObject* dict, std::size_t& position, Value& key, Value& value) {
  while (position < dict->entry_count) {
    const DictEntry& entry = dict->entries[position++];
    if (entry.key.is_null()) continue;
    key = entry.key;
    value = entry.value;
    return true;
  }
  return false;
}

namespace {

bool merge_dict(Vm& vm, DictObject* into, DictObject* other, OnDuplicate on_duplicate) {
  if (other == into || other->used == 0) return true;
  VM_CHECK(charge_work(vm, other->used / 8));
  if (other->used > 5) VM_CHECK(dict_reserve(vm, into, into->used == 0 ? other->used : other->used / 2));
  const std::size_t used = other->used;
  for (std::size_t i = 0; i < other->entry_count; ++i) {
    const DictEntry entry = other->entries[i];
    if (entry.key.is_null()) continue;
    const Ref key = Ref::share(entry.key), value = Ref::share(entry.value);
    if (on_duplicate == OnDuplicate::Replace) {
      VM_CHECK(dict_set_hashed(vm, into, key, entry.hash, value));
    } else {
      Value found;
      VM_CHECK(dict_find_hashed(vm, into, key, entry.hash, found));
      if (found.is_null()) {
        VM_CHECK(dict_set_hashed(vm, into, key, entry.hash, value));
      } else if (on_duplicate == OnDuplicate::Raise) {
        return raise_with(vm, vm.exc.KeyError, key);
      }
    }
    if (other->used != used) return raise(vm, vm.exc.RuntimeError, "dict mutated during update");
  }
  return true;
}

}  // namespace

bool dict_merge(Vm& vm, DictObject* into, Value mapping, OnDuplicate on_duplicate) {
  if (is_dict(mapping) && type_of(vm, mapping)->slots.iter == vm.types.dict->slots.iter) {
    return merge_dict(vm, into, mapping.as<DictObject>(), on_duplicate);
  }
  VM_TRY(Ref keys, call_method(vm, mapping, vm.names.keys));
  return for_each(vm, keys, [&](Value key) -> bool {
    if (on_duplicate != OnDuplicate::Replace) {
      Value found;
      VM_CHECK(dict_find(vm, into, key, found));
      if (!found.is_null()) return on_duplicate == OnDuplicate::Keep || raise_with(vm, vm.exc.KeyError, key);
    }
    VM_TRY(Ref value, get_item(vm, mapping, key));
    return dict_set(vm, into, key, value);
  });
}

Own<ListObject> dict_keys(Vm& vm, DictObject* dict) {
  VM_TRY(Own<ListObject> list, allocate_list(vm, dict->used));
  std::size_t position = 0, i = 0;
  Value key, value;
  while (dict_next(dict, position, key, value)) list->items[i++] = Ref::share(key).release();
  return list;
}
Own<ListObject> dict_values(Vm& vm, DictObject* dict) {
  VM_TRY(Own<ListObject> list, allocate_list(vm, dict->used));
  std::size_t position = 0, i = 0;
  Value key, value;
  while (dict_next(dict, position, key, value)) list->items[i++] = Ref::share(value).release();
  return list;
}
Own<ListObject> dict_items(Vm& vm, DictObject* dict) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  std::size_t position = 0;
  Value key, value;
  while (dict_next(dict, position, key, value)) {
    VM_TRY(Ref pair, new_tuple(vm, {key, value}));
    VM_CHECK(list_append(vm, list, std::move(pair)));
  }
  return list;
}

}  // namespace ouro::vm
