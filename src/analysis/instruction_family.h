// What an instruction is for, in a dozen and a half words: the groups that statistics count by.
#pragma once

#include <cstdint>
#include <string_view>

#include "version/opcodes.h"

namespace ouro::analysis {

enum class InstructionFamily : std::uint8_t {
  Constants,
  Variables,
  Attributes,
  Subscripts,
  Operators,
  Comparisons,
  Collections,
  Strings,
  Calls,
  Functions,
  Jumps,
  Iteration,
  Generators,
  Exceptions,
  Imports,
  Matching,
  Stack,
  Other,
};
inline constexpr std::size_t kFamilyCount = static_cast<std::size_t>(InstructionFamily::Other) + 1;

/// By name, so that an instruction of a new version lands where its relatives are.
[[nodiscard]] InstructionFamily family_of(Op op);

/// "variables".
[[nodiscard]] std::string_view to_string(InstructionFamily family);

}  // namespace ouro::analysis
