// The compiler as the virtual machine is given it.
#pragma once

#include "vm/host/compiler_interface.h"

namespace ouro::cli {

[[nodiscard]] const vm::CompilerInterface& vm_compiler();

}  // namespace ouro::cli
