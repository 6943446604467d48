// super objects, and LOAD_SUPER_ATTR's lookup without making one.
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct SuperObject : GcObject {
  Value type, object, object_type;
};

/// super(type, object).name. `as_method`: where it is a plain method, gives the function and sets is_method (call it with
/// the object first).
[[nodiscard]] Ref super_attribute(Vm& vm, TypeObject* type, Value object, StrObject* name, bool as_method, bool& is_method);

}  // namespace ouro::vm
