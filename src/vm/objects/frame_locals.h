// FrameLocalsProxy: f_locals of a function's frame, reading and writing its variables (PEP 667).
#pragma once

#include "vm/interpreter/frame.h"

namespace ouro::vm {

[[nodiscard]] Ref new_frame_locals_proxy(Vm& vm, FrameObject* frame);

}  // namespace ouro::vm
