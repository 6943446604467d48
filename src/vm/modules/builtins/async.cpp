// What anext(iterator, default) gives: an awaitable that turns StopAsyncIteration into the default. CPython 3.13
// Objects/iterobject.c anextawaitable.
#include "vm/interpreter/run.h"
#include "vm/modules/builtins/builtins.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct AnextAwaitableObject : GcObject {
  Value awaitable, otherwise;
};

void awaitable_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<AnextAwaitableObject*>(self);
  vm.heap.untrack(object);
  xdecref(object->awaitable);
  xdecref(object->otherwise);
  free_object(vm, self, sizeof(AnextAwaitableObject));
}
void awaitable_traverse(Object* self, Visitor& visit) {
  auto* object = static_cast<AnextAwaitableObject*>(self);
  visit(object->awaitable);
  visit(object->otherwise);
}

/// The iterator behind: of a coroutine itself, or what __await__ gives.
Ref iterator_of(Vm& vm, const AnextAwaitableObject* object) { return get_awaitable(vm, object->awaitable, 0); }

/// The pending StopAsyncIteration becomes StopIteration(default).
Ref settle(Vm& vm, const AnextAwaitableObject* object, Ref result) {
  if (result || !has_error(vm) || !catch_error(vm, vm.exc.StopAsyncIteration)) return result;
  return raise_with(vm, vm.exc.StopIteration, object->otherwise);
}
Ref awaitable_next(Vm& vm, Value self) {
  const auto* object = self.as<AnextAwaitableObject>();
  VM_TRY(Ref iterator, iterator_of(vm, object));
  if (is_instance_of(vm, iterator, vm.types.coroutine) || is_instance_of(vm, iterator, vm.types.generator)) {
    return settle(vm, object, call_method(vm, iterator, vm.names.send, {kNone}));
  }
  const UnarySlot next = type_of(vm, iterator)->slots.next;
  if (next == nullptr) return raise(vm, vm.exc.TypeError, "__anext__ must return an awaitable");
  return settle(vm, object, next(vm, iterator));
}
Ref proxy(Vm& vm, Value self, std::string_view name, const CallArgs& args) {
  const auto* object = self.as<AnextAwaitableObject>();
  VM_TRY(Ref iterator, iterator_of(vm, object));
  VM_TRY(Ref method, get_attribute(vm, iterator, name));
  return settle(vm, object, call(vm, method, args));
}
Ref awaitable_send(Vm& vm, Value self, const CallArgs& args) { return proxy(vm, self, "send", args); }
Ref awaitable_throw(Vm& vm, Value self, const CallArgs& args) { return proxy(vm, self, "throw", args); }
Ref awaitable_close(Vm& vm, Value self, const CallArgs& args) { return proxy(vm, self, "close", args); }

constexpr MethodSpec kMethods[] = {
    {"send", awaitable_send, "Sends a value into the awaitable."},
    {"throw", awaitable_throw, "Throws an exception into the awaitable."},
    {"close", awaitable_close, "Ends the awaitable."},
};
constexpr TypeSlots slots() {
  TypeSlots s;
  s.dealloc = awaitable_dealloc;
  s.traverse = awaitable_traverse;
  s.iter = iter_self;
  s.next = awaitable_next;
  s.await = iter_self;
  return s;
}
const TypeSpec kAnextAwaitableType = {
    .name = "anext_awaitable",
    .basic_size = sizeof(AnextAwaitableObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = slots(),
    .methods = kMethods,
};

}  // namespace

Ref new_anext_awaitable(Vm& vm, Value awaitable, Value otherwise) {
  auto* object = allocate<AnextAwaitableObject>(vm, vm.native_type(kAnextAwaitableType));
  if (object == nullptr) return {};
  object->awaitable = Ref::share(awaitable).release();
  object->otherwise = Ref::share(otherwise).release();
  vm.heap.track(object);
  return Ref::adopt(object);
}

}  // namespace ouro::vm
