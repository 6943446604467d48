// Signals of the process, for the interpreter's safe points and for whoever starts a program.
#pragma once

#include "vm/core/vm.h"

namespace ouro::vm {

/// Runs the Python handlers of the signals that came. False: one raised.
[[nodiscard]] bool run_signal_handlers(Vm& vm);
/// From now on Ctrl-C raises KeyboardInterrupt in this machine.
void listen_for_interrupt(Vm& vm);

}  // namespace ouro::vm
