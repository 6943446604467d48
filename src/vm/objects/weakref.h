// Weak references.
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct WeakRefObject : GcObject {
  Object* target;    ///< null: dead. Not counted
  Value callback;    ///< null: none
  std::int64_t hash; ///< -1: not computed yet
  WeakRefObject* previous;  ///< list of the target's references
  WeakRefObject* next;
  AttributeStore store;     ///< for subclasses such as weakref.KeyedRef
  bool is_proxy;
};

extern const TypeSpec kWeakrefType;

[[nodiscard]] Ref new_weakref(Vm& vm, Value target, Value callback);
/// Kills all references to a dying object and calls their callbacks. For free_object and dealloc of classes.
void clear_weakrefs(Vm& vm, Object* object);

}  // namespace ouro::vm
