// 3.11+: a code object's instructions as the interpreter has them right after loading.
#pragma once

#include <string>
#include <string_view>

#include "version/facts.h"

namespace ouro::bytecode {

/// What co._co_code_adaptive holds before the code first runs: superinstructions where the version pairs
/// instructions when it loads them, and the counters' first values in the inline caches. Same length as `code`.
/// Source: CPython Python/specialize.c _PyCode_Quicken.
[[nodiscard]] std::string quickened_code(const Facts& facts, std::string_view code);

}  // namespace ouro::bytecode
