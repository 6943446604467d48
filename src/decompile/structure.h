// Stage 2: a reduced graph to nested statements.
//
// Regions come from dominators, natural loops and the handler that each block runs under; source positions only decide
// between shapes that have the same code (`else` or not, `break` or code after the loop). Copies of a `finally` body
// are parsed like all else and then recognised and taken out. A block that no region accounts for is repeated a
// bounded number of times and then becomes a comment: `problems` says so.
#pragma once

#include "decompile/choices.h"
#include "decompile/layout.h"
#include "decompile/value.h"

namespace ouro::decompile {

struct Structured {
  Statements body;
  std::vector<std::string> problems;
};

[[nodiscard]] Structured structure(Lifted& lifted, Pool& pool, const Layout& layout, Choices* choices = nullptr);

/// The column where a statement starts, -1 when it can't be told.
[[nodiscard]] int start_column(const Statement* s);
/// The first line of a statement, -1 when unknown.
[[nodiscard]] int start_line(const Statement* s);

/// The first column of an expression, -1 when unknown.
[[nodiscard]] int leftmost_column(const Value* v, int depth = 0);
/// The columns that statements start at, ascending.
[[nodiscard]] std::vector<int> statement_columns(const Lifted& lifted);
/// The indentation that a column found by subtracting a keyword's width means.
[[nodiscard]] int nearest_level(const std::vector<int>& levels, int column);

}  // namespace ouro::decompile
