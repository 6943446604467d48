// What tracing keeps: shared by the trace functions (tracing.cpp) and the command line's reports (instruction_log.cpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "vm/core/machine_state.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/frame.h"

namespace ouro::vm {

/// How often the instructions of a code object ran. The code object is held, so that its address is its own.
struct CodeCounts {
  Own<CodeObject> code;
  std::vector<std::uint64_t> counts;  ///< by index in ExecutableCode::instructions
};

struct TracingState {
  Ref trace, profile;          ///< sys.settrace, sys.setprofile
  bool is_inside = false;      ///< a trace function runs: it is not traced itself
  bool pending_c_call = false; ///< a call of a native function was told and its return not yet
  Ref c_function;
  Frame* c_frame = nullptr;
  std::unordered_map<CodeObject*, CodeCounts> codes;
  std::vector<std::uint64_t> opcodes = std::vector<std::uint64_t>(256);
  std::uint64_t instructions = 0;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};
[[nodiscard]] inline TracingState& tracing_state(Vm& vm) { return machine_state<TracingState>(vm); }

// instruction_log.cpp
/// --trace: a line for the instruction with its stack.
void log_instruction(Vm& vm, Frame* frame, Value* stack_top);
/// --profile and --coverage: counted.
void count_instruction(Vm& vm, Frame* frame);

}  // namespace ouro::vm
