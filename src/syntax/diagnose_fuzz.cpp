// Any bytes: diagnose accepts them or says something, in bounded time, and never says more lines than there are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "syntax/diagnose.h"
#include "syntax/error_text.h"
#include "syntax/source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro::syntax;
  if (size == 0) return 0;
  // The first byte chooses the mode.
  const auto mode = static_cast<ParseMode>(data[0] % 3);
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  SourceText text;
  if (!text.decode(bytes)) return 0;
  const bool newline_added = bytes.empty() || bytes.back() != '\n';
  const auto error = diagnose(text.text(), {.mode = mode, .newline_added = newline_added});
  if (!error) return 0;
  if (error->message.empty() || error->lineno < 0) std::abort();
  if (error_text(*error, "f.py", text.text()).empty()) std::abort();
  return 0;
}
