// Between the generated tables (unicode_tables.cpp) and this module's functions. Private to the module.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "unicode/unicode_version.h"

namespace ouro::unicode::tables {

/// Ranges of code points; each has a vector of values by UnicodeVersion.
struct VersionedTable {
  const std::uint32_t* starts;
  const std::uint16_t* blocks;  ///< for each 256 code points the row of the first one; one more than blocks
  const std::uint16_t* ids;
  const std::uint8_t (*vectors)[kVersionCount];

  [[nodiscard]] std::uint8_t value(std::uint32_t code_point, UnicodeVersion version) const;
};

struct CombiningTable {
  std::span<const std::uint32_t> starts;
  std::span<const std::uint8_t> classes;
};

/// Full compatibility decompositions.
struct DecompositionTable {
  std::span<const std::uint32_t> codes;
  std::span<const std::uint16_t> offsets;  ///< one more than codes
  std::span<const std::uint32_t> pool;
};

struct Composition {
  std::uint32_t first;
  std::uint32_t second;
  std::uint32_t composed;
};

/// Names in order of code point, then aliases. A name is a sequence of word numbers; gen_unicode.py class
/// NameTables says how they are coded.
struct NameTable {
  std::string_view word_text;
  std::span<const std::uint32_t> word_offsets;
  std::string_view name_words;
  std::span<const std::uint32_t> name_offsets;
  std::span<const std::uint32_t> codes;
  std::span<const std::uint16_t> table;  ///< open addressing by FNV-1a of the name; 0xFFFF is free
  std::span<const std::uint8_t> alias_since;
  std::uint32_t name_count;
  std::uint32_t short_words;
};

/// Names made of a prefix and the code point in hexadecimal.
struct NameRange {
  std::uint32_t first;
  std::uint32_t last;
  std::string_view prefix;
};

extern const VersionedTable category;
extern const VersionedTable identifier;
extern const CombiningTable combining;
extern const DecompositionTable decompositions;
extern const std::span<const Composition> compositions;
extern const NameTable names;
extern const std::span<const NameRange> name_ranges;

}  // namespace ouro::unicode::tables
