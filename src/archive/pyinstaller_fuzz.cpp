// Any bytes as a PyInstaller archive: reading must end, in bounds.
#include "archive/pyinstaller.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro;
  std::size_t left = 1000;
  static_cast<void>(archive::read_pyinstaller({data, size}, [&](Result<archive::PackedModule>) { return --left > 0; }));
  return 0;
}
