// CPython 3.13 Python/flowgraph.c mark_except_handlers, label_exception_targets.
#include "compile/passes.h"

namespace ouro::compile {

void mark_handlers(FlowGraph& graph) {
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    for (const CfgInstruction& i : b->body()) {
      if (graph.is(i, kIsBlockPush)) i.target->is_handler = true;
    }
  }
}

namespace {

/// Walks the graph with the stack of open handlers; stacks are linked lists that share their tails.
class HandlerLabeller {
 public:
  explicit HandlerLabeller(FlowGraph& graph) : graph_(graph), todo_(graph.traversal_stack()) {}

  void run() {
    visit(graph_.entry(), nullptr);
    while (count_ > 0) walk(*todo_[--count_]);
  }

 private:
  void visit(Block* block, HandlerStack* open) {
    if (block->visited) return;
    block->visited = true;
    block->handlers = open;
    todo_[count_++] = block;
  }

  void walk(Block& block) {
    HandlerStack* open = block.handlers;
    std::int32_t last_yield_depth = -1;
    for (CfgInstruction& i : block.body()) {
      Block* handler = open != nullptr ? open->handler : nullptr;
      if (graph_.is(i, kIsBlockPush)) {
        visit(i.target, open);
        if (i.op != Op::SETUP_FINALLY) i.target->preserve_lasti = true;
        open = graph_.arena().make<HandlerStack>(open, i.target, open != nullptr ? open->depth + 1 : 1);
        continue;
      }
      if (i.op == Op::POP_BLOCK) {
        open = open->below;
        i.set_nop();
        continue;
      }
      i.handler = handler;
      if (graph_.is(i, kIsJump)) {
        visit(i.target, open);
      } else if (i.op == Op::YIELD_VALUE) {
        last_yield_depth = open != nullptr ? open->depth : 0;
      } else if (i.op == Op::RESUME && i.oparg != kResumeAtFunctionStart) {
        if (last_yield_depth == 1) i.oparg |= kResumeDepthOne;
        last_yield_depth = -1;
      }
    }
    if (graph_.falls_through(block) && block.next != nullptr) visit(block.next, open);
  }

  static constexpr std::int32_t kResumeAtFunctionStart = 0;
  static constexpr std::int32_t kResumeDepthOne = 4;  // RESUME_OPARG_DEPTH1_MASK

  FlowGraph& graph_;
  Block** todo_;
  std::int32_t count_ = 0;
};

}  // namespace

void label_exception_targets(FlowGraph& graph) { HandlerLabeller(graph).run(); }

}  // namespace ouro::compile
