// `from __future__ import …` (CPython 3.13 Python/future.c).
#pragma once

#include <cstdint>

#include "compile/problems.h"
#include "syntax/ast.h"

namespace ouro::compile {

/// What the future statements of a module switch on.
struct FutureFeatures {
  bool annotations = false;    ///< annotations become strings
  bool barry_as_bdfl = false;  ///< <> for !=
  /// The last future statement; all zero-or-less when there is none.
  syntax::Position last{-1, -1, -1, -1};

  /// co_flags bits: CO_FUTURE_ANNOTATIONS and CO_FUTURE_BARRY_AS_BDFL.
  [[nodiscard]] std::uint32_t code_flags() const {
    return (annotations ? 0x1000000U : 0U) | (barry_as_bdfl ? 0x400000U : 0U);
  }
};

/// Reads the future statements at the head of `module`; an unknown feature is an error.
FutureFeatures find_future_features(const syntax::Mod& module, Problems& problems);

/// The docstring of a body: its first statement when that is a plain string, else null.
const syntax::Constant* find_docstring(syntax::StmtList body);

}  // namespace ouro::compile
