// What tools/gen/gen_interned.py writes and interned_texts.cpp reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "version/python_version.h"

namespace ouro::version {

struct InternedTable {
  PythonVersion version;
  const char* texts;                      ///< one after the other, sorted by bytes
  std::span<const std::uint16_t> starts;  ///< one more than there are texts
};

extern const InternedTable kInternedTables[];
extern const std::size_t kInternedTableCount;

}  // namespace ouro::version
