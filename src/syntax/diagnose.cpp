#include "syntax/diagnose.h"

#include "syntax/diagnose_engine.h"

namespace ouro::syntax {

std::optional<SyntaxError> diagnose(std::string_view source, const DiagnoseOptions& options) {
  return DiagnoseEngine(source, python_grammar(), options).run();
}

}  // namespace ouro::syntax
