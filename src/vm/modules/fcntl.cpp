// fcntl: control of descriptors.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/bytes.h"
#include "vm/objects/function.h"

namespace ouro::vm {
namespace {

Ref control(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int command, args.integer(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  if (args.given(2) && has_buffer(vm, args[2])) {
    BufferView view;
    VM_CHECK(get_buffer(vm, args[2], view));
    if (view.length > 1024) return raise(vm, vm.exc.ValueError, "fcntl string arg too long");
    std::string copy(view.bytes());
    if (::fcntl(descriptor, command, copy.data()) < 0) return raise_os_error(vm, errno);
    return new_bytes(vm, copy);
  }
  VM_TRY(const int argument, args.integer(vm, 2, 0));
  const int result = ::fcntl(descriptor, command, argument);
  if (result < 0) return raise_os_error(vm, errno);
  return Ref::small(result);
}

Ref io_control(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const std::int64_t request, args.int64(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  if (args.given(2) && has_buffer(vm, args[2])) {
    BufferView view;
    VM_CHECK(get_buffer(vm, args[2], view));
    if (view.length > 1024) return raise(vm, vm.exc.ValueError, "ioctl string arg too long");
    char copy[1024] = {};
    std::memcpy(static_cast<char*>(copy), view.data, view.length);
    const int result = ::ioctl(descriptor, static_cast<unsigned long>(request), static_cast<char*>(copy));
    if (result < 0) return raise_os_error(vm, errno);
    if (view.read_only) return new_bytes(vm, {static_cast<const char*>(copy), view.length});
    std::memcpy(view.data, static_cast<const char*>(copy), view.length);
    return Ref::small(result);
  }
  VM_TRY(const int argument, args.integer(vm, 2, 0));
  const int result = ::ioctl(descriptor, static_cast<unsigned long>(request), argument);
  if (result < 0) return raise_os_error(vm, errno);
  return Ref::small(result);
}

Ref lock_file(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int operation, args.integer(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  if (::flock(descriptor, operation) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}

Ref lock_range(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int operation, args.integer(vm, 1));
  VM_TRY(const std::int64_t length, args.int64(vm, 2, 0));
  VM_TRY(const std::int64_t start, args.int64(vm, 3, 0));
  VM_TRY(const int whence, args.integer(vm, 4, 0));
  VM_CHECK(system_calls_allowed(vm));
  struct flock range {};
  if (operation == LOCK_UN) range.l_type = F_UNLCK;
  else if ((operation & LOCK_SH) != 0) range.l_type = F_RDLCK;
  else if ((operation & LOCK_EX) != 0) range.l_type = F_WRLCK;
  else return raise(vm, vm.exc.ValueError, "unrecognized lockf argument");
  range.l_start = start;
  range.l_len = length;
  range.l_whence = static_cast<short>(whence);
  if (::fcntl(descriptor, (operation & LOCK_NB) != 0 ? F_SETLK : F_SETLKW, &range) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}

constexpr MethodSpec kFunctions[] = {
    {"fcntl($module, fd, cmd, arg=0, /)", control, "Perform the operation cmd on file descriptor fd."},
    {"ioctl($module, fd, request, arg=0, mutate_flag=True, /)", io_control, "Perform the operation request on file descriptor fd."},
    {"flock($module, fd, operation, /)", lock_file, "Perform the lock operation on file descriptor fd."},
    {"lockf($module, fd, cmd, len=0, start=0, whence=0, /)", lock_range, "A wrapper around the fcntl() locking calls."}};

bool fill(Vm& vm, ModuleObject* module) {
  constexpr std::pair<std::string_view, int> kConstants[] = {
      {"LOCK_SH", LOCK_SH}, {"LOCK_EX", LOCK_EX}, {"LOCK_NB", LOCK_NB}, {"LOCK_UN", LOCK_UN}, {"F_DUPFD", F_DUPFD},
      {"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC}, {"F_GETFD", F_GETFD}, {"F_SETFD", F_SETFD}, {"F_GETFL", F_GETFL}, {"F_SETFL", F_SETFL},
      {"F_GETLK", F_GETLK}, {"F_SETLK", F_SETLK}, {"F_SETLKW", F_SETLKW}, {"F_RDLCK", F_RDLCK}, {"F_WRLCK", F_WRLCK}, {"F_UNLCK", F_UNLCK},
      {"F_GETOWN", F_GETOWN}, {"F_SETOWN", F_SETOWN}, {"F_GETPIPE_SZ", 1032}, {"F_SETPIPE_SZ", 1031}, {"FD_CLOEXEC", FD_CLOEXEC}, {"FASYNC", 8192}};
  for (const auto& [name, value] : kConstants) VM_CHECK(set_module_attribute(vm, module, name, Value::small(value)));
  return true;
}

}  // namespace

const ModuleSpec& fcntl_module() {
  static constexpr ModuleSpec kModule = {.name = "fcntl", .doc = "File control and I/O control on file descriptors.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
