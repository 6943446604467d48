#include "cache/compile_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "cache/atomic_write.h"
#include "cache/freshness.h"
#include "cache/source_file.h"
#include "marshal/cache_path.h"

namespace ouro::cache {

namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0;;) {
    const std::size_t slash = path.find('/', start);
    parts.push_back(path.substr(start, slash - start));
    if (slash == std::string_view::npos) return parts;
    start = slash + 1;
  }
}

/// os.path.join.
std::string join(std::string base, std::string_view name) {
  if (name.starts_with('/')) return std::string(name);
  if (!base.empty() && base.back() != '/') base.push_back('/');
  return base.append(name);
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  return resolved ? std::string(resolved.get()) : path;
}

/// -e: a link whose target is outside of `limit`.
bool leads_outside(const std::string& path, const std::string& limit) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return false;
  std::string root = real_path(limit);
  if (root != "/") root.push_back('/');
  return !real_path(path).starts_with(root);
}

bool hash_mode_matches(Freshness freshness, marshal::Invalidation wanted) {
  switch (freshness) {
    case Freshness::Fresh: return true;
    case Freshness::Unchecked: return wanted == marshal::Invalidation::UncheckedHash;
    default: return false;
  }
}

bool all_fresh(const std::string& path, const struct stat& status, const std::vector<std::string>& caches,
               const CompileFileOptions& options) {
  const SourceStamp stamp{status.st_mtim.tv_sec, static_cast<std::uint64_t>(status.st_size)};
  return std::all_of(caches.begin(), caches.end(), [&](const std::string& cache) {
    return hash_mode_matches(check_freshness(cache, path, stamp, *options.target), options.invalidation);
  });
}

/// One source at all wanted levels.
class FileJob {
 public:
  FileJob(const std::string& path, const CompileFileOptions& options) : path_(path), options_(options) {}

  FileReport run() {
    name_ = displayed_name(path_, options_, report_.output);
    if (options_.skip && options_.skip(path_)) return std::move(report_);
    if (options_.limit_links && leads_outside(path_, *options_.limit_links)) return std::move(report_);
    struct stat status {};
    if (!path_.ends_with(".py") || ::stat(path_.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return std::move(report_);
    }
    for (const int level : options_.optimize) caches_.push_back(cache_path(path_, level, options_));
    if (!options_.force && all_fresh(path_, status, caches_, options_)) {
      report_.outcome = FileOutcome::Fresh;
      return std::move(report_);
    }
    if (options_.quiet == Quiet::No) report_.output += "Compiling " + path_repr(path_) + "...\n";
    report_.outcome = FileOutcome::Compiled;
    if (!options_.dry_run) compile_all_levels();
    return std::move(report_);
  }

 private:
  void compile_all_levels() {
    std::vector<std::uint8_t> previous;
    for (std::size_t i = 0; i < caches_.size(); ++i) {
      std::vector<std::uint8_t> bytes;
      if (!compile_level(i, bytes)) return;
      if (i > 0 && options_.hardlink_duplicates && bytes == previous) {
        if (auto error = replace_by_hard_link(caches_[i - 1], caches_[i])) return fail(*error);
        continue;
      }
      if (auto error = write_atomic(caches_[i], bytes, source_->mode)) return fail(*error);
      previous = std::move(bytes);
    }
  }

  bool compile_level(std::size_t i, std::vector<std::uint8_t>& bytes) {
    if (auto error = refuse_special_target(caches_[i])) return fail(*error), false;
    if (!source_) {
      auto read = read_source(path_);
      if (!read) return fail(read.error()), false;
      source_ = std::move(*read);
    }
    auto content = make_cache(*source_, name_, options_.optimize[i], options_);
    if (!content) {
      report_.warnings += content.error().warnings;
      return fail(content.error().text), false;
    }
    report_.warnings += content->warnings;
    bytes = std::move(content->bytes);
    return true;
  }

  void fail(const OsError& error) {
    report_.remedy = error.remedy();
    fail(error.to_string());
  }

  void fail(const std::string& text) {
    report_.outcome = FileOutcome::Failed;
    if (options_.quiet == Quiet::Silent) return;
    report_.output += options_.quiet == Quiet::No ? "*** " : "*** Error compiling " + path_repr(path_) + "...\n";
    report_.output += text + "\n";
  }

  const std::string& path_;
  const CompileFileOptions& options_;
  std::string name_;
  std::vector<std::string> caches_;
  std::optional<SourceFile> source_;
  FileReport report_;
};

}  // namespace

std::string displayed_name(const std::string& path, const CompileFileOptions& options, std::string& output) {
  if (options.destination) return join(*options.destination, path.substr(path.find_last_of('/') + 1));
  std::optional<std::string> name;
  if (options.strip_prefix) {
    const auto parts = split_path(path);
    const auto strip = split_path(*options.strip_prefix);
    if (strip.size() <= parts.size() && std::equal(strip.begin(), strip.end(), parts.begin())) {
      name.emplace();
      for (std::size_t i = strip.size(); i < parts.size(); ++i) name = join(*name, parts[i]);
    } else if (options.quiet != Quiet::Silent) {
      output += "The stripdir path " + path_repr(*options.strip_prefix) +
                " is not a valid prefix for source path " + path_repr(path) + "; ignoring\n";
    }
  }
  if (options.add_prefix) name = join(*options.add_prefix, name ? *name : path);
  return name ? *name : path;
}

std::vector<std::uint8_t> cache_header(const SourceFile& source, const CompileFileOptions& options) {
  marshal::PycHeader header = marshal::new_header(*options.target);
  if (options.invalidation == marshal::Invalidation::Timestamp) {
    header.mtime = static_cast<std::uint32_t>(source.mtime_seconds);
    header.source_size = static_cast<std::uint32_t>(source.size);
  } else {
    header.flags = marshal::kPycHashBased;
    if (options.invalidation == marshal::Invalidation::CheckedHash) header.flags |= marshal::kPycCheckSource;
    header.hash = marshal::source_hash(source.bytes, *options.target);
  }
  std::vector<std::uint8_t> bytes;
  marshal::write_header(header, bytes);
  return bytes;
}

std::string cache_path(const std::string& source, int optimize, const CompileFileOptions& options) {
  if (options.legacy_names) return source + "c";
  const std::string tag = optimize > 0 ? std::to_string(optimize) : std::string();
  std::error_code unreadable;  // without a current directory a relative source has no absolute path
  const std::string here =
      options.cache_prefix.empty() ? std::string() : std::filesystem::current_path(unreadable).string();
  const auto path = marshal::cache_from_source(
      source, *options.target,
      {.optimization = tag, .pycache_prefix = options.cache_prefix, .current_directory = here});
  OURO_ASSERT(path);  // only a bad optimisation tag fails
  return *path;
}

tl::expected<CacheContent, CompileFailure> make_cache(const SourceFile& source, std::string_view name, int optimize,
                                                      const CompileFileOptions& options) {
  auto compiled = options.compile({source.bytes, name, optimize});
  if (!compiled) return tl::unexpected(std::move(compiled.error()));
  CacheContent content{cache_header(source, options), std::move(compiled->warnings)};
  content.bytes.insert(content.bytes.end(), compiled->code.begin(), compiled->code.end());
  return content;
}

FileReport compile_file(const std::string& path, const CompileFileOptions& options) {
  return FileJob(path, options).run();
}

}  // namespace ouro::cache
