// Python objects to PyValue and back.
#pragma once

#include <optional>

#include "ouro/machine.h"
#include "vm/core/vm.h"

namespace ouro {

/// nullopt: the object is of a type that PyValue cannot hold, too deeply nested, or an int beyond 64 bits.
[[nodiscard]] std::optional<PyValue> value_from_object(vm::Vm& vm, vm::Value object, unsigned depth = 0);
/// Null: a Python exception is set (no memory, an unhashable key).
[[nodiscard]] vm::Ref object_from_value(vm::Vm& vm, const PyValue& value);

}  // namespace ouro
