// What state the cache files of a tree are in.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/compile_function.h"
#include "version/facts.h"

namespace ouro::cache {

enum class CacheState {
  Fresh,       ///< an import would use it
  Stale,       ///< an import would ignore it and compile the source again
  Orphaned,    ///< in __pycache__, and its source is gone: never imported
  Sourceless,  ///< "x.pyc" where an import looks for it, with no "x.py": it is the module
  Foreign,     ///< another version's or implementation's
  Damaged,     ///< an import would fail, or read something else than what was written
  Mismatched,  ///< looks fresh, but compiling the source gives other bytes
  Leftover,    ///< the temporary file of an interrupted writer
};
inline constexpr std::size_t kCacheStateCount = 8;
[[nodiscard]] std::string_view to_string(CacheState state);

struct CacheEntry {
  std::string path;
  std::string source;  ///< where the source stands or should stand; empty when the name tells nothing
  CacheState state = CacheState::Fresh;
  std::string detail;  ///< why: "source size differs", "CPython 3.12", "marshal.truncated at byte 80: …"
  std::uint64_t size = 0;
};

struct InspectOptions {
  const version::Facts* target = nullptr;  ///< what is not this version's is foreign; never null
  std::string cache_prefix;                ///< PYTHONPYCACHEPREFIX, to map names back to sources
  /// Set: fresh caches are compiled again and compared (Mismatched).
  CompileFunction compile;
};

/// Looks at one cache file. Reads it whole, and its source where that decides.
[[nodiscard]] CacheEntry inspect_cache(const std::string& path, const InspectOptions& options);

/// True for names that hold bytecode or the rest of a writer: "*.pyc", "*.pyo", temporary names.
[[nodiscard]] bool is_cache_name(std::string_view file_name);

struct InspectTreeOptions {
  InspectOptions cache;
  std::size_t threads = 1;
  /// After each file: how many there are in all, and its path.
  std::function<void(std::size_t, std::string_view)> progress = [](std::size_t, std::string_view) {};
  const std::atomic<bool>* stop = nullptr;
};

struct UnreadableDirectory {
  std::string path;
  int error;
};

/// The cache files below `roots`, each root's in the order of a walk; links to directories are not followed.
/// `take` is called in order on the calling thread.
std::vector<UnreadableDirectory> inspect_trees(const std::vector<std::string>& roots, const InspectTreeOptions& options,
                                               const std::function<void(CacheEntry)>& take);

}  // namespace ouro::cache
