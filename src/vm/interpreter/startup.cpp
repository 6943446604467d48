#include "vm/interpreter/startup.h"

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/run.h"
#include "vm/modules/builtins/builtins.h"
#include "vm/modules/import.h"
#include "vm/modules/io.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/code.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

bool add_module(Vm& vm, std::string_view name, ModuleObject* module) {
  return dict_set(vm, vm.modules, name, Value(module));
}

bool make_main(Vm& vm) {
  VM_TRY(Own<StrObject> name, new_str(vm, "__main__"));
  VM_TRY(Own<ModuleObject> module, new_module(vm, name));
  DictObject* dict = module_dict(module);
  VM_TRY(Own<DictObject> annotations, new_dict(vm));
  const Value builtins = dict_get(vm, vm.modules, "builtins");
  return dict_set(vm, dict, "__builtins__", builtins) && dict_set(vm, dict, "__annotations__", annotations) &&
         dict_set(vm, dict, "__package__", kNone) && dict_set(vm, dict, "__loader__", kNone) &&
         dict_set(vm, dict, "__spec__", kNone) && add_module(vm, "__main__", module);
}

/// Calls module.name() when the module is loaded; errors are reported and swallowed.
void call_if_loaded(Vm& vm, std::string_view module_name, std::string_view function) {
  const Value module = dict_get(vm, vm.modules, module_name);
  if (module.is_null() || module.is_none()) return;
  const Own<StrObject> name = new_str(vm, function);
  Ref callable;
  if (!name || !find_attribute(vm, module, name, callable)) {
    clear_error(vm);
    return;
  }
  if (callable && !call(vm, callable)) report_unraisable(vm, callable);
}

bool flush_stream(Vm& vm, std::string_view name) {
  const Value file = sys_attribute(vm, name);
  if (file.is_null() || file.is_none()) return true;
  Ref closed;
  const Own<StrObject> attribute = new_str(vm, "closed");
  if (!attribute || !find_attribute(vm, file, attribute, closed)) clear_error(vm);
  bool is_closed = false;
  if (closed && !truth(vm, closed, is_closed)) clear_error(vm);
  return is_closed || flush_file(vm, file);
}

}  // namespace

bool start_machine(Vm& vm, const StartOptions& options) {
  machine_state<SysState>(vm).start = options;
  if (vm.modules == nullptr) {
    VM_TRY(Own<DictObject> modules, new_dict(vm));
    vm.modules = modules.release();
  }
  VM_TRY(Ref builtins, native_module(vm, "builtins"));
  if (vm.builtins == nullptr) {
    vm.builtins = module_dict(builtins.as<ModuleObject>());
    incref(vm.builtins);
  }
  VM_CHECK(dict_set(vm, vm.builtins, "__debug__", Value::boolean(vm.options.optimize == 0)));
  VM_TRY(Ref sys, native_module(vm, "sys"));
  if (vm.sys_dict == nullptr) {
    vm.sys_dict = module_dict(sys.as<ModuleObject>());
    incref(vm.sys_dict);
  }
  if (!options.no_site) VM_CHECK(add_site_builtins(vm));
  return make_main(vm) && make_standard_streams(vm);
}

DictObject* main_globals(Vm& vm) {
  const Value module = dict_get(vm, vm.modules, "__main__");
  return module.is_null() ? nullptr : module_dict(module.as<ModuleObject>());
}

bool run_main_source(Vm& vm, std::string_view source, bool is_utf8, std::string_view filename) {
  VM_TRY(Ref code, compile_source(vm, source, is_utf8, filename, "exec", 0, vm.options.optimize));
  DictObject* globals = main_globals(vm);
  VM_TRY(Ref result, run_code(vm, code.as<CodeObject>(), globals, globals));
  return true;
}

int report_exit(Vm& vm) {
  Ref error = take_error(vm);
  if (!error) return 0;
  if (is_instance_of(vm, error, vm.exc.SystemExit)) {
    const Value code = error.as<SystemExitObject>()->code;
    if (code.is_null() || code.is_none()) return 0;
    if (is_int(code)) return static_cast<int>(int_to_int64(code).value_or(-1) & 0xFF);
    const Ref shown = str(vm, code);
    if (!shown) clear_error(vm);
    flush_stream(vm, "stdout") ? void() : clear_error(vm);
    write_stderr(vm, (shown ? to_utf8(shown.as<StrObject>()) : std::string()) + "\n");
    return 1;
  }
  if (!flush_stream(vm, "stdout")) clear_error(vm);
  const bool interrupted = is_instance_of(vm, error, vm.exc.KeyboardInterrupt);
  const Value traceback = error.as<ExceptionObject>()->traceback;
  const Ref shown_traceback = traceback.is_null() ? Ref::none() : Ref::share(traceback);
  VM_CHECK(dict_set(vm, vm.sys_dict, "last_exc", error));
  VM_CHECK(dict_set(vm, vm.sys_dict, "last_type", Value(type_of(vm, error))));
  VM_CHECK(dict_set(vm, vm.sys_dict, "last_value", error));
  VM_CHECK(dict_set(vm, vm.sys_dict, "last_traceback", shown_traceback));
  const Value hook = sys_attribute(vm, "excepthook");
  if (hook.is_null()) {
    write_stderr(vm, "sys.excepthook is missing\n" + exception_report(vm, error));
    return interrupted ? 130 : 1;
  }
  const Ref kept = Ref::share(hook);
  const Ref done = call(vm, kept, {Value(type_of(vm, error)), error.get(), shown_traceback.get()});
  if (!done) {
    if (error_matches(vm, vm.exc.SystemExit)) return report_exit(vm);
    const Ref second = take_error(vm);
    write_stderr(vm, "Error in sys.excepthook:\n" + exception_report(vm, second) + "\nOriginal exception was:\n" +
                         exception_report(vm, error));
  }
  return interrupted ? 130 : 1;
}

int finish_machine(Vm& vm, int status) {
  call_if_loaded(vm, "threading", "_shutdown");
  call_if_loaded(vm, "atexit", "_run_exitfuncs");
  bool flushed = flush_stream(vm, "stdout");
  if (!flushed) report_unraisable(vm, sys_attribute(vm, "stdout"));
  if (!flush_stream(vm, "stderr")) {
    clear_error(vm);
  }
  machine_state<SysState>(vm).finalizing = true;
  return flushed ? status : 120;
}

}  // namespace ouro::vm
