#include "cache/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cache/file_descriptor.h"

namespace ouro::cache {

namespace {

constexpr int kTries = 3;

bool same_version(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

/// Reads to the end, or to the `expected` size: what came behind that since shows in the size that the caller asks for
/// afterwards. Gives an errno, 0 on success.
int read_all(int fd, std::size_t expected, std::vector<std::uint8_t>& bytes) {
  bytes.resize(expected + 1);  // one more, to see the end without another buffer
  std::size_t used = 0;
  for (;;) {
    const ssize_t count = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used == expected) break;
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(used);
  return 0;
}

}  // namespace

tl::expected<SourceFile, OsError> read_source(const std::string& path) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat before {};
    if (!file.is_open() || ::fstat(file.get(), &before) != 0) return tl::unexpected(OsError{errno, path});
    if (!S_ISREG(before.st_mode)) {
      return tl::unexpected(OsError{S_ISDIR(before.st_mode) ? EISDIR : EINVAL, path});
    }
    SourceFile source;
    if (const int error = read_all(file.get(), static_cast<std::size_t>(before.st_size), source.bytes); error != 0) {
      return tl::unexpected(OsError{error, path});
    }
    struct stat after {};
    if (::fstat(file.get(), &after) != 0) return tl::unexpected(OsError{errno, path});
    if (!same_version(before, after) || source.bytes.size() != static_cast<std::size_t>(after.st_size)) continue;
    source.mtime_seconds = after.st_mtim.tv_sec;
    source.size = source.bytes.size();
    source.mode = after.st_mode & 07777U;
    return source;
  }
  return tl::unexpected(OsError{EBUSY, path, path_repr(path) + " changes while it is read"});
}

}  // namespace ouro::cache
