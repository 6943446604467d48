// The rows of `ouro stats`: measured file by file, filtered, sorted, kept to the first N.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/statistics.h"
#include "analysis_input.h"

namespace ouro::cli {

/// One condition of --where: a figure and what it is compared with.
struct Condition {
  enum class Relation : std::uint8_t { Less, LessEqual, Equal, NotEqual, GreaterEqual, Greater };
  analysis::Figure figure;
  Relation relation;
  std::uint64_t value;

  [[nodiscard]] bool holds(const analysis::Figures& figures) const;
};
/// "instructions>=100"; nullopt when it is none.
[[nodiscard]] std::optional<Condition> parse_condition(std::string_view text);

/// What a code object holds, as text.
struct CodeDetails {
  std::vector<std::string> arguments;
  std::vector<std::string> locals;  ///< those that are no arguments
  std::vector<std::string> free_variables;
  std::vector<std::string> constants;  ///< their repr
  std::vector<std::string> names;
};

/// A code object, a file or a tree.
struct StatsRow {
  std::string file;
  std::string version;
  std::string name;  ///< of a code object
  std::uint64_t files = 1;
  std::uint64_t code_objects = 1;
  analysis::Figures figures{};
  std::vector<analysis::OpCount> opcodes;  ///< of a code object
  std::optional<CodeDetails> details;
};

struct StatsFilter {
  std::vector<Condition> conditions;
  std::vector<std::string> names;  ///< globs for qualified names; none: all
  std::optional<version::Op> opcode;  ///< only code objects that have it
};

/// What one file gave. Made on any thread.
struct FileStats {
  std::string version;
  analysis::Totals totals;                 ///< without the pairs: a table of all of them is too much for each file
  std::vector<analysis::PairCount> pairs;  ///< each once
  std::vector<StatsRow> rows;  ///< of its code objects that the filter lets through
  std::string messages;
  std::optional<Error> error;
};

struct MeasureOptions {
  DisInputOptions input;
  StatsFilter filter;
  bool keep_rows = true;     ///< code objects are asked for
  bool keep_opcodes = false;  ///< and their instructions too
  bool with_details = false;
};
[[nodiscard]] FileStats measure_file(const InputFile& file, const MeasureOptions& options, const Io& io);

/// Keeps the first N rows of an order; memory grows with N only.
class RowKeeper {
 public:
  /// `key`: a figure, or nullopt for name order. top 0: all.
  RowKeeper(std::optional<analysis::Figure> key, bool ascending, std::size_t top) : key_(key), ascending_(ascending), top_(top) {}
  void add(StatsRow row);
  /// Sorted; the keeper is empty then.
  [[nodiscard]] std::vector<StatsRow> take();

 private:
  struct Kept {
    StatsRow row;
    std::size_t order;
  };
  [[nodiscard]] bool is_before(const Kept& a, const Kept& b) const;
  std::optional<analysis::Figure> key_;
  bool ascending_;
  std::size_t top_;
  std::size_t next_order_ = 0;
  std::vector<Kept> rows_;
};

}  // namespace ouro::cli
