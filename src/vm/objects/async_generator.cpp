// Asynchronous generators: the generator itself, and the awaitables that __anext__(), asend(), athrow() and aclose() give
// (CPython 3.13 Objects/genobject.c).
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/interpreter/run.h"
#include "vm/objects/exception.h"
#include "vm/objects/generator.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

GeneratorObject* generator_of(Value self) { return self.as<GeneratorObject>(); }

/// A value that `yield` gives in an async generator, to tell it from what `await` passes through.
struct WrappedValue : GcObject {
  Value value;
};
void wrapped_dealloc(Vm& vm, Object* self) {
  auto* wrapped = static_cast<WrappedValue*>(self);
  vm.heap.untrack(wrapped);
  xdecref(wrapped->value);
  free_object(vm, self, sizeof(WrappedValue));
}
void wrapped_traverse(Object* self, Visitor& visit) { visit(static_cast<WrappedValue*>(self)->value); }
const TypeSpec kWrappedValueType{
    .name = "async_generator_wrapped_value",
    .basic_size = sizeof(WrappedValue),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = wrapped_dealloc, .traverse = wrapped_traverse},
};

enum class StepState : std::uint8_t { Init, Iterating, Closed };
enum class StepKind : std::uint8_t { Send, Throw, Close };

/// One step of an async generator: async_generator_asend, async_generator_athrow.
struct StepObject : GcObject {
  GeneratorObject* generator;
  Value argument;  ///< Send: the value, or null. Throw: a tuple of throw()'s arguments
  StepState state;
  StepKind kind;
  struct WeakRefObject* weakrefs;
};
StepObject* step_of(Value self) { return self.as<StepObject>(); }

void step_dealloc(Vm& vm, Object* self) {
  auto* step = static_cast<StepObject*>(self);
  vm.heap.untrack(step);
  if (step->generator != nullptr) decref(static_cast<Object*>(step->generator));
  xdecref(step->argument);
  free_object(vm, self, sizeof(StepObject));
}
void step_traverse(Object* self, Visitor& visit) {
  auto* step = static_cast<StepObject*>(self);
  visit(step->generator);
  visit(step->argument);
}

/// A result of running the generator: a wrapped value ends the step with StopIteration(value).
Ref unwrap_result(Vm& vm, GeneratorObject* generator, GenStatus status, Ref result) {
  if (status == GenStatus::Returned) {
    generator->is_closed = true;
    generator->is_running_async = false;
    Ref stop = new_exception(vm, vm.exc.StopAsyncIteration, {});
    if (stop) raise_instance(vm, stop);
    return {};
  }
  if (status == GenStatus::Raised) {
    if (error_matches(vm, vm.exc.StopAsyncIteration) || error_matches(vm, vm.exc.GeneratorExit)) generator->is_closed = true;
    generator->is_running_async = false;
    return {};
  }
  if (result.get().is_object() && result.get().object()->type == vm.native_type(kWrappedValueType)) {
    generator->is_running_async = false;
    return raise_stop_iteration(vm, result.as<WrappedValue>()->value);
  }
  return result;
}

Failed already_awaited(Vm& vm, const StepObject* step) {
  return raise(vm, vm.exc.RuntimeError, "cannot reuse already awaited {}",
               step->kind == StepKind::Send    ? "__anext__()/asend()"
               : step->kind == StepKind::Close ? "aclose()/athrow()"
                                               : "aclose()/athrow()");
}

Ref step_send(Vm& vm, Value self, Value value);
Ref step_throw_exception(Vm& vm, StepObject* step, Ref exception);

/// The first send of athrow() and aclose().
Ref begin_throw(Vm& vm, StepObject* step) {
  GeneratorObject* generator = step->generator;
  if (generator->is_running_async) {
    step->state = StepState::Closed;
    return raise(vm, vm.exc.RuntimeError, step->kind == StepKind::Close
                                              ? "aclose(): asynchronous generator is already running"
                                              : "athrow(): asynchronous generator is already running");
  }
  if (generator->is_closed) {
    step->state = StepState::Closed;
    Ref stop = new_exception(vm, vm.exc.StopAsyncIteration, {});
    if (stop) raise_instance(vm, stop);
    return {};
  }
  step->state = StepState::Iterating;
  generator->is_running_async = true;
  Ref result;
  if (step->kind == StepKind::Close) {
    generator->is_closed = true;
    VM_TRY(Ref exit, new_exception(vm, vm.exc.GeneratorExit, {}));
    const GenStatus status = generator_throw(vm, generator, std::move(exit), result);
    if (status == GenStatus::Yielded && type_of(vm, result) == vm.native_type(kWrappedValueType)) {
      generator->is_running_async = false;
      step->state = StepState::Closed;
      return raise(vm, vm.exc.RuntimeError, "async generator ignored GeneratorExit");
    }
    if (status == GenStatus::Yielded) return result;
    generator->is_running_async = false;
    step->state = StepState::Closed;
    if (status == GenStatus::Returned || catch_error(vm, vm.exc.StopAsyncIteration) || catch_error(vm, vm.exc.GeneratorExit))
      return raise_stop_iteration(vm, kNone);
    return {};
  }
  auto* arguments = step->argument.as<TupleObject>();
  Ref exception = exception_from_throw(vm, CallArgs{arguments->items(), arguments->size, nullptr});
  if (!exception) {
    generator->is_running_async = false;
    step->state = StepState::Closed;
    return {};
  }
  const GenStatus status = generator_throw(vm, generator, std::move(exception), result);
  Ref out = unwrap_result(vm, generator, status, std::move(result));
  if (!out) step->state = StepState::Closed;
  return out;
}

/// After the step has been resumed: what the generator gave, for the three kinds.
Ref after_resume(Vm& vm, StepObject* step, GenStatus status, Ref result) {
  GeneratorObject* generator = step->generator;
  if (step->kind != StepKind::Close) {
    Ref out = unwrap_result(vm, generator, status, std::move(result));
    if (!out) step->state = StepState::Closed;
    return out;
  }
  if (status == GenStatus::Yielded && type_of(vm, result) == vm.native_type(kWrappedValueType)) {
    generator->is_running_async = false;
    step->state = StepState::Closed;
    return raise(vm, vm.exc.RuntimeError, "async generator ignored GeneratorExit");
  }
  if (status == GenStatus::Yielded) return result;
  generator->is_running_async = false;
  step->state = StepState::Closed;
  if (status == GenStatus::Returned || catch_error(vm, vm.exc.StopAsyncIteration) || catch_error(vm, vm.exc.GeneratorExit))
    return raise_stop_iteration(vm, kNone);
  return {};
}

Ref step_send(Vm& vm, Value self, Value value) {
  StepObject* step = step_of(self);
  GeneratorObject* generator = step->generator;
  if (step->state == StepState::Closed) return already_awaited(vm, step);
  if (step->state == StepState::Init) {
    if (step->kind != StepKind::Send) {
      if (!value.is_none())
        return raise(vm, vm.exc.RuntimeError, "can't send non-None value to a just-started coroutine");
      return begin_throw(vm, step);
    }
    if (generator->is_running_async) {
      step->state = StepState::Closed;
      return raise(vm, vm.exc.RuntimeError, "anext(): asynchronous generator is already running");
    }
    if (value.is_none() && !step->argument.is_null()) value = step->argument;
    step->state = StepState::Iterating;
  }
  generator->is_running_async = true;
  Ref result;
  const GenStatus status = generator_send(vm, generator, value, result);
  return after_resume(vm, step, status, std::move(result));
}

Ref step_throw_exception(Vm& vm, StepObject* step, Ref exception) {
  if (step->state == StepState::Closed) return already_awaited(vm, step);
  if (step->state == StepState::Init) {
    if (step->generator->is_running_async) {
      step->state = StepState::Closed;
      return raise(vm, vm.exc.RuntimeError,
                   step->kind == StepKind::Send    ? "anext(): asynchronous generator is already running"
                   : step->kind == StepKind::Close ? "aclose(): asynchronous generator is already running"
                                                   : "athrow(): asynchronous generator is already running");
    }
    step->state = StepState::Iterating;
    step->generator->is_running_async = true;
  }
  Ref result;
  const GenStatus status = generator_throw(vm, step->generator, std::move(exception), result);
  return after_resume(vm, step, status, std::move(result));
}

Ref step_next(Vm& vm, Value self) { return step_send(vm, self, kNone); }
Ref step_throw(Vm& vm, Value self, const CallArgs& args) {
  VM_TRY(Ref exception, exception_from_throw(vm, args));
  return step_throw_exception(vm, step_of(self), std::move(exception));
}
Ref step_close(Vm& vm, Value self) {
  StepObject* step = step_of(self);
  if (step->state == StepState::Closed) return Ref::none();
  VM_TRY(Ref exit, new_exception(vm, vm.exc.GeneratorExit, {}));
  Ref result = step_throw_exception(vm, step, std::move(exit));
  if (result) return raise(vm, vm.exc.RuntimeError, "coroutine ignored GeneratorExit");
  if (catch_error(vm, vm.exc.StopIteration) || catch_error(vm, vm.exc.StopAsyncIteration) ||
      catch_error(vm, vm.exc.GeneratorExit))
    return Ref::none();
  return {};
}
void step_finalize(Vm& vm, Object* self) {
  auto* step = static_cast<StepObject*>(self);
  if (step->state != StepState::Init || step->kind != StepKind::Send) return;
  Ref pending = take_error(vm);
  const std::string name = to_utf8(step->generator->qualname.as<StrObject>());
  if (!warn(vm, vm.exc.RuntimeWarning, format_message("coroutine method 'asend' of '{}' was never awaited", {name})))
    report_unraisable(vm, Value(self));
  clear_error(vm);
  if (pending) restore_error(vm, std::move(pending));
}

constexpr MethodSpec kStepMethods[] = {
    {"send($self, value, /)", step_send},
    {"throw", step_throw},
    {"close($self, /)", step_close},
};
const TypeSpec kSendStepType{
    .name = "async_generator_asend",
    .basic_size = sizeof(StepObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = step_dealloc, .traverse = step_traverse, .finalize = step_finalize, .iter = iter_self,
              .next = step_next, .await = iter_self},
    .methods = kStepMethods,
};
const TypeSpec kThrowStepType{
    .name = "async_generator_athrow",
    .basic_size = sizeof(StepObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = step_dealloc, .traverse = step_traverse, .iter = iter_self, .next = step_next, .await = iter_self},
    .methods = kStepMethods,
};

Ref new_step(Vm& vm, GeneratorObject* generator, StepKind kind, Value argument) {
  auto* step = allocate<StepObject>(vm, vm.native_type(kind == StepKind::Send ? kSendStepType : kThrowStepType));
  if (step == nullptr) return {};
  incref(static_cast<Object*>(generator));
  step->generator = generator;
  xincref(argument);
  step->argument = argument;
  step->kind = kind;
  vm.heap.track(step);
  return Ref::adopt(step);
}

/// sys.set_asyncgen_hooks: told once, when iteration begins.
bool init_hooks(Vm& vm, GeneratorObject* generator) {
  if (generator->hooks_done) return true;
  generator->hooks_done = true;
  const Value finalizer = vm.thread->async_gen_finalizer;
  if (!finalizer.is_null()) generator->origin_or_finalizer = Ref::share(finalizer).release();
  const Value first = vm.thread->async_gen_first_iter;
  return first.is_null() || call(vm, first, {Value(generator)});
}

Ref async_next(Vm& vm, Value self) {
  VM_CHECK(init_hooks(vm, generator_of(self)));
  return new_step(vm, generator_of(self), StepKind::Send, {});
}
Ref method_asend(Vm& vm, Value self, Value value) {
  VM_CHECK(init_hooks(vm, generator_of(self)));
  return new_step(vm, generator_of(self), StepKind::Send, value);
}
Ref method_athrow(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional > 1) {
    VM_CHECK(warn(vm, vm.exc.DeprecationWarning,
                  "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead."));
  }
  VM_CHECK(init_hooks(vm, generator_of(self)));
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, args.positionals()));
  return new_step(vm, generator_of(self), StepKind::Throw, arguments);
}
Ref method_aclose(Vm& vm, Value self) {
  VM_CHECK(init_hooks(vm, generator_of(self)));
  return new_step(vm, generator_of(self), StepKind::Close, {});
}

Ref async_generator_repr(Vm& vm, Value self) {
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm,
                 format_message("<async_generator object {} at {}>", {generator_of(self)->qualname.as<StrObject>(), address}));
}

void async_generator_finalize(Vm& vm, Object* self) {
  auto* generator = static_cast<GeneratorObject*>(self);
  if (generator->is_finished || generator->is_closed) return;
  if (!generator->origin_or_finalizer.is_null()) {
    Ref pending = take_error(vm);
    const Ref finalizer = Ref::share(generator->origin_or_finalizer);
    if (!call(vm, finalizer, {Value(self)})) report_unraisable(vm, finalizer);
    clear_error(vm);
    if (pending) restore_error(vm, std::move(pending));
    return;
  }
  generator_finalize(vm, self);
}

Ref get_running(Vm&, Value self) { return Ref::boolean(generator_of(self)->is_running_async); }

constexpr MethodSpec kMethods[] = {
    {"asend($self, value, /)", method_asend, "asend(v) -> send 'v' in generator."},
    {"athrow", method_athrow, "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator."},
    {"aclose($self, /)", method_aclose, "aclose() -> raise GeneratorExit inside generator."},
    {"__class_getitem__($type, item, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr GetSetSpec kGetSet[] = {
    {"__name__", generator_get_name, generator_set_name, "name of the async generator"},
    {"__qualname__", generator_get_qualname, generator_set_qualname, "qualified name of the async generator"},
    {"ag_await", generator_get_delegate, nullptr, "object being awaited on, or None"},
    {"ag_running", get_running},
    {"ag_frame", generator_get_frame},
    {"ag_code", generator_get_code},
    {"ag_suspended", generator_get_suspended},
};

}  // namespace

const TypeSpec kAsyncGeneratorType{
    .name = "async_generator",
    .basic_size = sizeof(GeneratorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = generator_dealloc,
              .traverse = generator_traverse,
              .clear = generator_clear,
              .finalize = async_generator_finalize,
              .repr = async_generator_repr,
              .async_iter = iter_self,
              .async_next = async_next},
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(GeneratorObject, weakrefs),
};

Ref wrap_async_yield(Vm& vm, Value value) {
  auto* wrapped = allocate<WrappedValue>(vm, vm.native_type(kWrappedValueType));
  if (wrapped == nullptr) return {};
  incref(value);
  wrapped->value = value;
  vm.heap.track(wrapped);
  return Ref::adopt(wrapped);
}

}  // namespace ouro::vm
