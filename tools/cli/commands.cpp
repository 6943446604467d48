// The list of commands. A new command is a file of its own, a declaration and a line here.
#include <algorithm>
#include <array>

#include "command.h"

namespace ouro::cli {

extern const Command kCompile;
extern const Command kDis;
extern const Command kInfo;
extern const Command kCompletion;
extern const Command kMan;
extern const Command kVersions;
extern const Command kAst;

namespace {
constexpr std::array<const Command*, 7> kCommands{
    &kCompile,
    &kDis,
    &kInfo,
    &kVersions,
    &kCompletion,
    &kMan,
    &kAst,
};
}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command* c) { return c->name == name; });
  return found == kCommands.end() ? nullptr : *found;
}

}  // namespace ouro::cli
