// 3.11+: the named values inside an instruction's inline cache entries.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "version/facts.h"

namespace ouro::bytecode {

/// One value of `size` code units.
struct CacheValue {
  std::string_view name;
  std::uint8_t size;
};

/// The values of an instruction's caches in order; empty when it has none. Source: opcode._cache_format.
[[nodiscard]] std::span<const CacheValue> cache_layout(const OpcodeInfo& info);

}  // namespace ouro::bytecode
