// types.GenericAlias and types.UnionType.
#pragma once

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct GenericAliasObject : GcObject {
  Value origin;
  TupleObject* args;
  TupleObject* parameters;  ///< null: not asked for yet
  struct WeakRefObject* weakrefs;
  bool is_starred;
};
struct UnionObject : GcObject {
  TupleObject* args;
  TupleObject* parameters;  ///< null: not asked for yet
};

/// The type variables among arguments, in order (CPython _Py_make_parameters).
[[nodiscard]] Own<TupleObject> collect_parameters(Vm& vm, TupleObject* args);
/// Arguments with `items` put for the parameters (CPython _Py_subs_parameters). `self`: for messages.
[[nodiscard]] Own<TupleObject> substitute(Vm& vm, Value self, TupleObject* args, TupleObject* parameters, Value items);
/// How a type argument is shown: "int", "list[str]", "None", "...".
[[nodiscard]] bool append_type_repr(Vm& vm, Value type, std::string& out);

}  // namespace ouro::vm
