// traceback objects.
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/frame.h"
#include "vm/objects/code.h"
#include "vm/objects/exception.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

namespace {

TracebackObject* traceback_in(Value self) { return self.as<TracebackObject>(); }

Own<TracebackObject> new_traceback(Vm& vm, TracebackObject* next, FrameObject* frame, std::int32_t last_instruction, std::int32_t line) {
  auto* traceback = allocate<TracebackObject>(vm, vm.types.traceback);
  VM_CHECK(traceback);
  traceback->next = Own<TracebackObject>::share(next).release();
  traceback->frame = frame;
  incref(static_cast<Object*>(frame));
  traceback->last_instruction = last_instruction;
  traceback->line = line;
  vm.heap.track(traceback);
  return Own<TracebackObject>::adopt(traceback);
}

Ref traceback_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)", 4, call_args);
  if (!args[0].is_none() && !is_exact(vm, args[0], vm.types.traceback))
    return raise(vm, vm.exc.TypeError, "expected traceback object or None, got '{}'", type_name(vm, args[0]));
  if (!is_exact(vm, args[1], vm.types.frame)) return raise_argument_type(vm, "TracebackType", 2, "frame", args[1]);
  VM_TRY(int last_instruction, args.integer(vm, 2));
  VM_TRY(int line, args.integer(vm, 3));
  return new_traceback(vm, args[0].is_none() ? nullptr : traceback_in(args[0]), args[1].as<FrameObject>(), last_instruction, line);
}

void traceback_dealloc(Vm& vm, Object* self) {
  auto* traceback = static_cast<TracebackObject*>(self);
  vm.heap.untrack(traceback);
  if (traceback->next != nullptr) decref(static_cast<Object*>(std::exchange(traceback->next, nullptr)));
  if (traceback->frame != nullptr) decref(static_cast<Object*>(std::exchange(traceback->frame, nullptr)));
  free_object(vm, self, self->type->basic_size);
}
void traceback_traverse(Object* self, Visitor& visit) {
  visit(static_cast<TracebackObject*>(self)->next);
  visit(static_cast<TracebackObject*>(self)->frame);
}
void traceback_clear(Vm&, Object* self) {
  auto* traceback = static_cast<TracebackObject*>(self);
  if (traceback->next != nullptr) decref(static_cast<Object*>(std::exchange(traceback->next, nullptr)));
  if (traceback->frame != nullptr) decref(static_cast<Object*>(std::exchange(traceback->frame, nullptr)));
}

Ref get_next(Vm&, Value self) {
  TracebackObject* next = traceback_in(self)->next;
  return next == nullptr ? Ref::none() : Ref::share(Value(next));
}
bool set_next(Vm& vm, Value self, Value value) {
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "can't delete tb_next attribute");
  if (!value.is_none() && !is_exact(vm, value, vm.types.traceback))
    return raise(vm, vm.exc.TypeError, "expected traceback object, got '{}'", type_name(vm, value));
  TracebackObject* next = value.is_none() ? nullptr : traceback_in(value);
  for (TracebackObject* at = next; at != nullptr; at = at->next)
    if (at == traceback_in(self)) return raise(vm, vm.exc.ValueError, "traceback loop detected");
  if (next != nullptr) incref(static_cast<Object*>(next));
  TracebackObject* old = std::exchange(traceback_in(self)->next, next);
  if (old != nullptr) decref(static_cast<Object*>(old));
  return true;
}
Ref get_frame(Vm&, Value self) {
  FrameObject* frame = traceback_in(self)->frame;
  return frame == nullptr ? Ref::none() : Ref::share(Value(frame));
}
Ref get_line(Vm&, Value self) {
  const std::int32_t line = traceback_in(self)->line;
  return line < 0 ? Ref::none() : Ref::small(line);
}
Ref traceback_dir(Vm& vm, Value) {
  VM_TRY(Own<ListObject> names, new_list(vm));
  for (const char* name : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"}) VM_CHECK(list_append(vm, names, Value(vm.intern(name))));
  return names;
}

constexpr GetSetSpec kGetSet[] = {{"tb_next", get_next, set_next}, {"tb_frame", get_frame}, {"tb_lineno", get_line}};
constexpr MemberSpec kMembers[] = {{"tb_lasti", MemberSpec::Kind::Int32, offsetof(TracebackObject, last_instruction)}};
constexpr MethodSpec kMethods[] = {{"__dir__($self, /)", traceback_dir}};

}  // namespace

bool add_traceback(Vm& vm, Value exception, FrameObject* frame, std::int32_t last_instruction, std::int32_t line) {
  auto* error = exception.as<ExceptionObject>();
  TracebackObject* next = error->traceback.is_null() ? nullptr : error->traceback.as<TracebackObject>();
  VM_TRY(Own<TracebackObject> traceback, new_traceback(vm, next, frame, last_instruction, line));
  xdecref(std::exchange(error->traceback, Value(traceback.release())));
  return true;
}

const TypeSpec kTracebackType = {
    .name = "traceback",
    .basic_size = sizeof(TracebackObject),
    .flags = kTypeContainer,
    .doc = "TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nCreate a new traceback object.",
    .slots = {.dealloc = traceback_dealloc, .traverse = traceback_traverse, .clear = traceback_clear, .construct = traceback_construct},
    .methods = kMethods,
    .getset = kGetSet,
    .members = kMembers,
};

}  // namespace ouro::vm
