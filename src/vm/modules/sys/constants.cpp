// The constants of sys.
#include <cfloat>
#include <string>

#include "vm/modules/sys/sys_state.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

constexpr std::int64_t kHexVersion = 0x030D00F0;

constexpr StructField kVersionFields[] = {{"major"}, {"minor"}, {"micro"}, {"releaselevel"}, {"serial"}};
constexpr StructField kFlagsFields[] = {
    {"debug"}, {"inspect"}, {"interactive"}, {"optimize"}, {"dont_write_bytecode"}, {"no_user_site"}, {"no_site"},
    {"ignore_environment"}, {"verbose"}, {"bytes_warning"}, {"quiet"}, {"hash_randomization"}, {"isolated"}, {"dev_mode"},
    {"utf8_mode"}, {"warn_default_encoding"}, {"safe_path"}, {"int_max_str_digits"}};
constexpr StructField kFloatFields[] = {{"max"}, {"max_exp"}, {"max_10_exp"}, {"min"}, {"min_exp"}, {"min_10_exp"},
                                        {"dig"}, {"mant_dig"}, {"epsilon"}, {"radix"}, {"rounds"}};
constexpr StructField kIntFields[] = {{"bits_per_digit"}, {"sizeof_digit"}, {"default_max_str_digits"},
                                      {"str_digits_check_threshold"}};
constexpr StructField kHashFields[] = {{"width"}, {"modulus"}, {"inf"}, {"nan"}, {"imag"}, {"algorithm"}, {"hash_bits"},
                                       {"seed_bits"}, {"cutoff"}};
constexpr StructField kThreadFields[] = {{"name"}, {"lock"}, {"version"}};
constexpr StructField kHooksFields[] = {{"firstiter"}, {"finalizer"}};

const StructSequenceSpec kVersionInfo = struct_sequence_spec("sys.version_info", "Version information as a named tuple.", kVersionFields, 5, false);
const StructSequenceSpec kFlags = struct_sequence_spec("sys.flags", "Flags provided through command line arguments or environment vars.", kFlagsFields, 18, false);
const StructSequenceSpec kFloatInfo = struct_sequence_spec("sys.float_info", "The limits of float.", kFloatFields, 11);
const StructSequenceSpec kIntInfo = struct_sequence_spec("sys.int_info", "How int is stored and limited.", kIntFields, 4);
const StructSequenceSpec kHashInfo = struct_sequence_spec("sys.hash_info", "How hashes are computed.", kHashFields, 9);
const StructSequenceSpec kThreadInfo = struct_sequence_spec("sys.thread_info", "How threads are implemented.", kThreadFields, 3);

constexpr std::string_view kStandardModules =
    "__future__ _abc _aix_support _android_support _ast _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk "
    "_codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _colorize _compat_pickle _compression "
    "_contextvars _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib "
    "_frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _interpchannels _interpqueues _interpreters _io "
    "_ios_support _json _locale _lsprof _lzma _markupbase _md5 _multibytecodec _multiprocessing _opcode _opcode_metadata "
    "_operator _osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc _pydatetime _pydecimal _pyio _pylong "
    "_pyrepl _queue _random _scproxy _sha1 _sha2 _sha3 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics "
    "_string _strptime _struct _suggestions _symtable _sysconfig _thread _threading_local _tkinter _tokenize _tracemalloc "
    "_typing _uuid _warnings _weakref _weakrefset _winapi _wmi _zoneinfo abc antigravity argparse array ast asyncio atexit "
    "base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd code codecs codeop collections colorsys compileall "
    "concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib "
    "dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools "
    "gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib "
    "inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap "
    "modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers opcode operator optparse os pathlib pdb pickle "
    "pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc "
    "pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors "
    "shelve shlex shutil signal site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat "
    "statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap "
    "this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing "
    "unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile "
    "zipimport zlib zoneinfo";

template <class... Items>
std::vector<Ref> items(Items&&... each) {
  std::vector<Ref> all;
  (all.push_back(std::forward<Items>(each)), ...);
  return all;
}

Ref text(Vm& vm, std::string_view value) { return new_str(vm, value); }

Ref version_info(Vm& vm) {
  return new_struct_sequence(vm, kVersionInfo, items(Ref::small(3), Ref::small(13), Ref::small(0), text(vm, "final"), Ref::small(0)));
}

bool add_versions(Vm& vm, ModuleObject* module) {
  VM_TRY(Ref info, version_info(vm));
  VM_TRY(Own<DictObject> implementation, new_dict(vm));
  VM_TRY(Ref name, text(vm, "cpython"));
  VM_TRY(Ref tag, text(vm, "cpython-313"));
  VM_TRY(Ref multiarch, text(vm, "x86_64-linux-gnu"));
  VM_CHECK(dict_set(vm, implementation, "name", name));
  VM_CHECK(dict_set(vm, implementation, "cache_tag", tag));
  VM_CHECK(dict_set(vm, implementation, "version", info));
  VM_CHECK(dict_set(vm, implementation, "hexversion", Value::small(kHexVersion)));
  VM_CHECK(dict_set(vm, implementation, "_multiarch", multiarch));
  VM_TRY(Ref git_name, text(vm, "CPython"));
  VM_TRY(Own<TupleObject> git, new_tuple(vm, {git_name.get(), Value(vm.names.empty), Value(vm.names.empty)}));
  return set_module_attribute(vm, module, "version_info", info.get()) &&
         set_module_attribute(vm, module, "implementation", new_simple_namespace(vm, implementation)) &&
         set_module_attribute(vm, module, "_git", Ref(std::move(git))) &&
         set_module_attribute(vm, module, "version", text(vm, "3.13.0 (ouro, Nov 25 2026, 00:00:00) [Ouro]")) &&
         set_module_attribute(vm, module, "hexversion", Value::small(kHexVersion)) &&
         set_module_attribute(vm, module, "api_version", Value::small(1013)) &&
         set_module_attribute(vm, module, "copyright", text(vm, "Ouro: see LICENSE.\nThe language: Copyright (c) 2001-2024 Python Software Foundation.\nAll Rights Reserved."));
}

Ref flags(Vm& vm, const StartOptions& start) {
  const auto number = [](std::int64_t value) { return Ref::small(value); };
  return new_struct_sequence(
      vm, kFlags,
      items(number(0), number(start.inspect), number(0), number(vm.options.optimize), number(start.dont_write_bytecode),
            number(start.no_user_site), number(start.no_site), number(start.ignore_environment), number(start.verbose),
            number(start.bytes_warning), number(start.quiet), number(vm.options.hash_randomised),
            number(vm.options.isolated), Ref::boolean(start.dev_mode), number(start.utf8_mode),
            number(start.warn_default_encoding), Ref::boolean(start.safe_path), number(vm.int_max_str_digits)));
}

bool add_infos(Vm& vm, ModuleObject* module) {
  const auto number = [](std::int64_t value) { return Ref::small(value); };
  return set_module_attribute(vm, module, "float_info",
                              new_struct_sequence(vm, kFloatInfo,
                                                  items(new_float(vm, DBL_MAX), number(DBL_MAX_EXP), number(DBL_MAX_10_EXP),
                                                        new_float(vm, DBL_MIN), number(DBL_MIN_EXP), number(DBL_MIN_10_EXP),
                                                        number(DBL_DIG), number(DBL_MANT_DIG), new_float(vm, DBL_EPSILON),
                                                        number(FLT_RADIX), number(1)))) &&
         set_module_attribute(vm, module, "int_info",
                              new_struct_sequence(vm, kIntInfo, items(number(30), number(4), number(4300), number(640)))) &&
         set_module_attribute(vm, module, "hash_info",
                              new_struct_sequence(vm, kHashInfo,
                                                  items(number(64), number((std::int64_t{1} << 61) - 1), number(314159),
                                                        number(0), number(1000003), text(vm, "siphash13"), number(64),
                                                        number(128), number(0)))) &&
         set_module_attribute(vm, module, "thread_info",
                              new_struct_sequence(vm, kThreadInfo,
                                                  items(text(vm, "pthread"), text(vm, "semaphore"), text(vm, "NPTL 2.36"))));
}

Ref native_names(Vm& vm) {
  std::vector<Ref> names;
  for (const NativeModule& native : native_modules()) {
    names.push_back(new_str(vm, native.name));
    VM_CHECK(names.back());
  }
  const std::vector<Value> values(names.begin(), names.end());
  return new_tuple(vm, values);
}

Ref standard_names(Vm& vm) {
  VM_TRY(Own<ListObject> names, new_list(vm));
  std::string_view rest = kStandardModules;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    VM_CHECK(list_append(vm, names, Ref(new_str(vm, rest.substr(0, end)))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return new_frozenset(vm, names);
}

Ref text_list(Vm& vm, const std::vector<std::string>& texts) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (const std::string& each : texts) {
    VM_TRY(Own<StrObject> item, new_str_fs(vm, each));
    VM_CHECK(list_append(vm, list, Ref(std::move(item))));
  }
  return list;
}

bool add_places(Vm& vm, ModuleObject* module, const StartOptions& start) {
  const std::string& library = vm.options.library_path;
  std::string prefix = library;
  for (int level = 0; level < 2 && !prefix.empty(); ++level) prefix.resize(std::min(prefix.find_last_of('/'), prefix.size()));
  if (prefix.empty()) prefix = "/usr";
  for (const char* name : {"prefix", "exec_prefix", "base_prefix", "base_exec_prefix"}) {
    VM_CHECK(set_module_attribute(vm, module, name, Ref(new_str_fs(vm, prefix))));
  }
  VM_TRY(Own<DictObject> x_options, new_dict(vm));
  for (const auto& [name, value] : start.x_options) {
    VM_TRY(Ref shown, value.empty() ? Ref::boolean(true) : Ref(new_str(vm, value)));
    VM_CHECK(dict_set(vm, x_options, name, shown));
  }
  return set_module_attribute(vm, module, "executable", Ref(new_str_fs(vm, start.executable))) &&
         set_module_attribute(vm, module, "_base_executable", Ref(new_str_fs(vm, start.executable))) &&
         set_module_attribute(vm, module, "_stdlib_dir", library.empty() ? Ref::none() : Ref(new_str_fs(vm, library))) &&
         set_module_attribute(vm, module, "_home", kNone) && set_module_attribute(vm, module, "_framework", text(vm, "")) &&
         set_module_attribute(vm, module, "_xoptions", Ref(std::move(x_options))) &&
         set_module_attribute(vm, module, "argv", text_list(vm, start.argv)) &&
         set_module_attribute(vm, module, "orig_argv", text_list(vm, start.orig_argv)) &&
         set_module_attribute(vm, module, "path", text_list(vm, start.path)) &&
         set_module_attribute(vm, module, "warnoptions", text_list(vm, start.warn_options)) &&
         set_module_attribute(vm, module, "pycache_prefix",
                              start.pycache_prefix.empty() ? Ref::none() : Ref(new_str_fs(vm, start.pycache_prefix)));
}

bool add_monitoring(Vm& vm, ModuleObject* module) {
  // Tools register nothing yet; the numbers and names are those of CPython, so that callers can ask.
  VM_TRY(Own<DictObject> events, new_dict(vm));
  constexpr std::string_view kEvents[] = {"PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "INSTRUCTION",
                                          "JUMP", "BRANCH", "STOP_ITERATION", "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND",
                                          "PY_THROW", "RERAISE", "C_RETURN", "C_RAISE"};
  std::int64_t bit = 1;
  for (const std::string_view event : kEvents) {
    VM_CHECK(dict_set(vm, events, event, Value::small(bit)));
    bit *= 2;
  }
  VM_CHECK(dict_set(vm, events, "NO_EVENTS", Value::small(0)));
  VM_TRY(Ref namespace_of_events, new_simple_namespace(vm, events));
  VM_TRY(Own<StrObject> name, new_str(vm, "sys.monitoring"));
  VM_TRY(Own<ModuleObject> monitoring, new_module(vm, name));
  VM_CHECK(set_module_attribute(vm, monitoring, "events", namespace_of_events.get()));
  constexpr std::pair<std::string_view, int> kTools[] = {
      {"DEBUGGER_ID", 0}, {"COVERAGE_ID", 1}, {"PROFILER_ID", 2}, {"OPTIMIZER_ID", 5}};
  for (const auto& [tool, id] : kTools) VM_CHECK(set_module_attribute(vm, monitoring, tool, Value::small(id)));
  return set_module_attribute(vm, module, "monitoring", Ref(std::move(monitoring)));
}

}  // namespace

extern const StructSequenceSpec kAsyncGenHooks;
const StructSequenceSpec kAsyncGenHooks = struct_sequence_spec("sys.asyncgen_hooks", "The hooks of asynchronous generators.", kHooksFields, 2);

bool add_sys_constants(Vm& vm, ModuleObject* module) {
  const StartOptions& start = machine_state<SysState>(vm).start;
  return add_versions(vm, module) && set_module_attribute(vm, module, "flags", flags(vm, start)) && add_infos(vm, module) &&
         add_places(vm, module, start) && add_monitoring(vm, module) &&
         set_module_attribute(vm, module, "builtin_module_names", native_names(vm)) &&
         set_module_attribute(vm, module, "stdlib_module_names", standard_names(vm)) &&
         set_module_attribute(vm, module, "dont_write_bytecode", Value::boolean(start.dont_write_bytecode)) &&
         set_module_attribute(vm, module, "platform", text(vm, "linux")) &&
         set_module_attribute(vm, module, "platlibdir", text(vm, "lib")) &&
         set_module_attribute(vm, module, "byteorder", text(vm, "little")) &&
         set_module_attribute(vm, module, "abiflags", text(vm, "")) &&
         set_module_attribute(vm, module, "float_repr_style", text(vm, "short")) &&
         set_module_attribute(vm, module, "maxsize", new_int(vm, INT64_MAX)) &&
         set_module_attribute(vm, module, "maxunicode", Value::small(0x10FFFF)) &&
         set_module_attribute(vm, module, "meta_path", Ref(new_list(vm))) &&
         set_module_attribute(vm, module, "path_hooks", Ref(new_list(vm))) &&
         set_module_attribute(vm, module, "path_importer_cache", Ref(new_dict(vm)));
}

}  // namespace ouro::vm
