// How instances of classes live and die: their attributes, __slots__ and __del__ around what the built-in base has.
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/class_layout.h"
#include "vm/objects/slot_defs.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

/// Where a class's own __slots__ stand in an instance.
Value* slots_of(Object* self, const TypeObject* type) {
  return reinterpret_cast<Value*>(reinterpret_cast<char*>(self) + fields_start(type->base));
}

template <class Action>
void for_each_slot(Object* self, Action action) {
  for (const TypeObject* type = self->type; type->has(kTypeHeap); type = type->base) {
    Value* values = type->slot_count == 0 ? nullptr : slots_of(self, type);
    for (std::uint32_t i = 0; i < type->slot_count; ++i) action(values[i]);
  }
}

/// Whether the attribute store came with a class and not with the built-in base, which would see to its own.
bool has_own_store(const TypeObject* type, const TypeObject* native) {
  return type->store_offset != 0 && native->store_offset == 0;
}

}  // namespace

TypeObject* native_base(TypeObject* type) {
  while (type->has(kTypeHeap)) type = type->base;
  return type;
}

void class_dealloc(Vm& vm, Object* self) {
  TypeObject* type = self->type;
  TypeObject* native = native_base(type);
  if ((self->gc_word & kGcTracked) != 0) vm.heap.untrack(static_cast<GcObject*>(self));
  for_each_slot(self, [](Value& value) { xdecref(std::exchange(value, Value())); });
  if (has_own_store(type, native)) store_clear(vm, store_of(self));
  native->slots.dealloc(vm, self);
}

void class_traverse(Object* self, Visitor& visit) {
  TypeObject* type = self->type;
  TypeObject* native = native_base(type);
  visit(type);
  for_each_slot(self, [&](Value& value) { visit(value); });
  if (has_own_store(type, native)) store_traverse(self, store_of(self), visit);
  if (native->slots.traverse != nullptr) native->slots.traverse(self, visit);
}

void class_clear(Vm& vm, Object* self) {
  TypeObject* type = self->type;
  TypeObject* native = native_base(type);
  for_each_slot(self, [](Value& value) { xdecref(std::exchange(value, Value())); });
  if (has_own_store(type, native)) store_clear(vm, store_of(self));
  if (native->slots.clear != nullptr) native->slots.clear(vm, self);
}

void class_finalize(Vm& vm, Object* self) {
  Ref pending = take_error(vm);
  bool missing = false;
  const Ref kept = Ref::share(Value(self));
  const Ref result = call_special(vm, kept, vm.names.d_del, {}, missing);
  if (!result && !missing) report_unraisable(vm, lookup_type_attribute(vm, self->type, vm.names.d_del));
  if (pending) restore_error(vm, std::move(pending));
}

}  // namespace ouro::vm
