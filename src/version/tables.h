// Between the generated tables (version_tables.cpp) and this module's functions. Private to the module.
#pragma once

#include "version/facts.h"
#include "version/magic.h"

namespace ouro::version::tables {

std::span<const Facts* const> facts();
std::span<const MagicInfo> magic_numbers();
std::string_view op_name(Op op);
std::int64_t evaluate_effect(std::uint8_t effect, std::int64_t oparg);
/// Whether it depends on `oparg`.
bool effect_varies(std::uint8_t effect);

}  // namespace ouro::version::tables
