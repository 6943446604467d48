#include "version/interned_texts.h"

#include "version/interned_texts_impl.h"

namespace ouro::version {

bool is_interned_at_start(const PythonVersion& version, std::string_view text) {
  for (const InternedTable& table : std::span(kInternedTables, kInternedTableCount)) {
    if (table.version.major != version.major || table.version.minor != version.minor) continue;
    std::size_t low = 0;
    std::size_t high = table.starts.size() - 1;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      const std::string_view found(
          table.texts + table.starts[middle],
          static_cast<std::size_t>(table.starts[middle + 1] - table.starts[middle]));
      if (found == text) return true;
      if (found < text) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
  }
  return false;
}

}  // namespace ouro::version
