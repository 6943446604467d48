// _contextvars: Context, ContextVar and Token (CPython 3.13 Python/context.c). A context is a dict of variables that is
// copied when it is written while shared: copies of a context are cheap until one of them changes.
#include "vm/interpreter/frame.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/function.h"
#include "vm/objects/life.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

extern const TypeSpec kContextType, kContextVarType, kTokenType, kMissingType;

struct ContextObject : GcObject {
  Value variables;  ///< dict, perhaps shared with other contexts
  Value previous;   ///< the context that was current before; null: none
  bool entered;
  WeakRefObject* weakrefs;
};
using ContextLife = LifeOf<ContextObject, &ContextObject::variables, &ContextObject::previous>;
struct ContextVarObject : GcObject {
  Value name, otherwise;  ///< otherwise null: no default
};
using ContextVarLife = LifeOf<ContextVarObject, &ContextVarObject::name, &ContextVarObject::otherwise>;
struct TokenObject : GcObject {
  Value context, variable, old_value;  ///< old_value null: missing
  bool used;
};
using TokenLife = LifeOf<TokenObject, &TokenObject::context, &TokenObject::variable, &TokenObject::old_value>;

bool is_context(Vm& vm, Value value) { return is_exact(vm, value, vm.native_type(kContextType)); }
DictObject* variables_of(const ContextObject* context) { return context->variables.as<DictObject>(); }

Own<ContextObject> make_context(Vm& vm, Value variables) {
  VM_TRY(Own<ContextObject> context, make_instance<ContextObject>(vm, vm.native_type(kContextType)));
  if (variables.is_null()) {
    VM_TRY(Own<DictObject> empty, new_dict(vm));
    assign(context->variables, Value(empty.get()));
  } else {
    assign(context->variables, variables);
  }
  return context;
}

/// The thread's current context, made if there is none. Borrowed; null: MemoryError.
ContextObject* current(Vm& vm) {
  Value& context = vm.thread->context;
  if (context.is_null()) {
    VM_TRY(Own<ContextObject> made, make_context(vm, {}));
    assign(context, Value(made.get()));
  }
  return context.as<ContextObject>();
}

/// The context's own dict, for writing.
DictObject* writable(Vm& vm, ContextObject* context) {
  if (context->variables.object()->refcount > 1) {
    VM_TRY(Own<DictObject> copy, dict_copy(vm, variables_of(context)));
    assign(context->variables, Value(copy.get()));
  }
  return variables_of(context);
}

// --- Context
Ref context_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  if (call.positional != 0 || call.has_keywords()) return raise(vm, vm.exc.TypeError, "Context() does not accept any arguments");
  return make_context(vm, {});
}
bool check_variable(Vm& vm, Value key) {
  if (is_exact(vm, key, vm.native_type(kContextVarType))) return true;
  VM_TRY(Ref shown, repr(vm, key));
  return raise(vm, vm.exc.TypeError, "a ContextVar key was expected, got {}", shown.as<StrObject>());
}
Ref context_subscript(Vm& vm, Value self, Value key) {
  VM_CHECK(check_variable(vm, key));
  Value found;
  VM_CHECK(dict_find(vm, variables_of(self.as<ContextObject>()), key, found));
  if (found.is_null()) return raise_with(vm, vm.exc.KeyError, key);
  return Ref::share(found);
}
bool context_contains(Vm& vm, Value self, Value key, bool& out) {
  VM_CHECK(check_variable(vm, key));
  Value found;
  VM_CHECK(dict_find(vm, variables_of(self.as<ContextObject>()), key, found));
  out = !found.is_null();
  return true;
}
bool context_length(Vm&, Value self, std::size_t& out) {
  out = variables_of(self.as<ContextObject>())->used;
  return true;
}
Ref context_iter(Vm& vm, Value self) { return get_iter(vm, self.as<ContextObject>()->variables); }
Ref context_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_context(vm, other)) return Ref::not_implemented();
  bool same = false;
  VM_CHECK(dict_equal(vm, variables_of(self.as<ContextObject>()), variables_of(other.as<ContextObject>()), same));
  return Ref::boolean(same == (op == CompareOp::Equal));
}
Ref context_get(Vm& vm, Value self, Args& args) {
  VM_CHECK(check_variable(vm, args[0]));
  Value found;
  VM_CHECK(dict_find(vm, variables_of(self.as<ContextObject>()), args[0], found));
  return Ref::share(found.is_null() ? args.get(1, kNone) : found);
}
Ref context_copy(Vm& vm, Value self) { return make_context(vm, self.as<ContextObject>()->variables); }
Ref context_view(Vm& vm, Value self, StrObject* name) {
  VM_TRY(Ref view, call_method(vm, self.as<ContextObject>()->variables, name));
  return get_iter(vm, view);
}
Ref context_keys(Vm& vm, Value self) { return context_view(vm, self, vm.names.keys); }
Ref context_values(Vm& vm, Value self) { return context_view(vm, self, vm.names.values); }
Ref context_items(Vm& vm, Value self) { return context_view(vm, self, vm.names.items); }
Ref context_run(Vm& vm, Value self, const CallArgs& call) {
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "run() missing 1 required positional argument");
  auto* context = self.as<ContextObject>();
  if (context->entered) {
    VM_TRY(Ref shown, repr(vm, self));
    return raise(vm, vm.exc.RuntimeError, "cannot enter context: {} is already entered", shown.as<StrObject>());
  }
  VM_CHECK(current(vm));
  context->entered = true;
  assign(context->previous, vm.thread->context);
  assign(vm.thread->context, self);
  Ref result = vm::call(vm, call.values[0], CallArgs{call.values + 1, call.positional - 1, call.keyword_names});
  assign(vm.thread->context, context->previous);
  assign(context->previous, Value());
  context->entered = false;
  return result;
}
constexpr MethodSpec kContextMethods[] = {
    {"run", context_run, "Calls a function with this context as the current one."},
    {"copy($self, /)", context_copy, "A copy of the context."},
    {"get($self, key, default=None, /)", context_get, "The variable's value, or default."},
    {"keys($self, /)", context_keys, "The variables."},
    {"values($self, /)", context_values, "The values."},
    {"items($self, /)", context_items, "Pairs of variable and value."},
};
constexpr TypeSlots context_slots() {
  TypeSlots s = ContextLife::slots();
  s.clear = ContextLife::clear;
  s.construct = context_construct;
  s.subscript = context_subscript;
  s.contains = context_contains;
  s.length = context_length;
  s.iter = context_iter;
  s.compare = context_compare;
  return s;
}

// --- ContextVar
Ref variable_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "ContextVar(name, /, *, default=<unrepresentable>)", 2, call);
  if (!is_str(args[0])) return raise(vm, vm.exc.TypeError, "context variable name must be a str");
  VM_TRY(Own<ContextVarObject> self, make_instance<ContextVarObject>(vm, type));
  assign(self->name, args[0]);
  assign(self->otherwise, args.get(1, Value()));
  return self;
}
Ref variable_get(Vm& vm, Value self, Args& args) {
  VM_TRY(ContextObject * context, current(vm));
  Value found;
  VM_CHECK(dict_find(vm, variables_of(context), self, found));
  if (!found.is_null()) return Ref::share(found);
  if (args.given(0)) return Ref::share(args[0]);
  const Value otherwise = self.as<ContextVarObject>()->otherwise;
  if (!otherwise.is_null()) return Ref::share(otherwise);
  return raise_with(vm, vm.exc.LookupError, self);
}
Ref variable_set(Vm& vm, Value self, Value value) {
  VM_TRY(ContextObject * context, current(vm));
  VM_TRY(Own<TokenObject> token, make_instance<TokenObject>(vm, vm.native_type(kTokenType)));
  Value found;
  VM_CHECK(dict_find(vm, variables_of(context), self, found));
  assign(token->context, Value(context));
  assign(token->variable, self);
  assign(token->old_value, found);
  VM_TRY(DictObject * dict, writable(vm, context));
  VM_CHECK(dict_set(vm, dict, self, value));
  return token;
}
Ref variable_reset(Vm& vm, Value self, Value token_value) {
  if (!is_exact(vm, token_value, vm.native_type(kTokenType))) {
    return raise(vm, vm.exc.TypeError, "expected an instance of Token, got {}", type_name(vm, token_value));
  }
  auto* token = token_value.as<TokenObject>();
  VM_TRY(Ref shown, repr(vm, token_value));
  const auto* text = shown.as<StrObject>();
  if (token->used) return raise(vm, vm.exc.RuntimeError, "{} has already been used once", text);
  if (token->variable != self) return raise(vm, vm.exc.ValueError, "{} was created by a different ContextVar", text);
  VM_TRY(ContextObject * context, current(vm));
  if (token->context != Value(context)) return raise(vm, vm.exc.ValueError, "{} was created in a different Context", text);
  token->used = true;
  VM_TRY(DictObject * dict, writable(vm, context));
  if (token->old_value.is_null()) {
    Ref taken;
    VM_CHECK(dict_take(vm, dict, self, taken));
    if (!taken) return raise_with(vm, vm.exc.LookupError, self);
  } else {
    VM_CHECK(dict_set(vm, dict, self, token->old_value));
  }
  return Ref::none();
}
std::string address_text(Value value) {
  std::string digits;
  for (std::uint64_t bits = value.bits(); bits != 0; bits >>= 4U) digits.insert(digits.begin(), "0123456789abcdef"[bits & 15U]);
  return "0x" + digits;
}
Ref variable_repr(Vm& vm, Value self) {
  const auto* variable = self.as<ContextVarObject>();
  StrBuilder out(vm);
  VM_TRY(Ref name, repr(vm, variable->name));
  out.append(std::string_view("<ContextVar name="));
  out.append(name.as<StrObject>());
  if (!variable->otherwise.is_null()) {
    VM_TRY(Ref otherwise, repr(vm, variable->otherwise));
    out.append(std::string_view(" default="));
    out.append(otherwise.as<StrObject>());
  }
  out.append(std::string_view(" at " + address_text(self) + ">"));
  return out.finish();
}
constexpr MethodSpec kVariableMethods[] = {
    {"get($self, default=<unrepresentable>, /)", variable_get, "The value in the current context; else default, the variable's "
                                                               "default, or LookupError."},
    {"set($self, value, /)", variable_set, "Sets the value in the current context; gives a token for reset()."},
    {"reset($self, token, /)", variable_reset, "Puts the value back that was there before the token's set()."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr MemberSpec kVariableMembers[] = {{"name", MemberSpec::Kind::Object, offsetof(ContextVarObject, name)}};
constexpr TypeSlots variable_slots() {
  TypeSlots s = ContextVarLife::slots();
  s.construct = variable_construct;
  s.repr = variable_repr;
  return s;
}

// --- Token
Ref token_construct(Vm& vm, TypeObject*, const CallArgs&) {
  return raise(vm, vm.exc.RuntimeError, "Tokens can only be created by ContextVars");
}
Ref token_repr(Vm& vm, Value self) {
  const auto* token = self.as<TokenObject>();
  VM_TRY(Ref variable, repr(vm, token->variable));
  StrBuilder out(vm);
  out.append(token->used ? std::string_view("<Token used var=") : std::string_view("<Token var="));
  out.append(variable.as<StrObject>());
  out.append(std::string_view(" at " + address_text(self) + ">"));
  return out.finish();
}
Ref missing_object(Vm& vm) {
  return get_attribute(vm, Value(vm.native_type(kTokenType)), "MISSING");
}
Ref token_old_value(Vm& vm, Value self) {
  const Value old = self.as<TokenObject>()->old_value;
  return old.is_null() ? missing_object(vm) : Ref::share(old);
}
Ref token_variable(Vm&, Value self) { return Ref::share(self.as<TokenObject>()->variable); }
constexpr GetSetSpec kTokenGetSet[] = {{"var", token_variable}, {"old_value", token_old_value}};
constexpr MethodSpec kTokenMethods[] = {
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr TypeSlots token_slots() {
  TypeSlots s = TokenLife::slots();
  s.clear = TokenLife::clear;
  s.construct = token_construct;
  s.repr = token_repr;
  return s;
}
void missing_dealloc(Vm& vm, Object* self) { free_object(vm, self, sizeof(Object)); }
Ref missing_repr(Vm& vm, Value) { return new_str_latin1(vm, "<Token.MISSING>"); }
constexpr TypeSlots missing_slots() {
  TypeSlots s;
  s.dealloc = missing_dealloc;
  s.repr = missing_repr;
  return s;
}
bool finish_token(Vm& vm, TypeObject* type) {
  auto* missing = allocate<Object>(vm, vm.native_type(kMissingType));
  if (missing == nullptr) return false;
  const Ref own = Ref::adopt(missing);
  return dict_set(vm, type->dict, std::string_view("MISSING"), own);
}

Ref copy_context(Vm& vm, Value) {
  VM_TRY(ContextObject * context, current(vm));
  return make_context(vm, context->variables);
}
constexpr MethodSpec kFunctions[] = {{"copy_context($module, /)", copy_context, "A copy of the current context."}};

const TypeSpec kContextType = {.name = "_contextvars.Context", .basic_size = sizeof(ContextObject),
                               .flags = kTypeImmutable | kTypeContainer | kTypeMapping, .slots = context_slots(),
                               .methods = kContextMethods, .weakref_offset = offsetof(ContextObject, weakrefs)};
const TypeSpec kContextVarType = {.name = "_contextvars.ContextVar", .basic_size = sizeof(ContextVarObject),
                                  .flags = kTypeImmutable | kTypeContainer, .slots = variable_slots(),
                                  .methods = kVariableMethods, .members = kVariableMembers};
const TypeSpec kTokenType = {.name = "_contextvars.Token", .basic_size = sizeof(TokenObject),
                             .flags = kTypeImmutable | kTypeContainer, .slots = token_slots(), .methods = kTokenMethods,
                             .getset = kTokenGetSet, .finish = finish_token};
const TypeSpec kMissingType = {.name = "Token.MISSING", .basic_size = sizeof(Object),
                               .flags = kTypeImmutable | kTypeNoInstantiation, .slots = missing_slots()};

bool fill(Vm& vm, ModuleObject* module) {
  return add_type(vm, module, kContextType) && add_type(vm, module, kContextVarType) && add_type(vm, module, kTokenType);
}

}  // namespace

const ModuleSpec& _contextvars_module() {
  static const ModuleSpec spec = {
      .name = "_contextvars", .doc = "Context Variables", .functions = kFunctions, .fill = fill};
  return spec;
}

}  // namespace ouro::vm
