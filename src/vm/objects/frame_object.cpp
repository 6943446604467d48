// frame: what sys._getframe() and tracebacks show of a frame, and the mapping that f_locals gives (PEP 667).
#include "bytecode/line_table.h"
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/frame.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/frame_locals.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

FrameObject* object_of(Value self) { return self.as<FrameObject>(); }
Frame* frame_of(Value self) { return object_of(self)->frame; }

void drop_owned_frame(Vm& vm, FrameObject* object) {
  if (!object->owns_frame || object->frame == nullptr) return;
  Frame* frame = std::exchange(object->frame, nullptr);
  Value* locals = frame->locals_plus();
  for (std::int32_t i = 0; i < frame->code->locals_plus_count; ++i) xdecref(std::exchange(locals[i], Value()));
  xdecref(std::exchange(frame->locals, Value()));
  const Value function = frame->function;
  auto* code = frame->code;
  vm.heap.free(frame, object->owned_size);
  xdecref(function);
  decref(static_cast<Object*>(code));
}

void frame_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<FrameObject*>(self);
  vm.heap.untrack(object);
  drop_owned_frame(vm, object);
  if (object->back != nullptr) decref(static_cast<Object*>(object->back));
  xdecref(object->trace);
  xdecref(object->extra_locals);
  free_object(vm, self, sizeof(FrameObject));
}
void frame_traverse(Object* self, Visitor& visit) {
  auto* object = static_cast<FrameObject*>(self);
  visit(object->back);
  visit(object->trace);
  visit(object->extra_locals);
  if (!object->owns_frame || object->frame == nullptr) return;
  Frame* frame = object->frame;
  visit(frame->function);
  visit(frame->locals);
  for (std::int32_t i = 0; i < frame->code->locals_plus_count; ++i) visit(frame->locals_plus()[i]);
}
void frame_clear_slot(Vm&, Object* self) {
  auto* object = static_cast<FrameObject*>(self);
  if (!object->owns_frame || object->frame == nullptr) return;
  Value* locals = object->frame->locals_plus();
  for (std::int32_t i = 0; i < object->frame->code->locals_plus_count; ++i) xdecref(std::exchange(locals[i], Value()));
}

Ref frame_repr(Vm& vm, Value self) {
  Frame* frame = frame_of(self);
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  if (frame == nullptr) return new_str(vm, "<frame>");
  VM_TRY(Ref file, repr(vm, frame->code->filename));
  return new_str(vm, format_message("<frame at {}, file {}, line {}, code {}>",
                                    {address, file.as<StrObject>(), frame_line(frame), frame->code->name}));
}

Ref get_back(Vm& vm, Value self) {
  auto* object = object_of(self);
  if (object->back != nullptr) return Ref::share(object->back);
  Frame* back = object->frame == nullptr || object->owns_frame ? nullptr : object->frame->previous;
  while (back != nullptr && !back->is_complete) back = back->previous;
  if (back == nullptr) return Ref::none();
  FrameObject* result = frame_object(vm, back);
  return result == nullptr ? Ref() : Ref::share(result);
}
Ref get_code(Vm&, Value self) { return frame_of(self) == nullptr ? Ref::none() : Ref::share(frame_of(self)->code); }
Ref get_globals(Vm&, Value self) { return frame_of(self) == nullptr ? Ref::none() : Ref::share(frame_of(self)->globals); }
Ref get_builtins(Vm&, Value self) { return frame_of(self) == nullptr ? Ref::none() : Ref::share(frame_of(self)->builtins); }
Ref get_locals(Vm& vm, Value self) {
  Frame* frame = frame_of(self);
  if (frame == nullptr) return new_dict(vm);
  if (!frame->locals.is_null()) return Ref::share(frame->locals);
  return new_frame_locals_proxy(vm, object_of(self));
}
Ref get_lasti(Vm&, Value self) { return Ref::small(frame_of(self) == nullptr ? -1 : frame_offset(frame_of(self))); }
Ref get_line(Vm&, Value self) {
  if (object_of(self)->line != 0) return Ref::small(object_of(self)->line);
  if (frame_of(self) == nullptr) return Ref::none();
  const std::int32_t line = frame_line(frame_of(self));
  return line < 0 ? Ref::none() : Ref::small(line);
}
bool set_line(Vm& vm, Value, Value value) {
  if (value.is_null()) return raise(vm, vm.exc.AttributeError, "cannot delete attribute");
  return raise(vm, vm.exc.ValueError, "f_lineno can only be set in a trace function");
}
Ref get_trace(Vm&, Value self) {
  return object_of(self)->trace.is_null() ? Ref::none() : Ref::share(object_of(self)->trace);
}
bool set_trace(Vm&, Value self, Value value) {
  if (value.is_none()) value = Value();
  xincref(value);
  xdecref(std::exchange(object_of(self)->trace, value));
  return true;
}
Ref get_trace_lines(Vm&, Value self) { return Ref::boolean(object_of(self)->trace_lines); }
bool set_trace_lines(Vm& vm, Value self, Value value) {
  if (value.is_null() || !value.is_bool()) return raise(vm, vm.exc.TypeError, "attribute value type must be bool");
  object_of(self)->trace_lines = value.is_true();
  return true;
}
Ref get_trace_opcodes(Vm&, Value self) { return Ref::boolean(object_of(self)->trace_opcodes); }
bool set_trace_opcodes(Vm& vm, Value self, Value value) {
  if (value.is_null() || !value.is_bool()) return raise(vm, vm.exc.TypeError, "attribute value type must be bool");
  object_of(self)->trace_opcodes = value.is_true();
  return true;
}

Ref method_clear(Vm& vm, Value self) {
  auto* object = object_of(self);
  Frame* frame = object->frame;
  if (frame == nullptr) return Ref::none();
  if (!object->owns_frame) {
    if (frame->generator == nullptr) return raise(vm, vm.exc.RuntimeError, "cannot clear an executing frame");
    if (frame->generator->is_running) return raise(vm, vm.exc.RuntimeError, "cannot clear an executing frame");
    if (frame->generator->has_started) return raise(vm, vm.exc.RuntimeError, "cannot clear a suspended frame");
    return call_method(vm, Value(frame->generator), vm.names.close);
  }
  frame_clear_slot(vm, object);
  return Ref::none();
}

constexpr MethodSpec kMethods[] = {
    {"clear($self, /)", method_clear, "F.clear(): clear all references held by the frame"},
};
constexpr GetSetSpec kGetSet[] = {
    {"f_back", get_back},
    {"f_locals", get_locals, nullptr, "Return the mapping used by the frame to look up local variables."},
    {"f_lineno", get_line, set_line},
    {"f_trace", get_trace, set_trace},
    {"f_globals", get_globals},
    {"f_builtins", get_builtins},
    {"f_code", get_code},
    {"f_lasti", get_lasti},
    {"f_trace_lines", get_trace_lines, set_trace_lines},
    {"f_trace_opcodes", get_trace_opcodes, set_trace_opcodes},
};

}  // namespace

const TypeSpec kFrameType{
    .name = "frame",
    .basic_size = sizeof(FrameObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = frame_dealloc, .traverse = frame_traverse, .clear = frame_clear_slot, .repr = frame_repr},
    .methods = kMethods,
    .getset = kGetSet,
};

}  // namespace ouro::vm
