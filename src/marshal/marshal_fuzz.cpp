// libFuzzer target: whatever read() and read_pyc() accept is written back to the same bytes.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "marshal/pyc.h"

namespace {

using ouro::marshal::Layout;

[[noreturn]] void fail() { std::abort(); }

void check_value(ouro::ByteView bytes, const Layout& layout) {
  const auto value = ouro::marshal::read(bytes, layout);
  if (!value) {
    if (value.error().offset > bytes.size()) fail();
    return;
  }
  const auto written = ouro::marshal::write(value->pool, value->root, layout);
  if (!written || written->size() != value->size) fail();
  if (value->is_exact && !std::equal(written->begin(), written->end(), bytes.begin())) fail();
}

}  // namespace

/// The first byte chooses: 0 a whole .pyc, otherwise a bare value in the layout of one version.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ouro::ByteView bytes(data + 1, size - 1);
  if (data[0] != 0) {
    constexpr ouro::PythonVersion kVersions[] = {{1, 0}, {1, 4}, {1, 5}, {2, 2}, {2, 7}, {3, 2},
                                                 {3, 7}, {3, 8}, {3, 11}, {3, 13}, {3, 15}};
    check_value(bytes, ouro::marshal::layout_of(kVersions[data[0] % std::size(kVersions)]));
    return 0;
  }
  const auto pyc = ouro::marshal::read_pyc(bytes);
  if (!pyc) return 0;
  const auto written = ouro::marshal::write_pyc(pyc->header, pyc->value.pool, pyc->value.root);
  if (!written || written->size() + pyc->trailing_size != bytes.size()) fail();
  if (pyc->value.is_exact && !std::equal(written->begin(), written->end(), bytes.begin())) fail();
  return 0;
}
