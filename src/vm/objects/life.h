// dealloc, traverse and clear for objects whose owned values are plain fields:
//   using Life = LifeOf<ChainObject, &ChainObject::source, &ChainObject::active>;
//   slots.dealloc = Life::dealloc; ...
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

template <class T, Value T::*... kFields>
struct LifeOf {
  static void dealloc(Vm& vm, Object* self) {
    auto* object = static_cast<T*>(self);
    vm.heap.untrack(object);
    (xdecref(std::exchange(object->*kFields, Value())), ...);
    free_object(vm, self, object->type->basic_size);
  }
  static void traverse(Object* self, Visitor& visit) {
    auto* object = static_cast<T*>(self);
    (visit(object->*kFields), ...);
  }
  static void clear(Vm&, Object* self) {
    auto* object = static_cast<T*>(self);
    (xdecref(std::exchange(object->*kFields, Value())), ...);
  }
  /// Slots with the life filled in.
  static constexpr TypeSlots slots() {
    TypeSlots s;
    s.dealloc = dealloc;
    s.traverse = traverse;
    return s;
  }
};

/// A tracked, zeroed instance; null: MemoryError is set.
template <class T>
[[nodiscard]] Own<T> make_instance(Vm& vm, TypeObject* type) {
  auto* object = allocate<T>(vm, type);
  if (object != nullptr) vm.heap.track(object);
  return Own<T>::adopt(object);
}

inline Value owned(Value value) {
  xincref(value);
  return value;
}
/// Puts another value into a field.
inline void assign(Value& field, Value value) {
  xincref(value);
  xdecref(std::exchange(field, value));
}
inline void assign(Value& field, Ref value) { xdecref(std::exchange(field, value.release())); }

}  // namespace ouro::vm
