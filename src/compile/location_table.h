// co_linetable of 3.11 and later (CPython InternalDocs/code_objects.md; 3.13 Python/assemble.c
// write_location_info_entry).
#pragma once

#include <cstdint>

#include "compile/instruction_sequence.h"
#include "compile/output_buffer.h"

namespace ouro::compile {

/// Appends entries for ranges of code units in order.
class LocationTableWriter {
 public:
  explicit LocationTableWriter(OutputBuffer& out, std::int32_t first_line) : out_(out), line_(first_line) {}

  /// `units` code units (of 2 bytes) that belong to `location`.
  void add(const SourceLocation& location, std::int32_t units) {
    if (units == 0) return;
    for (; units > kMaxUnits; units -= kMaxUnits) entry(location, kMaxUnits);
    entry(location, units);
  }

 private:
  static constexpr std::int32_t kMaxUnits = 8;
  static constexpr std::size_t kMaxEntrySize = 32;  // a byte and four numbers of at most 6 bytes

  void entry(const SourceLocation& location, std::int32_t units);

  OutputBuffer& out_;
  std::int32_t line_;
};

}  // namespace ouro::compile
