// TypeVar, ParamSpec, TypeVarTuple and NoDefault (CPython 3.13 Objects/typevarobject.c). One struct serves all three.
#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/import.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/typing.h"

namespace ouro::vm {

Ref call_typing(Vm& vm, std::string_view function, std::initializer_list<Value> arguments) {
  VM_TRY(Ref callable, import_attribute(vm, "typing", function));
  return call(vm, callable, arguments);
}

Ref calling_module(Vm& vm) {
  Frame* frame = current_frame(vm);
  const Value name = frame == nullptr ? Value() : dict_get_str(vm, frame->globals, vm.names.d_name);
  return name.is_null() ? Ref::none() : Ref::share(name);
}

namespace {

struct VariableObject : GcObject {
  Value name;
  Value bound, evaluate_bound;              ///< null: none
  Value constraints, evaluate_constraints;  ///< null: none
  Value default_value, evaluate_default;    ///< null: none
  AttributeStore store;
  struct WeakRefObject* weakrefs;
  bool covariant, contravariant, infer_variance;
};
/// P.args and P.kwargs.
struct ParamSpecPartObject : GcObject {
  Value origin;
  struct WeakRefObject* weakrefs;
};
struct NoDefaultHolder {
  Ref value;
};

VariableObject* variable_in(Value self) { return self.as<VariableObject>(); }

void variable_dealloc(Vm& vm, Object* self) {
  auto* variable = static_cast<VariableObject*>(self);
  vm.heap.untrack(variable);
  for (Value* place : {&variable->name, &variable->bound, &variable->evaluate_bound, &variable->constraints, &variable->evaluate_constraints,
                       &variable->default_value, &variable->evaluate_default})
    xdecref(std::exchange(*place, Value()));
  store_clear(vm, variable->store);
  free_object(vm, self, self->type->basic_size);
}
void variable_traverse(Object* self, Visitor& visit) {
  auto* variable = static_cast<VariableObject*>(self);
  for (const Value value : {variable->name, variable->bound, variable->evaluate_bound, variable->constraints,
                            variable->evaluate_constraints, variable->default_value, variable->evaluate_default})
    visit(value);
  store_traverse(self, variable->store, visit);
}
void variable_clear(Vm& vm, Object* self) {
  auto* variable = static_cast<VariableObject*>(self);
  for (Value* place : {&variable->bound, &variable->evaluate_bound, &variable->constraints, &variable->evaluate_constraints,
                       &variable->default_value, &variable->evaluate_default})
    xdecref(std::exchange(*place, Value()));
  store_clear(vm, variable->store);
}

Ref make_variable(Vm& vm, const TypeSpec& spec, Value name, Value module) {
  VM_TRY(Ref made, construct_zeroed(vm, vm.native_type(spec), CallArgs{}));
  variable_in(made)->name = Ref::share(name).release();
  if (!module.is_null()) VM_CHECK(store_set(vm, made.get().object(), vm.names.d_module, module));
  return made;
}

/// A value that a function gives when it is first asked for.
Ref evaluate(Vm& vm, Value& value, Value& function) {
  if (!value.is_null()) return Ref::share(value);
  if (function.is_null()) return {};
  const Ref kept = Ref::share(function);
  VM_TRY(Ref result, call(vm, kept));
  xdecref(std::exchange(value, result.clone().release()));
  return result;
}

// --- shared attributes

Ref get_name(Vm&, Value self) { return Ref::share(variable_in(self)->name); }
Ref get_bound(Vm& vm, Value self) {
  auto* variable = variable_in(self);
  Ref bound = evaluate(vm, variable->bound, variable->evaluate_bound);
  return bound || has_error(vm) ? std::move(bound) : Ref::none();
}
Ref get_constraints(Vm& vm, Value self) {
  auto* variable = variable_in(self);
  Ref constraints = evaluate(vm, variable->constraints, variable->evaluate_constraints);
  return constraints || has_error(vm) ? std::move(constraints) : Ref::share(Value(vm.empty_tuple));
}
Ref get_default(Vm& vm, Value self) {
  auto* variable = variable_in(self);
  Ref value = evaluate(vm, variable->default_value, variable->evaluate_default);
  return value || has_error(vm) ? std::move(value) : no_default(vm);
}
Ref get_covariant(Vm&, Value self) { return Ref::boolean(variable_in(self)->covariant); }
Ref get_contravariant(Vm&, Value self) { return Ref::boolean(variable_in(self)->contravariant); }
Ref get_infer_variance(Vm&, Value self) { return Ref::boolean(variable_in(self)->infer_variance); }
Ref get_dict(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return Ref::share(Value(dict));
}

Ref has_default(Vm& vm, Value self) {
  auto* variable = variable_in(self);
  if (!variable->evaluate_default.is_null()) return Ref::boolean(true);
  if (variable->default_value.is_null()) return Ref::boolean(false);
  VM_TRY(Ref none, no_default(vm));
  return Ref::boolean(variable->default_value != none.get());
}
Ref variable_reduce(Vm&, Value self) { return Ref::share(variable_in(self)->name); }
Ref variable_or(Vm& vm, Value a, Value b) { return call_typing(vm, "_make_union", {a, b}); }

Ref variable_mro_entries(Vm& vm, Value self, Value) {
  return raise(vm, vm.exc.TypeError, "Cannot subclass an instance of {}", type_of(vm, self)->name);
}

Ref variable_repr(Vm& vm, Value self) {
  auto* variable = variable_in(self);
  VM_TRY(Ref name, str(vm, variable->name));
  const char* mark = variable->infer_variance ? "" : variable->covariant ? "+" : variable->contravariant ? "-" : "~";
  return new_str(vm, mark + to_utf8(name.as<StrObject>()));
}

bool check_variance(Vm& vm, bool covariant, bool contravariant, bool infer) {
  if (covariant && contravariant) return raise(vm, vm.exc.ValueError, "Bivariant types are not supported.");
  if (infer && (covariant || contravariant))
    return raise(vm, vm.exc.ValueError, "Variance cannot be specified with infer_variance.");
  return true;
}

bool truth_of(Vm& vm, Args& args, std::size_t index, bool& out) {
  out = false;
  return !args.given(index) || truth(vm, args[index], out);
}

void set_default_value(VariableObject* variable, Value value) {
  if (!value.is_null()) variable->default_value = Ref::share(value).release();
}

// --- TypeVar

Ref type_var_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "typevar(name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)", 6, call_args);
  if (!is_str(args[0])) return raise_argument_type(vm, "typevar", 1, "str", args[0]);
  bool covariant = false;
  bool contravariant = false;
  bool infer = false;
  VM_CHECK(truth_of(vm, args, 3, covariant) && truth_of(vm, args, 4, contravariant) && truth_of(vm, args, 5, infer));
  VM_CHECK(check_variance(vm, covariant, contravariant, infer));
  Ref bound;
  if (args.has(1)) {
    VM_TRY(Own<StrObject> message, new_str(vm, "Bound must be a type."));
    VM_TRY(bound, call_typing(vm, "_type_check", {args[1], message.operator Value()}));
  }
  if (args.rest.size() == 1) return raise(vm, vm.exc.TypeError, "A single constraint is not allowed");
  if (!args.rest.empty() && bound) return raise(vm, vm.exc.TypeError, "Constraints cannot be combined with bound=...");
  Ref constraints;
  if (!args.rest.empty()) {
    VM_TRY(constraints, new_tuple(vm, args.rest));
  }
  VM_TRY(Ref module, calling_module(vm));
  VM_TRY(Ref made, make_variable(vm, kTypeVarType, args[0], module));
  auto* variable = variable_in(made);
  variable->bound = bound.release();
  variable->constraints = constraints.release();
  variable->covariant = covariant;
  variable->contravariant = contravariant;
  variable->infer_variance = infer;
  set_default_value(variable, args[2]);
  return made;
}

Ref type_var_subst(Vm& vm, Value self, Value argument) { return call_typing(vm, "_typevar_subst", {self, argument}); }

Ref type_var_prepare(Vm& vm, Value self, Args& args) {
  VM_TRY(Ref parameters, get_attribute(vm, args[0], vm.names.d_parameters));
  VM_TRY(Own<TupleObject> order, to_tuple(vm, parameters));
  VM_TRY(Own<TupleObject> given, to_tuple(vm, args[1]));
  std::size_t index = 0;
  while (index < order->size && (*order)[index] != self) ++index;
  if (index != given->size) return Ref::share(args[1]);
  VM_TRY(Ref value, get_default(vm, self));
  VM_TRY(Ref none, no_default(vm));
  if (value.get() == none.get()) {
    VM_TRY(Ref shown, str(vm, args[0]));
    return raise(vm, vm.exc.TypeError, "Too few arguments for {}", shown.as<StrObject>());
  }
  VM_TRY(Own<ListObject> out, new_list(vm, given->view()));
  VM_CHECK(list_append(vm, out, value.get()));
  return new_tuple(vm, out->view());
}

constexpr MethodSpec kTypeVarMethods[] = {
    {"__typing_subst__($self, arg, /)", type_var_subst},
    {"__typing_prepare_subst__($self, alias, args, /)", type_var_prepare},
    {"__reduce__($self, /)", variable_reduce},
    {"has_default($self, /)", has_default},
    {"__mro_entries__($self, object, /)", variable_mro_entries},
};
constexpr GetSetSpec kTypeVarGetSet[] = {
    {"__name__", get_name}, {"__bound__", get_bound}, {"__constraints__", get_constraints}, {"__default__", get_default},
    {"__covariant__", get_covariant}, {"__contravariant__", get_contravariant}, {"__infer_variance__", get_infer_variance},
    {"__dict__", get_dict}};

// --- ParamSpec

Ref param_spec_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "paramspec(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)", 6, call_args);
  if (!is_str(args[0])) return raise_argument_type(vm, "paramspec", 1, "str", args[0]);
  bool covariant = false;
  bool contravariant = false;
  bool infer = false;
  VM_CHECK(truth_of(vm, args, 3, covariant) && truth_of(vm, args, 4, contravariant) && truth_of(vm, args, 5, infer));
  VM_CHECK(check_variance(vm, covariant, contravariant, infer));
  Ref bound;
  if (args.has(1)) {
    VM_TRY(Own<StrObject> message, new_str(vm, "Bound must be a type."));
    VM_TRY(bound, call_typing(vm, "_type_check", {args[1], message.operator Value()}));
  }
  VM_TRY(Ref module, calling_module(vm));
  VM_TRY(Ref made, make_variable(vm, kParamSpecType, args[0], module));
  auto* variable = variable_in(made);
  variable->bound = bound.release();
  variable->covariant = covariant;
  variable->contravariant = contravariant;
  variable->infer_variance = infer;
  set_default_value(variable, args[2]);
  return made;
}

Ref make_part(Vm& vm, const TypeSpec& spec, Value origin) {
  VM_TRY(Ref made, construct_zeroed(vm, vm.native_type(spec), CallArgs{}));
  made.as<ParamSpecPartObject>()->origin = Ref::share(origin).release();
  return made;
}
Ref get_spec_args(Vm& vm, Value self) { return make_part(vm, kParamSpecArgsType, self); }
Ref get_spec_kwargs(Vm& vm, Value self) { return make_part(vm, kParamSpecKwargsType, self); }
Ref param_spec_subst(Vm& vm, Value self, Value argument) { return call_typing(vm, "_paramspec_subst", {self, argument}); }
Ref param_spec_prepare(Vm& vm, Value self, Args& args) {
  return call_typing(vm, "_paramspec_prepare_subst", {self, args[0], args[1]});
}
constexpr MethodSpec kParamSpecMethods[] = {
    {"__typing_subst__($self, arg, /)", param_spec_subst},
    {"__typing_prepare_subst__($self, alias, args, /)", param_spec_prepare},
    {"__reduce__($self, /)", variable_reduce},
    {"has_default($self, /)", has_default},
    {"__mro_entries__($self, object, /)", variable_mro_entries},
};
constexpr GetSetSpec kParamSpecGetSet[] = {
    {"__name__", get_name}, {"__bound__", get_bound}, {"__default__", get_default}, {"args", get_spec_args}, {"kwargs", get_spec_kwargs},
    {"__covariant__", get_covariant}, {"__contravariant__", get_contravariant}, {"__infer_variance__", get_infer_variance},
    {"__dict__", get_dict}};

// --- P.args, P.kwargs

Value origin_of(Value self) { return self.as<ParamSpecPartObject>()->origin; }
void part_dealloc(Vm& vm, Object* self) {
  auto* part = static_cast<ParamSpecPartObject*>(self);
  vm.heap.untrack(part);
  xdecref(std::exchange(part->origin, Value()));
  free_object(vm, self, self->type->basic_size);
}
void part_traverse(Object* self, Visitor& visit) { visit(static_cast<ParamSpecPartObject*>(self)->origin); }
template <bool kIsArgs>
Ref part_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "paramspecargs(origin)", 1, call_args);
  return make_part(vm, kIsArgs ? kParamSpecArgsType : kParamSpecKwargsType, args[0]);
}
template <bool kIsArgs>
Ref part_repr(Vm& vm, Value self) {
  const Value origin = origin_of(self);
  Ref name;
  if (origin.is_object() && origin.object()->type->spec == &kParamSpecType) {
    name = str(vm, variable_in(origin)->name);
  } else {
    name = repr(vm, origin);
  }
  VM_CHECK(name);
  return new_str(vm, to_utf8(name.as<StrObject>()) + (kIsArgs ? ".args" : ".kwargs"));
}
Ref part_compare(Vm& vm, Value a, Value b, CompareOp op) {
  if (type_of(vm, a) != type_of(vm, b) || (op != CompareOp::Equal && op != CompareOp::NotEqual)) return Ref::not_implemented();
  return compare(vm, origin_of(a), origin_of(b), op);
}
Ref part_origin(Vm&, Value self) { return Ref::share(origin_of(self)); }
constexpr GetSetSpec kPartGetSet[] = {{"__origin__", part_origin}};
constexpr MethodSpec kPartMethods[] = {{"__mro_entries__($self, object, /)", variable_mro_entries}};

// --- TypeVarTuple

Ref tuple_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "typevartuple(name, *, default=typing.NoDefault)", 2, call_args);
  if (!is_str(args[0])) return raise_argument_type(vm, "typevartuple", 1, "str", args[0]);
  VM_TRY(Ref module, calling_module(vm));
  VM_TRY(Ref made, make_variable(vm, kTypeVarTupleType, args[0], module));
  set_default_value(variable_in(made), args[1]);
  return made;
}
Ref tuple_iter(Vm& vm, Value self) {
  VM_TRY(Ref unpack, import_attribute(vm, "typing", "Unpack"));
  VM_TRY(Ref item, get_item(vm, unpack, self));
  VM_TRY(Own<TupleObject> one, new_tuple(vm, {item.get()}));
  return get_iter(vm, one);
}
Ref tuple_repr(Vm& vm, Value self) { return str(vm, variable_in(self)->name); }
Ref tuple_subst(Vm& vm, Value, Value) {
  return raise(vm, vm.exc.TypeError, "Substitution of bare TypeVarTuple is not supported");
}
Ref tuple_prepare(Vm& vm, Value self, Args& args) {
  return call_typing(vm, "_typevartuple_prepare_subst", {self, args[0], args[1]});
}
constexpr MethodSpec kTupleMethods[] = {
    {"__typing_subst__($self, arg, /)", tuple_subst},
    {"__typing_prepare_subst__($self, alias, args, /)", tuple_prepare},
    {"__reduce__($self, /)", variable_reduce},
    {"has_default($self, /)", has_default},
    {"__mro_entries__($self, object, /)", variable_mro_entries},
};
constexpr GetSetSpec kTupleGetSet[] = {{"__name__", get_name}, {"__default__", get_default}, {"__dict__", get_dict}};

// --- NoDefault

Ref no_default_repr(Vm& vm, Value) { return new_str(vm, "typing.NoDefault"); }
Ref no_default_construct(Vm& vm, TypeObject*, const CallArgs& args) {
  if (args.positional != 0 || args.has_keywords()) return raise(vm, vm.exc.TypeError, "NoDefaultType takes no arguments");
  return no_default(vm);
}
Ref no_default_reduce(Vm& vm, Value) { return new_str(vm, "NoDefault"); }
constexpr MethodSpec kNoDefaultMethods[] = {{"__reduce__($self, /)", no_default_reduce}};

}  // namespace

Ref no_default(Vm& vm) {
  auto& holder = machine_state<NoDefaultHolder>(vm);
  if (!holder.value) {
    Object* made = allocate_object(vm, vm.native_type(kNoDefaultType));
    VM_CHECK(made);
    holder.value = Ref::adopt(Value(made));
  }
  return holder.value.clone();
}

Ref new_type_var(Vm& vm, Value name, Value evaluate_bound, Value evaluate_constraints) {
  VM_TRY(Ref module, calling_module(vm));
  VM_TRY(Ref made, make_variable(vm, kTypeVarType, name, module));
  variable_in(made)->infer_variance = true;
  variable_in(made)->evaluate_bound = Ref::share(evaluate_bound).release();
  variable_in(made)->evaluate_constraints = Ref::share(evaluate_constraints).release();
  return made;
}
Ref new_param_spec(Vm& vm, Value name) {
  VM_TRY(Ref module, calling_module(vm));
  VM_TRY(Ref made, make_variable(vm, kParamSpecType, name, module));
  variable_in(made)->infer_variance = true;
  return made;
}
Ref new_type_var_tuple(Vm& vm, Value name) {
  VM_TRY(Ref module, calling_module(vm));
  VM_TRY(Ref made, make_variable(vm, kTypeVarTupleType, name, module));
  variable_in(made)->infer_variance = true;
  return made;
}
Ref set_type_param_default(Vm& vm, Value parameter, Value evaluate_default) {
  const TypeSpec* spec = parameter.is_object() ? parameter.object()->type->spec : nullptr;
  if (spec != &kTypeVarType && spec != &kParamSpecType && spec != &kTypeVarTupleType)
    return raise(vm, vm.exc.TypeError, "Expected a type param, got {}", type_name(vm, parameter));
  xincref(evaluate_default);
  xdecref(std::exchange(variable_in(parameter)->evaluate_default, evaluate_default));
  return Ref::share(parameter);
}

#define OURO_VM_VARIABLE_LIFE .dealloc = variable_dealloc, .traverse = variable_traverse, .clear = variable_clear

const TypeSpec kTypeVarType = {
    .name = "typing.TypeVar", .basic_size = sizeof(VariableObject), .flags = kTypeContainer, .doc = "Type variable.",
    .slots = {OURO_VM_VARIABLE_LIFE, .construct = type_var_construct, .repr = variable_repr,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, variable_or}},
    .methods = kTypeVarMethods, .getset = kTypeVarGetSet,
    .store_offset = offsetof(VariableObject, store), .weakref_offset = offsetof(VariableObject, weakrefs)};
const TypeSpec kParamSpecType = {
    .name = "typing.ParamSpec", .basic_size = sizeof(VariableObject), .flags = kTypeContainer, .doc = "Parameter specification variable.",
    .slots = {OURO_VM_VARIABLE_LIFE, .construct = param_spec_construct, .repr = variable_repr,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, variable_or}},
    .methods = kParamSpecMethods, .getset = kParamSpecGetSet,
    .store_offset = offsetof(VariableObject, store), .weakref_offset = offsetof(VariableObject, weakrefs)};
const TypeSpec kTypeVarTupleType = {
    .name = "typing.TypeVarTuple", .basic_size = sizeof(VariableObject), .flags = kTypeContainer, .doc = "Type variable tuple.",
    .slots = {OURO_VM_VARIABLE_LIFE, .construct = tuple_construct, .repr = tuple_repr, .iter = tuple_iter},
    .methods = kTupleMethods, .getset = kTupleGetSet,
    .store_offset = offsetof(VariableObject, store), .weakref_offset = offsetof(VariableObject, weakrefs)};
const TypeSpec kParamSpecArgsType = {
    .name = "typing.ParamSpecArgs", .basic_size = sizeof(ParamSpecPartObject), .flags = kTypeContainer,
    .doc = "The args for a ParamSpec object.",
    .slots = {.dealloc = part_dealloc, .traverse = part_traverse, .construct = part_construct<true>, .repr = part_repr<true>, .compare = part_compare},
    .methods = kPartMethods, .getset = kPartGetSet, .weakref_offset = offsetof(ParamSpecPartObject, weakrefs)};
const TypeSpec kParamSpecKwargsType = {
    .name = "typing.ParamSpecKwargs", .basic_size = sizeof(ParamSpecPartObject), .flags = kTypeContainer,
    .doc = "The kwargs for a ParamSpec object.",
    .slots = {.dealloc = part_dealloc, .traverse = part_traverse, .construct = part_construct<false>, .repr = part_repr<false>, .compare = part_compare},
    .methods = kPartMethods, .getset = kPartGetSet, .weakref_offset = offsetof(ParamSpecPartObject, weakrefs)};
const TypeSpec kNoDefaultType = {
    .name = "NoDefaultType", .basic_size = sizeof(Object), .doc = "The type of the NoDefault singleton.",
    .slots = {.construct = no_default_construct, .repr = no_default_repr}, .methods = kNoDefaultMethods};

}  // namespace ouro::vm
