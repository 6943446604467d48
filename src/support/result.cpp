#include "support/result.h"

namespace ouro::support {

std::string Error::to_string() const {
  std::string text(code);
  if (offset) text += " at byte " + std::to_string(*offset);
  if (line) text += " at line " + std::to_string(*line);
  if (column) text += ", column " + std::to_string(*column);
  text += ": ";
  text += detail;
  for (const auto& what : context) text += " (" + what + ")";
  return text;
}

}  // namespace ouro::support
