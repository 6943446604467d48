// The memory of a Python thread: its state and its frame stack.
#pragma once

#include "vm/interpreter/frame.h"

namespace ouro::vm {

/// For the calling thread: its C++ stack bounds native recursion.
[[nodiscard]] ThreadState* new_thread_state(Vm& vm);
void free_thread_state(ThreadState* state);

}  // namespace ouro::vm
