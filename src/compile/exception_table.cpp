#include "compile/exception_table.h"

namespace ouro::compile {

namespace {

/// Six bits a byte, most significant first; `mark` goes on the first byte.
void append_number(OutputBuffer& out, std::int32_t value, unsigned mark) {
  for (int shift = 24; shift > 0; shift -= 6) {
    if (value < 1 << shift) continue;
    out.push_back(static_cast<std::uint8_t>((static_cast<unsigned>(value >> shift) & 0x3FU) | 0x40U | mark));
    mark = 0;
  }
  out.push_back(static_cast<std::uint8_t>((static_cast<unsigned>(value) & 0x3FU) | mark));
}

}  // namespace

void append_exception_range(OutputBuffer& out, const ExceptionRange& range) {
  append_number(out, range.start, 0x80);
  append_number(out, range.end - range.start, 0);
  append_number(out, range.handler, 0);
  append_number(out, range.depth << 1 | (range.push_lasti ? 1 : 0), 0);
}

}  // namespace ouro::compile
