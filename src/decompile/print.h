// The tree as source, laid out by the positions that it carries.
//
// Every statement goes to its line (blank lines stand where comments were), every part of an expression to its own
// where brackets allow it: then recompiling gives the same line-dependent code (CPython keeps a NOP where a line would
// be lost, and class bodies hold their line as a constant). Statements without a line follow one another.
#pragma once

#include <string>
#include <vector>

#include "decompile/build.h"
#include "syntax/ast.h"

namespace ouro::decompile {

struct PrintOptions {
  bool keep_lines = true;  ///< false: compact, positions ignored
};

[[nodiscard]] std::string print_source(const Tree& tree, const PrintOptions& options);

}  // namespace ouro::decompile
