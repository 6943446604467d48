#include "ouro/ouro.h"

namespace ouro {

std::string_view library_version() { return OURO_VERSION; }

}  // namespace ouro
