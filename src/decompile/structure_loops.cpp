// for, while, while True.
#include <algorithm>

#include "decompile/structure_impl.h"

namespace ouro::decompile {

int Structurer::loop(int b, const Context& context, Sequence& out) {
  Block& header = at(b);
  if (header.terminator == TerminatorKind::ForEach && header.body.empty()) {
    visit(b);
    return for_each(b, context, out);
  }
  const bool turned = ask(ChoiceKind::LoopForm, header.end_offset, 2) == 1;
  const bool pure = !turned && header.body.empty() && header.terminator == TerminatorKind::Branch && !begins_match(b);
  const bool preceded_by_line = !out.body.empty() && out.body.back()->kind == StatementKind::Nop;
  if (pure && (header.is_while_test || !preceded_by_line)) {
    const std::vector<bool> in = g_.loop(b);
    const bool body_in = header.target.block >= 0 && in[header.target.block];
    const bool other_in = header.other.block >= 0 && in[header.other.block];
    if (header.is_while_test || body_in != other_in) {
      visit(b);
      return while_loop(b, context, out);
    }
  }
  return endless_loop(b, context, out);
}

// The n-th block outside of a loop that the loop leads to, in layout order.
int Structurer::nth_exit(int header, const std::vector<bool>& in, int n) {
  std::vector<int> found;
  for (const int b : g_.order) {
    if (!g_.dominates(header, b)) continue;
    for (const int to : g_.succs[b]) {
      if (!in[to] && !at(to).is_handler && g_.forward_preds(to) >= 2 && std::find(found.begin(), found.end(), to) == found.end()) found.push_back(to);
    }
  }
  std::sort(found.begin(), found.end(), [&](int x, int y) { return at(x).offset < at(y).offset; });
  return n < static_cast<int>(found.size()) ? found[n] : kNoBlock;
}

// Whether no other loop stands between a block and the one whose statement is at `column`: its `break` is that one's.
bool Structurer::innermost_loop_column(int b, int column) {
  for (int up = g_.idom[b]; up >= 0; up = up == g_.idom[up] ? -1 : g_.idom[up]) {
    if (!g_.is_header[up]) continue;
    const int here = block_column(up);
    return here <= column;
  }
  return true;
}

// A block outside of the loop that both the loop's regular end and a `break` reach.
int Structurer::break_target(int header, int exit, const std::vector<bool>& in, const Context& context,
                             int column) {
  const int way = ask(ChoiceKind::BreakTarget, at(header).end_offset, 5);
  if (way == 1) return exit;
  if (way == 2) return context.stop;
  if (way == 3) return nth_exit(header, in, 0);
  if (const int line = block_line(header); way == 0 && line > 0 && column >= 0 && exit != kNoBlock) {
    const int last = layout_.end_of(line, column);
    const int first = exit == end() ? -1 : block_line(exit);
    const bool is_else = exit != context.stop && first > line && first < last;
    if (!is_else && (first >= last || exit == context.stop || exit == end() || exit == context.loop_header)) return exit;
    if (const int shown = block_after(header, line, column, context); shown != kNoBlock) return shown;
  }
  // The keyword itself.
  for (const int b : g_.order) {
    if (!in[b] && !g_.dominates(header, b)) continue;
    for (const Edge* e : {&at(b).target, &at(b).other}) {
      if (e->block < 0 || !known(e->jump) || e->jump.end_column - e->jump.column != 5 || in[e->block] || column < 0) continue;
      const int here = block_column(e->block);
      if (e->jump.column > column && e->jump.line >= at(header).pos.line && here <= column && (here >= 0 || e->block == context.stop || e->block == end())) {
        if (innermost_loop_column(b, column)) return e->block;
      }
    }
  }
  if (exit != kNoBlock && column >= 0) {
    if (const int here = block_column(exit); here >= 0 && here <= column) return exit;
  }
  if (exit != kNoBlock && (exit == context.stop || exit == end())) return exit;
  int best = kNoBlock;
  for (const int child : g_.children[header]) {
    if (in[child] || at(child).is_handler || g_.forward_preds(child) < 2) continue;
    if (column >= 0 && block_column(child) > column) continue;
    if (child == exit) return exit;
    if (child == end() && context.stop != end()) continue;
    if (at(child).offset >= at(exit).offset && (best == kNoBlock || at(child).offset < at(best).offset)) best = child;
  }
  if (best != kNoBlock) return best;
  // A break to where the enclosing statement goes on, past an `else`.
  const auto leads_out = [&](int to) { return to == context.stop && to != kNoBlock; };
  for (const int b : g_.order) {
    if (b == header || !g_.dominates(header, b) || (exit != kNoBlock && g_.dominates(exit, b))) continue;
    for (const int to : g_.succs[b]) {
      if (leads_out(to)) return to;
    }
  }
  return exit;
}

int Structurer::for_each(int b, const Context& context, Sequence& out) {
  Block& header = at(b);
  const std::vector<bool> in = g_.loop(b);
  const int exit = header.other.block;
  if (exit == kNoBlock || header.target.block == kNoBlock) {
    problem(out.body, "a loop that leads nowhere");
    return kNoBlock;
  }
  const int after = break_target(b, exit, in, context, block_column(b));
  Context inner;
  inner.handler = context.handler;
  inner.stop = inner.loop_header = b;
  inner.loop_exit = after;
  in_use_.push_back(context.stop);
  in_use_.push_back(after);
  Sequence body = sequence(header.target.block, inner);
  Sequence orelse;
  if (after != exit) {
    Context rest = context;
    rest.stop = after;
    orelse = sequence(exit, rest);
  }
  in_use_.pop_back();
  in_use_.pop_back();
  Statement* s = make(StatementKind::For, header.value->pos);
  s->flag = header.value->flag;
  s->value = header.value->kids.empty() ? header.value : header.value->kids[0];
  std::size_t first = 0;
  while (first < body.body.size() && body.body[first]->kind != StatementKind::Assign) ++first;
  if (first < body.body.size()) {
    const Statement* target = body.body[first];
    const Value* item = settle(target->value);
    if (item->kind == ValueKind::Item && target->targets.size() == 1) {
      s->targets = target->targets;
      body.body.erase(body.body.begin() + static_cast<std::ptrdiff_t>(first));
    }
  }
  if (s->targets.empty()) problem(body.body, "a loop without a target");
  s->body = std::move(body.body);
  s->orelse = std::move(orelse.body);
  out.body.push_back(s);
  return after;
}

int Structurer::while_loop(int b, const Context& context, Sequence& out) {
  Block& header = at(b);
  const std::vector<bool> in = g_.loop(b);
  bool body_is_true = header.falls_true;
  const bool target_in = header.target.block >= 0 && in[header.target.block];
  const bool other_in = header.other.block >= 0 && in[header.other.block];
  if (target_in != other_in) body_is_true = target_in;
  const Edge body_edge = body_is_true ? header.target : header.other;
  const int exit = body_is_true ? header.other.block : header.target.block;
  const int after = break_target(b, exit, in, context, block_column(b));
  Context inner;
  inner.handler = context.handler;
  inner.stop = inner.loop_header = b;
  inner.loop_exit = after;
  in_use_.push_back(context.stop);
  in_use_.push_back(after);
  Sequence body;
  const int first = follow(body_edge, inner, body);
  if (first != kNoBlock) body = sequence(first, inner);
  Sequence orelse;
  if (after != exit) {
    Context rest = context;
    rest.stop = after;
    orelse = sequence(exit, rest);
  }
  in_use_.pop_back();
  in_use_.pop_back();
  Statement* s = make(StatementKind::While, header.pos);
  s->value = body_is_true ? header.value : negate(header.value, pool_);
  s->body = std::move(body.body);
  s->orelse = std::move(orelse.body);
  out.body.push_back(s);
  return after;
}

// The line of `while True`: before the loop, or the first thing in it.
int Structurer::endless_line(int b, const Statements& before) {
  const auto line = [](const Statements& list, std::size_t k) {
    const Statement* s = list[k];
    return s->kind == StatementKind::Nop && known(s->pos) && s->pos.line == s->pos.end_line ? s->pos.line : -1;
  };
  if (!before.empty()) {
    if (const int found = line(before, before.size() - 1); found > 0) return found;
  }
  return at(b).body.empty() ? -1 : line(at(b).body, 0);
}

int Structurer::endless_loop(int b, const Context& context, Sequence& out) {
  const std::vector<bool> in = g_.loop(b);
  std::uint32_t last = 0;
  for (const int k : g_.order) {
    if (in[k] && g_.owner[k] == g_.owner[b]) last = std::max(last, at(k).end_offset);
  }
  const int body_column = block_column(b);
  int own = -1;
  if (!out.body.empty() && out.body.back()->kind == StatementKind::Nop) {
    own = round_column(out.body.back()->pos.column - 6);
    if (body_column >= 0 && own >= body_column) own = -1;
  } else if (!at(b).body.empty() && at(b).body[0]->kind == StatementKind::Nop && at(b).body[0]->pos.column >= 6 &&
             at(b).body[0]->pos.line == at(b).body[0]->pos.end_line) {
    own = layout_.snap(at(b).body[0]->pos.column - 6);
  }
  const int line = endless_line(b, out.body);
  const int last_line = line > 0 && own >= 0 ? layout_.end_of(line, own) : -1;
  int after = kNoBlock;
  bool after_joins = false;
  for (const int k : g_.order) {
    if (!g_.dominates(b, k)) continue;
    for (const int to : g_.succs[k]) {
      if (in[to]) continue;
      if (to == context.stop) {
        if (after == kNoBlock) after = to;
        continue;
      }
      if (!g_.dominates(b, to) || g_.owner[to] != g_.owner[b] || false) continue;
      const int column = block_column(to);
      if (own >= 0 && column > own) continue;
      if (const int here = last_line > 0 && to != end() ? block_line(to) : -1; here > line && here < last_line) continue;
      if ((column < 0 || body_column < 0) && at(to).offset < last && to != end()) continue;
      if (body_column >= 0 && column >= body_column) continue;
      if (to == end() && after != kNoBlock) continue;
      const bool joins = g_.forward_preds(to) >= 2;
      if (after == kNoBlock || after == context.stop || after == end() || (joins && !after_joins) ||
          (joins == after_joins && at(to).offset < at(after).offset)) {
        after = to;
        after_joins = joins;
      }
    }
  }
  if (const int shown = block_after(b, line, own, context); shown != kNoBlock) after = shown;
  switch (ask(ChoiceKind::BreakTarget, at(b).end_offset, 5)) {
    case 1: after = kNoBlock; break;
    case 2: after = context.stop; break;
    case 3: after = nth_exit(b, in, 0); break;
    case 4: after = nth_exit(b, in, 1); break;
    default: break;
  }
  Context inner;
  inner.handler = context.handler;
  inner.stop = inner.loop_header = b;
  inner.loop_exit = after;
  in_use_.push_back(context.stop);
  in_use_.push_back(after);
  Sequence body = sequence(b, inner, true);
  in_use_.pop_back();
  in_use_.pop_back();
  Statement* s = make(StatementKind::While, {});
  if (!out.body.empty() && out.body.back()->kind == StatementKind::Nop) {
    s->pos = out.body.back()->pos;
    out.body.pop_back();
  } else if (body.body.size() > 1 && body.body[0]->kind == StatementKind::Nop) {
    // What comes back from the end goes to the line of `while True` itself.
    const Position& at_true = body.body[0]->pos;
    const int next = start_column(body.body[1]) >= 0 ? start_column(body.body[1]) : body.body[1]->pos.column;
    if (at_true.line == at_true.end_line && next >= 0 && next != at_true.column && at_true.column - 6 < next) {
      s->pos = at_true;
      body.body.erase(body.body.begin());
    }
  }
  s->body = std::move(body.body);
  out.body.push_back(s);
  return after;
}

}  // namespace ouro::decompile
