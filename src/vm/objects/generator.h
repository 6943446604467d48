// What generators, coroutines and asynchronous generators share.
#pragma once

#include "vm/core/error.h"
#include "vm/core/vm.h"
#include "vm/interpreter/run.h"

namespace ouro::vm {

/// generator.close(): the value returned, or None.
[[nodiscard]] Ref generator_close(Vm& vm, GeneratorObject* generator);
/// What send() and throw() give for a status: the value yielded, or StopIteration(result).
[[nodiscard]] Ref finish_send(Vm& vm, GenStatus status, Ref result);
/// StopIteration(value); without arguments for None.
Failed raise_stop_iteration(Vm& vm, Value value);
[[nodiscard]] Ref stop_iteration_of(Vm& vm, Value value);
/// The exception that throw(...)'s arguments stand for.
[[nodiscard]] Ref exception_from_throw(Vm& vm, const CallArgs& args);
/// cr_origin, when sys.set_coroutine_origin_tracking_depth asks for it.
void set_coroutine_origin(Vm& vm, GeneratorObject* coroutine, Frame* caller);

void generator_dealloc(Vm& vm, Object* self);
void generator_traverse(Object* self, Visitor& visit);
void generator_clear(Vm& vm, Object* self);
void generator_finalize(Vm& vm, Object* self);
Ref generator_get_name(Vm& vm, Value self);
bool generator_set_name(Vm& vm, Value self, Value value);
Ref generator_get_qualname(Vm& vm, Value self);
bool generator_set_qualname(Vm& vm, Value self, Value value);
Ref generator_get_frame(Vm& vm, Value self);
Ref generator_get_code(Vm& vm, Value self);
Ref generator_get_running(Vm& vm, Value self);
Ref generator_get_suspended(Vm& vm, Value self);
Ref generator_get_delegate(Vm& vm, Value self);

}  // namespace ouro::vm
