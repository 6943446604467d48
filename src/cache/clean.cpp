#include "cache/clean.h"

#include <unistd.h>

#include <cerrno>

namespace ouro::cache {

std::optional<OsError> remove_cache(const CacheEntry& entry) {
  if (::unlink(entry.path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
  return OsError{errno, entry.path};
}

bool remove_empty_pycache(const std::string& directory) {
  const std::size_t slash = directory.find_last_of('/');
  const std::string_view name = std::string_view(directory).substr(slash == std::string::npos ? 0 : slash + 1);
  return name == "__pycache__" && ::rmdir(directory.c_str()) == 0;
}

}  // namespace ouro::cache
