#include "cache/compile_archive.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "archive/wheel_record.h"
#include "archive/zip_reader.h"
#include "archive/zip_writer.h"
#include "cache/atomic_write.h"
#include "cache/ordered_parallel.h"
#include "cache/tree_walk.h"
#include "marshal/cache_path.h"

namespace ouro::cache {

namespace {

using archive::ZipEntry;
using archive::ZipReader;
using archive::ZipWriter;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kRegularFileAttributes = (0100644U) << 16;

bool is_wheel(std::string_view path) { return path.ends_with(".whl"); }

/// "../x.py" and "/x.py" would be written somewhere else.
bool stays_below(std::string_view name) {
  if (name.starts_with('/')) return false;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    if (name.substr(start, end - start) == "..") return false;
    start = end + 1;
  }
  return true;
}

/// One source, wherever it is.
struct Job {
  std::string shown;  ///< as messages, -x and -s see it
  std::string name;   ///< relative to its root
  ZipEntry like;      ///< time and attributes for an entry made from it
  std::function<tl::expected<SourceFile, std::string>()> read;
  const CompileFileOptions* options = nullptr;
};

/// One cache that is to be written.
struct NewCache {
  std::string name;
  Bytes bytes;
};

struct JobReport {
  FileReport file;
  std::vector<NewCache> caches;
};

/// The first bytes of the cache of that name that is there already; empty when there is none.
using ExistingHeader = std::function<Bytes(const std::string& name)>;

/// Compiles one source at every level that is not fresh.
JobReport run_job(const Job& job, bool legacy_names, const ExistingHeader& existing) {
  const CompileFileOptions& options = *job.options;
  JobReport report;
  const std::string name = displayed_name(job.shown, options, report.file.output);
  if (options.skip && options.skip(job.shown)) return report;
  const auto fail = [&](const std::string& text) {
    report.file.outcome = FileOutcome::Failed;
    report.caches.clear();
    if (options.quiet == Quiet::Silent) return;
    report.file.output += options.quiet == Quiet::No ? "*** " : "*** Error compiling " + path_repr(job.shown) + "...\n";
    report.file.output += text + "\n";
  };
  const auto source = job.read();
  if (!source) return fail(source.error()), report;
  const Bytes header = cache_header(*source, options);
  CompileFileOptions naming = options;
  naming.legacy_names = legacy_names;
  naming.cache_prefix.clear();
  std::vector<std::pair<int, std::string>> wanted;
  for (const int level : options.optimize) {
    std::string cache = cache_path(job.name, level, naming);
    const Bytes there = existing(cache);
    const bool fresh = there.size() >= header.size() && std::equal(header.begin(), header.end(), there.begin());
    if (options.force || !fresh) wanted.emplace_back(level, std::move(cache));
  }
  report.file.outcome = wanted.empty() ? FileOutcome::Fresh : FileOutcome::Compiled;
  if (wanted.empty()) return report;
  if (options.quiet == Quiet::No) report.file.output += "Compiling " + path_repr(job.shown) + "...\n";
  if (options.dry_run) return report;
  for (auto& [level, cache] : wanted) {
    auto content = make_cache(*source, name, level, options);
    if (!content) return fail(content.error().text), report;
    report.file.warnings += content->warnings;
    report.caches.push_back({std::move(cache), std::move(content->bytes)});
  }
  return report;
}

/// Runs all jobs; `take` gets the caches of each in order.
void run_jobs(const std::vector<Job>& jobs, const CompileTreeOptions& options, bool legacy_names,
              const ExistingHeader& existing, TreeSummary& summary,
              const std::function<std::optional<std::string>(const Job&, std::vector<NewCache>)>& take) {
  const std::atomic<bool> never{false};
  const std::atomic<bool>& stop = options.stop != nullptr ? *options.stop : never;
  const std::function<JobReport(std::size_t)> work = [&](std::size_t i) {
    return run_job(jobs[i], legacy_names, existing);
  };
  const std::function<void(std::size_t, JobReport)> finish = [&](std::size_t i, JobReport report) {
    if (!report.file.output.empty()) options.print(report.file.output);
    if (!report.file.warnings.empty()) options.print_error(report.file.warnings);
    if (auto problem = take(jobs[i], std::move(report.caches))) {
      report.file.outcome = FileOutcome::Failed;
      report.file.output = *problem + "\n";
      options.print_error("ouro: " + report.file.output);
    }
    switch (report.file.outcome) {
      case FileOutcome::Skipped: ++summary.skipped; break;
      case FileOutcome::Fresh: ++summary.fresh; break;
      case FileOutcome::Compiled: ++summary.compiled; break;
      case FileOutcome::Failed: summary.failed.push_back({jobs[i].shown, std::move(report.file.output)}); break;
    }
    options.progress(jobs.size(), jobs[i].shown);
  };
  ordered_parallel<JobReport>(jobs.size(), options.threads, work, finish, stop);
  summary.interrupted = summary.interrupted || stop;
}

/// -d strips the root and puts the destination in its place, as for a directory.
CompileFileOptions options_for(const CompileTreeOptions& options, const std::string& root) {
  CompileFileOptions file = options.file;
  if (options.destination) {
    file.strip_prefix = root;
    file.add_prefix = options.destination;
  }
  return file;
}

void announce(const std::string& root, const CompileTreeOptions& options, TreeSummary& summary) {
  ++summary.directories;
  if (options.file.quiet == Quiet::No) options.print("Listing " + path_repr(root) + "...\n");
}

void fail_root(const std::string& root, const std::string& text, const CompileTreeOptions& options,
               TreeSummary& summary) {
  options.print_error("ouro: " + text + "\n");
  summary.failed.push_back({root, text});
}

/// An archive that is read by several threads, one at a time.
class SharedReader {
 public:
  explicit SharedReader(ZipReader reader) : reader_(std::move(reader)) {
    const auto& entries = reader_.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) index_[entries[i].name] = i;  // of two of a name the last counts
  }
  [[nodiscard]] const ZipReader& reader() const { return reader_; }
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] bool is_current(std::size_t index) const { return find(reader_.entries()[index].name) == index; }
  Result<Bytes> read(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return reader_.read(index);
  }

 private:
  ZipReader reader_;
  std::map<std::string, std::size_t> index_;
  std::mutex mutex_;
};

/// The sources of one archive as jobs. `zip` and `options` outlive them.
void add_archive_jobs(const std::string& root, SharedReader& zip, std::size_t max_levels,
                      const CompileFileOptions& options, std::vector<Job>& jobs) {
  const auto& entries = zip.reader().entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].name;
    const auto levels = static_cast<std::size_t>(std::count(name.begin(), name.end(), '/'));
    if (!name.ends_with(".py") || !zip.is_current(i) || levels > max_levels) continue;
    jobs.push_back({.shown = root + "/" + name,
                    .name = name,
                    .like = entries[i],
                    .read = [&zip, i]() -> tl::expected<SourceFile, std::string> {
                      auto bytes = zip.read(i);
                      if (!bytes) return tl::unexpected(bytes.error().to_string());
                      const std::uint64_t size = bytes->size();
                      return SourceFile{.bytes = std::move(*bytes), .mtime_seconds = 0, .size = size, .mode = 0644};
                    },
                    .options = &options});
  }
}

/// Writes `path` anew: the old entries in their order, each source followed by its new caches.
Status rewrite(const std::string& path, SharedReader& zip, const std::map<std::size_t, std::vector<NewCache>>& added,
               const std::map<std::string, const NewCache*>& replaced, const std::optional<std::string>& record,
               const std::string& record_name) {
  struct stat status {};
  ZipWriter::Options writing{.mode = std::nullopt, .prefix_of = &zip.reader()};
  if (::stat(path.c_str(), &status) == 0) writing.mode = status.st_mode & 07777U;
  OURO_TRY(ZipWriter writer, ZipWriter::create(path, writing));
  const auto& entries = zip.reader().entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto replacement = replaced.find(entries[i].name);
    if (replacement != replaced.end()) {
      if (zip.is_current(i)) OURO_CHECK(writer.add(entries[i].name, entries[i], replacement->second->bytes));
    } else if (record && entries[i].name == record_name) {
      const auto text = support::as_bytes(*record);
      OURO_CHECK(writer.add(record_name, entries[i], text));
    } else {
      OURO_CHECK(writer.copy(zip.reader(), i));
    }
    const auto fresh = added.find(i);
    if (fresh == added.end()) continue;
    for (const NewCache& cache : fresh->second) OURO_CHECK(writer.add(cache.name, entries[i], cache.bytes));
  }
  return writer.finish(zip.reader().comment());
}

/// The name of the wheel's RECORD. Errors: archive.signed.
Result<std::string> record_name_of(const std::string& path, const ZipReader& zip) {
  std::string record;
  for (const ZipEntry& entry : zip.entries()) {
    if (entry.name.ends_with(".dist-info/RECORD") && std::count(entry.name.begin(), entry.name.end(), '/') == 1) {
      record = entry.name;
    }
    if (entry.name.ends_with(".dist-info/RECORD.jws") || entry.name.ends_with(".dist-info/RECORD.p7s")) {
      return make_error("archive.signed", path + ": a signed wheel cannot take caches, its signature would be void");
    }
  }
  return record;
}

}  // namespace

bool is_archive_name(std::string_view path) {
  return path.ends_with(".zip") || path.ends_with(".egg") || path.ends_with(".pyz") || is_wheel(path);
}

TreeSummary compile_archive(const std::string& path, const CompileTreeOptions& options) {
  TreeSummary summary;
  announce(path, options, summary);
  auto opened = ZipReader::open(path);
  if (!opened) {
    fail_root(path, opened.error().to_string(), options, summary);
    return summary;
  }
  SharedReader zip(std::move(*opened));
  auto record_name = is_wheel(path) ? record_name_of(path, zip.reader()) : Result<std::string>(std::string());
  if (!record_name) {
    fail_root(path, record_name.error().to_string(), options, summary);
    return summary;
  }
  const CompileFileOptions file = options_for(options, path);
  std::vector<Job> jobs;
  add_archive_jobs(path, zip, options.max_levels, file, jobs);
  const bool legacy_names = file.legacy_names || !is_wheel(path);
  const ExistingHeader existing = [&](const std::string& name) {
    const auto index = zip.find(name);
    if (!index) return Bytes();
    auto bytes = zip.read(*index);
    return bytes ? std::move(*bytes) : Bytes();
  };
  std::vector<NewCache> made;
  std::map<std::size_t, std::vector<NewCache>> added;
  std::vector<std::unique_ptr<NewCache>> kept;
  std::map<std::string, const NewCache*> replaced;
  std::optional<archive::WheelRecord> record;
  if (!record_name->empty()) {
    auto bytes = zip.read(*zip.find(*record_name));
    if (!bytes) {
      fail_root(path, bytes.error().to_string(), options, summary);
      return summary;
    }
    record.emplace(std::string(support::as_text(*bytes)));
  }
  run_jobs(jobs, options, legacy_names, existing, summary,
           [&](const Job& job, std::vector<NewCache> caches) -> std::optional<std::string> {
             for (NewCache& cache : caches) {
               if (record) record->set(cache.name, cache.bytes);
               if (zip.find(cache.name)) {
                 kept.push_back(std::make_unique<NewCache>(std::move(cache)));
                 replaced[kept.back()->name] = kept.back().get();
               } else {
                 added[*zip.find(job.name)].push_back(std::move(cache));
               }
             }
             return std::nullopt;
           });
  if ((added.empty() && replaced.empty()) || summary.interrupted) return summary;
  const auto record_text = record ? std::optional(record->text()) : std::nullopt;
  if (auto status = rewrite(path, zip, added, replaced, record_text, *record_name); !status) {
    fail_root(path, status.error().to_string(), options, summary);
  }
  return summary;
}

namespace {

/// The sources of one directory as jobs, with what CPython says of the walk.
void add_directory_jobs(const std::string& root, const CompileTreeOptions& options, const CompileFileOptions& file,
                        TreeSummary& summary, std::vector<Job>& jobs) {
  std::string top = root;
  while (top.size() > 1 && top.back() == '/') top.pop_back();
  for (WalkStep& step : walk_tree(root, {.max_levels = options.max_levels})) {
    if (step.kind == WalkStep::Kind::Listing) {
      announce(step.path, options, summary);
      continue;
    }
    if (step.kind == WalkStep::Kind::CannotList) {
      if (options.file.quiet != Quiet::Silent) options.print("Can't list " + path_repr(step.path) + "\n");
      continue;
    }
    struct stat status {};
    if (::stat(step.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    std::string name = step.path.substr(std::min(step.path.size(), top.size()));
    name.erase(0, name.find_first_not_of('/'));
    jobs.push_back({.shown = step.path,
                    .name = std::move(name),
                    .like = {.name = {},
                             .dos_time = archive::dos_time_of(status.st_mtim.tv_sec),
                             .external_attributes = kRegularFileAttributes},
                    .read = [path = step.path]() -> tl::expected<SourceFile, std::string> {
                      auto source = read_source(path);
                      if (!source) return tl::unexpected(source.error().to_string());
                      return std::move(*source);
                    },
                    .options = &file});
  }
}

/// At most a header of the file.
Bytes first_bytes(const std::string& path) {
  const auto file = read_source(path);
  return file ? file->bytes : Bytes();
}

}  // namespace

TreeSummary compile_into(const std::vector<std::string>& roots, const std::string& into,
                         const CompileTreeOptions& options) {
  TreeSummary summary;
  std::vector<CompileFileOptions> root_options;
  root_options.reserve(roots.size());
  std::vector<std::unique_ptr<SharedReader>> zips;
  std::vector<Job> jobs;
  for (const std::string& root : roots) {
    root_options.push_back(options_for(options, root));
    if (!is_archive_name(root)) {
      add_directory_jobs(root, options, root_options.back(), summary, jobs);
      continue;
    }
    announce(root, options, summary);
    auto opened = ZipReader::open(root);
    if (!opened) {
      fail_root(root, opened.error().to_string(), options, summary);
      continue;
    }
    zips.push_back(std::make_unique<SharedReader>(std::move(*opened)));
    add_archive_jobs(root, *zips.back(), options.max_levels, root_options.back(), jobs);
  }

  const bool into_archive = is_archive_name(into);
  const bool legacy_names = options.file.legacy_names || (into_archive && !is_wheel(into));
  std::optional<ZipWriter> writer;
  if (into_archive && !options.file.dry_run) {
    auto created = ZipWriter::create(into, {});
    if (!created) {
      fail_root(into, created.error().to_string(), options, summary);
      return summary;
    }
    writer = std::move(*created);
  }
  const ExistingHeader existing = [&](const std::string& name) {
    return into_archive || !stays_below(name) ? Bytes() : first_bytes(into + "/" + name);
  };
  std::map<std::string, std::string> written;
  const auto take = [&](const Job& job, std::vector<NewCache> caches) -> std::optional<std::string> {
    for (const NewCache& cache : caches) {
      if (!stays_below(cache.name)) return job.shown + ": its name leads out of " + into + ", so it is not written";
      const auto [place, is_new] = written.emplace(cache.name, job.shown);
      if (!is_new) return job.shown + ": " + cache.name + " was made from " + place->second + " already";
      if (writer) {
        if (auto status = writer->add(cache.name, job.like, cache.bytes); !status) return status.error().to_string();
        continue;
      }
      const std::string path = into + "/" + cache.name;
      auto error = refuse_special_target(path);
      if (!error) error = write_atomic(path, cache.bytes, 0644);
      if (error) return error->to_string();
    }
    return std::nullopt;
  };
  run_jobs(jobs, options, legacy_names, existing, summary, take);
  if (writer && !summary.interrupted) {
    if (auto status = writer->finish(); !status) fail_root(into, status.error().to_string(), options, summary);
  }
  return summary;
}

}  // namespace ouro::cache
