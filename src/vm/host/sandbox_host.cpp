#include "vm/host/sandbox_host.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

namespace ouro::vm {
namespace {

/// The path with every link followed; of a path that does not exist yet, its directory's followed. Empty: not to be had.
std::string resolved(const std::string& path, bool follow) {
  if (path.empty() || path.find('\0') != std::string::npos) return {};
  char buffer[PATH_MAX];
  if (follow && ::realpath(path.c_str(), buffer) != nullptr) return buffer;
  const int failure = follow ? errno : ENOENT;
  if (failure != ENOENT) return {};
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  const std::size_t slash = trimmed.find_last_of('/');
  const std::string name = slash == std::string::npos ? trimmed : trimmed.substr(slash + 1);
  if (name == "." || name == ".." || name.empty()) {
    return ::realpath(path.c_str(), buffer) != nullptr ? std::string(buffer) : std::string();
  }
  // A dangling link would make a file elsewhere when it is opened for writing.
  if (follow && ::readlink(trimmed.c_str(), static_cast<char*>(buffer), sizeof buffer) >= 0) return {};
  std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : trimmed.substr(0, slash);
  if (::realpath(directory.c_str(), buffer) == nullptr) {
    // Below a directory that does not exist: where it would be, for an honest "no such file".
    directory = resolved(directory, true);
    if (directory.empty()) return {};
  } else {
    directory = buffer;
  }
  return (directory == "/" ? directory : directory + "/") + name;
}

bool lies_in(const std::string& path, const std::vector<std::string>& places) {
  return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
    if (place == "/") return true;
    return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
  });
}

void resolve_all(std::vector<std::string>& places) {
  for (std::string& place : places) place = resolved(place, true);
  std::erase_if(places, [](const std::string& place) { return place.empty(); });
}

constexpr std::int64_t kSandboxEpoch = 0;

}  // namespace

SandboxHost::SandboxHost(SandboxRules rules) : rules_(std::move(rules)) {
  resolve_all(rules_.read);
  resolve_all(rules_.write);
}

bool SandboxHost::may_read(const std::string& path, bool follow) const {
  const std::string real = resolved(path, follow);
  return !real.empty() && (lies_in(real, rules_.read) || lies_in(real, rules_.write));
}
bool SandboxHost::may_write(const std::string& path, bool follow) const {
  const std::string real = resolved(path, follow);
  return !real.empty() && lies_in(real, rules_.write);
}
bool SandboxHost::is_known(int descriptor) const {
  if (descriptor == 0) return rules_.standard_input;
  return (descriptor > 0 && descriptor <= 2) || opened_.contains(descriptor);
}

int SandboxHost::open(const std::string& path, int flags, int mode, int directory, int& descriptor) {
  if (directory != AT_FDCWD) return EPERM;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
  if (!(writes ? may_write(path, true) : may_read(path, true))) return EPERM;
  const int failure = system_.open(path, flags | O_NOCTTY, mode, directory, descriptor);
  if (failure == 0) opened_.insert(descriptor);
  return failure;
}
int SandboxHost::close(int descriptor) {
  if (!is_known(descriptor)) return EBADF;
  if (opened_.erase(descriptor) == 0) return 0;  // the standard streams stay as they are
  return system_.close(descriptor);
}
int SandboxHost::read(int descriptor, void* buffer, std::size_t size, std::size_t& done) {
  return is_known(descriptor) ? system_.read(descriptor, buffer, size, done) : EBADF;
}
int SandboxHost::write(int descriptor, const void* buffer, std::size_t size, std::size_t& done) {
  return is_known(descriptor) ? system_.write(descriptor, buffer, size, done) : EBADF;
}
int SandboxHost::seek(int descriptor, std::int64_t offset, int whence, std::int64_t& position) {
  return is_known(descriptor) ? system_.seek(descriptor, offset, whence, position) : EBADF;
}
int SandboxHost::truncate(int descriptor, std::int64_t size) {
  return opened_.contains(descriptor) ? system_.truncate(descriptor, size) : EBADF;
}
int SandboxHost::status(const std::string& path, bool follow, int directory, FileStatus& out) {
  if (directory != AT_FDCWD || !may_read(path, follow)) return EPERM;
  return system_.status(path, follow, directory, out);
}
int SandboxHost::status(int descriptor, FileStatus& out) {
  return is_known(descriptor) ? system_.status(descriptor, out) : EBADF;
}
int SandboxHost::list(const std::string& path, std::vector<DirectoryEntry>& out) {
  return may_read(path, true) ? system_.list(path, out) : EPERM;
}
int SandboxHost::make_directory(const std::string& path, int mode, int directory) {
  if (directory != AT_FDCWD || !may_write(path, false)) return EPERM;
  return system_.make_directory(path, mode, directory);
}
int SandboxHost::remove_file(const std::string& path, int directory) {
  if (directory != AT_FDCWD || !may_write(path, false)) return EPERM;
  return system_.remove_file(path, directory);
}
int SandboxHost::remove_directory(const std::string& path, int directory) {
  if (directory != AT_FDCWD || !may_write(path, false)) return EPERM;
  return system_.remove_directory(path, directory);
}
int SandboxHost::rename(const std::string& from, const std::string& to, bool replace) {
  if (!may_write(from, false) || !may_write(to, false)) return EPERM;
  return system_.rename(from, to, replace);
}
int SandboxHost::link(const std::string&, const std::string&, bool) { return EPERM; }
int SandboxHost::read_link(const std::string& path, std::string& out) {
  return may_read(path, false) ? system_.read_link(path, out) : EPERM;
}
int SandboxHost::change_mode(const std::string& path, int mode, bool follow) {
  return may_write(path, true) ? system_.change_mode(path, mode & 0777, follow) : EPERM;
}
int SandboxHost::set_times(const std::string& path, std::int64_t access_ns, std::int64_t modify_ns, bool follow) {
  return may_write(path, follow) ? system_.set_times(path, access_ns, modify_ns, follow) : EPERM;
}
int SandboxHost::access(const std::string& path, int mode) {
  return may_read(path, true) ? system_.access(path, mode) : EPERM;
}
int SandboxHost::current_directory(std::string& out) {
  const int failure = system_.current_directory(out);
  if (failure != 0) return failure;
  return may_read(out, true) ? 0 : EPERM;
}
bool SandboxHost::is_terminal(int descriptor) { return is_known(descriptor) && system_.is_terminal(descriptor); }

std::vector<std::pair<std::string, std::string>> SandboxHost::environment() {
  const bool all = std::find(rules_.environment.begin(), rules_.environment.end(), "*") != rules_.environment.end();
  auto variables = system_.environment();
  if (!all) {
    std::erase_if(variables, [&](const auto& variable) {
      return std::find(rules_.environment.begin(), rules_.environment.end(), variable.first) == rules_.environment.end();
    });
  }
  return variables;
}
int SandboxHost::set_environment(const std::string&, const std::string*) { return EPERM; }
std::int64_t SandboxHost::wall_clock_ns() { return rules_.clock ? system_.wall_clock_ns() : kSandboxEpoch; }
std::int64_t SandboxHost::monotonic_ns() { return rules_.clock ? system_.monotonic_ns() : kSandboxEpoch; }
std::int64_t SandboxHost::processor_ns() { return rules_.clock ? system_.processor_ns() : kSandboxEpoch; }
int SandboxHost::sleep_ns(std::int64_t nanoseconds) { return rules_.clock ? system_.sleep_ns(nanoseconds) : EPERM; }
int SandboxHost::random_bytes(void* buffer, std::size_t size) {
  return rules_.random ? system_.random_bytes(buffer, size) : EPERM;
}

}  // namespace ouro::vm
