// Tests that belong together: and, or, chained comparisons, conditional expressions, the two copies of a while test.
#include <algorithm>

#include "decompile/reduce_impl.h"
#include "decompile/structure.h"

namespace ouro::decompile {

using syntax::BoolOperator;

// a and b, a or b; the second of two comparisons that share an operand chains to the first.
Value* Reducer::both(Value* a, Value* b, BoolOperator op) {
  Value* left = settle(a);
  Value* right = settle(b);
  if (op == BoolOperator::And && left->kind == ValueKind::Compare && right->kind == ValueKind::Compare &&
      left->pending.empty() && right->pending.empty() && left->kids.back() == right->kids[0] &&
      right->kids[0]->copied) {
    Value* chain = pool_.value(ValueKind::Compare, left->pos);
    chain->kids = left->kids;
    chain->kids.insert(chain->kids.end(), right->kids.begin() + 1, right->kids.end());
    chain->ops = left->ops;
    chain->ops.insert(chain->ops.end(), right->ops.begin(), right->ops.end());
    chain->offset = left->offset;
    return chain;
  }
  if (op == BoolOperator::And && left->kind == ValueKind::Compare && right->kind == ValueKind::BoolOp &&
      right->op == static_cast<std::uint8_t>(op) && right->pending.empty() && !right->kids.empty()) {
    Value* head = settle(right->kids[0]);
    if (head->kind == ValueKind::Compare && head->pending.empty() && left->kids.back() == head->kids[0] &&
        head->kids[0]->copied) {
      Value* joined = pool_.value(ValueKind::BoolOp, left->pos);
      joined->op = right->op;
      joined->offset = left->offset;
      joined->kids = right->kids;
      joined->kids[0] = both(left, head, op);
      return joined;
    }
  }
  Value* v = pool_.value(ValueKind::BoolOp, left->pos);
  v->op = static_cast<std::uint8_t>(op);
  v->offset = left->offset;
  v->kids = {a};
  if (right->kind == ValueKind::BoolOp && right->op == v->op && right->pending.empty() && b == right) {
    v->kids.insert(v->kids.end(), right->kids.begin(), right->kids.end());
  } else {
    v->kids.push_back(b);
  }
  return v;
}

bool Reducer::same_inputs(int target, int a, int b) {
  for (const PhiSlot& slot : at(target).phis) {
    if (settle(input(slot, a)) != settle(input(slot, b))) return false;
  }
  return true;
}

namespace {
bool is_none_test(const Value* v) {
  if (v->kind != ValueKind::Compare || v->ops.size() != 1 || !v->pending.empty()) return false;
  const auto op = static_cast<syntax::CompareOperator>(v->ops[0]);
  return op == syntax::CompareOperator::Is || op == syntax::CompareOperator::IsNot;
}
}  // namespace

// `if a:` around `if b:` has the code of `if a and b:`. Columns tell them apart.
bool Reducer::is_nested_statement(const Block& outer, const Block& inner, int body) const {
  const Position& a = outer.pos;
  const Position& b = inner.pos;
  if (!known(a) || !known(b) || b.line <= a.end_line || b.column < 0 || body < 0) return false;
  const Block& inside = l_.blocks[body];
  const Position* first = nullptr;
  if (!inside.body.empty()) {
    const Statement* s = inside.body.front();
    first = !s->targets.empty() && s->kind != StatementKind::Append ? &s->targets[0]->pos : &s->pos;
  } else {
    first = &inside.pos;
  }
  return known(*first) && first->line > b.line && first->column > b.column - 3;
}

// `if a: continue` before `if b: continue` has the code of `if a or b: continue`: both start at an indentation.
bool Reducer::are_statements_in_a_row(const Block& first, const Block& second) const {
  const int a = leftmost_column(first.value);
  const int b = leftmost_column(second.value);
  if (a < 3 || a != b || second.pos.line <= first.pos.end_line) return false;
  return std::binary_search(levels_.begin(), levels_.end(), a - 3);
}

// Whether the second test is a statement of its own; `body` is what both lead to when both are true.
bool Reducer::are_apart(const Block& first, const Block& second, int body) const {
  if (first.in_expression != second.in_expression) return false;
  if (first.in_expression) return false;
  if (options_.layout != nullptr) {
    const int column = options_.layout->test_column(second.value);
    if (column != Layout::kUnknown) return column >= 0;
    if (known(first.pos) && known(second.pos) && first_place(second.value).line == first.pos.end_line) return false;
  }
  return are_statements_in_a_row(first, second) || is_nested_statement(first, second, body);
}

// How many tests stand at a position: a while loop's stands there twice.
std::size_t Reducer::copies(const Position& pos) const {
  const auto found = tests_.find({pos.line, pos.column, pos.end_line, pos.end_column});
  return found == tests_.end() ? 1 : found->second;
}

bool Reducer::merge_tests(int x) {
  Block& first = at(x);
  if (anything_matches(x)) return true;
  if (first.terminator != TerminatorKind::Branch || first.target.block == first.other.block || first.is_while_test) return false;
  for (const bool inner_is_true : {true, false}) {
    const int y = inner_is_true ? first.target.block : first.other.block;
    const int shared = inner_is_true ? first.other.block : first.target.block;
    if (y < 0 || shared < 0 || y == x || !single(y, x)) continue;
    Block& second = at(y);
    if (second.terminator != TerminatorKind::Branch || !second.body.empty() || second.is_while_test ||
        second.is_handler || second.handler != first.handler || y == shared || settle(first.value)->matched != settle(second.value)->matched ||
        second.target.block == second.other.block ||
        (first.body.empty() && (second.target.block == x || second.other.block == x))) {
      continue;
    }
    const ValueKind kind = settle(first.value)->kind;
    if (kind == ValueKind::ExceptionMatch || kind == ValueKind::GroupMatch || kind == ValueKind::WithExceptStart) continue;
    bool shared_is_false = second.other.block == shared;
    if (!shared_is_false && second.target.block != shared) continue;
    if (settle(first.value)->matched) {
      if (!merge_pattern_tests(x, y, shared)) continue;
      return true;
    }
    if (!same_inputs(shared, x, y)) continue;
    if (copies(first.pos) != copies(second.pos)) continue;
    const int body = shared_is_false ? second.target.block : second.other.block;
    const bool apart = are_apart(first, second, inner_is_true && shared_is_false ? body : kNoBlock);
    const int way = ask(ChoiceKind::MergeTests, second.end_offset, 3);
    if ((way == 1) != apart) continue;
    // true-true: and; false-false: or; mixed: the first one negated.
    Value* left = first.value;
    if (inner_is_true != shared_is_false && (is_none_test(settle(second.value)) || !second.falls_true) != (way == 2)) {
      // POP_JUMP_IF_NONE and its opposite say nothing about how the source turned the test; else the jump does.
      second.value = negate(second.value, pool_);
      std::swap(second.target, second.other);
      second.falls_true = !second.falls_true;
      shared_is_false = !shared_is_false;
    }
    if (inner_is_true != shared_is_false) left = negate(left, pool_);
    const BoolOperator op = shared_is_false ? BoolOperator::And : BoolOperator::Or;
    first.value = both(left, second.value, op);
    first.target = second.target;
    first.other = second.other;
    first.falls_true = second.falls_true;
    first.end_offset = second.end_offset;
    second.dead = true;
    remove_input(at(shared), y);
    rename_input(at(body), y, x);
    return true;
  }
  return false;
}

// (a if c else b) as a test.
bool Reducer::merge_choice_of_tests(int x) {
  Block& block = at(x);
  if (block.terminator != TerminatorKind::Branch) return false;
  const int t = block.target.block;
  const int f = block.other.block;
  if (t < 0 || f < 0 || t == f || t == x || f == x || !single(t, x) || !single(f, x)) return false;
  Block& yes = at(t);
  Block& no = at(f);
  const auto is_test = [&](const Block& b) {
    return b.terminator == TerminatorKind::Branch && b.body.empty() && !b.is_while_test && b.handler == block.handler &&
           !b.is_handler;
  };
  if (!is_test(yes) || !is_test(no)) return false;
  if (settle(yes.value)->matched || settle(no.value)->matched || settle(block.value)->matched) return false;
  if (yes.target.block != no.target.block || yes.other.block != no.other.block) return false;
  if (yes.target.block == t || yes.other.block == f || yes.target.block == x || yes.other.block == x) return false;
  if (!same_inputs(yes.target.block, t, f) || !same_inputs(yes.other.block, t, f)) return false;
  Value* choice = pool_.value(ValueKind::IfExp, block.pos);
  const bool straight = block.falls_true;
  Value* test = straight ? block.value : negate(block.value, pool_);
  choice->kids = {test, straight ? yes.value : no.value, straight ? no.value : yes.value};
  choice->offset = block.value->offset;
  const int last = straight ? f : t;
  block.value = choice;
  block.target = yes.target;
  block.other = yes.other;
  block.falls_true = at(last).falls_true;
  block.end_offset = std::max(yes.end_offset, no.end_offset);
  for (const int to : {block.target.block, block.other.block}) {
    remove_input(at(to), f);
    rename_input(at(to), t, x);
  }
  yes.dead = no.dead = true;
  return true;
}

// A test whose arms only give one value to the block where they meet.
bool Reducer::merge_value(int x) {
  Block& block = at(x);
  if (block.terminator != TerminatorKind::Branch || settle(block.value)->matched) return false;
  const auto arm = [&](int to, int& meet, int& from) {
    if (to < 0 || to == x) return false;
    Block& b = at(to);
    if (single(to, x) && is_pure(to) && b.terminator == TerminatorKind::Jump && !b.is_handler && b.phis.empty() &&
        b.target.block >= 0 && b.handler == block.handler) {
      meet = b.target.block;
      from = to;
      return true;
    }
    return false;
  };
  const int t = block.target.block;
  const int f = block.other.block;
  if (t < 0 || f < 0 || t == f) return false;
  int meet_t = t, from_t = x, meet_f = f, from_f = x;
  const bool arm_t = arm(t, meet_t, from_t);
  const bool arm_f = arm(f, meet_f, from_f);
  if (arm_t && meet_t == f) {
    meet_f = f;
    from_f = x;
  } else if (arm_f && meet_f == t) {
    meet_t = t;
    from_t = x;
  } else if (!arm_t || !arm_f || meet_t != meet_f) {
    return false;
  }
  Block& meet = at(meet_t);
  PhiSlot* chosen = nullptr;
  for (PhiSlot& slot : meet.phis) {
    Value* a = input(slot, from_t);
    Value* b = input(slot, from_f);
    if (a == nullptr || b == nullptr) return false;
    if (settle(a) == settle(b)) continue;
    if (chosen != nullptr) return false;
    chosen = &slot;
  }
  if (chosen == nullptr) return false;
  Value* a = input(*chosen, from_t);
  Value* b = input(*chosen, from_f);
  Value* result = nullptr;
  if (from_t == x && settle(a) == settle(block.value)) {
    result = both(block.value, b, BoolOperator::Or);
  } else if (from_f == x && settle(b) == settle(block.value)) {
    result = both(block.value, a, BoolOperator::And);
  } else {
    result = pool_.value(ValueKind::IfExp, block.pos);
    result->offset = block.value->offset;
    result->kids = block.falls_true ? std::vector<Value*>{block.value, a, b}
                                    : std::vector<Value*>{negate(block.value, pool_), b, a};
  }
  // The meeting block hears from x alone now.
  std::vector<std::pair<PhiSlot*, Value*>> kept;
  for (PhiSlot& slot : meet.phis) kept.emplace_back(&slot, &slot == chosen ? result : input(slot, from_t));
  for (const int from : {from_t, from_f, x}) remove_input(meet, from);
  for (auto& [slot, v] : kept) slot->inputs.push_back({x, v});
  if (from_t != x) at(from_t).dead = true;
  if (from_f != x) at(from_f).dead = true;
  block.terminator = TerminatorKind::Jump;
  block.target = {meet_t, {}};
  block.other = {};
  block.value = nullptr;
  return true;
}

// Whether both copies of a test come right after copies of another one: those belong together first.
bool Reducer::has_same_test_before(int top, int bottom) const {
  if (preds_[top].size() != 1 || preds_[bottom].size() != 1 || !l_.blocks[bottom].body.empty() || !l_.blocks[top].body.empty()) return false;
  const Block& a = l_.blocks[preds_[top][0]];
  const Block& b = l_.blocks[preds_[bottom][0]];
  return a.terminator == TerminatorKind::Branch && b.terminator == TerminatorKind::Branch && a.pos == b.pos && known(a.pos) &&
         same_expression(a.value, b.value);
}

// CPython 3.12 and 3.13 test a while loop's condition a second time at its end. `x` is the end: it goes to the loop's
// body or out, as the block that leads into the body does.
bool Reducer::while_test(int x) {
  Block& bottom = at(x);
  if (bottom.terminator != TerminatorKind::Branch || bottom.is_while_test || settle(bottom.value)->matched) return false;
  for (const bool body_is_true : {true, false}) {
    const int body = body_is_true ? bottom.target.block : bottom.other.block;
    const int out = body_is_true ? bottom.other.block : bottom.target.block;
    if (body < 0 || out < 0 || body == out || at(body).offset > bottom.offset) continue;
    for (const int p : preds_[body]) {
      Block& top = at(p);
      if (p == x || top.terminator != TerminatorKind::Branch || top.offset > at(body).offset) continue;
      const bool same_way = top.target.block == bottom.target.block && top.other.block == bottom.other.block;
      if (!same_way || !same_expression(top.value, bottom.value) || !(top.pos == bottom.pos)) continue;
      if (!same_inputs(out, p, x)) continue;
      if (has_same_test_before(p, x)) return false;
      if (ask(ChoiceKind::WhileTest, bottom.end_offset, 2) == 1) return false;
      int test = p;
      if (!top.body.empty()) {
        test = static_cast<int>(l_.blocks.size());
        Block split;
        split.terminator = TerminatorKind::Branch;
        split.value = top.value;
        split.target = top.target;
        split.other = top.other;
        split.falls_true = top.falls_true;
        split.handler = top.handler;
        split.pos = top.pos;
        split.offset = std::max(top.offset, std::min(top.value->offset / 2, top.end_offset));
        split.end_offset = top.end_offset;
        top.terminator = TerminatorKind::Jump;
        top.value = nullptr;
        top.target = {test, {}};
        top.other = {};
        for (const int to : {split.target.block, split.other.block}) rename_input(at(to), p, test);
        l_.blocks.push_back(split);
        l_.handler_parent.push_back(kNoBlock);
      }
      Block& end = at(x);
      end.terminator = TerminatorKind::Jump;
      end.value = nullptr;
      remove_input(at(body), x);
      remove_input(at(out), x);
      end.target = {test, {}};
      end.other = {};
      at(test).is_while_test = true;
      return true;
    }
  }
  return false;
}

}  // namespace ouro::decompile
