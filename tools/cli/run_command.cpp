// ouro run: a program in the virtual machine, with limits and a sandbox.
#include <charconv>
#include <cmath>

#include "command.h"
#include "help.h"
#include "library_path.h"
#include "python_options.h"

namespace ouro::cli {

extern const Command kRun;

namespace {

/// "64M" to bytes: K, M and G count by 1024. nullopt: unreadable.
std::optional<std::uint64_t> size_of(std::string_view text) {
  std::uint64_t factor = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 'k':
      case 'K': factor = 1024; break;
      case 'm':
      case 'M': factor = 1024 * 1024; break;
      case 'g':
      case 'G': factor = 1024 * 1024 * 1024; break;
      default: break;
    }
  }
  if (factor != 1) text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > UINT64_MAX / factor) return std::nullopt;
  return value * factor;
}

struct RunLine {
  VmProgram program;
  vm::SandboxRules rules;
  bool sandbox = false;
  bool help = false;
  std::string library;
  std::string problem;
};

bool limit(RunLine& line, std::string_view name, std::string_view text) {
  vm::Limits& limits = line.program.options.limits;
  if (name == "--timeout") {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || !(seconds > 0) || seconds > 1e9) return false;
    limits.wall_milliseconds = static_cast<std::uint64_t>(std::ceil(seconds * 1000));
    return true;
  }
  const auto number = size_of(text);
  if (!number || *number == 0) return false;
  if (name == "--fuel") limits.fuel = *number;
  if (name == "--memory") limits.memory = *number;
  if (name == "--output-limit") limits.output_bytes = *number;
  if (name == "--recursion") {
    if (*number > 1'000'000) return false;
    limits.recursion = static_cast<std::uint32_t>(*number);
  }
  return true;
}

bool value_option(RunLine& line, std::string_view name, const std::string& value) {
  if (name == "--allow-read") return line.rules.read.push_back(value), true;
  if (name == "--allow-write") return line.rules.write.push_back(value), true;
  if (name == "--allow-env") return line.rules.environment.push_back(value), true;
  if (name == "--library") return line.library = value, true;
  if (limit(line, name, value)) return true;
  line.problem = std::string(name) + ": cannot read '" + value + "'";
  return false;
}

bool flag_option(RunLine& line, std::string_view name) {
  vm::Options& options = line.program.options;
  if (name == "--sandbox") return line.sandbox = true;
  if (name == "--allow-clock") return line.rules.clock = true;
  if (name == "--allow-random") return line.rules.random = true;
  if (name == "--allow-net") return line.rules.network = true;
  if (name == "--allow-processes") return line.rules.processes = true;
  if (name == "--trace") return options.trace = true;
  if (name == "--profile") return options.profile = true;
  if (name == "--coverage") return options.coverage = true;
  if (name == "-h" || name == "--help") return line.help = true;
  if (name == "-B") return line.program.start.dont_write_bytecode = true;
  if (name == "-O") return (options.optimize = 1) != 0;
  if (name == "-OO") return (options.optimize = 2) != 0;
  line.problem = "no option " + std::string(name);
  return false;
}

bool takes_value(std::string_view name) {
  constexpr std::string_view kNames[] = {"--fuel", "--memory", "--recursion", "--timeout", "--output-limit",
                                         "--allow-read", "--allow-write", "--allow-env", "--library"};
  for (const std::string_view each : kNames) {
    if (each == name) return true;
  }
  return false;
}

RunLine parse(std::span<const std::string> words) {
  RunLine line;
  std::size_t at = 0;
  for (; at < words.size() && line.problem.empty(); ++at) {
    const std::string& word = words[at];
    if (word == "-c" || word == "-m") {
      if (at + 1 == words.size()) {
        line.problem = word + " wants an argument";
        return line;
      }
      line.program.kind = word == "-c" ? VmProgram::Kind::Command : VmProgram::Kind::Module;
      line.program.text = words[at + 1];
      at += 2;
      line.program.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
      return line;
    }
    if (word.size() < 2 || word[0] != '-') break;
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (!takes_value(name)) {
      flag_option(line, word);
    } else if (equals != std::string::npos) {
      value_option(line, name, word.substr(equals + 1));
    } else if (at + 1 < words.size()) {
      value_option(line, name, words[++at]);
    } else {
      line.problem = name + " wants a value";
    }
  }
  if (!line.problem.empty() || line.help) return line;
  if (at == words.size()) {
    line.problem = "no program given";
    return line;
  }
  line.program.text = words[at];
  line.program.kind = words[at] == "-" ? VmProgram::Kind::StandardInput : VmProgram::Kind::Script;
  line.program.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
  return line;
}

int run_run(const Arguments& arguments, Io& io) {
  RunLine line = parse(arguments.positionals());
  if (!line.problem.empty()) {
    io.error("run: " + line.problem + "; see ouro run --help");
    return kUsage;
  }
  if (line.help) {
    io.out.write(command_help(kRun));
    return kSuccess;
  }
  VmProgram& program = line.program;
  program.options.library_path = find_python_library(line.library, io);
  program.start.executable = python_executable();
  program.start.orig_argv = arguments.positionals();
  if (line.sandbox) {
    program.sandbox = std::move(line.rules);
    program.start.ignore_environment = true;
  } else {
    program.python_path = io.env("PYTHONPATH");
    program.start.dont_write_bytecode = program.start.dont_write_bytecode || !io.env("PYTHONDONTWRITEBYTECODE").empty();
  }
  return run_program(std::move(program), io);
}

constexpr Option kOptions[] = {
    {"-c", "CODE", "Run the code; what follows are its arguments"},
    {"-m", "MODULE", "Run the module as a script; what follows are its arguments"},
    {"-O", "", "No asserts; -OO: no docstrings either"},
    {"-B", "", "Write no .pyc files on import"},
    {"--fuel", "N", "At most N instructions (native work counts as instructions, too)"},
    {"--memory", "SIZE", "At most SIZE bytes of heap (64M): MemoryError beyond"},
    {"--recursion", "N", "At most N nested calls: RecursionError beyond", "1000"},
    {"--timeout", "SECONDS", "At most so long by the clock"},
    {"--output-limit", "SIZE", "At most SIZE bytes to standard output and error"},
    {"--sandbox", "", "Deny files, environment, clock, randomness, processes and network, but what is allowed below"},
    {"--allow-read", "PATH", "Open a directory or file for reading", {}, true},
    {"--allow-write", "PATH", "Open a directory for reading and writing", {}, true},
    {"--allow-env", "NAME", "Show an environment variable; * shows all", {}, true},
    {"--allow-clock", "", "Tell the time and sleep"},
    {"--allow-random", "", "Give random bytes"},
    {"--allow-processes", "", "Start processes"},
    {"--allow-net", "", "Use the network"},
    {"--library", "DIR", "The pure-Python standard library of CPython 3.13"},
    {"--trace", "", "Show each instruction with its stack"},
    {"--profile", "", "Count opcodes and lines"},
    {"--coverage", "", "Show which lines ran"},
};
constexpr Positional kPositionals[] = {{"FILE", "A script, a .pyc, a directory or archive with __main__, or -; then its arguments", Arity::Any}};
constexpr Example kExamples[] = {
    {"ouro run spam.py", "Runs a script."},
    {"ouro run --sandbox --fuel 100M --memory 64M --allow-read data spam.py", "Runs it with bounds and no access to the world but one directory."},
};

}  // namespace

constexpr Command kRun{.name = "run",
                       .summary = "Run a program in the virtual machine, within limits",
                       .description =
                           "Runs Python 3.13 source or a .pyc. Under --sandbox everything outside is denied but standard "
                           "input, output and error, and reading the standard library. The exit status is the program's; 1 "
                           "for an exception, 3 when a limit ended it.",
                       .options = kOptions,
                       .positionals = kPositionals,
                       .examples = kExamples,
                       .run = run_run,
                       .raw = true};

}  // namespace ouro::cli
