// ouro python: the virtual machine under CPython's command line.
#include "command.h"
#include "help.h"
#include "library_path.h"
#include "python_options.h"

namespace ouro::cli {

extern const Command kPython;

namespace {

int run_python(const Arguments& arguments, Io& io) {
  const std::vector<std::string>& words = arguments.positionals();
  PythonCommandLine line = parse_python_command_line(words, io);
  if (!line.problem.empty()) {
    io.err.write(line.problem + "\nusage: ouro python [option] ... [-c cmd | -m mod | file | -] [arg] ...\n" +
                 "Try `ouro python -h' for more information.\n");
    return kUsage;
  }
  if (line.show_help) {
    io.out.write(command_help(kPython));
    return kSuccess;
  }
  if (line.show_version > 0) {
    io.out.write(line.show_version > 1 ? "Python 3.13.0 (ouro " OURO_VERSION ")\n" : "Python 3.13.0\n");
    return kSuccess;
  }
  VmProgram& program = line.program;
  apply_python_environment(program, io);
  program.options.library_path = find_python_library({}, io);
  program.start.executable = python_executable();
  program.start.orig_argv = words;
  program.start.orig_argv.insert(program.start.orig_argv.begin(), program.start.executable);
  return run_program(std::move(program), io);
}

constexpr Option kOptions[] = {
    {"-c", "CODE", "Run the code; ends the options"},
    {"-m", "MODULE", "Run the library module as a script; ends the options"},
    {"-O", "", "No asserts; -OO: no docstrings either"},
    {"-B", "", "Write no .pyc files on import"},
    {"-v", "", "Show each import"},
    {"-V", "", "Show the version of the language"},
    {"-I", "", "Isolated: no PYTHON variables, no script directory on sys.path"},
    {"-E", "", "Ignore PYTHON variables"},
    {"-P", "", "Put nothing unsafe in front of sys.path"},
    {"-S", "", "No site-packages"},
    {"-u", "", "Unbuffered standard output and error"},
    {"-W", "FILTER", "Add a warning filter", {}, true},
    {"-x", "", "Skip the first line of the source"},
    {"-X", "OPTION", "Set an implementation option", {}, true},
    {"--check-hash-based-pycs", "always|default|never", "Whether hash-based .pyc files are checked"},
};
constexpr Positional kPositionals[] = {{"FILE", "A script, a .pyc, a directory or archive with __main__, or -; then its arguments", Arity::Any}};
constexpr Example kExamples[] = {
    {"ouro python -c 'print(2**100)'", "Runs code."},
    {"ouro python -m dis spam.py", "Runs a module of the standard library."},
};

}  // namespace

constexpr Command kPython{.name = "python",
                          .summary = "Run Python 3.13 under CPython's own command line",
                          .description =
                              "Takes the options of python3.13. The pure-Python standard library is CPython 3.13's, found "
                              "by OURO_PYTHON_LIBRARY, the python3.13 of PATH, or pyenv. No site module is run.",
                          .options = kOptions,
                          .positionals = kPositionals,
                          .examples = kExamples,
                          .run = run_python,
                          .raw = true};

}  // namespace ouro::cli
