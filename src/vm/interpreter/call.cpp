// Calls from C++, of anything.
#include <algorithm>
#include <array>
#include <vector>

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/interpreter/run.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

/// Room for `count` values: on the stack when they are few.
class Buffer {
 public:
  explicit Buffer(std::size_t count) {
    if (count > few_.size()) many_.resize(count);
  }
  [[nodiscard]] Value* data() { return many_.empty() ? few_.data() : many_.data(); }

 private:
  std::array<Value, 12> few_{};
  std::vector<Value> many_;
};

/// Whether the C++ stack has room for another run of the interpreter.
bool has_native_room(Vm& vm) {
  char here = 0;
  return &here > vm.thread->native_stack_limit;
}

Ref run_entry(Vm& vm, Frame* frame) {
  frame->kind = FrameKind::Entry;
  frame->is_entry = true;
  if (!has_native_room(vm)) [[unlikely]] {
    vm.thread->frame = frame->previous;
    pop_frame(vm, frame);
    return raise(vm, vm.exc.RecursionError, "maximum recursion depth exceeded");
  }
  return run_frame(vm, frame, false);
}

}  // namespace

Ref call_function(Vm& vm, FunctionObject* function, const CallArgs& args) {
  Frame* frame = push_call(vm, function, args);
  if (frame == nullptr) return {};
  return run_entry(vm, frame);
}

Ref run_code(Vm& vm, CodeObject* code, DictObject* globals, Value locals, Value closure) {
  VM_TRY(Own<FunctionObject> function, new_function(vm, code, globals));
  if (!closure.is_null()) function->closure = Ref::share(closure).release();
  Frame* frame = push_call(vm, function.get(), {});
  if (frame == nullptr) return {};
  if ((code->flags & code::kOptimized) == 0) frame->locals = Ref::share(locals.is_null() ? Value(globals) : locals).release();
  return run_entry(vm, frame);
}

Ref call(Vm& vm, Value callable, const CallArgs& args) {
  TypeObject* type = type_of(vm, callable);
  if (type == vm.types.function) return call_function(vm, callable.as<FunctionObject>(), args);
  if (type == vm.types.builtin_function) {
    auto* function = callable.as<NativeFunctionObject>();
    return call_native(vm, *function->spec, signature_of(vm, function), function->self, args);
  }
  if (type == vm.types.method) {
    auto* method = callable.as<MethodObject>();
    const std::size_t count = args.positional + args.keyword_count();
    Buffer buffer(count + 1);
    buffer.data()[0] = method->self;
    std::copy_n(args.values, count, buffer.data() + 1);
    return call(vm, method->function, CallArgs{buffer.data(), args.positional + 1, args.keyword_names});
  }
  if (type->slots.call == nullptr) return raise(vm, vm.exc.TypeError, "'{}' object is not callable", type_name(vm, callable));
  RecursionGuard guard(vm, " while calling a Python object");
  if (!guard) return {};
  return type->slots.call(vm, callable, args);
}

Ref call(Vm& vm, Value callable) { return call(vm, callable, CallArgs{}); }

Ref call(Vm& vm, Value callable, std::initializer_list<Value> arguments) {
  return call(vm, callable, CallArgs{arguments.begin(), arguments.size(), nullptr});
}

Ref call_with(Vm& vm, Value callable, TupleObject* positional, DictObject* keywords) {
  const std::size_t count = positional == nullptr ? 0 : positional->size;
  if (keywords == nullptr || keywords->used == 0) {
    if (count == 0) return call(vm, callable, CallArgs{});
    return call(vm, callable, CallArgs{positional->items(), count, nullptr});
  }
  VM_TRY(Own<TupleObject> names, allocate_tuple(vm, keywords->used));
  Buffer buffer(count + keywords->used);
  if (count != 0) std::copy_n(positional->items(), count, buffer.data());
  std::size_t position = 0, filled = 0;
  Value key, value;
  while (dict_next(keywords, position, key, value)) {
    if (!is_str(key)) return raise(vm, vm.exc.TypeError, "keywords must be strings");
    names->items()[filled] = Ref::share(key).release();
    buffer.data()[count + filled++] = value;
  }
  // The dict may change while the call runs (it may be the caller's own).
  for (std::size_t i = 0; i < filled; ++i) incref(buffer.data()[count + i]);
  Ref result = call(vm, callable, CallArgs{buffer.data(), count, names.get()});
  for (std::size_t i = 0; i < filled; ++i) decref(buffer.data()[count + i]);
  return result;
}

Ref call_method(Vm& vm, Value object, StrObject* name, std::initializer_list<Value> arguments) {
  bool is_method = false;
  VM_TRY(Ref callee, get_method(vm, object, name, is_method));
  if (!is_method) return call(vm, callee, arguments);
  Buffer buffer(arguments.size() + 1);
  buffer.data()[0] = object;
  std::copy(arguments.begin(), arguments.end(), buffer.data() + 1);
  return call(vm, callee, CallArgs{buffer.data(), arguments.size() + 1, nullptr});
}

Ref call_method(Vm& vm, Value object, std::string_view name, std::initializer_list<Value> arguments) {
  return call_method(vm, object, vm.intern(name), arguments);
}

bool is_callable(Vm& vm, Value object) { return type_of(vm, object)->slots.call != nullptr; }

}  // namespace ouro::vm
