// The keyed hash of text and bytes: SipHash-1-3 with the key that PYTHONHASHSEED gives, as CPython 3.13 has it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "support/siphash.h"
#include "vm/core/vm.h"

namespace ouro::vm {

[[nodiscard]] support::SipKey hash_key(const Vm& vm);
[[nodiscard]] std::int64_t hash_bytes(const Vm& vm, const void* data, std::size_t size);

}  // namespace ouro::vm
