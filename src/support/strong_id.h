// Typed integers: ids, offsets and indexes that can't be mixed.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace ouro::support {

/// An integer that only mixes with its own Tag. `value` is public on purpose: crossing to a raw integer
/// is written out at the place where it happens.
template <class Tag, class Integer = std::uint32_t>
struct StrongId {
  Integer value{};

  constexpr StrongId() = default;
  constexpr explicit StrongId(Integer v) : value(v) {}
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
  constexpr StrongId& operator++() { ++value; return *this; }
};

/// A byte position in an input or in co_code.
using ByteOffset = StrongId<struct ByteOffsetTag>;
/// A position in a decoded list of instructions.
using InstructionIndex = StrongId<struct InstructionIndexTag>;

}  // namespace ouro::support

namespace ouro {
using support::ByteOffset;
using support::InstructionIndex;
using support::StrongId;
}  // namespace ouro

template <class Tag, class Integer>
struct std::hash<ouro::support::StrongId<Tag, Integer>> {
  std::size_t operator()(ouro::support::StrongId<Tag, Integer> id) const noexcept {
    return std::hash<Integer>{}(id.value);
  }
};
