// TypeVar, ParamSpec, TypeVarTuple, Generic and type aliases: what modules/_typing.cpp shows and the interpreter's
// intrinsics make.
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct StrObject;
extern const TypeSpec kTypeVarType;
extern const TypeSpec kParamSpecType;
extern const TypeSpec kParamSpecArgsType;
extern const TypeSpec kParamSpecKwargsType;
extern const TypeSpec kTypeVarTupleType;
extern const TypeSpec kGenericType;
extern const TypeSpec kTypeAliasType;
extern const TypeSpec kNoDefaultType;

/// INTRINSIC_TYPEVAR and the like: bound and constraints are functions that are called when asked for (null: none).
[[nodiscard]] Ref new_type_var(Vm& vm, Value name, Value evaluate_bound, Value evaluate_constraints);
[[nodiscard]] Ref new_param_spec(Vm& vm, Value name);
[[nodiscard]] Ref new_type_var_tuple(Vm& vm, Value name);
/// INTRINSIC_SUBSCRIPT_GENERIC: Generic[parameters].
[[nodiscard]] Ref subscript_generic(Vm& vm, Value parameters);
/// INTRINSIC_TYPEALIAS: of (name, type parameters or None, function that gives the value).
[[nodiscard]] Ref new_type_alias(Vm& vm, Value triple);
/// INTRINSIC_SET_TYPEPARAM_DEFAULT: gives `parameter`.
[[nodiscard]] Ref set_type_parameter_default(Vm& vm, Value parameter, Value evaluate_default);

}  // namespace ouro::vm
