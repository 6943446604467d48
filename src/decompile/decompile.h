// Bytecode back into source.
//
// In: a code object and its pool. Out: source that always compiles, and a report that says for each code object
// whether all of it is there. Bad input never fails: it gives a partial result. Follow structure.h and build.h for the
// stages.
#pragma once

#include <string>
#include <vector>

#include "code/constant_pool.h"
#include "decompile/build.h"
#include "support/result.h"
#include "version/facts.h"

namespace ouro::decompile {

struct DecompileOptions {
  const RecompileFunction* recompile = nullptr;  ///< null: no search, no verdicts
  std::size_t search_budget = 4'000'000;  ///< bytes of code that the search may compile again
  bool keep_lines = true;  ///< every statement on its original line; false: compact
};

struct Decompiled {
  std::string source;
  std::vector<CodeReport> reports;
};

/// Whether this version's bytecode can be lifted.
[[nodiscard]] bool is_supported(const Facts& facts);

/// Errors: decompile.unsupported_version.
[[nodiscard]] Result<Decompiled> decompile(const Facts& facts, const ConstantPool& constants, ConstId root,
                                           const DecompileOptions& options = {});

}  // namespace ouro::decompile
