// The world behind doors: nothing is allowed but what the rules open. Standard input, output and error stay open.
//
// A path is allowed when, with every symbolic link followed, it lies in one of the directories (or is one of the files)
// of the rules; for writing its directory must. Only descriptors that were opened here (and 0 to 2) can be used.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "vm/host/system_host.h"

namespace ouro::vm {

struct SandboxRules {
  std::vector<std::string> read;         ///< directories or files that may be read
  std::vector<std::string> write;        ///< that may be written (and read)
  std::vector<std::string> environment;  ///< variables that are shown; "*": all
  bool clock = false;                    ///< the time of day and sleeping
  bool random = false;
  bool processes = false;
  bool network = false;
  bool standard_input = true;
};

class SandboxHost : public Host {
 public:
  explicit SandboxHost(SandboxRules rules);

  int open(const std::string& path, int flags, int mode, int directory, int& descriptor) override;
  int close(int descriptor) override;
  int read(int descriptor, void* buffer, std::size_t size, std::size_t& done) override;
  int write(int descriptor, const void* buffer, std::size_t size, std::size_t& done) override;
  int seek(int descriptor, std::int64_t offset, int whence, std::int64_t& position) override;
  int truncate(int descriptor, std::int64_t size) override;
  int status(const std::string& path, bool follow, int directory, FileStatus& out) override;
  int status(int descriptor, FileStatus& out) override;
  int list(const std::string& path, std::vector<DirectoryEntry>& out) override;
  int make_directory(const std::string& path, int mode, int directory) override;
  int remove_file(const std::string& path, int directory) override;
  int remove_directory(const std::string& path, int directory) override;
  int rename(const std::string& from, const std::string& to, bool replace) override;
  int link(const std::string& from, const std::string& to, bool symbolic) override;
  int read_link(const std::string& path, std::string& out) override;
  int change_mode(const std::string& path, int mode, bool follow) override;
  int set_times(const std::string& path, std::int64_t access_ns, std::int64_t modify_ns, bool follow) override;
  int access(const std::string& path, int mode) override;
  int current_directory(std::string& out) override;
  bool is_terminal(int descriptor) override;
  [[nodiscard]] bool allows_processes() const override { return rules_.processes; }
  [[nodiscard]] bool allows_network() const override { return rules_.network; }
  std::vector<std::pair<std::string, std::string>> environment() override;
  int set_environment(const std::string& name, const std::string* value) override;
  std::int64_t wall_clock_ns() override;
  std::int64_t monotonic_ns() override;
  std::int64_t processor_ns() override;
  int sleep_ns(std::int64_t nanoseconds) override;
  int random_bytes(void* buffer, std::size_t size) override;

 private:
  [[nodiscard]] bool may_read(const std::string& path, bool follow) const;
  [[nodiscard]] bool may_write(const std::string& path, bool follow) const;
  [[nodiscard]] bool is_known(int descriptor) const;

  SystemHost system_;
  SandboxRules rules_;
  std::set<int> opened_;
};

}  // namespace ouro::vm
