// CPython 3.13 Python/flowgraph.c inline_small_or_no_lineno_blocks.
#include <algorithm>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

constexpr std::int32_t kMaxCopied = 4;

bool has_no_line(const Block& block) {
  const auto body = block.body();
  return std::all_of(body.begin(), body.end(), [](const CfgInstruction& i) { return i.location.line < 0; });
}

bool inline_target(FlowGraph& graph, Block& block) {
  CfgInstruction* last = block.last();
  if (last == nullptr || !graph.is(*last, kIsUnconditional)) return false;
  Block& target = *last->target;
  const bool small_exit = graph.exits_scope(target) && target.used <= kMaxCopied;
  const bool artificial = !graph.falls_through(target) && has_no_line(target);
  if (!small_exit && !artificial) return false;
  const Op removed = last->op;
  last->set_nop();
  graph.append_all(block, target);
  if (artificial) {
    last = block.last();
    // A jump that looks for signals must not turn into one that does not.
    if (graph.is(*last, kIsUnconditional) && removed == Op::JUMP) last->op = Op::JUMP;
  }
  --target.predecessors;
  return true;
}

}  // namespace

void inline_small_exits(FlowGraph& graph) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (Block* b = graph.entry(); b != nullptr; b = b->next) changed |= inline_target(graph, *b);
  }
}

}  // namespace ouro::compile
