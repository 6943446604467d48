// CPython 3.13 Python/flowgraph.c swaptimize, apply_static_swaps.
#include <algorithm>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

constexpr std::int32_t kDone = -1;

bool is_swappable(Op op) {
  return op == Op::STORE_FAST || op == Op::STORE_FAST_MAYBE_NULL || op == Op::POP_TOP;
}

/// The variable an instruction binds, or -1.
std::int32_t stored_local(const CfgInstruction& i) {
  return i.op == Op::STORE_FAST || i.op == Op::STORE_FAST_MAYBE_NULL ? i.oparg : -1;
}

/// Replaces the run of SWAPs and NOPs that starts at `first` by the shortest run of SWAPs that permutes the stack in
/// the same way, at the run's end. Result: index of the run's last instruction.
std::int32_t shorten_run(FlowGraph& graph, Block& block, std::int32_t first) {
  CfgInstruction* const run = &block.instructions[first];
  const std::int32_t limit = block.used - first;
  std::int32_t depth = run[0].oparg;
  std::int32_t length = 1;
  bool several = false;
  for (; length < limit; ++length) {
    if (run[length].op == Op::SWAP) {
      depth = std::max(depth, run[length].oparg);
      several = true;
    } else if (run[length].op != Op::NOP) {
      break;
    }
  }
  if (!several) return first;

  const std::span<std::int32_t> stack = graph.arena().make_array<std::int32_t>(static_cast<std::size_t>(depth));
  for (std::size_t i = 0; i < stack.size(); ++i) stack[i] = static_cast<std::int32_t>(i);
  for (std::int32_t i = 0; i < length; ++i) {
    if (run[i].op == Op::SWAP) std::swap(stack[0], stack[static_cast<std::size_t>(run[i].oparg - 1)]);
  }

  // Undo the permutation cycle by cycle; written from the end, that is the permutation itself. A cycle that does not
  // hold the top is entered and left through it.
  std::int32_t write = length - 1;
  for (std::int32_t i = 0; i < depth; ++i) {
    std::int32_t at = i;
    if (stack[static_cast<std::size_t>(i)] == kDone || stack[static_cast<std::size_t>(i)] == i) continue;
    while (true) {
      if (at != 0) run[write--].set(Op::SWAP, at + 1);
      std::int32_t& cell = stack[static_cast<std::size_t>(at)];
      if (cell == kDone) break;
      at = std::exchange(cell, kDone);
    }
  }
  while (write >= 0) run[write--].set_nop();
  return first + length - 1;
}

/// The next instruction that may trade places, -1 when something else comes first or the line is not `line` (any
/// line when negative).
std::int32_t next_swappable(const Block& block, std::int32_t index, std::int32_t line) {
  while (++index < block.used) {
    const CfgInstruction& i = block.instructions[index];
    if (line >= 0 && i.location.line != line) return -1;
    if (i.op == Op::NOP) continue;
    return is_swappable(i.op) ? index : -1;
  }
  return -1;
}

/// Whether instructions `j` and `k` may trade places: neither binds what the other, or one between them, binds.
bool stores_are_independent(const Block& block, std::int32_t j, std::int32_t k) {
  const std::int32_t store_j = stored_local(block.instructions[j]);
  const std::int32_t store_k = stored_local(block.instructions[k]);
  if (store_j < 0 && store_k < 0) return true;
  if (store_j == store_k) return false;
  for (std::int32_t i = j + 1; i < k; ++i) {
    const std::int32_t store = stored_local(block.instructions[i]);
    if (store >= 0 && (store == store_j || store == store_k)) return false;
  }
  return true;
}

/// Instead of swapping values, swap the instructions that consume them. Goes left from `index`.
void apply_static_swaps(Block& block, std::int32_t index) {
  for (; index >= 0; --index) {
    CfgInstruction& swap = block.instructions[index];
    if (swap.op != Op::SWAP) {
      if (swap.op == Op::NOP || is_swappable(swap.op)) continue;
      return;
    }
    const std::int32_t j = next_swappable(block, index, -1);
    if (j < 0) return;
    std::int32_t k = j;
    const std::int32_t line = block.instructions[j].location.line;
    for (std::int32_t count = swap.oparg - 1; count > 0; --count) {
      k = next_swappable(block, k, line);
      if (k < 0) return;
    }
    if (!stores_are_independent(block, j, k)) return;
    swap.set_nop();
    std::swap(block.instructions[j], block.instructions[k]);
  }
}

}  // namespace

void optimize_swaps(FlowGraph& graph, Block& block) {
  for (std::int32_t i = 0; i < block.used; ++i) {
    if (block.instructions[i].op != Op::SWAP) continue;
    i = shorten_run(graph, block, i);
    apply_static_swaps(block, i);
  }
}

}  // namespace ouro::compile
