// CPython 3.13 Python/flowgraph.c mark_warm, mark_cold, push_cold_blocks_to_end.
#include "compile/passes.h"

namespace ouro::compile {

namespace {

void mark_warm(FlowGraph& graph) {
  Block** const stack = graph.traversal_stack();
  Block** top = stack;
  const auto reach = [&top](Block* block) {
    if (block->visited) return;
    block->visited = true;
    *top++ = block;
  };
  reach(graph.entry());
  while (top > stack) {
    Block* b = *--top;
    b->warm = true;
    if (b->next != nullptr && graph.falls_through(*b)) reach(b->next);
    for (const CfgInstruction& i : b->body()) {
      if (graph.is(i, kIsJump)) reach(i.target);
    }
  }
}

/// Cold is what only exception handlers lead to.
void mark_cold(FlowGraph& graph) {
  mark_warm(graph);
  Block** const stack = graph.traversal_stack();
  Block** top = stack;
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    if (!b->is_handler) continue;
    *top++ = b;
    b->visited = true;
  }
  const auto reach = [&top](Block* block) {
    if (block->visited || block->warm) return;
    block->visited = true;
    *top++ = block;
  };
  while (top > stack) {
    Block* b = *--top;
    b->cold = true;
    if (b->next != nullptr && graph.falls_through(*b)) reach(b->next);
    for (const CfgInstruction& i : b->body()) {
      if (graph.is(i, kIsJump)) reach(i.target);
    }
  }
}

/// Where a cold block falls into a warm one it will need a jump back.
void make_falls_explicit(FlowGraph& graph) {
  std::int32_t next_label = graph.new_label();
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    Block* next = b->next;
    if (!b->cold || next == nullptr || !next->warm || !graph.falls_through(*b)) continue;
    if (next->label < 0) next->label = next_label++;
    Block* jump = graph.new_block();
    graph.append(*jump, {Op::JUMP_NO_INTERRUPT, next->label, kNoLocation, next, nullptr});
    jump->cold = true;
    jump->predecessors = 1;
    jump->next = next;
    b->next = jump;
  }
}

}  // namespace

void push_cold_blocks_to_end(FlowGraph& graph) {
  if (graph.entry()->next == nullptr) return;
  mark_cold(graph);
  make_falls_explicit(graph);

  Block* cold_first = nullptr;
  Block** cold_tail = &cold_first;
  Block* warm_last = graph.entry();
  for (Block* b = graph.entry()->next; b != nullptr; b = b->next) {
    if (b->cold) {
      *cold_tail = b;
      cold_tail = &b->next;
    } else {
      warm_last->next = b;
      warm_last = b;
    }
  }
  *cold_tail = nullptr;
  warm_last->next = cold_first;
  if (cold_first != nullptr) remove_redundant_nops_and_jumps(graph);
}

}  // namespace ouro::compile
