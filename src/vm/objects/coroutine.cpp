// Coroutines, what awaits them, and the asynchronous protocols' lookups.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/interpreter/run.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/generator.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/list.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

GeneratorObject* coroutine_of(Value self) { return self.as<GeneratorObject>(); }

/// What coroutine.__await__() gives: an iterator over the coroutine.
struct CoroutineWrapper : GcObject {
  GeneratorObject* coroutine;
};
GeneratorObject* wrapped(Value self) { return self.as<CoroutineWrapper>()->coroutine; }

void wrapper_dealloc(Vm& vm, Object* self) {
  auto* wrapper = static_cast<CoroutineWrapper*>(self);
  vm.heap.untrack(wrapper);
  if (wrapper->coroutine != nullptr) decref(static_cast<Object*>(wrapper->coroutine));
  free_object(vm, self, sizeof(CoroutineWrapper));
}
void wrapper_traverse(Object* self, Visitor& visit) { visit(static_cast<CoroutineWrapper*>(self)->coroutine); }

Ref send_into(Vm& vm, GeneratorObject* coroutine, Value value) {
  Ref result;
  const GenStatus status = generator_send(vm, coroutine, value, result);
  return finish_send(vm, status, std::move(result));
}
Ref throw_into(Vm& vm, GeneratorObject* coroutine, const CallArgs& args) {
  VM_TRY(Ref exception, exception_from_throw(vm, args));
  Ref result;
  const GenStatus status = generator_throw(vm, coroutine, std::move(exception), result);
  return finish_send(vm, status, std::move(result));
}

Ref wrapper_next(Vm& vm, Value self) { return send_into(vm, wrapped(self), kNone); }
Ref wrapper_send(Vm& vm, Value self, Value value) { return send_into(vm, wrapped(self), value); }
Ref wrapper_throw(Vm& vm, Value self, const CallArgs& args) { return throw_into(vm, wrapped(self), args); }
Ref wrapper_close(Vm& vm, Value self) { return generator_close(vm, wrapped(self)); }

constexpr MethodSpec kWrapperMethods[] = {
    {"send($self, arg, /)", wrapper_send},
    {"throw", wrapper_throw},
    {"close($self, /)", wrapper_close},
};
const TypeSpec kCoroutineWrapperType{
    .name = "coroutine_wrapper",
    .basic_size = sizeof(CoroutineWrapper),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .doc = "A wrapper object implementing __await__ for coroutines.",
    .slots = {.dealloc = wrapper_dealloc, .traverse = wrapper_traverse, .iter = iter_self, .next = wrapper_next},
    .methods = kWrapperMethods,
};

Ref coroutine_await(Vm& vm, Value self) {
  auto* wrapper = allocate<CoroutineWrapper>(vm, vm.native_type(kCoroutineWrapperType));
  if (wrapper == nullptr) return {};
  incref(self);
  wrapper->coroutine = coroutine_of(self);
  vm.heap.track(wrapper);
  return Ref::adopt(wrapper);
}

Ref coroutine_repr(Vm& vm, Value self) {
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<coroutine object {} at {}>", {coroutine_of(self)->qualname.as<StrObject>(), address}));
}

Ref method_send(Vm& vm, Value self, Value value) { return send_into(vm, coroutine_of(self), value); }
Ref method_throw(Vm& vm, Value self, const CallArgs& args) { return throw_into(vm, coroutine_of(self), args); }
Ref method_close(Vm& vm, Value self) { return generator_close(vm, coroutine_of(self)); }
Ref get_origin(Vm&, Value self) {
  const Value origin = coroutine_of(self)->origin_or_finalizer;
  return origin.is_null() ? Ref::none() : Ref::share(origin);
}

/// A coroutine that was never awaited says so.
void coroutine_finalize(Vm& vm, Object* self) {
  auto* coroutine = static_cast<GeneratorObject*>(self);
  if (!coroutine->has_started && !coroutine->is_finished) {
    Ref pending = take_error(vm);
    const std::string name = to_utf8(coroutine->qualname.as<StrObject>());
    if (!warn(vm, vm.exc.RuntimeWarning, format_message("coroutine '{}' was never awaited", {name})))
      report_unraisable(vm, Value(self));
    clear_error(vm);
    if (pending) restore_error(vm, std::move(pending));
  }
  generator_finalize(vm, self);
}

constexpr MethodSpec kMethods[] = {
    {"send($self, arg, /)", method_send,
     "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration."},
    {"throw", method_throw},
    {"close($self, /)", method_close, "close() -> raise GeneratorExit inside coroutine."},
};
constexpr GetSetSpec kGetSet[] = {
    {"__name__", generator_get_name, generator_set_name, "name of the coroutine"},
    {"__qualname__", generator_get_qualname, generator_set_qualname, "qualified name of the coroutine"},
    {"cr_await", generator_get_delegate, nullptr, "object being awaited on, or None"},
    {"cr_running", generator_get_running},
    {"cr_frame", generator_get_frame},
    {"cr_code", generator_get_code},
    {"cr_suspended", generator_get_suspended},
    {"cr_origin", get_origin},
};

bool is_iterable_coroutine(Vm& vm, Value object) {
  return object.is_object() && object.object()->type == vm.types.generator &&
         (object.as<GeneratorObject>()->frame()->code->flags & code::kIterableCoroutine) != 0;
}

}  // namespace

const TypeSpec kCoroutineType{
    .name = "coroutine",
    .basic_size = sizeof(GeneratorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = generator_dealloc,
              .traverse = generator_traverse,
              .clear = generator_clear,
              .finalize = coroutine_finalize,
              .repr = coroutine_repr,
              .await = coroutine_await},
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(GeneratorObject, weakrefs),
};

void set_coroutine_origin(Vm& vm, GeneratorObject* coroutine, Frame* caller) {
  const std::uint32_t depth = vm.thread->coroutine_origin_depth;
  if (depth == 0) return;
  Own<ListObject> entries = new_list(vm);
  for (std::uint32_t i = 0; entries && i < depth && caller != nullptr; ++i, caller = caller->previous) {
    Own<TupleObject> entry =
        new_tuple(vm, {Value(caller->code->filename), Value::small(frame_line(caller)), Value(caller->code->name)});
    if (!entry || !list_append(vm, entries.get(), Ref(std::move(entry)))) break;
  }
  Own<TupleObject> origin = entries ? new_tuple(vm, entries->view()) : Own<TupleObject>();
  clear_error(vm);
  coroutine->origin_or_finalizer = origin ? Value(origin.release()) : Value();
}

Ref get_awaitable(Vm& vm, Value object, int context) {
  if (object.is_object() && object.object()->type == vm.types.coroutine) {
    VM_TRY(Ref delegate, generator_get_delegate(vm, object));
    if (!delegate.is_none()) return raise(vm, vm.exc.RuntimeError, "coroutine is being awaited already");
    return Ref::share(object);
  }
  if (is_iterable_coroutine(vm, object)) return Ref::share(object);
  TypeObject* type = type_of(vm, object);
  if (type->slots.await == nullptr) {
    if (context == 1)
      return raise(vm, vm.exc.TypeError,
                   "'async with' received an object from __aenter__ that does not implement __await__: {}",
                   type_name(vm, object));
    if (context == 2)
      return raise(vm, vm.exc.TypeError,
                   "'async with' received an object from __aexit__ that does not implement __await__: {}",
                   type_name(vm, object));
    return raise(vm, vm.exc.TypeError, "object {} can't be used in 'await' expression", type_name(vm, object));
  }
  VM_TRY(Ref iterator, type->slots.await(vm, object));
  if (type_of(vm, iterator) == vm.types.coroutine || is_iterable_coroutine(vm, iterator))
    return raise(vm, vm.exc.TypeError, "__await__() returned a coroutine");
  if (!is_iterator(vm, iterator))
    return raise(vm, vm.exc.TypeError, "__await__() returned non-iterator of type '{}'", type_name(vm, iterator));
  return iterator;
}

Ref get_async_iter(Vm& vm, Value object) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.async_iter == nullptr)
    return raise(vm, vm.exc.TypeError, "'async for' requires an object with __aiter__ method, got {}", type_name(vm, object));
  VM_TRY(Ref iterator, type->slots.async_iter(vm, object));
  if (type_of(vm, iterator)->slots.async_next == nullptr) {
    return raise(vm, vm.exc.TypeError,
                 "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                 type_name(vm, iterator));
  }
  return iterator;
}

Ref get_async_next(Vm& vm, Value iterator) {
  TypeObject* type = type_of(vm, iterator);
  if (type->slots.async_next == nullptr) {
    return raise(vm, vm.exc.TypeError, "'async for' requires an iterator with __anext__ method, got {}",
                 type_name(vm, iterator));
  }
  VM_TRY(Ref next, type->slots.async_next(vm, iterator));
  if (type == vm.types.async_generator) return next;
  Ref awaitable = get_awaitable(vm, next, 0);
  if (awaitable) return awaitable;
  Ref cause = take_error(vm);
  raise(vm, vm.exc.TypeError, "'async for' received an invalid object from __anext__: {}", type_name(vm, next));
  auto* error = pending_error(vm).as<ExceptionObject>();
  xdecref(std::exchange(error->cause, cause.clone().release()));
  xdecref(std::exchange(error->context, cause.release()));
  error->suppress_context = true;
  return {};
}

}  // namespace ouro::vm
