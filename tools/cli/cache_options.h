// What `ouro compile`, `compileall` and `cache` share: options, threads, progress, the found Python's path.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "cache/compile_function.h"
#include "command.h"
#include "marshal/pyc.h"
#include "version/facts.h"

namespace ouro::cli {

inline constexpr Option kThreadsOption{"-j,--workers", "N", "Threads; 0 for as many as the machine has", "0"};
inline constexpr Option kInvalidationOption{
    "--invalidation-mode", "timestamp|checked-hash|unchecked-hash",
    "How an import checks the cache; default: checked-hash if SOURCE_DATE_EPOCH is set, timestamp otherwise"};
inline constexpr Option kExcludeOption{"--exclude", "GLOB",
                                       "Leave out files whose path, or whose name, matches", "", true};

/// The facts of --target; reports and gives nullptr when that version is not known.
[[nodiscard]] const version::Facts* target_facts(const Arguments& arguments, Io& io);

/// A number that `-j` may be; reports and gives nullopt otherwise.
[[nodiscard]] std::optional<std::size_t> thread_count(const Arguments& arguments, Io& io);

/// --invalidation-mode, SOURCE_DATE_EPOCH, or the target's only mode.
[[nodiscard]] marshal::Invalidation invalidation_mode(const Arguments& arguments, const Io& io);

/// True when `path` or its last part matches one of the globs.
[[nodiscard]] bool matches_any(const std::string& path, std::span<const std::string> globs);

/// Our own compiler as the cache module wants it. nullopt, and a report, when there is none for `target`.
[[nodiscard]] std::optional<cache::CompileFunction> compiler_for(const version::Facts& target, Io& io);

/// Set by SIGINT from the first call on, so that a long job ends between two files.
[[nodiscard]] const std::atomic<bool>& stop_on_interrupt();

/// A line on standard error that says how far a job is; silent unless that is a terminal.
class Progress {
 public:
  Progress(Io& io, std::string_view what) : io_(io), what_(what), active_(io.err.is_terminal()) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::size_t done, std::size_t total);
  void clear();

 private:
  Io& io_;
  std::string_view what_;
  bool active_;
  bool shown_ = false;
  std::size_t last_percent_ = 101;
};

/// sys.path of the first CPython of `version` found on PATH or under pyenv, as `python -m MODULE` sees it.
[[nodiscard]] std::optional<std::vector<std::string>> found_python_path(PythonVersion version);

}  // namespace ouro::cli
