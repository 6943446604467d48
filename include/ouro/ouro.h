// Everything of Ouro's public API. CMake: find_package(ouro) and link with ouro::ouro.
#pragma once

#include <string_view>

#include "ouro/outcome.h"
#include "ouro/pyc.h"

namespace ouro {

/// "0.1.0"
[[nodiscard]] std::string_view library_version();

}  // namespace ouro
