// The texts that every process of a CPython has interned before it compiles anything: names of
// built-ins, of the modules that start-up imports, and of the C code
// (data/versions/X.Y/interned.txt, tools/dev/collect_interned.py).
#pragma once

#include <string_view>

#include "version/python_version.h"

namespace ouro::version {

/// Also false for a version whose texts were not collected.
[[nodiscard]] bool is_interned_at_start(const PythonVersion& version, std::string_view text);

}  // namespace ouro::version
