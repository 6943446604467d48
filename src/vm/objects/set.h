// set and frozenset: the same layout, an open-addressing table with CPython's probing, so that sets iterate in its order.
#pragma once

#include <cstdint>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct SetEntry {
  Value key;  ///< null: never used; kDeletedKey (set.cpp): deleted
  std::int64_t hash;
};
struct SetObject : GcObject {
  std::size_t used;    ///< live entries
  std::size_t filled;  ///< live and deleted
  std::size_t mask;    ///< size of the table less one
  SetEntry* table;
  std::int64_t hash;   ///< of a frozenset; -1: not computed yet
  struct WeakRefObject* weakrefs;
  std::size_t finger;  ///< where pop() looks first
  SetEntry small[8];
};

extern const TypeSpec kSetType;
extern const TypeSpec kFrozensetType;

[[nodiscard]] Own<SetObject> new_set(Vm& vm);
[[nodiscard]] Own<SetObject> new_frozenset(Vm& vm, Value iterable);  ///< iterable null: empty
[[nodiscard]] bool set_add(Vm& vm, SetObject* set, Value key);
[[nodiscard]] bool set_contains(Vm& vm, SetObject* set, Value key, bool& out);
[[nodiscard]] bool set_discard(Vm& vm, SetObject* set, Value key, bool& found);
[[nodiscard]] bool set_update(Vm& vm, SetObject* set, Value iterable);
/// Position starts at 0; false at the end. Borrowed.
bool set_next(const SetObject* set, std::size_t& position, Value& key);

}  // namespace ouro::vm
