// What copying and pickling ask of any object (CPython 3.13 Objects/typeobject.c object_getstate_default, reduce_newobj).
#pragma once

#include "vm/core/vm.h"

namespace ouro::vm {

/// object.__getstate__: __dict__, and with __slots__ a pair of it and theirs. `required`: TypeError for what has more.
[[nodiscard]] Ref object_state(Vm& vm, Value object, bool required);
/// object.__reduce_ex__(protocol).
[[nodiscard]] Ref reduce_object(Vm& vm, Value object, int protocol);

}  // namespace ouro::vm
