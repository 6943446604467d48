// SipHash (Aumasson and Bernstein, 2012), with the round counts as a parameter.
#pragma once

#include <cstdint>

#include "support/byte_reader.h"

namespace ouro::support {

struct SipKey {
  std::uint64_t k0 = 0;
  std::uint64_t k1 = 0;
};

/// SipHash-2-4: two rounds a block, four at the end.
[[nodiscard]] std::uint64_t siphash24(SipKey key, ByteView bytes);
/// SipHash-1-3.
[[nodiscard]] std::uint64_t siphash13(SipKey key, ByteView bytes);

}  // namespace ouro::support
