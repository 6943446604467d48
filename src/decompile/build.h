// Stage 3: statements of one file's code objects to one syntax tree.
//
// Functions, lambdas, classes and comprehensions that are code objects of their own are decompiled where they are
// used. What the compiler adds to class bodies and handlers is left out again, private names lose their prefix,
// `global` and `nonlocal` come back. The tree carries the positions of the bytecode for print.h to lay it out by.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "code/constant_pool.h"
#include "syntax/ast.h"
#include "version/facts.h"

namespace ouro::decompile {

enum class Verdict : std::uint8_t { Whole, Partial, Stub };

/// What became of one code object.
struct CodeReport {
  ConstId code;
  std::string qualname;
  Verdict verdict = Verdict::Whole;
  std::vector<std::string> problems;
  bool checked = false;       ///< compiled again
  bool perfect = false;       ///< with the same code, constants, names, flags and exception table
  bool perfect_without_nops = false;
  std::string difference;     ///< the first one, when there is one
};

/// A comment to be printed before a statement (the tree has no place for comments).
struct Comment {
  const syntax::StmtNode* before;
  std::string text;
};

struct Tree {
  syntax::Mod* module = nullptr;
  std::vector<CodeReport> reports;
  std::vector<Comment> comments;
};

/// What a compiler made of a source.
struct Recompiled {
  ConstantPool pool;
  ConstId root;
};
/// Compiles source for the version that is decompiled; nothing when that fails.
using RecompileFunction = std::function<std::optional<Recompiled>(std::string_view source)>;

struct BuildOptions {
  const RecompileFunction* recompile = nullptr;  ///< null: first guesses, no verdict
  std::size_t budget = 4'000'000;  ///< bytes of code that the search may compile again for one file
};

[[nodiscard]] Tree build_tree(const Facts& facts, const ConstantPool& constants, ConstId root,
                              syntax::AstContext& context, const BuildOptions& options = {});

}  // namespace ouro::decompile
