// Where caches are: importlib.util.cache_from_source and source_from_cache for any version (POSIX paths), and the
// hash that hash-based caches keep of their source.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/byte_reader.h"
#include "support/result.h"
#include "version/facts.h"

namespace ouro::marshal {

struct CachePathOptions {
  /// "" for none, "1", "2" or any other letters and digits: the N of ".opt-N".
  std::string_view optimization = {};
  /// sys.pycache_prefix; empty for none.
  std::string_view pycache_prefix = {};
  /// What makes a relative source path absolute below the prefix. Only looked at with a prefix.
  std::string_view current_directory = {};
};

/// "lib/spam.py" → "lib/__pycache__/spam.cpython-313.pyc"; with prefix /c and current directory /w,
/// "/c/w/lib/spam.cpython-313.pyc". A version without __pycache__ (before 3.2) gives "lib/spam.pyc", or "spam.pyo"
/// when optimised. Errors: cache.bad_optimization.
[[nodiscard]] Result<std::string> cache_from_source(std::string_view source, const version::Facts& facts,
                                                    CachePathOptions options = {});

/// What a cache's name says.
struct CacheName {
  std::string source;        ///< "lib/spam.py"
  std::string tag;           ///< "cpython-313"; of any version
  std::string optimization;  ///< "" or the N of ".opt-N"
};

/// The other way, for the caches of any version. Errors: cache.not_in_pycache, cache.bad_name, cache.bad_optimization.
[[nodiscard]] Result<CacheName> source_from_cache(std::string_view cache, std::string_view pycache_prefix = {});

/// _imp.source_hash of the version (PEP 552); zeros for a version without hash-based caches.
[[nodiscard]] std::array<std::uint8_t, 8> source_hash(ByteView source, const version::Facts& facts);

}  // namespace ouro::marshal
