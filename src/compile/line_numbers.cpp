// CPython 3.13 Python/flowgraph.c duplicate_exits_without_lineno, propagate_line_numbers, resolve_line_numbers.
#include <algorithm>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

/// Leaves the scope (or looks for signals) in a block of which no instruction has a line.
bool needs_line(const FlowGraph& graph, const Block& block) {
  const auto body = block.body();
  if (!std::all_of(body.begin(), body.end(), [](const CfgInstruction& i) { return i.location.line < 0; })) return false;
  return graph.exits_scope(block) ||
         std::any_of(body.begin(), body.end(), [&](const CfgInstruction& i) { return graph.is(i, kHasEvalBreak); });
}

/// Every jump to such a block gets a copy of its own, so that each has one predecessor to take its line from.
void duplicate_exits(FlowGraph& graph) {
  std::int32_t next_label = -1;
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    CfgInstruction* last = b->last();
    if (last == nullptr || !graph.is(*last, kIsJump)) continue;
    Block* target = next_nonempty(last->target);
    if (target->predecessors <= 1 || !needs_line(graph, *target)) continue;
    if (next_label < 0) next_label = graph.new_label();
    Block* copy = graph.new_block();
    graph.append_all(*copy, *target);
    copy->instructions[0].location = last->location;
    last->target = copy;
    --target->predecessors;
    copy->predecessors = 1;
    copy->next = target->next;
    copy->label = next_label++;
    target->next = copy;
  }
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    if (b->used > 0 && b->next != nullptr && graph.falls_through(*b) && needs_line(graph, *b->next)) {
      b->next->instructions[0].location = b->last()->location;
    }
  }
}

void give_line(Block& block, const SourceLocation& location) {
  if (block.predecessors == 1 && block.used > 0 && block.instructions[0].location.line < 0) {
    block.instructions[0].location = location;
  }
}

}  // namespace

void resolve_line_numbers(FlowGraph& graph) {
  duplicate_exits(graph);
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    if (b->used == 0) continue;
    SourceLocation location = kNoLocation;
    for (CfgInstruction& i : b->body()) {
      if (i.location.line < 0) {
        i.location = location;
      } else {
        location = i.location;
      }
    }
    if (b->next != nullptr && graph.falls_through(*b)) give_line(*b->next, location);
    if (graph.is(*b->last(), kIsJump)) give_line(*b->last()->target, location);
  }
}

}  // namespace ouro::compile
