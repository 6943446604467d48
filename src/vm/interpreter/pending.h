// What modules put behind the bits of Vm::breaker: _signal its handlers, _thread the change of threads.
#pragma once

#include "vm/core/machine_state.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct PendingHooks {
  bool (*run_signal_handlers)(Vm& vm) = nullptr;  ///< false: an exception is set
  bool (*run_pending_calls)(Vm& vm) = nullptr;
  void (*switch_thread)(Vm& vm) = nullptr;        ///< lets other Python threads run
};
[[nodiscard]] PendingHooks& pending_hooks(Vm& vm);

}  // namespace ouro::vm
