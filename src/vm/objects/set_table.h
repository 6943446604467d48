// Operations on sets that only the files of set use.
#pragma once

#include "vm/objects/set.h"

namespace ouro::vm {

/// Stands where a key was taken out; its hash is -1, which no key has. Not a word that any value is.
inline constexpr Value kDeletedKey{0x1EU};

/// The next live entry from `position` on; null at the end.
inline const SetEntry* set_next_entry(const SetObject* set, std::size_t& position) {
  while (position <= set->mask) {
    const SetEntry& entry = set->table[position++];
    if (!entry.key.is_null() && entry.key != kDeletedKey) return &entry;
  }
  return nullptr;
}
[[nodiscard]] Own<SetObject> new_set_of(Vm& vm, TypeObject* type);
[[nodiscard]] bool set_resize(Vm& vm, SetObject* set, std::size_t least);
[[nodiscard]] bool set_add_hashed(Vm& vm, SetObject* set, Value key, std::int64_t hash);
[[nodiscard]] bool set_contains_hashed(Vm& vm, SetObject* set, Value key, std::int64_t hash, bool& out);
[[nodiscard]] bool set_discard_hashed(Vm& vm, SetObject* set, Value key, std::int64_t hash, bool& found);
void set_clear_all(Vm& vm, SetObject* set);
void set_swap_bodies(SetObject* a, SetObject* b);

}  // namespace ouro::vm
