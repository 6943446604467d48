// CPython 3.13 Python/flowgraph.c remove_redundant_nops, remove_redundant_nops_and_pairs, remove_redundant_jumps.
#include "compile/passes.h"

namespace ouro::compile {

namespace {

/// The line of the first instruction that will stay in the next block that has one; -1 when there is none.
std::int32_t line_of_next_block(const Block& block) {
  const Block* next = next_nonempty(block.next);
  if (next == nullptr) return -1;
  for (const CfgInstruction& i : next->body()) {
    if (i.op != Op::NOP || i.location.line != -1) return i.location.line;
  }
  return -1;
}

/// Whether the NOP at `index` is the only instruction that brings its line.
bool is_redundant(Block& block, std::int32_t index, std::int32_t previous_line) {
  const SourceLocation& here = block.instructions[index].location;
  if (here.line < 0 || here.line == previous_line) return true;
  if (index + 1 == block.used) return line_of_next_block(block) == here.line;
  CfgInstruction& next = block.instructions[index + 1];
  if (next.location.line == here.line) return true;
  if (next.location.line >= 0) return false;
  next.location = here;  // the line moves on
  return true;
}

}  // namespace

std::int32_t remove_redundant_nops(FlowGraph& /*graph*/, Block& block) {
  CfgInstruction* const first = block.instructions;
  const std::int32_t used = block.used;
  std::int32_t kept = 0;
  while (kept < used && first[kept].op != Op::NOP) ++kept;
  if (kept == used) return 0;
  std::int32_t previous_line = kept > 0 ? first[kept - 1].location.line : -1;
  for (std::int32_t i = kept; i < used; ++i) {
    const std::int32_t line = first[i].location.line;
    if (first[i].op == Op::NOP && is_redundant(block, i, previous_line)) continue;
    if (kept != i) first[kept] = first[i];
    ++kept;
    previous_line = line;
  }
  block.used = kept;
  return used - kept;
}

std::int32_t remove_redundant_nops(FlowGraph& graph) {
  std::int32_t removed = 0;
  for (Block* b = graph.entry(); b != nullptr; b = b->next) removed += remove_redundant_nops(graph, *b);
  return removed;
}

void remove_redundant_nops_and_pairs(FlowGraph& graph) {
  bool again = true;
  while (again) {
    again = false;
    CfgInstruction* previous = nullptr;
    for (Block* b = graph.entry(); b != nullptr; b = b->next) {
      remove_redundant_nops(graph, *b);
      if (b->label >= 0) previous = nullptr;
      for (CfgInstruction& i : b->body()) {
        const bool pushes_for_nothing =
            previous != nullptr &&
            (previous->op == Op::LOAD_CONST || (previous->op == Op::COPY && previous->oparg == 1));
        if (i.op == Op::POP_TOP && pushes_for_nothing) {
          previous->set_nop();
          i.set_nop();
          again = true;
        }
        previous = &i;
      }
      if ((previous != nullptr && graph.is(*previous, kIsJump)) || !graph.falls_through(*b)) previous = nullptr;
    }
  }
}

namespace {

std::int32_t remove_redundant_jumps(FlowGraph& graph) {
  std::int32_t changed = 0;
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    CfgInstruction* last = b->last();
    if (last == nullptr || !graph.is(*last, kIsUnconditional)) continue;
    if (next_nonempty(last->target) == next_nonempty(b->next)) {
      last->set_nop();
      ++changed;
    }
  }
  return changed;
}

}  // namespace

void remove_redundant_nops_and_jumps(FlowGraph& graph) {
  std::int32_t changed = 0;
  do {
    changed = remove_redundant_nops(graph);
    changed += remove_redundant_jumps(graph);
  } while (changed > 0);
}

}  // namespace ouro::compile
