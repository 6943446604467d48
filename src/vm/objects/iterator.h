// The iterators that iter() makes of objects without __iter__.
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct SequenceIteratorObject : GcObject {
  Value sequence;  ///< null: exhausted
  Value sentinel;  ///< of a callable_iterator
  std::int64_t index;
};

[[nodiscard]] Ref new_callable_iterator(Vm& vm, Value callable, Value sentinel);

}  // namespace ouro::vm
