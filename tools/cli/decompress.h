// Compressed data opened within a bound: what `ouro audit` finds in constants.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ouro::cli {

/// Opens "zlib", "gzip", "bzip2" or "xz" data; at most `limit` bytes of what is inside. nullopt: damaged, or not of that
/// method. What ends before the compressed stream does counts as damaged, what is cut at `limit` does not.
[[nodiscard]] std::optional<std::string> decompress(std::string_view method, std::string_view bytes, std::size_t limit);

}  // namespace ouro::cli
