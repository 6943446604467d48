// ouro stats: numbers about code objects, files and trees.
#include <algorithm>
#include <atomic>
#include <memory>

#include "cache/ordered_stream.h"
#include "cache_options.h"
#include "stats_print.h"
#include "stats_report.h"
#include "text_table.h"

namespace ouro::cli {
namespace {

using analysis::Figure;

struct StatsOptions {
  MeasureOptions measure;
  StatsBy by = StatsBy::Code;
  bool is_sorted = false;
  std::optional<Figure> sort_key;  ///< nullopt: by name
  bool ascending = false;
  std::optional<std::size_t> top;
  std::size_t threads = 1;
  bool as_json = false;
  bool as_csv = false;
  StatsTextStyle style;
};

std::string figure_keys() {
  std::string keys;
  for (std::size_t i = 0; i < analysis::kFigureCount; ++i) keys += std::string(i == 0 ? "" : ", ") + std::string(info_of(static_cast<Figure>(i)).key);
  return keys;
}

bool read_filter(const Arguments& arguments, Io& io, StatsFilter& filter) {
  for (const std::string& text : arguments.values("--where")) {
    const auto condition = parse_condition(text);
    if (!condition) {
      io.error("--where takes FIGURE, one of < <= = != >= >, and a number, not '" + text + "'; figures: " + figure_keys());
      return false;
    }
    filter.conditions.push_back(*condition);
  }
  filter.names.assign(arguments.values("--name").begin(), arguments.values("--name").end());
  if (arguments.has("--opcode")) {
    filter.opcode = version::find_op(arguments.value("--opcode"));
    if (*filter.opcode == version::Op::Unknown) {
      io.error("--opcode: no version has an instruction '" + std::string(arguments.value("--opcode")) + "'");
      return false;
    }
  }
  return true;
}

bool read_sort(const Arguments& arguments, Io& io, StatsOptions& options) {
  if (arguments.has("--top")) {
    options.top = count_option(arguments, "--top", io);
    if (!options.top) return false;
  }
  options.is_sorted = arguments.has("--sort");
  options.ascending = arguments.has("--reverse");
  if (!options.is_sorted) return true;
  const std::string_view key = arguments.value("--sort");
  if (key == "name") {
    options.ascending = !options.ascending;  // from A to Z
    return true;
  }
  const Figure* figure = analysis::find_figure(key);
  if (figure == nullptr) {
    io.error("--sort takes name or a figure, not '" + std::string(key) + "'; figures: " + figure_keys());
    return false;
  }
  options.sort_key = *figure;
  return true;
}

std::optional<StatsOptions> read_options(const Arguments& arguments, Io& io) {
  StatsOptions options;
  if (!read_input_options(arguments, io, options.measure.input)) return std::nullopt;
  if (!read_filter(arguments, io, options.measure.filter) || !read_sort(arguments, io, options)) return std::nullopt;
  const auto threads = thread_count(arguments, io);
  if (!threads) return std::nullopt;
  options.threads = *threads;
  constexpr std::pair<std::string_view, StatsBy> kBy[] = {{"code", StatsBy::Code},     {"file", StatsBy::File},
                                                          {"tree", StatsBy::Tree},     {"opcode", StatsBy::Opcode},
                                                          {"family", StatsBy::Family}, {"pair", StatsBy::Pair}};
  for (const auto& [word, by] : kBy) {
    if (arguments.value("--by") == word) options.by = by;
  }
  options.as_json = arguments.has("--json");
  options.as_csv = arguments.has("--csv");
  if (options.as_json && options.as_csv) {
    io.error("--json and --csv exclude each other");
    return std::nullopt;
  }
  options.measure.keep_rows = options.by == StatsBy::Code;
  options.measure.with_details = arguments.has("--details");
  options.measure.keep_opcodes = options.as_json || options.measure.with_details;
  const std::string_view bars = arguments.value("--bars");
  options.style.bars = bars == "always" || (bars == "auto" && io.out.is_terminal());
  options.style.ascii = !has_utf8_locale(io);
  options.style.width = terminal_width(io);
  return options;
}

/// The files of the arguments; the first is looked at ahead, as one file is shown otherwise than several.
class StatsInput {
 public:
  StatsInput(std::span<const std::string> words, Io& io) : words_(words), io_(io), walk_(words, io) {
    for (auto file = walk_.next(); file; file = walk_.next()) {
      first_.push_back(std::move(*file));
      if (first_.size() == 2) break;
    }
  }
  [[nodiscard]] bool is_one() const { return first_.size() == 1; }
  [[nodiscard]] bool is_several() const { return first_.size() > 1; }
  [[nodiscard]] const std::vector<InputFile>& first() const { return first_; }
  [[nodiscard]] std::optional<InputFile> next() {
    if (next_ < first_.size()) return first_[next_++];
    return walk_.next();
  }
  [[nodiscard]] bool failed() const { return walk_.failed(); }
  /// Walks the folders again; what can't be listed is reported by next().
  [[nodiscard]] std::size_t count() const {
    std::string unused;
    Output err(&unused);
    Io quiet{io_.out, err, io_.input, io_.environment, ColorMode::Never};
    InputWalk walk(words_, quiet);
    std::size_t files = 0;
    while (walk.next()) ++files;
    return files;
  }

 private:
  std::span<const std::string> words_;
  Io& io_;
  InputWalk walk_;
  std::vector<InputFile> first_;
  std::size_t next_ = 0;
};

/// Gathers the rows of all files and prints them at the end, or as they come where no order was asked for.
class StatsJob {
 public:
  StatsJob(StatsOptions options, StatsInput& input, std::span<const std::string> roots, Io& io)
      : options_(std::move(options)), input_(input), io_(io), json_(io.out.buffer()), by_root_(roots.size()) {
    const bool lists_everything = options_.as_json || options_.as_csv;
    const bool is_tree = input_.is_several();
    streams_ = lists_everything && !options_.is_sorted && !options_.top;
    std::size_t top = options_.top.value_or(0);
    if (!lists_everything && is_tree && !counts_only()) {  // a tree's rows fill screens: the largest are what is looked for
      if (!options_.is_sorted) options_.sort_key = Figure::Instructions;
      options_.is_sorted = true;
      top = options_.top.value_or(20);
    }
    if (options_.is_sorted) {
      keeper_ = RowKeeper(options_.sort_key, options_.ascending, top);
    } else {
      most_rows_ = top;
    }
    for (std::size_t i = 0; i < by_root_.size(); ++i) roots_.push_back(roots[i]);
    options_.style.top = counts_only() || lists_everything ? options_.top.value_or(0) : options_.top.value_or(15);
  }

  int run() {
    begin();
    const bool shows_progress = io_.err.is_terminal() && !(io_.out.is_terminal() && streams_);
    Progress progress(io_, shows_progress && input_.is_several() ? input_.count() : 0);
    using Measured = std::unique_ptr<FileStats>;
    cache::OrderedStream<InputFile, Measured> stream(
        [&] { return input_.next(); },
        [&](const InputFile& file) { return std::make_unique<FileStats>(measure_file(file, options_.measure, io_)); },
        [&](const InputFile& file, Measured stats) {
          if (!stats->messages.empty() || stats->error) progress.hide();
          progress.step(file.path);
          take_file(file, *stats);
        },
        stop_on_interrupt());
    stream.run(input_.is_one() ? 1 : options_.threads);
    progress.hide();
    end();
    return failed_ || input_.failed() || stop_on_interrupt() ? kFailure : kSuccess;
  }

 private:
  void begin() {
    if (options_.as_csv) io_.out.line(csv_head(options_.by));
    if (!options_.as_json) return;
    json_.object();
    json_.key("rows");
    json_.array();
  }

  void take_file(const InputFile& file, FileStats& stats) {
    io_.err.write(stats.messages);
    if (stats.error) {
      io_.error(file.path, *stats.error);
      errors_.push_back({file.path, *stats.error});
    }
    if (stats.version.empty()) {
      if (!stats.error) errors_.push_back({file.path, make_error("source.syntax", stats.messages)});
      failed_ = true;
      return;
    }
    if (!file.qualified_name.empty() && stats.totals.code_objects == 0) {
      io_.error(file.path + ": no code object '" + file.qualified_name + "' that the filters let through");
      failed_ = true;
    }
    totals_.add(stats.totals);
    totals_.add_pairs(stats.pairs);
    version_ = stats.version;
    if (options_.by == StatsBy::Tree) by_root_[file.root].add(stats.totals);
    if (options_.by == StatsBy::File) {
      StatsRow row{.file = file.path, .version = stats.version, .name = {}, .code_objects = stats.totals.code_objects,
                   .figures = stats.totals.figures, .opcodes = {}, .details = {}};
      if (holds_for_file(row)) take_row(std::move(row));
    }
    for (StatsRow& row : stats.rows) take_row(std::move(row));
  }

  // A condition on a file or tree is one on its sums; code objects were filtered where they were measured.
  [[nodiscard]] bool holds_for_file(const StatsRow& row) const { return row.code_objects > 0; }

  void take_row(StatsRow row) {
    if (streams_) {
      write_row(row);
    } else if (options_.is_sorted) {
      keeper_.add(std::move(row));
    } else if (most_rows_ == 0 || rows_.size() < most_rows_) {
      rows_.push_back(std::move(row));
    }
  }

  void write_row(const StatsRow& row) {
    if (options_.as_csv) {
      io_.out.line(csv_row(row, options_.by));
    } else {
      write_json_row(json_, row, options_.by);
      io_.out.flush_if_full();
    }
  }

  void end() {
    if (options_.by == StatsBy::Tree) {
      for (std::size_t i = 0; i < by_root_.size(); ++i) {
        take_row({.file = roots_[i], .version = {}, .name = {}, .files = by_root_[i].files, .code_objects = by_root_[i].code_objects,
                  .figures = by_root_[i].figures, .opcodes = {}, .details = {}});
      }
    }
    if (options_.is_sorted) rows_ = keeper_.take();
    if (options_.as_json) return end_json();
    if (options_.as_csv) {
      for (const StatsRow& row : rows_) io_.out.line(csv_row(row, options_.by));
      if (counts_only()) csv_counts(io_.out.buffer(), totals_, options_.by, options_.style.top);
      return;
    }
    end_text();
  }

  [[nodiscard]] bool counts_only() const {
    return options_.by == StatsBy::Opcode || options_.by == StatsBy::Family || options_.by == StatsBy::Pair;
  }

  void end_json() {
    for (const StatsRow& row : rows_) write_json_row(json_, row, options_.by);
    json_.end();
    json_.key("errors");
    json_.array();
    for (const auto& [path, error] : errors_) {
      json_.object();
      json_.field("file", std::string_view(path));
      json_.field("code", error.code);
      json_.field("detail", std::string_view(error.detail));
      if (error.offset) json_.field("offset", *error.offset);
      json_.end();
    }
    json_.end();
    json_.key("totals");
    json_.object();
    json_.field("files", totals_.files);
    json_.field("code_objects", totals_.code_objects);
    write_json_figures(json_, totals_.figures);
    write_json_counts(json_, totals_, options_.top.value_or(100));
    json_.end();
    json_.end();
    io_.out.line("");
  }

  void end_text() {
    std::string& out = io_.out.buffer();
    if (totals_.code_objects == 0) {
      if (totals_.files > 0 && !failed_) io_.error("no code object that the filters let through");
      return;
    }
    if (options_.measure.with_details) {
      bool first = true;
      for (const StatsRow& row : rows_) {
        if (!row.details) continue;
        if (!first) out += '\n';
        print_details(out, row, options_.style);
        first = false;
      }
      return;
    }
    if (!counts_only()) {
      print_summary(out, input_.is_one() ? input_.first()[0].path + "  (Python " + version_ + ")" : "All files", totals_);
      out += '\n';
      if (!rows_.empty()) print_rows(out, rows_, options_.by, input_.is_several());
      out += '\n';
    }
    for (const StatsBy by : {StatsBy::Opcode, StatsBy::Family, StatsBy::Pair}) {
      if (counts_only() && by != options_.by) continue;
      print_counts(out, totals_, by, options_.style);
      if (!counts_only() && by != StatsBy::Pair) out += '\n';
    }
  }

  StatsOptions options_;
  StatsInput& input_;
  std::vector<std::string> roots_;
  Io& io_;
  support::JsonWriter json_;
  analysis::Totals totals_;
  std::vector<analysis::Totals> by_root_;
  RowKeeper keeper_{std::nullopt, true, 0};
  std::vector<StatsRow> rows_;
  std::vector<std::pair<std::string, Error>> errors_;
  std::string version_;
  std::size_t most_rows_ = 0;
  bool streams_ = false;
  bool failed_ = false;
};

int run_stats(const Arguments& arguments, Io& io) {
  auto options = read_options(arguments, io);
  if (!options) return kUsage;
  StatsInput input(arguments.positionals(), io);
  if (input.is_one() && !input.first()[0].qualified_name.empty()) {
    options->measure.with_details = options->measure.keep_opcodes = true;
  }
  StatsJob job(std::move(*options), input, arguments.positionals(), io);
  return job.run();
}

constexpr Option kOptions[] = {
    {"--by", "code|file|tree|opcode|family|pair", "What a row is: a code object, a file, an argument, or what is counted", "code"},
    {"--sort", "FIGURE", "Sort the rows by a figure, highest first, or by name"},
    {"--reverse", "", "Sort the other way round"},
    {"--top", "N", "The first N rows, 0 for all; default: all of one file, 20 of several"},
    {"--where", "CONDITION", "Only code objects for which it holds, such as instructions>100; all of several must", "", true},
    {"--name", "GLOB", "Only code objects whose qualified name matches", "", true},
    {"--opcode", "NAME", "Only code objects that have the instruction"},
    {"--details", "", "Arguments, variables, constants and names of each code object"},
    {"--bars", "auto|always|never", "Bars beside the counts", "auto"},
    kInputTargetOption,
    kInputOptimizeOption,
    kThreadsOption,
    {"--csv", "", "Print CSV instead of text"},
    kJsonOption,
};
constexpr Positional kFiles[] = {{"FILE|DIR", "A .pyc or source file, FILE::QUALNAME for one code object, a folder, or -", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro stats spam.py", "Every code object of a file, its most frequent instructions, families and pairs."},
    {"ouro stats spam.py::Spam.loop", "All about one function."},
    {"ouro stats --sort stack_depth --top 5 --where 'loops>0' src", "The five deepest stacks among code objects with loops."},
    {"ouro stats --by pair --csv /usr/lib/python3.13", "How often an instruction follows another."},
};

}  // namespace

extern const Command kStats;
constexpr Command kStats{
    .name = "stats",
    .summary = "Count what bytecode is made of",
    .description =
        "Figures of code objects, files and trees: arguments, variables, constants, names, instructions by opcode and "
        "family and in pairs, sizes of code and tables, stack depth, nesting, loops, and how many instructions the "
        "adaptive interpreter could specialise. Source is compiled first. In a folder each module counts once: a .pyc "
        "only where its source is not there.\n\n"
        "Figures for --sort and --where: line, depth, arguments, locals, free_variables, constants, names, instructions, "
        "distinct, code_bytes, line_table_bytes, exception_table_bytes, constant_bytes, stack_depth, blocks, branches, "
        "loops, loop_depth, loop_instructions, specialisable.",
    .options = kOptions,
    .positionals = kFiles,
    .examples = kExamples,
    .run = run_stats};

}  // namespace ouro::cli
