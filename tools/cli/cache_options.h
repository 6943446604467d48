// What `ouro compile`, `compileall` and `cache` share: options, threads, progress, the found Python's path.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "cache/compile_function.h"
#include "command.h"
#include "marshal/pyc.h"
#include "progress.h"
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

/// In whose words a compiler reports errors: a traceback's, or py_compile's (py_compile_text).
enum class ErrorWords { Traceback, PyCompile };

/// Our own compiler as the cache module wants it. nullopt, and a report, when there is none for `target`.
[[nodiscard]] std::optional<cache::CompileFunction> compiler_for(const version::Facts& target, Io& io,
                                                                 ErrorWords words = ErrorWords::Traceback);

/// Set by SIGINT from the first call on, so that a long job ends between two files.
[[nodiscard]] const std::atomic<bool>& stop_on_interrupt();

/// The progress line of a job whose size becomes known while it runs.
class LateProgress {
 public:
  explicit LateProgress(Io& io) : io_(io) {}
  void step(std::size_t total, std::string_view name) {
    if (!progress_) progress_.emplace(io_, total);
    progress_->set_total(total);
    progress_->step(name);
  }
  void hide() {
    if (progress_) progress_->hide();
  }

 private:
  Io& io_;
  std::optional<Progress> progress_;
};

/// sys.path of the first CPython of `version` found on PATH or under pyenv, as `python -m MODULE` sees it.
[[nodiscard]] std::optional<std::vector<std::string>> found_python_path(PythonVersion version);

}  // namespace ouro::cli
