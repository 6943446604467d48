#include "version/python_version.h"

#include <charconv>

namespace ouro::version {

std::optional<PythonVersion> PythonVersion::parse(std::string_view text) {
  PythonVersion version;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, version.major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, version.minor);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  return version;
}

}  // namespace ouro::version
