#include "bytecode/line_table.h"

#include "bytecode/variable_integer.h"

namespace ouro::bytecode {
namespace {

// Line numbers wrap instead of overflowing: damaged tables can add up to anything.
std::int32_t add_line(std::int32_t line, std::int32_t delta) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(line) + static_cast<std::uint32_t>(delta));
}

void append_range(std::vector<LineRange>& out, std::size_t first, LineRange range) {
  if (out.size() > first && out.back().line == range.line && out.back().end == range.start) {
    out.back().end = range.end;
  } else {
    out.push_back(range);
  }
}

// Follows Lib/dis.py findlinestarts of 2.7 and 3.6 to 3.9.
void lnotab_ranges(const Facts& facts, std::string_view table, std::int32_t first_line, std::uint32_t size,
                   std::vector<LineRange>& out) {
  const std::size_t first = out.size();
  std::int32_t line = first_line;
  std::uint32_t address = 0;
  bool clipped = false;
  const auto start_line = [&] {
    if (out.size() > first && out.back().line == line) return;
    if (out.size() > first) out.back().end = address;
    out.push_back({address, address, line});
  };
  for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
    const auto bytes = static_cast<std::uint8_t>(table[i]);
    const auto lines = static_cast<std::uint8_t>(table[i + 1]);
    if (bytes != 0) {
      start_line();
      address += bytes;
      if (facts.lnotab_ends_with_code && address >= size) {
        clipped = true;
        break;
      }
    }
    const bool is_signed = facts.line_table == version::LineTable::kLnotabSigned;
    line = add_line(line, is_signed ? static_cast<std::int8_t>(lines) : static_cast<std::int32_t>(lines));
  }
  if (!clipped) start_line();
  if (out.back().start <= size) out.back().end = size;
}

// Follows CPython 3.10 Objects/codeobject.c advance, PyLineTable_NextAddressRange.
void range_table_ranges(std::string_view table, std::int32_t first_line, std::vector<LineRange>& out) {
  const std::size_t first = out.size();
  std::int32_t line = first_line;
  std::uint32_t address = 0;
  for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
    const auto bytes = static_cast<std::uint8_t>(table[i]);
    const auto delta = static_cast<std::int8_t>(table[i + 1]);
    if (delta != -128) line = add_line(line, delta);
    if (bytes == 0) continue;
    append_range(out, first, {address, address + bytes, delta == -128 ? kNoLine : line});
    address += bytes;
  }
}

// Kinds of 3.11+ entries, bits 3 to 6 of the first byte (CPython Include/cpython/code.h).
enum EntryKind : unsigned { kOneLine0 = 10, kOneLine2 = 12, kNoColumns = 13, kLong = 14, kNothing = 15 };

struct LocationReader {
  VariableIntegerReader bytes;
  std::int32_t line;

  // Reads one entry; `position` keeps -1 where the entry has nothing to say.
  std::uint32_t next(Position& position) {
    const std::uint8_t head = bytes.byte();
    const unsigned kind = (head >> 3) & 15U;
    const std::uint32_t length = ((head & 7U) + 1) * 2;
    position = {};
    if (kind == kNothing) return length;
    if (kind == kLong) {
      line = add_line(line, bytes.signed_value());
      position.end_line = add_line(line, static_cast<std::int32_t>(bytes.value()));
      position.column = static_cast<std::int32_t>(bytes.value()) - 1;
      position.end_column = static_cast<std::int32_t>(bytes.value()) - 1;
    } else if (kind == kNoColumns) {
      line = add_line(line, bytes.signed_value());
      position.end_line = line;
    } else if (kind >= kOneLine0) {
      line = add_line(line, static_cast<std::int32_t>(kind - kOneLine0));
      position.end_line = line;
      position.column = bytes.byte();
      position.end_column = bytes.byte();
    } else {
      const std::uint8_t second = bytes.byte();
      position.end_line = line;
      position.column = static_cast<std::int32_t>((kind << 3) | (second >> 4));
      position.end_column = position.column + (second & 15);
    }
    position.line = line;
    return length;
  }
};

// Lines alone: half of the work of LocationReader::next, and what every listing needs.
// Follows CPython 3.11 Objects/codeobject.c get_line_delta, advance, lineiter_next.
void location_lines(std::string_view table, std::int32_t first_line, std::vector<LineRange>& out) {
  const std::size_t first = out.size();
  std::uint32_t address = 0;
  std::int32_t line = first_line;
  const auto* p = reinterpret_cast<const std::uint8_t*>(table.data());
  const auto* const end = p + table.size();
  while (p < end) {
    const std::uint8_t head = *p++;
    const unsigned kind = (head >> 3) & 15U;
    const std::uint32_t length = ((head & 7U) + 1) * 2;
    if (kind == kNoColumns || kind == kLong) {
      VariableIntegerReader reader(p, end);
      line = add_line(line, reader.signed_value());
    } else if (kind > kOneLine0 && kind <= kOneLine2) {
      line = add_line(line, static_cast<std::int32_t>(kind - kOneLine0));
    }
    while (p < end && (*p & 0x80U) == 0) ++p;
    append_range(out, first, {address, address + length, kind == kNothing ? kNoLine : line});
    address += length;
  }
}

}  // namespace

void append_line_ranges(const Facts& facts, std::string_view table, std::int32_t first_line,
                        std::size_t code_size, std::vector<LineRange>& out) {
  switch (facts.line_table) {
    case version::LineTable::kRanges: return range_table_ranges(table, first_line, out);
    case version::LineTable::kLocations: return location_lines(table, first_line, out);
    default: return lnotab_ranges(facts, table, first_line, static_cast<std::uint32_t>(code_size), out);
  }
}

void append_position_ranges(std::string_view table, std::int32_t first_line, std::vector<PositionRange>& out) {
  LocationReader reader{VariableIntegerReader(table), first_line};
  std::uint32_t address = 0;
  while (!reader.bytes.at_end()) {
    Position position;
    const std::uint32_t length = reader.next(position);
    out.push_back({address, address + length, position});
    address += length;
  }
}

}  // namespace ouro::bytecode
