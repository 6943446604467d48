// Magic numbers: which interpreter wrote a .pyc.
//
// The first two bytes of a .pyc, little-endian, are the number; then come "\r\n" (or, for some Python 1
// files, other bytes).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "version/python_version.h"

namespace ouro::version {

enum class Implementation : std::uint8_t { CPython, PyPy, Jython, GraalPy, Pyston, RustPython };

/// "CPython".
[[nodiscard]] std::string_view to_string(Implementation implementation);

struct MagicInfo {
  std::uint16_t number;
  PythonVersion version;  ///< the series whose bytecode it is (for alphas: the series they led to)
  PythonVersion layout;   ///< whose header and code objects it has; 0.0 for alphas like no release
  bool is_prerelease;     ///< no final release wrote it
  Implementation implementation;
  std::string_view release;  ///< releases that wrote it: "3.13.0rc1", "3.8a1"
  std::string_view note;     ///< what changed
};

/// O(log n); nullptr for a number that nobody issued.
[[nodiscard]] const MagicInfo* find_magic(std::uint16_t number);

/// In order of number.
[[nodiscard]] std::span<const MagicInfo> all_magic_numbers();

}  // namespace ouro::version
