// Where the pure-Python standard library of CPython 3.13 stands.
#pragma once

#include <string>
#include <string_view>

#include "io.h"

namespace ouro::cli {

/// `given` (an option's value) if not empty, then OURO_PYTHON_LIBRARY, the python3.13 of PATH, pyenv's, /usr/lib. Empty: none.
[[nodiscard]] std::string find_python_library(std::string_view given, const Io& io);

}  // namespace ouro::cli
