// Which source line (and, from 3.11 on, which columns) each piece of co_code belongs to.
//
// In: co_lnotab (to 3.9) or co_linetable (from 3.10), co_firstlineno, the length of co_code. Out: ranges in
// ascending order. Tables are outside data: a damaged one gives fewer or odd ranges, never a failure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "version/facts.h"

namespace ouro::bytecode {

/// "This code belongs to no line."
inline constexpr std::int32_t kNoLine = -1;

/// Code bytes [start, end) are of `line`.
struct LineRange {
  std::uint32_t start;
  std::uint32_t end;
  std::int32_t line;
  friend bool operator==(const LineRange&, const LineRange&) = default;
};

/// Appends the ranges of one code object to `out`; neighbours of the same line are one range, as in
/// CPython's co_lines(). Without a table of ranges (to 3.9) a range ends where the next line starts.
void append_line_ranges(const Facts& facts, std::string_view table, std::int32_t first_line,
                        std::size_t code_size, std::vector<LineRange>& out);

/// Where an instruction stands in the source; -1 for what is not known. Columns are bytes of UTF-8, from 0.
struct Position {
  std::int32_t line = -1;
  std::int32_t end_line = -1;
  std::int32_t column = -1;
  std::int32_t end_column = -1;
  friend bool operator==(const Position&, const Position&) = default;
};

/// 3.11+: code bytes [start, end) stand at `position`; one entry of the table each.
struct PositionRange {
  std::uint32_t start;
  std::uint32_t end;
  Position position;
};
void append_position_ranges(std::string_view table, std::int32_t first_line, std::vector<PositionRange>& out);

}  // namespace ouro::bytecode
