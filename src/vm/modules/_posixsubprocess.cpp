// _posixsubprocess: fork_exec, what subprocess starts children with (CPython 3.13 Modules/_posixsubprocess.c).
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/bytes.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct Child {
  std::vector<std::string> arguments, executables, environment;
  bool has_environment = false, close_descriptors = false, restore_signals = false, new_session = false;
  std::vector<int> kept;
  std::string directory;
  int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
  int process_group = -1, umask = -1;
  Value preexec;
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

bool read_words(Vm& vm, Value sequence, std::vector<std::string>& out) {
  return for_each(vm, sequence, [&](Value item) -> bool {
    VM_TRY(const PathArgument word, path_argument(vm, item, "fork_exec", "argument"));
    out.push_back(word.bytes);
    return true;
  });
}

/// A descriptor among 0 to 2 that another of them is to become moves out of the way.
bool move_up(int& descriptor, int target) {
  if (descriptor != -1 && descriptor <= 2 && descriptor != target) {
    descriptor = ::fcntl(descriptor, F_DUPFD, 3);
    return descriptor >= 0;
  }
  return true;
}

bool become(int descriptor, int target) {
  if (descriptor == target) return ::fcntl(target, F_SETFD, 0) == 0;
  return descriptor == -1 || ::dup2(descriptor, target) >= 0;
}

void close_others(const Child& child) {
  std::vector<int> open;
  if (DIR* directory = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(directory)) {
      const int number = std::atoi(static_cast<const char*>(entry->d_name));
      if (number > 2 && number != ::dirfd(directory)) open.push_back(number);
    }
    ::closedir(directory);
  }
  for (const int number : open) {
    if (std::find(child.kept.begin(), child.kept.end(), number) == child.kept.end()) ::close(number);
  }
}

/// In the child, up to exec. Gives the stage that failed ("": exec itself) with errno set.
const char* prepare(Vm& vm, Child& child) {
  for (const int kept : child.kept) {  // the error pipe closes with exec: that is how the parent knows
    if (kept != child.errpipe_write) ::fcntl(kept, F_SETFD, ::fcntl(kept, F_GETFD) & ~FD_CLOEXEC);
  }
  for (const int parent_end : {child.p2cwrite, child.c2pread, child.errread}) {
    if (parent_end != -1) ::close(parent_end);
  }
  ::close(child.errpipe_read);
  if (!move_up(child.c2pwrite, 1) || !move_up(child.errwrite, 2)) return "";
  if (!become(child.p2cread, 0) || !become(child.c2pwrite, 1) || !become(child.errwrite, 2)) return "";
  if (!child.directory.empty() && ::chdir(child.directory.c_str()) != 0) return "noexec:chdir";
  if (child.umask >= 0) ::umask(static_cast<mode_t>(child.umask));
  if (child.restore_signals) {
    for (const int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_DFL);
  }
  if (child.new_session) ::setsid();
  if (child.process_group >= 0 && ::setpgid(0, child.process_group) != 0) return "";
  if (!child.preexec.is_none() && !call(vm, child.preexec)) return "SubprocessError";
  if (child.close_descriptors) close_others(child);
  std::vector<char*> arguments = pointers(child.arguments);
  std::vector<char*> environment = pointers(child.environment);
  int failure = ENOENT;
  for (const std::string& executable : child.executables) {
    if (child.has_environment) ::execve(executable.c_str(), arguments.data(), environment.data());
    else ::execv(executable.c_str(), arguments.data());
    if (errno != ENOENT && errno != ENOTDIR) failure = errno;
  }
  errno = failure;
  return "";
}

/// What Popen reads from the error pipe: "OSError:2:" and the stage.
[[noreturn]] void report_and_exit(const Child& child, const char* stage) {
  std::string text;
  if (std::strcmp(stage, "SubprocessError") == 0) {
    text = "SubprocessError:0:Exception occurred in preexec_fn.";
  } else {
    char number[16];
    std::snprintf(static_cast<char*>(number), sizeof number, "%x", static_cast<unsigned>(errno));
    text = std::string("OSError:") + static_cast<const char*>(number) + ":" + stage;
  }
  if (::write(child.errpipe_write, text.data(), text.size()) < 0) ::_exit(254);
  ::_exit(255);
}

Ref fork_exec(Vm& vm, Value, Args& args) {
  VM_CHECK(processes_allowed(vm));
  Child child;
  VM_CHECK(read_words(vm, args[0], child.arguments) && read_words(vm, args[1], child.executables));
  VM_CHECK(truth(vm, args[2], child.close_descriptors));
  VM_CHECK(for_each(vm, args[3], [&](Value item) -> bool {
    VM_TRY(const std::int64_t number, to_int64(vm, item));
    child.kept.push_back(static_cast<int>(number));
    return true;
  }));
  if (args.has(4)) {
    VM_TRY(const PathArgument directory, path_argument(vm, args[4], "fork_exec", "cwd"));
    child.directory = directory.bytes;
  }
  child.has_environment = args.has(5);
  if (child.has_environment) VM_CHECK(read_words(vm, args[5], child.environment));
  int* descriptors[] = {&child.p2cread, &child.p2cwrite, &child.c2pread, &child.c2pwrite, &child.errread, &child.errwrite, &child.errpipe_read, &child.errpipe_write};
  for (std::size_t i = 0; i < 8; ++i) {
    VM_TRY(*descriptors[i], args.integer(vm, 6 + i));
  }
  VM_CHECK(truth(vm, args[14], child.restore_signals) && truth(vm, args[15], child.new_session));
  VM_TRY(child.process_group, args.integer(vm, 16));
  VM_TRY(child.umask, args.integer(vm, 20));
  child.preexec = args[21];
  child.kept.push_back(child.errpipe_write);
  const pid_t process = ::fork();
  if (process < 0) return raise_os_error(vm, errno);
  if (process == 0) report_and_exit(child, prepare(vm, child));
  return Ref::small(process);
}

constexpr MethodSpec kFunctions[] = {
    {"fork_exec($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, "
     "errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, allow_vfork, /)",
     fork_exec, "Spawn a fresh new child process."}};

}  // namespace

const ModuleSpec& _posixsubprocess_module() {
  static constexpr ModuleSpec kModule = {.name = "_posixsubprocess", .doc = "A POSIX helper for the subprocess module.", .functions = kFunctions};
  return kModule;
}

}  // namespace ouro::vm
