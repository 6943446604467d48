#include "cache/compile_tree.h"

#include <sys/stat.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "cache/ordered_stream.h"
#include "cache/os_error.h"
#include "cache/tree_walk.h"

namespace ouro::cache {

namespace {

struct Step {
  WalkStep walk;
  const CompileFileOptions* options;
};

bool is_regular_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// -d for one root: a directory's own path is stripped; a file keeps only its name.
CompileFileOptions for_root(const CompileTreeOptions& options, const std::string& root, bool is_file) {
  CompileFileOptions file = options.file;
  if (options.destination && is_file) file.destination = options.destination;
  if (options.destination && !is_file) {
    file.strip_prefix = root;
    file.add_prefix = options.destination;
  }
  return file;
}

std::string directory_text(const WalkStep& step, Quiet quiet) {
  if (step.kind == WalkStep::Kind::Listing) {
    return quiet == Quiet::No ? "Listing " + path_repr(step.path) + "...\n" : std::string();
  }
  return quiet != Quiet::Silent ? "Can't list " + path_repr(step.path) + "\n" : std::string();
}

/// The steps of all roots, found while the first are worked on.
class StepSource {
 public:
  StepSource(const std::vector<std::string>& roots, const CompileTreeOptions& options) : roots_(roots), options_(options) {
    root_options_.reserve(roots.size());  // steps point into it
  }

  std::optional<Step> next() {
    for (;;) {
      if (walk_) {
        if (std::optional<WalkStep> step = walk_->next()) return give(std::move(*step));
        walk_.reset();
      }
      if (root_options_.size() == roots_.size()) return std::nullopt;
      const std::string& root = roots_[root_options_.size()];
      const bool is_file = is_regular_file(root);
      root_options_.push_back(for_root(options_, root, is_file));
      if (is_file) return give({WalkStep::Kind::File, root});
      // CPython looks at every file, which shows only in what -s says of files that are no sources.
      const std::string suffix = root_options_.back().strip_prefix ? "" : ".py";
      walk_.emplace(root, WalkOptions{.max_levels = options_.max_levels, .suffix = suffix});
    }
  }

  /// Found so far.
  [[nodiscard]] std::size_t files() const { return files_; }

 private:
  Step give(WalkStep step) {
    if (step.kind == WalkStep::Kind::File) ++files_;
    return {std::move(step), &root_options_.back()};
  }

  const std::vector<std::string>& roots_;
  const CompileTreeOptions& options_;
  std::vector<CompileFileOptions> root_options_;
  std::optional<TreeWalk> walk_;
  std::size_t files_ = 0;
};

}  // namespace

TreeSummary compile_trees(const std::vector<std::string>& roots, const CompileTreeOptions& options) {
  TreeSummary summary;
  StepSource source(roots, options);
  const std::atomic<bool> never{false};
  const std::atomic<bool>& stop = options.stop != nullptr ? *options.stop : never;
  const auto work = [&](const Step& step) {
    if (step.walk.kind == WalkStep::Kind::File) return compile_file(step.walk.path, *step.options);
    return FileReport{.output = directory_text(step.walk, options.file.quiet)};
  };
  const auto take = [&](const Step& step, FileReport report) {
    if (!report.output.empty()) options.print(report.output);
    if (!report.warnings.empty()) options.print_error(report.warnings);
    if (!report.remedy.empty()) options.print_error("ouro: " + step.walk.path + ": " + report.remedy + "\n");
    if (step.walk.kind != WalkStep::Kind::File) {
      summary.directories += step.walk.kind == WalkStep::Kind::Listing ? 1 : 0;
      return;
    }
    switch (report.outcome) {
      case FileOutcome::Skipped: ++summary.skipped; break;
      case FileOutcome::Fresh: ++summary.fresh; break;
      case FileOutcome::Compiled: ++summary.compiled; break;
      case FileOutcome::Failed: summary.failed.push_back({step.walk.path, std::move(report.output)}); break;
    }
    options.progress(source.files(), step.walk.path);
  };
  // Progress needs the count of files: several threads work while the walk runs ahead, one walks first.
  std::deque<Step> ahead;
  if (options.threads <= 1) {
    while (auto step = source.next()) ahead.push_back(std::move(*step));
  }
  const auto next = [&]() -> std::optional<Step> {
    if (ahead.empty()) return source.next();
    Step step = std::move(ahead.front());
    ahead.pop_front();
    return step;
  };
  OrderedStream<Step, FileReport>(next, work, take, stop, SIZE_MAX).run(options.threads);
  summary.interrupted = stop;
  return summary;
}

}  // namespace ouro::cache
