// The compiler as the virtual machine is given it.
#pragma once

#include "vm/host/compiler_interface.h"

namespace ouro::run {

[[nodiscard]] const vm::CompilerInterface& source_compiler();

}  // namespace ouro::run
