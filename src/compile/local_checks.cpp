// CPython 3.13 Python/flowgraph.c add_checks_for_loads_of_uninitialized_variables, fast_scan_many_locals.
#include <algorithm>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

/// Locals whose state is followed through the whole graph, one bit each; the others are known within a block only.
constexpr std::int32_t kTracked = 64;

class LocalChecker {
 public:
  LocalChecker(FlowGraph& graph) : graph_(graph), stack_(graph.traversal_stack()), top_(stack_) {}

  void run(std::uint64_t unsafe_on_entry) {
    push(graph_.entry(), unsafe_on_entry);
    for (Block* b = graph_.entry(); b != nullptr; b = b->next) scan(*b);
    while (top_ > stack_) {
      Block* b = *--top_;
      b->visited = false;
      scan(*b);
    }
  }

 private:
  void push(Block* block, std::uint64_t unsafe) {
    const std::uint64_t both = block->unsafe_locals | unsafe;
    if (both == block->unsafe_locals) return;
    block->unsafe_locals = both;
    if (block->visited) return;
    block->visited = true;
    *top_++ = block;
  }

  void scan(Block& block) {
    std::uint64_t unsafe = block.unsafe_locals;
    for (CfgInstruction& i : block.body()) {
      if (i.handler != nullptr) push(i.handler, unsafe);
      if (i.oparg >= kTracked) continue;
      const std::uint64_t bit = 1ULL << static_cast<unsigned>(i.oparg);
      switch (i.op) {
        case Op::DELETE_FAST:
        case Op::LOAD_FAST_AND_CLEAR:
        case Op::STORE_FAST_MAYBE_NULL: unsafe |= bit; break;
        case Op::LOAD_FAST:
          if ((unsafe & bit) != 0) i.op = Op::LOAD_FAST_CHECK;
          unsafe &= ~bit;
          break;
        case Op::STORE_FAST:
        case Op::LOAD_FAST_CHECK: unsafe &= ~bit; break;
        default: break;
      }
    }
    if (block.next != nullptr && graph_.falls_through(block)) push(block.next, unsafe);
    const CfgInstruction* last = block.last();
    if (last != nullptr && graph_.is(*last, kIsJump)) push(last->target, unsafe);
  }

  FlowGraph& graph_;
  Block** stack_;
  Block** top_;
};

void check_many_locals(FlowGraph& graph, std::int32_t local_count) {
  // known_in[local]: the last block in which it is known to be bound.
  const auto known_in = graph.arena().make_array<std::int32_t>(static_cast<std::size_t>(local_count - kTracked));
  std::int32_t number = 0;
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    ++number;
    for (CfgInstruction& i : b->body()) {
      if (i.oparg < kTracked) continue;
      switch (i.op) {
        case Op::DELETE_FAST:
        case Op::LOAD_FAST_AND_CLEAR:
        case Op::STORE_FAST_MAYBE_NULL: known_in[static_cast<std::size_t>(i.oparg - kTracked)] = number - 1; break;
        case Op::STORE_FAST: known_in[static_cast<std::size_t>(i.oparg - kTracked)] = number; break;
        case Op::LOAD_FAST: {
          std::int32_t& known = known_in[static_cast<std::size_t>(i.oparg - kTracked)];
          if (known != number) i.op = Op::LOAD_FAST_CHECK;
          known = number;
          break;
        }
        default: break;
      }
    }
  }
}

}  // namespace

void check_uninitialized_locals(UnitContext& unit) {
  if (unit.local_count == 0) return;
  if (unit.local_count > kTracked) check_many_locals(unit.graph, unit.local_count);
  std::uint64_t unbound = 0;
  for (std::int32_t i = unit.parameter_count; i < std::min(unit.local_count, kTracked); ++i) {
    unbound |= 1ULL << static_cast<unsigned>(i);
  }
  LocalChecker(unit.graph).run(unbound);
}

}  // namespace ouro::compile
