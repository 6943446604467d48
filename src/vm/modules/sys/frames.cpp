// sys: frames, exceptions being handled, tracing.
#include "vm/core/protocol.h"
#include "vm/interpreter/frame.h"
#include "vm/interpreter/tracing.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

Frame* visible_frame(Frame* frame) {
  while (frame != nullptr && !frame->is_complete) frame = frame->previous;
  return frame;
}

std::optional<Frame*> frame_at(Vm& vm, std::int64_t depth) {
  Frame* frame = current_frame(vm);
  for (; depth > 0 && frame != nullptr; --depth) frame = visible_frame(frame->previous);
  return frame;
}

Ref get_frame(Vm& vm, Value, Args& args) {
  VM_TRY(const int depth, args.integer(vm, 0));
  VM_TRY(Frame * frame, frame_at(vm, depth));
  if (frame == nullptr) return raise(vm, vm.exc.ValueError, "call stack is not deep enough");
  return Ref::share(Value(frame_object(vm, frame)));
}

Ref get_frame_module_name(Vm& vm, Value, Args& args) {
  VM_TRY(const int depth, args.integer(vm, 0));
  VM_TRY(Frame * frame, frame_at(vm, depth));
  if (frame == nullptr || frame->function.is_null()) return Ref::none();
  const Value name = dict_get_str(vm, frame->globals, vm.names.d_name);
  return name.is_null() ? Ref::none() : Ref::share(name);
}

Ref current_frames(Vm& vm, Value) {
  VM_TRY(Own<DictObject> all, new_dict(vm));
  Frame* frame = current_frame(vm);
  if (frame != nullptr) {
    VM_TRY(Ref id, new_uint(vm, vm.thread->id));
    VM_CHECK(dict_set(vm, all, id, Value(frame_object(vm, frame))));
  }
  return all;
}

Value handled_exception(Vm& vm) {
  for (HandledException* entry = vm.thread->handled; entry != nullptr; entry = entry->previous) {
    if (!entry->exception.is_null() && !entry->exception.is_none()) return entry->exception;
  }
  return {};
}

Ref exception(Vm& vm, Value) {
  const Value handled = handled_exception(vm);
  return handled.is_null() ? Ref::none() : Ref::share(handled);
}

Ref exc_info(Vm& vm, Value) {
  const Value handled = handled_exception(vm);
  if (handled.is_null()) return new_tuple(vm, {kNone, kNone, kNone});
  const Value traceback = handled.as<ExceptionObject>()->traceback;
  return new_tuple(vm, {Value(type_of(vm, handled)), handled, traceback.is_null() ? kNone : traceback});
}

Ref current_exceptions(Vm& vm, Value) {
  VM_TRY(Own<DictObject> all, new_dict(vm));
  VM_TRY(Ref id, new_uint(vm, vm.thread->id));
  const Value handled = handled_exception(vm);
  VM_CHECK(dict_set(vm, all, id, handled.is_null() ? kNone : handled));
  return all;
}

Ref set_trace(Vm& vm, Value, Value function) {
  set_trace_function(vm, function.is_none() ? Value() : function);
  return Ref::none();
}
Ref get_trace(Vm& vm, Value) {
  const Value function = trace_function(vm);
  return function.is_null() ? Ref::none() : Ref::share(function);
}
Ref set_profile(Vm& vm, Value, Value function) {
  set_profile_function(vm, function.is_none() ? Value() : function);
  return Ref::none();
}
Ref get_profile(Vm& vm, Value) {
  const Value function = profile_function(vm);
  return function.is_null() ? Ref::none() : Ref::share(function);
}

Ref call_tracing(Vm& vm, Value, Args& args) {
  if (!is_tuple(args[1])) return raise_argument_type(vm, "call_tracing", 2, "tuple", args[1]);
  return call_with(vm, args[0], args[1].as<TupleObject>(), nullptr);
}

constexpr MethodSpec kFunctions[] = {
    {"_getframe($module, depth=0, /)", get_frame, "Return the frame at that depth of the call stack; 0 is the caller's."},
    {"_getframemodulename($module, depth=0)", get_frame_module_name, "Return the name of the module for a calling frame."},
    {"_current_frames($module, /)", current_frames, "Return a dict mapping each thread's id to its current frame."},
    {"_current_exceptions($module, /)", current_exceptions, "Return a dict mapping each thread's id to its current exception."},
    {"exception($module, /)", exception, "Return the current exception: the one that is being handled."},
    {"exc_info($module, /)", exc_info, "Return (type, value, traceback) of the exception that is being handled."},
    {"settrace($module, function, /)", set_trace, "Set the global debug tracing function."},
    {"gettrace($module, /)", get_trace, "Return the global debug tracing function set with sys.settrace."},
    {"setprofile($module, function, /)", set_profile, "Set the profiling function."},
    {"getprofile($module, /)", get_profile, "Return the profiling function set with sys.setprofile."},
    {"_settraceallthreads($module, function, /)", set_trace, "Set the tracing function in all threads."},
    {"_setprofileallthreads($module, function, /)", set_profile, "Set the profiling function in all threads."},
    {"call_tracing($module, func, args, /)", call_tracing, "Call func(*args) while tracing is enabled."},
};

}  // namespace

std::span<const MethodSpec> sys_frame_functions() { return kFunctions; }

}  // namespace ouro::vm
