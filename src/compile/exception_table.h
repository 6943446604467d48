// co_exceptiontable of 3.11 and later (CPython InternalDocs/exception_handling.md; 3.13 Python/assemble.c
// assemble_emit_exception_table_entry).
#pragma once

#include <cstdint>

#include "compile/output_buffer.h"

namespace ouro::compile {

/// One protected range; positions in code units.
struct ExceptionRange {
  std::int32_t start;
  std::int32_t end;      ///< exclusive
  std::int32_t handler;
  std::int32_t depth;    ///< what stays on the stack
  bool push_lasti;
};

void append_exception_range(OutputBuffer& out, const ExceptionRange& range);

}  // namespace ouro::compile
