// What weak references, proxies and modules/_weakref.cpp share.
#pragma once

#include "vm/core/type.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {

extern const TypeSpec kProxyType;
extern const TypeSpec kCallableProxyType;

[[nodiscard]] Ref make_weakref(Vm& vm, TypeObject* type, Value target, Value callback, bool is_proxy);
/// Null when it is dead.
[[nodiscard]] Value weakref_target(const WeakRefObject* reference);
/// Head of an object's list; its type has a weakref_offset.
[[nodiscard]] WeakRefObject*& weakref_list(Object* object);
void detach_weakref(WeakRefObject* reference);
void weakref_dealloc(Vm& vm, Object* self);
void weakref_traverse(Object* self, Visitor& visit);
void weakref_clear(Vm& vm, Object* self);

}  // namespace ouro::vm
