// The wrapper that functools.lru_cache makes.
#pragma once

#include "vm/core/binding.h"

namespace ouro::vm {

extern const TypeSpec kLruCacheType;

}  // namespace ouro::vm
