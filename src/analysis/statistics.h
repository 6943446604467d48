// Numbers about code objects, files and trees.
//
// In: a code object of a pool. Out: plain figures. Figures of many code objects add up in a Totals, whose size does not
// grow with what was added.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/code_tree.h"
#include "analysis/instruction_family.h"
#include "version/facts.h"

namespace ouro::analysis {

/// The figures that can be sorted and filtered by, in the order of listings.
enum class Figure : std::uint8_t {
  Line,             ///< co_firstlineno
  Depth,            ///< levels of code objects around it
  Arguments,        ///< all of them, *args and **kwargs too
  Locals,           ///< local variables, arguments too
  FreeVariables,    ///< cell and free variables
  Constants,        ///< items of co_consts
  Names,            ///< items of co_names
  Instructions,     ///< EXTENDED_ARG counted with its instruction
  Distinct,         ///< different opcodes
  CodeBytes,        ///< of co_code
  LineTableBytes,
  ExceptionTableBytes,
  ConstantBytes,    ///< of the constants as marshal writes them, code objects left out
  StackDepth,       ///< co_stacksize
  Blocks,           ///< basic blocks
  Branches,         ///< instructions that can jump
  Loops,
  LoopDepth,        ///< loops in loops
  LoopInstructions, ///< instructions inside of loops
  Specialisable,    ///< instructions that the adaptive interpreter has special forms of (3.11 on)
};
inline constexpr std::size_t kFigureCount = static_cast<std::size_t>(Figure::Specialisable) + 1;

struct FigureInfo {
  std::string_view key;    ///< "code_bytes": in JSON, CSV, --sort and --where
  std::string_view title;  ///< "bytes": head of a column
  bool is_maximum;         ///< of many, the highest counts, not the sum
};
[[nodiscard]] const FigureInfo& info_of(Figure figure);
/// nullptr for a key that is none.
[[nodiscard]] const Figure* find_figure(std::string_view key);

using Figures = std::array<std::uint64_t, kFigureCount>;

struct OpCount {
  Op op;
  std::uint64_t count;
};
/// Instructions of which the second can follow the first directly.
struct PairCount {
  Op first;
  Op second;
  std::uint64_t count;
};

struct CodeStatistics {
  std::string name;  ///< qualified
  Figures figures{};
  std::vector<OpCount> opcodes;  ///< most frequent first
  std::vector<PairCount> pairs;  ///< in no particular order

  [[nodiscard]] std::uint64_t operator[](Figure figure) const { return figures[static_cast<std::size_t>(figure)]; }
};

/// Measures the code objects of one file one after the other.
class Measurer {
 public:
  Measurer(const Facts& facts, const ConstantPool& pool);
  [[nodiscard]] CodeStatistics measure(const CodeNode& node);

 private:
  struct Scratch {
    std::vector<std::uint32_t> opcodes;
    std::vector<std::uint32_t> pairs;
  };
  [[nodiscard]] std::uint64_t constant_bytes(std::span<const ConstId> constants);

  const Facts& facts_;
  const ConstantPool& pool_;
  std::vector<bool> specialisable_;            // by opcode number
  std::vector<bool> specialisable_operators_;  // by operand of BINARY_OP
  std::vector<std::uint64_t> constant_sizes_;  // by ConstId; 0: not measured yet
  Scratch scratch_;
};

/// Each pair once, with the sum of its counts.
void merge_pairs(std::vector<PairCount>& counts);

/// Sums (for some figures maxima) over code objects.
struct Totals {
  std::uint64_t files = 0;
  std::uint64_t code_objects = 0;
  Figures figures{};
  std::vector<std::uint64_t> opcodes = std::vector<std::uint64_t>(version::kOpCount);
  /// By first * kOpCount + second; empty until the first pair comes.
  std::vector<std::uint64_t> pairs;

  void add(const CodeStatistics& code);
  /// The pairs left out.
  void add_figures(const CodeStatistics& code);
  void add_pairs(std::span<const PairCount> counts);
  void add(const Totals& other);
  [[nodiscard]] std::uint64_t operator[](Figure figure) const { return figures[static_cast<std::size_t>(figure)]; }
  /// Most frequent first.
  [[nodiscard]] std::vector<OpCount> ranked_opcodes() const;
  [[nodiscard]] std::vector<PairCount> ranked_pairs() const;
  [[nodiscard]] std::array<std::uint64_t, kFamilyCount> families() const;
};

}  // namespace ouro::analysis
