// Whether a cache is fresh for its source: what CPython's import checks (Lib/importlib/_bootstrap_external.py).
#pragma once

#include <cstdint>

#include "marshal/pyc.h"

namespace ouro::marshal {

enum class Freshness : std::uint8_t {
  Fresh,
  TimeDiffers,
  SizeDiffers,
  HashDiffers,
};

/// Timestamp mode: the header's time and size (where it has one) against the source's; both count modulo 2^32.
[[nodiscard]] Freshness compare_time(const PycHeader& header, std::int64_t source_mtime, std::uint64_t source_size);

/// Hash modes: the header's hash against the source's bytes. Imports ask for it in CheckedHash only.
[[nodiscard]] Freshness compare_hash(const PycHeader& header, ByteView source, const version::Facts& facts);

}  // namespace ouro::marshal
