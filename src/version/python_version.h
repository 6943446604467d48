// The name of a Python release series.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ouro::version {

/// "3.13": language and bytecode series. Micro releases share bytecode (magic.tsv lists the exceptions).
struct PythonVersion {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;

  friend constexpr auto operator<=>(PythonVersion, PythonVersion) = default;

  /// "3.13".
  [[nodiscard]] std::string to_string() const {
    return std::to_string(major) + "." + std::to_string(minor);
  }
  /// Reads "3.13" (also "313" is not accepted); nullopt for anything else.
  static std::optional<PythonVersion> parse(std::string_view text);
};

}  // namespace ouro::version

namespace ouro {
using version::PythonVersion;
}  // namespace ouro
