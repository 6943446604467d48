// sys: the module of the running machine. Constants: sys/constants.cpp; functions by theme: sys/*.cpp.
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

bool add_functions(Vm& vm, ModuleObject* module, std::span<const MethodSpec> functions) {
  VM_TRY(Own<StrObject> module_name, new_str(vm, "sys"));
  for (const MethodSpec& function : functions) {
    const std::string_view signature = function.signature;
    const std::string_view name = signature.substr(0, signature.find('('));
    VM_CHECK(set_module_attribute(vm, module, name, new_native_function(vm, function, module, module_name)));
  }
  return true;
}

bool fill(Vm& vm, ModuleObject* module) {
  for (const auto functions : {sys_frame_functions(), sys_setting_functions(), sys_hook_functions()}) {
    VM_CHECK(add_functions(vm, module, functions));
  }
  constexpr std::pair<std::string_view, std::string_view> kOriginals[] = {{"__displayhook__", "displayhook"},
                                                                          {"__excepthook__", "excepthook"},
                                                                          {"__breakpointhook__", "breakpointhook"},
                                                                          {"__unraisablehook__", "unraisablehook"}};
  DictObject* dict = module_dict(module);
  for (const auto& [original, name] : kOriginals) {
    VM_CHECK(dict_set(vm, dict, original, dict_get(vm, dict, name)));
  }
  VM_CHECK(set_module_attribute(vm, module, "modules", Value(vm.modules)));
  return add_sys_constants(vm, module);
}

}  // namespace

Value sys_attribute(Vm& vm, std::string_view name) {
  return vm.sys_dict == nullptr ? Value() : dict_get(vm, vm.sys_dict, name);
}

const ModuleSpec& sys_module() {
  static constexpr ModuleSpec kModule = {
      .name = "sys",
      .doc = "Access to objects that the machine uses or keeps, and to functions that work on the machine itself.",
      .fill = fill,
  };
  return kModule;
}

}  // namespace ouro::vm
