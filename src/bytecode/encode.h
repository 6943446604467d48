// Instructions back into co_code.
#pragma once

#include <cstdint>
#include <vector>

#include "version/facts.h"

namespace ouro::bytecode {

/// Appends one instruction: as many EXTENDED_ARG as `oparg` needs (at least `min_prefixes` of them), opcode,
/// operand, and its inline caches as zeros. Gives the number of bytes written.
std::size_t append_instruction(const Facts& facts, std::uint8_t number, std::uint32_t oparg,
                               std::vector<std::uint8_t>& out, unsigned min_prefixes = 0);

/// How many bytes append_instruction writes.
[[nodiscard]] std::size_t encoded_size(const Facts& facts, std::uint8_t number, std::uint32_t oparg,
                                       unsigned min_prefixes = 0);

}  // namespace ouro::bytecode
