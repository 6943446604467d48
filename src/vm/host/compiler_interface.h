// How the machine compiles source: functions that whoever builds the machine passes in (src/run/source_compiler.cpp), since
// the compiler is a module of the same layer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "code/constant_pool.h"
#include "syntax/ast.h"

namespace ouro::vm {

enum class CompileMode : std::uint8_t { Exec, Eval, Single, FunctionType };

struct CompileFailure {
  std::string exception;  ///< "SyntaxError", "IndentationError", "TabError", "ValueError", "UnicodeDecodeError", ...
  std::string message;
  std::int64_t line = 0, column = 0, end_line = 0, end_column = 0;  ///< from 1; 0: none, as SyntaxError's args
  std::optional<std::string> text;                                  ///< the source line
  bool has_position = false;
};
struct CompileWarning {
  std::string category;  ///< "SyntaxWarning", "DeprecationWarning"
  std::string message;
  std::int64_t line = 0, column = 0, end_line = 0, end_column = 0;  ///< from 1; 0: none
  std::optional<std::string> text;  ///< the source line, where a SyntaxError made of the warning shows it
};
struct CompileOutcome {
  std::optional<ConstantPool> pool;  ///< null: failure holds
  ConstId root;
  CompileFailure failure;
  std::vector<CompileWarning> warnings;
};
struct CompileRequest {
  std::string_view source;    ///< bytes of a file, or UTF-8 when is_utf8
  bool is_utf8 = false;       ///< a str was compiled: cookies are ignored
  std::string_view filename;
  CompileMode mode = CompileMode::Exec;
  std::uint32_t flags = 0;    ///< future features and PyCF_* as builtins.compile takes them
  int optimize = 0;
};

/// One block of a symbol table, as CPython's _symtable shows it.
struct SymbolScope {
  std::string name;
  int type = 0;  ///< function, class, module, annotation, type alias, type parameters, type variable
  std::int64_t line = 0;
  bool nested = false;
  std::vector<std::pair<std::string, std::uint32_t>> symbols;  ///< flags, the scope from bit 12 on
  std::vector<std::string> parameters;
  std::vector<std::size_t> children;  ///< indices into SymbolOutcome::scopes
};
struct SymbolOutcome {
  std::vector<SymbolScope> scopes;  ///< the module first; empty: failure holds
  CompileFailure failure;
  std::vector<CompileWarning> warnings;
};

struct CompilerInterface {
  CompileOutcome (*compile)(const CompileRequest& request);
  /// From a tree that ast objects were turned into (modules/_ast).
  CompileOutcome (*compile_tree)(syntax::Mod& module, syntax::AstContext& context, const CompileRequest& request);
  /// The symbol table of a source; null: this compiler shows none.
  SymbolOutcome (*symbols)(const CompileRequest& request) = nullptr;
};

}  // namespace ouro::vm
