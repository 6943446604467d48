// From ast objects to the tree that the compiler takes, with CPython's checks (Python/Python-ast.c, Python/ast.c).
#pragma once

#include <map>
#include <string>

#include "syntax/ast.h"
#include "vm/core/vm.h"

namespace ouro::vm {

using AstClasses = std::map<std::string, Ref, std::less<>>;

/// False: TypeError, ValueError or RecursionError is set. `mode` as compile() takes it.
[[nodiscard]] bool build_tree(Vm& vm, const AstClasses& classes, Value tree, std::string_view mode, syntax::AstContext& context, syntax::Mod& out);

}  // namespace ouro::vm
