// ouro completion, ouro man: hidden, for packagers.
#include "command.h"
#include "help.h"

namespace ouro::cli {
namespace {

int run_completion(const Arguments& arguments, Io& io) {
  if (arguments.has("--list")) {
    for (const Command* command : all_commands()) {
      if (!command->hidden) io.out.line(command->name);
    }
    return kSuccess;
  }
  if (arguments.positionals().empty()) {
    io.error("completion: needs SHELL");
    return kUsage;
  }
  const std::string script = completion_script(arguments.positionals()[0]);
  if (script.empty()) {
    io.error("no completions for '" + arguments.positionals()[0] + "'; there are some for bash, zsh and fish");
    return kUsage;
  }
  io.out.write(script);
  return kSuccess;
}

int run_man(const Arguments& arguments, Io& io) {
  const Command* command = nullptr;
  if (!arguments.positionals().empty()) {
    command = find_command(arguments.positionals()[0]);
    if (command == nullptr) {
      io.error("no command '" + arguments.positionals()[0] + "'");
      return kUsage;
    }
  }
  io.out.write(man_page(command));
  return kSuccess;
}

constexpr Positional kShell[] = {{"SHELL", "bash, zsh or fish", Arity::Optional}};
constexpr Option kCompletionOptions[] = {{"--list", "", "Print the names of all commands instead"}};
constexpr Example kCompletionExamples[] = {{"ouro completion bash > /etc/bash_completion.d/ouro", "Installs it."}};
constexpr Positional kCommandName[] = {{"COMMAND", "Which command; none: ouro itself", Arity::Optional}};
constexpr Example kManExamples[] = {{"ouro man dis | man -l -", "Shows the page of ouro dis."}};

}  // namespace

extern const Command kCompletion;
constexpr Command kCompletion{.name = "completion",
                              .summary = "Print a shell's completion script",
                              .description = "Prints a script that completes ouro's commands and options.",
                              .options = kCompletionOptions,
                              .positionals = kShell,
                              .examples = kCompletionExamples,
                              .run = run_completion,
                              .hidden = true};

extern const Command kMan;
constexpr Command kMan{.name = "man",
                       .summary = "Print a man page",
                       .description = "Prints the man page of a command as troff source.",
                       .options = {},
                       .positionals = kCommandName,
                       .examples = kManExamples,
                       .run = run_man,
                       .hidden = true};

}  // namespace ouro::cli
