// The list of commands. A new command is a file of its own, a declaration and a line here.
#include <algorithm>
#include <iterator>

#include "command.h"

namespace ouro::cli {

extern const Command kCache;
extern const Command kCfg;
extern const Command kCompile;
extern const Command kCompileall;
extern const Command kDecompile;
extern const Command kDiff;
extern const Command kDis;
extern const Command kExplore;
extern const Command kInfo;
extern const Command kCompletion;
extern const Command kMan;
extern const Command kPython;
extern const Command kRun;
extern const Command kStats;
extern const Command kVersions;
extern const Command kAst;
extern const Command kAudit;

namespace {
constexpr const Command* kCommands[] = {
    &kCompile,
    &kCompileall,
    &kDecompile,
    &kDis,
    &kCache,
    &kInfo,
    &kStats,
    &kDiff,
    &kCfg,
    &kAudit,
    &kExplore,
    &kRun,
    &kPython,
    &kVersions,
    &kCompletion,
    &kMan,
    &kAst,
};
}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(std::begin(kCommands), std::end(kCommands), [&](const Command* c) { return c->name == name; });
  return found == std::end(kCommands) ? nullptr : *found;
}

}  // namespace ouro::cli
