#include "decompile/reduce.h"

#include <algorithm>

#include "decompile/reduce_impl.h"
#include "decompile/structure.h"

namespace ouro::decompile {
namespace {

// Each pass removes a block or ends; nesting decides how many there are.
constexpr int kMostPasses = 2000;

bool is_jump_keyword(const Position& pos, int width) {
  return known(pos) && pos.line == pos.end_line && pos.column >= 0 && pos.end_column - pos.column == width;
}

}  // namespace

Value* reduce(Lifted& lifted, Pool& pool, const ReduceOptions& options) { return Reducer(lifted, pool, options).run(); }

std::vector<std::vector<int>> predecessors(const Lifted& lifted) {
  std::vector<std::vector<int>> preds(lifted.blocks.size());
  const auto add = [&](int from, int to) {
    if (to >= 0 && (preds[to].empty() || preds[to].back() != from)) preds[to].push_back(from);
  };
  for (std::size_t b = 0; b < lifted.blocks.size(); ++b) {
    const Block& block = lifted.blocks[b];
    if (block.dead) continue;
    switch (block.terminator) {
      case TerminatorKind::Jump: add(static_cast<int>(b), block.target.block); break;
      case TerminatorKind::Branch: case TerminatorKind::ForEach:
        add(static_cast<int>(b), block.target.block);
        add(static_cast<int>(b), block.other.block);
        break;
      default: break;
    }
  }
  return preds;
}

Value* negate(Value* v, Pool& pool) {
  using syntax::CompareOperator;
  v = settle(v);
  if (v->pending.empty() && v->kind == ValueKind::UnaryOp &&
      v->op == static_cast<std::uint8_t>(syntax::UnaryOperator::Not)) {
    return v->kids[0];
  }
  if (v->pending.empty() && v->kind == ValueKind::Compare && v->ops.size() == 1) {
    const auto op = static_cast<CompareOperator>(v->ops[0]);
    CompareOperator turned = op;
    if (op == CompareOperator::Is) turned = CompareOperator::IsNot;
    if (op == CompareOperator::IsNot) turned = CompareOperator::Is;
    if (op == CompareOperator::In) turned = CompareOperator::NotIn;
    if (op == CompareOperator::NotIn) turned = CompareOperator::In;
    if (turned != op) {
      Value* copy = pool.value(ValueKind::Compare, v->pos);
      copy->kids = v->kids;
      copy->ops = {static_cast<std::uint8_t>(turned)};
      copy->offset = v->offset;
      return copy;
    }
  }
  Value* n = pool.value(ValueKind::UnaryOp, v->pos);
  n->op = static_cast<std::uint8_t>(syntax::UnaryOperator::Not);
  n->kids = {v};
  n->offset = v->offset;
  return n;
}

Value* Reducer::run() {
  end_ = l_.end;
  levels_ = statement_columns(l_);
  for (const Block& block : l_.blocks) {
    const Position& pos = block.pos;
    if (!block.dead && block.terminator == TerminatorKind::Branch) ++tests_[{pos.line, pos.column, pos.end_line, pos.end_column}];
  }
  refresh();
  for (int pass = 0; pass < kMostPasses; ++pass) {
    bool changed = false;
    for (int b = static_cast<int>(l_.blocks.size()) - 1; b >= 0; --b) {
      if (at(b).dead || b == end_) continue;
      // Each of these keeps preds_ right itself or asks for a refresh by giving true.
      if (bypass(b) || join(b) || merge_tests(b) || merge_choice_of_tests(b) || merge_value(b) ||
          comprehension(b)) {
        refresh();
        changed = true;
      }
    }
    // The copies of a loop's test are compared when each is one expression.
    for (int b = static_cast<int>(l_.blocks.size()) - 1; !changed && b >= 0; --b) {
      if (at(b).dead || b == end_ || !while_test(b)) continue;
      refresh();
      changed = true;
    }
    if (!changed) break;
  }
  return generator_;
}

void Reducer::refresh() {
  preds_ = predecessors(l_);
  for (std::size_t b = 0; b < l_.blocks.size(); ++b) settle_single_phis(static_cast<int>(b));
}

bool Reducer::is_pure(int b) const {
  for (const Statement* s : l_.blocks[b].body) {
    if (s->kind != StatementKind::Nop) return false;
  }
  return true;
}

void Reducer::kill(int b) {
  Block& block = at(b);
  block.dead = true;
  for (const int to : {block.target.block, block.other.block}) {
    if (to >= 0) remove_input(at(to), b);
  }
}

Value* Reducer::input(const PhiSlot& slot, int from) {
  for (const PhiInput& in : slot.inputs) {
    if (in.from == from) return in.value;
  }
  return nullptr;
}

void Reducer::remove_input(Block& block, int from) {
  for (PhiSlot& slot : block.phis) {
    std::erase_if(slot.inputs, [&](const PhiInput& in) { return in.from == from; });
  }
}

void Reducer::rename_input(Block& block, int from, int to) {
  for (PhiSlot& slot : block.phis) {
    for (PhiInput& in : slot.inputs) {
      if (in.from == from) in.from = to;
    }
  }
}

void Reducer::settle_single_phis(int b) {
  Block& block = at(b);
  if (block.phis.empty()) return;
  std::erase_if(block.phis, [&](const PhiSlot& slot) {
    if (slot.inputs.empty()) return false;
    for (const PhiInput& in : slot.inputs) {
      const Value* one = settle(in.value);
      const Value* two = settle(slot.inputs[0].value);
      const bool same_name = one->kind == ValueKind::Name && two->kind == ValueKind::Name && one->name == two->name &&
                             one->pos == two->pos && known(one->pos);
      if (one != two && !same_name) return false;
    }
    Value* same = settle(slot.inputs[0].value);
    if (same == slot.phi) return false;
    slot.phi->same = same;
    slot.phi->flag = true;
    return true;
  });
}

// What `slot` gets from `from` by way of `middle`.
Value* Reducer::input_through(const PhiSlot& slot, int middle, int from) {
  Value* v = input(slot, middle);
  for (const PhiSlot& inner : at(middle).phis) {
    if (v != nullptr && settle(v) == inner.phi) return input(inner, from);
  }
  return v;
}

bool Reducer::redirect(int from, int old_target, int new_target, const Position& jump) {
  Block& source = at(from);
  Block& target = at(new_target);
  const bool had_edge = source.target.block == new_target || source.other.block == new_target;
  for (const PhiSlot& slot : target.phis) {
    Value* through = input_through(slot, old_target, from);
    Value* direct = had_edge ? input(slot, from) : nullptr;
    if (through != nullptr && direct != nullptr && settle(through) != settle(direct)) return false;
  }
  for (PhiSlot& slot : target.phis) {
    Value* through = input_through(slot, old_target, from);
    if (through != nullptr && input(slot, from) == nullptr) slot.inputs.push_back({from, through});
  }
  for (Edge* edge : {&source.target, &source.other}) {
    if (edge->block != old_target) continue;
    edge->block = new_target;
    if (known(jump)) edge->jump = jump;
  }
  return true;
}

// Tests of one pattern fail to one block: it stays when not all of them can go past it.
bool Reducer::keeps_tests_together(int b, const std::vector<int>& preds) {
  const int to = at(b).target.block;
  const auto is_test = [&](int p) { return at(p).terminator == TerminatorKind::Branch && settle(at(p).value)->matched; };
  if (at(to).phis.empty() || preds.size() < 2 || std::none_of(preds.begin(), preds.end(), is_test)) return true;
  return std::all_of(preds.begin(), preds.end(), [&](int p) {
    if (at(p).target.block != to && at(p).other.block != to) return true;
    return std::all_of(at(to).phis.begin(), at(to).phis.end(), [&](const PhiSlot& slot) { return settle(input(slot, b)) == settle(input(slot, p)); });
  });
}

namespace {
bool mentions(const Value* v, const Value* wanted, int depth) {
  if (v == nullptr || depth > 40) return v != nullptr;
  v = settle(const_cast<Value*>(v));
  if (v == wanted) return true;
  return std::any_of(v->kids.begin(), v->kids.end(), [&](const Value* kid) { return mentions(kid, wanted, depth + 1); });
}
}  // namespace

// Whether what comes after a block gets a value that was chosen on the way into it: then it is no empty step.
bool Reducer::passes_phi_on(int b) {
  const Block& block = at(b);
  if (block.phis.empty()) return false;
  const int to = block.target.block;
  // Edges back to a loop bring nothing: its head has no choice of its own to look at.
  const bool only_here = to < 0 || std::all_of(preds_[to].begin(), preds_[to].end(), [&](int p) { return p == b || at(p).offset >= at(to).offset; });
  if (only_here) return true;
  for (const PhiSlot& slot : at(to).phis) {
    const Value* given = input(slot, b);
    for (const PhiSlot& own : block.phis) {
      if (given != nullptr && settle(const_cast<Value*>(given)) != own.phi && mentions(given, own.phi, 0)) return true;
    }
  }
  return false;
}

// An empty block, or one that has only the line of a `break` or `continue`.
bool Reducer::bypass(int b) {
  Block& block = at(b);
  const int to = block.target.block;
  if (block.terminator != TerminatorKind::Jump || to == b || to < 0 || block.is_handler || b == 0 || passes_phi_on(b)) return false;
  if (block.computes && block.handler != kNoBlock && block.handler != at(to).handler) return false;
  Position jump = block.target.jump;
  bool only_jump = true;
  for (const Statement* s : block.body) {
    if (s->kind != StatementKind::Nop) return false;
    const bool keyword = is_jump_keyword(s->pos, 5) || is_jump_keyword(s->pos, 8);
    if (keyword) jump = s->pos;
    only_jump = only_jump && keyword;
  }
  bool changed = false;
  const std::vector<int> preds = preds_[b];
  if (!keeps_tests_together(b, preds)) return false;
  bool all = true;
  for (const int from : preds) {
    if (from == b) continue;
    if (!only_jump) {
      // The line of `while True`: what comes back from the loop's end goes to the body at once.
      const bool leads_to_loop = std::any_of(preds_[to].begin(), preds_[to].end(), [&](int p) { return p != b && at(p).offset >= at(to).offset; });
      const bool repeats_test = at(from).terminator == TerminatorKind::Branch && copies(at(from).pos) > 1;
      if (!leads_to_loop || at(from).offset < block.offset || repeats_test) {
        all = false;
        continue;
      }
    }
    // A block under a handler that its neighbours are not under marks where a try statement ends.
    if (redirect(from, b, to, jump)) changed = true;
    else all = false;
  }
  if (all && only_jump && changed) kill(b);
  return changed;
}

// Whether what comes next stands less deep: the statement around the block ends between them.
bool Reducer::leaves_suite(const Block& block, const Block& next) const {
  if (options_.layout == nullptr) return false;
  const auto is_silent = [](const Statement* s) { return s->kind == StatementKind::Nop || s->kind == StatementKind::Capture; };
  int column = -1;
  for (const Statement* s : block.body) column = std::max(column, is_silent(s) ? -1 : start_column(s));
  int after = -1;
  if (!next.body.empty()) {
    if (!is_silent(next.body.front())) after = start_column(next.body.front());
  } else if (next.terminator == TerminatorKind::Branch) {
    after = options_.layout->test_column(next.value);
  } else if ((next.terminator == TerminatorKind::Return || next.terminator == TerminatorKind::Raise) && known(next.pos) &&
             (next.value == nullptr || settle(next.value)->kind != ValueKind::Const)) {
    after = next.pos.column;
  }
  return column >= 0 && after >= 0 && after < column;
}

bool Reducer::join(int b) {
  Block& block = at(b);
  const int to = block.target.block;
  if (block.terminator != TerminatorKind::Jump || to < 0 || to == b || is_end(to) || !single(to, b)) return false;
  Block& next = at(to);
  if (next.is_handler || next.handler != block.handler || next.dead || next.is_while_test) return false;
  // What comes after a handler need not be the handler's.
  if (!block.body.empty() && block.body.back()->kind == StatementKind::PopException) return false;
  if (leaves_suite(block, next)) return false;
  settle_single_phis(to);
  block.body.insert(block.body.end(), next.body.begin(), next.body.end());
  block.terminator = next.terminator;
  block.value = next.value;
  block.cause = next.cause;
  block.target = next.target;
  block.other = next.other;
  block.falls_true = next.falls_true;
  block.computes = block.computes || next.computes;
  block.pos = next.pos;
  block.end_offset = next.end_offset;
  next.dead = true;
  for (const int after : {block.target.block, block.other.block}) {
    if (after >= 0) rename_input(at(after), to, b);
  }
  return true;
}

}  // namespace ouro::decompile
