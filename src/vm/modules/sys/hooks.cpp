// sys: hooks for what a program shows and how it ends.
#include <string>

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/modules/import.h"
#include "vm/modules/io.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

void write_stderr(Vm& vm, std::string_view text) {
  const Ref pending = take_error(vm);
  const Value file = sys_attribute(vm, "stderr");
  if (!file.is_null() && !file.is_none()) {
    const Own<StrObject> shown = new_str(vm, text);
    if (shown && write_text(vm, file, shown) && flush_file(vm, file)) {
      restore_error(vm, pending.clone());
      return;
    }
    clear_error(vm);
  }
  if (file.is_null()) {
    std::size_t done = 0;
    while (!text.empty() && vm.host.write(2, text.data(), text.size(), done) == 0 && done > 0) text.remove_prefix(done);
  }
  if (pending) restore_error(vm, pending.clone());
}

bool audit(Vm& vm, const char* event, std::initializer_list<Value> arguments) {
  SysState& state = machine_state<SysState>(vm);
  if (state.audit_hooks.empty()) return true;
  VM_TRY(Own<StrObject> name, new_str(vm, event));
  VM_TRY(Own<TupleObject> all, new_tuple(vm, std::span<const Value>(arguments.begin(), arguments.size())));
  for (std::size_t i = 0; i < state.audit_hooks.size(); ++i) {
    const Ref hook = state.audit_hooks[i].clone();
    VM_TRY(Ref ignored, call(vm, hook, {Value(name.get()), Value(all.get())}));
  }
  return true;
}

namespace {

Ref add_audit_hook(Vm& vm, Value, Args& args) {
  if (!audit(vm, "sys.addaudithook", {})) {
    // A hook may forbid others silently, by any Exception.
    if (catch_error(vm, vm.exc.Exception)) return Ref::none();
    return {};
  }
  machine_state<SysState>(vm).audit_hooks.push_back(Ref::share(args[0]));
  return Ref::none();
}

Ref audit_event(Vm& vm, Value, const CallArgs& args) {
  if (args.positional == 0) return raise(vm, vm.exc.TypeError, "audit expected at least 1 argument, got 0");
  if (!is_str(args.values[0])) {
    return raise(vm, vm.exc.TypeError, "expected str for argument 'event', not {}", type_name(vm, args.values[0]));
  }
  SysState& state = machine_state<SysState>(vm);
  if (state.audit_hooks.empty()) return Ref::none();
  VM_TRY(Own<TupleObject> rest, new_tuple(vm, args.positionals().subspan(1)));
  for (std::size_t i = 0; i < state.audit_hooks.size(); ++i) {
    const Ref hook = state.audit_hooks[i].clone();
    VM_TRY(Ref ignored, call(vm, hook, {args.values[0], Value(rest.get())}));
  }
  return Ref::none();
}

Ref display_hook(Vm& vm, Value, Value object) {
  if (object.is_none()) return Ref::none();
  const Value output = sys_attribute(vm, "stdout");
  VM_CHECK(dict_set_hashed(vm, vm.builtins, Value(vm.names.underscore), str_hash(vm, vm.names.underscore), kNone));
  if (output.is_null() || output.is_none()) return raise(vm, vm.exc.RuntimeError, "lost sys.stdout");
  VM_TRY(Ref shown, repr(vm, object));
  VM_TRY(Own<StrObject> newline, new_str(vm, "\n"));
  VM_CHECK(write_text(vm, output, shown.as<StrObject>()) && write_text(vm, output, newline));
  VM_CHECK(dict_set(vm, vm.builtins, Value(vm.names.underscore), object));
  return Ref::none();
}

Ref except_hook(Vm& vm, Value, Args& args) {
  Value exception = args[1];
  if (!is_exception(exception)) {
    write_stderr(vm, std::string("TypeError: print_exception(): Exception expected for value, ") +
                         std::string(type_name(vm, exception)) + " found\n");
    return Ref::none();
  }
  if (!args[2].is_none() && exception.as<ExceptionObject>()->traceback.is_null()) {
    incref(args[2]);
    exception.as<ExceptionObject>()->traceback = args[2];
  }
  write_stderr(vm, exception_report(vm, exception));
  return Ref::none();
}

/// CPython 3.13 Python/errors.c write_unraisable_exc_file.
Ref unraisable_hook(Vm& vm, Value, Value information) {
  std::string text;
  Ref message, object, exception;
  VM_CHECK(find_attribute(vm, information, new_str(vm, "err_msg"), message));
  VM_CHECK(find_attribute(vm, information, vm.names.object, object));
  VM_CHECK(find_attribute(vm, information, new_str(vm, "exc_value"), exception));
  if (object && !object.is_none()) {
    text += message && is_str(message) ? to_utf8(message.as<StrObject>()) + ": " : std::string("Exception ignored in: ");
    const Ref shown = repr(vm, object);
    if (!shown) clear_error(vm);
    text += shown ? to_utf8(shown.as<StrObject>()) : std::string("<object repr() failed>");
    text += "\n";
  } else if (message && is_str(message)) {
    text += to_utf8(message.as<StrObject>()) + ":\n";
  }
  if (exception && is_exception(exception)) text += exception_report(vm, exception);
  write_stderr(vm, text);
  return Ref::none();
}

Ref exit_program(Vm& vm, Value, Args& args) {
  const Value status = args.get(0, kNone);
  if (is_tuple(status)) {
    VM_TRY(Ref exception, call_with(vm, Value(vm.exc.SystemExit), status.as<TupleObject>(), nullptr));
    return raise_instance(vm, exception);
  }
  if (!status.is_none()) return raise_with(vm, vm.exc.SystemExit, status);
  VM_TRY(Ref exception, call(vm, Value(vm.exc.SystemExit)));
  return raise_instance(vm, exception);
}

/// CPython 3.13 Python/sysmodule.c sys_breakpointhook: PYTHONBREAKPOINT names the function; "0": none.
Ref breakpoint_hook(Vm& vm, Value, const CallArgs& args) {
  std::string name;
  for (const auto& [variable, value] : vm.host.environment()) {
    if (variable == "PYTHONBREAKPOINT") name = value;
  }
  if (name == "0") return Ref::none();
  if (name.empty()) name = "pdb.set_trace";
  const std::size_t dot = name.find_last_of('.');
  const std::string module = dot == std::string::npos ? "builtins" : name.substr(0, dot);
  const std::string attribute = dot == std::string::npos ? name : name.substr(dot + 1);
  VM_TRY(Ref hook, import_attribute(vm, module, attribute));
  return call(vm, hook, args);
}

constexpr MethodSpec kFunctions[] = {
    {"addaudithook($module, /, hook)", add_audit_hook, "Adds a new audit hook callback."},
    {"audit", audit_event, "audit(event, *args)\n\nPasses the event to any hooks that are attached."},
    {"displayhook($module, object, /)", display_hook, "Print an object to sys.stdout and also save it in builtins._"},
    {"excepthook($module, exctype, value, traceback, /)", except_hook, "Handle an exception by displaying it with a traceback on sys.stderr."},
    {"unraisablehook($module, unraisable, /)", unraisable_hook, "Handle an unraisable exception."},
    {"exit($module, status=None, /)", exit_program, "Exit the interpreter by raising SystemExit(status)."},
    {"breakpointhook", breakpoint_hook, "breakpointhook(*args, **kws)\n\nThis hook function is called by built-in breakpoint()."},
};

}  // namespace

std::span<const MethodSpec> sys_hook_functions() { return kFunctions; }

}  // namespace ouro::vm
