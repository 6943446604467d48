#include "vm/interpreter/tracing.h"

namespace ouro::vm {

bool trace_instruction(Vm&, Frame*, Value*) { return true; }

}  // namespace ouro::vm
