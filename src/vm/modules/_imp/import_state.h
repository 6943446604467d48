// What the import system keeps; shared by modules/_imp.cpp and _imp/import_system.cpp.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "vm/core/machine_state.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct CodeObject;
struct StrObject;

struct ImportState {
  Ref bootstrap;         ///< importlib._bootstrap; null: not loaded
  Ref find_and_load;
  Ref handle_from_list;
  Ref initializing;      ///< "_initializing"
  bool loading = false;
  int lock_depth = 0;
  std::unordered_map<std::string, Ref> made;  ///< native modules by name: made once a machine
};

/// The native module as made once; None: there is none of that name.
[[nodiscard]] Ref create_native(Vm& vm, std::string_view name);
[[nodiscard]] bool is_native(std::string_view name);
/// native_module, with None for "there is none".
[[nodiscard]] Ref native_module_or_none(Vm& vm, StrObject* name);
/// Sets co_filename of a code object and all those in it.
void fix_code_filename(Vm& vm, CodeObject* code, StrObject* filename);
[[nodiscard]] bool add_zip_importer(Vm& vm);

}  // namespace ouro::vm
