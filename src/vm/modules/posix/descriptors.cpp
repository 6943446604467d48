// posix: descriptors.
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

namespace {
constexpr StructField kSizeFields[] = {{"columns"}, {"lines"}};
}
const StructSequenceSpec kTerminalSize = struct_sequence_spec("os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", kSizeFields, 2);

namespace {

Ref done(Vm& vm, int result) {
  if (result < 0) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref failed_or_none(Vm& vm, int failure) {
  if (failure != 0) return raise_os_error(vm, failure);
  return Ref::none();
}

Ref posix_open(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "open"));
  VM_TRY(const int flags, args.integer(vm, 1));
  VM_TRY(const int mode, args.integer(vm, 2, 0777));
  VM_TRY(const int directory, directory_argument(vm, args, 3));
  VM_CHECK(audit(vm, "open", {args[0], kNone, Value::small(flags)}));
  int descriptor = -1;
  const int failure = vm.host.open(path.bytes, flags, mode, directory, descriptor);
  if (failure != 0) return path_done(vm, failure, path);
  return Ref::small(descriptor);
}

Ref posix_close(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  return failed_or_none(vm, vm.host.close(descriptor));
}
Ref posix_closerange(Vm& vm, Value, Args& args) {
  VM_TRY(const int low, args.integer(vm, 0));
  VM_TRY(const int high, args.integer(vm, 1));
  for (int descriptor = low; descriptor < high; ++descriptor) vm.host.close(descriptor);
  return Ref::none();
}

Ref posix_read(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const std::int64_t size, args.ssize(vm, 1));
  if (size < 0) return raise_os_error(vm, EINVAL);
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, static_cast<std::size_t>(size)));
  for (;;) {
    std::size_t got = 0;
    const int failure = vm.host.read(descriptor, bytes->data(), static_cast<std::size_t>(size), got);
    if (failure == EINTR) {
      VM_CHECK(charge_work(vm, 1));
      continue;
    }
    if (failure != 0) return raise_os_error(vm, failure);
    if (got == static_cast<std::size_t>(size)) return bytes;
    return new_bytes(vm, {bytes->data(), got});
  }
}

Ref posix_write(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  BufferView view;
  VM_CHECK(get_buffer(vm, args[1], view));
  for (;;) {
    std::size_t put = 0;
    const int failure = descriptor_write(vm, descriptor, view.bytes(), put);
    if (failure == EINTR) {
      VM_CHECK(charge_work(vm, 1));
      continue;
    }
    if (failure != 0) return raise_os_error(vm, failure);
    return Ref::small(static_cast<std::int64_t>(put));
  }
}

Ref posix_pread(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const std::int64_t size, args.ssize(vm, 1));
  VM_TRY(const std::int64_t offset, args.int64(vm, 2));
  VM_CHECK(system_calls_allowed(vm));
  if (size < 0) return raise_os_error(vm, EINVAL);
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, static_cast<std::size_t>(size)));
  const ssize_t got = ::pread(descriptor, bytes->data(), static_cast<std::size_t>(size), offset);
  if (got < 0) return raise_os_error(vm, errno);
  return new_bytes(vm, {bytes->data(), static_cast<std::size_t>(got)});
}
Ref posix_pwrite(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  BufferView view;
  VM_CHECK(get_buffer(vm, args[1], view));
  VM_TRY(const std::int64_t offset, args.int64(vm, 2));
  VM_CHECK(system_calls_allowed(vm));
  const ssize_t put = ::pwrite(descriptor, view.data, view.length, offset);
  if (put < 0) return raise_os_error(vm, errno);
  return Ref::small(put);
}

Ref posix_lseek(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const std::int64_t offset, args.int64(vm, 1));
  VM_TRY(const int whence, args.integer(vm, 2));
  std::int64_t position = 0;
  const int failure = vm.host.seek(descriptor, offset, whence, position);
  if (failure != 0) return raise_os_error(vm, failure);
  return new_int(vm, position);
}

Ref posix_fstat(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  FileStatus status;
  const int failure = vm.host.status(descriptor, status);
  if (failure != 0) return raise_os_error(vm, failure);
  return new_stat_result(vm, status);
}
Ref posix_ftruncate(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const std::int64_t size, args.int64(vm, 1));
  return failed_or_none(vm, vm.host.truncate(descriptor, size));
}
Ref posix_isatty(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  return Ref::boolean(vm.host.is_terminal(descriptor));
}

template <int (*kCall)(int)>
Ref plain(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_CHECK(system_calls_allowed(vm));
  return done(vm, kCall(descriptor));
}

Ref posix_dup(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return raise_os_error(vm, errno);
  return Ref::small(copy);
}
Ref posix_dup2(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const int target, args.integer(vm, 1));
  VM_TRY(const bool inheritable, args.boolean(vm, 2, true));
  VM_CHECK(system_calls_allowed(vm));
  const int copy = inheritable ? ::dup2(descriptor, target) : ::dup3(descriptor, target, O_CLOEXEC);
  if (copy < 0) return raise_os_error(vm, errno);
  return Ref::small(copy);
}
Ref posix_pipe(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return raise_os_error(vm, errno);
  return new_tuple(vm, {Value::small(ends[0]), Value::small(ends[1])});
}
Ref posix_pipe2(Vm& vm, Value, Args& args) {
  VM_TRY(const int flags, args.integer(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  int ends[2];
  if (::pipe2(ends, flags) != 0) return raise_os_error(vm, errno);
  return new_tuple(vm, {Value::small(ends[0]), Value::small(ends[1])});
}

Ref posix_get_inheritable(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  const int flags = ::fcntl(descriptor, F_GETFD);
  if (flags < 0) return raise_os_error(vm, errno);
  return Ref::boolean((flags & FD_CLOEXEC) == 0);
}
Ref posix_set_inheritable(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const bool inheritable, args.boolean(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  const int flags = ::fcntl(descriptor, F_GETFD);
  if (flags < 0) return raise_os_error(vm, errno);
  return done(vm, ::fcntl(descriptor, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC));
}
Ref posix_get_blocking(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return raise_os_error(vm, errno);
  return Ref::boolean((flags & O_NONBLOCK) == 0);
}
Ref posix_set_blocking(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const bool blocking, args.boolean(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return raise_os_error(vm, errno);
  return done(vm, ::fcntl(descriptor, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

Ref posix_fchmod(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const int mode, args.integer(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  return done(vm, ::fchmod(descriptor, static_cast<mode_t>(mode)));
}

Ref posix_terminal_size(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0, 1));
  winsize size{};
  if (!vm.host.is_terminal(descriptor)) return raise_os_error(vm, ENOTTY);
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return raise_os_error(vm, errno);
  std::vector<Ref> items;
  items.push_back(Ref::small(size.ws_col));
  items.push_back(Ref::small(size.ws_row));
  return new_struct_sequence(vm, kTerminalSize, std::move(items));
}

Ref posix_sendfile(Vm& vm, Value, Args& args) {
  VM_TRY(const int out, args.integer(vm, 0));
  VM_TRY(const int in, args.integer(vm, 1));
  VM_TRY(const std::int64_t count, args.ssize(vm, 3));
  VM_CHECK(system_calls_allowed(vm));
  off_t offset = 0;
  if (args.has(2)) {
    VM_TRY(offset, args.int64(vm, 2));
  }
  const ssize_t sent = ::sendfile(out, in, args.has(2) ? &offset : nullptr, static_cast<std::size_t>(count));
  if (sent < 0) return raise_os_error(vm, errno);
  return Ref::small(sent);
}

Ref posix_device_encoding(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  return vm.host.is_terminal(descriptor) ? Ref(new_str(vm, "UTF-8")) : Ref::none();
}

Ref posix_ttyname(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  char name[256];
  const int failure = ::ttyname_r(descriptor, static_cast<char*>(name), sizeof name);
  if (failure != 0) return raise_os_error(vm, failure);
  return new_str_fs(vm, static_cast<const char*>(name));
}

Ref posix_lockf(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  VM_TRY(const int command, args.integer(vm, 1));
  VM_TRY(const std::int64_t length, args.int64(vm, 2));
  VM_CHECK(system_calls_allowed(vm));
  return done(vm, ::lockf(descriptor, command, length));
}

constexpr MethodSpec kFunctions[] = {
    {"open($module, /, path, flags, mode=511, *, dir_fd=None)", posix_open, "Open a file for low level IO.  Returns a file descriptor (integer)."},
    {"close($module, /, fd)", posix_close, "Close a file descriptor."},
    {"closerange($module, fd_low, fd_high, /)", posix_closerange, "Closes all file descriptors in [fd_low, fd_high), ignoring errors."},
    {"read($module, fd, length, /)", posix_read, "Read from a file descriptor.  Returns a bytes object."},
    {"write($module, fd, data, /)", posix_write, "Write a bytes object to a file descriptor."},
    {"pread($module, fd, length, offset, /)", posix_pread, "Read a number of bytes from a file descriptor starting at a particular offset."},
    {"pwrite($module, fd, buffer, offset, /)", posix_pwrite, "Write bytes to a file descriptor starting at a particular offset."},
    {"lseek($module, fd, position, how, /)", posix_lseek, "Set the position of a file descriptor."},
    {"fstat($module, /, fd)", posix_fstat, "Perform a stat system call on the given file descriptor."},
    {"ftruncate($module, fd, length, /)", posix_ftruncate, "Truncate a file, specified by file descriptor, to a specific length."},
    {"isatty($module, fd, /)", posix_isatty, "Return True if the fd is connected to a terminal."},
    {"fsync($module, /, fd)", plain<::fsync>, "Force write of fd to disk."},
    {"fdatasync($module, /, fd)", plain<::fdatasync>, "Force write of fd to disk without forcing update of metadata."},
    {"fchdir($module, /, fd)", plain<::fchdir>, "Change to the directory of the given file descriptor."},
    {"dup($module, fd, /)", posix_dup, "Return a duplicate of a file descriptor."},
    {"dup2($module, /, fd, fd2, inheritable=True)", posix_dup2, "Duplicate file descriptor."},
    {"pipe($module, /)", posix_pipe, "Create a pipe."},
    {"pipe2($module, flags, /)", posix_pipe2, "Create a pipe with flags set atomically."},
    {"get_inheritable($module, fd, /)", posix_get_inheritable, "Get the close-on-exe flag of the specified file descriptor."},
    {"set_inheritable($module, fd, inheritable, /)", posix_set_inheritable, "Set the inheritable flag of the specified file descriptor."},
    {"get_blocking($module, fd, /)", posix_get_blocking, "Get the blocking mode of the file descriptor."},
    {"set_blocking($module, fd, blocking, /)", posix_set_blocking, "Set the blocking mode of the specified file descriptor."},
    {"fchmod($module, /, fd, mode)", posix_fchmod, "Change the access permissions of the file given by file descriptor fd."},
    {"get_terminal_size($module, fd=<unrepresentable>, /)", posix_terminal_size, "Return the size of the terminal window as (columns, lines)."},
    {"sendfile($module, /, out_fd, in_fd, offset, count)", posix_sendfile, "Copy count bytes from file descriptor in_fd to file descriptor out_fd."},
    {"device_encoding($module, /, fd)", posix_device_encoding, "Return a string describing the encoding of a terminal's file descriptor."},
    {"ttyname($module, fd, /)", posix_ttyname, "Return the name of the terminal device connected to 'fd'."},
    {"lockf($module, fd, command, length, /)", posix_lockf, "Apply, test or remove a POSIX lock on an open file descriptor."},
};

}  // namespace

std::span<const MethodSpec> posix_descriptor_functions() { return kFunctions; }

}  // namespace ouro::vm
