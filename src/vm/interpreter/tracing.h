// sys.settrace, sys.setprofile, and the command line's --trace, --profile and --coverage.
#pragma once

#include "vm/core/vm.h"
#include "vm/interpreter/frame.h"

namespace ouro::vm {

/// Before an instruction, when vm.is_traced. False: a trace function raised.
[[nodiscard]] bool trace_instruction(Vm& vm, Frame* frame, Value* stack_top);

}  // namespace ouro::vm
