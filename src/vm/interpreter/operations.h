// What single instructions do beyond the loop: the parts that are too long for it. All give owned results; null or false
// means that an exception is set.
#pragma once

#include <cstdint>

#include "vm/core/call_args.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/frame.h"
#include "vm/interpreter/run.h"

namespace ouro::vm {

struct FunctionObject;
struct CellObject;

// --- frames: frame.cpp
/// A frame on the thread's stack for a function, arguments not yet in place. Takes over `function`'s count. Null:
/// RecursionError or MemoryError is set (and the count dropped).
[[nodiscard]] Frame* push_frame(Vm& vm, Value function, ExecutableCode* executable);
/// Ends a frame: variables dropped (or handed to its frame object), the memory given back unless a generator has it.
void pop_frame(Vm& vm, Frame* frame);
/// The frame object, if there is one, takes the variables over; they stay valid for it.
void detach_frame(Vm& vm, Frame* frame);

// --- arguments: arguments.cpp
/// A frame for the call, arguments bound to parameters as CPython does (initialize_locals); `args` are borrowed.
[[nodiscard]] Frame* push_call(Vm& vm, FunctionObject* function, const CallArgs& args);

/// Runs from `frame`, the thread's innermost, until it returns or yields. `throwing`: the machine's exception is raised in it.
[[nodiscard]] Ref run_frame(Vm& vm, Frame* frame, bool throwing);

// --- variables: names.cpp
[[nodiscard]] Ref load_global(Vm& vm, Frame* frame, StrObject* name, GlobalCache* cache);
[[nodiscard]] Ref load_name(Vm& vm, Frame* frame, StrObject* name);
[[nodiscard]] Ref load_from_dict_or_globals(Vm& vm, Frame* frame, Value mapping, StrObject* name);
[[nodiscard]] bool store_name(Vm& vm, Frame* frame, StrObject* name, Value value);
[[nodiscard]] bool delete_name(Vm& vm, Frame* frame, StrObject* name);
[[nodiscard]] bool delete_global(Vm& vm, Frame* frame, StrObject* name);
/// UnboundLocalError or NameError for a variable slot.
Failed raise_unbound(Vm& vm, Frame* frame, std::uint32_t slot);
[[nodiscard]] bool setup_annotations(Vm& vm, Frame* frame);
[[nodiscard]] Ref import_name_instruction(Vm& vm, Frame* frame, StrObject* name, Value level, Value from_list);
[[nodiscard]] Ref import_from(Vm& vm, Value module, StrObject* name);
[[nodiscard]] bool import_star(Vm& vm, Frame* frame, Value module);
[[nodiscard]] Ref load_build_class(Vm& vm, Frame* frame);
[[nodiscard]] Ref load_super_attribute(Vm& vm, Frame* frame, Value super, Value type, Value self, StrObject* name,
                                       unsigned flags, bool& is_method);

// --- attributes: attribute_cache.cpp
[[nodiscard]] Ref load_attribute(Vm& vm, Value object, StrObject* name, Instr* instr);
/// Pushes what CALL takes: `callee` and either the object (owned, a method) or null.
[[nodiscard]] bool load_method(Vm& vm, Value object, StrObject* name, Instr* instr, Value& callee, bool& is_method);
[[nodiscard]] bool store_attribute(Vm& vm, Value object, StrObject* name, Value value, Instr* instr);

// --- sequences and patterns: unpack.cpp, match.cpp
/// Fills out[0..count): item 0 in out[count - 1], as the stack wants it.
[[nodiscard]] bool unpack_sequence(Vm& vm, Value sequence, std::uint32_t count, Value* out);
[[nodiscard]] bool unpack_extended(Vm& vm, Value sequence, std::uint32_t before, std::uint32_t after, Value* out);
[[nodiscard]] Ref match_keys(Vm& vm, Value mapping, Value keys);
[[nodiscard]] Ref match_class(Vm& vm, Value subject, Value type, std::uint32_t positional, Value keyword_names);
/// a + b where a's count is given away: a text that nobody else holds grows in place.
[[nodiscard]] Ref str_append(Vm& vm, StrObject* a, StrObject* b);
[[nodiscard]] Ref build_string(Vm& vm, const Value* pieces, std::uint32_t count);
[[nodiscard]] bool dict_merge_for_call(Vm& vm, Value callee, Value dict, Value mapping);
[[nodiscard]] bool extend_for_call(Vm& vm, Value list, Value iterable, Value callee_or_null);

// --- exceptions: raise.cpp
void raise_statement(Vm& vm, Value exception, Value cause);
[[nodiscard]] bool check_except_class(Vm& vm, Value classes);
[[nodiscard]] bool check_except_star_class(Vm& vm, Value classes);
/// RuntimeError in place of StopIteration that leaves a generator.
[[nodiscard]] Ref stop_iteration_error(Vm& vm, Frame* frame, Value exception);

// --- functions: intrinsics.cpp
[[nodiscard]] Ref intrinsic_1(Vm& vm, Frame* frame, std::uint32_t which, Value argument);
[[nodiscard]] Ref intrinsic_2(Vm& vm, Frame* frame, std::uint32_t which, Value first, Value second);

// --- generators: generator.cpp
[[nodiscard]] Ref make_generator(Vm& vm, Frame* frame);
[[nodiscard]] Ref get_async_iter(Vm& vm, Value object);
[[nodiscard]] Ref get_async_next(Vm& vm, Value iterator);
[[nodiscard]] Ref yield_from_iter(Vm& vm, Value object, bool in_coroutine);
/// One value of `receiver` when it is no generator: next() or send(). Null without exception: `returned` holds its result.
[[nodiscard]] Ref send_to(Vm& vm, Value receiver, Value value, Ref& returned);
[[nodiscard]] Ref wrap_async_yield(Vm& vm, Value value);
/// The StopIteration that is set becomes its value (null: another exception, or none was a StopIteration).
[[nodiscard]] Ref take_stop_iteration_value(Vm& vm);

// --- with: with.cpp
[[nodiscard]] bool enter_with(Vm& vm, Value manager, bool is_async, Ref& exit, Ref& result);
[[nodiscard]] Ref with_except(Vm& vm, Value exit, Value exception);

}  // namespace ouro::vm
