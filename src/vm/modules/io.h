// What other native code needs of _io and of the standard streams.
#pragma once

#include <cstddef>
#include <string_view>

#include "vm/core/vm.h"

namespace ouro::vm {

struct StrObject;

/// file.write(text): direct for an exact TextIOWrapper or StringIO, a method call for anything else.
[[nodiscard]] bool write_text(Vm& vm, Value file, StrObject* text);
/// file.flush().
[[nodiscard]] bool flush_file(Vm& vm, Value file);
/// io.open(...) with everything at its default but the mode.
[[nodiscard]] Ref open_file(Vm& vm, Value path, std::string_view mode, std::string_view encoding = {});
/// input()'s part behind the prompt: a line of sys.stdin without its newline; EOFError at the end.
[[nodiscard]] Ref read_input_line(Vm& vm, Value file);
/// Creates sys.stdin, stdout and stderr.
[[nodiscard]] bool make_standard_streams(Vm& vm);

}  // namespace ouro::vm
