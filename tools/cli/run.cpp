// One command line from words to exit status.
#include <cstring>

#include "arguments.h"
#include "command.h"
#include "help.h"

namespace ouro::cli {
namespace {

constexpr std::string_view kVersion = OURO_VERSION;

constexpr Option kCommonOptions[] = {
    {"-h,--help", "", "Show this help"},
    {"--color", "auto|always|never", "Colour the output", "auto"},
};

int unknown_command(std::string_view name, Io& io) {
  std::vector<std::string_view> names;
  for (const Command* command : all_commands()) {
    if (!command->hidden) names.push_back(command->name);
  }
  std::string message = "no command '" + std::string(name) + "'";
  const std::string_view guess = nearest(name, names);
  message += guess.empty() ? "; see ouro --help" : " (did you mean " + std::string(guess) + "?)";
  io.error(message);
  return kUsage;
}

int show_help(std::span<const std::string> words, Io& io) {
  if (words.empty()) {
    io.out.write(overview_help());
    return kSuccess;
  }
  const Command* command = find_command(words[0]);
  if (command == nullptr) return unknown_command(words[0], io);
  io.out.write(command_help(*command));
  return kSuccess;
}

int run_command(const Command& command, std::span<const std::string> words, Io& io) {
  const ParseOutcome parsed = parse_arguments(command, words);
  if (!parsed.arguments) {
    io.error(std::string(command.name) + ": " + parsed.problem + "; see ouro " + std::string(command.name) + " --help");
    return kUsage;
  }
  const Arguments& arguments = *parsed.arguments;
  if (!command.raw) {
    if (arguments.has("--help")) {
      io.out.write(command_help(command));
      return kSuccess;
    }
    const std::string_view color = arguments.value("--color");
    if (color != "auto") io.color = color == "always" ? ColorMode::Always : ColorMode::Never;
  }
  return command.run(arguments, io);
}

int dispatch(std::span<const std::string> words, Io& io) {
  if (words.empty()) {
    io.err.write(overview_help());
    return kUsage;
  }
  const std::string& first = words[0];
  const std::span<const std::string> rest = words.subspan(1);
  if (first == "-h" || first == "--help" || first == "help") return show_help(rest, io);
  if (first == "-V" || first == "--version") {
    io.out.write("ouro ");
    io.out.line(kVersion);
    return kSuccess;
  }
  const Command* command = find_command(first);
  if (command == nullptr) return unknown_command(first, io);
  return run_command(*command, rest, io);
}

}  // namespace

std::span<const Option> common_options() { return kCommonOptions; }

const Arguments::Entry& Arguments::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    for (const std::string_view spelling : split(entry.option->names, ',')) {
      if (spelling == name) return entry;
    }
  }
  OURO_ASSERT(false && "the command does not define this option");
  static const Entry kNothing{nullptr, {}};
  return kNothing;
}

std::string_view Arguments::value(std::string_view name) const {
  const Entry& entry = find(name);
  if (!entry.values.empty()) return entry.values.back();
  return entry.option != nullptr ? entry.option->fallback : std::string_view{};
}

std::optional<PythonVersion> target_version(const Arguments& arguments, Io& io) {
  const std::string_view text = arguments.value("--target");
  const std::optional<PythonVersion> version = PythonVersion::parse(text);
  if (!version) io.error("--target wants a version like 3.13, not '" + std::string(text) + "'");
  return version;
}

int run_ouro(std::span<const std::string> words, Io& io) {
  const int status = dispatch(words, io);
  io.out.flush();
  io.err.flush();
  if (io.out.failure() != 0) {
    io.error(std::string("writing to standard output: ") + std::strerror(io.out.failure()));
    return status == kSuccess ? kFailure : status;
  }
  return status;
}

}  // namespace ouro::cli
