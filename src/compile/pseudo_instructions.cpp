// CPython 3.13 Python/flowgraph.c convert_pseudo_ops, normalize_jumps.
#include "compile/passes.h"

namespace ouro::compile {

void convert_pseudo_instructions(FlowGraph& graph) {
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    for (CfgInstruction& i : b->body()) {
      if (graph.is(i, kIsBlockPush)) {
        i.set_nop();
      } else if (i.op == Op::LOAD_CLOSURE) {
        i.op = Op::LOAD_FAST;
      } else if (i.op == Op::STORE_FAST_MAYBE_NULL) {
        i.op = Op::STORE_FAST;
      }
    }
  }
  remove_redundant_nops_and_jumps(graph);
}

namespace {

Op reversed(Op op) {
  switch (op) {
    case Op::POP_JUMP_IF_NOT_NONE: return Op::POP_JUMP_IF_NONE;
    case Op::POP_JUMP_IF_NONE: return Op::POP_JUMP_IF_NOT_NONE;
    case Op::POP_JUMP_IF_FALSE: return Op::POP_JUMP_IF_TRUE;
    case Op::POP_JUMP_IF_TRUE: return Op::POP_JUMP_IF_FALSE;
    default: return Op::Unknown;
  }
}

}  // namespace

void normalize_jumps(FlowGraph& graph) {
  for (Block* b = graph.entry(); b != nullptr; b = b->next) b->visited = false;
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    b->visited = true;
    CfgInstruction* last = b->last();
    if (last == nullptr || !graph.is(*last, kIsJump) || graph.is(*last, kIsUnconditional)) continue;
    if (!last->target->visited) continue;
    const Op op = reversed(last->op);
    if (op == Op::Unknown) continue;
    Block* back = graph.new_block();
    graph.append(*back, {Op::JUMP, last->target->label, last->location, last->target, nullptr});
    last->op = op;
    last->target = b->next;
    back->cold = b->cold;
    back->next = b->next;
    b->next = back;
  }
}

}  // namespace ouro::compile
