// Formats of _struct and single values in them. Private to the module.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vm/core/protocol.h"

namespace ouro::vm::structs {

struct Code {
  char type;
  std::int64_t offset;
  std::int64_t size;    ///< of one item; of all of a string
  std::int64_t repeat;
};
struct Layout {
  bool big = false;
  bool native = true;   ///< '@': native sizes and alignment
  std::int64_t size = 0;
  std::int64_t length = 0;  ///< values
  std::vector<Code> codes;
};

[[nodiscard]] bool parse_layout(Vm& vm, std::string_view format, Layout& out);
[[nodiscard]] bool pack_value(Vm& vm, const Layout& layout, const Code& code, char* place, Value value);
[[nodiscard]] Ref unpack_value(Vm& vm, const Layout& layout, const Code& code, const char* place);
[[nodiscard]] bool pack_string(Vm& vm, const Code& code, char* place, Value value);
[[nodiscard]] Ref unpack_string(Vm& vm, const Code& code, const char* place);

/// struct.error; null: an exception is set.
[[nodiscard]] Value error_type(Vm& vm);
Failed raise_error(Vm& vm, std::string_view message);

}  // namespace ouro::vm::structs
