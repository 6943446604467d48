#include "cache/freshness.h"

#include <fcntl.h>

#include <array>
#include <cerrno>

#include "cache/file_descriptor.h"
#include "cache/source_file.h"
#include "marshal/freshness.h"

namespace ouro::cache {

std::string_view to_string(Freshness freshness) {
  switch (freshness) {
    case Freshness::Fresh: return "fresh";
    case Freshness::Unchecked: return "unchecked";
    case Freshness::NoCache: return "no cache";
    case Freshness::BadHeader: return "bad header";
    case Freshness::OtherMagic: return "other magic number";
    case Freshness::OtherTime: return "source time differs";
    case Freshness::OtherSize: return "source size differs";
    case Freshness::OtherHash: return "source hash differs";
  }
  return {};
}

namespace {

Freshness check_hash(const marshal::PycHeader& header, const std::string& source_path, const version::Facts& target) {
  if (header.invalidation() == marshal::Invalidation::UncheckedHash) return Freshness::Unchecked;
  const auto source = read_source(source_path);
  if (!source) return Freshness::OtherHash;
  return marshal::compare_hash(header, source->bytes, target) == marshal::Freshness::Fresh ? Freshness::Fresh : Freshness::OtherHash;
}

}  // namespace

Freshness check_freshness(const std::string& cache_path, const std::string& source_path, const SourceStamp& stamp,
                          const version::Facts& target) {
  const FileDescriptor file(::open(cache_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return Freshness::NoCache;
  std::array<std::uint8_t, 16> bytes{};
  const ssize_t count = ::read(file.get(), bytes.data(), bytes.size());
  if (count < 4) return Freshness::BadHeader;
  const marshal::PycHeader wanted = marshal::new_header(target);
  const auto header = marshal::read_header(ByteView(bytes.data(), static_cast<std::size_t>(count)));
  if (!header) return Freshness::BadHeader;
  if (header->magic != wanted.magic) return Freshness::OtherMagic;
  if (header->invalidation() != marshal::Invalidation::Timestamp) return check_hash(*header, source_path, target);
  switch (marshal::compare_time(*header, stamp.mtime_seconds, stamp.size)) {
    case marshal::Freshness::TimeDiffers: return Freshness::OtherTime;
    case marshal::Freshness::SizeDiffers: return Freshness::OtherSize;
    default: return Freshness::Fresh;
  }
}

}  // namespace ouro::cache
