// One code object against another: is what was recompiled what there was?
#pragma once

#include <cstdint>
#include <string>

#include "code/constant_pool.h"
#include "version/facts.h"

namespace ouro::decompile {

/// A code object with the pool it lives in.
struct CodeRef {
  const ConstantPool* pool;
  ConstId id;
};

struct CodeComparison {
  bool equal = false;         ///< code, constants, names, flags and exception table
  bool equal_without_nops = false;
  std::string difference;     ///< the first one, for people; empty when equal
  std::uint32_t offset = 0;   ///< of the first instruction that differs, in the first code object
  std::size_t likeness = 0;   ///< instructions alike at both ends, more for each other field that is equal
};

/// Whether both stand in the same place: a class body holds its own qualified name and line.
enum class Place : std::uint8_t { Same, Any };

/// Compares without the code objects inside, names of files and line tables.
[[nodiscard]] CodeComparison compare_code(const Facts& facts, CodeRef a, CodeRef b, Place place = Place::Any);

}  // namespace ouro::decompile
