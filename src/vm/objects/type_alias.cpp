// typing.TypeAliasType and typing.Generic (CPython 3.13 Objects/typevarobject.c).
#include <vector>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/typing.h"

namespace ouro::vm {
namespace {

struct AliasObject : GcObject {
  Value name;
  Value type_params;  ///< tuple or null
  Value evaluate;     ///< function or null
  Value value;        ///< null: not evaluated yet
  Value module;       ///< null: the function's
};

AliasObject* alias_in(Value self) { return self.as<AliasObject>(); }

void alias_dealloc(Vm& vm, Object* self) {
  auto* alias = static_cast<AliasObject*>(self);
  vm.heap.untrack(alias);
  for (Value* place : {&alias->name, &alias->type_params, &alias->evaluate, &alias->value, &alias->module})
    xdecref(std::exchange(*place, Value()));
  free_object(vm, self, self->type->basic_size);
}
void alias_traverse(Object* self, Visitor& visit) {
  auto* alias = static_cast<AliasObject*>(self);
  for (const Value value : {alias->name, alias->type_params, alias->evaluate, alias->value, alias->module}) visit(value);
}
void alias_clear(Vm&, Object* self) {
  auto* alias = static_cast<AliasObject*>(self);
  for (Value* place : {&alias->type_params, &alias->evaluate, &alias->value, &alias->module}) xdecref(std::exchange(*place, Value()));
}

Ref make_alias(Vm& vm, Value name, Value type_params, Value evaluate, Value value, Value module) {
  VM_TRY(Ref made, construct_zeroed(vm, vm.native_type(kTypeAliasType), CallArgs{}));
  auto* alias = alias_in(made);
  alias->name = Ref::share(name).release();
  alias->type_params = Ref::share(type_params).release();
  alias->evaluate = Ref::share(evaluate).release();
  alias->value = Ref::share(value).release();
  alias->module = Ref::share(module).release();
  return made;
}

Ref alias_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "typealias(name, value, *, type_params=())", 3, call_args);
  if (!is_str(args[0])) return raise_argument_type(vm, "typealias", 1, "str", args[0]);
  if (args.given(2) && !is_tuple(args[2])) return raise(vm, vm.exc.TypeError, "type_params must be a tuple");
  VM_TRY(Ref module, calling_module(vm));
  const bool has_params = args.given(2) && args[2].as<TupleObject>()->size != 0;
  return make_alias(vm, args[0], has_params ? args[2] : Value(), Value(), args[1], module);
}

Ref get_value(Vm& vm, Value self) {
  auto* alias = alias_in(self);
  if (!alias->value.is_null()) return Ref::share(alias->value);
  const Ref evaluate = Ref::share(alias->evaluate);
  VM_TRY(Ref result, call(vm, evaluate));
  xdecref(std::exchange(alias->value, result.clone().release()));
  return result;
}
Ref get_name(Vm&, Value self) { return Ref::share(alias_in(self)->name); }
Ref get_type_params(Vm& vm, Value self) {
  const Value params = alias_in(self)->type_params;
  return Ref::share(params.is_null() ? Value(vm.empty_tuple) : params);
}
/// Type parameters, TypeVarTuples unpacked.
Ref get_parameters(Vm& vm, Value self) {
  VM_TRY(Ref params, get_type_params(vm, self));
  VM_TRY(Own<ListObject> out, new_list(vm));
  for (const Value parameter : params.as<TupleObject>()->view()) {
    if (parameter.is_object() && parameter.object()->type->spec == &kTypeVarTupleType) {
      VM_CHECK(list_extend(vm, out, parameter));
    } else {
      VM_CHECK(list_append(vm, out, parameter));
    }
  }
  return new_tuple(vm, out->view());
}
Ref get_module(Vm& vm, Value self) {
  auto* alias = alias_in(self);
  if (!alias->module.is_null()) return Ref::share(alias->module);
  if (!alias->evaluate.is_null() && is_exact(vm, alias->evaluate, vm.types.function))
    return Ref::share(alias->evaluate.as<FunctionObject>()->module);
  return Ref::none();
}
constexpr GetSetSpec kGetSet[] = {{"__name__", get_name},
                                  {"__value__", get_value},
                                  {"__type_params__", get_type_params},
                                  {"__parameters__", get_parameters},
                                  {"__module__", get_module}};

Ref alias_repr(Vm& vm, Value self) { return str(vm, alias_in(self)->name); }
Ref alias_reduce(Vm&, Value self) { return Ref::share(alias_in(self)->name); }
Ref alias_subscript(Vm& vm, Value self, Value item) {
  if (alias_in(self)->type_params.is_null()) return raise(vm, vm.exc.TypeError, "Only generic type aliases are subscriptable");
  return new_generic_alias(vm, self, item);
}
constexpr MethodSpec kMethods[] = {{"__reduce__($self, /)", alias_reduce}};

// --- Generic

Ref generic_class_getitem(Vm& vm, Value type, const CallArgs& args) {
  if (args.positional != 1)
    return raise(vm, vm.exc.TypeError, "Generic.__class_getitem__() takes exactly one argument ({} given)", args.positional);
  return call_typing(vm, "_generic_class_getitem", {type, args.values[0]});
}
Ref generic_init_subclass(Vm& vm, Value type, const CallArgs& args) {
  std::vector<Value> values{type};
  values.insert(values.end(), args.values, args.values + args.positional + args.keyword_count());
  const Ref module_function = [&] {
    Ref function;
    const Value modules = dict_get(vm, vm.modules, "typing");
    if (!modules.is_null()) function = get_attribute(vm, modules, "_generic_init_subclass");
    return function;
  }();
  if (!module_function) {
    if (!has_error(vm)) return raise(vm, vm.exc.ImportError, "typing is not loaded");
    return {};
  }
  return call(vm, module_function, CallArgs{values.data(), args.positional + 1, args.keyword_names});
}
constexpr MethodSpec kGenericMethods[] = {
    {"__class_getitem__($type, /, *args, **kwargs)", generic_class_getitem, "Parameterizes a generic class.", Binding::Class},
    {"__init_subclass__($type, /, *args, **kwargs)", generic_init_subclass, "Function to initialize subclasses.", Binding::Class},
};

}  // namespace

Ref new_type_alias(Vm& vm, Value arguments) {
  auto* triple = arguments.as<TupleObject>();
  const Value params = (*triple)[1];
  return make_alias(vm, (*triple)[0], params.is_none() ? Value() : params, (*triple)[2], Value(), Value());
}

Ref subscript_generic(Vm& vm, Value parameters) {
  VM_TRY(Own<ListObject> out, new_list(vm));
  for (const Value parameter : parameters.as<TupleObject>()->view()) {
    if (parameter.is_object() && parameter.object()->type->spec == &kTypeVarTupleType) {
      VM_CHECK(list_extend(vm, out, parameter));
    } else {
      VM_CHECK(list_append(vm, out, parameter));
    }
  }
  VM_TRY(Own<TupleObject> unpacked, new_tuple(vm, out->view()));
  return call_typing(vm, "_GenericAlias", {Value(vm.native_type(kGenericType)), unpacked.operator Value()});
}

const TypeSpec kTypeAliasType = {
    .name = "typing.TypeAliasType", .basic_size = sizeof(AliasObject), .flags = kTypeContainer, .doc = "Type alias.",
    .slots = {.dealloc = alias_dealloc, .traverse = alias_traverse, .clear = alias_clear, .construct = alias_construct, .repr = alias_repr,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, type_or}, .subscript = alias_subscript},
    .methods = kMethods, .getset = kGetSet};

namespace {
void generic_dealloc(Vm& vm, Object* self) {
  if ((self->gc_word & kGcTracked) != 0) vm.heap.untrack(static_cast<GcObject*>(self));
  free_object(vm, self, self->type->basic_size);
}
void generic_traverse(Object*, Visitor&) {}
}  // namespace

const TypeSpec kGenericType = {
    .name = "typing.Generic", .basic_size = sizeof(GcObject), .flags = kTypeBaseType | kTypeContainer,
    .doc = "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\nGeneric when they declare a "
           "parameter list after the class\'s name::\n\n    class Mapping[KT, VT]:\n        def __getitem__(self, key: KT) -> VT:\n            ...\n"
           "            # Etc.\n\nOn older versions of Python, however, generic classes have to\nexplicitly inherit from Generic.\n\nAfter a class has been "
           "declared to be generic, it can then be used as\nfollows::\n\n    def lookup_name[KT, VT](mapping: Mapping[KT, VT], key: KT, default: VT) -> VT:\n"
           "        try:\n            return mapping[key]\n        except KeyError:\n            return default\n",
    .slots = {.dealloc = generic_dealloc, .traverse = generic_traverse},
    .methods = kGenericMethods};

}  // namespace ouro::vm
