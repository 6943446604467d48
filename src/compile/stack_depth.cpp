// CPython 3.13 Python/flowgraph.c calculate_stackdepth.
#include <algorithm>
#include <limits>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

constexpr std::int32_t kUnknown = std::numeric_limits<std::int32_t>::min();

class DepthWalker {
 public:
  explicit DepthWalker(FlowGraph& graph) : graph_(graph), stack_(graph.traversal_stack()), top_(stack_) {}

  std::int32_t run() {
    for (Block* b = graph_.entry(); b != nullptr; b = b->next) b->start_depth = kUnknown;
    if (!push(graph_.entry(), 0)) return -1;
    while (top_ > stack_) {
      if (!walk(**--top_)) return -1;
    }
    return max_depth_;
  }

 private:
  bool push(Block* block, std::int32_t depth) {
    if (block->start_depth >= 0) return block->start_depth == depth;
    block->start_depth = depth;
    *top_++ = block;
    return true;
  }

  bool walk(Block& block) {
    using version::JumpTaken;
    std::int32_t depth = block.start_depth;
    for (const CfgInstruction& i : block.body()) {
      const std::uint16_t flags = graph_.opcodes().flags(i.op);
      // A block push has its effect where its handler starts only.
      const std::int32_t effect =
          (flags & kIsBlockPush) != 0 ? 0 : graph_.opcodes().stack_effect(i.op, i.oparg, JumpTaken::No);
      const std::int32_t after = depth + effect;
      if (after < 0) return false;
      max_depth_ = std::max(max_depth_, after);
      if ((flags & kHasTarget) != 0) {
        const std::int32_t there = depth + graph_.opcodes().stack_effect(i.op, i.oparg, JumpTaken::Yes);
        if (there < 0) return false;
        max_depth_ = std::max(max_depth_, there);
        if (!push(i.target, there)) return false;
      }
      depth = after;
      if ((flags & kNoFallthrough) != 0) return true;
    }
    return block.next == nullptr || push(block.next, depth);
  }

  FlowGraph& graph_;
  Block** stack_;
  Block** top_;
  std::int32_t max_depth_ = 0;
};

}  // namespace

std::int32_t calculate_stack_depth(FlowGraph& graph) { return DepthWalker(graph).run(); }

}  // namespace ouro::compile
