// CPython 3.13 Python/flowgraph.c insert_superinstructions.
#include "compile/passes.h"

namespace ouro::compile {

namespace {

constexpr std::int32_t kMaxPacked = 16;

Op combined(Op first, Op second) {
  if (first == Op::LOAD_FAST && second == Op::LOAD_FAST) return Op::LOAD_FAST_LOAD_FAST;
  if (first == Op::STORE_FAST && second == Op::LOAD_FAST) return Op::STORE_FAST_LOAD_FAST;
  if (first == Op::STORE_FAST && second == Op::STORE_FAST) return Op::STORE_FAST_STORE_FAST;
  return Op::Unknown;
}

}  // namespace

void insert_superinstructions(FlowGraph& graph) {
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    for (std::int32_t i = 0; i + 1 < b->used; ++i) {
      CfgInstruction& first = b->instructions[i];
      CfgInstruction& second = b->instructions[i + 1];
      const Op op = combined(first.op, second.op);
      if (op == Op::Unknown) continue;
      const std::int32_t line = first.location.line;
      const std::int32_t other = second.location.line;
      if (line >= 0 && other >= 0 && line != other) continue;
      if (first.oparg >= kMaxPacked || second.oparg >= kMaxPacked) continue;
      first.set(op, first.oparg << 4 | second.oparg);
      second.set_nop();
    }
  }
  remove_redundant_nops(graph);
}

}  // namespace ouro::compile
