// Frames on the thread's stack.
#include "vm/interpreter/frame.h"

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
Value* Frame::stack_base() { return locals_plus() + code->locals_plus_count; }

Frame* push_frame(Vm& vm, Value function, ExecutableCode* executable) {
  ThreadState* thread = vm.thread;
  const std::size_t size = sizeof(Frame) + executable->frame_values * sizeof(Value);
  if (thread->recursion >= vm.options.limits.recursion || static_cast<std::size_t>(thread->stack_end - thread->stack_top) < size)
      [[unlikely]] {
    decref(function);
    return raise(vm, vm.exc.RecursionError, "maximum recursion depth exceeded");
  }
  ++thread->recursion;
  auto* frame = reinterpret_cast<Frame*>(thread->stack_top);
  thread->stack_top += size;
  auto* object = function.as<FunctionObject>();
  frame->previous = thread->frame;
  frame->code = object->code;
  incref(static_cast<Object*>(object->code));
  frame->function = function;
  frame->globals = object->globals;
  frame->builtins = object->builtins;
  frame->locals = Value();
  frame->ip = executable->instructions.data();
  frame->return_to = nullptr;
  frame->stack_top = frame->locals_plus() + object->code->locals_plus_count;
  frame->object = nullptr;
  frame->generator = nullptr;
  frame->kind = FrameKind::Plain;
  frame->is_entry = false;
  frame->is_complete = true;
  thread->frame = frame;
  return frame;
}

void detach_frame(Vm& vm, Frame* frame) {
  FrameObject* object = frame->object;
  const std::size_t size = sizeof(Frame) + static_cast<std::size_t>(frame->code->locals_plus_count) * sizeof(Value);
  auto* copy = static_cast<Frame*>(vm.heap.allocate(size));
  if (copy == nullptr) {  // no memory: the frame object loses its variables
    object->frame = nullptr;
    frame->object = nullptr;
    decref(static_cast<Object*>(object));
    return;
  }
  *copy = *frame;
  Value* from = frame->locals_plus();
  Value* to = copy->locals_plus();
  for (std::int32_t i = 0; i < frame->code->locals_plus_count; ++i) to[i] = std::exchange(from[i], Value());
  copy->stack_top = to + frame->code->locals_plus_count;
  copy->generator = nullptr;
  copy->object = nullptr;
  incref(static_cast<Object*>(copy->code));
  incref(copy->function);
  xincref(copy->locals);
  object->frame = copy;
  object->owns_frame = true;
  object->owned_size = size;
  if (frame->previous != nullptr && object->back == nullptr) {
    Frame* back = frame->previous;
    while (back != nullptr && !back->is_complete) back = back->previous;
    FrameObject* back_object = back == nullptr ? nullptr : frame_object(vm, back);
    if (back_object != nullptr) incref(static_cast<Object*>(back_object));
    object->back = back_object;
  }
  copy->previous = nullptr;
  frame->object = nullptr;
  vm.heap.track(object);
  decref(static_cast<Object*>(object));
}

void pop_frame(Vm& vm, Frame* frame) {
  if (frame->generator == nullptr) {
    --vm.thread->recursion;
  }
  if (frame->object != nullptr) {
    if (frame->object->refcount == 1) {
      FrameObject* object = std::exchange(frame->object, nullptr);
      object->frame = nullptr;
      decref(static_cast<Object*>(object));
    } else {
      Ref pending = take_error(vm);
      detach_frame(vm, frame);
      if (pending) restore_error(vm, std::move(pending));
    }
  }
  Value* locals = frame->locals_plus();
  const std::int32_t count = frame->code->locals_plus_count;
  for (std::int32_t i = 0; i < count; ++i) {
    const Value value = locals[i];
    locals[i] = Value();
    xdecref(value);
  }
  const Value mapping = std::exchange(frame->locals, Value());
  xdecref(mapping);
  CodeObject* code = frame->code;
  const Value function = frame->function;
  if (frame->generator == nullptr) {
    vm.thread->stack_top = reinterpret_cast<char*>(frame);
    decref(function);
    decref(static_cast<Object*>(code));
  } else {
    // The generator object keeps code and function for gi_code; its own end drops them.
    frame->stack_top = frame->stack_base();
  }
}

FrameObject* frame_object(Vm& vm, Frame* frame) {
  if (frame->object != nullptr) return frame->object;
  auto* object = allocate<FrameObject>(vm, vm.types.frame);
  if (object == nullptr) return nullptr;
  object->frame = frame;
  object->trace_lines = true;
  frame->object = object;  // the frame's own count
  return object;
}

std::int32_t frame_offset(const Frame* frame) {
  const ExecutableCode* executable = frame->code->executable;
  if (executable == nullptr) return -1;
  const auto index = static_cast<std::size_t>(frame->ip - executable->instructions.data());
  return index < executable->offsets.size() ? static_cast<std::int32_t>(executable->offsets[index]) : -1;
}

std::int32_t frame_line(const Frame* frame) { return line_of(frame->code, frame_offset(frame)); }

Frame* current_frame(Vm& vm) {
  Frame* frame = vm.thread->frame;
  while (frame != nullptr && !frame->is_complete) frame = frame->previous;
  return frame;
}

Ref frame_locals(Vm& vm, Frame* frame) {
  if (!frame->locals.is_null()) return Ref::share(frame->locals);
  VM_TRY(Own<DictObject> dict, new_dict(vm));
  CodeObject* code = frame->code;
  const std::string_view kinds = code->locals_plus_kinds->view();
  for (std::int32_t i = 0; i < code->locals_plus_count; ++i) {
    const auto kind = static_cast<std::uint8_t>(kinds[static_cast<std::size_t>(i)]);
    if ((kind & code::kLocalHidden) != 0) continue;
    Value value = frame->locals_plus()[i];
    if ((kind & (code::kLocalCell | code::kLocalFree)) != 0 && value.is_object() && value.object()->type == vm.types.cell)
      value = value.as<CellObject>()->content;
    if (value.is_null()) continue;
    VM_CHECK(dict_set(vm, dict.get(), (*code->locals_plus_names)[static_cast<std::size_t>(i)], value));
  }
  return Ref(std::move(dict));
}

}  // namespace ouro::vm
