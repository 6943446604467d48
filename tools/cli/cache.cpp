// ouro cache: where caches are, what state they are in, and removing them.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "cache/cache_state.h"
#include "cache/clean.h"
#include "cache/compile_file.h"
#include "cache/os_error.h"
#include "cache_options.h"
#include "support/json_writer.h"

namespace ouro::cli {
namespace {

using cache::CacheEntry;
using cache::CacheState;

constexpr std::array<CacheState, cache::kCacheStateCount> kStates{
    CacheState::Fresh,   CacheState::Stale,   CacheState::Orphaned,   CacheState::Sourceless,
    CacheState::Foreign, CacheState::Damaged, CacheState::Mismatched, CacheState::Leftover};

/// "stale,orphaned" or "all". nullopt: reported.
std::optional<cache::StateSet> parse_states(std::string_view text, Io& io) {
  cache::StateSet states;
  if (text == "all") return ~states;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, comma);
    const auto state = std::find_if(kStates.begin(), kStates.end(), [&](CacheState s) { return to_string(s) == word; });
    if (state == kStates.end()) {
      io.error("--state: '" + std::string(word) +
               "' is none of fresh, stale, orphaned, sourceless, foreign, damaged, mismatched, leftover, all");
      return std::nullopt;
    }
    states.set(static_cast<std::size_t>(*state));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return states;
}

void write_json(const CacheEntry& entry, std::string_view action, support::JsonWriter& json) {
  json.object();
  json.field("path", std::string_view(entry.path));
  json.field("source", std::string_view(entry.source));
  json.field("state", to_string(entry.state));
  json.field("detail", std::string_view(entry.detail));
  json.field("size", entry.size);
  if (!action.empty()) json.field("action", action);
  json.end();
}

/// One run of ls, verify or clean: what they share.
class CacheJob {
 public:
  CacheJob(const Arguments& arguments, Io& io) : arguments_(arguments), io_(io), json_(json_text_) {}

  /// Inspects everything below `roots`; `each` decides what becomes of an entry and gives the word for it.
  bool run(std::span<const std::string> roots, bool deep, const std::function<std::string_view(const CacheEntry&)>& each) {
    cache::InspectTreeOptions options;
    options.cache.target = target_facts(arguments_, io_);
    const auto threads = thread_count(arguments_, io_);
    if (options.cache.target == nullptr || !threads) return false;
    options.threads = *threads;
    options.cache.cache_prefix = io_.env("PYTHONPYCACHEPREFIX");
    if (deep) {
      auto compiler = compiler_for(*options.cache.target, io_);
      if (!compiler) return false;
      options.cache.compile = std::move(*compiler);
    }
    LateProgress progress(io_);
    options.progress = [&](std::size_t total, std::string_view path) { progress.step(total, path); };
    options.stop = &stop_on_interrupt();
    const bool as_json = arguments_.has("--json");
    if (as_json) json_.array();
    const std::vector<std::string> list(roots.begin(), roots.end());
    const auto unreadable = cache::inspect_trees(list, options, [&](const CacheEntry& entry) {
      ++counts_[entry.state];
      bytes_[entry.state] += entry.size;
      const std::string_view action = each(entry);
      if (as_json) {
        write_json(entry, action, json_);
      } else if (!action.empty()) {
        progress.hide();
        print(entry, action);
      }
      directories_.insert(entry.path.substr(0, entry.path.find_last_of('/')));
    });
    progress.hide();
    for (const auto& directory : unreadable) {
      io_.error(directory.path + ": " + cache::OsError{directory.error, directory.path}.to_string());
      failed_ = true;
    }
    if (as_json) {
      json_.end();
      io_.out.line(json_text_);
    }
    return true;
  }

  void summary() {
    if (arguments_.has("--json")) return;
    std::string line;
    for (const CacheState state : kStates) {
      if (counts_[state] == 0) continue;
      if (!line.empty()) line += ", ";
      line += std::to_string(counts_[state]) + " " + std::string(to_string(state));
    }
    io_.err.line(line.empty() ? "no caches" : line);
  }

  void fail() { failed_ = true; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const std::set<std::string>& directories() const { return directories_; }

 private:
  void print(const CacheEntry& entry, std::string_view action) {
    std::string line(action);
    line.resize(std::max<std::size_t>(line.size() + 1, 11), ' ');
    line += entry.path;
    if (!entry.detail.empty()) line += "  (" + entry.detail + ")";
    io_.out.line(line);
  }

  const Arguments& arguments_;
  Io& io_;
  std::string json_text_;
  support::JsonWriter json_;
  std::map<CacheState, std::size_t> counts_;
  std::map<CacheState, std::uint64_t> bytes_;
  std::set<std::string> directories_;
  bool failed_ = false;
};

int run_where(const Arguments& arguments, std::span<const std::string> roots, Io& io) {
  const version::Facts* target = target_facts(arguments, io);
  if (target == nullptr) return kUsage;
  cache::CompileFileOptions options;
  options.target = target;
  options.cache_prefix = io.env("PYTHONPYCACHEPREFIX");
  int status = kSuccess;
  for (const std::string& root : roots) {
    struct stat facts {};
    if (::stat(root.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
      CacheJob job(arguments, io);
      if (!job.run(std::span(&root, 1), false, [](const CacheEntry&) { return std::string_view(); })) return kUsage;
      for (const std::string& directory : job.directories()) io.out.line(directory);
      if (job.failed()) status = kFailure;
    } else {
      for (const int level : {0, 1, 2}) io.out.line(cache::cache_path(root, level, options));
    }
  }
  return status;
}

int run_list(const Arguments& arguments, std::span<const std::string> roots, Io& io) {
  const auto states = parse_states(arguments.has("--state") ? arguments.value("--state") : "all", io);
  if (!states) return kUsage;
  CacheJob job(arguments, io);
  if (!job.run(roots, arguments.has("--deep"), [&](const CacheEntry& entry) {
        return contains(*states, entry.state) ? to_string(entry.state) : std::string_view();
      })) {
    return kUsage;
  }
  job.summary();
  return job.failed() ? kFailure : kSuccess;
}

int run_verify(const Arguments& arguments, std::span<const std::string> roots, Io& io) {
  CacheJob job(arguments, io);
  if (!job.run(roots, arguments.has("--deep"), [&](const CacheEntry& entry) {
        if (entry.state == CacheState::Fresh || entry.state == CacheState::Sourceless) return std::string_view();
        job.fail();
        return to_string(entry.state);
      })) {
    return kUsage;
  }
  job.summary();
  return job.failed() ? kFailure : kSuccess;
}

int run_clean(const Arguments& arguments, std::span<const std::string> roots, Io& io) {
  const auto states = parse_states(
      arguments.has("--state") ? arguments.value("--state") : "stale,orphaned,damaged,mismatched,leftover", io);
  if (!states) return kUsage;
  const bool dry_run = arguments.has("--dry-run");
  CacheJob job(arguments, io);
  if (!job.run(roots, arguments.has("--deep"), [&](const CacheEntry& entry) -> std::string_view {
        if (!contains(*states, entry.state)) return {};
        if (dry_run) return to_string(entry.state);
        if (const auto error = cache::remove_cache(entry)) {
          io.error(entry.path + ": " + error->to_string());
          job.fail();
          return "kept";
        }
        return "removed";
      })) {
    return kUsage;
  }
  if (!dry_run) {
    for (const std::string& directory : job.directories()) cache::remove_empty_pycache(directory);
  }
  job.summary();
  return job.failed() ? kFailure : kSuccess;
}

int run_cache(const Arguments& arguments, Io& io) {
  const std::vector<std::string>& words = arguments.positionals();
  std::vector<std::string> roots(words.begin() + 1, words.end());
  if (roots.empty()) roots.emplace_back(".");
  if (words[0] == "where") return run_where(arguments, roots, io);
  if (words[0] == "ls") return run_list(arguments, roots, io);
  if (words[0] == "verify") return run_verify(arguments, roots, io);
  if (words[0] == "clean") return run_clean(arguments, roots, io);
  io.error("'" + words[0] + "' is none of where, ls, verify, clean");
  return kUsage;
}

constexpr Option kOptions[] = {
    kTargetOption,
    {"--state", "STATES", "Only these, comma-separated: fresh, stale, orphaned, sourceless, foreign, damaged, "
                          "mismatched, leftover, or all"},
    {"--deep", "", "Compile each source again and compare the bytes"},
    {"-n,--dry-run", "", "clean: say what would be removed"},
    kThreadsOption,
    kJsonOption,
};
constexpr Positional kPositionals[] = {
    {"ACTION", "where, ls, verify or clean", Arity::One},
    {"DIR", "Trees or files; the current directory when none is named", Arity::Any},
};
constexpr Example kExamples[] = {
    {"ouro cache ls --state stale,damaged src", "Caches that an import would not use as they are."},
    {"ouro cache verify --deep /usr/lib/python3", "Exit status 1 unless every cache is what its source compiles to."},
    {"ouro cache clean -n --state all .", "What removing every cache would remove."},
};

}  // namespace

extern const Command kCache;
constexpr Command kCache{
    .name = "cache",
    .summary = "Find, check and remove bytecode caches",
    .description =
        "States: fresh (an import uses it), stale (source time, size or hash differ), orphaned (no source), sourceless "
        "(a module without a source), foreign (another version's or implementation's), damaged, mismatched (--deep: "
        "compiling gives other bytes), leftover (an interrupted writer's temporary file).\n\n"
        "where prints the cache files of sources and the directories that hold caches. verify fails unless all are "
        "fresh or sourceless. clean removes what is stale, orphaned, damaged, mismatched or leftover (or --state), and "
        "__pycache__ directories that are empty then; links are not followed.",
    .options = kOptions,
    .positionals = kPositionals,
    .examples = kExamples,
    .run = run_cache};

}  // namespace ouro::cli
