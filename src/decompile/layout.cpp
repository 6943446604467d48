#include "decompile/layout.h"

#include <algorithm>
#include <limits>

#include "decompile/structure.h"

namespace ouro::decompile {
namespace {

constexpr int kDeepest = 60;
constexpr int kDeepestLevel = 30;
constexpr std::size_t kMostItems = 20000;

constexpr int kForWidth = 4;     // "for "
constexpr int kWithWidth = 5;    // "with "
constexpr int kAsyncWidth = 6;   // "async "
constexpr int kReturnWidth = 7;  // "return "

// The last line of an expression, 0 when its parts may go on after what is known of it.
int last_line(const Value* v) {
  v = settle(const_cast<Value*>(v));
  if (v == nullptr) return 0;
  return v->kind == ValueKind::Phi || !known(v->pos) ? 0 : v->pos.end_line;
}

bool is_one_line(const Position& p) { return known(p) && p.line == p.end_line && p.column >= 0; }

}  // namespace

Spot first_place(const Value* v, int depth) {
  if (v == nullptr || depth > kDeepest) return {};
  v = settle(const_cast<Value*>(v));
  Spot best = known(v->pos) && v->pos.column >= 0 ? Spot{v->pos.line, v->pos.column} : Spot{};
  const Value* kid = nullptr;
  switch (v->kind) {
    case ValueKind::Attribute: case ValueKind::Call: case ValueKind::Subscript: case ValueKind::BinOp: case ValueKind::Compare:
    case ValueKind::BoolOp: case ValueKind::NamedExpr: case ValueKind::Slice: case ValueKind::ExceptionMatch: case ValueKind::UnaryOp:
      if (!v->kids.empty()) kid = v->kids[0];
      break;
    case ValueKind::IfExp:
      if (v->kids.size() > 1) kid = v->kids[1];
      break;
    default: break;
  }
  const Spot inner = first_place(kid, depth + 1);
  if (inner.line > 0 && (best.line < 0 || inner < best)) best = inner;
  return best;
}

Layout::Layout(const Lifted& lifted, int unit, int base) : unit_(std::max(unit, 1)), base_(base) {
  collect(lifted);
  if (items_.empty() || items_.size() > kMostItems) return;
  keep_leading();
  int least = std::numeric_limits<int>::max();
  for (const Item& i : items_) {
    if (i.kind != Kind::Test) least = std::min(least, i.place.column);
  }
  if (base_ < 0 || base_ > least) base_ = least == std::numeric_limits<int>::max() ? 0 : least;
  for (int k = 0; k < kDeepestLevel; ++k) levels_.push_back(base_ + k * unit_);
  for (const Item& i : items_) {
    if (i.kind == Kind::Simple || i.kind == Kind::Clause) levels_.push_back(i.place.column);
  }
  std::sort(levels_.begin(), levels_.end());
  levels_.erase(std::unique(levels_.begin(), levels_.end()), levels_.end());
  for (Item& i : items_) {
    if (i.kind == Kind::Header) i.place.column = snap(i.place.column);
  }
  resolve();
}

void Layout::collect(const Lifted& lifted) {
  for (const Block& block : lifted.blocks) {
    if (!block.dead) collect_block(lifted, block);
  }
}

void Layout::collect_statement(const Statement& s, const Block& block, bool last, const Lifted& lifted) {
  switch (s.kind) {
    case StatementKind::Assign: case StatementKind::AnnAssign: {
      const Value* v = settle(s.value);
      if (v != nullptr && (v->kind == ValueKind::Exception || v->kind == ValueKind::WithEnter)) return;
      if (v != nullptr && v->kind == ValueKind::Item) {
        // The target of a loop: its line is the header's.
        const Spot target = first_place(s.targets.empty() ? nullptr : s.targets[0]);
        const Value* iterator = v->kids.empty() ? nullptr : v->kids[0];
        const Spot over = first_place(iterator != nullptr && !iterator->kids.empty() ? iterator->kids[0] : nullptr);
        if (target.line > 0 && over.line >= target.line && over.line <= target.line + 1) {
          add({target.line, target.column - kForWidth - (iterator->flag ? kAsyncWidth : 0)}, Kind::Header, last_line(iterator->kids[0]));
        }
        return;
      }
      // `a = b = c` with the last store only; a tuple starts with its first target.
      Spot place = first_place(s.targets.empty() ? nullptr : s.targets[0]);
      if (v != nullptr && v->kind == ValueKind::Const && !known(v->pos)) return;
      const int line = start_line(&s);
      if (line > 0 && line < place.line) place.line = line;
      add(place, Kind::Simple, v != nullptr ? last_line(v) : 0);
      return;
    }
    case StatementKind::AugAssign: case StatementKind::Delete: case StatementKind::Import: case StatementKind::ImportFrom:
      if (known(s.pos)) add({s.pos.line, s.pos.column}, Kind::Simple, s.kind == StatementKind::AugAssign ? last_line(s.value) : s.pos.end_line);
      return;
    case StatementKind::Expression: add(first_place(s.value), Kind::Simple, last_line(s.value)); return;
    case StatementKind::EnterWith: {
      const Spot at = first_place(s.value);
      if (at.line > 0) add({at.line, at.column - kWithWidth - (s.flag ? kAsyncWidth : 0)}, Kind::Header, last_line(s.value));
      return;
    }
    case StatementKind::DropException:
      if (known(s.pos) && s.pos.end_line > s.pos.line) add({s.pos.line, s.pos.column}, Kind::Clause);
      return;
    case StatementKind::Nop: {
      if (!known(s.pos) || s.pos.column < 0) return;
      if (s.pos.end_line > s.pos.line) {
        add({s.pos.line, s.pos.column}, Kind::Header, s.pos.line);  // try
        return;
      }
      const int width = s.pos.end_column - s.pos.column;
      const bool enters_loop = last && block.terminator == TerminatorKind::Jump && block.target.block >= 0 &&
                               lifted.blocks[block.target.block].offset > block.offset;
      if ((width == 4 && !enters_loop) || width == 5 || width == 8) add({s.pos.line, s.pos.column}, Kind::Simple, s.pos.line);
      return;
    }
    default: return;
  }
}

void Layout::collect_block(const Lifted& lifted, const Block& block) {
  for (std::size_t k = 0; k < block.body.size(); ++k) collect_statement(*block.body[k], block, k + 1 == block.body.size(), lifted);
  switch (block.terminator) {
    case TerminatorKind::Return: {
      if (block.value == nullptr || !known(block.pos) || block.pos.column < 0) return;
      const Value* v = settle(block.value);
      if (v->kind != ValueKind::Const) {
        add({block.pos.line, block.pos.column}, Kind::Simple, block.pos.end_line);
      } else if (is_one_line(block.pos) && v->pos == block.pos) {
        const bool bare = v->flag && block.pos.end_column - block.pos.column == 6;
        add({block.pos.line, block.pos.column - (bare ? 0 : kReturnWidth)}, Kind::Simple, block.pos.line);
      }
      return;
    }
    case TerminatorKind::Raise: {
      if (!known(block.pos) || block.pos.column < 0) return;
      const Value* raised = block.value != nullptr ? settle(block.value) : nullptr;
      const bool assertion = raised != nullptr && (raised->kind == ValueKind::AssertionError ||
                                                   (raised->kind == ValueKind::Call && !raised->kids.empty() && settle(raised->kids[0])->kind == ValueKind::AssertionError));
      // LOAD_ASSERTION_ERROR stands where the statement does.
      const Position& at = assertion && raised->kind == ValueKind::Call ? settle(raised->kids[0])->pos : block.pos;
      if (known(at)) add({at.line, at.column}, Kind::Simple);
      return;
    }
    case TerminatorKind::Branch: {
      const Value* test = block.value != nullptr ? settle(block.value) : nullptr;
      if (test == nullptr || test->kind == ValueKind::WithExceptStart || test->kind == ValueKind::GroupMatch) return;
      if (test->kind == ValueKind::ExceptionMatch) {
        if (known(block.pos) && block.pos.column >= 0) add({block.pos.line, block.pos.column}, Kind::Clause);
        return;
      }
      if (block.in_expression || test->copied) return;
      const Spot at = first_place(test);
      if (at.line <= 0) return;
      Item item{.place = at, .kind = Kind::Test};
      item.turned = !block.falls_true;
      item.loops = std::any_of(lifted.blocks.begin(), lifted.blocks.end(), [&](const Block& other) {
        return &other != &block && !other.dead && other.terminator == TerminatorKind::Branch && other.pos == block.pos && known(block.pos);
      });
      items_.push_back(item);
      return;
    }
    default: break;
  }
  for (const Edge* e : {&block.target, &block.other}) {
    const int width = e->jump.end_column - e->jump.column;
    if (e->block >= 0 && is_one_line(e->jump) && (width == 5 || width == 8)) add({e->jump.line, e->jump.column}, Kind::Simple, e->jump.line);
  }
}

// Of each line what comes first; of the rest only that the suite stands on the line.
void Layout::keep_leading() {
  std::stable_sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.place < b.place; });
  std::vector<Item> kept;
  for (const Item& i : items_) {
    if (!kept.empty() && kept.back().place.line == i.place.line) {
      if (i.place == kept.back().place && i.kind == Kind::Test && kept.back().kind == Kind::Test) kept.back().turned = kept.back().turned && i.turned;
      if (i.kind != Kind::Test && i.place.column > kept.back().place.column) kept.back().one_line = true;
      continue;
    }
    kept.push_back(i);
  }
  items_ = std::move(kept);
}

// What stands between a statement's column and its test: "if ", "elif ", "while ", with "not " and brackets.
double Layout::width_cost(const Item& item, int width, bool follows_suite, bool& elif) {
  elif = false;
  double best = 7;
  const auto consider = [&](int keyword, double cost, bool is_elif) {
    for (const bool is_not : {false, true}) {
      const int rest = width - keyword - (is_not ? 4 : 0);
      if (rest < 0 || rest > 3) continue;
      double sum = cost + rest;
      if (is_not) sum += item.turned ? 0.4 : 2;
      else if (item.turned) sum += 0.2;
      if (sum < best) {
        best = sum;
        elif = is_elif;
      }
    }
  };
  consider(3, 0, false);
  if (!follows_suite) consider(5, 0.6, true);
  if (item.loops) consider(6, -0.3, false);
  return best;
}

double Layout::entry_cost(const State& from, int column) const {
  if (from.opens) return column == from.column + unit_ ? 0 : column > from.column ? 3 : 5;
  return column <= from.column ? 0 : column == from.column + unit_ ? 3 : 6;
}

void Layout::extend(const Item& item, const Item* before, const std::vector<State>& from, std::vector<State>& to) const {
  const auto reach = [&](int column, bool opens, bool counts, bool elif, double own, bool free_entry) {
    State best{column, opens, std::numeric_limits<double>::max(), -1, counts, elif};
    for (std::size_t k = 0; k < from.size(); ++k) {
      if (!counts && (from[k].column != column || from[k].opens != opens)) continue;
      bool is_elif = elif;
      double cost = from[k].cost + (free_entry ? 0 : entry_cost(from[k], column));
      if (item.kind == Kind::Test && counts) cost += width_cost(item, item.place.column - column, from[k].opens, is_elif);
      else cost += own;
      if (cost < best.cost) {
        best.cost = cost;
        best.before = static_cast<int>(k);
        best.elif = is_elif;
      }
    }
    if (best.before >= 0) to.push_back(best);
  };
  switch (item.kind) {
    case Kind::Simple: reach(item.place.column, false, true, false, 0, false); return;
    case Kind::Header: reach(item.place.column, !item.one_line, true, false, 0, false); return;
    case Kind::Clause: reach(item.place.column, !item.one_line, true, false, 0, true); return;
    case Kind::Test: break;
  }
  for (const int level : levels_) {
    const int width = item.place.column - level;
    if (width < 3 || width > 13) continue;
    reach(level, !item.one_line, true, false, 0, false);
  }
  // A later line of the statement before.
  for (const State& s : from) {
    const bool deeper = item.place.column > s.column;
    const bool over = before == nullptr || (before->end_line > 0 && before->end_line < item.place.line);
    reach(s.column, s.opens, false, false, (deeper ? 1.2 : 6) + (over ? 6 : 0), true);
  }
}

void Layout::resolve() {
  std::vector<std::vector<State>> rows;
  rows.push_back({State{base_, false, 0, -1, true, false}});
  for (const Item& item : items_) {
    std::vector<State> next;
    extend(item, rows.size() > 1 ? &items_[rows.size() - 2] : nullptr, rows.back(), next);
    if (next.empty()) next = {State{item.place.column, false, 0, 0, false, false}};
    rows.push_back(std::move(next));
  }
  std::size_t at = 0;
  for (std::size_t k = 0; k < rows.back().size(); ++k) {
    const auto total = [](const State& s) { return s.cost + (s.opens ? 1 : 0); };
    if (total(rows.back()[k]) < total(rows.back()[at])) at = k;
  }
  for (std::size_t row = rows.size() - 1; row > 0; --row) {
    const State& s = rows[row][at];
    const Item& item = items_[row - 1];
    const Start start{item.place.line, s.column, s.elif};
    if (s.counts) starts_.push_back(start);
    if (item.kind == Kind::Test) tests_[item.place] = s.counts ? start : Start{item.place.line, kInside, false};
    at = static_cast<std::size_t>(std::max(s.before, 0));
  }
  std::reverse(starts_.begin(), starts_.end());
}

int Layout::test_column(const Value* test) const {
  const auto found = tests_.find(first_place(test));
  return found == tests_.end() ? kUnknown : found->second.column;
}

bool Layout::is_elif(const Value* test) const {
  const auto found = tests_.find(first_place(test));
  return found != tests_.end() && found->second.elif;
}

int Layout::end_of(int line, int column) const {
  auto from = std::upper_bound(starts_.begin(), starts_.end(), line, [](int l, const Start& s) { return l < s.line; });
  for (; from != starts_.end(); ++from) {
    if (from->column < column || (from->column == column && !from->elif)) return from->line;
  }
  return std::numeric_limits<int>::max();
}

int Layout::snap(int column) const {
  if (levels_.empty() || column < 0) return column;
  const auto above = std::upper_bound(levels_.begin(), levels_.end(), column);
  return above == levels_.begin() ? column : *(above - 1);
}

}  // namespace ouro::decompile
