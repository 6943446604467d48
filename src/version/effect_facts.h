// What is known of stack effects before an operand is: for tables of them.
#pragma once

#include "version/opcodes.h"

namespace ouro::version {

/// Whether stack_effect depends on the operand.
[[nodiscard]] bool stack_effect_varies(const OpcodeInfo& info, JumpTaken jump);

}  // namespace ouro::version
