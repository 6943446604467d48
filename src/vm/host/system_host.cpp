#include "vm/host/system_host.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <ctime>

extern char** environ;

namespace ouro::vm {
namespace {

int result_of(int status) { return status < 0 ? errno : 0; }

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kNanoseconds + now.tv_nsec;
}

timespec to_timespec(std::int64_t nanoseconds) {
  std::int64_t seconds = nanoseconds / kNanoseconds;
  std::int64_t rest = nanoseconds % kNanoseconds;
  if (rest < 0) {
    rest += kNanoseconds;
    --seconds;
  }
  return {static_cast<time_t>(seconds), static_cast<long>(rest)};
}

std::int64_t from_timespec(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * kNanoseconds + time.tv_nsec;
}

void fill_status(const struct stat& from, FileStatus& out) {
  out.mode = from.st_mode;
  out.inode = from.st_ino;
  out.device = from.st_dev;
  out.links = from.st_nlink;
  out.size = static_cast<std::uint64_t>(from.st_size);
  out.blocks = static_cast<std::uint64_t>(from.st_blocks);
  out.block_size = static_cast<std::uint64_t>(from.st_blksize);
  out.special_device = from.st_rdev;
  out.uid = from.st_uid;
  out.gid = from.st_gid;
  out.access_ns = from_timespec(from.st_atim);
  out.modify_ns = from_timespec(from.st_mtim);
  out.change_ns = from_timespec(from.st_ctim);
}

}  // namespace

int SystemHost::open(const std::string& path, int flags, int mode, int directory, int& descriptor) {
  descriptor = ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode);
  return result_of(descriptor);
}
int SystemHost::close(int descriptor) { return result_of(::close(descriptor)); }

int SystemHost::read(int descriptor, void* buffer, std::size_t size, std::size_t& done) {
  const ssize_t got = ::read(descriptor, buffer, size > SSIZE_MAX ? SSIZE_MAX : size);
  done = got < 0 ? 0 : static_cast<std::size_t>(got);
  return got < 0 ? errno : 0;
}

int SystemHost::write(int descriptor, const void* buffer, std::size_t size, std::size_t& done) {
  const ssize_t put = ::write(descriptor, buffer, size > SSIZE_MAX ? SSIZE_MAX : size);
  done = put < 0 ? 0 : static_cast<std::size_t>(put);
  return put < 0 ? errno : 0;
}

int SystemHost::seek(int descriptor, std::int64_t offset, int whence, std::int64_t& position) {
  position = ::lseek(descriptor, offset, whence);
  return position < 0 ? errno : 0;
}
int SystemHost::truncate(int descriptor, std::int64_t size) { return result_of(::ftruncate(descriptor, size)); }

int SystemHost::status(const std::string& path, bool follow, int directory, FileStatus& out) {
  struct stat status {};
  if (::fstatat(directory, path.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return errno;
  fill_status(status, out);
  return 0;
}
int SystemHost::status(int descriptor, FileStatus& out) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return errno;
  fill_status(status, out);
  return 0;
}

int SystemHost::list(const std::string& path, std::vector<DirectoryEntry>& out) {
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return errno;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") out.push_back({std::string(name), entry->d_ino, entry->d_type});
    errno = 0;
  }
  const int failure = errno;
  ::closedir(directory);
  return failure;
}

int SystemHost::make_directory(const std::string& path, int mode, int directory) {
  return result_of(::mkdirat(directory, path.c_str(), static_cast<mode_t>(mode)));
}
int SystemHost::remove_file(const std::string& path, int directory) {
  return result_of(::unlinkat(directory, path.c_str(), 0));
}
int SystemHost::remove_directory(const std::string& path, int directory) {
  return result_of(::unlinkat(directory, path.c_str(), AT_REMOVEDIR));
}
int SystemHost::rename(const std::string& from, const std::string& to, bool) {
  return result_of(::rename(from.c_str(), to.c_str()));
}
int SystemHost::link(const std::string& from, const std::string& to, bool symbolic) {
  return result_of(symbolic ? ::symlink(from.c_str(), to.c_str()) : ::link(from.c_str(), to.c_str()));
}

int SystemHost::read_link(const std::string& path, std::string& out) {
  char buffer[PATH_MAX];
  const ssize_t length = ::readlink(path.c_str(), buffer, sizeof buffer);
  if (length < 0) return errno;
  out.assign(buffer, static_cast<std::size_t>(length));
  return 0;
}

int SystemHost::change_mode(const std::string& path, int mode, bool follow) {
  return result_of(::fchmodat(AT_FDCWD, path.c_str(), static_cast<mode_t>(mode), follow ? 0 : AT_SYMLINK_NOFOLLOW));
}
int SystemHost::set_times(const std::string& path, std::int64_t access_ns, std::int64_t modify_ns, bool follow) {
  const timespec times[2] = {to_timespec(access_ns), to_timespec(modify_ns)};
  return result_of(::utimensat(AT_FDCWD, path.c_str(), times, follow ? 0 : AT_SYMLINK_NOFOLLOW));
}
int SystemHost::access(const std::string& path, int mode) { return result_of(::access(path.c_str(), mode)); }

int SystemHost::current_directory(std::string& out) {
  char buffer[PATH_MAX];
  if (::getcwd(buffer, sizeof buffer) == nullptr) return errno;
  out = buffer;
  return 0;
}
int SystemHost::change_directory(const std::string& path) { return result_of(::chdir(path.c_str())); }
bool SystemHost::is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

std::vector<std::pair<std::string, std::string>> SystemHost::environment() {
  std::vector<std::pair<std::string, std::string>> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=', 1);
    if (equals == std::string_view::npos) continue;
    all.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}
int SystemHost::set_environment(const std::string& name, const std::string* value) {
  return result_of(value != nullptr ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str()));
}

std::int64_t SystemHost::wall_clock_ns() { return clock_ns(CLOCK_REALTIME); }
std::int64_t SystemHost::monotonic_ns() { return clock_ns(CLOCK_MONOTONIC); }
std::int64_t SystemHost::processor_ns() { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

int SystemHost::sleep_ns(std::int64_t nanoseconds) {
  const timespec wanted = to_timespec(nanoseconds);
  return ::clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, nullptr);
}

int SystemHost::random_bytes(void* buffer, std::size_t size) {
  auto* to = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t got = ::getrandom(to, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return 0;
}

}  // namespace ouro::vm
