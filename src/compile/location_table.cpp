#include "compile/location_table.h"

namespace ouro::compile {

namespace {

// Entry kinds below kOneLine are short forms: the column's upper bits.
constexpr unsigned kOneLine = 10;
constexpr unsigned kNoColumns = 13;
constexpr unsigned kLong = 14;
constexpr unsigned kNone = 15;

}  // namespace

void LocationTableWriter::add(const SourceLocation& location, std::int32_t units) {
  if (units == 0) return;
  for (; units > kMaxUnits; units -= kMaxUnits) entry(location, kMaxUnits);
  entry(location, units);
}

void LocationTableWriter::first_byte(unsigned code, std::int32_t units) {
  out_.push_back(static_cast<std::uint8_t>(0x80U | code << 3U | static_cast<unsigned>(units - 1)));
}

void LocationTableWriter::varint(std::uint32_t value) {
  for (; value >= 64; value >>= 6U) out_.push_back(static_cast<std::uint8_t>(0x40U | (value & 0x3FU)));
  out_.push_back(static_cast<std::uint8_t>(value));
}

void LocationTableWriter::signed_varint(std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  varint(value < 0 ? (0U - bits) << 1U | 1U : bits << 1U);
}

void LocationTableWriter::entry(const SourceLocation& location, std::int32_t units) {
  if (location.line < 0) {
    first_byte(kNone, units);
    return;
  }
  const std::int32_t delta = location.line - line_;
  const std::int32_t column = location.column;
  const std::int32_t end_column = location.end_column;
  const bool has_columns = column >= 0 && end_column >= 0;
  if (!has_columns && (location.end_line == location.line || location.end_line < 0)) {
    first_byte(kNoColumns, units);
    signed_varint(delta);
    line_ = location.line;
    return;
  }
  if (has_columns && location.end_line == location.line) {
    if (delta == 0 && column < 80 && end_column - column < 16 && end_column >= column) {
      first_byte(static_cast<unsigned>(column) >> 3U, units);
      out_.push_back(static_cast<std::uint8_t>((column & 7) << 4 | (end_column - column)));
      return;
    }
    if (delta >= 0 && delta < 3 && column < 128 && end_column < 128) {
      first_byte(kOneLine + static_cast<unsigned>(delta), units);
      out_.push_back(static_cast<std::uint8_t>(column));
      out_.push_back(static_cast<std::uint8_t>(end_column));
      line_ = location.line;
      return;
    }
  }
  first_byte(kLong, units);
  signed_varint(delta);
  varint(static_cast<std::uint32_t>(location.end_line - location.line));
  varint(static_cast<std::uint32_t>(column + 1));
  varint(static_cast<std::uint32_t>(end_column + 1));
  line_ = location.line;
}

}  // namespace ouro::compile
