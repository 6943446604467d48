#include "decompile/decompile.h"

#include "decompile/print.h"

namespace ouro::decompile {

bool is_supported(const Facts& facts) {
  return facts.version >= PythonVersion{3, 12} && facts.version <= PythonVersion{3, 14};
}

Result<Decompiled> decompile(const Facts& facts, const ConstantPool& constants, ConstId root,
                             const DecompileOptions& options) {
  if (!is_supported(facts)) {
    return make_error("decompile.unsupported_version", "bytecode of " + facts.version.to_string() + " can't be decompiled yet");
  }
  syntax::AstContext context;
  Tree tree = build_tree(facts, constants, root, context, {.recompile = options.recompile, .budget = options.search_budget});
  Decompiled out;
  out.source = print_source(tree, {.keep_lines = options.keep_lines});
  out.reports = std::move(tree.reports);
  return out;
}

}  // namespace ouro::decompile
