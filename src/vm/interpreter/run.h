// Running code objects.
#pragma once

#include "vm/core/call_args.h"
#include "vm/core/type.h"
#include "vm/core/vm.h"
#include "vm/interpreter/frame.h"

namespace ouro::vm {

struct CodeObject;
struct FunctionObject;

/// Runs a module's, class's or eval's code: locals may be any mapping. `closure` a tuple of cells or null.
[[nodiscard]] Ref run_code(Vm& vm, CodeObject* code, DictObject* globals, Value locals, Value closure = {});
/// Calls a Python function from C++.
[[nodiscard]] Ref call_function(Vm& vm, FunctionObject* function, const CallArgs& args);
/// Compiles source with the machine's compiler: a code object. SyntaxError and its like are raised with all fields.
[[nodiscard]] Ref compile_source(Vm& vm, std::string_view source, bool is_utf8, std::string_view filename,
                                 std::string_view mode, std::uint32_t flags, int optimize);

// Generators, coroutines, async generators (objects/generator.cpp).
struct GeneratorObject : GcObject {
  Value name, qualname;
  HandledException handled;
  Value origin_or_finalizer;  ///< coroutine: cr_origin; async generator: the finalizer hook
  struct WeakRefObject* weakrefs;
  bool is_running, is_finished, has_started, hooks_done, is_closed, is_running_async;
  std::size_t frame_bytes;    ///< of the frame with its variables and stack, which follow
  [[nodiscard]] Frame* frame() { return reinterpret_cast<Frame*>(this + 1); }
};

enum class GenStatus : std::uint8_t { Yielded, Returned, Raised };
/// Sends a value into a generator or coroutine; `result` is what was yielded or returned.
[[nodiscard]] GenStatus generator_send(Vm& vm, GeneratorObject* generator, Value value, Ref& result);
/// Throws the exception in.
[[nodiscard]] GenStatus generator_throw(Vm& vm, GeneratorObject* generator, Ref exception, Ref& result);
/// The object that SEND delegates to: awaitables (__await__) checked as `await` does.
[[nodiscard]] Ref get_awaitable(Vm& vm, Value object, int context);

extern const TypeSpec kGeneratorType;
extern const TypeSpec kCoroutineType;
extern const TypeSpec kAsyncGeneratorType;

}  // namespace ouro::vm
