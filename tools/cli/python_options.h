// CPython's command line and environment.
#pragma once

#include <span>
#include <string>

#include "vm_session.h"

namespace ouro::cli {

/// What CPython 3.13 makes of its arguments (Python/initconfig.c config_parse_cmdline).
struct PythonCommandLine {
  VmProgram program;
  bool show_help = false;
  int show_version = 0;  ///< how often -V was given
  bool interactive_after = false;
  std::string problem;  ///< not empty: wrong usage
};
[[nodiscard]] PythonCommandLine parse_python_command_line(std::span<const std::string> words, const Io& io);
/// PYTHON* variables into the options, unless -E or -I was given.
void apply_python_environment(VmProgram& program, const Io& io);

}  // namespace ouro::cli
