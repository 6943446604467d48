// Frames of Python code, and the thread that they run on.
//
// Frames of plain calls stand one behind the other on the thread's frame stack; a generator's frame stands in the
// generator object. A FrameObject is made only when somebody asks (tracebacks, sys._getframe); it outlives the frame by
// taking the variables over.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct FrameObject;
struct FunctionObject;
struct CodeObject;
struct GeneratorObject;
struct Instr;

/// What happens with the frame's result.
enum class FrameKind : std::uint8_t {
  Plain,      ///< a call within the same run of the interpreter: the result goes on the caller's stack
  Entry,      ///< called from C++: its return ends that run
  Init,       ///< __init__ of an instantiation: the instance is already on the caller's stack, the result must be None
  Generator,  ///< a generator resumed within the same run
};

struct Frame {
  Frame* previous;
  CodeObject* code;       ///< borrowed from `function`
  Value function;         ///< FunctionObject, owned (a class body or module: one too)
  DictObject* globals;    ///< borrowed from the function
  DictObject* builtins;
  Value locals;           ///< of class bodies, modules and exec: the mapping, owned; null in functions
  const Instr* ip;        ///< the instruction under way; of a suspended frame the last one: it goes on behind it
  const Instr* return_to; ///< Generator: where the frame that resumed it goes on when it returns (a yield: behind its ip)
  Value* stack_top;       ///< saved while others run; points behind the last entry
  FrameObject* object;    ///< null, or made on demand (owned)
  GeneratorObject* generator;  ///< whose frame this is, or null
  FrameKind kind;
  bool is_entry;          ///< returning from it ends the run of the interpreter, whatever the kind
  bool is_complete;       ///< its arguments are in place: sys._getframe shows it

  /// Variables, cells and free variables, then the stack.
  [[nodiscard]] Value* locals_plus() { return reinterpret_cast<Value*>(this + 1); }
  [[nodiscard]] Value* stack_base();
};

struct FrameObject : GcObject {
  Frame* frame;           ///< on a stack, in a generator, or `own`
  FrameObject* back;      ///< set when the frame is left; while it runs f_back follows Frame::previous
  bool owns_frame;        ///< the frame was left: `frame` is a copy in heap memory
  std::size_t owned_size;
  Value trace;            ///< f_trace
  bool trace_lines, trace_opcodes;
  std::int32_t line;      ///< set by f_lineno = n; 0: from the instruction
  Value extra_locals;
  std::int32_t last_line = -1, last_index = -1;  ///< of the last 'line' event
};

extern const TypeSpec kFrameType;

/// One exception being handled: entries of `except` blocks and of running generators.
struct HandledException {
  Value exception;  ///< null: none
  HandledException* previous;
};

/// One Python thread.
struct ThreadState {
  Vm* vm = nullptr;
  Frame* frame = nullptr;            ///< the innermost
  Value error;                       ///< the exception that is set; null: none
  HandledException* handled = nullptr;  ///< what sys.exception() shows
  HandledException base_handled{Value(), nullptr};
  std::uint32_t recursion = 0;       ///< Python frames and native calls that count
  std::uint32_t native_depth = 0;    ///< runs of the interpreter and guarded native calls on the C++ stack
  char* native_stack_limit = nullptr;  ///< lowest address that may be used
  char* stack_begin = nullptr;       ///< the frame stack, reserved as one piece
  char* stack_end = nullptr;
  char* stack_top = nullptr;
  std::vector<std::uint64_t> repr_running;  ///< ReprGuard: bits of the values
  Value context;                     ///< contextvars: the current Context; null: not made yet
  Value async_gen_first_iter, async_gen_finalizer;  ///< sys.set_asyncgen_hooks
  std::uint64_t id = 0;              ///< _thread.get_ident
  std::uint32_t coroutine_origin_depth = 0;
};

/// Makes (or gives) the Python object for a frame; borrowed. Null: MemoryError is set.
[[nodiscard]] FrameObject* frame_object(Vm& vm, Frame* frame);
/// Byte offset in co_code of the instruction a frame is at; -1: not begun.
[[nodiscard]] std::int32_t frame_offset(const Frame* frame);
[[nodiscard]] std::int32_t frame_line(const Frame* frame);
/// f_locals of a function's frame as a fresh dict snapshot (used by locals() and eval), or the mapping itself.
[[nodiscard]] Ref frame_locals(Vm& vm, Frame* frame);
/// The innermost frame that Python code can see; null: none.
[[nodiscard]] Frame* current_frame(Vm& vm);

}  // namespace ouro::vm
