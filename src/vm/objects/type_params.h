// What type parameter syntax makes: TypeVar, ParamSpec, TypeVarTuple, TypeAliasType, Generic[...] (modules/_typing.cpp).
#pragma once

#include "vm/core/vm.h"

namespace ouro::vm {

/// Bound or constraints are functions that compute them when asked for, or null. infer_variance is true, as for all of syntax.
[[nodiscard]] Ref new_type_var(Vm& vm, Value name, Value evaluate_bound, Value evaluate_constraints);
[[nodiscard]] Ref new_param_spec(Vm& vm, Value name);
[[nodiscard]] Ref new_type_var_tuple(Vm& vm, Value name);
/// INTRINSIC_TYPEALIAS: (name, type_params or None, function that computes the value).
[[nodiscard]] Ref new_type_alias(Vm& vm, Value arguments);
/// INTRINSIC_SUBSCRIPT_GENERIC: typing.Generic[parameters].
[[nodiscard]] Ref subscript_generic(Vm& vm, Value parameters);
/// INTRINSIC_SET_TYPEPARAM_DEFAULT. Gives the parameter.
[[nodiscard]] Ref set_type_param_default(Vm& vm, Value parameter, Value evaluate_default);

}  // namespace ouro::vm
