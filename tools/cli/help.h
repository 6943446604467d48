// The texts made from a command's definition: --help, man pages (man(7)), shell completions.
#pragma once

#include <string>

#include "command.h"

namespace ouro::cli {

[[nodiscard]] std::string overview_help();
[[nodiscard]] std::string command_help(const Command& command);
/// The man page of one command, or of `ouro` itself for nullptr.
[[nodiscard]] std::string man_page(const Command* command);
/// A completion script; empty for a shell it does not know ("bash", "zsh" and "fish" it does).
[[nodiscard]] std::string completion_script(std::string_view shell);

}  // namespace ouro::cli
