// The interpreter: one function that runs frames until the one it began with returns.
//
// Dispatch is direct (computed goto). The parts of the function stand in loop/*.inc, a file a subject. Rules for all of them:
// `ip` is the instruction under way; `sp` points behind the top of the stack, whose entries are owned. An instruction that
// can fail or run Python code saves `frame->ip` first (SAVE), leaves its operands on the stack until it has succeeded, and
// goes to `error` otherwise. No object with a destructor may live across a dispatch.
#include "bytecode/instruction.h"
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/interpreter/breaker.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/meter.h"
#include "vm/interpreter/operations.h"
#include "vm/interpreter/run.h"
#include "vm/interpreter/tracing.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

inline bool is_exactly(Value value, const TypeObject* type) { return value.is_object() && value.object()->type == type; }

/// Two small ints.
inline bool are_small(Value a, Value b) { return (a.bits() & b.bits() & 1U) != 0; }

/// The handler row of an instruction; null: none.
inline const HandlerRow* find_handler(const ExecutableCode& executable, std::uint32_t index) {
  for (const HandlerRow& row : executable.handlers)
    if (index >= row.start && index < row.end) return &row;
  return nullptr;
}

/// Puts a traceback entry for the frame on the machine's exception.
void trace_back(Vm& vm, Frame* frame) {
  Ref error = take_error(vm);
  FrameObject* object = frame_object(vm, frame);
  if (object != nullptr && !add_traceback(vm, error, object, frame_offset(frame), frame_line(frame))) object = nullptr;
  if (object == nullptr) clear_error(vm);  // no memory for it
  restore_error(vm, std::move(error));
}

inline ExecutableCode* executable_in(Frame* frame) { return frame->code->executable; }

inline void enter_generator(ThreadState* thread, GeneratorObject* generator, Frame* current) {
  Frame* frame = generator->frame();
  frame->previous = current;
  thread->frame = frame;
  generator->is_running = true;
  generator->handled.previous = thread->handled;
  thread->handled = &generator->handled;
}
inline void leave_generator(ThreadState* thread, GeneratorObject* generator, Frame* frame) {
  thread->handled = generator->handled.previous;
  generator->handled.previous = nullptr;
  generator->is_running = false;
  thread->frame = frame->previous;
  frame->previous = nullptr;
  --thread->recursion;
}

/// The generator's frame is done with.
void finish_generator(Vm& vm, GeneratorObject* generator, Frame* frame) {
  leave_generator(vm.thread, generator, frame);
  generator->is_finished = true;
  pop_frame(vm, frame);
}

template <bool kMetered>
Ref run(Vm& vm, Frame* frame, bool throwing) {
  static const void* const kLabels[] = {
#define OURO_VM_DECLARE(name, caches) &&op_##name,
      OURO_VM_OPS(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
  };
  ThreadState* const thread = vm.thread;
  const Instr* ip;
  const Instr* code;
  Value* sp;
  Value* locals;
  const Value* consts;
  StrObject* const* names;

#define DISPATCH()                                                  \
  do {                                                              \
    if constexpr (kMetered) {                                       \
      frame->ip = ip;                                               \
      if (!meter_instruction(vm, frame, sp)) [[unlikely]] goto error; \
    }                                                               \
    goto* kLabels[ip->op];                                          \
  } while (false)
#define NEXT(words) \
  do {              \
    ip += (words);  \
    DISPATCH();     \
  } while (false)
#define SAVE() (frame->ip = ip)
#define PUSH(value) (*sp++ = (value))
#define POP() (*--sp)
#define TOP() (sp[-1])
#define OP(name) op_##name:
/// Takes up a frame where it is: `frame->ip` set, the stack at frame->stack_top.
#define LOAD_FRAME()                                         \
  do {                                                       \
    ExecutableCode* const resumed = executable_in(frame);    \
    code = resumed->instructions.data();                     \
    consts = resumed->consts.data();                         \
    names = resumed->names.data();                           \
    locals = frame->locals_plus();                           \
    sp = frame->stack_top;                                   \
    ip = frame->ip;                                          \
  } while (false)
/// Begins a new frame from its first instruction. The caller's ip and stack are saved by now.
#define START_FRAME(new_frame)                                   \
  do {                                                           \
    frame = (new_frame);                                         \
    ExecutableCode* const entered = executable_in(frame);        \
    code = entered->instructions.data();                         \
    consts = entered->consts.data();                             \
    names = entered->names.data();                               \
    locals = frame->locals_plus();                               \
    sp = locals + frame->code->locals_plus_count;                \
    ip = code;                                                   \
    DISPATCH();                                                  \
  } while (false)

/// What waits at a safe point; tracing that has begun meanwhile goes on in the metered loop.
#define SAFE_POINT()                                                            \
  do {                                                                          \
    if (vm.breaker.load(std::memory_order_relaxed) != 0) [[unlikely]] {         \
      SAVE();                                                                   \
      if (!handle_breaker(vm)) goto error;                                      \
      if constexpr (!kMetered) {                                                \
        if (vm.is_traced) {                                                     \
          frame->stack_top = sp;                                                \
          return run<true>(vm, frame, false);                                   \
        }                                                                       \
      }                                                                         \
    }                                                                           \
  } while (false)

  if (throwing) {
    LOAD_FRAME();
    goto error;
  }
  LOAD_FRAME();
  DISPATCH();

#include "vm/interpreter/loop/stack.inc"
#include "vm/interpreter/loop/variables.inc"
#include "vm/interpreter/loop/attributes.inc"
#include "vm/interpreter/loop/operators.inc"
#include "vm/interpreter/loop/containers.inc"
#include "vm/interpreter/loop/control.inc"
#include "vm/interpreter/loop/calls.inc"
#include "vm/interpreter/loop/generators.inc"
#include "vm/interpreter/loop/exceptions.inc"
#include "vm/interpreter/loop/matching.inc"

  OP(BAD) {
    SAVE();
    raise(vm, vm.exc.SystemError, "unknown opcode");
    goto error;
  }
}

}  // namespace

Ref run_frame(Vm& vm, Frame* frame, bool throwing) {
  return is_metered(vm) ? run<true>(vm, frame, throwing) : run<false>(vm, frame, throwing);
}

}  // namespace ouro::vm
