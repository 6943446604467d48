// posix: the system, the environment, randomness, and what os.path needs to be fast.
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

namespace {
constexpr StructField kUnameFields[] = {{"sysname"}, {"nodename"}, {"release"}, {"version"}, {"machine"}};
}
const StructSequenceSpec kUnameResult = struct_sequence_spec("posix.uname_result", "uname_result: Result from os.uname().", kUnameFields, 5);

namespace {

Ref posix_urandom(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t size, args.ssize(vm, 0));
  if (size < 0) return raise(vm, vm.exc.ValueError, "negative argument not allowed");
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, static_cast<std::size_t>(size)));
  const int failure = vm.host.random_bytes(bytes->data(), static_cast<std::size_t>(size));
  if (failure != 0) return raise_os_error(vm, failure);
  return bytes;
}
Ref posix_cpu_count(Vm& vm, Value) {
  if (!vm.host.allows_system_calls()) return Ref::small(1);
  return Ref::small(::sysconf(_SC_NPROCESSORS_ONLN));
}
Ref posix_strerror(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, args.integer(vm, 0));
  return new_str(vm, std::strerror(number));
}

Ref posix_uname(Vm& vm, Value) {
  utsname names{};
  if (!vm.host.allows_system_calls()) {
    std::vector<Ref> hidden;
    for (const char* part : {"Linux", "localhost", "0", "0", "x86_64"}) hidden.push_back(Ref(new_str(vm, part)));
    return new_struct_sequence(vm, kUnameResult, std::move(hidden));
  }
  if (::uname(&names) != 0) return raise_os_error(vm, errno);
  std::vector<Ref> items;
  for (const char* part : {static_cast<const char*>(names.sysname), static_cast<const char*>(names.nodename), static_cast<const char*>(names.release),
                           static_cast<const char*>(names.version), static_cast<const char*>(names.machine)}) {
    items.push_back(Ref(new_str_fs(vm, part)));
  }
  return new_struct_sequence(vm, kUnameResult, std::move(items));
}

std::optional<std::string> variable_text(Vm& vm, Value value, std::string_view function) {
  VM_TRY(PathArgument text, path_argument(vm, value, function, "name"));
  return std::move(text.bytes);
}
Ref posix_putenv(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, variable_text(vm, args[0], "putenv"));
  VM_TRY(const std::string value, variable_text(vm, args[1], "putenv"));
  if (name.empty() || name.find('=') != std::string::npos) return raise(vm, vm.exc.ValueError, "illegal environment variable name");
  const int failure = vm.host.set_environment(name, &value);
  if (failure != 0) return raise_os_error(vm, failure);
  return Ref::none();
}
Ref posix_unsetenv(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, variable_text(vm, args[0], "unsetenv"));
  const int failure = vm.host.set_environment(name, nullptr);
  if (failure != 0) return raise_os_error(vm, failure);
  return Ref::none();
}

std::optional<int> name_argument(Vm& vm, Value value, std::string_view) {
  if (is_int(value)) {
    const auto number = int_to_int64(value);
    return number ? static_cast<int>(*number) : -1;
  }
  if (!is_str(value)) return raise(vm, vm.exc.TypeError, "configuration names must be strings or integers");
  constexpr std::pair<std::string_view, int> kNames[] = {
      {"SC_ARG_MAX", _SC_ARG_MAX}, {"SC_CLK_TCK", _SC_CLK_TCK}, {"SC_NPROCESSORS_CONF", _SC_NPROCESSORS_CONF},
      {"SC_NPROCESSORS_ONLN", _SC_NPROCESSORS_ONLN}, {"SC_OPEN_MAX", _SC_OPEN_MAX}, {"SC_PAGESIZE", _SC_PAGESIZE},
      {"SC_PAGE_SIZE", _SC_PAGESIZE}, {"SC_PHYS_PAGES", _SC_PHYS_PAGES}, {"SC_AVPHYS_PAGES", _SC_AVPHYS_PAGES}, {"SC_IOV_MAX", _SC_IOV_MAX},
      {"SC_SEM_NSEMS_MAX", _SC_SEM_NSEMS_MAX}, {"SC_CHILD_MAX", _SC_CHILD_MAX}, {"SC_GETPW_R_SIZE_MAX", _SC_GETPW_R_SIZE_MAX}};
  for (const auto& [name, number] : kNames) {
    if (str_equal(value.as<StrObject>(), name)) return number;
  }
  return raise(vm, vm.exc.ValueError, "unrecognized configuration name");
}
Ref posix_sysconf(Vm& vm, Value, Args& args) {
  VM_TRY(const int name, name_argument(vm, args[0], "sysconf"));
  VM_CHECK(system_calls_allowed(vm));
  errno = 0;
  const long value = ::sysconf(name);
  if (value == -1 && errno != 0) return raise_os_error(vm, errno);
  return Ref::small(value);
}

Ref posix_getloadavg(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  double loads[3];
  if (::getloadavg(static_cast<double*>(loads), 3) != 3) return raise(vm, vm.exc.OSError, "Load averages are unobtainable");
  VM_TRY(Ref first, new_float(vm, loads[0]));
  VM_TRY(Ref second, new_float(vm, loads[1]));
  VM_TRY(Ref third, new_float(vm, loads[2]));
  return new_tuple(vm, {first.get(), second.get(), third.get()});
}

Ref posix_getlogin(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  const char* name = ::getlogin();
  if (name == nullptr) return raise_os_error(vm, errno);
  return new_str_fs(vm, name);
}

// --- os.path (CPython 3.13 has these natively: _path_normpath, _path_splitroot_ex, _path_isdir, ...)

/// Lib/posixpath.py normpath.
std::string normalised(std::string_view path) {
  if (path.empty()) return ".";
  std::string root;
  if (path.starts_with("//") && !path.starts_with("///")) root = "//";
  else if (path.starts_with("/")) root = "/";
  std::vector<std::string_view> parts;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (part != ".." || (root.empty() && parts.empty()) || (!parts.empty() && parts.back() == "..")) parts.push_back(part);
    else if (!parts.empty()) parts.pop_back();
  }
  std::string out = root;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += '/';
    out += parts[i];
  }
  return out.empty() ? "." : out;
}

/// str or bytes of a path-like without any encoding: null characters are ordinary here.
struct PathText {
  std::string text;
  bool is_bytes = false;
};
std::optional<PathText> plain_path(Vm& vm, Value path) {
  VM_TRY(Ref given, file_system_path(vm, path));
  if (is_bytes(given)) return PathText{std::string(given.as<BytesObject>()->view()), true};
  return PathText{to_utf8(given.as<StrObject>()), false};
}
Ref plain_result(Vm& vm, const PathText& like, std::string_view text) {
  if (like.is_bytes) return new_bytes(vm, text);
  return new_str(vm, text);
}

Ref path_normpath(Vm& vm, Value, Args& args) {
  VM_TRY(const PathText path, plain_path(vm, args[0]));
  return plain_result(vm, path, normalised(path.text));
}
Ref path_splitroot(Vm& vm, Value, Args& args) {
  VM_TRY(const PathText path, plain_path(vm, args[0]));
  const std::string_view text = path.text;
  std::size_t root = 0;
  if (text.starts_with("/")) root = text.starts_with("//") && !text.starts_with("///") ? 2 : 1;
  VM_TRY(Ref drive, plain_result(vm, path, ""));
  VM_TRY(Ref front, plain_result(vm, path, text.substr(0, root)));
  VM_TRY(Ref rest, plain_result(vm, path, text.substr(root)));
  return new_tuple(vm, {drive.get(), front.get(), rest.get()});
}

constexpr MethodSpec kFunctions[] = {
    {"urandom($module, size, /)", posix_urandom, "Return a bytes object containing random bytes suitable for cryptographic use."},
    {"cpu_count($module, /)", posix_cpu_count, "Return the number of logical CPUs in the system."},
    {"strerror($module, code, /)", posix_strerror, "Translate an error code to a message string."},
    {"uname($module, /)", posix_uname, "Return an object identifying the current operating system."},
    {"putenv($module, name, value, /)", posix_putenv, "Change or add an environment variable."},
    {"unsetenv($module, name, /)", posix_unsetenv, "Delete an environment variable."},
    {"sysconf($module, name, /)", posix_sysconf, "Return an integer-valued system configuration variable."},
    {"getloadavg($module, /)", posix_getloadavg, "Return average recent system load information."},
    {"getlogin($module, /)", posix_getlogin, "Return the actual login name."},
    {"_path_normpath($module, /, path)", path_normpath, "Normalize path, eliminating double slashes, etc."},
    {"_path_splitroot_ex($module, path, /)", path_splitroot, "Split a pathname into drive, root and tail."},
};

}  // namespace

std::span<const MethodSpec> posix_system_functions() { return kFunctions; }

}  // namespace ouro::vm
