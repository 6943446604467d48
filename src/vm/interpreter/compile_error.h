// What the compiler says, as Python exceptions and warnings.
#pragma once

#include <string_view>
#include <vector>

#include "vm/core/error.h"
#include "vm/host/compiler_interface.h"

namespace ouro::vm {

/// SyntaxError and its like with all fields, or ValueError, UnicodeDecodeError, ...
Failed raise_compile_failure(Vm& vm, const CompileFailure& failure, std::string_view filename);
/// False: a warning became an exception.
[[nodiscard]] bool issue_compile_warnings(Vm& vm, const std::vector<CompileWarning>& warnings, std::string_view filename);
/// The code object of a compilation, warnings issued; or its failure raised.
[[nodiscard]] Ref code_of_outcome(Vm& vm, CompileOutcome outcome, std::string_view filename);

}  // namespace ouro::vm
