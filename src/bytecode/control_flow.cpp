#include "bytecode/control_flow.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace ouro::bytecode {
namespace {

using version::Flow;

class Builder {
 public:
  Builder(const Facts& facts, const CodeView& view) : facts_(facts), view_(view) {}

  ControlFlow build() {
    decode_all();
    find_leaders();
    make_blocks();
    for (std::uint32_t b = 0; b < flow_.blocks.size(); ++b) connect(b);
    if (facts_.has_exception_table) {
      connect_handlers();
    } else {
      follow_block_stack();
    }
    finish();
    return std::move(flow_);
  }

 private:
  [[nodiscard]] const OpcodeInfo& meaning(std::uint32_t index) const {
    return base_info(facts_, *flow_.instructions[index].info);
  }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(flow_.instructions.size()); }

  void problem(FlowProblem::Kind kind, std::uint32_t offset) { flow_.problems.push_back({kind, ByteOffset(offset)}); }

  void decode_all() {
    flow_.instructions = decode(facts_, view_.code);
    index_at_.assign(view_.code.size() + 1, kNoNode);
    for (std::uint32_t i = 0; i < count(); ++i) {
      index_at_[flow_.instructions[i].start_offset.value] = i;
      index_at_[flow_.instructions[i].offset.value] = i;
    }
  }

  [[nodiscard]] std::uint32_t index_at(std::int64_t offset) const {
    if (offset < 0 || static_cast<std::uint64_t>(offset) >= index_at_.size()) return kNoNode;
    return index_at_[static_cast<std::size_t>(offset)];
  }

  // Of an instruction whose flow goes to its target.
  std::uint32_t find_target(std::uint32_t index) {
    const Instruction& instruction = flow_.instructions[index];
    const auto offset = jump_target(facts_, instruction);
    if (!offset || meaning(index).flow == Flow::Next) return kNoNode;  // END_ASYNC_FOR of 3.14 only names its loop
    const std::uint32_t target = index_at(*offset);
    if (target == kNoNode) {
      const bool outside = *offset < 0 || static_cast<std::uint64_t>(*offset) >= view_.code.size();
      problem(outside ? FlowProblem::Kind::JumpOutOfCode : FlowProblem::Kind::JumpIntoInstruction,
              instruction.offset.value);
    }
    return target;
  }

  // The first instruction at or after an offset.
  [[nodiscard]] std::uint32_t lower_index(std::uint32_t offset) const {
    const auto& list = flow_.instructions;
    const auto at = std::lower_bound(list.begin(), list.end(), offset,
                                     [](const Instruction& i, std::uint32_t o) { return i.start_offset.value < o; });
    return static_cast<std::uint32_t>(at - list.begin());
  }

  void find_leaders() {
    leader_.assign(count() + 1, false);
    target_.assign(count(), kNoNode);
    leader_[0] = true;
    for (std::uint32_t i = 0; i < count(); ++i) {
      target_[i] = find_target(i);
      if (target_[i] != kNoNode) leader_[target_[i]] = true;
      const OpcodeInfo& info = meaning(i);
      const bool pops_block = !facts_.has_exception_table && (info.op == Op::POP_BLOCK || info.op == Op::POP_EXCEPT);
      if (info.flow != Flow::Next || pops_block) leader_[i + 1] = true;
    }
    append_exception_entries(view_.exception_table, flow_.handlers);
    for (const ExceptionEntry& entry : flow_.handlers) {
      leader_[lower_index(entry.start)] = true;
      leader_[lower_index(entry.end)] = true;
      const std::uint32_t handler = index_at(entry.target);
      if (handler != kNoNode) leader_[handler] = true;
      if (handler == kNoNode) problem(FlowProblem::Kind::HandlerOutOfCode, entry.start);
      if (entry.start >= entry.end || entry.end > view_.code.size()) {
        problem(FlowProblem::Kind::HandlerRange, entry.start);
      }
    }
  }

  void make_blocks() {
    block_of_.assign(count(), 0);
    for (std::uint32_t i = 0; i < count(); ++i) {
      if (leader_[i]) flow_.blocks.push_back({i, i});
      flow_.blocks.back().end = i + 1;
      block_of_[i] = static_cast<std::uint32_t>(flow_.blocks.size() - 1);
    }
  }

  void add_edge(std::uint32_t from, std::uint32_t to, EdgeKind kind) { flow_.edges.push_back({from, to, kind}); }

  void connect(std::uint32_t block) {
    const std::uint32_t last = flow_.blocks[block].end - 1;
    const OpcodeInfo& info = meaning(last);
    if (!info.is_terminator()) {
      if (flow_.blocks[block].end < count()) {
        add_edge(block, block + 1, EdgeKind::FallThrough);
      } else {
        problem(FlowProblem::Kind::RunsOffEnd, flow_.instructions[last].offset.value);
      }
    }
    const bool jumps = info.flow == Flow::Branch || info.flow == Flow::Jump || info.flow == Flow::Call;
    if (jumps && target_[last] != kNoNode) add_edge(block, block_of_[target_[last]], EdgeKind::Jump);
  }

  // The interpreter takes the first entry that covers an offset, so each block gets one handler. Blocks that have
  // theirs are skipped by following next_free_, so that hostile tables don't make this quadratic.
  void connect_handlers() {
    const auto blocks = static_cast<std::uint32_t>(flow_.blocks.size());
    next_free_.resize(blocks + 1);
    for (std::uint32_t b = 0; b <= blocks; ++b) next_free_[b] = b;
    for (const ExceptionEntry& entry : flow_.handlers) {
      const std::uint32_t handler = index_at(entry.target);
      const std::uint32_t first = lower_index(entry.start);
      if (first >= count()) continue;
      for (std::uint32_t b = free_from(block_of_[first]); b < blocks; b = free_from(b)) {
        if (flow_.instructions[flow_.blocks[b].begin].start_offset.value >= entry.end) break;
        next_free_[b] = b + 1;
        if (handler != kNoNode) add_edge(b, block_of_[handler], EdgeKind::Exception);
      }
    }
  }

  std::uint32_t free_from(std::uint32_t b) {
    std::uint32_t root = b;
    while (next_free_[root] != root) root = next_free_[root];
    while (next_free_[b] != root) b = std::exchange(next_free_[b], root);
    return root;
  }

  // To 3.10: SETUP_… pushes a block, POP_BLOCK pops it, an exception goes to the innermost that has a handler.
  // Stacks share their lower parts: an entry names the one below it and the nearest of each kind.
  enum class StackKind : std::uint8_t { Loop, Handler, Handling };
  struct StackEntry {
    StackKind kind;
    std::uint32_t target;  // block
    std::uint32_t below;
    std::uint32_t depth;
    std::uint32_t nearest_handler;
    std::uint32_t nearest_loop;
  };

  std::uint32_t push(std::uint32_t stack, StackKind kind, std::uint32_t target) {
    constexpr std::uint32_t kMostBlocks = 1000;  // CPython: CO_MAXBLOCKS, 20
    const StackEntry below = entries_[stack];
    if (below.depth >= kMostBlocks) return stack;
    const auto self = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({kind, target, stack, below.depth + 1, kind == StackKind::Handler ? self : below.nearest_handler,
                        kind == StackKind::Loop ? self : below.nearest_loop});
    return self;
  }

  void follow_block_stack() {
    if (flow_.blocks.empty()) return;
    entries_.push_back({StackKind::Loop, kNoNode, 0, 0, kNoNode, kNoNode});  // the bottom
    std::vector<bool> seen(flow_.blocks.size(), false);
    std::deque<std::pair<std::uint32_t, std::uint32_t>> normal{{0, 0}};
    std::deque<std::pair<std::uint32_t, std::uint32_t>> exceptional;
    std::vector<std::size_t> first_edge(flow_.blocks.size() + 1, 0);  // of the edges so far, which are by block
    for (const FlowEdge& edge : flow_.edges) ++first_edge[edge.from + 1];
    for (std::size_t b = 0; b < flow_.blocks.size(); ++b) first_edge[b + 1] += first_edge[b];
    while (!normal.empty() || !exceptional.empty()) {
      auto& queue = normal.empty() ? exceptional : normal;  // a finally's body is first met with the plain stack
      const auto [block, stack] = queue.front();
      queue.pop_front();
      if (seen[block]) continue;
      seen[block] = true;
      const std::uint32_t handler = entries_[stack].nearest_handler;
      if (handler != kNoNode) {
        add_edge(block, entries_[handler].target, EdgeKind::Exception);
        exceptional.emplace_back(entries_[handler].target, push(entries_[handler].below, StackKind::Handling, kNoNode));
      }
      const std::uint32_t after = leave(block, stack, normal);
      for (std::size_t e = first_edge[block]; e < first_edge[block + 1]; ++e) normal.emplace_back(flow_.edges[e].to, after);
    }
  }

  std::uint32_t leave(std::uint32_t block, std::uint32_t stack, std::deque<std::pair<std::uint32_t, std::uint32_t>>& normal) {
    const std::uint32_t last = flow_.blocks[block].end - 1;
    const OpcodeInfo& info = meaning(last);
    const StackEntry top = entries_[stack];
    if (info.op == Op::SETUP_LOOP) return push(stack, StackKind::Loop, target_[last] == kNoNode ? kNoNode : block_of_[target_[last]]);
    if (info.flow == Flow::Setup && target_[last] != kNoNode) return push(stack, StackKind::Handler, block_of_[target_[last]]);
    if (info.op == Op::POP_BLOCK || (info.op == Op::POP_EXCEPT && top.kind == StackKind::Handling)) return top.below;
    if (info.flow == Flow::Break && top.nearest_loop != kNoNode) {
      const StackEntry loop = entries_[top.nearest_loop];
      if (loop.target != kNoNode) {
        add_edge(block, loop.target, EdgeKind::Jump);
        normal.emplace_back(loop.target, loop.below);
      }
    }
    return stack;
  }

  void finish() {
    std::stable_sort(flow_.edges.begin(), flow_.edges.end(), [](const FlowEdge& a, const FlowEdge& b) { return a.from < b.from; });
    std::vector<DigraphEdge> edges;
    edges.reserve(flow_.edges.size());
    for (const FlowEdge& edge : flow_.edges) edges.push_back({edge.from, edge.to});
    const auto blocks = static_cast<std::uint32_t>(flow_.blocks.size());
    if (blocks == 0) return;
    flow_.graph = Digraph(blocks, edges);
    flow_.dominators = find_dominators(flow_.graph);
    flow_.loops = find_loops(flow_.graph, flow_.dominators);
    for (FlowEdge& edge : flow_.edges) {
      if (edge.kind != EdgeKind::Exception && flow_.dominators.dominates(edge.to, edge.from)) edge.kind = EdgeKind::LoopBack;
    }
    std::sort(flow_.problems.begin(), flow_.problems.end(),
              [](const FlowProblem& a, const FlowProblem& b) { return a.offset < b.offset; });
  }

  const Facts& facts_;
  const CodeView& view_;
  ControlFlow flow_;
  std::vector<std::uint32_t> index_at_;  // by offset
  std::vector<bool> leader_;
  std::vector<std::uint32_t> target_;    // by instruction
  std::vector<std::uint32_t> block_of_;  // by instruction
  std::vector<std::uint32_t> next_free_;
  std::vector<StackEntry> entries_;
};

}  // namespace

std::uint32_t ControlFlow::block_of(std::uint32_t instruction) const {
  const auto after = std::upper_bound(blocks.begin(), blocks.end(), instruction,
                                      [](std::uint32_t i, const BasicBlock& b) { return i < b.begin; });
  return static_cast<std::uint32_t>(after - blocks.begin()) - 1;
}

ControlFlow control_flow_of(const Facts& facts, const CodeView& view) { return Builder(facts, view).build(); }

}  // namespace ouro::bytecode
