#include "marshal/freshness.h"

#include "marshal/cache_path.h"

namespace ouro::marshal {

Freshness compare_time(const PycHeader& header, std::int64_t source_mtime, std::uint64_t source_size) {
  if (header.mtime != static_cast<std::uint32_t>(source_mtime)) return Freshness::TimeDiffers;
  if (header.has_source_size() && header.source_size != static_cast<std::uint32_t>(source_size)) {
    return Freshness::SizeDiffers;
  }
  return Freshness::Fresh;
}

Freshness compare_hash(const PycHeader& header, ByteView source, const version::Facts& facts) {
  return header.hash == source_hash(source, facts) ? Freshness::Fresh : Freshness::HashDiffers;
}

}  // namespace ouro::marshal
