// The events of sys.settrace and sys.setprofile (CPython 3.13 Python/legacy_tracing.c).
#include "vm/interpreter/tracing.h"

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/breaker.h"
#include "vm/interpreter/meter.h"
#include "vm/interpreter/tracing_state.h"
#include "vm/objects/code.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

/// Whether somebody still wants every instruction.
void update_traced(Vm& vm) {
  const TracingState& state = tracing_state(vm);
  const Options& options = vm.options;
  vm.is_traced = state.trace || state.profile || options.trace || options.profile || options.coverage;
  if (vm.is_traced) {
    vm.breaker.fetch_or(kBreakTrace, std::memory_order_acq_rel);
  } else {
    vm.breaker.fetch_and(~kBreakTrace, std::memory_order_acq_rel);
  }
}

/// function(frame, event, argument); null: it raised, and tracing is off.
Ref call_tracer(Vm& vm, Value function, FrameObject* frame, std::string_view event, Value argument) {
  TracingState& state = tracing_state(vm);
  const Ref held = Ref::share(function);
  const Ref held_frame = Ref::share(Value(frame));
  state.is_inside = true;
  Ref result = call(vm, held, {Value(frame), Value(vm.intern(event)), argument});
  state.is_inside = false;
  return result;
}

/// Tells the frame's own trace function; what it gives becomes the next one.
bool call_frame_tracer(Vm& vm, FrameObject* frame, std::string_view event, Value argument) {
  if (frame->trace.is_null()) return true;
  Ref result = call_tracer(vm, frame->trace, frame, event, argument);
  if (!result) {
    set_trace_function(vm, {});
    xdecref(std::exchange(frame->trace, Value()));
    return false;
  }
  if (!result.is_none()) xdecref(std::exchange(frame->trace, result.release()));
  return true;
}

bool call_profiler(Vm& vm, FrameObject* frame, std::string_view event, Value argument) {
  Ref result = call_tracer(vm, tracing_state(vm).profile, frame, event, argument);
  if (result) return true;
  set_profile_function(vm, {});
  return false;
}

bool on_call(Vm& vm, Frame* frame) {
  TracingState& state = tracing_state(vm);
  FrameObject* object = frame_object(vm, frame);
  if (object == nullptr) return false;
  if (state.trace) {
    object->last_line = -1;
    Ref local = call_tracer(vm, state.trace, object, "call", kNone);
    if (!local) {
      set_trace_function(vm, {});
      return false;
    }
    xdecref(std::exchange(object->trace, local.is_none() ? Value() : local.release()));
  }
  return !state.profile || call_profiler(vm, object, "call", kNone);
}

bool on_return(Vm& vm, Frame* frame, Value value) {
  FrameObject* object = frame_object(vm, frame);
  if (object == nullptr) return false;
  const Ref held = Ref::share(value);
  if (tracing_state(vm).trace && !call_frame_tracer(vm, object, "return", held)) return false;
  return !tracing_state(vm).profile || call_profiler(vm, object, "return", held);
}

/// A new line, or the same one again after a jump back.
bool on_line(Vm& vm, Frame* frame, const Instr* instr) {
  FrameObject* object = frame->object;
  if (object == nullptr || object->trace.is_null()) return true;
  const std::int32_t index = static_cast<std::int32_t>(instr - frame->code->executable->instructions.data());
  const std::int32_t line = frame_line(frame);
  const bool jumped_back = index <= object->last_index;
  const bool is_new = line >= 0 && (line != object->last_line || (jumped_back && begins_line(frame->code, frame_offset(frame))));
  object->last_index = index;
  if (is_new) {
    object->last_line = line;
    if (object->trace_lines && !call_frame_tracer(vm, object, "line", kNone)) return false;
  }
  return !object->trace_opcodes || object->trace.is_null() || call_frame_tracer(vm, object, "opcode", kNone);
}

/// The native function that a CALL is about to call; null: none.
Value native_callee(Vm& vm, const Instr* instr, Value* stack_top) {
  if (instr->op != static_cast<std::uint16_t>(VmOp::CALL)) return {};
  const Value callee = stack_top[-static_cast<std::ptrdiff_t>(instr->arg) - 2];
  TypeObject* type = type_of(vm, callee);
  return type == vm.types.builtin_function || type == vm.types.method_descriptor ? callee : Value();
}

bool on_native_calls(Vm& vm, Frame* frame, const Instr* instr, Value* stack_top) {
  TracingState& state = tracing_state(vm);
  if (state.pending_c_call && state.c_frame == frame) {
    state.pending_c_call = false;
    const Ref function = std::move(state.c_function);
    if (!call_profiler(vm, frame_object(vm, frame), "c_return", function)) return false;
    if (!state.profile) return true;
  }
  const Value callee = native_callee(vm, instr, stack_top);
  if (callee.is_null()) return true;
  state.pending_c_call = true;
  state.c_frame = frame;
  state.c_function = Ref::share(callee);
  return call_profiler(vm, frame_object(vm, frame), "c_call", callee);
}

}  // namespace

bool trace_instruction(Vm& vm, Frame* frame, Value* stack_top) {
  const Options& options = vm.options;
  if (options.trace) log_instruction(vm, frame, stack_top);
  if (options.profile || options.coverage) count_instruction(vm, frame);
  TracingState& state = tracing_state(vm);
  if ((!state.trace && !state.profile) || state.is_inside) return true;
  const Instr* instr = frame->ip;
  switch (static_cast<VmOp>(instr->op)) {
    case VmOp::RESUME:
      if (!on_call(vm, frame)) return false;
      // The line of the call itself is told by the first instruction behind RESUME.
      if (frame->object != nullptr && (instr->arg & 3U) != 0) frame->object->last_line = frame_line(frame);
      return true;
    case VmOp::COPY_FREE_VARS: case VmOp::MAKE_CELL: case VmOp::RETURN_GENERATOR: return true;
    default: break;
  }
  if (state.trace && !on_line(vm, frame, instr)) return false;
  if (state.profile && !on_native_calls(vm, frame, instr, stack_top)) return false;
  switch (static_cast<VmOp>(instr->op)) {
    case VmOp::RETURN_VALUE: case VmOp::YIELD_VALUE: return on_return(vm, frame, stack_top[-1]);
    case VmOp::RETURN_CONST: return on_return(vm, frame, frame->code->executable->consts[instr->arg]);
    default: return true;
  }
}

void trace_exception(Vm& vm, Frame* frame) {
  TracingState& state = tracing_state(vm);
  if (state.is_inside) return;
  if (state.profile && state.pending_c_call && state.c_frame == frame) {
    state.pending_c_call = false;
    Ref error = take_error(vm);
    const Ref function = std::move(state.c_function);
    if (call_profiler(vm, frame_object(vm, frame), "c_exception", function)) restore_error(vm, std::move(error));
  }
  if (!state.trace || frame->object == nullptr || frame->object->trace.is_null()) return;
  Ref error = take_error(vm);
  const Value traceback = error.as<ExceptionObject>()->traceback;
  const Own<TupleObject> argument =
      new_tuple(vm, {Value(error.get().object()->type), error.get(), traceback.is_null() ? kNone : traceback});
  if (argument && call_frame_tracer(vm, frame->object, "exception", argument)) restore_error(vm, std::move(error));
}

void trace_unwind(Vm& vm, Frame* frame) {
  TracingState& state = tracing_state(vm);
  if (state.is_inside || (!state.trace && !state.profile) || frame->object == nullptr) return;
  Ref error = take_error(vm);
  if (on_return(vm, frame, kNone)) restore_error(vm, std::move(error));
}

void set_trace_function(Vm& vm, Value function) {
  tracing_state(vm).trace = Ref::share(function);
  update_traced(vm);
}
void set_profile_function(Vm& vm, Value function) {
  TracingState& state = tracing_state(vm);
  state.pending_c_call = false;
  state.profile = Ref::share(function);
  update_traced(vm);
}
Value trace_function(Vm& vm) { return tracing_state(vm).trace; }
Value profile_function(Vm& vm) { return tracing_state(vm).profile; }

void begin_tracing(Vm& vm) { update_traced(vm); }

}  // namespace ouro::vm
