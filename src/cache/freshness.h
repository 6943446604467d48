// Does a cache still stand for its source?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "marshal/pyc.h"
#include "support/byte_reader.h"
#include "version/facts.h"

namespace ouro::cache {

/// Why a cache is not used, or that it would be.
enum class Freshness {
  Fresh,
  Unchecked,    ///< PEP 552 unchecked hash: imports never look at the source
  NoCache,
  BadHeader,    ///< too short, or not a .pyc
  OtherMagic,   ///< another version's or implementation's
  OtherTime,
  OtherSize,
  OtherHash,
};
[[nodiscard]] std::string_view to_string(Freshness freshness);

/// The source side of the comparison; `bytes` is only asked for when the cache is hash-based.
struct SourceStamp {
  std::int64_t mtime_seconds = 0;
  std::uint64_t size = 0;
};

/// Reads at most one header from `cache_path` and compares. Hash-based caches need the source's content: it is
/// read from `source_path` then.
[[nodiscard]] Freshness check_freshness(const std::string& cache_path, const std::string& source_path,
                                        const SourceStamp& stamp, const version::Facts& target);

}  // namespace ouro::cache
