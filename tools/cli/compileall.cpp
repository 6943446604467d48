// ouro compileall: what `python -m compileall` does, for any target, with all cores.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include "cache/compile_archive.h"
#include "cache/compile_tree.h"
#include "cache_options.h"
#include "path_pattern.h"
#include "support/json_writer.h"

namespace ouro::cli {
namespace {

/// A whole number, sign allowed; reports and gives nullopt otherwise.
std::optional<int> parse_int(std::string_view option, std::string_view text, Io& io) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && !text.empty()) return value;
  io.error(std::string(option) + " takes a whole number, not '" + std::string(text) + "'");
  return std::nullopt;
}

/// -o, and -O/-OO as the level that -1 stands for. Sorted, each once.
std::optional<std::vector<int>> optimization_levels(const Arguments& arguments, Io& io) {
  const int own_level = static_cast<int>(std::min<std::size_t>(arguments.count("-O"), 2));
  std::set<int> levels;
  for (const std::string& text : arguments.values("-o")) {
    const auto level = parse_int("-o", text, io);
    if (!level) return std::nullopt;
    if (*level < -1 || *level > 2) {
      io.error("-o takes -1, 0, 1 or 2, not '" + text + "'");
      return std::nullopt;
    }
    levels.insert(*level < 0 ? own_level : *level);
  }
  if (levels.empty()) levels.insert(own_level);
  return std::vector<int>(levels.begin(), levels.end());
}

std::string_view trim(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n\v\f");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\n\v\f") - first + 1);
}

/// The lines of -i, appended to `roots`. False when the list cannot be read.
bool append_list(const std::string& list, Io& io, std::vector<std::string>& roots) {
  const auto bytes = io.read(list);
  if (!bytes) return false;
  const std::string_view text = support::as_text(*bytes);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    roots.emplace_back(trim(text.substr(start, end - start)));
    start = end + 1;
  }
  return true;
}

cache::Quiet quietness(const Arguments& arguments) {
  const std::size_t count = arguments.count("-q");
  return count == 0 ? cache::Quiet::No : count == 1 ? cache::Quiet::ErrorsOnly : cache::Quiet::Silent;
}

/// Everything of the command line but the roots. nullopt: reported, wrong usage.
std::optional<cache::CompileTreeOptions> tree_options(const Arguments& arguments, Io& io) {
  cache::CompileTreeOptions options;
  options.file.target = target_facts(arguments, io);
  if (options.file.target == nullptr) return std::nullopt;
  const auto levels = optimization_levels(arguments, io);
  const auto threads = thread_count(arguments, io);
  if (!levels || !threads) return std::nullopt;
  options.file.optimize = *levels;
  options.threads = *threads;
  if (arguments.has("--hardlink-dupes") && arguments.values("-o").size() == 1) {
    io.error("Hardlinking of duplicated bytecode makes sense only for more than one optimization level.");
    return std::nullopt;
  }
  if (arguments.has("-d") && (arguments.has("-s") || arguments.has("-p"))) {
    io.error("-d cannot be used in combination with -s or -p");
    return std::nullopt;
  }
  if (arguments.has("-l")) options.max_levels = 0;
  if (arguments.has("-r")) {
    const auto levels_down = parse_int("-r", arguments.value("-r"), io);
    if (!levels_down) return std::nullopt;
    options.max_levels = static_cast<std::size_t>(std::max(0, *levels_down));
  }
  const auto text_of = [&](std::string_view name) {
    return arguments.has(name) ? std::optional<std::string>(arguments.value(name)) : std::nullopt;
  };
  options.destination = text_of("-d");
  options.file.strip_prefix = text_of("-s");
  options.file.add_prefix = text_of("-p");
  if (!arguments.value("-e").empty()) options.file.limit_links = text_of("-e");
  options.file.force = arguments.has("-f");
  options.file.legacy_names = arguments.has("-b");
  options.file.hardlink_duplicates = arguments.has("--hardlink-dupes");
  options.file.dry_run = arguments.has("--dry-run");
  options.file.quiet = quietness(arguments);
  options.file.invalidation = invalidation_mode(arguments, io);
  options.file.cache_prefix = io.env("PYTHONPYCACHEPREFIX");

  std::optional<PathPattern> pattern;
  if (!arguments.value("-x").empty()) {
    auto compiled = PathPattern::compile(arguments.value("-x"));
    if (!compiled) {
      io.error("-x: " + compiled.error().detail);
      return std::nullopt;
    }
    pattern = std::move(*compiled);
  }
  const std::vector<std::string> globs(arguments.values("--exclude").begin(), arguments.values("--exclude").end());
  if (pattern || !globs.empty()) {
    options.file.skip = [pattern = std::move(pattern), globs](const std::string& path) {
      return (pattern && pattern->found_in(path)) || matches_any(path, globs);
    };
  }
  auto compiler = compiler_for(*options.file.target, io, ErrorWords::PyCompile);
  if (!compiler) return std::nullopt;
  options.file.compile = std::move(*compiler);
  return options;
}

void print_json(const cache::TreeSummary& summary, Io& io) {
  std::string text;
  support::JsonWriter json(text);
  json.object();
  json.field("compiled", static_cast<std::uint64_t>(summary.compiled));
  json.field("fresh", static_cast<std::uint64_t>(summary.fresh));
  json.field("skipped", static_cast<std::uint64_t>(summary.skipped));
  json.field("directories", static_cast<std::uint64_t>(summary.directories));
  json.field("interrupted", summary.interrupted);
  json.key("failed");
  json.array();
  for (const cache::FailedFile& file : summary.failed) {
    json.object();
    json.field("path", std::string_view(file.path));
    json.field("error", std::string_view(file.text));
    json.end();
  }
  json.end();
  json.end();
  io.out.line(text);
}

/// What stands in for timestamps in archives.
void use_hashes(cache::CompileTreeOptions& options) {
  if (options.file.invalidation == marshal::Invalidation::Timestamp) {
    options.file.invalidation = marshal::Invalidation::CheckedHash;
  }
}

/// True when all roots and --into go together with the other options; reports what does not.
bool check_archives(const Arguments& arguments, const std::vector<std::string>& archives, std::string_view into,
                    cache::CompileTreeOptions& options, Io& io) {
  const bool into_archive = cache::is_archive_name(into);
  const std::string about = !archives.empty() ? archives.front() : std::string(into);
  if (archives.empty() && !into_archive) return true;
  if (arguments.value("--invalidation-mode") == "timestamp") {
    io.error(about + ": the times of archives have no zone, so caches for them cannot be checked by time: use "
                     "--invalidation-mode checked-hash or unchecked-hash");
    return false;
  }
  if (options.file.target->pyc_header_size < 16) {
    io.error(about + ": caches of Python " + options.file.target->version.to_string() +
             " are checked by time only, and the times of archives have no zone");
    return false;
  }
  if (!into.empty()) use_hashes(options);
  const auto one_cache_only = [&](std::string_view path) { return !path.ends_with(".whl") && cache::is_archive_name(path); };
  if (options.file.optimize.size() > 1 &&
      (arguments.has("-b") || one_cache_only(into) || (into.empty() && std::any_of(archives.begin(), archives.end(), one_cache_only)))) {
    io.error(about + ": Python looks for one cache a module in an archive, so -o can be given once");
    return false;
  }
  return true;
}

void add(const cache::TreeSummary& part, cache::TreeSummary& sum) {
  sum.compiled += part.compiled;
  sum.fresh += part.fresh;
  sum.skipped += part.skipped;
  sum.directories += part.directories;
  sum.failed.insert(sum.failed.end(), part.failed.begin(), part.failed.end());
  sum.interrupted = sum.interrupted || part.interrupted;
}

/// Roots in their order: archives one by one, what stands between them together.
cache::TreeSummary compile_roots(const std::vector<std::string>& roots, std::string_view into,
                                 const cache::CompileTreeOptions& options) {
  if (!into.empty()) return cache::compile_into(roots, std::string(into), options);
  cache::TreeSummary sum;
  for (auto root = roots.begin(); root != roots.end() && !sum.interrupted;) {
    if (cache::is_archive_name(*root)) {
      cache::CompileTreeOptions in_archive = options;
      use_hashes(in_archive);
      add(cache::compile_archive(*root++, in_archive), sum);
      continue;
    }
    const auto end = std::find_if(root, roots.end(), [](const std::string& path) { return cache::is_archive_name(path); });
    add(cache::compile_trees({root, end}, options), sum);
    root = end;
  }
  return sum;
}

int run_compileall(const Arguments& arguments, Io& io) {
  auto options = tree_options(arguments, io);
  if (!options) return kUsage;
  const bool as_json = arguments.has("--json");
  std::vector<std::string> roots = arguments.positionals();
  if (arguments.has("-i") && !append_list(std::string(arguments.value("-i")), io, roots)) {
    if (options->file.quiet != cache::Quiet::Silent) {
      io.out.line("Error reading file list " + std::string(arguments.value("-i")));
    }
    return kFailure;
  }
  if (roots.empty()) {
    auto path = found_python_path(options->file.target->version);
    if (!path) {
      io.error("no files or directories given, and no Python " + options->file.target->version.to_string() +
               " found whose sys.path could be compiled: name what to compile");
      return kUsage;
    }
    roots = std::move(*path);
    options->max_levels = 0;
  }
  std::vector<std::string> archives;
  std::copy_if(roots.begin(), roots.end(), std::back_inserter(archives), cache::is_archive_name);
  const std::string_view into = arguments.value("--into");
  if (!check_archives(arguments, archives, into, *options, io)) return kUsage;
  LateProgress progress(io);
  options->stop = &stop_on_interrupt();
  options->print = [&](std::string_view text) {
    if (as_json) return;
    progress.hide();
    io.out.write(text);
  };
  options->print_error = [&](std::string_view text) {
    progress.hide();
    io.err.write(text);
  };
  options->progress = [&](std::size_t total, std::string_view path) { progress.step(total, path); };
  const cache::TreeSummary summary = compile_roots(roots, into, *options);
  progress.hide();
  if (as_json) print_json(summary, io);
  if (summary.interrupted && !as_json && options->file.quiet != cache::Quiet::Silent) io.out.write("\n[interrupted]\n");
  return summary.failed.empty() && !summary.interrupted ? kSuccess : kFailure;
}

constexpr Option kOptions[] = {
    kTargetOption,
    {"-l", "", "Don't recurse into subdirectories"},
    {"-r", "N", "Recurse at most N levels; takes precedence over -l"},
    {"-f,--force", "", "Rebuild even what is fresh"},
    {"-q", "", "Print errors only; -qq prints nothing"},
    {"-b", "", "Write x.pyc beside the source, as before PEP 3147"},
    {"-d", "DESTDIR", "Directory to put before the paths compiled in, in place of the one named"},
    {"-s", "STRIPDIR", "Part of the path to strip from the paths compiled in"},
    {"-p", "PREPENDDIR", "Directory to put before the paths compiled in, after -s"},
    {"-x", "REGEXP", "Skip files in whose path the regular expression is found"},
    {"-i", "FILE", "Also compile the files and directories listed in FILE; - reads standard input"},
    kThreadsOption,
    {"-o", "LEVEL", "Optimization level, several times for several caches; -1 is that of -O or -OO", "", true},
    {"-O", "", "Level 1 where -o does not say otherwise; -OO level 2"},
    {"-e", "DIR", "Ignore symbolic links that point outside of DIR"},
    {"--hardlink-dupes", "", "Make caches of two levels one file when their bytes are the same"},
    kInvalidationOption,
    {"--into", "PATH", "Write the caches into this directory or archive, at their paths below each root, and nothing else"},
    kExcludeOption,
    {"--dry-run", "", "Say what would be compiled, write nothing"},
    kJsonOption,
};
constexpr Positional kPositionals[] = {{"FILE|DIR|ARCHIVE", "What to compile; nothing: sys.path of a found Python, without "
                                                    "its subdirectories", Arity::Any}};
constexpr Example kExamples[] = {
    {"ouro compileall -q /usr/lib/python3/dist-packages", "Caches for a whole tree, on all cores."},
    {"ouro compileall -o 0 -o 1 -o 2 --hardlink-dupes --invalidation-mode unchecked-hash -s build/root build/root/usr",
     "For a package: all levels, no timestamps, installed paths."},
    {"ouro compileall dist/spam-1.0-py3-none-any.whl", "Caches into a wheel, listed in its RECORD."},
    {"ouro compileall lib --into lib.zip", "A zip of bytecode alone, for sys.path."},
};

}  // namespace

extern const Command kCompileall;
constexpr Command kCompileall{
    .name = "compileall",
    .summary = "Compile whole trees, as python -m compileall does",
    .description =
        "Takes every option of CPython 3.13's compileall with the same meaning, output and exit status. Beyond it: "
        "any --target, all cores by default with output in one order, hash-based caches that still fit are left "
        "alone, a source whose size changed is compiled even when its time did not.\n\n"
        "Archives (.zip, .whl, .egg, .pyz) are compiled in place, with hash-based caches: beside each source, where "
        "zipimport looks, or under __pycache__ names in a wheel.\n\n"
        "PYTHONPYCACHEPREFIX and SOURCE_DATE_EPOCH are honoured.",
    .options = kOptions,
    .positionals = kPositionals,
    .examples = kExamples,
    .run = run_compileall};

}  // namespace ouro::cli
