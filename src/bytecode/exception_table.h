// 3.11+: which code runs under which handler (co_exceptiontable).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ouro::bytecode {

/// Exceptions in code bytes [start, end) go to byte `target`, with the stack cut to `depth` entries; where
/// `push_lasti` holds, the offset of the failing instruction is pushed before the exception.
struct ExceptionEntry {
  std::uint32_t start;
  std::uint32_t end;
  std::uint32_t target;
  std::uint32_t depth;
  bool push_lasti;
  friend bool operator==(const ExceptionEntry&, const ExceptionEntry&) = default;
};

/// Appends the entries of one table in file order; an entry cut off at the end is dropped, as CPython's
/// dis._parse_exception_table does.
void append_exception_entries(std::string_view table, std::vector<ExceptionEntry>& out);

}  // namespace ouro::bytecode
