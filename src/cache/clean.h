// Removing cache files.
#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "cache/cache_state.h"
#include "cache/os_error.h"

namespace ouro::cache {

using StateSet = std::bitset<kCacheStateCount>;
[[nodiscard]] inline bool contains(StateSet states, CacheState state) {
  return states.test(static_cast<std::size_t>(state));
}

/// Removes the file of one entry; a file that is gone already is no failure.
[[nodiscard]] std::optional<OsError> remove_cache(const CacheEntry& entry);

/// Removes `directory` when it is named __pycache__ and is empty. True when it was removed.
bool remove_empty_pycache(const std::string& directory);

}  // namespace ouro::cache
