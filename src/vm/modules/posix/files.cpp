// posix: files by path.
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

constexpr StructField kStatFields[] = {{"st_mode"}, {"st_ino"}, {"st_dev"}, {"st_nlink"}, {"st_uid"}, {"st_gid"}, {"st_size"},
                                       {nullptr}, {nullptr}, {nullptr}, {"st_atime"}, {"st_mtime"}, {"st_ctime"}, {"st_atime_ns"},
                                       {"st_mtime_ns"}, {"st_ctime_ns"}, {"st_blksize"}, {"st_blocks"}, {"st_rdev"}};
constexpr StructField kStatvfsFields[] = {{"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"}, {"f_bavail"}, {"f_files"},
                                          {"f_ffree"}, {"f_favail"}, {"f_flag"}, {"f_namemax"}, {"f_fsid"}};

Ref stat_repr(Vm& vm, Value self) {
  // The unnamed integer times are shown under the names of the float ones (CPython 3.13 Modules/posixmodule.c).
  auto* tuple = self.as<TupleObject>();
  constexpr std::string_view kNames[] = {"st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime"};
  StrBuilder text(vm);
  text.append("os.stat_result(");
  for (std::size_t i = 0; i < 10; ++i) {
    if (i != 0) text.append(", ");
    text.append(kNames[i]);
    text.append("=");
    VM_TRY(Ref item, repr(vm, (*tuple)[i]));
    text.append(item.as<StrObject>());
  }
  text.append(")");
  return text.finish();
}

StructSequenceSpec stat_spec() {
  StructSequenceSpec spec = struct_sequence_spec("os.stat_result", "stat_result: Result from stat, fstat, or lstat.", kStatFields, 10);
  spec.slots.repr = stat_repr;
  return spec;
}

}  // namespace

const StructSequenceSpec kStatResult = stat_spec();
const StructSequenceSpec kStatvfsResult = struct_sequence_spec("os.statvfs_result", "statvfs_result: Result from statvfs or fstatvfs.", kStatvfsFields, 10);

Ref new_stat_result(Vm& vm, const FileStatus& status) {
  std::vector<Ref> items;
  for (const std::uint64_t field : {std::uint64_t{status.mode}, status.inode, status.device, status.links, std::uint64_t{status.uid},
                                    std::uint64_t{status.gid}, status.size}) {
    items.push_back(new_uint(vm, field));
  }
  const std::int64_t times[] = {status.access_ns, status.modify_ns, status.change_ns};
  const auto floor_seconds = [](std::int64_t time) { return time / kNanoseconds - (time % kNanoseconds < 0 ? 1 : 0); };
  for (const std::int64_t time : times) items.push_back(new_int(vm, floor_seconds(time)));
  for (const std::int64_t time : times) {
    const std::int64_t whole = floor_seconds(time);
    items.push_back(new_float(vm, static_cast<double>(whole) + 1e-9 * static_cast<double>(time - whole * kNanoseconds)));
  }
  for (const std::int64_t time : times) items.push_back(new_int(vm, time));
  for (const std::uint64_t field : {status.block_size, status.blocks, status.special_device}) items.push_back(new_uint(vm, field));
  return new_struct_sequence(vm, kStatResult, std::move(items));
}

std::optional<int> directory_argument(Vm& vm, Args& args, std::size_t at) {
  if (!args.has(at)) return AT_FDCWD;
  if (!has_index(vm, args[at])) {
    return raise(vm, vm.exc.TypeError, "argument should be integer or None, not {}", type_name(vm, args[at]));
  }
  return args.integer(vm, at);
}

bool system_calls_allowed(Vm& vm) { return vm.host.allows_system_calls() || static_cast<bool>(raise_os_error(vm, EPERM)); }
bool processes_allowed(Vm& vm) { return vm.host.allows_processes() || static_cast<bool>(raise_os_error(vm, EPERM)); }

Ref path_done(Vm& vm, int failure, const PathArgument& path) {
  if (failure == 0) return Ref::none();
  return raise_os_error(vm, failure, path.object ? path.object.get() : Value());
}
Ref path_done(Vm& vm, int failure, const PathArgument& from, const PathArgument& to) {
  if (failure == 0) return Ref::none();
  return raise_os_error(vm, failure, from.object, to.object);
}

namespace {

Ref do_stat(Vm& vm, Value path_value, std::string_view function, bool follow, int directory) {
  VM_TRY(const PathArgument path, path_argument(vm, path_value, function, "path", function == "stat"));
  FileStatus status;
  const int failure = path.is_descriptor ? vm.host.status(path.descriptor, status) : vm.host.status(path.bytes, follow, directory, status);
  if (failure != 0) return path_done(vm, failure, path);
  return new_stat_result(vm, status);
}

Ref posix_stat(Vm& vm, Value, Args& args) {
  VM_TRY(const int directory, directory_argument(vm, args, 1));
  VM_TRY(const bool follow, args.boolean(vm, 2, true));
  return do_stat(vm, args[0], "stat", follow, directory);
}
Ref posix_lstat(Vm& vm, Value, Args& args) {
  VM_TRY(const int directory, directory_argument(vm, args, 1));
  return do_stat(vm, args[0], "lstat", false, directory);
}

Ref posix_access(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "access"));
  VM_TRY(const int mode, args.integer(vm, 1));
  VM_TRY(const int directory, directory_argument(vm, args, 2));
  if (directory != AT_FDCWD && vm.host.allows_system_calls()) {
    return Ref::boolean(::faccessat(directory, path.bytes.c_str(), mode, 0) == 0);
  }
  return Ref::boolean(vm.host.access(path.bytes, mode) == 0);
}

Ref posix_chmod(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "chmod", "path", true));
  VM_TRY(const int mode, args.integer(vm, 1));
  VM_TRY(const int directory, directory_argument(vm, args, 2));
  VM_TRY(const bool follow, args.boolean(vm, 3, true));
  VM_CHECK(audit(vm, "os.chmod", {args[0], Value::small(mode), Value::small(directory)}));
  if (path.is_descriptor) {
    VM_CHECK(system_calls_allowed(vm));
    return path_done(vm, ::fchmod(path.descriptor, static_cast<mode_t>(mode)) != 0 ? errno : 0, path);
  }
  return path_done(vm, vm.host.change_mode(path.bytes, mode, follow), path);
}

Ref posix_chown(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "chown", "path", true));
  VM_TRY(const std::int64_t user, args.int64(vm, 1));
  VM_TRY(const std::int64_t group, args.int64(vm, 2));
  VM_TRY(const int directory, directory_argument(vm, args, 3));
  VM_TRY(const bool follow, args.boolean(vm, 4, true));
  VM_CHECK(system_calls_allowed(vm));
  const auto uid = static_cast<uid_t>(user);
  const auto gid = static_cast<gid_t>(group);
  const int done = path.is_descriptor ? ::fchown(path.descriptor, uid, gid)
                                      : ::fchownat(directory, path.bytes.c_str(), uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW);
  return path_done(vm, done != 0 ? errno : 0, path);
}

Ref posix_mkdir(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "mkdir"));
  VM_TRY(const int mode, args.integer(vm, 1, 0777));
  VM_TRY(const int directory, directory_argument(vm, args, 2));
  VM_CHECK(audit(vm, "os.mkdir", {args[0], Value::small(mode), Value::small(directory)}));
  return path_done(vm, vm.host.make_directory(path.bytes, mode, directory), path);
}
Ref posix_rmdir(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "rmdir"));
  VM_TRY(const int directory, directory_argument(vm, args, 1));
  VM_CHECK(audit(vm, "os.rmdir", {args[0], Value::small(directory)}));
  return path_done(vm, vm.host.remove_directory(path.bytes, directory), path);
}
Ref posix_unlink(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "unlink"));
  VM_TRY(const int directory, directory_argument(vm, args, 1));
  VM_CHECK(audit(vm, "os.remove", {args[0], Value::small(directory)}));
  return path_done(vm, vm.host.remove_file(path.bytes, directory), path);
}
Ref posix_remove(Vm& vm, Value self, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "remove"));
  return posix_unlink(vm, self, args);
}

Ref rename_as(Vm& vm, Args& args, std::string_view function, bool replace) {
  VM_TRY(const PathArgument from, path_argument(vm, args[0], function, "src"));
  VM_TRY(const PathArgument to, path_argument(vm, args[1], function, "dst"));
  VM_TRY(const int from_directory, directory_argument(vm, args, 2));
  VM_TRY(const int to_directory, directory_argument(vm, args, 3));
  VM_CHECK(audit(vm, "os.rename", {args[0], args[1], Value::small(from_directory), Value::small(to_directory)}));
  if (from_directory != AT_FDCWD || to_directory != AT_FDCWD) {
    VM_CHECK(system_calls_allowed(vm));
    return path_done(vm, ::renameat(from_directory, from.bytes.c_str(), to_directory, to.bytes.c_str()) != 0 ? errno : 0, from, to);
  }
  return path_done(vm, vm.host.rename(from.bytes, to.bytes, replace), from, to);
}
Ref posix_rename(Vm& vm, Value, Args& args) { return rename_as(vm, args, "rename", false); }
Ref posix_replace(Vm& vm, Value, Args& args) { return rename_as(vm, args, "replace", true); }

Ref posix_link(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument from, path_argument(vm, args[0], "link", "src"));
  VM_TRY(const PathArgument to, path_argument(vm, args[1], "link", "dst"));
  return path_done(vm, vm.host.link(from.bytes, to.bytes, false), from, to);
}
Ref posix_symlink(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument from, path_argument(vm, args[0], "symlink", "src"));
  VM_TRY(const PathArgument to, path_argument(vm, args[1], "symlink", "dst"));
  VM_TRY(const int directory, directory_argument(vm, args, 3));
  if (directory != AT_FDCWD) {
    VM_CHECK(system_calls_allowed(vm));
    return path_done(vm, ::symlinkat(from.bytes.c_str(), directory, to.bytes.c_str()) != 0 ? errno : 0, from, to);
  }
  return path_done(vm, vm.host.link(from.bytes, to.bytes, true), from, to);
}
Ref posix_readlink(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "readlink"));
  std::string target;
  const int failure = vm.host.read_link(path.bytes, target);
  if (failure != 0) return path_done(vm, failure, path);
  return path_result(vm, target, path.is_bytes);
}

/// A time in seconds, int or float, as nanoseconds.
std::optional<std::int64_t> nanoseconds_of(Vm& vm, Value value) {
  if (is_float(value)) {
    const double seconds = value.as<FloatObject>()->value;
    if (!(seconds > -9.2e9 && seconds < 9.2e9)) return raise(vm, vm.exc.OverflowError, "timestamp out of range for platform time_t");
    const auto whole = static_cast<std::int64_t>(seconds < 0 && static_cast<double>(static_cast<std::int64_t>(seconds)) != seconds ? seconds - 1 : seconds);
    return whole * kNanoseconds + static_cast<std::int64_t>((seconds - static_cast<double>(whole)) * 1e9);
  }
  VM_TRY(Ref index, to_index(vm, value));
  const auto whole = int_to_int64(index);
  if (!whole || *whole > INT64_MAX / kNanoseconds || *whole < INT64_MIN / kNanoseconds) {
    return raise(vm, vm.exc.OverflowError, "timestamp out of range for platform time_t");
  }
  return *whole * kNanoseconds;
}

Ref posix_utime(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "utime", "path", true));
  VM_TRY(const bool follow, args.boolean(vm, 4, true));
  if (args.has(1) && args.given(2)) {
    return raise(vm, vm.exc.ValueError, "utime: you may specify either 'times' or 'ns' but not both");
  }
  std::int64_t access = vm.host.wall_clock_ns();
  std::int64_t modify = access;
  const std::size_t given = args.has(1) ? 1 : 2;
  if (args.has(1) || args.given(2)) {
    const Value pair = args[given];
    if (!is_tuple(pair) || pair.as<TupleObject>()->size != 2) {
      return raise(vm, vm.exc.TypeError, given == 1 ? "utime: 'times' must be either a tuple of two ints or None" : "utime: 'ns' must be a tuple of two ints");
    }
    TupleObject& times = *pair.as<TupleObject>();
    if (given == 1) {
      VM_TRY(access, nanoseconds_of(vm, times[0]));
      VM_TRY(modify, nanoseconds_of(vm, times[1]));
    } else {
      VM_TRY(access, to_int64(vm, times[0]));
      VM_TRY(modify, to_int64(vm, times[1]));
    }
  }
  if (path.is_descriptor) {
    VM_CHECK(system_calls_allowed(vm));
    const timespec both[2] = {{access / kNanoseconds, access % kNanoseconds}, {modify / kNanoseconds, modify % kNanoseconds}};
    return path_done(vm, ::futimens(path.descriptor, both) != 0 ? errno : 0, path);
  }
  return path_done(vm, vm.host.set_times(path.bytes, access, modify, follow), path);
}

Ref posix_truncate(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "truncate", "path", true));
  VM_TRY(const std::int64_t size, args.int64(vm, 1));
  if (path.is_descriptor) return path_done(vm, vm.host.truncate(path.descriptor, size), path);
  int descriptor = -1;
  int failure = vm.host.open(path.bytes, O_WRONLY, 0, AT_FDCWD, descriptor);
  if (failure != 0) return path_done(vm, failure, path);
  failure = vm.host.truncate(descriptor, size);
  vm.host.close(descriptor);
  return path_done(vm, failure, path);
}

Ref posix_statvfs(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "statvfs", "path", true));
  VM_CHECK(system_calls_allowed(vm));
  struct statvfs status {};
  const int done = path.is_descriptor ? ::fstatvfs(path.descriptor, &status) : ::statvfs(path.bytes.c_str(), &status);
  if (done != 0) return path_done(vm, errno, path);
  std::vector<Ref> items;
  for (const std::uint64_t field : {std::uint64_t{status.f_bsize}, std::uint64_t{status.f_frsize}, std::uint64_t{status.f_blocks},
                                    std::uint64_t{status.f_bfree}, std::uint64_t{status.f_bavail}, std::uint64_t{status.f_files},
                                    std::uint64_t{status.f_ffree}, std::uint64_t{status.f_favail}, std::uint64_t{status.f_flag},
                                    std::uint64_t{status.f_namemax}, std::uint64_t{status.f_fsid}}) {
    items.push_back(new_uint(vm, field));
  }
  return new_struct_sequence(vm, kStatvfsResult, std::move(items));
}

Ref posix_mkfifo(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "mkfifo"));
  VM_TRY(const int mode, args.integer(vm, 1, 0666));
  VM_CHECK(system_calls_allowed(vm));
  return path_done(vm, ::mkfifo(path.bytes.c_str(), static_cast<mode_t>(mode)) != 0 ? errno : 0, path);
}

Ref posix_fspath(Vm& vm, Value, Args& args) { return file_system_path(vm, args[0]); }

constexpr MethodSpec kFunctions[] = {
    {"stat($module, /, path, *, dir_fd=None, follow_symlinks=True)", posix_stat, "Perform a stat system call on the given path."},
    {"lstat($module, /, path, *, dir_fd=None)", posix_lstat, "Perform a stat system call on the given path, without following symbolic links."},
    {"access($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", posix_access, "Use the real uid/gid to test for access to a path."},
    {"chmod($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)", posix_chmod, "Change the access permissions of a file."},
    {"chown($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", posix_chown, "Change the owner and group id of path to the numeric uid and gid."},
    {"mkdir($module, /, path, mode=511, *, dir_fd=None)", posix_mkdir, "Create a directory."},
    {"rmdir($module, /, path, *, dir_fd=None)", posix_rmdir, "Remove a directory."},
    {"unlink($module, /, path, *, dir_fd=None)", posix_unlink, "Remove a file (same as remove())."},
    {"remove($module, /, path, *, dir_fd=None)", posix_remove, "Remove a file (same as unlink())."},
    {"rename($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", posix_rename, "Rename a file or directory."},
    {"replace($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", posix_replace, "Rename a file or directory, overwriting the destination."},
    {"link($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)", posix_link, "Create a hard link to a file."},
    {"symlink($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", posix_symlink, "Create a symbolic link pointing to src named dst."},
    {"readlink($module, /, path, *, dir_fd=None)", posix_readlink, "Return a string representing the path to which the symbolic link points."},
    {"utime($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)", posix_utime, "Set the access and modified time of path."},
    {"truncate($module, /, path, length)", posix_truncate, "Truncate a file, specified by path, to a specific length."},
    {"statvfs($module, /, path)", posix_statvfs, "Perform a statvfs system call on the given path."},
    {"mkfifo($module, /, path, mode=438, *, dir_fd=None)", posix_mkfifo, "Create a \"fifo\" (a POSIX named pipe)."},
    {"fspath($module, /, path)", posix_fspath, "Return the file system path representation of the object."},
};

}  // namespace

std::span<const MethodSpec> posix_file_functions() { return kFunctions; }

}  // namespace ouro::vm
