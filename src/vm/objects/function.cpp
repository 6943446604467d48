// function: what def and lambda make.
#include "vm/objects/function.h"

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/run.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

FunctionObject* function_of(Value self) { return self.as<FunctionObject>(); }

void replace(Value& field, Value value) {
  xincref(value);
  xdecref(std::exchange(field, value));
}

void function_drop(Vm& vm, FunctionObject* function) {
  for (Value* field : {&function->name, &function->qualname, &function->module, &function->doc, &function->defaults,
                       &function->keyword_defaults, &function->closure, &function->annotations, &function->type_params})
    xdecref(std::exchange(*field, Value()));
  store_clear(vm, function->store);
}

void function_dealloc(Vm& vm, Object* self) {
  auto* function = static_cast<FunctionObject*>(self);
  vm.heap.untrack(function);
  function_drop(vm, function);
  if (function->code != nullptr) decref(static_cast<Object*>(function->code));
  if (function->globals != nullptr) decref(static_cast<Object*>(function->globals));
  if (function->builtins != nullptr) decref(static_cast<Object*>(function->builtins));
  free_object(vm, self, sizeof(FunctionObject));
}
void function_traverse(Object* self, Visitor& visit) {
  auto* function = static_cast<FunctionObject*>(self);
  visit(function->code);
  visit(function->globals);
  visit(function->builtins);
  for (Value field : {function->name, function->qualname, function->module, function->doc, function->defaults,
                      function->keyword_defaults, function->closure, function->annotations, function->type_params})
    visit(field);
  store_traverse(self, function->store, visit);
}
void function_clear(Vm& vm, Object* self) {
  // Code, names and globals stay: the function may still be called by a finaliser.
  auto* function = static_cast<FunctionObject*>(self);
  for (Value* field : {&function->defaults, &function->keyword_defaults, &function->annotations, &function->type_params,
                       &function->closure, &function->doc})
    xdecref(std::exchange(*field, Value()));
  store_clear(vm, function->store);
}

Ref function_call(Vm& vm, Value self, const CallArgs& args) { return call_function(vm, function_of(self), args); }

Ref function_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null() || instance.is_none()) return Ref::share(self);
  return new_method(vm, self, instance);
}

Ref function_repr(Vm& vm, Value self) {
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<function {} at {}>", {function_of(self)->qualname.as<StrObject>(), address}));
}

Ref function_new(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)", 6, call);
  if (!args[0].is_object() || args[0].object()->type != vm.types.code)
    return raise(vm, vm.exc.TypeError, "function() argument 'code' must be code, not {}", type_name(vm, args[0]));
  if (!is_dict(args[1]))
    return raise(vm, vm.exc.TypeError, "function() argument 'globals' must be dict, not {}", type_name(vm, args[1]));
  if (args.has(2) && !is_str(args[2])) return raise(vm, vm.exc.TypeError, "arg 3 (name) must be None or string");
  if (args.has(3) && !is_tuple(args[3])) return raise(vm, vm.exc.TypeError, "arg 4 (defaults) must be None or tuple");
  auto* code = args[0].as<CodeObject>();
  const auto free_count = static_cast<std::size_t>(code->free_count);
  if (args.has(4) || free_count != 0) {
    if (!args.has(4)) return raise(vm, vm.exc.TypeError, "arg 5 (closure) must be tuple");
    if (!is_tuple(args[4])) return raise(vm, vm.exc.TypeError, "arg 5 (closure) must be None or tuple");
    const auto given = args[4].as<TupleObject>()->size;
    if (given != free_count) {
      return raise(vm, vm.exc.ValueError, "{} requires closure of length {}, not {}", code->name, free_count, given);
    }
    for (Value cell : args[4].as<TupleObject>()->view()) {
      if (!cell.is_object() || cell.object()->type != vm.types.cell)
        return raise(vm, vm.exc.TypeError, "arg 5 (closure) expected cell, found {}", type_name(vm, cell));
    }
  }
  if (args.has(5) && !is_dict(args[5])) return raise(vm, vm.exc.TypeError, "arg 6 (kwdefaults) must be None or dict");
  (void)type;
  VM_TRY(Own<FunctionObject> function, new_function(vm, code, args[1].as<DictObject>()));
  if (args.has(2)) replace(function->name, args[2]);
  if (args.has(3)) replace(function->defaults, args[3]);
  if (args.has(4)) replace(function->closure, args[4]);
  if (args.has(5)) replace(function->keyword_defaults, args[5]);
  return Ref(std::move(function));
}

Ref none_if_null(Value value) { return value.is_null() ? Ref::none() : Ref::share(value); }

// --- attributes
Ref get_code(Vm&, Value self) { return Ref::share(function_of(self)->code); }
bool set_code(Vm& vm, Value self, Value value) {
  if (value.is_null() || !value.is_object() || value.object()->type != vm.types.code)
    return raise(vm, vm.exc.TypeError, "__code__ must be set to a code object");
  auto* function = function_of(self);
  auto* code = value.as<CodeObject>();
  const std::size_t cells = function->closure.is_null() ? 0 : function->closure.as<TupleObject>()->size;
  if (static_cast<std::size_t>(code->free_count) != cells) {
    return raise(vm, vm.exc.ValueError, "{}() requires a code object with {} free vars, not {}",
                 function->name.as<StrObject>(), cells, code->free_count);
  }
  incref(value);
  decref(static_cast<Object*>(std::exchange(function->code, code)));
  return true;
}
Ref get_defaults(Vm&, Value self) { return none_if_null(function_of(self)->defaults); }
bool set_defaults(Vm& vm, Value self, Value value) {
  if (value.is_none()) value = Value();
  if (!value.is_null() && !is_tuple(value))
    return raise(vm, vm.exc.TypeError, "__defaults__ must be set to a tuple object");
  replace(function_of(self)->defaults, value);
  return true;
}
Ref get_keyword_defaults(Vm&, Value self) { return none_if_null(function_of(self)->keyword_defaults); }
bool set_keyword_defaults(Vm& vm, Value self, Value value) {
  if (value.is_none()) value = Value();
  if (!value.is_null() && !is_dict(value))
    return raise(vm, vm.exc.TypeError, "__kwdefaults__ must be set to a dict object");
  replace(function_of(self)->keyword_defaults, value);
  return true;
}
Ref get_annotations(Vm& vm, Value self) {
  auto* function = function_of(self);
  if (function->annotations.is_null() || is_tuple(function->annotations)) {
    VM_TRY(Own<DictObject> dict, new_dict(vm));
    if (!function->annotations.is_null()) {
      const std::span<const Value> pairs = function->annotations.as<TupleObject>()->view();
      for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) VM_CHECK(dict_set(vm, dict.get(), pairs[i], pairs[i + 1]));
    }
    xdecref(std::exchange(function->annotations, Value(dict.release())));
  }
  return Ref::share(function->annotations);
}
bool set_annotations(Vm& vm, Value self, Value value) {
  if (value.is_none()) value = Value();
  if (!value.is_null() && !is_dict(value))
    return raise(vm, vm.exc.TypeError, "__annotations__ must be set to a dict object");
  replace(function_of(self)->annotations, value);
  return true;
}
Ref get_name(Vm&, Value self) { return Ref::share(function_of(self)->name); }
bool set_name(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_str(value)) return raise(vm, vm.exc.TypeError, "__name__ must be set to a string object");
  replace(function_of(self)->name, value);
  return true;
}
Ref get_qualname(Vm&, Value self) { return Ref::share(function_of(self)->qualname); }
bool set_qualname(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_str(value)) return raise(vm, vm.exc.TypeError, "__qualname__ must be set to a string object");
  replace(function_of(self)->qualname, value);
  return true;
}
Ref get_type_params(Vm& vm, Value self) {
  const Value params = function_of(self)->type_params;
  return Ref::share(params.is_null() ? Value(vm.empty_tuple) : params);
}
bool set_type_params(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_tuple(value))
    return raise(vm, vm.exc.TypeError, "__type_params__ must be set to a tuple");
  replace(function_of(self)->type_params, value);
  return true;
}
Ref get_dict(Vm& vm, Value self) { return Ref::share(store_dict(vm, self.object())); }
bool set_dict(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_dict(value))
    return raise(vm, vm.exc.TypeError, "__dict__ must be set to a dictionary, not a '{}'",
                 value.is_null() ? std::string_view("NULL") : type_name(vm, value));
  store_replace(vm, self.object(), value.as<DictObject>());
  return true;
}
Ref get_doc(Vm&, Value self) { return none_if_null(function_of(self)->doc); }
bool set_doc(Vm&, Value self, Value value) {
  replace(function_of(self)->doc, value.is_null() ? kNone : value);
  return true;
}
Ref get_module(Vm&, Value self) { return none_if_null(function_of(self)->module); }
bool set_module(Vm&, Value self, Value value) {
  replace(function_of(self)->module, value.is_null() ? kNone : value);
  return true;
}
Ref get_globals(Vm&, Value self) { return Ref::share(function_of(self)->globals); }
Ref get_builtins(Vm&, Value self) { return Ref::share(function_of(self)->builtins); }
Ref get_closure(Vm&, Value self) { return none_if_null(function_of(self)->closure); }

constexpr GetSetSpec kGetSet[] = {
    {"__code__", get_code, set_code},
    {"__defaults__", get_defaults, set_defaults},
    {"__kwdefaults__", get_keyword_defaults, set_keyword_defaults},
    {"__annotations__", get_annotations, set_annotations},
    {"__dict__", get_dict, set_dict},
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"__type_params__", get_type_params, set_type_params},
    {"__doc__", get_doc, set_doc},
    {"__module__", get_module, set_module},
    {"__globals__", get_globals},
    {"__builtins__", get_builtins},
    {"__closure__", get_closure},
};

}  // namespace

const TypeSpec kFunctionType{
    .name = "function",
    .basic_size = sizeof(FunctionObject),
    .flags = kTypeContainer | kTypeMethodDescriptor,
    .doc = "function(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)\n--\n\n"
           "Create a function object.",
    .slots = {.dealloc = function_dealloc,
              .traverse = function_traverse,
              .clear = function_clear,
              .construct = function_new,
              .repr = function_repr,
              .call = function_call,
              .descriptor_get = function_get},
    .getset = kGetSet,
    .store_offset = offsetof(FunctionObject, store),
    .weakref_offset = offsetof(FunctionObject, weakrefs),
};

Own<FunctionObject> new_function(Vm& vm, CodeObject* code, DictObject* globals) {
  if (executable_of(vm, code) == nullptr) return {};
  auto* function = allocate<FunctionObject>(vm, vm.types.function);
  if (function == nullptr) return {};
  function->code = code;
  incref(static_cast<Object*>(code));
  function->globals = globals;
  incref(static_cast<Object*>(globals));
  // The builtins of its globals: a dict, or the machine's.
  DictObject* builtins = vm.builtins;
  Value own = dict_get_str(vm, globals, vm.names.d_builtins);
  if (!own.is_null()) {
    if (own.is_object() && own.object()->type == vm.types.module) own = Value(module_dict(own.as<ModuleObject>()));
    if (is_dict(own)) builtins = own.as<DictObject>();
  }
  function->builtins = builtins;
  incref(static_cast<Object*>(builtins));
  function->name = Ref::share(code->name).release();
  function->qualname = Ref::share(code->qualname).release();
  const std::span<const Value> consts = code->consts->view();
  const bool has_doc = (code->flags & code::kOptimized) != 0 && !consts.empty() && is_str(consts[0]);
  function->doc = has_doc ? Ref::share(consts[0]).release() : kNone;
  const Value module = dict_get_str(vm, globals, vm.names.d_name);
  function->module = module.is_null() ? kNone : Ref::share(module).release();
  function->store.shape = root_shape_of(vm, vm.types.function);
  vm.heap.track(function);
  return Own<FunctionObject>::adopt(function);
}

}  // namespace ouro::vm
