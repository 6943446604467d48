#include "support/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ouro::support {
namespace {

Error system_error(int number) {
  std::string_view code = "file.failed";
  if (number == ENOENT || number == ENOTDIR) code = "file.not_found";
  if (number == EISDIR) code = "file.is_directory";
  if (number == EACCES || number == EPERM) code = "file.permission";
  return make_error(code, std::strerror(number));
}

/// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ > 2) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  /// False when closing says that the data did not get through.
  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

FileStatus status_of(const struct stat& info) {
  return {.mtime = static_cast<std::int64_t>(info.st_mtime),
          .size = static_cast<std::uint64_t>(info.st_size),
          .mode = static_cast<unsigned>(info.st_mode) & 07777U,
          .is_directory = S_ISDIR(info.st_mode),
          .is_regular = S_ISREG(info.st_mode)};
}

bool write_all(int descriptor, ByteView content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path) {
  const Descriptor file(path == "-" ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error(errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return system_error(errno);
  if (S_ISDIR(info.st_mode)) return system_error(EISDIR);
  std::vector<std::uint8_t> bytes;
  // One byte more than the size, so that the common case sees the end in the second read.
  bytes.resize(S_ISREG(info.st_mode) ? static_cast<std::size_t>(info.st_size) + 1 : 65536);
  std::size_t size = 0;
  for (;;) {
    const ssize_t count = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (count < 0) {
      if (errno == EINTR) continue;
      return system_error(errno);
    }
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size == bytes.size()) bytes.resize(size * 2);
  }
  bytes.resize(size);
  return bytes;
}

Status write_file_atomically(const std::string& path, ByteView content, unsigned mode) {
  // O_EXCL makes the name ours; the process id keeps two writers of one file apart.
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
  int number = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  if (number < 0 && errno == EEXIST) {  // left by a process that died
    ::unlink(temporary.c_str());
    number = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  }
  if (number < 0) return system_error(errno);
  Descriptor file(number);
  const bool written = write_all(file.get(), content);
  int failure = written ? 0 : errno;
  if (!file.close() && failure == 0) failure = errno;
  if (failure == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
  if (failure != 0) {
    ::unlink(temporary.c_str());
    return system_error(failure);
  }
  return {};
}

Result<FileStatus> file_status(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return system_error(errno);
  return status_of(info);
}

}  // namespace ouro::support
