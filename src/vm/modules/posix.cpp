// posix: the system's files, directories, descriptors and processes, all through the host. Its parts are in posix/.
#include <vector>

#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/bytes.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

/// os.environ's source: bytes to bytes.
bool add_environment(Vm& vm, ModuleObject* module) {
  VM_TRY(Own<DictObject> environment, new_dict(vm));
  for (const auto& [name, value] : vm.host.environment()) {
    VM_TRY(Own<BytesObject> key, new_bytes(vm, name));
    VM_TRY(Own<BytesObject> text, new_bytes(vm, value));
    VM_CHECK(dict_set(vm, environment, key, text));
  }
  return set_module_attribute(vm, module, "environ", environment.operator Value());
}

/// What os.py asks for to say which functions take descriptors and follow_symlinks.
bool add_have_functions(Vm& vm, ModuleObject* module) {
  VM_TRY(Own<ListObject> names, new_list(vm));
  for (const char* name : {"HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHOWN", "HAVE_FDOPENDIR", "HAVE_FSTATAT", "HAVE_FTRUNCATE",
                           "HAVE_FUTIMENS", "HAVE_LSTAT", "HAVE_MKDIRAT", "HAVE_OPENAT", "HAVE_UNLINKAT"}) {
    VM_TRY(Own<StrObject> text, new_str(vm, name));
    VM_CHECK(list_append(vm, names, text.operator Value()));
  }
  return set_module_attribute(vm, module, "_have_functions", names.operator Value());
}

bool fill(Vm& vm, ModuleObject* module) {
  for (const TypeSpec* spec : {static_cast<const TypeSpec*>(&kStatResult), static_cast<const TypeSpec*>(&kTerminalSize),
                               static_cast<const TypeSpec*>(&kUnameResult), static_cast<const TypeSpec*>(&kTimesResult),
                               static_cast<const TypeSpec*>(&kStatvfsResult), &kDirEntryType})
    VM_CHECK(add_type(vm, module, *spec));
  return set_module_attribute(vm, module, "error", Value(vm.exc.OSError)) && add_environment(vm, module) &&
         add_have_functions(vm, module) && add_posix_constants(vm, module);
}

std::vector<MethodSpec> all_functions() {
  std::vector<MethodSpec> out;
  for (const auto part : {posix_file_functions(), posix_descriptor_functions(), posix_directory_functions(), posix_process_functions(),
                          posix_system_functions()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace

const ModuleSpec& posix_module() {
  static const std::vector<MethodSpec> functions = all_functions();
  static const ModuleSpec spec = {.name = "posix",
                                  .doc = "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX "
                                         "standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more "
                                         "information on calls.",
                                  .functions = functions,
                                  .fill = fill};
  return spec;
}

}  // namespace ouro::vm
