#include "vm_session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <chrono>
#include <cstring>
#include <thread>

#include "arguments.h"
#include "marshal/pyc.h"
#include "run/source_compiler.h"
#include "support/file.h"
#include "vm/core/protocol.h"
#include "vm/host/system_host.h"
#include "vm/interpreter/breaker.h"
#include "vm/interpreter/meter.h"
#include "vm/interpreter/run.h"
#include "vm/interpreter/tracing.h"
#include "vm/modules/import.h"
#include "vm/modules/signals.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/code.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"


namespace ouro::cli {
namespace {

using namespace ouro::vm;  // NOLINT: this file is about the machine alone

std::string real_directory(const std::string& path) {
  char resolved[PATH_MAX];
  std::string real = ::realpath(path.c_str(), static_cast<char*>(resolved)) != nullptr ? static_cast<const char*>(resolved) : path;
  const std::size_t slash = real.find_last_of('/');
  return slash == std::string::npos ? "" : real.substr(0, std::max<std::size_t>(slash, 1));
}

std::string working_directory() {
  char buffer[PATH_MAX];
  return ::getcwd(static_cast<char*>(buffer), sizeof buffer) != nullptr ? static_cast<const char*>(buffer) : std::string();
}

/// A directory or an archive: its __main__ is run.
bool is_importable_place(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  if (S_ISDIR(status.st_mode)) return true;
  if (!S_ISREG(status.st_mode)) return false;
  return path.ends_with(".zip") || path.ends_with(".pyz") || path.ends_with(".egg") || path.ends_with(".whl");
}

void fill_path(VmProgram& program) {
  std::vector<std::string>& path = program.start.path;
  if (!program.start.safe_path) {
    switch (program.kind) {
      case VmProgram::Kind::Script:
        path.push_back(is_importable_place(program.text) ? program.text : real_directory(program.text));
        break;
      case VmProgram::Kind::Module:
        if (!program.sandbox) path.push_back(working_directory());
        break;
      default:
        // "" is the working directory, which a sandbox does not show.
        if (!program.sandbox) path.emplace_back("");
        break;
    }
  } else if (program.kind == VmProgram::Kind::Script && is_importable_place(program.text)) {
    path.push_back(program.text);
  }
  for (const std::string_view entry : split(program.python_path, ':')) {
    if (!program.python_path.empty()) path.emplace_back(entry.empty() ? working_directory() : std::string(entry));
  }
  const std::string& library = program.options.library_path;
  if (library.empty()) return;
  const std::size_t slash = library.find_last_of('/');
  path.push_back(library.substr(0, slash == std::string::npos ? 0 : slash) + "/python313.zip");
  path.push_back(library);
  path.push_back(library + "/lib-dynload");
  const std::string packages = library + "/site-packages";
  if (!program.start.no_site && ::access(packages.c_str(), R_OK) == 0) path.push_back(packages);
}

void fill_arguments(VmProgram& program) {
  std::vector<std::string>& argv = program.start.argv;
  switch (program.kind) {
    case VmProgram::Kind::Script: argv.push_back(program.text); break;
    case VmProgram::Kind::Command: argv.emplace_back("-c"); break;
    case VmProgram::Kind::Module: argv.emplace_back("-m"); break;
    case VmProgram::Kind::StandardInput: argv.push_back(program.text); break;
  }
  argv.insert(argv.end(), program.arguments.begin(), program.arguments.end());
}

bool run_module_as_main(Vm& machine, const std::string& name, bool alter_argv) {
  VM_TRY(Ref run, import_attribute(machine, "runpy", "_run_module_as_main"));
  VM_TRY(Own<StrObject> text, new_str(machine, name));
  VM_TRY(Ref result, call(machine, run, {Value(text.get()), Value::boolean(alter_argv)}));
  return true;
}

bool set_main_file(Vm& machine, const std::string& path) {
  VM_TRY(Own<StrObject> file, new_str_fs(machine, path));
  DictObject* globals = main_globals(machine);
  return dict_set(machine, globals, "__file__", file) && dict_set(machine, globals, "__cached__", kNone);
}

bool run_pyc(Vm& machine, const std::string& path, const std::vector<std::uint8_t>& bytes) {
  auto pyc = marshal::read_pyc(bytes);
  if (!pyc) return raise(machine, machine.exc.RuntimeError, "Bad magic number in .pyc file");
  if (pyc->header.version != PythonVersion{3, 13}) {
    return raise(machine, machine.exc.RuntimeError, "Bad magic number in .pyc file: it is of Python {}, and 3.13 is run",
                 pyc->header.version.to_string());
  }
  VM_CHECK(set_main_file(machine, path));
  VM_TRY(Ref code, object_from_pool(machine, pyc->value.pool, pyc->value.root));
  DictObject* globals = main_globals(machine);
  VM_TRY(Ref result, run_code(machine, code.as<vm::CodeObject>(), globals, globals));
  return true;
}

std::string_view without_first_line(std::string_view source, bool skip) {
  if (!skip) return source;
  const std::size_t end = source.find('\n');
  // The newline stays, so that line numbers do.
  return end == std::string_view::npos ? std::string_view() : source.substr(end);
}

bool run_kind(Vm& machine, const VmProgram& program, const std::vector<std::uint8_t>& content) {
  switch (program.kind) {
    case VmProgram::Kind::Command: return run_main_source(machine, program.text + "\n", true, "<string>");
    case VmProgram::Kind::Module: return run_module_as_main(machine, program.text, true);
    case VmProgram::Kind::StandardInput:
      return run_main_source(machine, without_first_line(support::as_text(content), program.skip_first_line), false, "<stdin>");
    case VmProgram::Kind::Script: break;
  }
  if (is_importable_place(program.text)) return run_module_as_main(machine, "__main__", false);
  // __main__.__file__ and tracebacks show the whole path, as CPython's do since 3.9; sys.argv[0] stays as given.
  const std::string path = program.text.starts_with('/') ? program.text : working_directory() + "/" + program.text;
  if (program.text.ends_with(".pyc")) return run_pyc(machine, path, content);
  return set_main_file(machine, path) &&
         run_main_source(machine, without_first_line(support::as_text(content), program.skip_first_line), false, path);
}

/// The source or .pyc, read before the sandbox closes. False: reported.
bool read_program(const VmProgram& program, Io& io, std::vector<std::uint8_t>& content) {
  if (program.kind == VmProgram::Kind::StandardInput) {
    auto read = io.read("-");
    if (read) content = std::move(*read);
    return read.has_value();
  }
  if (program.kind != VmProgram::Kind::Script || is_importable_place(program.text)) return true;
  const int descriptor = ::open(program.text.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int failure = errno;
    io.err.write(program.start.executable + ": can't open file '" +
                 (program.text.starts_with('/') ? program.text : working_directory() + "/" + program.text) + "': [Errno " +
                 std::to_string(failure) + "] " + std::strerror(failure) + "\n");
    return false;
  }
  ::close(descriptor);
  auto read = support::read_file(program.text);
  if (!read) {
    io.error(program.text, read.error());
    return false;
  }
  content = std::move(*read);
  return true;
}

/// What the machine is given to end by itself before the process is ended.
constexpr std::chrono::seconds kGrace{2};

/// Tells the machine when its time is over. Native work that hears nothing ends with the process.
void watch_time(Vm& machine, std::uint64_t milliseconds) {
  std::thread([&machine, milliseconds] {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    machine.breaker.fetch_or(kBreakTimeout, std::memory_order_release);
    std::this_thread::sleep_for(kGrace);
    constexpr std::string_view kMessage = "ouro: the time limit (--timeout) is reached\n";
    const ssize_t ignored = ::write(2, kMessage.data(), kMessage.size());
    ::_exit(ignored < 0 ? kLimitStatus : kLimitStatus);
  }).detach();
}

}  // namespace

std::string python_executable() {
  char buffer[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", static_cast<char*>(buffer), sizeof buffer);
  if (length <= 0) return {};
  std::string self(static_cast<const char*>(buffer), static_cast<std::size_t>(length));
  const std::size_t slash = self.find_last_of('/');
  std::string beside = self.substr(0, slash + 1) + "ouro-python";
  return ::access(beside.c_str(), X_OK) == 0 ? beside : self;
}

int run_program(VmProgram program, Io& io) {
  io.out.flush();
  if (program.start.executable.empty()) program.start.executable = python_executable();
  fill_path(program);
  fill_arguments(program);
  std::vector<std::uint8_t> content;
  if (!read_program(program, io, content)) {
    io.err.flush();
    return 2;
  }
  if (program.sandbox) {
    program.start.dont_write_bytecode = true;
    if (!program.options.library_path.empty()) program.sandbox->read.push_back(program.options.library_path);
  }
  // The machine is left to the end of the process: taking its heap apart object by object would serve nobody.
  std::unique_ptr<Host> host = program.sandbox ? std::unique_ptr<Host>(std::make_unique<SandboxHost>(*program.sandbox))
                                               : std::unique_ptr<Host>(std::make_unique<SystemHost>());
  auto* machine = new Vm(program.options, *host.release(), &run::source_compiler());
  if (program.options.limits.wall_milliseconds != 0) watch_time(*machine, program.options.limits.wall_milliseconds);
  if (!program.sandbox) listen_for_interrupt(*machine);
  int status = 0;
  if (!start_machine(*machine, program.start)) {
    status = report_exit(*machine);
    return status == 0 ? 1 : status;
  }
  vm::begin_tracing(*machine);
  // The filters of -W stand in warnings.py.
  if (!program.start.warn_options.empty() && !vm::import_module(*machine, "warnings")) vm::clear_error(*machine);
  if (!run_kind(*machine, program, content)) status = report_exit(*machine);
  status = finish_machine(*machine, status);
  io.err.write(vm::tracing_report(*machine));
  io.err.flush();
  const std::string& limit = exceeded_limit(*machine);
  if (limit.empty()) return status;
  if (limit == "output") {  // the program's own standard error is full
    io.err.write("\n");
    io.error("the output limit (--output-limit) is reached");
  }
  return kLimitStatus;
}

}  // namespace ouro::cli
