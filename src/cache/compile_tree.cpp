#include "cache/compile_tree.h"

#include <sys/stat.h>

#include "cache/ordered_parallel.h"
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

}  // namespace

TreeSummary compile_trees(const std::vector<std::string>& roots, const CompileTreeOptions& options) {
  TreeSummary summary;
  std::vector<CompileFileOptions> root_options;
  root_options.reserve(roots.size());
  std::vector<Step> steps;
  std::size_t files = 0;
  for (const std::string& root : roots) {
    const bool is_file = is_regular_file(root);
    root_options.push_back(for_root(options, root, is_file));
    if (is_file) {
      steps.push_back({{WalkStep::Kind::File, root}, &root_options.back()});
      ++files;
      continue;
    }
    // CPython looks at every file, which shows only in what -s says of files that are no sources.
    const std::string suffix = root_options.back().strip_prefix ? "" : ".py";
    for (WalkStep& step : walk_tree(root, {.max_levels = options.max_levels, .suffix = suffix})) {
      files += step.kind == WalkStep::Kind::File ? 1 : 0;
      steps.push_back({std::move(step), &root_options.back()});
    }
  }

  const std::atomic<bool> never{false};
  const std::atomic<bool>& stop = options.stop != nullptr ? *options.stop : never;
  const std::function<FileReport(std::size_t)> work = [&](std::size_t i) {
    if (steps[i].walk.kind == WalkStep::Kind::File) return compile_file(steps[i].walk.path, *steps[i].options);
    return FileReport{.output = directory_text(steps[i].walk, options.file.quiet)};
  };
  const std::function<void(std::size_t, FileReport)> take = [&](std::size_t i, FileReport report) {
    if (!report.output.empty()) options.print(report.output);
    if (!report.warnings.empty()) options.print_error(report.warnings);
    if (!report.remedy.empty()) options.print_error("ouro: " + steps[i].walk.path + ": " + report.remedy + "\n");
    if (steps[i].walk.kind != WalkStep::Kind::File) {
      summary.directories += steps[i].walk.kind == WalkStep::Kind::Listing ? 1 : 0;
      return;
    }
    switch (report.outcome) {
      case FileOutcome::Skipped: ++summary.skipped; break;
      case FileOutcome::Fresh: ++summary.fresh; break;
      case FileOutcome::Compiled: ++summary.compiled; break;
      case FileOutcome::Failed: summary.failed.push_back({steps[i].walk.path, std::move(report.output)}); break;
    }
    options.progress(files, steps[i].walk.path);
  };
  ordered_parallel<FileReport>(steps.size(), options.threads, work, take, stop);
  summary.interrupted = stop;
  return summary;
}

}  // namespace ouro::cache
