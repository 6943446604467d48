// Any bytes as a source file: a code object or CPython's error, never a crash. The first byte chooses the options.
#include <cstdint>
#include <string_view>

#include "compile/compile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ouro::compile::CompileOptions options;
  options.optimize = data[0] % 3;
  switch (data[0] / 3 % 8) {
    case 6: options.mode = ouro::syntax::ParseMode::Eval; break;
    case 7: options.mode = ouro::syntax::ParseMode::Single; break;
    default: break;
  }
  const std::string_view source(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto result = ouro::compile::compile_bytes(source, options);
  if (!result.code && result.code.error().message.empty()) __builtin_trap();  // a refusal says why
  return 0;
}
