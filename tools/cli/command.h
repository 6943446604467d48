// What a command of `ouro` is: a name, its options and arguments as constant data, and a function.
//
// One file a command: `tools/cli/<command>.cpp` defines `const Command k<Command>` and commands.cpp lists it. Parsing,
// --help, man pages and shell completions all come from this one definition. Nothing here runs before main.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io.h"
#include "version/python_version.h"

namespace ouro::cli {

enum ExitStatus : int {
  kSuccess = 0,
  kFailure = 1,  ///< the job failed for some input, or a comparison found a difference
  kUsage = 2,
};

struct Option {
  /// "-o,--output": every spelling; any of them finds the option in Arguments.
  std::string_view names;
  /// What stands for the value in the help ("FILE"); empty: the option is a flag. "auto|always|never": one of these.
  std::string_view value;
  std::string_view help;
  /// Shown in the help; Arguments::value gives it when the option is absent.
  std::string_view fallback = {};
  /// Given several times, all values count (values()); otherwise the last one does. Flags always count.
  bool repeatable = false;
};

enum class Arity : std::uint8_t { One, Optional, Any, AtLeastOne };

struct Positional {
  std::string_view name;  ///< "FILE"
  std::string_view help;
  Arity arity = Arity::One;
};

struct Example {
  std::string_view line;  ///< "ouro dis spam.pyc"
  std::string_view what;
};

/// What parsing found. Asking for an option that the command does not define is a bug (asserted).
class Arguments {
 public:
  struct Entry {
    const Option* option;
    std::vector<std::string> values;  ///< of a flag: one empty string each time
  };

  explicit Arguments(std::vector<Entry> entries, std::vector<std::string> positionals)
      : entries_(std::move(entries)), positionals_(std::move(positionals)) {}

  [[nodiscard]] bool has(std::string_view name) const { return count(name) != 0; }
  [[nodiscard]] std::size_t count(std::string_view name) const { return find(name).values.size(); }
  /// The last value given, or the fallback.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] std::span<const std::string> values(std::string_view name) const { return find(name).values; }
  /// All positional arguments in order.
  [[nodiscard]] const std::vector<std::string>& positionals() const { return positionals_; }

 private:
  [[nodiscard]] const Entry& find(std::string_view name) const;
  std::vector<Entry> entries_;
  std::vector<std::string> positionals_;
};

struct Command {
  std::string_view name;
  std::string_view summary;      ///< one line, no full stop
  std::string_view description;  ///< paragraphs for --help and the man page
  std::span<const Option> options;
  std::span<const Positional> positionals;
  std::span<const Example> examples;
  int (*run)(const Arguments& arguments, Io& io);
  /// Not listed in the help.
  bool hidden = false;
  /// Everything after the command's name is a positional argument (`ouro python`): nothing is parsed.
  bool raw = false;
};

/// All commands, in the order of the help.
[[nodiscard]] std::span<const Command* const> all_commands();
[[nodiscard]] const Command* find_command(std::string_view name);

/// Runs one command line (without the program's name). Gives the exit status.
int run_ouro(std::span<const std::string> arguments, Io& io);

/// The options that every command has: --help, --color.
[[nodiscard]] std::span<const Option> common_options();

/// For commands: the version that --target names. An unreadable one is reported, and nullopt returned.
[[nodiscard]] std::optional<PythonVersion> target_version(const Arguments& arguments, Io& io);
/// The definition of --target, for a command's list.
inline constexpr Option kTargetOption{"--target", "X.Y", "CPython version whose bytecode or language is meant", "3.13"};
inline constexpr Option kJsonOption{"--json", "", "Print JSON instead of text"};

}  // namespace ouro::cli
