// The import system. Native modules are made here; everything else is left to importlib, whose source (or cache) in the
// standard library is run at the first import that no native module answers, as CPython runs its frozen copy.
#pragma once

#include <string_view>

#include "vm/core/vm.h"

namespace ouro::vm {

struct StrObject;
struct ModuleObject;

/// builtins.__import__ and IMPORT_NAME when builtins.__import__ is the original (CPython PyImport_ImportModuleLevelObject).
/// globals, locals and from_list may be null or None.
[[nodiscard]] Ref import_name(Vm& vm, Value name, Value globals, Value locals, Value from_list, std::int64_t level);
/// The module of a dotted name, as importlib.import_module gives it.
[[nodiscard]] Ref import_module(Vm& vm, std::string_view name);
/// An attribute of a module, imported if need be: import_attribute(vm, "warnings", "warn").
[[nodiscard]] Ref import_attribute(Vm& vm, std::string_view module, std::string_view name);
/// The native module of that name, made and put into sys.modules unless it stands there. Null without exception: there is none.
[[nodiscard]] Ref native_module(Vm& vm, std::string_view name);
/// Whether importlib runs already.
[[nodiscard]] bool importlib_is_loaded(Vm& vm);
/// Loads it now (sys.meta_path, sys.path_hooks).
[[nodiscard]] bool load_importlib(Vm& vm);

}  // namespace ouro::vm
