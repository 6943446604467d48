#include "version/magic.h"

#include <algorithm>

#include "version/tables.h"

namespace ouro::version {

std::string_view to_string(Implementation implementation) {
  switch (implementation) {
    case Implementation::CPython: return "CPython";
    case Implementation::PyPy: return "PyPy";
    case Implementation::Jython: return "Jython";
    case Implementation::GraalPy: return "GraalPy";
    case Implementation::Pyston: return "Pyston";
    case Implementation::RustPython: return "RustPython";
  }
  return "";
}

std::span<const MagicInfo> all_magic_numbers() { return tables::magic_numbers(); }

const MagicInfo* find_magic(std::uint16_t number) {
  const auto all = tables::magic_numbers();
  const auto* found = std::lower_bound(all.data(), all.data() + all.size(), number,
                                       [](const MagicInfo& info, std::uint16_t n) { return info.number < n; });
  return found != all.data() + all.size() && found->number == number ? found : nullptr;
}

}  // namespace ouro::version
