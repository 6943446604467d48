// CPython 3.13 Python/flowgraph.c remove_unreachable.
#include "compile/passes.h"

namespace ouro::compile {

void remove_unreachable(FlowGraph& graph) {
  for (Block* b = graph.entry(); b != nullptr; b = b->next) b->predecessors = 0;
  Block** const stack = graph.traversal_stack();
  Block** top = stack;
  const auto reach = [&top](Block* block) {
    if (!block->visited) {
      block->visited = true;
      *top++ = block;
    }
    ++block->predecessors;
  };
  reach(graph.entry());
  while (top > stack) {
    Block* b = *--top;
    if (b->next != nullptr && graph.falls_through(*b)) reach(b->next);
    for (const CfgInstruction& i : b->body()) {
      if (graph.is(i, static_cast<OpFlag>(kHasTarget))) reach(i.target);
    }
  }
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    if (b->predecessors == 0) {
      b->used = 0;
      b->is_handler = false;
    }
  }
}

}  // namespace ouro::compile
