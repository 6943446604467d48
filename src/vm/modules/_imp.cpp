// _imp: what importlib needs of the machine.
#include "marshal/cache_path.h"
#include "version/facts.h"
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/modules/_imp/import_state.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

std::optional<std::string> name_argument(Vm& vm, std::string_view function, Value name) {
  if (!is_str(name)) return raise_argument_type(vm, function, 0, "str", name);
  return to_utf8(name.as<StrObject>());
}

Ref acquire_lock(Vm& vm, Value) {
  ++machine_state<ImportState>(vm).lock_depth;
  return Ref::none();
}
Ref release_lock(Vm& vm, Value) {
  ImportState& state = machine_state<ImportState>(vm);
  if (state.lock_depth == 0) return raise(vm, vm.exc.RuntimeError, "not holding the import lock");
  --state.lock_depth;
  return Ref::none();
}
Ref lock_held(Vm& vm, Value) { return Ref::boolean(machine_state<ImportState>(vm).lock_depth > 0); }

Ref create_builtin(Vm& vm, Value, Value spec) {
  VM_TRY(Ref name, get_attribute(vm, spec, "name"));
  VM_TRY(const std::string text, name_argument(vm, "create_builtin", name));
  return create_native(vm, text);
}
Ref exec_builtin(Vm&, Value, Value) { return Ref::small(0); }

Ref is_builtin(Vm& vm, Value, Value name) {
  VM_TRY(const std::string text, name_argument(vm, "is_builtin", name));
  return Ref::small(is_native(text) ? (text == "sys" || text == "builtins" ? -1 : 1) : 0);
}
Ref is_frozen(Vm& vm, Value, Value name) {
  VM_TRY(const std::string text, name_argument(vm, "is_frozen", name));
  return Ref::boolean(text == "_frozen_importlib" || text == "_frozen_importlib_external");
}
Ref is_frozen_package(Vm& vm, Value, Value name) {
  VM_TRY(const std::string text, name_argument(vm, "is_frozen_package", name));
  if (text == "_frozen_importlib" || text == "_frozen_importlib_external") return Ref::boolean(false);
  return raise(vm, vm.exc.ImportError, "No such frozen object named {}", text);
}
Ref find_frozen(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string text, name_argument(vm, "find_frozen", args[0]));
  return Ref::none();
}
Ref get_frozen_object(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string text, name_argument(vm, "get_frozen_object", args[0]));
  return raise(vm, vm.exc.ImportError, "No such frozen object named {}", text);
}
Ref init_frozen(Vm& vm, Value, Value name) {
  VM_TRY(const std::string text, name_argument(vm, "init_frozen", name));
  return Ref::none();
}
Ref frozen_names(Vm& vm, Value) { return new_list(vm); }
Ref extension_suffixes(Vm& vm, Value) { return new_list(vm); }
Ref override_frozen(Vm&, Value, Value) { return Ref::none(); }
Ref override_multi(Vm&, Value, Value) { return Ref::small(0); }

Ref fix_filename(Vm& vm, Value, Args& args) {
  if (!is_exact(vm, args[0], vm.types.code)) return raise_argument_type(vm, "_fix_co_filename", 1, "code", args[0]);
  if (!is_str(args[1])) return raise_argument_type(vm, "_fix_co_filename", 2, "str", args[1]);
  auto* code = args[0].as<CodeObject>();
  auto* filename = args[1].as<StrObject>();
  if (!str_equal(code->filename, filename)) fix_code_filename(vm, code, filename);
  return Ref::none();
}

Ref source_hash(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t key, args.int64(vm, 0));
  (void)key;  // importlib's own: the magic number, which the facts have too
  BufferView source;
  VM_CHECK(get_buffer(vm, args[1], source));
  const auto hash = marshal::source_hash({reinterpret_cast<const std::uint8_t*>(source.data), source.length},
                                         *version::find_facts(PythonVersion{3, 13}));
  return new_bytes(vm, {reinterpret_cast<const char*>(hash.data()), hash.size()});
}

constexpr MethodSpec kFunctions[] = {
    {"lock_held($module, /)", lock_held, "Return True if the import lock is currently held, else False."},
    {"acquire_lock($module, /)", acquire_lock, "Acquires the interpreter's import lock for the current thread."},
    {"release_lock($module, /)", release_lock, "Release the interpreter's import lock."},
    {"extension_suffixes($module, /)", extension_suffixes, "Returns the list of file suffixes used to identify extension modules."},
    {"create_builtin($module, spec, /)", create_builtin, "Create an extension module."},
    {"exec_builtin($module, mod, /)", exec_builtin, "Initialize a built-in module."},
    {"create_dynamic($module, spec, file=<unrepresentable>, /)",
     +[](Vm& vm, Value, Args&) -> Ref { return raise(vm, vm.exc.ImportError, "extension modules cannot be loaded"); },
     "Create an extension module."},
    {"exec_dynamic($module, mod, /)", exec_builtin, "Initialize an extension module."},
    {"is_builtin($module, name, /)", is_builtin, "Returns True if the module name corresponds to a built-in module."},
    {"is_frozen($module, name, /)", is_frozen, "Returns True if the module name corresponds to a frozen module."},
    {"is_frozen_package($module, name, /)", is_frozen_package, "Returns True if the module name is of a frozen package."},
    {"find_frozen($module, name, /, *, withdata=False)", find_frozen, "Return info about the corresponding frozen module (if there is one) or None."},
    {"get_frozen_object($module, name, data=None, /)", get_frozen_object, "Create a code object for a frozen module."},
    {"init_frozen($module, name, /)", init_frozen, "Initializes a frozen module."},
    {"_frozen_module_names($module, /)", frozen_names, "Returns the list of available frozen modules."},
    {"_override_frozen_modules_for_tests($module, override, /)", override_frozen, "(internal-only) Override PyConfig.use_frozen_modules."},
    {"_override_multi_interp_extensions_check($module, override, /)", override_multi, "(internal-only) Override PyInterpreterConfig.check_multi_interp_extensions."},
    {"_fix_co_filename($module, code, path, /)", fix_filename, "Changes code.co_filename to specify the passed-in file path."},
    {"source_hash($module, key, source)", source_hash, "Return the hash of the source, as hash-based caches keep it."},
};

bool fill(Vm& vm, ModuleObject* module) {
  return set_module_attribute(vm, module, "check_hash_based_pycs",
                              Ref(new_str(vm, machine_state<SysState>(vm).start.check_hash_pycs))) &&
         set_module_attribute(vm, module, "pyc_magic_number_token", Value::small(3571 | (0x0A0D << 16)));
}

}  // namespace

const ModuleSpec& _imp_module() {
  static constexpr ModuleSpec kModule = {
      .name = "_imp", .doc = "(Extremely) low-level import machinery bits as used by importlib.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
