// Signatures parsed, arguments checked with CPython's texts (Python/getargs.c), native functions called.
#include "vm/core/binding.h"

#include <array>
#include <climits>

#include "vm/core/machine_state.h"
#include "vm/core/signature.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The parameter list's pieces: split at commas outside brackets and quotes.
std::vector<std::string_view> split_parameters(std::string_view list) {
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      else if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      pieces.push_back(trimmed(list.substr(start, i - start)));
      start = i + 1;
    }
  }
  const std::string_view last = trimmed(list.substr(start));
  if (!last.empty()) pieces.push_back(last);
  return pieces;
}

std::unique_ptr<Signature> parse_signature(Vm& vm, std::string_view text) {
  auto signature = std::make_unique<Signature>();
  if (const std::size_t note = text.find(" --"); note != std::string_view::npos) text = text.substr(0, note);
  signature->text = text;
  const std::size_t open = text.find('(');
  signature->name = text.substr(0, open);
  signature->interned_name = vm.intern(signature->name);
  if (open == std::string_view::npos) {
    signature->is_raw = true;
    return signature;
  }
  const std::size_t close = text.rfind(')');
  bool keyword_only = false;
  for (std::string_view piece : split_parameters(text.substr(open + 1, close - open - 1))) {
    if (piece[0] == '$') {
      signature->has_self = piece == "$self" || piece == "$type" || piece == "$cls";
    } else if (piece == "/") {
      for (Parameter& parameter : signature->parameters) parameter.kind = ParameterKind::PositionalOnly;
      signature->positional_only = signature->parameters.size();
    } else if (piece == "*") {
      keyword_only = true;
    } else if (piece.starts_with("**")) {
      signature->has_var_keyword = true;
    } else if (piece[0] == '*') {
      signature->has_var_positional = true;
      keyword_only = true;
    } else {
      const std::size_t equals = piece.find('=');
      const std::string_view name = trimmed(piece.substr(0, piece.find_first_of("=:")));
      signature->parameters.push_back({name, vm.intern(name),
                                       keyword_only ? ParameterKind::KeywordOnly : ParameterKind::Positional,
                                       equals != std::string_view::npos});
    }
  }
  for (const Parameter& parameter : signature->parameters) {
    if (parameter.kind != ParameterKind::PositionalOnly) signature->has_keywords = true;
    if (parameter.kind == ParameterKind::KeywordOnly) continue;
    ++signature->positional;
    if (!parameter.has_default) signature->required_positional = signature->positional;
  }
  return signature;
}

std::string_view plural(std::size_t count) { return count == 1 ? "" : "s"; }

/// "list.append", "math.sqrt", "len": how the texts about plain calling conventions name a function.
std::string function_text(Vm& vm, const MethodSpec& spec, const Signature& signature, Value self) {
  const auto qualified_by = [&](TypeObject* type) -> std::string {
    for (Value entry : type->mro->view()) {
      auto* base = entry.as<TypeObject>();
      if (base->spec == nullptr || base->has(kTypeHeap)) continue;
      const std::span<const MethodSpec> methods = base->spec->methods;
      if (&spec >= methods.data() && &spec < methods.data() + methods.size())
        return to_utf8(base->name) + "." + std::string(signature.name);
    }
    return std::string(signature.name);
  };
  if (self.is_null()) return std::string(signature.name);
  if (type_of(vm, self) == vm.types.module) {
    Ref name;
    if (!find_attribute(vm, self, vm.names.d_name, name)) clear_error(vm);
    if (!name || !is_str(name)) return std::string(signature.name);
    const std::string module = to_utf8(name.as<StrObject>());
    return module == "builtins" ? std::string(signature.name) : module + "." + std::string(signature.name);
  }
  if (is_type(self) && spec.binding != Binding::Instance) return qualified_by(self.as<TypeObject>());
  return qualified_by(type_of(vm, self));
}

Failed no_keywords(Vm& vm, const std::string& function) {
  return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", function);
}

/// The parameter that a keyword names among those from `first` on; -1: none.
int find_parameter(const Signature& signature, StrObject* name, std::size_t first) {
  for (std::size_t i = first; i < signature.parameters.size(); ++i)
    if (signature.parameters[i].interned == name) return static_cast<int>(i);
  for (std::size_t i = first; i < signature.parameters.size(); ++i)
    if (str_equal(signature.parameters[i].interned, name)) return static_cast<int>(i);
  return -1;
}

/// For signatures without keywords: _PyArg_CheckPositional.
bool check_positional(Vm& vm, const Signature& signature, std::size_t given) {
  const std::size_t least = signature.required_positional, most = signature.positional;
  const std::string_view name = signature.name;
  if (given < least) {
    const bool exact = least == most && !signature.has_var_positional;
    return raise(vm, vm.exc.TypeError, "{} expected {}{} argument{}, got {}", name, exact ? "" : "at least ", least,
                 plural(least), given);
  }
  if (given > most && !signature.has_var_positional) {
    return raise(vm, vm.exc.TypeError, "{} expected {}{} argument{}, got {}", name, least == most ? "" : "at most ", most,
                 plural(most), given);
  }
  return true;
}

bool check_counts(Vm& vm, const Signature& signature, std::size_t given, std::size_t keywords) {
  const std::string_view name = signature.name;
  const std::size_t all = signature.parameters.size();
  if (!signature.has_var_positional && !signature.has_var_keyword && given + keywords > all) {
    std::size_t required = 0;
    for (const Parameter& parameter : signature.parameters) required += parameter.has_default ? 0 : 1;
    return raise(vm, vm.exc.TypeError, "{}() takes {} {} {}argument{} ({} given)", name,
                 required == all ? "exactly" : "at most", all, given == 0 ? "keyword " : "", plural(all), given + keywords);
  }
  if (given > signature.positional && !signature.has_var_positional) {
    if (signature.positional == 0) return raise(vm, vm.exc.TypeError, "{}() takes no positional arguments", name);
    return raise(vm, vm.exc.TypeError, "{}() takes {} {} positional argument{} ({} given)", name,
                 signature.required_positional < signature.positional ? "at most" : "exactly", signature.positional,
                 plural(signature.positional), given);
  }
  std::size_t least = 0;
  while (least < signature.positional_only && !signature.parameters[least].has_default) ++least;
  if (given < least) {
    return raise(vm, vm.exc.TypeError, "{}() takes {} {} positional argument{} ({} given)", name,
                 least < signature.positional || signature.has_var_positional ? "at least" : "exactly", least, plural(least),
                 given);
  }
  return true;
}

bool take_keywords(Vm& vm, const Signature& signature, const CallArgs& call, Value* slots, Own<DictObject>& others) {
  for (std::size_t i = 0; i < call.keyword_count(); ++i) {
    auto* name = (*call.keyword_names)[i].as<StrObject>();
    const int parameter = find_parameter(signature, name, signature.positional_only);
    if (parameter < 0) {
      if (!signature.has_var_keyword)
        return raise(vm, vm.exc.TypeError, "{}() got an unexpected keyword argument '{}'", signature.name, name);
      if (!others) {
        others = new_dict(vm);
        if (!others) return false;
      }
      if (!dict_set(vm, others.get(), name, call.keyword_value(i))) return false;
      continue;
    }
    if (!slots[parameter].is_null()) {
      return raise(vm, vm.exc.TypeError, "argument for {}() given by name ('{}') and position ({})", signature.name, name,
                   parameter + 1);
    }
    slots[parameter] = call.keyword_value(i);
  }
  return true;
}

bool parse_into(Vm& vm, const Signature& signature, const CallArgs& call, Args& out, Value* slots) {
  out.raw = call;
  if (signature.is_raw) return true;
  const std::size_t given = call.positional;
  const std::size_t by_position = given < signature.positional ? given : signature.positional;
  for (std::size_t i = 0; i < by_position; ++i) slots[i] = call.values[i];
  if (signature.has_var_positional && given > by_position) out.rest = {call.values + by_position, given - by_position};
  if (!signature.has_keywords && !signature.has_var_keyword) {
    if (call.has_keywords()) return no_keywords(vm, std::string(signature.name));
    return check_positional(vm, signature, given);
  }
  const std::size_t keywords = call.keyword_count();
  if (!check_counts(vm, signature, given, keywords)) return false;
  if (keywords != 0 && !take_keywords(vm, signature, call, slots, out.keywords)) return false;
  for (std::size_t i = by_position; i < signature.parameters.size(); ++i) {
    const Parameter& parameter = signature.parameters[i];
    if (!slots[i].is_null() || parameter.has_default) continue;
    return raise(vm, vm.exc.TypeError, "{}() missing required argument '{}' (pos {})", signature.name, parameter.name, i + 1);
  }
  return true;
}

/// "argument 'name'" for what may be given by keyword, "argument 2" or, of a single one, "argument".
std::string argument_text(const Signature& signature, std::size_t parameter) {
  if (signature.parameters[parameter].kind != ParameterKind::PositionalOnly)
    return "argument '" + std::string(signature.parameters[parameter].name) + "'";
  if (signature.parameters.size() == 1) return "argument";
  return "argument " + std::to_string(parameter + 1);
}

}  // namespace

MachineState::MachineState() = default;
MachineState::~MachineState() = default;

const Signature& parsed_signature(Vm& vm, const char* signature) {
  std::unique_ptr<Signature>& parsed = vm.state->signatures[signature];
  if (!parsed) parsed = parse_signature(vm, signature);
  return *parsed;
}

bool parse_arguments(Vm& vm, const char* signature, const CallArgs& call, Args& out) {
  return parse_into(vm, parsed_signature(vm, signature), call, out, out.slots());
}

// --- Args

std::optional<std::int64_t> Args::ssize(Vm& vm, std::size_t parameter, std::int64_t otherwise) const {
  if (!given(parameter)) return otherwise;
  const Value value = slots_[parameter];
  if (value.is_small()) return value.small_value();
  VM_TRY(Ref index, to_index(vm, value));
  if (const std::optional<std::int64_t> number = int_to_int64(index)) return number;
  return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C ssize_t");
}

std::optional<int> Args::integer(Vm& vm, std::size_t parameter, int otherwise) const {
  if (!given(parameter)) return otherwise;
  VM_TRY(Ref index, to_index(vm, slots_[parameter]));
  const std::optional<std::int64_t> number = int_to_int64(index);
  if (number && *number >= INT_MIN && *number <= INT_MAX) return static_cast<int>(*number);
  return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C int");
}

std::optional<std::int64_t> Args::int64(Vm& vm, std::size_t parameter, std::int64_t otherwise) const {
  if (!given(parameter)) return otherwise;
  return to_int64(vm, slots_[parameter]);
}

std::optional<double> Args::number(Vm& vm, std::size_t parameter, double otherwise) const {
  if (!given(parameter)) return otherwise;
  return to_double(vm, slots_[parameter]);
}

std::optional<bool> Args::boolean(Vm& vm, std::size_t parameter, bool otherwise) const {
  if (!given(parameter)) return otherwise;
  bool result = false;
  if (!truth(vm, slots_[parameter], result)) return std::nullopt;
  return result;
}

StrObject* Args::string(Vm& vm, std::size_t parameter) const {
  if (!given(parameter)) return nullptr;
  const Value value = slots_[parameter];
  if (is_str(value)) return value.as<StrObject>();
  const std::string argument = argument_text(*signature_, parameter);
  return raise(vm, vm.exc.TypeError, "{}() {} must be str, not {}", signature_->name, argument, type_name(vm, value));
}

std::optional<std::string> Args::text(Vm& vm, std::size_t parameter, std::string_view otherwise) const {
  if (!given(parameter)) return std::string(otherwise);
  StrObject* value = string(vm, parameter);
  if (value == nullptr) return std::nullopt;
  return to_utf8(value);
}

// --- calls

Ref call_native(Vm& vm, const MethodSpec& spec, const Signature& signature, Value self, const CallArgs& args) {
  switch (spec.kind) {
    case MethodSpec::Kind::NoArgs:
      if (args.positional != 0 || args.has_keywords()) [[unlikely]] {
        const std::string function = function_text(vm, spec, signature, self);
        if (args.has_keywords()) return no_keywords(vm, function);
        return raise(vm, vm.exc.TypeError, "{}() takes no arguments ({} given)", function, args.positional);
      }
      return spec.code.no_args(vm, self);
    case MethodSpec::Kind::OneArg:
      if (args.positional != 1 || args.has_keywords()) [[unlikely]] {
        const std::string function = function_text(vm, spec, signature, self);
        if (args.has_keywords()) return no_keywords(vm, function);
        return raise(vm, vm.exc.TypeError, "{}() takes exactly one argument ({} given)", function, args.positional);
      }
      return spec.code.one_arg(vm, self, args.values[0]);
    case MethodSpec::Kind::Raw:
      return spec.code.raw(vm, self, args);
    case MethodSpec::Kind::General: {
      if (!signature.has_keywords && !signature.has_var_keyword && !signature.is_raw && args.has_keywords()) [[unlikely]]
        return no_keywords(vm, function_text(vm, spec, signature, self));
      constexpr std::size_t kMost = 24;
      std::array<Value, kMost> slots{};
      if (signature.parameters.size() > kMost) return raise(vm, vm.exc.SystemError, "too many parameters");
      Args parsed(signature, slots.data());
      if (!parse_into(vm, signature, args, parsed, slots.data())) return {};
      return spec.code.general(vm, self, parsed);
    }
  }
  return {};
}

namespace {

Ref native_call(Vm& vm, Value self, const CallArgs& args) {
  auto* function = self.as<NativeFunctionObject>();
  return call_native(vm, *function->spec, signature_of(vm, function), function->self, args);
}
void native_dealloc(Vm& vm, Object* self) {
  auto* function = static_cast<NativeFunctionObject*>(self);
  vm.heap.untrack(function);
  xdecref(function->self);
  xdecref(function->module);
  free_object(vm, self, sizeof(NativeFunctionObject));
}
void native_traverse(Object* self, Visitor& visit) {
  auto* function = static_cast<NativeFunctionObject*>(self);
  visit(function->self);
  visit(function->module);
}
void native_clear(Vm&, Object* self) {
  auto* function = static_cast<NativeFunctionObject*>(self);
  xdecref(std::exchange(function->self, Value()));
  xdecref(std::exchange(function->module, Value()));
}

Ref native_name(Vm& vm, Value self) { return Ref::share(signature_of(vm, self.as<NativeFunctionObject>()).interned_name); }

bool is_bound_to_module(Vm& vm, const NativeFunctionObject* function) {
  return function->self.is_null() || type_of(vm, function->self) == vm.types.module;
}

Ref native_qualname(Vm& vm, Value self) {
  auto* function = self.as<NativeFunctionObject>();
  if (is_bound_to_module(vm, function)) return native_name(vm, self);
  TypeObject* type = is_type(function->self) ? function->self.as<TypeObject>() : type_of(vm, function->self);
  return new_str(vm, to_utf8(type->qualname) + "." + std::string(signature_of(vm, function).name));
}

Ref native_repr(Vm& vm, Value self) {
  auto* function = self.as<NativeFunctionObject>();
  if (is_bound_to_module(vm, function))
    return new_str(vm, format_message("<built-in function {}>", {signature_of(vm, function).name}));
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(function->self.bits()));
  return new_str(vm, format_message("<built-in method {} of {} object at {}>",
                                    {signature_of(vm, function).name, type_name(vm, function->self), address}));
}

bool native_hash(Vm&, Value self, std::int64_t& out) {
  auto* function = self.as<NativeFunctionObject>();
  const std::uint64_t mixed = (function->self.bits() >> 4U) * 31 + (reinterpret_cast<std::uintptr_t>(function->spec) >> 4U);
  out = static_cast<std::int64_t>(mixed);
  if (out == -1) out = -2;
  return true;
}

Ref native_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || type_of(vm, other) != vm.types.builtin_function)
    return Ref::not_implemented();
  auto* a = self.as<NativeFunctionObject>();
  auto* b = other.as<NativeFunctionObject>();
  const bool same = a->self == b->self && a->spec == b->spec;
  return Ref::boolean(same == (op == CompareOp::Equal));
}

Ref native_doc(Vm& vm, Value self) {
  const char* doc = self.as<NativeFunctionObject>()->spec->doc;
  return doc == nullptr ? Ref::none() : Ref(new_str(vm, doc));
}
Ref native_text_signature(Vm& vm, Value self) {
  const std::string_view text = signature_of(vm, self.as<NativeFunctionObject>()).text_signature();
  return text.empty() ? Ref::none() : Ref(new_str(vm, text));
}
Ref native_self(Vm&, Value self) {
  const Value bound = self.as<NativeFunctionObject>()->self;
  return bound.is_null() ? Ref::none() : Ref::share(bound);
}
Ref native_module(Vm&, Value self) {
  const Value module = self.as<NativeFunctionObject>()->module;
  return module.is_null() ? Ref::none() : Ref::share(module);
}
bool native_set_module(Vm&, Value self, Value value) {
  xincref(value);
  xdecref(std::exchange(self.as<NativeFunctionObject>()->module, value));
  return true;
}

Ref native_reduce(Vm& vm, Value self) {
  auto* function = self.as<NativeFunctionObject>();
  if (is_bound_to_module(vm, function)) return native_name(vm, self);
  VM_TRY(Ref builtins, get_attribute(vm, vm.builtins == nullptr ? Value() : Value(vm.builtins), "get"));
  VM_TRY(Ref getattr, call(vm, builtins, {vm.intern("getattr")}));
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {function->self, signature_of(vm, function).interned_name}));
  return new_tuple(vm, {getattr.get(), arguments.get()});
}

constexpr MethodSpec kNativeMethods[] = {{"__reduce__($self, /)", native_reduce}};
constexpr GetSetSpec kNativeGetSet[] = {
    {"__name__", native_name},     {"__qualname__", native_qualname},
    {"__doc__", native_doc},       {"__text_signature__", native_text_signature},
    {"__self__", native_self},     {"__module__", native_module, native_set_module},
};

}  // namespace

const TypeSpec kBuiltinFunctionType{
    .name = "builtin_function_or_method",
    .basic_size = sizeof(NativeFunctionObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = native_dealloc,
              .traverse = native_traverse,
              .clear = native_clear,
              .repr = native_repr,
              .hash = native_hash,
              .call = native_call,
              .compare = native_compare},
    .methods = kNativeMethods,
    .getset = kNativeGetSet,
    .weakref_offset = offsetof(NativeFunctionObject, weakrefs),
};

Ref new_native_function(Vm& vm, const MethodSpec& spec, Value self, Value module_name) {
  auto* function = allocate<NativeFunctionObject>(vm, vm.types.builtin_function);
  if (function == nullptr) return {};
  function->spec = &spec;
  xincref(self);
  function->self = self;
  xincref(module_name);
  function->module = module_name;
  vm.heap.track(function);
  return Ref::adopt(function);
}

// --- modules

Own<ModuleObject> make_module(Vm& vm, const ModuleSpec& spec) {
  StrObject* name = vm.intern(spec.name);
  VM_TRY(Own<ModuleObject> module, new_module(vm, name));
  module->spec = &spec;
  if (spec.doc != nullptr && !set_module_attribute(vm, module.get(), "__doc__", Ref(new_str(vm, spec.doc)))) return {};
  for (const MethodSpec& function : spec.functions) {
    VM_TRY(Ref object, new_native_function(vm, function, module.get(), name));
    const std::string_view text = function.signature;
    VM_CHECK(dict_set(vm, module_dict(module.get()), vm.intern(text.substr(0, text.find_first_of("( "))), object));
  }
  if (spec.fill != nullptr && !spec.fill(vm, module.get())) return {};
  return module;
}

bool set_module_attribute(Vm& vm, ModuleObject* module, std::string_view name, Value value) {
  return dict_set(vm, module_dict(module), vm.intern(name), value);
}

bool set_module_attribute(Vm& vm, ModuleObject* module, std::string_view name, Ref value) {
  return value && dict_set(vm, module_dict(module), vm.intern(name), value.get());
}

bool add_type(Vm& vm, ModuleObject* module, const TypeSpec& spec) {
  TypeObject* type = vm.native_type(spec);
  return type != nullptr && dict_set(vm, module_dict(module), type->name, type);
}

}  // namespace ouro::vm
