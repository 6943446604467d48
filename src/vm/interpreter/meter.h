// What is done at every instruction when somebody asked for it: fuel, sys.settrace and sys.setprofile, --trace, --profile,
// --coverage. A machine that needs none of them runs the loop without these calls.
#pragma once

#include <string>

#include "vm/core/vm.h"
#include "vm/interpreter/frame.h"

namespace ouro::vm {

/// Whether the loop runs with meter_instruction.
[[nodiscard]] bool is_metered(const Vm& vm);
/// Before each instruction; `stack_top` points behind the frame's stack. False: an exception is set.
[[nodiscard]] bool meter_instruction(Vm& vm, Frame* frame, Value* stack_top);
/// Ends the program with a limit: from now on no handler runs. `what`: "fuel", "time", "output".
void exceed_limit(Vm& vm, std::string_view what);
/// The exception of a program that a limit ends: no handler of the program sees it.
void raise_limit(Vm& vm);
/// The limit that ended the program; empty: none did.
[[nodiscard]] const std::string& exceeded_limit(const Vm& vm);

}  // namespace ouro::vm
