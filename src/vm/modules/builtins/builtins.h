// Parts of the builtins module: each gives its functions, modules/builtins.cpp puts them together.
#pragma once

#include <span>

#include "vm/core/binding.h"

namespace ouro::vm {

/// Objects, numbers and iteration: builtins/basic.cpp, builtins/iteration.cpp.
[[nodiscard]] std::span<const MethodSpec> builtin_object_functions();
[[nodiscard]] std::span<const MethodSpec> builtin_iteration_functions();
/// compile, eval, exec, globals, locals, vars, dir, __import__, __build_class__: builtins/code.cpp.
[[nodiscard]] std::span<const MethodSpec> builtin_code_functions();
/// print, input, open: builtins/io.cpp.
[[nodiscard]] std::span<const MethodSpec> builtin_io_functions();
/// What anext() with a default gives: builtins/async.cpp.
[[nodiscard]] Ref new_anext_awaitable(Vm& vm, Value awaitable, Value otherwise);

/// exit, quit, copyright, credits, license and help, as the site module adds them: builtins/site.cpp.
[[nodiscard]] bool add_site_builtins(Vm& vm);

}  // namespace ouro::vm
