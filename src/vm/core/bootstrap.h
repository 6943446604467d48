// Bringing up the types of a new machine.
#pragma once

#include "vm/core/vm.h"

namespace ouro::vm {

/// Types' memory first, then the strings and tuples that they need, then what they consist of, then exceptions.
void bootstrap(Vm& vm);

}  // namespace ouro::vm
