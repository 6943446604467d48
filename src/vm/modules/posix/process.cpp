// posix: processes.
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

namespace {
constexpr StructField kTimesFields[] = {{"user"}, {"system"}, {"children_user"}, {"children_system"}, {"elapsed"}};
}
const StructSequenceSpec kTimesResult = struct_sequence_spec("posix.times_result", "times_result: Result from os.times().", kTimesFields, 5);

namespace {

Ref number(Vm& vm, long result) {
  if (result < 0) return raise_os_error(vm, errno);
  return Ref::small(result);
}
Ref finished(Vm& vm, int result) {
  if (result < 0) return raise_os_error(vm, errno);
  return Ref::none();
}

/// What the sandbox hides is 1: an ordinary process that is not root.
template <class Type, Type (*kCall)()>
Ref identity(Vm& vm, Value) {
  return Ref::small(vm.host.allows_system_calls() ? static_cast<std::int64_t>(kCall()) : 1);
}

Ref posix_exit(Vm& vm, Value, Args& args) {
  VM_TRY(const int status, args.integer(vm, 0));
  ::_exit(status);
}
Ref posix_abort(Vm& vm, Value) {
  VM_CHECK(processes_allowed(vm));
  std::abort();
}

Ref posix_fork(Vm& vm, Value) {
  VM_CHECK(processes_allowed(vm));
  VM_CHECK(audit(vm, "os.fork", {}));
  return number(vm, ::fork());
}

Ref posix_kill(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t process, args.int64(vm, 0));
  VM_TRY(const int signal, args.integer(vm, 1));
  VM_CHECK(processes_allowed(vm));
  Ref result = finished(vm, ::kill(static_cast<pid_t>(process), signal));
  if (result) VM_CHECK(charge_work(vm, 1));
  return result;
}
Ref posix_killpg(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t group, args.int64(vm, 0));
  VM_TRY(const int signal, args.integer(vm, 1));
  VM_CHECK(processes_allowed(vm));
  return finished(vm, ::killpg(static_cast<pid_t>(group), signal));
}

Ref posix_waitpid(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t process, args.int64(vm, 0));
  VM_TRY(const int options, args.integer(vm, 1));
  VM_CHECK(processes_allowed(vm));
  for (;;) {
    int status = 0;
    const pid_t done = ::waitpid(static_cast<pid_t>(process), &status, options);
    if (done < 0 && errno == EINTR) {
      VM_CHECK(charge_work(vm, 1));
      continue;
    }
    if (done < 0) return raise_os_error(vm, errno);
    return new_tuple(vm, {Value::small(done), Value::small(status)});
  }
}
Ref posix_wait(Vm& vm, Value) {
  VM_CHECK(processes_allowed(vm));
  int status = 0;
  const pid_t done = ::wait(&status);
  if (done < 0) return raise_os_error(vm, errno);
  return new_tuple(vm, {Value::small(done), Value::small(status)});
}

template <int (*kTest)(int)>
Ref status_test(Vm& vm, Value, Args& args) {
  VM_TRY(const int status, args.integer(vm, 0));
  return Ref::boolean(kTest(status) != 0);
}
template <int (*kPart)(int)>
Ref status_part(Vm& vm, Value, Args& args) {
  VM_TRY(const int status, args.integer(vm, 0));
  return Ref::small(kPart(status));
}
int if_exited(int s) { return WIFEXITED(s); }
int if_signaled(int s) { return WIFSIGNALED(s); }
int if_stopped(int s) { return WIFSTOPPED(s); }
int if_continued(int s) { return WIFCONTINUED(s); }
int core_dumped(int s) { return WCOREDUMP(s); }
int exit_status(int s) { return WEXITSTATUS(s); }
int term_signal(int s) { return WTERMSIG(s); }
int stop_signal(int s) { return WSTOPSIG(s); }

Ref posix_waitstatus(Vm& vm, Value, Args& args) {
  VM_TRY(const int status, args.integer(vm, 0));
  if (WIFEXITED(status)) return Ref::small(WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return Ref::small(-WTERMSIG(status));
  if (WIFSTOPPED(status)) return raise(vm, vm.exc.ValueError, "process stopped by delivery of signal {}", WSTOPSIG(status));
  return raise(vm, vm.exc.ValueError, "invalid wait status: {}", status);
}

std::optional<std::vector<std::string>> words_of(Vm& vm, Value sequence) {
  std::vector<std::string> words;
  VM_CHECK(for_each(vm, sequence, [&](Value item) -> bool {
    VM_TRY(const PathArgument word, path_argument(vm, item, "execv", "argument"));
    words.push_back(word.bytes);
    return true;
  }));
  return words;
}
std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

Ref posix_execv(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "execv"));
  if (!is_tuple(args[1]) && !is_list(args[1])) return raise(vm, vm.exc.TypeError, "execv() arg 2 must be a tuple or list");
  VM_TRY(std::vector<std::string> words, words_of(vm, args[1]));
  if (words.empty()) return raise(vm, vm.exc.ValueError, "execv() arg 2 must not be empty");
  if (words[0].empty()) return raise(vm, vm.exc.ValueError, "execv() arg 2 first element cannot be empty");
  VM_CHECK(processes_allowed(vm));
  ::execv(path.bytes.c_str(), pointers(words).data());
  return path_done(vm, errno, path);
}

Ref posix_execve(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "execve", "path", true));
  if (!is_tuple(args[1]) && !is_list(args[1])) return raise(vm, vm.exc.TypeError, "execve: argv must be a tuple or list");
  VM_TRY(std::vector<std::string> words, words_of(vm, args[1]));
  if (words.empty()) return raise(vm, vm.exc.ValueError, "execve: argv must not be empty");
  std::vector<std::string> environment;
  VM_TRY(Ref keys, call_method(vm, args[2], vm.names.keys));
  VM_CHECK(for_each(vm, keys, [&](Value key) -> bool {
    VM_TRY(Ref value, get_item(vm, args[2], key));
    VM_TRY(const PathArgument name, path_argument(vm, key, "execve", "env"));
    VM_TRY(const PathArgument text, path_argument(vm, value, "execve", "env"));
    environment.push_back(name.bytes + "=" + text.bytes);
    return true;
  }));
  VM_CHECK(processes_allowed(vm));
  if (path.is_descriptor) {
    ::fexecve(path.descriptor, pointers(words).data(), pointers(environment).data());
  } else {
    ::execve(path.bytes.c_str(), pointers(words).data(), pointers(environment).data());
  }
  return path_done(vm, errno, path);
}

Ref posix_system(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument command, path_argument(vm, args[0], "system", "command"));
  VM_CHECK(processes_allowed(vm));
  return Ref::small(std::system(command.bytes.c_str()));
}

Ref posix_times(Vm& vm, Value) {
  std::vector<Ref> items;
  if (!vm.host.allows_system_calls()) {
    for (int i = 0; i < 5; ++i) items.push_back(new_float(vm, 0));
    return new_struct_sequence(vm, kTimesResult, std::move(items));
  }
  tms all{};
  const clock_t elapsed = ::times(&all);
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  for (const clock_t part : {all.tms_utime, all.tms_stime, all.tms_cutime, all.tms_cstime, elapsed}) {
    items.push_back(new_float(vm, static_cast<double>(part) / ticks));
  }
  return new_struct_sequence(vm, kTimesResult, std::move(items));
}

Ref posix_umask(Vm& vm, Value, Args& args) {
  VM_TRY(const int mask, args.integer(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  return Ref::small(::umask(static_cast<mode_t>(mask)));
}
Ref posix_getpgid(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t process, args.int64(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  return number(vm, ::getpgid(static_cast<pid_t>(process)));
}
Ref posix_setsid(Vm& vm, Value) {
  VM_CHECK(processes_allowed(vm));
  return finished(vm, ::setsid());
}
Ref posix_setpgid(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t process, args.int64(vm, 0));
  VM_TRY(const std::int64_t group, args.int64(vm, 1));
  VM_CHECK(processes_allowed(vm));
  return finished(vm, ::setpgid(static_cast<pid_t>(process), static_cast<pid_t>(group)));
}
Ref posix_nice(Vm& vm, Value, Args& args) {
  VM_TRY(const int increment, args.integer(vm, 0));
  VM_CHECK(processes_allowed(vm));
  errno = 0;
  const int result = ::nice(increment);
  if (result == -1 && errno != 0) return raise_os_error(vm, errno);
  return Ref::small(result);
}
Ref posix_getgroups(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  gid_t groups[512];
  const int count = ::getgroups(512, static_cast<gid_t*>(groups));
  if (count < 0) return raise_os_error(vm, errno);
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (int i = 0; i < count; ++i) VM_CHECK(list_append(vm, all, Value::small(groups[i])));
  return all;
}
Ref posix_getaffinity(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t process, args.int64(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  cpu_set_t processors;
  if (::sched_getaffinity(static_cast<pid_t>(process), sizeof processors, &processors) != 0) return raise_os_error(vm, errno);
  VM_TRY(Own<SetObject> all, new_set(vm));
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &processors)) VM_CHECK(set_add(vm, all, Value::small(i)));
  }
  return all;
}
Ref posix_yield(Vm&, Value) {
  ::sched_yield();
  return Ref::none();
}
Ref posix_register_at_fork(Vm&, Value, Args&) { return Ref::none(); }

constexpr MethodSpec kFunctions[] = {
    {"_exit($module, /, status)", posix_exit, "Exit to the system with specified status, without normal exit processing."},
    {"abort($module, /)", posix_abort, "Abort the interpreter immediately."},
    {"fork($module, /)", posix_fork, "Fork a child process."},
    {"kill($module, pid, signal, /)", posix_kill, "Kill a process with a signal."},
    {"killpg($module, pgid, signal, /)", posix_killpg, "Kill a process group with a signal."},
    {"waitpid($module, pid, options, /)", posix_waitpid, "Wait for completion of a given child process."},
    {"wait($module, /)", posix_wait, "Wait for completion of a child process."},
    {"waitstatus_to_exitcode($module, /, status)", posix_waitstatus, "Convert a wait status to an exit code."},
    {"WIFEXITED($module, /, status)", status_test<if_exited>, "Return True if the process returning status exited via the exit() system call."},
    {"WIFSIGNALED($module, /, status)", status_test<if_signaled>, "Return True if the process returning status was terminated by a signal."},
    {"WIFSTOPPED($module, /, status)", status_test<if_stopped>, "Return True if the process returning status was stopped."},
    {"WIFCONTINUED($module, /, status)", status_test<if_continued>, "Return True if a particular process was continued from a job control stop."},
    {"WCOREDUMP($module, status, /)", status_test<core_dumped>, "Return True if the process returning status was dumped to a core file."},
    {"WEXITSTATUS($module, /, status)", status_part<exit_status>, "Return the process return code from status."},
    {"WTERMSIG($module, /, status)", status_part<term_signal>, "Return the signal that terminated the process that provided the status value."},
    {"WSTOPSIG($module, /, status)", status_part<stop_signal>, "Return the signal that stopped the process that provided the status value."},
    {"execv($module, path, argv, /)", posix_execv, "Execute an executable path with arguments, replacing current process."},
    {"execve($module, /, path, argv, env)", posix_execve, "Execute an executable path with arguments, replacing current process."},
    {"system($module, /, command)", posix_system, "Execute the command in a subshell."},
    {"times($module, /)", posix_times, "Return a collection containing process timing information."},
    {"umask($module, mask, /)", posix_umask, "Set the current numeric umask and return the previous umask."},
    {"getpid($module, /)", identity<pid_t, ::getpid>, "Return the current process id."},
    {"getppid($module, /)", identity<pid_t, ::getppid>, "Return the parent's process id."},
    {"getuid($module, /)", identity<uid_t, ::getuid>, "Return the current process's user id."},
    {"geteuid($module, /)", identity<uid_t, ::geteuid>, "Return the current process's effective user id."},
    {"getgid($module, /)", identity<gid_t, ::getgid>, "Return the current process's group id."},
    {"getegid($module, /)", identity<gid_t, ::getegid>, "Return the current process's effective group id."},
    {"getpgrp($module, /)", identity<pid_t, ::getpgrp>, "Return the current process group id."},
    {"getpgid($module, /, pid)", posix_getpgid, "Call the system call getpgid(), and return the result."},
    {"setsid($module, /)", posix_setsid, "Call the system call setsid()."},
    {"setpgid($module, pid, pgrp, /)", posix_setpgid, "Call the system call setpgid(pid, pgrp)."},
    {"nice($module, increment, /)", posix_nice, "Add increment to the priority of process and return the new priority."},
    {"getgroups($module, /)", posix_getgroups, "Return list of supplemental group IDs for the process."},
    {"sched_getaffinity($module, pid, /)", posix_getaffinity, "Return the affinity of the process identified by pid (or the current process if zero)."},
    {"sched_yield($module, /)", posix_yield, "Voluntarily relinquish the CPU."},
    {"register_at_fork($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)", posix_register_at_fork, "Register callables to be called when forking a new process."},
};

}  // namespace

std::span<const MethodSpec> posix_process_functions() { return kFunctions; }

}  // namespace ouro::vm
