// All contact of a machine with the world. The default denies everything; a real host is host/system_host.h, and
// --sandbox opens single doors of it.
//
// Errors are errno values: 0 is success. A denied operation gives EACCES or EPERM, and the exception says what to allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::vm {

struct FileStatus {
  std::uint32_t mode = 0;
  std::uint64_t inode = 0, device = 0, links = 0, size = 0, blocks = 0, block_size = 0, special_device = 0;
  std::uint32_t uid = 0, gid = 0;
  std::int64_t access_ns = 0, modify_ns = 0, change_ns = 0;
};
struct DirectoryEntry {
  std::string name;
  std::uint64_t inode = 0;
  unsigned char kind = 0;  ///< DT_*
};

class Host {
 public:
  virtual ~Host() = default;
  // Files. Paths are bytes; `directory` is a descriptor or AT_FDCWD.
  virtual int open(const std::string& path, int flags, int mode, int directory, int& descriptor);
  virtual int close(int descriptor);
  virtual int read(int descriptor, void* buffer, std::size_t size, std::size_t& done);
  virtual int write(int descriptor, const void* buffer, std::size_t size, std::size_t& done);
  virtual int seek(int descriptor, std::int64_t offset, int whence, std::int64_t& position);
  virtual int truncate(int descriptor, std::int64_t size);
  virtual int status(const std::string& path, bool follow, int directory, FileStatus& out);
  virtual int status(int descriptor, FileStatus& out);
  virtual int list(const std::string& path, std::vector<DirectoryEntry>& out);
  virtual int make_directory(const std::string& path, int mode, int directory);
  virtual int remove_file(const std::string& path, int directory);
  virtual int remove_directory(const std::string& path, int directory);
  virtual int rename(const std::string& from, const std::string& to, bool replace);
  virtual int link(const std::string& from, const std::string& to, bool symbolic);
  virtual int read_link(const std::string& path, std::string& out);
  virtual int change_mode(const std::string& path, int mode, bool follow);
  virtual int set_times(const std::string& path, std::int64_t access_ns, std::int64_t modify_ns, bool follow);
  virtual int access(const std::string& path, int mode);
  virtual int current_directory(std::string& out);
  virtual int change_directory(const std::string& path);
  virtual bool is_terminal(int descriptor);
  /// For whatever has no method here (pipes, processes, sockets, signals): whether system calls may be used directly.
  virtual bool allows_system_calls() const { return false; }
  virtual bool allows_processes() const { return false; }
  virtual bool allows_network() const { return false; }

  // Standard streams: descriptors 0 to 2 are read and written with read() and write() above.

  virtual std::vector<std::pair<std::string, std::string>> environment();
  virtual int set_environment(const std::string& name, const std::string* value);  ///< null: unset
  virtual std::int64_t wall_clock_ns();       ///< since 1970
  virtual std::int64_t monotonic_ns();
  virtual std::int64_t processor_ns();
  virtual int sleep_ns(std::int64_t nanoseconds);
  virtual int random_bytes(void* buffer, std::size_t size);
};

}  // namespace ouro::vm
