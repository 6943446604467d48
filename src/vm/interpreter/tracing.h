// sys.settrace and sys.setprofile, and the command line's --trace, --profile and --coverage.
//
// While vm.is_traced holds, frames run in the loop's metered form, which calls trace_instruction before each instruction and
// tells of exceptions. Turning it on reaches frames that run already: a bit of Vm::breaker makes the plain loop go over to the
// metered one at its next safe point.
#pragma once

#include <string>

#include "vm/core/vm.h"
#include "vm/interpreter/frame.h"

namespace ouro::vm {

/// Before an instruction, when vm.is_traced. False: a trace function raised.
[[nodiscard]] bool trace_instruction(Vm& vm, Frame* frame, Value* stack_top);
/// An exception is set and came up in the frame: the 'exception' event.
void trace_exception(Vm& vm, Frame* frame);
/// The frame ends with the exception that is set: the 'return' event with None.
void trace_unwind(Vm& vm, Frame* frame);

/// sys.settrace and sys.setprofile; null: off.
void set_trace_function(Vm& vm, Value function);
void set_profile_function(Vm& vm, Value function);
[[nodiscard]] Value trace_function(Vm& vm);
[[nodiscard]] Value profile_function(Vm& vm);

/// Makes vm.options' trace, profile and coverage begin. What they print goes to standard error.
void begin_tracing(Vm& vm);
/// What --profile and --coverage found, as text; empty: nothing was asked for.
[[nodiscard]] std::string tracing_report(Vm& vm);

}  // namespace ouro::vm
