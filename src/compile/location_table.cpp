#include "compile/location_table.h"

namespace ouro::compile {

namespace {

// Entry kinds below kOneLine are short forms: the column's upper bits.
constexpr unsigned kOneLine = 10;
constexpr unsigned kNoColumns = 13;
constexpr unsigned kLong = 14;
constexpr unsigned kNone = 15;

std::uint8_t first_byte(unsigned code, std::int32_t units) {
  return static_cast<std::uint8_t>(0x80U | code << 3U | static_cast<unsigned>(units - 1));
}

std::uint8_t* put_varint(std::uint8_t* at, std::uint32_t value) {
  for (; value >= 64; value >>= 6U) *at++ = static_cast<std::uint8_t>(0x40U | (value & 0x3FU));
  *at++ = static_cast<std::uint8_t>(value);
  return at;
}

std::uint8_t* put_signed_varint(std::uint8_t* at, std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  return put_varint(at, value < 0 ? (0U - bits) << 1U | 1U : bits << 1U);
}

}  // namespace

void LocationTableWriter::entry(const SourceLocation& location, std::int32_t units) {
  std::uint8_t* at = out_.room(kMaxEntrySize);
  if (location.line < 0) {
    *at++ = first_byte(kNone, units);
    return out_.end_at(at);
  }
  const std::int32_t delta = location.line - line_;
  line_ = location.line;
  const std::int32_t column = location.column;
  const std::int32_t end_column = location.end_column;
  const bool has_columns = column >= 0 && end_column >= 0;
  if (!has_columns && (location.end_line == location.line || location.end_line < 0)) {
    *at++ = first_byte(kNoColumns, units);
    return out_.end_at(put_signed_varint(at, delta));
  }
  if (has_columns && location.end_line == location.line) {
    if (delta == 0 && column < 80 && end_column - column < 16 && end_column >= column) {
      *at++ = first_byte(static_cast<unsigned>(column) >> 3U, units);
      *at++ = static_cast<std::uint8_t>((column & 7) << 4 | (end_column - column));
      return out_.end_at(at);
    }
    if (delta >= 0 && delta < 3 && column < 128 && end_column < 128) {
      *at++ = first_byte(kOneLine + static_cast<unsigned>(delta), units);
      *at++ = static_cast<std::uint8_t>(column);
      *at++ = static_cast<std::uint8_t>(end_column);
      return out_.end_at(at);
    }
  }
  *at++ = first_byte(kLong, units);
  at = put_signed_varint(at, delta);
  at = put_varint(at, static_cast<std::uint32_t>(location.end_line - location.line));
  at = put_varint(at, static_cast<std::uint32_t>(column + 1));
  out_.end_at(put_varint(at, static_cast<std::uint32_t>(end_column + 1)));
}

}  // namespace ouro::compile
