// Files as a whole: read at once, replaced at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/byte_reader.h"
#include "support/result.h"

namespace ouro::support {

/// The whole of a regular file, or of standard input for "-".
/// Errors: file.not_found, file.is_directory, file.permission, file.failed (with the system's words).
[[nodiscard]] Result<std::vector<std::uint8_t>> read_file(const std::string& path);

/// Replaces `path` with `content` in one step: a reader sees the old file or the new one, whole. Writes a temporary
/// file in the same directory, then renames it; a failure leaves the old file as it was and no temporary behind.
/// `mode` is the new file's permission bits before the umask (CPython gives caches their source's bits | 0200).
[[nodiscard]] Status write_file_atomically(const std::string& path, ByteView content, unsigned mode = 0666);

/// What a cache needs to know of its source.
struct FileStatus {
  std::int64_t mtime = 0;  ///< whole seconds since 1970, rounded down
  std::uint64_t size = 0;
  unsigned mode = 0;  ///< permission bits
  bool is_directory = false;
  bool is_regular = false;
};
/// Follows links. Errors as for read_file.
[[nodiscard]] Result<FileStatus> file_status(const std::string& path);

}  // namespace ouro::support
