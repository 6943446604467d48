// One program run by the virtual machine, from what the command line says to the exit status: for `ouro run` and
// `ouro python`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io.h"
#include "vm/core/vm.h"
#include "vm/host/sandbox_host.h"
#include "vm/interpreter/startup.h"

namespace ouro::cli {

struct VmProgram {
  enum class Kind : std::uint8_t { Script, Command, Module, StandardInput };
  Kind kind = Kind::StandardInput;
  std::string text;                    ///< path, code or module name
  std::vector<std::string> arguments;  ///< sys.argv[1:]
  vm::Options options;
  vm::StartOptions start;              ///< argv and path are set by run_program
  std::optional<vm::SandboxRules> sandbox;  ///< nullopt: the whole system
  std::string python_path;             ///< PYTHONPATH
  bool skip_first_line = false;        ///< -x
};

/// Exit status of a program that a limit ended.
inline constexpr int kLimitStatus = 3;

/// Runs it. The status is the program's own (sys.exit), 1 for an uncaught exception, 2 for a file that cannot be opened,
/// kLimitStatus for a limit.
[[nodiscard]] int run_program(VmProgram program, Io& io);
/// The path that sys.executable shows: of `ouro-python` beside this program when it stands there.
[[nodiscard]] std::string python_executable();

}  // namespace ouro::cli
