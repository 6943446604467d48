// The header that a cache of a version begins with.
#pragma once

#include "marshal/pyc.h"
#include "version/facts.h"

namespace ouro::cache {

/// Magic number and size set, everything else zero.
[[nodiscard]] inline marshal::PycHeader new_header(const version::Facts& target) {
  constexpr std::uint32_t kLineEnd = 0x0A0D0000;  // "\r\n" after the number
  return {.magic = static_cast<std::uint32_t>(target.release_magic) | kLineEnd,
          .version = target.version,
          .size = static_cast<std::uint8_t>(target.pyc_header_size)};
}

}  // namespace ouro::cache
