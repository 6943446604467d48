// The tests of one case become one: `and` for the parts of a pattern, `or` for its alternatives. Alternatives bind the
// same names to values of their own: where their ways meet, a OneOf takes the place of the Phi, with as many kids.
#include <algorithm>

#include "decompile/reduce_impl.h"

namespace ouro::decompile {

using syntax::BoolOperator;

namespace {

bool is_or(const Value* v) {
  return v->kind == ValueKind::BoolOp && v->op == static_cast<std::uint8_t>(BoolOperator::Or);
}

// Tests joined to others: what they are about lies in the first one.
bool is_test_of_pattern(const Value* v) {
  return v->matched && !v->kids.empty() && v->kids[0]->matched && (v->kind == ValueKind::BoolOp || v->kind == ValueKind::MatchTest || v->kind == ValueKind::Compare || v->kind == ValueKind::Length);
}

bool is_keyword_jump(const Edge& e) {
  const int width = e.jump.end_column - e.jump.column;
  return known(e.jump) && e.jump.line == e.jump.end_line && (width == 5 || width == 8);
}

}  // namespace

// `case (1 | _) as name`: the last alternative tests nothing, so that both ways of the test go on alike.
bool Reducer::anything_matches(int x) {
  Block& block = at(x);
  if (block.terminator != TerminatorKind::Branch || block.target.block < 0 || block.other.block < 0) return false;
  Value* test = settle(block.value);
  if (!test->matched || test->kids.empty()) return false;
  // Two ways with values of their own meet behind empty blocks.
  const auto meeting = [&](int to) {
    const Block& b = at(to);
    const bool empty = single(to, x) && b.body.empty() && b.terminator == TerminatorKind::Jump && !b.is_handler && b.phis.empty() && b.target.block >= 0;
    return empty ? b.target.block : to;
  };
  const int meet = meeting(block.target.block);
  if (meet == x || meet != meeting(block.other.block)) return false;
  const Statements& next = at(meet).body;
  if (next.empty() || next[0]->kind != StatementKind::Capture) return false;
  // The parts and the other alternatives come first.
  const auto leads_elsewhere = [&](int p) { return p != x && p != block.target.block && p != block.other.block; };
  if (std::any_of(preds_[meet].begin(), preds_[meet].end(), leads_elsewhere)) return false;
  const int yes = block.target.block == meet ? x : block.target.block;
  const int no = block.other.block == meet ? x : block.other.block;
  Value* joined = pool_.value(ValueKind::BoolOp, test->pos);
  joined->matched = true;
  joined->op = static_cast<std::uint8_t>(BoolOperator::Or);
  joined->number = test->offset + 1;
  Value* anything = pool_.value(ValueKind::MatchTest, {});
  anything->matched = true;
  anything->op = kMatchAnything;
  Value* about = settle(test->kids[0]);
  while (is_test_of_pattern(about)) about = settle(about->kids[0]);
  anything->kids = {about};
  joined->kids = is_or(test) ? test->kids : std::vector<Value*>{test};
  joined->kids.push_back(anything);
  for (PhiSlot& slot : at(meet).phis) {
    Value* a = input(slot, yes);
    Value* b = input(slot, no);
    if (a == nullptr || b == nullptr) return false;
    Value* one = a;
    if (settle(a) != settle(b)) {
      one = pool_.value(ValueKind::OneOf, a->pos);
      one->matched = true;
      one->number = joined->number;
      const Value* before = settle(a);
      if (is_or(test) && before->kind == ValueKind::OneOf && before->number == test->number) one->kids = before->kids;
      else one->kids.assign(is_or(test) ? test->kids.size() : 1, settle(a));
      one->kids.push_back(settle(b));
    }
    std::erase_if(slot.inputs, [&](const PhiInput& in) { return in.from == yes || in.from == no || in.from == x; });
    slot.inputs.push_back({x, one});
  }
  for (const int arm : {yes, no}) {
    if (arm != x) at(arm).dead = true;
  }
  Statement* s = pool_.statement(StatementKind::Capture, test->pos);
  s->value = about;
  s->other = joined;
  s->offset = test->offset;
  block.body.push_back(s);
  block.terminator = TerminatorKind::Jump;
  block.value = nullptr;
  block.target = {meet, {}};
  block.other = {};
  return true;
}

bool Reducer::merge_pattern_tests(int x, int y, int shared) {
  Block& first = at(x);
  Block& second = at(y);
  const bool alternatives = first.target.block == shared && second.target.block == shared;
  const bool parts = first.other.block == shared && second.other.block == shared;
  if (alternatives == parts) return false;
  if (parts) {
    // What a failed pattern leaves is only dropped.
    for (const PhiSlot& slot : at(shared).phis) {
      const Value* a = settle(input(slot, x));
      const Value* b = settle(input(slot, y));
      if (a != b && (a == nullptr || b == nullptr || !a->matched || !b->matched)) return false;
    }
  }
  // Two cases whose bodies are only `continue` or `break` are not one.
  if (alternatives && (is_keyword_jump(first.target) || is_keyword_jump(second.target)) && !(first.target.jump == second.target.jump)) return false;
  const int rest = parts ? second.target.block : second.other.block;
  Value* left = settle(first.value);
  Value* right = settle(second.value);
  Value* joined = pool_.value(ValueKind::BoolOp, left->pos);
  joined->matched = true;
  joined->offset = left->offset;
  joined->op = static_cast<std::uint8_t>(parts ? BoolOperator::And : BoolOperator::Or);
  joined->number = left->offset + 1;
  joined->kids = {left};
  const bool flat = right->kind == ValueKind::BoolOp && right->op == joined->op;
  if (flat) joined->kids.insert(joined->kids.end(), right->kids.begin(), right->kids.end());
  else joined->kids.push_back(right);
  if (alternatives) {
    for (PhiSlot& slot : at(shared).phis) {
      Value* a = settle(input(slot, x));
      Value* b = settle(input(slot, y));
      if (a == nullptr || b == nullptr) return false;
      if (a == b) continue;
      Value* one = pool_.value(ValueKind::OneOf, a->pos);
      one->matched = true;
      one->number = joined->number;
      one->kids = {a};
      if (b->kind == ValueKind::OneOf && is_or(right) && b->number == right->number) {
        one->kids.insert(one->kids.end(), b->kids.begin(), b->kids.end());
      } else if (is_or(right)) {
        one->kids.insert(one->kids.end(), right->kids.size(), b);
      } else {
        one->kids.push_back(b);
      }
      for (PhiInput& in : slot.inputs) {
        if (in.from == x) in.value = one;
      }
    }
  }
  first.value = joined;
  first.target = second.target;
  first.other = second.other;
  first.falls_true = second.falls_true;
  first.end_offset = second.end_offset;
  second.dead = true;
  remove_input(at(shared), y);
  rename_input(at(rest), y, x);
  return true;
}

}  // namespace ouro::decompile
