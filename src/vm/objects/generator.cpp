// Generators: the object around a suspended frame, and how values and exceptions are sent into it. Coroutines and
// asynchronous generators are built on this (coroutine.cpp, async_generator.cpp).
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/operations.h"
#include "vm/interpreter/run.h"
#include "vm/objects/code.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/generator.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

std::string_view kind_text(Vm& vm, const GeneratorObject* generator) {
  return generator->type == vm.types.coroutine         ? "coroutine"
         : generator->type == vm.types.async_generator ? "async generator"
                                                       : "generator";
}

/// The frame's variables and stack end; the generator is finished.
void clear_frame(Vm& vm, GeneratorObject* generator) {
  Frame* frame = generator->frame();
  generator->is_finished = true;
  if (frame->object != nullptr) {
    detach_frame(vm, frame);
  }
  Value* begin = frame->locals_plus();
  Value* end = frame->stack_top;
  frame->stack_top = frame->stack_base();
  for (Value* value = begin; value < end; ++value) {
    const Value old = *value;
    *value = Value();
    xdecref(old);
  }
  xdecref(std::exchange(frame->locals, Value()));
}

/// Runs the generator with `value` on its stack, or with the machine's exception raised in it.
GenStatus resume(Vm& vm, GeneratorObject* generator, Value value, bool throwing, Ref& result) {
  ThreadState* thread = vm.thread;
  char here = 0;
  if (thread->recursion >= vm.options.limits.recursion || &here < thread->native_stack_limit) {
    raise(vm, vm.exc.RecursionError, "maximum recursion depth exceeded");
    return GenStatus::Raised;
  }
  Frame* frame = generator->frame();
  ++thread->recursion;
  frame->kind = FrameKind::Entry;
  frame->is_entry = true;
  frame->return_to = nullptr;
  frame->previous = thread->frame;
  thread->frame = frame;
  generator->is_running = true;
  generator->has_started = true;
  generator->handled.previous = thread->handled;
  thread->handled = &generator->handled;
  incref(value);
  *frame->stack_top++ = value;
  if (!throwing) ++frame->ip;
  incref(static_cast<Object*>(generator));
  result = run_frame(vm, frame, throwing);
  const bool is_finished = generator->is_finished;
  decref(static_cast<Object*>(generator));
  if (!result) return GenStatus::Raised;
  return is_finished ? GenStatus::Returned : GenStatus::Yielded;
}

/// What a suspended generator delegates to (`yield from`, `await`), borrowed; null: nothing.
Value delegate_of(GeneratorObject* generator) {
  if (generator->is_running || generator->is_finished || !generator->has_started) return {};
  const Frame* frame = generator->frame();
  if (frame->ip->op != static_cast<std::uint16_t>(VmOp::YIELD_VALUE) || frame->ip->arg != 1) return {};
  return frame->stack_top[-1];
}

/// Closes what is delegated to. False: an exception is set.
bool close_delegate(Vm& vm, Value delegate) {
  if (delegate.is_object() && (delegate.object()->type == vm.types.generator || delegate.object()->type == vm.types.coroutine))
    return static_cast<bool>(generator_close(vm, delegate.as<GeneratorObject>()));
  Ref close;
  if (!find_attribute(vm, delegate, vm.names.close, close)) {
    report_unraisable(vm, delegate);
    return true;
  }
  return !close || call(vm, close);
}

Failed raise_running(Vm& vm, const GeneratorObject* generator) {
  return raise(vm, vm.exc.ValueError, "{} already executing", kind_text(vm, generator));
}

}  // namespace

// --- making one: RETURN_GENERATOR

Ref make_generator(Vm& vm, Frame* frame) {
  const std::uint32_t flags = frame->code->flags;
  TypeObject* type = (flags & code::kCoroutine) != 0        ? vm.types.coroutine
                     : (flags & code::kAsyncGenerator) != 0 ? vm.types.async_generator
                                                            : vm.types.generator;
  const std::size_t bytes = sizeof(Frame) + frame->code->executable->frame_values * sizeof(Value) + sizeof(Value);
  auto* generator = allocate<GeneratorObject>(vm, type, bytes);
  if (generator == nullptr) return {};
  generator->frame_bytes = bytes;
  auto* function = frame->function.as<FunctionObject>();
  generator->name = Ref::share(function->name).release();
  generator->qualname = Ref::share(function->qualname).release();
  Frame* inner = generator->frame();
  *inner = *frame;
  Value* from = frame->locals_plus();
  Value* to = inner->locals_plus();
  for (std::int32_t i = 0; i < frame->code->locals_plus_count; ++i) to[i] = from[i];
  inner->stack_top = to + frame->code->locals_plus_count;
  inner->generator = generator;
  inner->previous = nullptr;
  if (inner->object != nullptr) inner->object->frame = inner;
  vm.heap.track(generator);
  if (type == vm.types.coroutine) set_coroutine_origin(vm, generator, frame->previous);
  return Ref::adopt(generator);
}

// --- sending

GenStatus generator_send(Vm& vm, GeneratorObject* generator, Value value, Ref& result) {
  if (generator->is_running) {
    raise_running(vm, generator);
    return GenStatus::Raised;
  }
  if (generator->is_finished) {
    if (generator->type == vm.types.coroutine) {
      raise(vm, vm.exc.RuntimeError, "cannot reuse already awaited coroutine");
      return GenStatus::Raised;
    }
    result = Ref::none();
    return GenStatus::Returned;
  }
  if (!generator->has_started && !value.is_none()) {
    raise(vm, vm.exc.TypeError, "can't send non-None value to a just-started {}", kind_text(vm, generator));
    return GenStatus::Raised;
  }
  return resume(vm, generator, value, false, result);
}

GenStatus generator_throw(Vm& vm, GeneratorObject* generator, Ref exception, Ref& result) {
  if (generator->is_running) {
    raise_running(vm, generator);
    return GenStatus::Raised;
  }
  if (generator->is_finished) {
    if (generator->type == vm.types.coroutine) {
      raise(vm, vm.exc.RuntimeError, "cannot reuse already awaited coroutine");
    } else {
      restore_error(vm, std::move(exception));
    }
    return GenStatus::Raised;
  }
  const Value delegate = delegate_of(generator);
  if (!delegate.is_null()) {
    const Ref held = Ref::share(delegate);
    if (exception.get().object()->type->is_subtype_of(vm.exc.GeneratorExit)) {
      generator->is_running = true;
      const bool closed = close_delegate(vm, held);
      generator->is_running = false;
      if (!closed) return resume(vm, generator, kNone, true, result);
    } else {
      GenStatus status = GenStatus::Raised;
      bool is_thrown = true;
      if (held.get().is_object() &&
          (held.get().object()->type == vm.types.generator || held.get().object()->type == vm.types.coroutine)) {
        generator->is_running = true;
        status = generator_throw(vm, held.as<GeneratorObject>(), exception.clone(), result);
        generator->is_running = false;
      } else {
        Ref thrower;
        if (!find_attribute(vm, held, vm.names.throw_, thrower)) return GenStatus::Raised;
        is_thrown = static_cast<bool>(thrower);
        if (thrower) {
          generator->is_running = true;
          result = call(vm, thrower, {exception.get()});
          generator->is_running = false;
          status = result ? GenStatus::Yielded : GenStatus::Raised;
        }
      }
      if (is_thrown) {
        if (status == GenStatus::Yielded) return status;
        // The end of the delegate shows in this generator as StopIteration, which CLEANUP_THROW takes apart.
        if (status == GenStatus::Returned) {
          Ref value = std::move(result);
          raise_with(vm, vm.exc.StopIteration, value);
        }
        return resume(vm, generator, kNone, true, result);
      }
    }
  }
  restore_error(vm, std::move(exception));
  return resume(vm, generator, kNone, true, result);
}

Ref generator_close(Vm& vm, GeneratorObject* generator) {
  if (generator->is_running) return raise_running(vm, generator);
  if (generator->is_finished) return Ref::none();
  if (!generator->has_started) {
    clear_frame(vm, generator);
    return Ref::none();
  }
  const Value delegate = delegate_of(generator);
  bool is_closed = true;
  if (!delegate.is_null()) {
    const Ref held = Ref::share(delegate);
    generator->is_running = true;
    is_closed = close_delegate(vm, held);
    generator->is_running = false;
  }
  if (is_closed) {
    Ref exit = new_exception(vm, vm.exc.GeneratorExit, {});
    if (!exit) return {};
    restore_error(vm, std::move(exit));
  }
  Ref result;
  switch (resume(vm, generator, kNone, true, result)) {
    case GenStatus::Yielded:
      return raise(vm, vm.exc.RuntimeError, "{} ignored GeneratorExit", kind_text(vm, generator));
    case GenStatus::Returned: return result;
    case GenStatus::Raised: break;
  }
  if (error_matches(vm, vm.exc.StopIteration)) return take_stop_iteration_value(vm);
  if (catch_error(vm, vm.exc.GeneratorExit)) return Ref::none();
  return {};
}

Ref take_stop_iteration_value(Vm& vm) {
  if (!error_matches(vm, vm.exc.StopIteration)) return {};
  Ref error = take_error(vm);
  const Value value = error.as<StopIterationObject>()->value;
  return value.is_null() ? Ref::none() : Ref::share(value);
}

Ref send_to(Vm& vm, Value receiver, Value value, Ref& returned) {
  TypeObject* type = type_of(vm, receiver);
  if (type == vm.types.generator || type == vm.types.coroutine) {
    Ref result;
    switch (generator_send(vm, receiver.as<GeneratorObject>(), value, result)) {
      case GenStatus::Yielded: return result;
      case GenStatus::Returned: returned = std::move(result); return {};
      case GenStatus::Raised:
        if (error_matches(vm, vm.exc.StopIteration)) returned = take_stop_iteration_value(vm);
        return {};
    }
  }
  Ref result;
  if (value.is_none() && type->slots.next != nullptr) {
    result = type->slots.next(vm, receiver);
    if (!result && !has_error(vm)) returned = Ref::none();
  } else {
    result = call_method(vm, receiver, vm.names.send, {value});
  }
  if (!result && error_matches(vm, vm.exc.StopIteration)) returned = take_stop_iteration_value(vm);
  return result;
}

Ref yield_from_iter(Vm& vm, Value object, bool in_coroutine) {
  if (object.is_object() && object.object()->type == vm.types.coroutine) {
    if (!in_coroutine)
      return raise(vm, vm.exc.TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
    return Ref::share(object);
  }
  if (object.is_object() && object.object()->type == vm.types.generator) return Ref::share(object);
  return get_iter(vm, object);
}

Ref finish_send(Vm& vm, GenStatus status, Ref result) {
  if (status == GenStatus::Yielded) return result;
  if (status == GenStatus::Returned) return raise_stop_iteration(vm, result);
  return {};
}

Failed raise_stop_iteration(Vm& vm, Value value) {
  if (value.is_none()) {
    Ref stop = new_exception(vm, vm.exc.StopIteration, {});
    if (stop) raise_instance(vm, stop);
    return kFailed;
  }
  VM_TRY(Ref stop, stop_iteration_of(vm, value));
  raise_instance(vm, stop);
  return kFailed;
}

Ref stop_iteration_of(Vm& vm, Value value) {
  // A tuple or an exception as value must not be taken for the arguments.
  return new_exception(vm, vm.exc.StopIteration, value);
}

Ref exception_from_throw(Vm& vm, const CallArgs& args) {
  const std::span<const Value> given = args.positionals();
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "throw() takes no keyword arguments");
  if (given.empty()) return raise(vm, vm.exc.TypeError, "throw expected at least 1 argument, got 0");
  if (given.size() > 3) return raise(vm, vm.exc.TypeError, "throw expected at most 3 arguments, got {}", given.size());
  if (given.size() > 1) {
    VM_CHECK(warn(vm, vm.exc.DeprecationWarning,
                  "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."));
  }
  const Value type = given[0];
  const Value value = given.size() > 1 ? given[1] : kNone;
  const Value traceback = given.size() > 2 ? given[2] : kNone;
  if (!traceback.is_none() && type_of(vm, traceback) != vm.types.traceback)
    return raise(vm, vm.exc.TypeError, "throw() third argument must be a traceback object");
  Ref exception;
  if (is_type(type) && type.as<TypeObject>()->is_subtype_of(vm.exc.BaseException)) {
    if (is_exception(value) && value.object()->type->is_subtype_of(type.as<TypeObject>())) {
      exception = Ref::share(value);
    } else if (value.is_none()) {
      exception = call(vm, type);
    } else if (is_tuple(value)) {
      exception = call_with(vm, type, value.as<TupleObject>(), nullptr);
    } else {
      exception = call(vm, type, {value});
    }
    if (!exception) return {};
    if (!is_exception(exception)) return raise(vm, vm.exc.TypeError, "exceptions must derive from BaseException");
  } else if (is_exception(type)) {
    if (!value.is_none()) return raise(vm, vm.exc.TypeError, "instance exception may not have a separate value");
    exception = Ref::share(type);
  } else {
    return raise(vm, vm.exc.TypeError, "exceptions must be classes or instances deriving from BaseException, not {}",
                 type_name(vm, type));
  }
  if (!traceback.is_none()) {
    auto* object = exception.as<ExceptionObject>();
    xdecref(std::exchange(object->traceback, Ref::share(traceback).release()));
  }
  return exception;
}

// --- the life of the object, for all three types

void generator_dealloc(Vm& vm, Object* self) {
  auto* generator = static_cast<GeneratorObject*>(self);
  vm.heap.untrack(generator);
  clear_frame(vm, generator);
  Frame* frame = generator->frame();
  decref(frame->function);
  decref(static_cast<Object*>(frame->code));
  xdecref(generator->name);
  xdecref(generator->qualname);
  xdecref(generator->handled.exception);
  xdecref(generator->origin_or_finalizer);
  free_object(vm, self, sizeof(GeneratorObject) + generator->frame_bytes);
}

void generator_traverse(Object* self, Visitor& visit) {
  auto* generator = static_cast<GeneratorObject*>(self);
  visit(generator->name);
  visit(generator->qualname);
  visit(generator->handled.exception);
  visit(generator->origin_or_finalizer);
  Frame* frame = generator->frame();
  visit(frame->function);
  visit(frame->locals);
  visit(frame->object);
  if (generator->is_running) return;
  for (Value* value = frame->locals_plus(); value < frame->stack_top; ++value) visit(*value);
}

void generator_clear(Vm& vm, Object* self) {
  auto* generator = static_cast<GeneratorObject*>(self);
  if (!generator->is_running) clear_frame(vm, generator);
}

void generator_finalize(Vm& vm, Object* self) {
  auto* generator = static_cast<GeneratorObject*>(self);
  if (generator->is_finished) return;
  Ref pending = take_error(vm);
  if (generator->has_started) {
    if (!generator_close(vm, generator)) report_unraisable(vm, Value(self));
  }
  clear_error(vm);
  if (pending) restore_error(vm, std::move(pending));
}

namespace {

GeneratorObject* generator_of(Value self) { return self.as<GeneratorObject>(); }

Ref generator_repr(Vm& vm, Value self) {
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<generator object {} at {}>", {generator_of(self)->qualname.as<StrObject>(), address}));
}

Ref generator_next(Vm& vm, Value self) {
  Ref result;
  switch (generator_send(vm, generator_of(self), kNone, result)) {
    case GenStatus::Yielded: return result;
    case GenStatus::Returned:
      if (result.is_none()) return {};  // the end without a value needs no exception
      return raise_stop_iteration(vm, result);
    case GenStatus::Raised: break;
  }
  return {};
}

Ref method_send(Vm& vm, Value self, Value value) {
  Ref result;
  const GenStatus status = generator_send(vm, generator_of(self), value, result);
  return finish_send(vm, status, std::move(result));
}
Ref method_throw(Vm& vm, Value self, const CallArgs& args) {
  VM_TRY(Ref exception, exception_from_throw(vm, args));
  Ref result;
  const GenStatus status = generator_throw(vm, generator_of(self), std::move(exception), result);
  return finish_send(vm, status, std::move(result));
}
Ref method_close(Vm& vm, Value self) { return generator_close(vm, generator_of(self)); }

constexpr MethodSpec kMethods[] = {
    {"send($self, value, /)", method_send,
     "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration."},
    {"throw", method_throw,
     "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\n"
     "StopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python."},
    {"close($self, /)", method_close, "close() -> raise GeneratorExit inside generator."},
};

}  // namespace

// --- attributes that all three have under their own prefix
Ref generator_get_name(Vm&, Value self) { return Ref::share(generator_of(self)->name); }
bool generator_set_name(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_str(value)) return raise(vm, vm.exc.TypeError, "__name__ must be set to a string object");
  xdecref(std::exchange(generator_of(self)->name, Ref::share(value).release()));
  return true;
}
Ref generator_get_qualname(Vm&, Value self) { return Ref::share(generator_of(self)->qualname); }
bool generator_set_qualname(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_str(value)) return raise(vm, vm.exc.TypeError, "__qualname__ must be set to a string object");
  xdecref(std::exchange(generator_of(self)->qualname, Ref::share(value).release()));
  return true;
}
Ref generator_get_frame(Vm& vm, Value self) {
  auto* generator = generator_of(self);
  if (generator->is_finished) return Ref::none();
  FrameObject* object = frame_object(vm, generator->frame());
  return object == nullptr ? Ref() : Ref::share(object);
}
Ref generator_get_code(Vm&, Value self) { return Ref::share(generator_of(self)->frame()->code); }
Ref generator_get_running(Vm&, Value self) { return Ref::boolean(generator_of(self)->is_running); }
Ref generator_get_suspended(Vm&, Value self) {
  auto* generator = generator_of(self);
  return Ref::boolean(generator->has_started && !generator->is_running && !generator->is_finished);
}
Ref generator_get_delegate(Vm&, Value self) {
  const Value delegate = delegate_of(generator_of(self));
  return delegate.is_null() ? Ref::none() : Ref::share(delegate);
}

namespace {
constexpr GetSetSpec kGetSet[] = {
    {"__name__", generator_get_name, generator_set_name, "name of the generator"},
    {"__qualname__", generator_get_qualname, generator_set_qualname, "qualified name of the generator"},
    {"gi_yieldfrom", generator_get_delegate, nullptr, "object being iterated by yield from, or None"},
    {"gi_running", generator_get_running},
    {"gi_frame", generator_get_frame},
    {"gi_suspended", generator_get_suspended},
    {"gi_code", generator_get_code},
};
}  // namespace

const TypeSpec kGeneratorType{
    .name = "generator",
    .basic_size = sizeof(GeneratorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = generator_dealloc,
              .traverse = generator_traverse,
              .clear = generator_clear,
              .finalize = generator_finalize,
              .repr = generator_repr,
              .iter = iter_self,
              .next = generator_next},
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(GeneratorObject, weakrefs),
};

}  // namespace ouro::vm
