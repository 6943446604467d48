// ouro diff: what differs between two files or trees, code object by code object.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "arguments.h"
#include "cache/ordered_parallel.h"
#include "cache_options.h"
#include "diff_print.h"
#include "marshal/cache_path.h"
#include "support/file.h"
#include "text_table.h"

namespace ouro::cli {
namespace {

struct DiffSettings {
  DisInputOptions input_a;
  DisInputOptions input_b;
  analysis::DiffOptions diff;
  DiffStyle style;
  std::size_t threads = 1;
  bool as_json = false;
  bool quiet = false;
};

enum class PairStatus : std::uint8_t { Same, Changed, Added, Removed, Failed };

std::string_view word_of(PairStatus status) {
  constexpr std::string_view kWords[] = {"same", "changed", "added", "removed", "failed"};
  return kWords[static_cast<std::size_t>(status)];
}

/// Two files with one place in their trees. An empty path: not there.
struct FilePair {
  std::string name;  ///< relative to both trees; of two plain files the first
  InputFile a;
  InputFile b;
};

/// What one pair gave, ready to print. Made on any thread.
struct PairResult {
  PairStatus status = PairStatus::Same;
  std::string text;
  std::string json;
  std::string messages;
  std::vector<std::pair<std::string, Error>> errors;
  analysis::FileDiff diff;  ///< hunks dropped
};

/// A loaded side, cut down to the code object that was asked for.
struct Side {
  LoadedCode loaded;
  analysis::CodeSide code;
  DiffSideText text;
};

bool load_side(const InputFile& file, const DisInputOptions& options, const Io& io, Side& side, PairResult& result) {
  side.loaded = load_code(file.path, options, io);
  result.messages += side.loaded.messages;
  if (side.loaded.error) result.errors.emplace_back(file.path, *side.loaded.error);
  if (!side.loaded.input) {
    if (!side.loaded.error) result.errors.emplace_back(file.path, make_error("source.syntax", side.loaded.messages));
    return false;
  }
  const DisInput& input = *side.loaded.input;
  side.code = {side.loaded.facts, &input.pool, input.root};
  side.text.label = file.path + (file.qualified_name.empty() ? "" : "::" + file.qualified_name);
  side.text.version = input.version.to_string();
  side.text.source = SideSource::find(file.path, input, *side.loaded.facts, io);
  if (file.qualified_name.empty()) return true;
  for (const analysis::CodeNode& node : analysis::code_tree(input.pool, input.root)) {
    if (node.qualified_name != file.qualified_name) continue;
    side.code.root = node.id;
    return true;
  }
  result.errors.emplace_back(file.path, make_error("analysis.no_such_code", "no code object '" + file.qualified_name + "'"));
  return false;
}

void write_side(support::JsonWriter& json, std::string_view key, const DiffSideText& side) {
  json.key(key);
  json.object();
  json.field("file", std::string_view(side.label));
  json.field("version", std::string_view(side.version));
  json.end();
}

std::string json_of(const FilePair& pair, const PairResult& result, const std::function<void(support::JsonWriter&)>& more) {
  std::string text;
  support::JsonWriter json(text);
  json.object();
  json.field("name", std::string_view(pair.name));
  json.field("status", word_of(result.status));
  if (!result.errors.empty()) {
    json.key("errors");
    json.array();
    for (const auto& [path, error] : result.errors) {
      json.object();
      json.field("file", std::string_view(path));
      json.field("code", error.code);
      json.field("detail", std::string_view(error.detail));
      if (error.offset) json.field("offset", *error.offset);
      json.end();
    }
    json.end();
  }
  more(json);
  json.end();
  return text;
}

PairResult compare(const FilePair& pair, const DiffSettings& settings, const Io& io) {
  PairResult result;
  const auto nothing_more = [](support::JsonWriter&) {};
  if (pair.a.path.empty() || pair.b.path.empty()) {
    result.status = pair.a.path.empty() ? PairStatus::Added : PairStatus::Removed;
    result.text = "Only in " + std::string(pair.a.path.empty() ? "the second" : "the first") + ": " + pair.name + "\n";
    if (settings.as_json) result.json = json_of(pair, result, nothing_more);
    return result;
  }
  Side a;
  Side b;
  const bool read_a = load_side(pair.a, settings.input_a, io, a, result);
  const bool read_b = load_side(pair.b, settings.input_b, io, b, result);
  if (!read_a || !read_b) {
    result.status = PairStatus::Failed;
    if (settings.as_json) result.json = json_of(pair, result, nothing_more);
    return result;
  }
  result.diff = analysis::diff_code(a.code, b.code, settings.diff);
  result.status = result.diff.differs() ? PairStatus::Changed : PairStatus::Same;
  if (settings.as_json) {
    result.json = json_of(pair, result, [&](support::JsonWriter& json) {
      write_side(json, "a", a.text);
      write_side(json, "b", b.text);
      write_json_diff(json, result.diff);
    });
  } else if (result.status == PairStatus::Changed && !settings.quiet) {
    print_file_diff(result.text, result.diff, a.text, b.text, settings.style);
  }
  for (analysis::CodeDiff& code : result.diff.codes) {
    code.hunks = {};
    code.constants_added = code.constants_removed = {};
  }
  return result;
}

// "lib/__pycache__/spam.cpython-313.pyc" and "lib/spam.pyc" are both lib/spam.py.
std::string place_of(const std::string& path, const std::string& root) {
  std::string relative = path.substr(std::min(path.size(), root.size()));
  while (relative.starts_with('/')) relative.erase(0, 1);
  if (const auto name = marshal::source_from_cache(relative)) {
    return name->optimization.empty() ? name->source : name->source + " (opt-" + name->optimization + ")";
  }
  return relative.ends_with(".pyc") || relative.ends_with(".pyo") ? relative.substr(0, relative.size() - 1) : relative;
}

std::vector<FilePair> pair_trees(const std::string& root_a, const std::string& root_b, Io& io, bool& failed) {
  std::map<std::string, FilePair> pairs;
  const auto add = [&](const std::string& root, InputFile FilePair::*side) {
    for (InputFile& file : expand_inputs(std::span(&root, 1), io, failed)) {
      std::string place = place_of(file.path, root);
      if (!(pairs[place].*side).path.empty()) place = file.path;  // caches of several versions
      pairs[place].name = place;
      pairs[place].*side = std::move(file);
    }
  };
  add(root_a, &FilePair::a);
  add(root_b, &FilePair::b);
  std::vector<FilePair> list;
  list.reserve(pairs.size());
  for (auto& [place, pair] : pairs) list.push_back(std::move(pair));
  return list;
}

bool is_directory(const std::string& path) {
  const auto status = support::file_status(path);
  return status && status->is_directory;
}

/// nullopt: reported, wrong usage.
std::optional<std::vector<FilePair>> find_pairs(const Arguments& arguments, bool two_ways, Io& io, bool& failed) {
  const std::vector<std::string>& words = arguments.positionals();
  if (words.size() == 1 && !two_ways) {
    io.error("diff needs two files, or one and --target or --optimize with two values (--target 3.12,3.13)");
    return std::nullopt;
  }
  if (words.size() > 2) {
    io.error("diff compares two files, not " + std::to_string(words.size()));
    return std::nullopt;
  }
  const std::string& a = words.front();
  const std::string& b = words.back();
  if (is_directory(a) != is_directory(b)) {
    io.error("diff compares two files or two folders, not one of each");
    return std::nullopt;
  }
  if (is_directory(a)) return pair_trees(a, b, io, failed);
  const CodePath first = split_code_path(a);
  const CodePath second = split_code_path(b);
  return std::vector<FilePair>{{first.file, {first.file, first.qualified_name, 0}, {second.file, second.qualified_name, 1}}};
}

/// "3.12,3.13" or "3.13" in two.
std::pair<std::string_view, std::string_view> both(std::string_view text) {
  const std::size_t comma = text.find(',');
  return comma == std::string_view::npos ? std::pair(text, text) : std::pair(text.substr(0, comma), text.substr(comma + 1));
}

bool read_targets(const Arguments& arguments, Io& io, DiffSettings& settings) {
  if (arguments.has("--target")) {
    const auto [a, b] = both(arguments.value("--target"));
    settings.input_a.target = PythonVersion::parse(a);
    settings.input_b.target = PythonVersion::parse(b);
    if (!settings.input_a.target || !settings.input_b.target) {
      io.error("--target takes a version such as 3.13, or two with a comma, not '" + std::string(arguments.value("--target")) + "'");
      return false;
    }
  }
  if (!arguments.has("--optimize")) return true;
  const auto [a, b] = both(arguments.value("--optimize"));
  const auto is_level = [](std::string_view text) { return text.size() == 1 && text[0] >= '0' && text[0] <= '2'; };
  if (!is_level(a) || !is_level(b)) {
    io.error("--optimize takes 0, 1 or 2, or two of them with a comma, not '" + std::string(arguments.value("--optimize")) + "'");
    return false;
  }
  settings.input_a.optimize = a[0] - '0';
  settings.input_b.optimize = b[0] - '0';
  return true;
}

class DiffJob {
 public:
  DiffJob(const DiffSettings& settings, std::vector<FilePair> pairs, Io& io) : settings_(settings), pairs_(std::move(pairs)), io_(io) {}

  int run(bool failed) {
    if (settings_.as_json) io_.out.write("{\"files\":[");
    Progress progress(io_, io_.out.is_terminal() ? 0 : pairs_.size());
    const std::function<std::unique_ptr<PairResult>(std::size_t)> work = [&](std::size_t i) {
      return std::make_unique<PairResult>(compare(pairs_[i], settings_, io_));
    };
    const std::function<void(std::size_t, std::unique_ptr<PairResult>)> take = [&](std::size_t i, std::unique_ptr<PairResult> result) {
      progress.hide();
      progress.step(pairs_[i].name);
      take_result(*result);
    };
    cache::ordered_parallel<std::unique_ptr<PairResult>>(pairs_.size(), settings_.threads, work, take, stop_on_interrupt());
    progress.hide();
    finish();
    return failed || differs_ || counts_[static_cast<std::size_t>(PairStatus::Failed)] != 0 || stop_on_interrupt() ? kFailure : kSuccess;
  }

 private:
  void take_result(PairResult& result) {
    io_.err.write(result.messages);
    for (const auto& [path, error] : result.errors) {
      if (error.code != "source.syntax") io_.error(path, error);
    }
    ++counts_[static_cast<std::size_t>(result.status)];
    differs_ = differs_ || (result.status != PairStatus::Same && result.status != PairStatus::Failed);
    if (settings_.as_json) {
      io_.out.write(first_ ? "\n" : ",\n");
      io_.out.write(result.json);
      first_ = false;
    } else if (!settings_.quiet && !result.text.empty()) {
      if (!first_ && result.status == PairStatus::Changed) io_.out.write("\n");
      io_.out.write(result.text);
      first_ = false;
    }
    for (analysis::CodeDiff& code : result.diff.codes) {
      code.attributes = {};
      code.name_a.clear();
      code.name_b.clear();
      totals_.codes.push_back(std::move(code));
    }
    totals_.a.add(result.diff.a);
    totals_.b.add(result.diff.b);
    totals_.removed += result.diff.removed;
    totals_.added += result.diff.added;
    totals_.retargeted += result.diff.retargeted;
  }

  void finish() {
    if (settings_.as_json) {
      std::string text;
      support::JsonWriter json(text);
      json.object();
      json.field("different", differs_);
      write_json_summary(json, totals_);
      json.end();
      io_.out.write("\n],");
      io_.out.line(std::string_view(text).substr(1));
      return;
    }
    if (settings_.quiet || !differs_) return;
    std::string& out = io_.out.buffer();
    print_diff_summary(out, totals_);
    if (pairs_.size() < 2) return;
    out += "Files         ";
    for (const PairStatus status : {PairStatus::Same, PairStatus::Changed, PairStatus::Added, PairStatus::Removed, PairStatus::Failed}) {
      out += std::to_string(counts_[static_cast<std::size_t>(status)]) + " " + std::string(word_of(status)) + (status == PairStatus::Failed ? "\n" : ", ");
    }
  }

  const DiffSettings& settings_;
  std::vector<FilePair> pairs_;
  Io& io_;
  analysis::FileDiff totals_;
  std::size_t counts_[5] = {};
  bool differs_ = false;
  bool first_ = true;
};

int run_diff(const Arguments& arguments, Io& io) {
  DiffSettings settings;
  if (!read_targets(arguments, io, settings)) return kUsage;
  const auto context = count_option(arguments, "-U", io);
  const auto threads = thread_count(arguments, io);
  if (!context || !threads) return kUsage;
  settings.diff.context = static_cast<std::uint32_t>(std::min<std::size_t>(*context, UINT32_MAX));
  settings.threads = *threads;
  settings.as_json = arguments.has("--json");
  settings.quiet = arguments.has("-q");
  settings.style = {.color = io.use_color(), .summary_only = arguments.has("--summary"), .width = 160};
  settings.diff.with_hunks = !settings.quiet && !settings.style.summary_only;
  const bool two_ways = std::string(arguments.value("--target")).find(',') != std::string::npos ||
                        std::string(arguments.value("--optimize")).find(',') != std::string::npos;
  bool failed = false;
  auto pairs = find_pairs(arguments, two_ways, io, failed);
  if (!pairs) return kUsage;
  settings.diff.names_of_roots_count = pairs->size() != 1 || pairs->front().a.qualified_name.empty();
  return DiffJob(settings, std::move(*pairs), io).run(failed);
}

constexpr Option kOptions[] = {
    {"--target", "X.Y[,X.Y]", "The version of source; two versions: of the first and of the second"},
    {"--optimize", "N[,N]", "The optimisation level of source, 0, 1 or 2; two levels: of the first and of the second"},
    {"-U,--unified", "N", "Unchanged instructions around a change", "3"},
    {"--summary", "", "Only which code objects differ, and figures"},
    {"-q,--quiet", "", "Print nothing, only set the exit status"},
    kThreadsOption,
    kJsonOption,
};
constexpr Positional kFiles[] = {{"A", "A .pyc or source file, FILE::QUALNAME for one code object, or a folder", Arity::One},
                                 {"B", "The other one; left out: A again, with the second --target or --optimize", Arity::Any}};
constexpr Example kExamples[] = {
    {"ouro diff old.py new.py", "What a change of the source changes in the bytecode."},
    {"ouro diff spam.py::version_a spam.py::version_b", "Two functions of one file."},
    {"ouro diff --optimize 0,2 spam.py", "What -OO takes out."},
    {"ouro diff --summary lib-3.12 lib-3.13", "Two trees of caches, each of its own version."},
};

}  // namespace

extern const Command kDiff;
constexpr Command kDiff{
    .name = "diff",
    .summary = "Show how the bytecode of two files differs",
    .description =
        "Code objects are paired by qualified name; those that were renamed or moved are found by what they hold. "
        "Instructions are aligned by what they mean: offsets, inline caches, numbers of constants and names, and jump "
        "distances do not count, nor do line numbers and file names. A jump that leads elsewhere counts.\n\n"
        "The exit status is 1 when something differs. Folders are compared file by file.",
    .options = kOptions,
    .positionals = kFiles,
    .examples = kExamples,
    .run = run_diff};

}  // namespace ouro::cli
