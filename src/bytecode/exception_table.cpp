#include "bytecode/exception_table.h"

#include "bytecode/variable_integer.h"

namespace ouro::bytecode {

void append_exception_entries(std::string_view table, std::vector<ExceptionEntry>& out) {
  VariableIntegerReader reader(table);
  std::uint32_t start = 0;
  std::uint32_t length = 0;
  std::uint32_t target = 0;
  std::uint32_t depth_and_lasti = 0;
  while (reader.big_endian(start) && reader.big_endian(length) && reader.big_endian(target) &&
         reader.big_endian(depth_and_lasti)) {
    out.push_back({start * 2, (start + length) * 2, target * 2, depth_and_lasti >> 1, (depth_and_lasti & 1U) != 0});
  }
}

}  // namespace ouro::bytecode
