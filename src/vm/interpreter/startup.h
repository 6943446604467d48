// The life of a machine around a program: sys, builtins and __main__ before it, exit handlers and flushing after it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vm/core/vm.h"

namespace ouro::vm {

/// What the command line says; sys shows it.
struct StartOptions {
  std::vector<std::string> argv;       ///< sys.argv
  std::vector<std::string> orig_argv;
  std::string executable;
  std::vector<std::string> path;       ///< sys.path, the script's directory included
  std::vector<std::string> warn_options;
  std::vector<std::pair<std::string, std::string>> x_options;
  int verbose = 0, quiet = 0, inspect = 0, bytes_warning = 0;
  bool dont_write_bytecode = false, ignore_environment = false, no_user_site = false, no_site = false, safe_path = false;
  bool unbuffered = false, dev_mode = false, utf8_mode = false, warn_default_encoding = false;
  std::string check_hash_pycs = "default";
  std::string pycache_prefix;
  std::string stream_encoding;  ///< PYTHONIOENCODING; empty: UTF-8
};

/// builtins, sys, sys.modules, __main__ and the standard streams. False: an exception is set.
[[nodiscard]] bool start_machine(Vm& vm, const StartOptions& options);
/// The dict of __main__.
[[nodiscard]] DictObject* main_globals(Vm& vm);
/// Runs source in __main__; mode "exec". False: an exception is set.
[[nodiscard]] bool run_main_source(Vm& vm, std::string_view source, bool is_utf8, std::string_view filename);
/// The exit status of an exception that ended the program: SystemExit's code, or 1 with the report on sys.stderr. Clears it.
[[nodiscard]] int report_exit(Vm& vm);
/// Threads joined, atexit handlers, streams flushed. Gives `status`, or 120 when flushing failed.
[[nodiscard]] int finish_machine(Vm& vm, int status);

}  // namespace ouro::vm
