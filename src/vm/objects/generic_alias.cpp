// types.GenericAlias: list[int] (CPython 3.13 Objects/genericaliasobject.c).
#include "vm/objects/generic_alias.h"

#include <algorithm>
#include <vector>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {

namespace {
GenericAliasObject* alias_in(Value self) { return self.as<GenericAliasObject>(); }

/// Whether it is a type variable or the like: it knows how to be substituted.
bool is_parameter(Vm& vm, Value value, bool& out) {
  out = false;
  if (is_type(value)) return true;
  Ref method;
  VM_CHECK(find_attribute(vm, value, vm.names.d_typing_subst, method));
  out = static_cast<bool>(method);
  return true;
}

bool add_unique(Vm& vm, ListObject* list, Value item) {
  for (const Value other : list->view())
    if (other == item) return true;
  return list_append(vm, list, item);
}
}  // namespace

Own<TupleObject> collect_parameters(Vm& vm, TupleObject* args) {
  VM_TRY(Own<ListObject> found, new_list(vm));
  for (const Value arg : args->view()) {
    if (is_type(arg)) continue;
    bool is_variable = false;
    VM_CHECK(is_parameter(vm, arg, is_variable));
    if (is_variable) {
      VM_CHECK(add_unique(vm, found, arg));
      continue;
    }
    Ref inner;
    VM_CHECK(find_attribute(vm, arg, vm.names.d_parameters, inner));
    if (!inner && (is_tuple(arg) || is_list(arg))) {
      VM_TRY(Own<TupleObject> items, to_tuple(vm, arg));
      VM_TRY(Own<TupleObject> nested, collect_parameters(vm, items));
      inner = std::move(nested);
    }
    if (!inner || !is_tuple(inner)) continue;
    for (const Value parameter : inner.as<TupleObject>()->view()) VM_CHECK(add_unique(vm, found, parameter));
  }
  return new_tuple(vm, found->view());
}

namespace {

std::size_t index_of(TupleObject* tuple, Value item) {
  for (std::size_t i = 0; i < tuple->size; ++i)
    if ((*tuple)[i] == item) return i;
  return tuple->size;
}

/// *tuple[int, str] among the arguments stands for its content.
Own<TupleObject> unpack_arguments(Vm& vm, Value item) {
  VM_TRY(Own<ListObject> out, new_list(vm));
  VM_TRY(Own<TupleObject> items, is_tuple(item) ? Own<TupleObject>::share(item.as<TupleObject>()) : new_tuple(vm, {item}));
  for (const Value entry : items->view()) {
    Ref content;
    if (!is_type(entry)) VM_CHECK(find_attribute(vm, entry, vm.intern("__typing_unpacked_tuple_args__"), content));
    const bool spreads = content && is_tuple(content) && content.as<TupleObject>()->size != 0 &&
                         (*content.as<TupleObject>())[content.as<TupleObject>()->size - 1] != kEllipsis;
    if (!spreads) {
      VM_CHECK(list_append(vm, out, entry));
      continue;
    }
    for (const Value inner : content.as<TupleObject>()->view()) VM_CHECK(list_append(vm, out, inner));
  }
  return new_tuple(vm, out->view());
}

/// One argument that has parameters of its own, with theirs put in.
Ref substitute_nested(Vm& vm, Value arg, TupleObject* parameters, TupleObject* items) {
  Ref inner;
  VM_CHECK(find_attribute(vm, arg, vm.names.d_parameters, inner));
  if (!inner || !is_tuple(inner) || inner.as<TupleObject>()->size == 0) return Ref::share(arg);
  VM_TRY(Own<ListObject> values, new_list(vm));
  for (const Value parameter : inner.as<TupleObject>()->view()) {
    const std::size_t at = index_of(parameters, parameter);
    if (at == parameters->size) {
      VM_CHECK(list_append(vm, values, parameter));
      continue;
    }
    const Value value = (*items)[at];
    // A TypeVarTuple's substitution is a tuple: it spreads.
    Ref unpacked;
    VM_CHECK(find_attribute(vm, parameter, vm.names.d_typing_is_unpacked_typevartuple, unpacked));
    Ref is_variadic = get_attribute(vm, Value(type_of(vm, parameter)), vm.names.d_name);
    if (!is_variadic) clear_error(vm);
    if (is_tuple(value) && is_variadic && is_str(is_variadic) && str_equal(is_variadic.as<StrObject>(), "TypeVarTuple")) {
      for (const Value entry : value.as<TupleObject>()->view()) VM_CHECK(list_append(vm, values, entry));
    } else {
      VM_CHECK(list_append(vm, values, value));
    }
  }
  VM_TRY(Own<TupleObject> key, new_tuple(vm, values->view()));
  return get_item(vm, arg, key);
}

}  // namespace

Own<TupleObject> substitute(Vm& vm, Value self, TupleObject* args, TupleObject* parameters, Value item) {
  if (parameters->size == 0) {
    VM_TRY(Ref shown, repr(vm, self));
    return raise(vm, vm.exc.TypeError, "{} is not a generic class", shown.as<StrObject>());
  }
  VM_TRY(Own<TupleObject> items, unpack_arguments(vm, item));
  for (const Value parameter : parameters->view()) {
    Ref prepare;
    VM_CHECK(find_attribute(vm, parameter, vm.names.d_typing_prepare_subst, prepare));
    if (!prepare || prepare.is_none()) continue;
    VM_TRY(Ref prepared, call(vm, prepare, {self, items.operator Value()}));
    if (is_tuple(prepared)) {
      items = Own<TupleObject>::share(prepared.as<TupleObject>());
    } else {
      items = new_tuple(vm, {prepared.get()});
      VM_CHECK(items);
    }
  }
  if (items->size != parameters->size) {
    VM_TRY(Ref shown, repr(vm, self));
    return raise(vm, vm.exc.TypeError, "Too {} arguments for {}; actual {}, expected {}",
                 items->size > parameters->size ? "many" : "few", shown.as<StrObject>(), items->size, parameters->size);
  }
  VM_TRY(Own<ListObject> out, new_list(vm));
  for (const Value arg : args->view()) {
    if (is_type(arg)) {
      VM_CHECK(list_append(vm, out, arg));
      continue;
    }
    if (is_tuple(arg) || is_list(arg)) {  // Callable's parameter list
      VM_TRY(Own<TupleObject> inner, to_tuple(vm, arg));
      VM_TRY(Own<TupleObject> inner_parameters, collect_parameters(vm, inner));
      if (inner_parameters->size == 0) {
        VM_CHECK(list_append(vm, out, arg));
        continue;
      }
      VM_TRY(Own<ListObject> chosen, new_list(vm));
      for (const Value parameter : inner_parameters->view()) VM_CHECK(list_append(vm, chosen, (*items)[index_of(parameters, parameter)]));
      VM_TRY(Own<TupleObject> key, new_tuple(vm, chosen->view()));
      VM_TRY(Own<TupleObject> replaced, substitute(vm, self, inner, inner_parameters, key));
      VM_CHECK(list_append(vm, out, replaced.operator Value()));
      continue;
    }
    Ref unpacked;
    VM_CHECK(find_attribute(vm, arg, vm.names.d_typing_is_unpacked_typevartuple, unpacked));
    bool spreads = false;
    if (unpacked) VM_CHECK(truth(vm, unpacked, spreads));
    Ref method;
    VM_CHECK(find_attribute(vm, arg, vm.names.d_typing_subst, method));
    Ref value;
    if (method) {
      value = call(vm, method, {(*items)[index_of(parameters, arg)]});
    } else {
      value = substitute_nested(vm, arg, parameters, items);
    }
    VM_CHECK(value);
    if (spreads && is_tuple(value)) {
      for (const Value entry : value.as<TupleObject>()->view()) VM_CHECK(list_append(vm, out, entry));
    } else {
      VM_CHECK(list_append(vm, out, value.get()));
    }
  }
  return new_tuple(vm, out->view());
}

bool append_type_repr(Vm& vm, Value type, std::string& out) {
  if (type == kEllipsis) {
    out += "...";
    return true;
  }
  if (type.is_none() || type == Value(vm.types.none)) {
    out += "None";
    return true;
  }
  Ref origin;
  Ref args;
  VM_CHECK(find_attribute(vm, type, vm.names.d_origin, origin));
  if (origin) VM_CHECK(find_attribute(vm, type, vm.intern("__args__"), args));
  Ref qualname;
  Ref module;
  if (!args) {
    VM_CHECK(find_attribute(vm, type, vm.names.d_qualname, qualname));
    if (qualname) VM_CHECK(find_attribute(vm, type, vm.names.d_module, module));
  }
  if (!qualname || !module || module.is_none()) {
    VM_TRY(Ref shown, repr(vm, type));
    out += to_utf8(shown.as<StrObject>());
    return true;
  }
  VM_TRY(Ref module_text, str(vm, module));
  VM_TRY(Ref name_text, str(vm, qualname));
  const std::string module_name = to_utf8(module_text.as<StrObject>());
  if (module_name != "builtins") out += module_name + ".";
  out += to_utf8(name_text.as<StrObject>());
  return true;
}

Ref new_generic_alias(Vm& vm, Value origin, Value arguments) {
  VM_TRY(Own<TupleObject> args, is_tuple(arguments) ? Own<TupleObject>::share(arguments.as<TupleObject>()) : new_tuple(vm, {arguments}));
  auto* alias = allocate<GenericAliasObject>(vm, vm.types.generic_alias);
  VM_CHECK(alias);
  alias->origin = Ref::share(origin).release();
  alias->args = args.release();
  vm.heap.track(alias);
  return Ref::adopt(Value(alias));
}

Ref generic_alias_of(Vm& vm, Value type, Value arguments) { return new_generic_alias(vm, type, arguments); }

namespace {

Ref alias_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "GenericAlias() takes no keyword arguments");
  if (args.positional != 2) return raise(vm, vm.exc.TypeError, "GenericAlias expected 2 arguments, got {}", args.positional);
  VM_TRY(Ref made, new_generic_alias(vm, args.values[0], args.values[1]));
  if (type == vm.types.generic_alias) return made;
  VM_TRY(Ref instance, construct_zeroed(vm, type, CallArgs{}));
  alias_in(instance)->origin = Ref::share(alias_in(made)->origin).release();
  alias_in(instance)->args = Own<TupleObject>::share(alias_in(made)->args).release();
  return instance;
}

void alias_dealloc(Vm& vm, Object* self) {
  auto* alias = static_cast<GenericAliasObject*>(self);
  vm.heap.untrack(alias);
  xdecref(alias->origin);
  for (TupleObject* tuple : {alias->args, alias->parameters})
    if (tuple != nullptr) decref(static_cast<Object*>(tuple));
  free_object(vm, self, self->type->basic_size);
}
void alias_traverse(Object* self, Visitor& visit) {
  auto* alias = static_cast<GenericAliasObject*>(self);
  visit(alias->origin);
  visit(alias->args);
  visit(alias->parameters);
}

Own<TupleObject> parameters_of(Vm& vm, GenericAliasObject* alias) {
  if (alias->parameters == nullptr) {
    VM_TRY(Own<TupleObject> found, collect_parameters(vm, alias->args));
    alias->parameters = found.release();
  }
  return Own<TupleObject>::share(alias->parameters);
}

Ref alias_repr(Vm& vm, Value self) {
  const RecursionGuard guard(vm, " while getting the repr of an object");
  VM_CHECK(guard);
  auto* alias = alias_in(self);
  std::string out = alias->is_starred ? "*" : "";
  VM_CHECK(append_type_repr(vm, alias->origin, out));
  out += "[";
  for (std::size_t i = 0; i < alias->args->size; ++i) {
    if (i != 0) out += ", ";
    const Value arg = (*alias->args)[i];
    if (!is_list(arg)) {
      VM_CHECK(append_type_repr(vm, arg, out));
      continue;
    }
    out += "[";
    const Own<ListObject> list = Own<ListObject>::share(arg.as<ListObject>());
    for (std::size_t j = 0; j < list->size; ++j) {
      if (j != 0) out += ", ";
      VM_CHECK(append_type_repr(vm, list->items[j], out));
    }
    out += "]";
  }
  if (alias->args->size == 0) out += "()";
  return new_str(vm, out + "]");
}

bool alias_hash(Vm& vm, Value self, std::int64_t& out) {
  std::int64_t origin = 0;
  std::int64_t args = 0;
  VM_CHECK(hash(vm, alias_in(self)->origin, origin) && hash(vm, Value(alias_in(self)->args), args));
  out = origin ^ args;
  if (out == -1) out = -2;
  return true;
}

Ref alias_compare(Vm& vm, Value a, Value b, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_instance_of(vm, b, vm.types.generic_alias) ||
      !is_instance_of(vm, a, vm.types.generic_alias))
    return Ref::not_implemented();
  bool same = alias_in(a)->is_starred == alias_in(b)->is_starred;
  if (same) VM_CHECK(equal(vm, alias_in(a)->origin, alias_in(b)->origin, same));
  if (same) VM_CHECK(equal(vm, Value(alias_in(a)->args), Value(alias_in(b)->args), same));
  return Ref::boolean(same == (op == CompareOp::Equal));
}

Ref alias_call(Vm& vm, Value self, const CallArgs& args) {
  const Ref origin = Ref::share(alias_in(self)->origin);
  VM_TRY(Ref object, call(vm, origin, args));
  if (!set_attribute(vm, object, vm.names.d_orig_class, self) && !catch_error(vm, vm.exc.AttributeError) &&
      !catch_error(vm, vm.exc.TypeError))
    return {};
  return object;
}

Ref alias_subscript(Vm& vm, Value self, Value item) {
  auto* alias = alias_in(self);
  VM_TRY(Own<TupleObject> parameters, parameters_of(vm, alias));
  VM_TRY(Own<TupleObject> args, substitute(vm, self, alias->args, parameters, item));
  VM_TRY(Ref made, new_generic_alias(vm, alias->origin, args));
  alias_in(made)->is_starred = alias->is_starred;
  return made;
}

Ref alias_get_attribute(Vm& vm, Value self, StrObject* name) {
  static constexpr std::string_view kOwn[] = {
      "__class__", "__bases__", "__origin__", "__args__", "__unpacked__", "__parameters__", "__typing_unpacked_tuple_args__",
      "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__"};
  const bool own = name->is_ascii && std::find(std::begin(kOwn), std::end(kOwn), name->ascii()) != std::end(kOwn);
  if (own) return generic_get_attribute(vm, self, name);
  return get_attribute(vm, alias_in(self)->origin, name);
}

/// *list[int]: iterating an alias gives its starred form, once.
Ref alias_iter(Vm& vm, Value self) {
  auto* alias = alias_in(self);
  VM_TRY(Ref starred, new_generic_alias(vm, alias->origin, Value(alias->args)));
  alias_in(starred)->is_starred = true;
  VM_TRY(Own<TupleObject> one, new_tuple(vm, {starred.get()}));
  return get_iter(vm, one);
}

Ref alias_or(Vm& vm, Value a, Value b) { return type_or(vm, a, b); }

Ref alias_mro_entries(Vm& vm, Value self, Value) { return new_tuple(vm, {alias_in(self)->origin}); }
Ref alias_instancecheck(Vm& vm, Value, Value) {
  return raise(vm, vm.exc.TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Ref alias_subclasscheck(Vm& vm, Value, Value) {
  return raise(vm, vm.exc.TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
Ref alias_reduce(Vm& vm, Value self) {
  auto* alias = alias_in(self);
  VM_TRY(Own<TupleObject> args, new_tuple(vm, {alias->origin, Value(alias->args)}));
  if (!alias->is_starred) return new_tuple(vm, {Value(vm.types.generic_alias), args.operator Value()});
  // next(iter(origin[args]))
  VM_TRY(Ref plain, new_generic_alias(vm, alias->origin, Value(alias->args)));
  VM_TRY(Ref iterator, get_iter(vm, plain));
  VM_TRY(Own<TupleObject> one, new_tuple(vm, {iterator.get()}));
  const Value next = dict_get(vm, vm.builtins, "next");
  return new_tuple(vm, {next.is_null() ? kNone : next, one.operator Value()});
}
Ref alias_dir(Vm& vm, Value self) {
  VM_TRY(Ref names, directory(vm, alias_in(self)->origin));
  VM_TRY(Own<ListObject> list, to_list(vm, names));
  for (const char* own : {"__origin__", "__args__", "__parameters__", "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__",
                          "__unpacked__", "__typing_unpacked_tuple_args__", "__class__"}) {
    bool known = false;
    const Value name(vm.intern(own));
    for (const Value other : list->view()) known = known || other == name;
    if (!known) VM_CHECK(list_append(vm, list, name));
  }
  return list;
}
constexpr MethodSpec kMethods[] = {
    {"__mro_entries__($self, object, /)", alias_mro_entries},
    {"__instancecheck__($self, object, /)", alias_instancecheck},
    {"__subclasscheck__($self, object, /)", alias_subclasscheck},
    {"__reduce__($self, /)", alias_reduce},
    {"__dir__($self, /)", alias_dir},
};

Ref get_origin(Vm&, Value self) { return Ref::share(alias_in(self)->origin); }
Ref get_args(Vm&, Value self) { return Ref::share(Value(alias_in(self)->args)); }
Ref get_parameters(Vm& vm, Value self) { return parameters_of(vm, alias_in(self)); }
Ref get_unpacked(Vm&, Value self) { return Ref::boolean(alias_in(self)->is_starred); }
Ref get_unpacked_args(Vm& vm, Value self) {
  if (alias_in(self)->is_starred && alias_in(self)->origin == Value(vm.types.tuple)) return get_args(vm, self);
  return Ref::none();
}
constexpr GetSetSpec kGetSet[] = {{"__origin__", get_origin},
                                  {"__args__", get_args},
                                  {"__parameters__", get_parameters},
                                  {"__unpacked__", get_unpacked},
                                  {"__typing_unpacked_tuple_args__", get_unpacked_args}};

}  // namespace

const TypeSpec kGenericAliasType = {
    .name = "types.GenericAlias",
    .basic_size = sizeof(GenericAliasObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "GenericAlias(origin, args, /)\n--\n\nRepresent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    .slots = {.dealloc = alias_dealloc, .traverse = alias_traverse, .construct = alias_construct, .repr = alias_repr,
              .hash = alias_hash, .call = alias_call, .get_attribute = alias_get_attribute, .compare = alias_compare,
              .iter = alias_iter,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, alias_or},
              .subscript = alias_subscript},
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(GenericAliasObject, weakrefs),
};

}  // namespace ouro::vm
