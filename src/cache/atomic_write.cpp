#include "cache/atomic_write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "cache/file_descriptor.h"

namespace ouro::cache {

namespace {

/// Unique among the threads of this process by the counter, among processes by the id; ends in digits only, as
/// CPython's temporary names do.
std::string temporary_name(const std::string& path) {
  static std::atomic<std::uint64_t> counter{static_cast<std::uint64_t>(::getpid()) * 1000000};
  return path + "." + std::to_string(counter.fetch_add(1));
}

/// mkdir -p; gives the first failure.
std::optional<OsError> make_directories(const std::string& path) {
  if (path.empty() || ::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return std::nullopt;
  if (errno != ENOENT) return OsError{errno, path};
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos || slash == 0) return OsError{ENOENT, path};
  if (auto error = make_directories(path.substr(0, slash))) return error;
  if (::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return std::nullopt;
  return OsError{errno, path};
}

int write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

std::optional<OsError> refuse_special_target(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return std::nullopt;
  if (S_ISLNK(status.st_mode)) {
    return OsError{EEXIST, path,
                   path + " is a symlink and will be changed into a regular file if import writes a "
                          "byte-compiled file to it"};
  }
  return OsError{EEXIST, path,
                 path + " is a non-regular file and will be changed into a regular one if import writes a "
                        "byte-compiled file to it"};
}

std::optional<OsError> write_atomic(const std::string& path, ByteView bytes, std::uint32_t mode) {
  const std::string temporary = temporary_name(path);
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  const mode_t permissions = (mode | 0200U) & 0666U;
  int fd = ::open(temporary.c_str(), flags, permissions);
  if (fd < 0 && errno == ENOENT) {
    const std::size_t slash = path.find_last_of('/');
    if (slash != std::string::npos) {
      if (auto error = make_directories(path.substr(0, slash))) return error;
    }
    fd = ::open(temporary.c_str(), flags, permissions);
  }
  if (fd < 0) return OsError{errno, temporary};
  FileDescriptor file(fd);
  int error = write_all(file.get(), bytes);
  if (!file.close() && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return std::nullopt;
  ::unlink(temporary.c_str());
  return OsError{error, path};
}

std::optional<OsError> replace_by_hard_link(const std::string& existing, const std::string& path) {
  const std::string temporary = temporary_name(path);
  if (::link(existing.c_str(), temporary.c_str()) != 0) return OsError{errno, temporary};
  // rename() of two names of one file does nothing, so a leftover name is removed in any case.
  const int error = ::rename(temporary.c_str(), path.c_str()) != 0 ? errno : 0;
  ::unlink(temporary.c_str());
  if (error != 0) return OsError{error, path};
  return std::nullopt;
}

bool is_temporary_name(std::string_view file_name) {
  const std::size_t dot = file_name.find_last_of('.');
  if (dot == std::string_view::npos || dot + 1 == file_name.size()) return false;
  if (file_name.find_first_not_of("0123456789", dot + 1) != std::string_view::npos) return false;
  return file_name.substr(0, dot).ends_with(".pyc");
}

}  // namespace ouro::cache
