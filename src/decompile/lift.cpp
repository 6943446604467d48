#include "decompile/lift.h"

#include "decompile/lift_impl.h"

namespace ouro::decompile {
namespace {

constexpr std::size_t kMostPhiInputs = 100000;
// A stack deeper than this is nobody's program.
constexpr std::size_t kDeepestStack = 5000;

}  // namespace

Lifted lift(const LiftInput& input, const InstructionGraph& graph, Pool& pool) { return Lifter(input, graph, pool).run(); }

Lifted Lifter::run() {
  const std::size_t count = graph_.blocks.size();
  end_block_ = static_cast<int>(count);
  result_.end = end_block_;
  result_.blocks.resize(count + 1);
  result_.handler_parent.assign(count + 1, kNoBlock);
  result_.problems = graph_.problems;
  incoming_.resize(count + 1);
  for (std::size_t b = 0; b < count; ++b) {
    Block& block = result_.blocks[b];
    const GraphBlock& from = graph_.blocks[b];
    block.dead = true;
    const std::size_t first = std::min<std::size_t>(from.begin, graph_.instructions.size() - 1);
    block.offset = graph_.instructions[first].offset;
    block.end_offset = from.end > 0 ? graph_.instructions[from.end - 1].end : block.offset;
    block.handler = handler_block(static_cast<int>(b));
    block.is_handler = graph_.instructions[first].op == Op::PUSH_EXC_INFO;
    if (block.is_handler) {
      const int parent = graph_.real_handler(static_cast<int>(first));
      result_.handler_parent[b] = parent < 0 ? kNoBlock : graph_.block_of[parent];
      block.handler = result_.handler_parent[b];
    }
  }
  Block& end = result_.blocks.back();
  end.terminator = TerminatorKind::Return;
  end.offset = end.end_offset = 0xFFFFFFFFU;
  order_blocks();
  for (const int b : order_) {
    // What only a left-out branch leads to.
    if (b != order_[0] && incoming_[b].empty() && facts_.version >= PythonVersion{3, 14}) continue;
    enter(b);
    lift_block(b);
  }
  return std::move(result_);
}

int Lifter::handler_block(int block) const {
  const GraphBlock& b = graph_.blocks[block];
  if (b.begin >= b.end) return b.begin > 0 && b.next >= 0 ? handler_block(b.next) : kNoBlock;
  const int handler = graph_.instructions[b.begin].handler;
  return handler < 0 ? kNoBlock : graph_.block_of[handler];
}

void Lifter::successors(int block, std::vector<int>& out) const {
  const GraphBlock& b = graph_.blocks[block];
  out.clear();
  // The last one pushed is visited first and so comes last in reverse postorder.
  const int handler = result_.blocks[block].handler;
  if (b.next >= 0) out.push_back(b.next);
  if (b.jump >= 0) out.push_back(b.jump);
  if (handler >= 0 && handler != block) out.push_back(handler);
}

void Lifter::order_blocks() {
  rank_.assign(graph_.blocks.size(), -1);
  if (graph_.blocks.empty()) return;
  struct Frame {
    int block;
    std::vector<int> next;
    std::size_t at;
  };
  std::vector<bool> seen(graph_.blocks.size(), false);
  std::vector<Frame> frames;
  std::vector<int> list;
  const auto open = [&](int b) {
    seen[b] = true;
    successors(b, list);
    std::reverse(list.begin(), list.end());
    frames.push_back({b, list, 0});
  };
  open(0);
  while (!frames.empty()) {
    Frame& frame = frames.back();
    if (frame.at < frame.next.size()) {
      const int to = frame.next[frame.at++];
      if (!seen[to]) open(to);
      continue;
    }
    order_.push_back(frame.block);
    frames.pop_back();
  }
  std::reverse(order_.begin(), order_.end());
  for (std::size_t i = 0; i < order_.size(); ++i) rank_[order_[i]] = static_cast<int>(i);
}

void Lifter::flow(int from, int to, Stack stack, const Position&) {
  if (to < 0 || to == end_block_ || rank_[to] <= rank_[from]) return;  // back edges leave the stack as it was
  incoming_[to].push_back({from, std::move(stack), false, {}});
}

void Lifter::flow_exception(int from) {
  const Block& block = result_.blocks[from];
  const int handler = block.handler;
  if (handler < 0 || !incoming_[handler].empty() || rank_[handler] <= rank_[from]) return;
  const GraphBlock& target = graph_.blocks[handler];
  const int depth = graph_.instructions[target.begin].depth;
  bool lasti = false;
  std::size_t kept = 0;
  for (const auto& entry : graph_.entries) {
    if (entry.target == graph_.instructions[target.begin].offset) {
      lasti = entry.push_lasti;
      kept = entry.depth;
      break;
    }
  }
  (void)depth;
  Stack stack = stack_;
  while (stack.size() < kept) stack.push_back(pool_.value(ValueKind::Unknown));
  stack.resize(kept);
  if (lasti) stack.push_back(pool_.value(ValueKind::LastInstruction));
  stack.push_back(pool_.value(ValueKind::Exception));
  incoming_[handler].push_back({from, std::move(stack), true, {}});
}

void Lifter::merge_stacks(int block, const std::vector<Incoming>& incoming) {
  std::size_t size = incoming[0].stack.size();
  for (const Incoming& in : incoming) size = std::min(size, in.stack.size());
  for (const Incoming& in : incoming) {
    if (in.stack.size() != size) result_.problems.emplace_back("paths meet with stacks of different depth");
  }
  for (std::size_t slot = 0; slot < size; ++slot) {
    Value* first = incoming[0].stack[slot];
    bool same = true;
    for (const Incoming& in : incoming) same = same && in.stack[slot] == first;
    if (same || incoming.size() > kMostPhiInputs) {
      stack_.push_back(first);
      continue;
    }
    Value* phi = pool_.value(ValueKind::Phi);
    phi->offset = result_.blocks[block].offset * 2;
    phi->pos = first->pos;
    phi->matched = std::all_of(incoming.begin(), incoming.end(), [&](const Incoming& in) { return in.stack[slot]->matched; });
    // Throwing one away means nothing when that is so of each.
    phi->copied = std::all_of(incoming.begin(), incoming.end(), [&](const Incoming& in) { return in.stack[slot]->copied && in.stack[slot]->pending.empty(); });
    PhiSlot entry{phi, {}};
    for (const Incoming& in : incoming) entry.inputs.push_back({in.from, in.stack[slot]});
    result_.blocks[block].phis.push_back(std::move(entry));
    stack_.push_back(phi);
  }
}

void Lifter::enter(int block) {
  stack_.clear();
  group_.clear();
  out_ = &result_.blocks[block];
  out_->dead = false;
  if (!incoming_[block].empty()) merge_stacks(block, incoming_[block]);
  incoming_[block].clear();
  flow_exception(block);
}

void Lifter::lift_block(int block) {
  const GraphBlock& b = graph_.blocks[block];
  problem_.clear();
  for (int at = b.begin; at < b.end; ++at) {
    const GraphInstruction& i = graph_.instructions[at];
    switch (i.op) {
      case Op::NOP: case Op::JUMP_FORWARD: case Op::JUMP_BACKWARD: case Op::JUMP_BACKWARD_NO_INTERRUPT: case Op::POP_TOP:
      case Op::SWAP: case Op::END_FOR: case Op::RESUME: case Op::END_SEND:
        break;
      default: out_->computes = true;
    }
    if (!step(i) || stack_.size() > kDeepestStack) {
      if (problem_.empty()) problem_ = "instruction " + std::string(i.info->name()) + " makes no sense here";
      result_.problems.push_back(problem_ + " (at byte " + std::to_string(i.offset) + ")");
      out_->terminator = TerminatorKind::Stuck;
      out_->pos = i.pos;
      return;
    }
  }
  finish(block);
}

void Lifter::finish(int block) {
  const GraphBlock& b = graph_.blocks[block];
  if (b.returns_none) {
    out_->terminator = TerminatorKind::Jump;
    out_->target = {end_block_, {}};
    return;
  }
  if (b.end > b.begin) {
    const GraphInstruction& last = graph_.instructions[b.end - 1];
    switch (last.op) {
      case Op::RETURN_VALUE: case Op::RETURN_CONST: case Op::RAISE_VARARGS: case Op::RERAISE: return;
      default: break;
    }
    if (b.jump >= 0 && b.next >= 0) return;  // step_branch has done it
    if (b.jump >= 0) {
      out_->terminator = TerminatorKind::Jump;
      // A jump that the source does not have stands where the instruction before it does.
      const int before = b.end - 2 - graph_.unwinding_before(b.end - 1);
      const int width = last.pos.end_column - last.pos.column;
      const bool unwinds = before < b.end - 2;
      const bool silent = before >= 0 && (graph_.instructions[before].pos == last.pos || (unwinds && width != 5 && width != 8));
      out_->target = {b.jump, silent ? Position{} : last.pos};
      // The line of `pass` is the jump's where the branch has nothing else.
      const Op previous = graph_.instructions[std::max(b.end - 2, 0)].op;
      const bool ends_loop = previous == Op::POP_TOP || previous == Op::END_FOR || previous == Op::POP_ITER;
      const bool is_pass = !silent && !ends_loop && last.pos.column % indentation_ == 0 && last.pos.line == last.pos.end_line && last.pos.end_column - last.pos.column == 4 &&
                           graph_.instructions[b.end - 1 - (b.end > 1 ? 1 : 0)].pos.line <= last.pos.line;
      if (is_pass) emit(StatementKind::Nop, last);
      out_->pos = last.pos;
      flow(block, b.jump, stack_);
      return;
    }
  }
  if (b.next >= 0) {
    out_->terminator = TerminatorKind::Jump;
    out_->target = {b.next, {}};
    flow(block, b.next, stack_);
    return;
  }
  if (out_->terminator == TerminatorKind::Stuck) result_.problems.emplace_back("the code ends without a return");
}

}  // namespace ouro::decompile
