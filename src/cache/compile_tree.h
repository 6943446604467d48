// compileall: bringing the caches of whole trees up to date.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/compile_file.h"

namespace ouro::cache {

struct CompileTreeOptions {
  CompileFileOptions file;
  std::size_t max_levels = 1000;  ///< CPython's default is its recursion limit
  std::size_t threads = 1;
  /// -d: each root is stripped and this is put in its place.
  std::optional<std::string> destination;
  /// Where the outputs go; called from one thread, in an order that does not depend on `threads`.
  std::function<void(std::string_view)> print = [](std::string_view) {};
  std::function<void(std::string_view)> print_error = [](std::string_view) {};
  /// After each file: how many were found so far (soon all), and its path.
  std::function<void(std::size_t, std::string_view)> progress = [](std::size_t, std::string_view) {};
  /// Set from a signal handler: no further file begins.
  const std::atomic<bool>* stop = nullptr;
};

struct FailedFile {
  std::string path;
  std::string text;
};

struct TreeSummary {
  std::size_t compiled = 0;
  std::size_t fresh = 0;
  std::size_t skipped = 0;
  std::vector<FailedFile> failed;
  std::size_t directories = 0;
  bool interrupted = false;
};

/// Files and directories, in the order given.
[[nodiscard]] TreeSummary compile_trees(const std::vector<std::string>& roots, const CompileTreeOptions& options);

}  // namespace ouro::cache
