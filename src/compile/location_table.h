// co_linetable of 3.11 and later (CPython InternalDocs/code_objects.md; 3.13 Python/assemble.c
// write_location_info_entry).
#pragma once

#include <cstdint>
#include <vector>

#include "compile/instruction_sequence.h"

namespace ouro::compile {

/// Appends entries for ranges of code units in order.
class LocationTableWriter {
 public:
  explicit LocationTableWriter(std::vector<std::uint8_t>& out, std::int32_t first_line) : out_(out), line_(first_line) {}

  /// `units` code units (of 2 bytes) that belong to `location`.
  void add(const SourceLocation& location, std::int32_t units);

 private:
  static constexpr std::int32_t kMaxUnits = 8;

  void entry(const SourceLocation& location, std::int32_t units);
  void first_byte(unsigned code, std::int32_t units);
  void varint(std::uint32_t value);
  void signed_varint(std::int32_t value);

  std::vector<std::uint8_t>& out_;
  std::int32_t line_;
};

}  // namespace ouro::compile
