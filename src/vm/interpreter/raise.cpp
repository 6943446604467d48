// raise, except and with beyond the loop.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/code.h"
#include "vm/objects/exception.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

bool is_exception_class(Vm& vm, Value value) {
  return is_type(value) && value.as<TypeObject>()->is_subtype_of(vm.exc.BaseException);
}

/// An instance of what stands behind `raise` or `from`; null: an exception is set.
Ref exception_instance(Vm& vm, Value value) {
  VM_TRY(Ref instance, call(vm, value));
  if (!is_exception(instance)) {
    VM_TRY(Ref type, repr(vm, value));
    return raise(vm, vm.exc.TypeError, "calling {} should have returned an instance of BaseException, not {}",
                 type.as<StrObject>(), type_name(vm, instance));
  }
  return instance;
}

bool set_cause(Vm& vm, Value exception, Value cause) {
  Ref instance;
  if (is_exception_class(vm, cause)) {
    instance = call(vm, cause);
    if (!instance) return false;
    if (!is_exception(instance)) {
      return raise(vm, vm.exc.TypeError, "calling {} should have returned an instance of BaseException, not {}",
                   cause.as<TypeObject>()->display_name(), type_name(vm, instance));
    }
  } else if (is_exception(cause)) {
    instance = Ref::share(cause);
  } else if (!cause.is_none()) {
    return raise(vm, vm.exc.TypeError, "exception causes must derive from BaseException");
  }
  auto* error = exception.as<ExceptionObject>();
  error->suppress_context = true;
  xdecref(std::exchange(error->cause, instance.release()));
  return true;
}

}  // namespace

void raise_statement(Vm& vm, Value exception, Value cause) {
  Ref instance;
  if (is_exception_class(vm, exception)) {
    instance = exception_instance(vm, exception);
    if (!instance) return;
  } else if (is_exception(exception)) {
    instance = Ref::share(exception);
  } else {
    raise(vm, vm.exc.TypeError, "exceptions must derive from BaseException");
    return;
  }
  if (!cause.is_null() && !set_cause(vm, instance, cause)) return;
  raise_instance(vm, instance);
}

bool check_except_class(Vm& vm, Value classes) {
  if (is_tuple(classes)) {
    for (Value item : classes.as<TupleObject>()->view())
      if (!is_exception_class(vm, item))
        return raise(vm, vm.exc.TypeError, "catching classes that do not inherit from BaseException is not allowed");
    return true;
  }
  if (!is_exception_class(vm, classes))
    return raise(vm, vm.exc.TypeError, "catching classes that do not inherit from BaseException is not allowed");
  return true;
}

bool check_except_star_class(Vm& vm, Value classes) {
  if (!check_except_class(vm, classes)) return false;
  const auto is_group = [&](Value item) { return item.as<TypeObject>()->is_subtype_of(vm.exc.BaseExceptionGroup); };
  bool found = false;
  if (is_tuple(classes)) {
    for (Value item : classes.as<TupleObject>()->view()) found = found || is_group(item);
  } else {
    found = is_group(classes);
  }
  if (found) {
    return raise(vm, vm.exc.TypeError,
                 "catching ExceptionGroup with except* is not allowed. Use except instead.");
  }
  return true;
}

Ref stop_iteration_error(Vm& vm, Frame* frame, Value exception) {
  if (!is_exception(exception)) return raise(vm, vm.exc.SystemError, "no exception");
  const char* message = nullptr;
  TypeObject* type = exception.object()->type;
  const std::uint32_t flags = frame->code->flags;
  if (type->is_subtype_of(vm.exc.StopIteration)) {
    message = (flags & code::kCoroutine) != 0         ? "coroutine raised StopIteration"
              : (flags & code::kAsyncGenerator) != 0 ? "async generator raised StopIteration"
                                                     : "generator raised StopIteration";
  } else if ((flags & code::kAsyncGenerator) != 0 && type->is_subtype_of(vm.exc.StopAsyncIteration)) {
    message = "async generator raised StopAsyncIteration";
  }
  if (message == nullptr) return Ref::share(exception);
  VM_TRY(Own<StrObject> text, new_str(vm, message));
  VM_TRY(Ref error, new_exception(vm, vm.exc.RuntimeError, text));
  auto* object = error.as<ExceptionObject>();
  object->cause = Ref::share(exception).release();
  object->context = Ref::share(exception).release();
  object->suppress_context = true;
  return error;
}

bool enter_with(Vm& vm, Value manager, bool is_async, Ref& exit, Ref& result) {
  StrObject* enter_name = is_async ? vm.names.d_aenter : vm.names.d_enter;
  StrObject* exit_name = is_async ? vm.names.d_aexit : vm.names.d_exit;
  const char* protocol = is_async ? "asynchronous context manager" : "context manager";
  Ref enter;
  if (!lookup_special(vm, manager, enter_name, enter)) return false;
  if (!enter) {
    return raise(vm, vm.exc.TypeError, "'{}' object does not support the {} protocol", type_name(vm, manager), protocol);
  }
  if (!lookup_special(vm, manager, exit_name, exit)) return false;
  if (!exit) {
    return raise(vm, vm.exc.TypeError, "'{}' object does not support the {} protocol (missed {} method)",
                 type_name(vm, manager), protocol, exit_name);
  }
  result = call(vm, enter);
  if (result) return true;
  exit.reset();
  return false;
}

Ref with_except(Vm& vm, Value exit, Value exception) {
  if (!is_exception(exception)) return raise(vm, vm.exc.SystemError, "no exception in WITH_EXCEPT_START");
  const Value traceback = exception.as<ExceptionObject>()->traceback;
  return call(vm, exit, {Value(exception.object()->type), exception, traceback.is_null() ? kNone : traceback});
}

}  // namespace ouro::vm
