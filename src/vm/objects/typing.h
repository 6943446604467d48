// TypeVar, ParamSpec, TypeVarTuple, Generic and type aliases: what modules/_typing.cpp shows. The interpreter makes them
// with the functions of type_params.h.
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"
#include "vm/objects/type_params.h"

namespace ouro::vm {

extern const TypeSpec kTypeVarType;
extern const TypeSpec kParamSpecType;
extern const TypeSpec kParamSpecArgsType;
extern const TypeSpec kParamSpecKwargsType;
extern const TypeSpec kTypeVarTupleType;
extern const TypeSpec kGenericType;
extern const TypeSpec kTypeAliasType;
extern const TypeSpec kNoDefaultType;

/// typing.NoDefault.
[[nodiscard]] Ref no_default(Vm& vm);
/// A function of typing.py called.
[[nodiscard]] Ref call_typing(Vm& vm, std::string_view function, std::initializer_list<Value> arguments);
/// __name__ of the module that called.
[[nodiscard]] Ref calling_module(Vm& vm);

}  // namespace ouro::vm
