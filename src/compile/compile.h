// Source text to code object: the compiler's facade.
//
// Follows CPython 3.13's compile(): future statements, folding, symbol table, code generation, flow graph, assembly.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "code/constant_pool.h"
#include "compile/marshal_marks.h"
#include "syntax/parser.h"
#include "syntax/source.h"
#include "syntax/syntax_error.h"
#include "version/facts.h"

namespace ouro::compile {

struct CompileOptions {
  const version::Facts* target = nullptr;  ///< whose bytecode; null: 3.13. Asserted to be a supported target
  syntax::ParseMode mode = syntax::ParseMode::Exec;
  int optimize = 0;  ///< 0, 1 (-O: no asserts) or 2 (-OO: no docstrings either)
  std::string_view filename = "<string>";  ///< co_filename
  /// Which objects marshal marks as references: as py_compile and the import system write them, or as
  /// marshal.dumps(compile(…)) does.
  RootHeld root_held = RootHeld::Yes;
  /// `from __future__ import annotations` is in force already (compile()'s flags).
  bool future_annotations = false;
};

/// A code object and everything it refers to.
struct Compiled {
  ConstantPool pool;
  ConstId root;
};

/// What compiling gave: a code object or the error CPython raises; warnings either way, in CPython's order.
struct CompileResult {
  tl::expected<Compiled, syntax::SyntaxError> code;
  std::vector<syntax::SyntaxWarning> warnings;
};

/// Compiles decoded source.
[[nodiscard]] CompileResult compile_source(const syntax::SourceText& source, const CompileOptions& options);

/// Compiles a file's bytes: decodes them as CPython does.
[[nodiscard]] CompileResult compile_bytes(std::string_view bytes, const CompileOptions& options);

/// Whether `facts` is a version that the compiler writes code for.
[[nodiscard]] bool is_supported_target(const version::Facts& facts);

/// Compiles a parsed tree, which is folded in place; `context` is the one it was parsed into.
[[nodiscard]] CompileResult compile_module(syntax::Mod& module, syntax::AstContext& context,
                                           const CompileOptions& options);

}  // namespace ouro::compile
