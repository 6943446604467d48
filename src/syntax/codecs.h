// Single-byte source encodings (tools/gen/gen_codecs.py makes the tables).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ouro::syntax {

/// A name of an encoding ("iso-8859-15", "latin9"; lower case, '-' for '_') and the characters of its bytes 0x80
/// to 0xFF; 0: undefined.
struct CharmapName {
  std::string_view name;
  const std::uint16_t* upper_half;
};

/// Sorted by name.
extern const std::span<const CharmapName> charmap_names;

}  // namespace ouro::syntax
