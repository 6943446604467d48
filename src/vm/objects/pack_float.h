// Half-precision floats, for struct, memoryview and array: IEEE 754 binary16 with ties to even.
#pragma once

#include <cstdint>
#include <optional>

namespace ouro::vm {

[[nodiscard]] double half_to_double(std::uint16_t half);
/// nullopt: out of range.
[[nodiscard]] std::optional<std::uint16_t> double_to_half(double value);

}  // namespace ouro::vm
