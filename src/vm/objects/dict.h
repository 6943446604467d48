// dict: open addressing over a compact array of entries in insertion order.
#pragma once

#include <cstdint>
#include <string_view>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct DictEntry {
  std::int64_t hash;
  Value key;    ///< null: deleted
  Value value;
};

struct DictObject : GcObject {
  std::size_t used;           ///< live entries
  DictEntry* entries;
  void* indices;              ///< 2^log2_size slots of 1, 2, 4 or 8 bytes: entry number, -1 empty, -2 deleted
  std::uint32_t entry_count;  ///< entries in use, deleted ones included
  std::uint32_t entry_capacity;
  std::uint8_t log2_size;     ///< 0: no table yet
  bool has_only_str_keys;     ///< exact strings: lookups need no Python code
  /// Changes whenever a key is added or removed or the entries move; 0: not asked for since the last change. What
  /// inline caches compare: while it holds, an entry's number is that key's.
  std::uint32_t keys_version;
};

extern const TypeSpec kDictType;

[[nodiscard]] Own<DictObject> new_dict(Vm& vm, std::size_t expected = 0);
/// Borrowed; null where absent (nothing raised unless hashing or comparing does: check has_error when keys are not str).
[[nodiscard]] Value dict_get(Vm& vm, DictObject* dict, Value key);
[[nodiscard]] Value dict_get(Vm& vm, DictObject* dict, std::string_view key);
/// The same for a str key: never raises.
[[nodiscard]] Value dict_get_str(Vm& vm, DictObject* dict, StrObject* key);
/// Where the value of a str key stands; null where absent. Valid while keys_version holds.
[[nodiscard]] DictEntry* dict_find_str(Vm& vm, DictObject* dict, StrObject* key);
/// `found` false where absent.
[[nodiscard]] bool dict_find(Vm& vm, DictObject* dict, Value key, Value& value_borrowed);
[[nodiscard]] bool dict_set(Vm& vm, DictObject* dict, Value key, Value value);
[[nodiscard]] bool dict_set(Vm& vm, DictObject* dict, std::string_view key, Value value);
[[nodiscard]] bool dict_set_hashed(Vm& vm, DictObject* dict, Value key, std::int64_t hash, Value value);
/// The value under `key`, put there first if absent. Borrowed; null: an exception is set.
[[nodiscard]] Value dict_set_default(Vm& vm, DictObject* dict, Value key, Value otherwise);
/// KeyError where absent.
[[nodiscard]] bool dict_delete(Vm& vm, DictObject* dict, Value key);
/// The value taken out; null without exception where absent.
[[nodiscard]] Ref dict_pop(Vm& vm, DictObject* dict, Value key);
void dict_clear(Vm& vm, DictObject* dict);
[[nodiscard]] Own<DictObject> dict_copy(Vm& vm, DictObject* dict);
enum class OnDuplicate : std::uint8_t { Replace, Keep, Raise };
/// Adds another dict's or mapping's items. Raise: KeyError(key) as dict(**a, **b) needs it.
[[nodiscard]] bool dict_merge(Vm& vm, DictObject* into, Value mapping, OnDuplicate on_duplicate);
/// Iterates without Python code: position starts at 0; false at the end. Key and value are borrowed; the dict must not
/// change meanwhile.
bool dict_next(const DictObject* dict, std::size_t& position, Value& key, Value& value);
/// A version for inline caches, given now if need be.
[[nodiscard]] inline std::uint32_t dict_keys_version(Vm& vm, DictObject* dict) {
  if (dict->keys_version == 0) dict->keys_version = vm.next_dict_version++;
  return dict->keys_version;
}
[[nodiscard]] Ref dict_subscript(Vm& vm, Value self, Value key);
[[nodiscard]] Own<struct ListObject> dict_keys(Vm& vm, DictObject* dict);
[[nodiscard]] Own<struct ListObject> dict_values(Vm& vm, DictObject* dict);
[[nodiscard]] Own<struct ListObject> dict_items(Vm& vm, DictObject* dict);

}  // namespace ouro::vm
