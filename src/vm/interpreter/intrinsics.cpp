// CALL_INTRINSIC_1 and CALL_INTRINSIC_2.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/exception.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_params.h"

namespace ouro::vm {
namespace {

// CPython 3.13 Include/internal/pycore_intrinsics.h.
enum Intrinsic1 : std::uint32_t {
  kPrint = 1, kImportStar, kStopIterationError, kAsyncGenWrap, kUnaryPositive, kListToTuple, kTypeVar, kParamSpec,
  kTypeVarTuple, kSubscriptGeneric, kTypeAlias,
};
enum Intrinsic2 : std::uint32_t {
  kPrepReraiseStar = 1, kTypeVarWithBound, kTypeVarWithConstraints, kSetFunctionTypeParams, kSetTypeParamDefault,
};

Ref print_expression(Vm& vm, Value value) {
  const Value hook = dict_get(vm, vm.sys_dict, "displayhook");
  if (hook.is_null()) return raise(vm, vm.exc.RuntimeError, "lost sys.displayhook");
  return call(vm, hook, {value});
}

}  // namespace

Ref intrinsic_1(Vm& vm, Frame* frame, std::uint32_t which, Value argument) {
  if ((which >= kTypeVar && which <= kTypeVarTuple && !is_str(argument)) ||
      ((which == kSubscriptGeneric || which == kTypeAlias) && !is_tuple(argument)) ||
      (which == kTypeAlias && (argument.as<TupleObject>()->size != 3 || !is_str((*argument.as<TupleObject>())[0]))))
    return raise(vm, vm.exc.SystemError, "an intrinsic of the wrong type of argument");
  switch (which) {
    case kPrint: return print_expression(vm, argument);
    case kImportStar:
      VM_CHECK(import_star(vm, frame, argument));
      return Ref::none();
    case kStopIterationError: return stop_iteration_error(vm, frame, argument);
    case kAsyncGenWrap: return wrap_async_yield(vm, argument);
    case kUnaryPositive: return positive(vm, argument);
    case kListToTuple:
      if (!is_list(argument)) return raise(vm, vm.exc.SystemError, "INTRINSIC_LIST_TO_TUPLE of what is no list");
      return new_tuple(vm, argument.as<ListObject>()->view());
    case kTypeVar: return new_type_var(vm, argument, {}, {});
    case kParamSpec: return new_param_spec(vm, argument);
    case kTypeVarTuple: return new_type_var_tuple(vm, argument);
    case kSubscriptGeneric: return subscript_generic(vm, argument);
    case kTypeAlias: return new_type_alias(vm, argument);
    default: return raise(vm, vm.exc.SystemError, "unknown intrinsic");
  }
}

Ref intrinsic_2(Vm& vm, Frame*, std::uint32_t which, Value first, Value second) {
  if ((which == kTypeVarWithBound || which == kTypeVarWithConstraints) && !is_str(first))
    return raise(vm, vm.exc.SystemError, "an intrinsic of the wrong type of argument");
  switch (which) {
    case kPrepReraiseStar:
      if (!is_list(second) || !is_exception(first))
        return raise(vm, vm.exc.SystemError, "INTRINSIC_PREP_RERAISE_STAR of what is no list");
      for (const Value item : second.as<ListObject>()->view())
        if (!item.is_none() && !is_exception(item))
          return raise(vm, vm.exc.SystemError, "INTRINSIC_PREP_RERAISE_STAR of what is no exception");
      return prepare_reraise_star(vm, first, second);
    case kTypeVarWithBound: return new_type_var(vm, first, second, {});
    case kTypeVarWithConstraints: return new_type_var(vm, first, {}, second);
    case kSetFunctionTypeParams: {
      if (!first.is_object() || first.object()->type != vm.types.function || !is_tuple(second))
        return raise(vm, vm.exc.SystemError, "INTRINSIC_SET_FUNCTION_TYPE_PARAMS of what is no function");
      xdecref(std::exchange(first.as<FunctionObject>()->type_params, Ref::share(second).release()));
      return Ref::share(first);
    }
    case kSetTypeParamDefault: return set_type_param_default(vm, first, second);
    default: return raise(vm, vm.exc.SystemError, "unknown intrinsic");
  }
}

}  // namespace ouro::vm
