// The host that denies everything: files, environment, time and chance.
#include "vm/host/host.h"

#include <cerrno>

namespace ouro::vm {

int Host::open(const std::string&, int, int, int, int&) { return EPERM; }
int Host::close(int) { return EBADF; }
int Host::read(int, void*, std::size_t, std::size_t&) { return EBADF; }
int Host::write(int, const void*, std::size_t, std::size_t&) { return EBADF; }
int Host::seek(int, std::int64_t, int, std::int64_t&) { return EBADF; }
int Host::truncate(int, std::int64_t) { return EBADF; }
int Host::status(const std::string&, bool, int, FileStatus&) { return EPERM; }
int Host::status(int, FileStatus&) { return EBADF; }
int Host::list(const std::string&, std::vector<DirectoryEntry>&) { return EPERM; }
int Host::make_directory(const std::string&, int, int) { return EPERM; }
int Host::remove_file(const std::string&, int) { return EPERM; }
int Host::remove_directory(const std::string&, int) { return EPERM; }
int Host::rename(const std::string&, const std::string&, bool) { return EPERM; }
int Host::link(const std::string&, const std::string&, bool) { return EPERM; }
int Host::read_link(const std::string&, std::string&) { return EPERM; }
int Host::change_mode(const std::string&, int, bool) { return EPERM; }
int Host::set_times(const std::string&, std::int64_t, std::int64_t, bool) { return EPERM; }
int Host::access(const std::string&, int) { return EPERM; }
int Host::current_directory(std::string&) { return EPERM; }
int Host::change_directory(const std::string&) { return EPERM; }
bool Host::is_terminal(int) { return false; }
std::vector<std::pair<std::string, std::string>> Host::environment() { return {}; }
int Host::set_environment(const std::string&, const std::string*) { return EPERM; }
std::int64_t Host::wall_clock_ns() { return 0; }
std::int64_t Host::monotonic_ns() { return 0; }
std::int64_t Host::processor_ns() { return 0; }
int Host::sleep_ns(std::int64_t) { return EPERM; }
int Host::random_bytes(void*, std::size_t) { return EPERM; }

}  // namespace ouro::vm
