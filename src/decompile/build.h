// Stage 3: statements of one file's code objects to one syntax tree.
//
// Functions, lambdas, classes and comprehensions that are code objects of their own are decompiled where they are
// used. What the compiler adds to class bodies and handlers is left out again, private names lose their prefix,
// `global` and `nonlocal` come back. The tree carries the positions of the bytecode for print.h to lay it out by.
#pragma once

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

[[nodiscard]] Tree build_tree(const Facts& facts, const ConstantPool& constants, ConstId root,
                              syntax::AstContext& context);

}  // namespace ouro::decompile
