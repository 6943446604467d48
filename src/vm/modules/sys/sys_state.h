// What sys keeps of a machine, and the parts of the module's contents.
#pragma once

#include <vector>

#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/interpreter/startup.h"

namespace ouro::vm {

struct SysState {
  std::vector<Ref> audit_hooks;
  double switch_interval = 0.005;
  bool finalizing = false;
  StartOptions start;
};

/// version, flags, implementation and the other constants of sys.
[[nodiscard]] bool add_sys_constants(Vm& vm, ModuleObject* module);
/// The functions of sys about frames, tracing and the interpreter: sys/frames.cpp.
[[nodiscard]] std::span<const MethodSpec> sys_frame_functions();
[[nodiscard]] std::span<const MethodSpec> sys_setting_functions();
[[nodiscard]] std::span<const MethodSpec> sys_hook_functions();
/// The sys attribute of that name, borrowed; null where absent.
[[nodiscard]] Value sys_attribute(Vm& vm, std::string_view name);
/// Writes text to sys.stderr, or to descriptor 2 when there is none. Errors are swallowed.
void write_stderr(Vm& vm, std::string_view text);
/// sys.audit for native code.
[[nodiscard]] bool audit(Vm& vm, const char* event, std::initializer_list<Value> arguments);

}  // namespace ouro::vm
