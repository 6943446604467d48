#include "version/facts.h"

#include "version/tables.h"

namespace ouro::version {

std::span<const Facts* const> all_facts() { return tables::facts(); }

const Facts* find_facts(PythonVersion version) {
  for (const Facts* facts : tables::facts())
    if (facts->version == version) return facts;
  return nullptr;
}

}  // namespace ouro::version
