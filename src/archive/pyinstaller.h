// Reading what PyInstaller packs: the archive behind a one-file executable (CArchive) and the archive of modules in it
// (PYZ), or a PYZ by itself. Format: PyInstaller/archive/readers.py, PyInstaller/loader/pyimod02_archive.py.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/byte_reader.h"
#include "support/result.h"

namespace ouro::archive {

/// One module or script.
struct PackedModule {
  std::string name;               ///< "pkg/mod.pyc", "pkg/__init__.pyc"; a script's is "name.pyc"
  std::vector<std::uint8_t> pyc;  ///< with a header, which PyInstaller leaves out
};

/// True when `bytes` end, or begin, as such an archive does.
[[nodiscard]] bool is_pyinstaller(ByteView bytes);

/// Gives every module in the order of the tables of contents. One that cannot be unpacked is given as an Error, and
/// the rest goes on; `take` returning false ends it.
/// Errors: archive.not_pyinstaller; as elements also archive.damaged, archive.encrypted, archive.too_large.
[[nodiscard]] Status read_pyinstaller(ByteView bytes, const std::function<bool(Result<PackedModule>)>& take);

}  // namespace ouro::archive
