// Any bytes as a .pyc: decompiling must end, in bounds, with or without the search among candidates.
#include <optional>

#include "compile/compile.h"
#include "decompile/decompile.h"
#include "marshal/pyc.h"
#include "verify/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro;
  const auto pyc = marshal::read_pyc({data, size});
  if (!pyc) return 0;
  const Facts* facts = version::find_facts(pyc->header.version);
  if (facts == nullptr || !decompile::is_supported(*facts)) return 0;
  constexpr std::size_t kBudget = 20'000;
  const decompile::RecompileFunction recompile = [facts](std::string_view source) -> std::optional<decompile::Recompiled> {
    compile::CompileResult made = compile::compile_bytes(source, {.target = facts});
    if (!made.code) return std::nullopt;
    return decompile::Recompiled{std::move(made.code->pool), made.code->root};
  };
  const ConstantPool& pool = pyc->value.pool;
  for (const bool keep_lines : {true, false}) {
    decompile::DecompileOptions options{.search_budget = kBudget, .keep_lines = keep_lines};
    if (keep_lines && compile::is_supported_target(*facts)) options.recompile = &recompile;
    const auto result = decompile::decompile(*facts, pool, pyc->value.root, options);
    if (!result) return 0;
    if (keep_lines) static_cast<void>(verify::verify(*facts, pool, pyc->value.root, result->source));
  }
  return 0;
}
