#include "analysis/statistics.h"

#include <algorithm>
#include <bit>

#include "bytecode/code_view.h"
#include "bytecode/control_flow.h"
#include "bytecode/instruction.h"

namespace ouro::analysis {
namespace {

constexpr FigureInfo kFigures[] = {
    {"line", "line", true},
    {"depth", "depth", true},
    {"arguments", "args", false},
    {"locals", "locals", false},
    {"free_variables", "free", false},
    {"constants", "consts", false},
    {"names", "names", false},
    {"instructions", "instr", false},
    {"distinct", "distinct", true},
    {"code_bytes", "bytes", false},
    {"line_table_bytes", "lines", false},
    {"exception_table_bytes", "handlers", false},
    {"constant_bytes", "constbytes", false},
    {"stack_depth", "stack", true},
    {"blocks", "blocks", false},
    {"branches", "branches", false},
    {"loops", "loops", false},
    {"loop_depth", "loopdepth", true},
    {"loop_instructions", "inloops", false},
    {"specialisable", "special", false},
};
static_assert(std::size(kFigures) == kFigureCount);

constexpr auto kAllFigures = [] {
  std::array<Figure, kFigureCount> all{};
  for (std::size_t i = 0; i < kFigureCount; ++i) all[i] = static_cast<Figure>(i);
  return all;
}();

struct LocalCounts {
  std::uint64_t locals = 0;
  std::uint64_t free = 0;
};

LocalCounts count_locals(const Facts& facts, const bytecode::CodeView& view) {
  if (!facts.has_localsplus) return {view.locals.size(), view.cells.size() + view.frees.size()};
  LocalCounts counts;
  for (const char c : view.local_kinds) {
    const auto kind = static_cast<std::uint8_t>(c);
    counts.locals += (kind & code::kLocalPlain) != 0 ? 1 : 0;
    counts.free += (kind & (code::kLocalCell | code::kLocalFree)) != 0 ? 1 : 0;
  }
  return counts;
}

std::uint64_t count_arguments(const CodeObject& code) {
  const auto positive = [](std::int32_t n) { return static_cast<std::uint64_t>(std::max(n, 0)); };
  return positive(code.argcount) + positive(code.kwonlyargcount) + ((code.flags & code::kVarArgs) != 0 ? 1 : 0) +
         ((code.flags & code::kVarKeywords) != 0 ? 1 : 0);
}

// Equal counts in the order of the names, so that the order does not depend on a generated enumeration.
bool is_more_frequent(const OpCount& a, const OpCount& b) {
  return a.count != b.count ? a.count > b.count : version::op_name(a.op) < version::op_name(b.op);
}

bool can_follow(const OpcodeInfo& info) { return !info.is_terminator(); }

}  // namespace

const FigureInfo& info_of(Figure figure) { return kFigures[static_cast<std::size_t>(figure)]; }

const Figure* find_figure(std::string_view key) {
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    if (kFigures[i].key == key) return &kAllFigures[i];
  }
  return nullptr;
}

Measurer::Measurer(const Facts& facts, const ConstantPool& pool)
    : facts_(facts), pool_(pool), specialisable_(256, false), specialisable_operators_(facts.binary_op_names.size(), false),
      constant_sizes_(pool.size(), 0) {
  for (const OpcodeInfo& info : facts.opcodes) {
    if (info.kind != version::OpcodeKind::Specialized) continue;
    // RESUME_CHECK, LOAD_CONST_IMMORTAL and the like have nothing to do with the types that come by.
    const InstructionFamily family_of_base = family_of(info.base);
    if (family_of_base == InstructionFamily::Functions || family_of_base == InstructionFamily::Jumps ||
        family_of_base == InstructionFamily::Constants) continue;
    const auto base = version::opcode_number(facts, info.base);
    if (base && *base < 256) specialisable_[*base] = true;
    // BINARY_OP_ADD_INT is a form of + and +=, not of every operator; BINARY_OP_EXTEND of any.
    if (info.base != Op::BINARY_OP) continue;
    const std::string_view form = info.name().substr(std::string_view("BINARY_OP_").size());
    for (std::size_t i = 0; i < specialisable_operators_.size(); ++i) {
      std::string_view symbol = facts.binary_op_names[i].substr(std::string_view("NB_").size());
      if (symbol.starts_with("INPLACE_")) symbol.remove_prefix(8);
      std::string_view family = form.starts_with("INPLACE_") ? form.substr(8) : form;
      if (family.starts_with(symbol) || family == "EXTEND") specialisable_operators_[i] = true;
    }
  }
}

// What marshal version 4 writes for a constant; what is shared counts wherever it is met.
std::uint64_t Measurer::constant_bytes(std::span<const ConstId> constants) {
  struct Frame {
    ConstId id;
    std::size_t next = 0;
    std::uint64_t size = 0;
  };
  std::uint64_t total = 0;
  std::vector<Frame> stack;
  const auto leaf_size = [&](ConstId id) -> std::uint64_t {
    switch (pool_.kind(id)) {
      case ConstKind::Int: return 5;
      case ConstKind::Long: return 5 + pool_.big_value(id).bit_length() / 15 * 2;
      case ConstKind::Float: return 9;
      case ConstKind::Complex: return 17;
      case ConstKind::Str:
      case ConstKind::Bytes: return pool_.text(id).size() + (pool_.text(id).size() < 256 && pool_.kind(id) == ConstKind::Str ? 2 : 5);
      default: return 1;
    }
  };
  const auto is_container = [&](ConstId id) {
    const ConstKind kind = pool_.kind(id);
    return kind == ConstKind::Tuple || kind == ConstKind::List || kind == ConstKind::Dict || kind == ConstKind::Set ||
           kind == ConstKind::FrozenSet || kind == ConstKind::Slice || kind == ConstKind::FrozenDict;
  };
  for (const ConstId constant : constants) {
    if (pool_.kind(constant) == ConstKind::Code) continue;
    if (!is_container(constant)) {
      total += leaf_size(constant);
      continue;
    }
    stack.push_back({constant});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      std::uint64_t& known = constant_sizes_[frame.id.value];
      if (frame.next == 0) {
        frame.size = known != 0 ? known : 2;
        if (known != 0) frame.next = pool_.items(frame.id).size();
        known = 2;  // what a container that holds itself counts for
      }
      const auto items = pool_.items(frame.id);
      if (frame.next < items.size()) {
        const ConstId item = items[frame.next++];
        if (pool_.kind(item) == ConstKind::Code) continue;
        if (is_container(item)) {
          stack.push_back({item});
        } else {
          frame.size += leaf_size(item);
        }
        continue;
      }
      constexpr std::uint64_t kMost = UINT64_C(1) << 40U;  // shared tuples unfold without end
      const std::uint64_t size = std::min(frame.size, kMost);
      known = size;
      stack.pop_back();
      (stack.empty() ? total : stack.back().size) += size;
    }
  }
  return total;
}

CodeStatistics Measurer::measure(const CodeNode& node) {
  const CodeObject& code = pool_.code(node.id);
  const bytecode::CodeView view = bytecode::view_of(pool_, code);
  CodeStatistics result;
  result.name = node.qualified_name;
  const auto set = [&](Figure figure, std::uint64_t value) { result.figures[static_cast<std::size_t>(figure)] = value; };
  const LocalCounts locals = count_locals(facts_, view);
  set(Figure::Line, static_cast<std::uint64_t>(std::max(code.firstlineno, 0)));
  set(Figure::Depth, node.depth);
  set(Figure::Arguments, count_arguments(code));
  set(Figure::Locals, locals.locals);
  set(Figure::FreeVariables, locals.free);
  set(Figure::Constants, view.consts.size());
  set(Figure::Names, view.names.size());
  set(Figure::CodeBytes, view.code.size());
  set(Figure::LineTableBytes, view.line_table.size());
  set(Figure::ExceptionTableBytes, view.exception_table.size());
  set(Figure::ConstantBytes, constant_bytes(view.consts));
  set(Figure::StackDepth, static_cast<std::uint64_t>(std::max(code.stacksize, 0)));

  const bytecode::ControlFlow flow = bytecode::control_flow_of(facts_, view);
  std::vector<std::uint32_t>& opcodes = scratch_.opcodes;
  std::vector<std::uint32_t>& pairs = scratch_.pairs;
  opcodes.assign(version::kOpCount, 0);
  pairs.clear();
  std::uint64_t branches = 0;
  std::uint64_t specialisable = 0;
  const OpcodeInfo* before = nullptr;
  for (const Instruction& instruction : flow.instructions) {
    const OpcodeInfo& info = bytecode::base_info(facts_, *instruction.info);
    ++opcodes[static_cast<std::size_t>(info.op)];
    branches += info.is_jump() && info.flow != version::Flow::Next && info.flow != version::Flow::Setup ? 1 : 0;
    const bool special = info.number < 256 && specialisable_[info.number];
    specialisable += special && (info.op != Op::BINARY_OP || (instruction.oparg < specialisable_operators_.size() &&
                                                              specialisable_operators_[instruction.oparg])) ? 1 : 0;
    if (before != nullptr && can_follow(*before)) {
      pairs.push_back(static_cast<std::uint32_t>(static_cast<std::size_t>(before->op) * version::kOpCount + static_cast<std::size_t>(info.op)));
    }
    before = &info;
  }
  set(Figure::Instructions, flow.instructions.size());
  set(Figure::Branches, branches);
  set(Figure::Specialisable, specialisable);
  set(Figure::Blocks, flow.blocks.size());
  set(Figure::Loops, flow.loops.loops.size());
  std::uint64_t in_loops = 0;
  std::uint64_t loop_depth = 0;
  if (!flow.loops.loops.empty()) {
    for (std::uint32_t b = 0; b < flow.blocks.size(); ++b) {
      const std::uint32_t depth = flow.loops.depth(b);
      loop_depth = std::max<std::uint64_t>(loop_depth, depth);
      if (depth > 0) in_loops += flow.blocks[b].end - flow.blocks[b].begin;
    }
  }
  set(Figure::LoopDepth, loop_depth);
  set(Figure::LoopInstructions, in_loops);

  for (std::size_t op = 0; op < opcodes.size(); ++op) {
    if (opcodes[op] != 0) result.opcodes.push_back({static_cast<Op>(op), opcodes[op]});
  }
  std::sort(result.opcodes.begin(), result.opcodes.end(), is_more_frequent);
  set(Figure::Distinct, result.opcodes.size());
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 0; i < pairs.size();) {
    std::size_t end = i;
    while (end < pairs.size() && pairs[end] == pairs[i]) ++end;
    result.pairs.push_back({static_cast<Op>(pairs[i] / version::kOpCount), static_cast<Op>(pairs[i] % version::kOpCount), end - i});
    i = end;
  }
  return result;
}

void merge_pairs(std::vector<PairCount>& counts) {
  std::sort(counts.begin(), counts.end(), [](const PairCount& a, const PairCount& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (kept > 0 && counts[kept - 1].first == counts[i].first && counts[kept - 1].second == counts[i].second) {
      counts[kept - 1].count += counts[i].count;
    } else {
      counts[kept++] = counts[i];
    }
  }
  counts.resize(kept);
}

void Totals::add(const CodeStatistics& code) {
  add_figures(code);
  add_pairs(code.pairs);
}

void Totals::add_figures(const CodeStatistics& code) {
  ++code_objects;
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    figures[i] = kFigures[i].is_maximum ? std::max(figures[i], code.figures[i]) : figures[i] + code.figures[i];
  }
  for (const OpCount& entry : code.opcodes) opcodes[static_cast<std::size_t>(entry.op)] += entry.count;
}

void Totals::add_pairs(std::span<const PairCount> counts) {
  if (counts.empty()) return;
  if (pairs.empty()) pairs.resize(version::kOpCount * version::kOpCount);
  for (const PairCount& entry : counts) {
    pairs[static_cast<std::size_t>(entry.first) * version::kOpCount + static_cast<std::size_t>(entry.second)] += entry.count;
  }
}

void Totals::add(const Totals& other) {
  files += other.files;
  code_objects += other.code_objects;
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    figures[i] = kFigures[i].is_maximum ? std::max(figures[i], other.figures[i]) : figures[i] + other.figures[i];
  }
  for (std::size_t i = 0; i < opcodes.size(); ++i) opcodes[i] += other.opcodes[i];
  if (other.pairs.empty()) return;
  if (pairs.empty()) pairs.resize(version::kOpCount * version::kOpCount);
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] += other.pairs[i];
}

std::vector<OpCount> Totals::ranked_opcodes() const {
  std::vector<OpCount> list;
  for (std::size_t op = 0; op < opcodes.size(); ++op) {
    if (opcodes[op] != 0) list.push_back({static_cast<Op>(op), opcodes[op]});
  }
  std::sort(list.begin(), list.end(), is_more_frequent);
  return list;
}

std::vector<PairCount> Totals::ranked_pairs() const {
  std::vector<PairCount> list;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i] != 0) list.push_back({static_cast<Op>(i / version::kOpCount), static_cast<Op>(i % version::kOpCount), pairs[i]});
  }
  std::sort(list.begin(), list.end(), [](const PairCount& a, const PairCount& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.first != b.first) return version::op_name(a.first) < version::op_name(b.first);
    return version::op_name(a.second) < version::op_name(b.second);
  });
  return list;
}

std::array<std::uint64_t, kFamilyCount> Totals::families() const {
  std::array<std::uint64_t, kFamilyCount> counts{};
  for (std::size_t op = 0; op < opcodes.size(); ++op) {
    if (opcodes[op] != 0) counts[static_cast<std::size_t>(family_of(static_cast<Op>(op)))] += opcodes[op];
  }
  return counts;
}

}  // namespace ouro::analysis
