#include "python_options.h"

#include <sys/random.h>

#include <algorithm>
#include <charconv>

#include "arguments.h"
#include "library_path.h"

namespace ouro::cli {
namespace {

constexpr std::string_view kWithValue = "cmWX";

int number_of(std::string_view text, int otherwise) {
  int value = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

void x_option(VmProgram& program, std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  const std::string value(equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1));
  program.start.x_options.emplace_back(name, value);
  if (name == "dev") program.start.dev_mode = true;
  if (name == "no_debug_ranges") program.options.debug_ranges = false;
  if (name == "utf8") program.start.utf8_mode = value != "0";
  if (name == "warn_default_encoding") program.start.warn_default_encoding = true;
  if (name == "pycache_prefix") program.start.pycache_prefix = value;
}

/// One letter without value. False: there is no such option.
bool flag(PythonCommandLine& line, char letter) {
  vm::StartOptions& start = line.program.start;
  switch (letter) {
    case 'b': ++start.bytes_warning; return true;
    case 'B': start.dont_write_bytecode = true; return true;
    case 'd': return true;
    case 'E': start.ignore_environment = true; return true;
    case 'h':
    case '?': line.show_help = true; return true;
    case 'i': start.inspect = 1; return true;
    case 'I':
      line.program.options.isolated = start.ignore_environment = start.no_user_site = start.safe_path = true;
      return true;
    case 'O': ++line.program.options.optimize; return true;
    case 'P': start.safe_path = true; return true;
    case 'q': ++start.quiet; return true;
    case 'R': return true;
    case 's': start.no_user_site = true; return true;
    case 'S': start.no_site = true; return true;
    case 'u': start.unbuffered = true; return true;
    case 'v': ++start.verbose; return true;
    case 'V': ++line.show_version; return true;
    case 'x': line.program.skip_first_line = true; return true;
    default: return false;
  }
}

/// An option of one letter with a value. True: it ends the options.
bool valued(PythonCommandLine& line, char letter, const std::string& value) {
  VmProgram& program = line.program;
  switch (letter) {
    case 'c':
      program.kind = VmProgram::Kind::Command;
      program.text = value;
      return true;
    case 'm':
      program.kind = VmProgram::Kind::Module;
      program.text = value;
      return true;
    case 'W': program.start.warn_options.push_back(value); return false;
    default: x_option(program, value); return false;
  }
}

bool long_option(PythonCommandLine& line, std::span<const std::string> words, std::size_t& at) {
  const std::string& word = words[at];
  if (word == "--help" || word == "--help-all" || word == "--help-env" || word == "--help-xoptions") return line.show_help = true;
  if (word == "--version") return ++line.show_version > 0;
  if (word == "--check-hash-based-pycs") {
    if (at + 1 >= words.size()) {
      line.problem = "Argument expected for the --check-hash-based-pycs option";
      return false;
    }
    const std::string& mode = words[++at];
    if (mode != "always" && mode != "never" && mode != "default") {
      line.problem = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'";
      return false;
    }
    line.program.start.check_hash_pycs = mode;
    return true;
  }
  line.problem = "unknown option " + word;
  return false;
}

/// The letters of one word "-Bc". True: options go on behind it.
bool short_options(PythonCommandLine& line, std::span<const std::string> words, std::size_t& at) {
  const std::string& word = words[at];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const char letter = word[i];
    if (kWithValue.find(letter) != std::string_view::npos) {
      std::string value = word.substr(i + 1);
      if (value.empty()) {
        if (at + 1 >= words.size()) {
          line.problem = std::string("Argument expected for the -") + letter + " option";
          return false;
        }
        value = words[++at];
      }
      ++at;
      return !valued(line, letter, value);
    }
    if (!flag(line, letter)) {
      line.problem = std::string("Unknown option: -") + letter;
      return false;
    }
  }
  ++at;
  return true;
}

}  // namespace

PythonCommandLine parse_python_command_line(std::span<const std::string> words, const Io&) {
  PythonCommandLine line;
  VmProgram& program = line.program;
  std::size_t at = 0;
  bool has_program = false;
  while (at < words.size() && line.problem.empty()) {
    const std::string& word = words[at];
    if (word == "--") {
      ++at;
      break;
    }
    if (word.size() < 2 || word[0] != '-') break;
    if (word.starts_with("--")) {
      if (long_option(line, words, at)) ++at;
      continue;
    }
    if (!short_options(line, words, at)) {
      has_program = line.problem.empty();
      break;
    }
  }
  if (!has_program && at < words.size() && line.problem.empty()) {
    program.text = words[at++];
    program.kind = program.text == "-" ? VmProgram::Kind::StandardInput : VmProgram::Kind::Script;
  }
  program.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())), words.end());
  program.options.optimize = std::min(program.options.optimize, 2);
  return line;
}

void apply_python_environment(VmProgram& program, const Io& io) {
  vm::StartOptions& start = program.start;
  program.options.hash_randomised = true;
  const auto random_seed = [&] {
    if (::getrandom(&program.options.hash_seed, sizeof program.options.hash_seed, 0) < 0) program.options.hash_seed = 1;
    program.options.hash_seed |= 1U;
  };
  random_seed();
  if (start.ignore_environment) return;
  const auto given = [&](const char* name) { return !io.env(name).empty(); };
  program.python_path = io.env("PYTHONPATH");
  if (given("PYTHONDONTWRITEBYTECODE")) start.dont_write_bytecode = true;
  if (given("PYTHONOPTIMIZE")) program.options.optimize = std::max(program.options.optimize, std::clamp(number_of(io.env("PYTHONOPTIMIZE"), 1), 0, 2));
  if (given("PYTHONVERBOSE")) start.verbose = std::max(start.verbose, number_of(io.env("PYTHONVERBOSE"), 1));
  if (given("PYTHONNODEBUGRANGES")) program.options.debug_ranges = false;
  if (given("PYTHONUNBUFFERED")) start.unbuffered = true;
  if (given("PYTHONNOUSERSITE")) start.no_user_site = true;
  if (given("PYTHONSAFEPATH")) start.safe_path = true;
  if (given("PYTHONDEVMODE")) start.dev_mode = true;
  if (given("PYTHONINSPECT")) start.inspect = 1;
  if (given("PYTHONUTF8")) start.utf8_mode = io.env("PYTHONUTF8") == "1";
  if (given("PYTHONWARNDEFAULTENCODING")) start.warn_default_encoding = true;
  if (given("PYTHONPYCACHEPREFIX") && start.pycache_prefix.empty()) start.pycache_prefix = io.env("PYTHONPYCACHEPREFIX");
  if (given("PYTHONIOENCODING")) start.stream_encoding = io.env("PYTHONIOENCODING");
  if (given("PYTHONWARNINGS")) {
    std::vector<std::string> options;
    for (const std::string_view each : split(io.env("PYTHONWARNINGS"), ',')) options.emplace_back(each);
    start.warn_options.insert(start.warn_options.begin(), options.begin(), options.end());
  }
  const std::string_view seed = io.env("PYTHONHASHSEED");
  if (!seed.empty() && seed != "random") {
    program.options.hash_seed = static_cast<std::uint64_t>(number_of(seed, 0));
    program.options.hash_randomised = program.options.hash_seed != 0;
  }
}

}  // namespace ouro::cli
