// Syntax trees as Python objects (the _ast module), for builtins.compile.
#pragma once

#include <string_view>

#include "vm/core/vm.h"

namespace ouro::vm {

/// compile(source, ..., PyCF_ONLY_AST): a tree of _ast objects.
[[nodiscard]] Ref parse_to_ast(Vm& vm, std::string_view source, bool is_utf8, std::string_view filename, std::string_view mode,
                               std::uint32_t flags, int optimize);
/// Whether the value is an ast.AST instance; false when _ast was never imported.
[[nodiscard]] bool is_ast(Vm& vm, Value value);
/// compile(tree, ...): a code object, or with PyCF_ONLY_AST the tree itself after validation.
[[nodiscard]] Ref compile_ast(Vm& vm, Value tree, std::string_view filename, std::string_view mode, std::uint32_t flags,
                              int optimize);

}  // namespace ouro::vm
