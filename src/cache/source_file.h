// Reading a source so that its bytes and its time belong together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/os_error.h"
#include "tl/expected.hpp"

namespace ouro::cache {

struct SourceFile {
  std::vector<std::uint8_t> bytes;
  std::int64_t mtime_seconds = 0;  ///< rounded toward minus infinity
  std::uint64_t size = 0;
  std::uint32_t mode = 0;  ///< permission bits
};

/// Reads a regular file whole; when it changes meanwhile, reads it again (three times, then gives an error).
/// Never blocks on a FIFO or device: what is not a regular file is an error.
[[nodiscard]] tl::expected<SourceFile, OsError> read_source(const std::string& path);

}  // namespace ouro::cache
