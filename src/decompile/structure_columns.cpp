// Indentation as the positions show it. Since 3.11 every instruction has its columns: the statement that a block
// begins with tells how deep the block is nested, which decides between shapes that have the same code.
#include <algorithm>

#include "decompile/structure_impl.h"

namespace ouro::decompile {
namespace {

constexpr int kDeepest = 60;

constexpr int kIfWidth = 3;      // "if "
constexpr int kWhileWidth = 6;   // "while "
constexpr int kForWidth = 4;     // "for "
constexpr int kWithWidth = 5;    // "with "
constexpr int kAsyncWidth = 6;   // "async "
constexpr int kNotWidth = 4;     // "not "
constexpr int kAssertWidth = 7;  // "assert "

// `is` and `in` with or without `not`: folding leaves no trace of where the `not` was.
bool is_word_test(const Value* v) {
  return v->kind == ValueKind::Compare && v->ops.size() == 1 && v->ops[0] >= static_cast<std::uint8_t>(syntax::CompareOperator::Is);
}

bool is_assertion_raise(const Block& block) {
  if (block.terminator != TerminatorKind::Raise || block.value == nullptr) return false;
  const Value* v = settle(block.value);
  return v->kind == ValueKind::AssertionError ||
         (v->kind == ValueKind::Call && !v->kids.empty() && settle(v->kids[0])->kind == ValueKind::AssertionError);
}

}  // namespace

int nearest_level(const std::vector<int>& levels, int column) {
  if (column < 0) return -1;
  const auto above = std::upper_bound(levels.begin(), levels.end(), column);
  if (above == levels.begin()) return column;
  // Brackets stand between a keyword and its expression; further away it is a level of its own.
  return column - *(above - 1) <= 2 ? *(above - 1) : column;
}

std::vector<int> statement_columns(const Lifted& lifted) {
  std::vector<int> levels;
  for (const Block& block : lifted.blocks) {
    if (block.dead) continue;
    for (const Statement* s : block.body) {
      switch (s->kind) {
        case StatementKind::Assign: case StatementKind::AugAssign: case StatementKind::Import: case StatementKind::ImportFrom:
        case StatementKind::Delete: case StatementKind::Expression: {
          const int column = start_column(s);
          if (column >= 0 && !(s->kind == StatementKind::Assign && settle(s->value)->kind == ValueKind::Item)) levels.push_back(column);
          break;
        }
        default: break;
      }
    }
    const bool jumps_out = block.terminator == TerminatorKind::Return || block.terminator == TerminatorKind::Raise;
    if (jumps_out && known(block.pos) && block.pos.column >= 0 && !is_assertion_raise(block) &&
        !(block.terminator == TerminatorKind::Return && block.value != nullptr && settle(block.value)->kind == ValueKind::Const)) {
      levels.push_back(block.pos.column);
    }
  }
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

int leftmost_column(const Value* v, int depth) {
  if (v == nullptr || depth > kDeepest) return -1;
  v = settle(const_cast<Value*>(v));
  switch (v->kind) {
    case ValueKind::UnaryOp: {
      // A `not` that became part of a jump has no position of its own.
      const Value* operand = settle(v->kids[0]);
      if (v->op != static_cast<std::uint8_t>(syntax::UnaryOperator::Not) || !(v->pos == operand->pos)) break;
      const int column = leftmost_column(operand, depth + 1);
      return column < kNotWidth ? -1 : column - kNotWidth;
    }
    case ValueKind::BoolOp: case ValueKind::Compare:
      if (v->kids.empty()) break;
      return leftmost_column(v->kids[0], depth + 1);
    case ValueKind::IfExp: return leftmost_column(v->kids[1], depth + 1);
    default: break;
  }
  return known(v->pos) ? v->pos.column : -1;
}

int Structurer::round_column(int column) const { return nearest_level(levels_, column); }

int Structurer::test_column(int b) {
  const Block& block = at(b);
  const Value* test = block.value;
  if (test == nullptr) return -1;
  if (const int known_column = layout_.test_column(test); known_column >= 0) return known_column;
  int column = leftmost_column(test);
  if (column < 0) return -1;
  const bool is_assert = (block.target.block >= 0 && is_assertion_raise(at(block.target.block))) ||
                         (block.other.block >= 0 && is_assertion_raise(at(block.other.block)));
  const bool turned = is_assert ? block.falls_true : !block.falls_true;
  const Value* v = settle(const_cast<Value*>(test));
  if (turned && v->kind != ValueKind::BoolOp && !is_word_test(v)) {
    const bool has_not = v->kind == ValueKind::UnaryOp && v->op == static_cast<std::uint8_t>(syntax::UnaryOperator::Not);
    column += has_not ? kNotWidth : -kNotWidth;
  }
  column -= block.is_while_test ? kWhileWidth : is_assert ? kAssertWidth : kIfWidth;
  return column < 0 ? -1 : column;
}

// A statement follows its neighbours: the deeper reading needs one that is as deep before it.
int Structurer::column_of_choice(int b, int column) {
  const Value* v = settle(at(b).value);
  const auto op = static_cast<syntax::CompareOperator>(v->ops[0]);
  const bool positive = op == syntax::CompareOperator::Is || op == syntax::CompareOperator::In;
  return positive == at(b).falls_true ? column : -1;
}

// Where the statement that a block begins with starts, -1 when that can't be told.
int Structurer::block_column(int b) {
  for (int step = 0; step < 20; ++step) {
    if (b < 0 || b == end()) return -1;
    const Block& block = at(b);
    if (begins_match(b)) return match_column(b);
    for (std::size_t k = 0; k < block.body.size(); ++k) {
      const Statement* s = block.body[k];
      switch (s->kind) {
        case StatementKind::LeaveTry: case StatementKind::PopException: case StatementKind::ExitWith:
        case StatementKind::PushException: case StatementKind::DropException: case StatementKind::Capture:
          continue;
        case StatementKind::EnterWith: {
          const int column = leftmost_column(s->value);
          const int width = kWithWidth + (s->flag ? kAsyncWidth : 0);
          return column < width ? -1 : round_column(column - width);
        }
        case StatementKind::Nop: {
          if (!known(s->pos) || s->pos.column < 0) continue;
          const bool leads_to_loop = k + 1 == block.body.size() && block.terminator == TerminatorKind::Jump &&
                                     block.target.block >= 0 && g_.is_header[block.target.block];
          if (leads_to_loop && s->pos.line == s->pos.end_line && s->pos.end_column - s->pos.column <= 4) {
            return round_column(s->pos.column - kWhileWidth);
          }
          return s->pos.column;
        }
        default: return start_column(s);
      }
    }
    switch (block.terminator) {
      case TerminatorKind::Return:
        if (!known(block.pos) || block.value == nullptr) return -1;
        if (settle(block.value)->kind == ValueKind::Const && block.pos == settle(block.value)->pos) {
          // A constant's return has the constant's place; a bare one its own.
          const int width = block.pos.end_column - block.pos.column;
          const bool bare = settle(block.value)->pos.line == block.pos.end_line && width == 6;
          const int column = block.pos.column;
          if (bare && std::binary_search(levels_.begin(), levels_.end(), column)) return column;
          return column < 7 ? -1 : round_column(column - 7);
        }
        return block.pos.column;
      case TerminatorKind::Raise:
        return known(block.pos) ? block.pos.column : -1;
      case TerminatorKind::Branch: {
        if (const int known_column = layout_.test_column(block.value); known_column >= 0) return known_column;
        const int column = test_column(b);
        const Value* v = settle(block.value);
        // `not a in b` or `a not in b`?
        if (is_word_test(v) && column >= kNotWidth && std::binary_search(levels_.begin(), levels_.end(), column) &&
            std::binary_search(levels_.begin(), levels_.end(), column - kNotWidth)) {
          return column_of_choice(b, column);
        }
        return round_column(column);
      }
      case TerminatorKind::ForEach: {
        if (block.target.block < 0 || at(block.target.block).body.empty()) return -1;
        const Statement* s = at(block.target.block).body.front();
        if (s->kind != StatementKind::Assign || s->targets.empty()) return -1;
        const int width = kForWidth + (block.value->flag ? kAsyncWidth : 0);
        const int column = leftmost_column(s->targets[0]);
        return column < width ? -1 : round_column(column - width);
      }
      case TerminatorKind::Jump:
        if (known(block.target.jump)) return block.target.jump.column;
        if (block.target.block >= 0 && g_.preds[block.target.block].size() > 1 && !g_.is_header[block.target.block]) return -1;
        b = block.target.block;
        break;
      default: return -1;
    }
  }
  return -1;
}

// The line of the statement that a block begins with, -1 when that can't be told.
int Structurer::block_line(int b) {
  for (int step = 0; step < 20 && b >= 0 && b != end(); ++step) {
    const Block& block = at(b);
    for (const Statement* s : block.body) {
      switch (s->kind) {
        case StatementKind::LeaveTry: case StatementKind::PopException: case StatementKind::ExitWith:
        case StatementKind::PushException: case StatementKind::DropException:
          continue;
        case StatementKind::EnterWith: return first_place(s->value).line;
        case StatementKind::Expression: return first_place(s->value).line;
        default: return start_line(s);
      }
    }
    switch (block.terminator) {
      case TerminatorKind::Return: case TerminatorKind::Raise: return known(block.pos) ? block.pos.line : -1;
      case TerminatorKind::Branch: return first_place(block.value).line;
      case TerminatorKind::ForEach: {
        if (block.target.block < 0 || at(block.target.block).body.empty()) return -1;
        const Statement* s = at(block.target.block).body.front();
        return s->targets.empty() ? -1 : first_place(s->targets[0]).line;
      }
      case TerminatorKind::Jump:
        if (known(block.target.jump)) return block.target.jump.line;
        if (block.target.block >= 0 && g_.preds[block.target.block].size() > 1 && !g_.is_header[block.target.block]) return -1;
        b = block.target.block;
        break;
      default: return -1;
    }
  }
  return -1;
}

int Structurer::block_after(int b, int line, int column, const Context& context) {
  if (line <= 0 || column < 0) return kNoBlock;
  const int next = layout_.end_of(line, column);
  int best = kNoBlock;
  for (const int to : g_.order) {
    if (to == b || to == end() || at(to).dead || at(to).is_handler || !g_.dominates(b, to) || block_line(to) != next) continue;
    if (to == context.stop || to == context.loop_header || to == context.loop_exit) continue;
    if (std::find(in_use_.begin(), in_use_.end(), to) != in_use_.end()) continue;
    const int here = block_column(to);
    if (here >= 0 && here != column) continue;
    if (!is_under(to, context.handler)) continue;
    if (best == kNoBlock || at(to).offset < at(best).offset) best = to;
  }
  return best;
}

}  // namespace ouro::decompile
