// Named facts about each CPython version.
//
// Nothing outside version, marshal and bytecode compares version numbers: it asks a fact. The facts are rows
// of data/facts.tsv, the values stand in data/versions/<X.Y>/facts.toml, and struct FactFields is generated
// from them (build/<preset>/generated/version/facts_fields.h).
#pragma once

#include <cstdint>
#include <span>

#include "version/facts_fields.h"
#include "version/opcodes.h"
#include "version/python_version.h"

namespace ouro::version {

/// Everything that sets a version apart. Static storage: a pointer to Facts never dies.
struct Facts : FactFields {
  PythonVersion version;
  std::span<const OpcodeInfo> opcodes;           ///< by number; at least 256
  std::span<const std::uint16_t> opcode_numbers;  ///< by Op; kNoOpcode when the version does not have it
  std::uint16_t extended_arg = 0;                ///< number of EXTENDED_ARG; kNoOpcode before 2.0
};

inline constexpr std::uint16_t kNoOpcode = 0xFFFF;

/// nullptr for a version that Ouro does not know.
[[nodiscard]] const Facts* find_facts(PythonVersion version);

/// Oldest version first.
[[nodiscard]] std::span<const Facts* const> all_facts();

}  // namespace ouro::version

namespace ouro {
using version::Facts;
}  // namespace ouro
