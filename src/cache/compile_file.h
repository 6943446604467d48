// Bringing the caches of one source up to date: what CPython 3.13 Lib/compileall.py compile_file and
// Lib/py_compile.py compile do, with compiling passed in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cache/compile_function.h"
#include "cache/source_file.h"
#include "marshal/pyc.h"
#include "version/facts.h"

namespace ouro::cache {

/// What compileall's -q and -qq choose.
enum class Quiet { No, ErrorsOnly, Silent };

struct CompileFileOptions {
  const version::Facts* target = nullptr;  ///< whose bytecode; never null
  CompileFunction compile;
  std::vector<int> optimize{0};  ///< sorted, no duplicates
  marshal::Invalidation invalidation = marshal::Invalidation::Timestamp;
  bool force = false;
  bool legacy_names = false;  ///< "x.pyc" beside the source (-b)
  bool dry_run = false;       ///< say what would be done, write nothing
  bool hardlink_duplicates = false;
  Quiet quiet = Quiet::No;
  std::string cache_prefix;                 ///< PYTHONPYCACHEPREFIX; empty: beside the source
  std::optional<std::string> strip_prefix;  ///< -s
  std::optional<std::string> add_prefix;    ///< -p
  /// -d for a file named on the command line: its own name below this.
  std::optional<std::string> destination;
  std::optional<std::string> limit_links;   ///< -e: links that lead out of this directory are passed over
  /// True: leave this source out (-x, --exclude).
  std::function<bool(const std::string&)> skip;
};

enum class FileOutcome { Skipped, Fresh, Compiled, Failed };

struct FileReport {
  FileOutcome outcome = FileOutcome::Skipped;
  std::string output;    ///< what compileall prints on standard output for this file
  std::string warnings;  ///< for standard error
  std::string remedy;    ///< for standard error, when the operating system refused something
};

[[nodiscard]] FileReport compile_file(const std::string& path, const CompileFileOptions& options);

/// A whole .pyc, header included.
struct CacheContent {
  std::vector<std::uint8_t> bytes;
  std::string warnings;  ///< as CompiledSource's
};

/// Compiles `source` as the file `name`. Of `options` it uses target, compile and invalidation.
[[nodiscard]] tl::expected<CacheContent, CompileFailure> make_cache(const SourceFile& source, std::string_view name,
                                                                    int optimize, const CompileFileOptions& options);

/// The header alone: a cache that begins with it is fresh.
[[nodiscard]] std::vector<std::uint8_t> cache_header(const SourceFile& source, const CompileFileOptions& options);

/// The file name to compile `path` in: destination, -s and -p applied. Says on `output` when -s does not fit.
[[nodiscard]] std::string displayed_name(const std::string& path, const CompileFileOptions& options,
                                         std::string& output);

/// Where the cache of `source` goes. `optimize` 0 gives no tag.
[[nodiscard]] std::string cache_path(const std::string& source, int optimize, const CompileFileOptions& options);

}  // namespace ouro::cache
