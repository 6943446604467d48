// _warnings: warn and warn_explicit (CPython 3.13 Python/_warnings.c).
#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/import.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct WarningState {
  Ref filters;        ///< list of (action, message, category, module, line)
  Ref once_registry;  ///< dict
  Ref default_action;
  std::int64_t version = 0;
};

WarningState& state_of(Vm& vm) { return machine_state<WarningState>(vm); }

/// An attribute of the warnings module where that is loaded; otherwise what stands here.
Ref setting(Vm& vm, const char* name, const Ref& own) {
  const Value module = dict_get(vm, vm.modules, "warnings");
  if (!module.is_null() && !module.is_none()) {
    Ref found;
    if (!find_attribute(vm, module, vm.intern(name), found)) return {};
    if (found) return found;
  }
  return own.clone();
}

/// Whether a filter's pattern (None, a str, or a compiled regex) takes a text.
bool takes(Vm& vm, Value pattern, Value text, bool& out) {
  if (pattern.is_none()) {
    out = true;
    return true;
  }
  if (is_exact(vm, pattern, vm.types.str)) {
    out = is_str(text) && str_equal(pattern.as<StrObject>(), text.as<StrObject>());
    return true;
  }
  VM_TRY(Ref match, call_method(vm, pattern, "match", {text}));
  return truth(vm, match, out);
}

/// The action of the first filter that fits, and that filter.
Ref find_action(Vm& vm, Value category, Value text, Value module, std::int64_t line, Ref& item) {
  VM_TRY(Ref filters, setting(vm, "filters", state_of(vm).filters));
  if (!is_list(filters)) return raise(vm, vm.exc.ValueError, "_warnings.filters must be a list");
  auto* list = filters.as<ListObject>();
  for (std::size_t i = 0; i < list->size; ++i) {
    const Ref entry = Ref::share(list->items[i]);
    if (!is_tuple(entry) || entry.as<TupleObject>()->size != 5)
      return raise(vm, vm.exc.ValueError, "_warnings.filters item {} isn't a 5-tuple", i);
    auto* filter = entry.as<TupleObject>();
    bool fits = false;
    VM_CHECK(is_subclass(vm, category, (*filter)[2], fits));
    if (fits) VM_CHECK(takes(vm, (*filter)[1], text, fits));
    if (fits) VM_CHECK(takes(vm, (*filter)[3], module, fits));
    if (!fits) continue;
    VM_TRY(std::int64_t wanted, to_int64(vm, (*filter)[4]));
    if (wanted != 0 && wanted != line) continue;
    item = entry.clone();
    return Ref::share((*filter)[0]);
  }
  item = Ref::none();
  return setting(vm, "defaultaction", state_of(vm).default_action);
}

/// Whether the registry has the key; a registry of an older version is emptied first.
bool already_warned(Vm& vm, DictObject* registry, Value key, bool set, bool& out) {
  out = false;
  const Value version = dict_get(vm, registry, "version");
  if (version.is_null() || !version.is_small() || version.small_value() != state_of(vm).version) {
    dict_clear(vm, registry);
    VM_CHECK(dict_set(vm, registry, "version", Value::small(state_of(vm).version)));
  } else {
    const Value known = dict_get(vm, registry, key);
    if (known.is_null() && has_error(vm)) return false;
    if (!known.is_null()) {
      VM_CHECK(truth(vm, known, out));
      if (out) return true;
    }
  }
  return !set || dict_set(vm, registry, key, kTrue);
}

bool write_error(Vm& vm, const std::string& text) {
  const Value stream = dict_get(vm, vm.sys_dict, "stderr");
  if (stream.is_null() || stream.is_none()) return true;
  VM_TRY(Own<StrObject> line, new_str(vm, text));
  VM_TRY(Ref done, call_method(vm, stream, vm.names.write, {line.operator Value()}));
  return true;
}

struct Warning {
  Value category, message, text, filename, module, registry, source, source_line;
  std::int64_t line = 0;
};

/// Shown through warnings._showwarnmsg where that module is loaded or can be; else one line on sys.stderr.
bool show(Vm& vm, const Warning& warning) {
  Ref function;
  const Value loaded = dict_get(vm, vm.modules, "warnings");
  if (!loaded.is_null() && !loaded.is_none()) {
    VM_CHECK(find_attribute(vm, loaded, vm.intern("_showwarnmsg"), function));
  } else if (!warning.source.is_null() && !warning.source.is_none()) {
    function = import_attribute(vm, "warnings", "_showwarnmsg");
    if (!function) clear_error(vm);
  }
  if (!function) {
    VM_TRY(Ref name, get_attribute(vm, warning.category, vm.names.d_name));
    std::string out = to_utf8(warning.filename.as<StrObject>()) + ":" + std::to_string(warning.line) + ": ";
    out += to_utf8(name.as<StrObject>()) + ": " + to_utf8(warning.text.as<StrObject>()) + "\n";
    return write_error(vm, out);
  }
  if (!is_callable(vm, function)) return raise(vm, vm.exc.TypeError, "warnings._showwarnmsg() must be set to a callable");
  VM_TRY(Ref type, import_attribute(vm, "warnings", "WarningMessage"));
  const Value source = warning.source.is_null() ? kNone : warning.source;
  VM_TRY(Ref message, call(vm, type, {warning.message, warning.category, warning.filename, Value::small(warning.line), kNone, kNone, source}));
  VM_TRY(Ref done, call(vm, function, {message.get()}));
  return true;
}

Ref text_of(Vm& vm, Value value) { return is_str(value) ? Ref::share(value) : str(vm, value); }

/// CPython warn_explicit.
bool issue(Vm& vm, Warning warning) {
  if (warning.module.is_null()) warning.module = warning.filename;
  Ref text;
  Ref message;
  bool is_warning = false;
  VM_CHECK(is_instance(vm, warning.message, Value(vm.exc.Warning), is_warning));
  if (is_warning) {
    VM_TRY(text, str(vm, warning.message));
    warning.category = Value(type_of(vm, warning.message));
    message = Ref::share(warning.message);
  } else {
    VM_TRY(text, text_of(vm, warning.message));
    VM_TRY(message, call(vm, warning.category, {warning.message}));
  }
  warning.text = text;
  warning.message = message;
  VM_TRY(Own<TupleObject> key, new_tuple(vm, {text.get(), warning.category, Value::small(warning.line)}));
  const bool has_registry = !warning.registry.is_null() && !warning.registry.is_none();
  if (has_registry && !is_dict(warning.registry)) return raise(vm, vm.exc.TypeError, "'registry' must be a dict or None");
  auto* registry = has_registry ? warning.registry.as<DictObject>() : nullptr;
  bool known = false;
  if (registry != nullptr) {
    VM_CHECK(already_warned(vm, registry, key, false, known));
    if (known) return true;
  }
  Ref item;
  VM_TRY(Ref action_value, find_action(vm, warning.category, text, warning.module, warning.line, item));
  if (!is_str(action_value)) return raise(vm, vm.exc.TypeError, "action must be a string, not '{}'", type_name(vm, action_value));
  const std::string action = to_utf8(action_value.as<StrObject>());
  if (action == "error") {
    raise_instance(vm, message);
    return false;
  }
  if (action == "ignore") return true;
  if (action != "always") {
    if (registry != nullptr) VM_CHECK(dict_set(vm, registry, key, kTrue));
    if (action == "once" || action == "module") {
      VM_TRY(Own<TupleObject> short_key, new_tuple(vm, {text.get(), warning.category, Value::small(0)}));
      Ref once;
      if (action == "once") {
        VM_TRY(once, setting(vm, "onceregistry", state_of(vm).once_registry));
      }
      DictObject* target = action == "once" ? once.as<DictObject>() : registry;
      if (action == "once") {
        VM_TRY(Own<TupleObject> pair, new_tuple(vm, {text.get(), warning.category}));
        VM_CHECK(already_warned(vm, target, pair, true, known));
      } else if (target != nullptr) {
        VM_CHECK(already_warned(vm, target, short_key, true, known));
      }
    } else if (action != "default") {
      VM_TRY(Ref shown, repr(vm, item));
      return raise(vm, vm.exc.RuntimeError, "Unrecognized action ({}) in warnings.filters:\n {}", action, shown.as<StrObject>());
    }
  }
  return known || show(vm, warning);
}

/// A frame of the import system, which no caller is interested in.
bool is_internal(const Frame* frame) {
  const std::string file = to_utf8(frame->code->filename);
  return file.find("importlib") != std::string::npos && file.find("_bootstrap") != std::string::npos;
}

Frame* visible(Frame* frame) {
  while (frame != nullptr && !frame->is_complete) frame = frame->previous;
  return frame;
}

bool starts_with_any(Vm& vm, const Frame* frame, Value prefixes) {
  if (prefixes.is_null() || !is_tuple(prefixes)) return false;
  const std::string file = to_utf8(frame->code->filename);
  for (const Value prefix : prefixes.as<TupleObject>()->view())
    if (is_str(prefix) && file.starts_with(to_utf8(prefix.as<StrObject>()))) return true;
  return false;
}

Frame* next_external(Vm& vm, Frame* frame, Value prefixes) {
  do {
    frame = visible(frame->previous);
  } while (frame != nullptr && (is_internal(frame) || starts_with_any(vm, frame, prefixes)));
  return frame;
}

Ref warn_function(Vm& vm, Value, Args& args) {
  Value category = args.get(1, kNone);
  bool is_warning = false;
  VM_CHECK(is_instance(vm, args[0], Value(vm.exc.Warning), is_warning));
  if (is_warning) {
    category = Value(type_of(vm, args[0]));
  } else if (category.is_none()) {
    category = Value(vm.exc.UserWarning);
  }
  if (!is_type(category) || !category.as<TypeObject>()->is_subtype_of(vm.exc.Warning))
    return raise(vm, vm.exc.TypeError, "category must be a Warning subclass, not '{}'", type_name(vm, category));
  VM_TRY(std::int64_t level, args.ssize(vm, 2, 1));
  const Value prefixes = args[4];
  if (args.given(4) && is_tuple(prefixes) && prefixes.as<TupleObject>()->size != 0 && level < 2) level = 2;
  Frame* frame = visible(current_frame(vm));
  if (level <= 0 || (frame != nullptr && is_internal(frame))) {
    while (--level > 0 && frame != nullptr) frame = visible(frame->previous);
  } else {
    while (--level > 0 && frame != nullptr) frame = next_external(vm, frame, prefixes);
  }
  Warning warning;
  warning.category = category;
  warning.message = args[0];
  warning.source = args[3];
  DictObject* globals = frame != nullptr ? frame->globals : vm.sys_dict;
  Ref filename = frame != nullptr ? Ref::share(Value(frame->code->filename)) : Ref(new_str(vm, "<sys>"));
  warning.line = frame != nullptr ? frame_line(frame) : 0;
  Ref registry = Ref::share(dict_get_str(vm, globals, vm.names.d_warningregistry));
  if (!registry) {
    VM_TRY(registry, new_dict(vm));
    VM_CHECK(dict_set(vm, globals, Value(vm.names.d_warningregistry), registry));
  }
  Ref module = Ref::share(dict_get_str(vm, globals, vm.names.d_name));
  if (!module || !is_str(module)) {
    VM_TRY(module, new_str(vm, "<string>"));
  }
  warning.filename = filename;
  warning.registry = registry;
  warning.module = module;
  VM_CHECK(issue(vm, warning));
  return Ref::none();
}

Ref warn_explicit_function(Vm& vm, Value, Args& args) {
  if (!is_str(args[2])) return raise_argument_type(vm, "warn_explicit", 3, "str", args[2]);
  Warning warning;
  warning.message = args[0];
  warning.category = args[1];
  warning.filename = args[2];
  VM_TRY(warning.line, args.int64(vm, 3));
  Ref module;
  if (args.has(4)) {
    module = Ref::share(args[4]);
  } else {
    std::string name = to_utf8(args[2].as<StrObject>());
    if (name.ends_with(".py")) name.resize(name.size() - 3);
    VM_TRY(module, new_str(vm, name));
  }
  warning.module = module;
  warning.registry = args[5];
  warning.source = args[7];
  VM_CHECK(issue(vm, warning));
  return Ref::none();
}

Ref filters_mutated(Vm& vm, Value) {
  ++state_of(vm).version;
  return Ref::none();
}

constexpr MethodSpec kFunctions[] = {
    {"warn($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=<unrepresentable>)", warn_function,
     "Issue a warning, or maybe ignore it or raise an exception."},
    {"warn_explicit($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)",
     warn_explicit_function, "Issue a warning, or maybe ignore it or raise an exception."},
    {"_filters_mutated($module, /)", filters_mutated},
};

bool add_filter(Vm& vm, ListObject* filters, const char* action, TypeObject* category, const char* module) {
  Ref module_text = Ref::none();
  if (module != nullptr) {
    VM_TRY(module_text, new_str(vm, module));
  }
  VM_TRY(Own<TupleObject> filter, new_tuple(vm, {Value(vm.intern(action)), kNone, Value(category), module_text.get(), Value::small(0)}));
  return list_append(vm, filters, filter.operator Value());
}

bool fill(Vm& vm, ModuleObject* module) {
  WarningState& state = state_of(vm);
  VM_TRY(Own<ListObject> filters, new_list(vm));
  VM_CHECK(add_filter(vm, filters, "default", vm.exc.DeprecationWarning, "__main__") &&
           add_filter(vm, filters, "ignore", vm.exc.DeprecationWarning, nullptr) &&
           add_filter(vm, filters, "ignore", vm.exc.PendingDeprecationWarning, nullptr) &&
           add_filter(vm, filters, "ignore", vm.exc.ImportWarning, nullptr) &&
           add_filter(vm, filters, "ignore", vm.exc.ResourceWarning, nullptr));
  state.filters = std::move(filters);
  VM_TRY(state.once_registry, new_dict(vm));
  state.default_action = Ref::share(Value(vm.intern("default")));
  return set_module_attribute(vm, module, "filters", state.filters.get()) &&
         set_module_attribute(vm, module, "_onceregistry", state.once_registry.get()) &&
         set_module_attribute(vm, module, "_defaultaction", state.default_action.get());
}

}  // namespace

const ModuleSpec& _warnings_module() {
  static const ModuleSpec spec = {.name = "_warnings",
                                  .doc = "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
                                  .functions = kFunctions,
                                  .fill = fill};
  return spec;
}

}  // namespace ouro::vm
