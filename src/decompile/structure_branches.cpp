// if, elif, else, assert.
#include <algorithm>

#include "decompile/structure_impl.h"

namespace ouro::decompile {

// Where the two ways of a branch meet again: the first block that it dominates at once and that more than one edge
// leads to, or kNoBlock.
int Structurer::join_of(int b, const Context& context, int alternative, int own) {
  int best = kNoBlock;
  for (const int child : g_.children[b]) {
    if (at(child).is_handler || child == end() || g_.forward_preds(child) < 2) continue;
    if (child == context.stop || child == context.loop_exit || child == context.loop_header) continue;
    if (std::find(in_use_.begin(), in_use_.end(), child) != in_use_.end()) continue;
    if (own >= 0 && child != alternative && block_column(child) > own) continue;
    if (child == alternative) {
      if (own >= 0 && block_column(child) > own) continue;
      return child;
    }
    if (best == kNoBlock || at(child).offset < at(best).offset) best = child;
  }
  return best;
}

Statement* Structurer::make_if(Value* test, Sequence body, Sequence orelse, int b) {
  if (body.body.empty() && !orelse.body.empty()) {
    std::swap(body, orelse);
    test = negate(test, pool_);
  }
  // assert test, message
  if (orelse.body.empty() && body.body.size() == 1 && body.body[0]->kind == StatementKind::Raise &&
      body.body[0]->value != nullptr && body.body[0]->other == nullptr) {
    Value* raised = settle(body.body[0]->value);
    const bool with_message = raised->kind == ValueKind::Call && raised->kids.size() == 2 &&
                              raised->kids[0]->kind == ValueKind::AssertionError;
    if (with_message || raised->kind == ValueKind::AssertionError) {
      Statement* s = make(StatementKind::Assert, at(b).pos);
      s->value = negate(test, pool_);
      s->other = with_message ? raised->kids[1] : nullptr;
      return s;
    }
  }
  Statement* s = make(StatementKind::If, at(b).pos);
  s->value = test;
  s->body = std::move(body.body);
  s->orelse = std::move(orelse.body);
  return s;
}

int Structurer::branch(int b, const Context& context, Sequence& out) {
  Block& block = at(b);
  Edge body = block.falls_true ? block.target : block.other;
  Edge rest = block.falls_true ? block.other : block.target;
  Value* test = block.falls_true ? block.value : negate(block.value, pool_);
  // CPython flowgraph.c normalize_jumps turns a conditional jump back into the opposite one over a jump.
  const auto is_silent_back = [&](const Edge& e) {
    return e.block == context.loop_header && !(known(e.jump) && e.jump.end_column - e.jump.column == 8);
  };
  if (is_silent_back(body) && !is_silent_back(rest)) {
    std::swap(body, rest);
    test = negate(test, pool_);
  }
  const int raw = test_column(b);
  const int own = layout_.test_column(block.value) >= 0 ? raw : round_column(raw);
  // 1: the other way is an `else`, 0: it follows, -1: columns don't tell.
  int orelse = -1;
  const int keyword = known(rest.jump) ? rest.jump.column : -1;
  if (const int next = keyword >= 0 ? keyword : block_column(rest.block); next >= 0 && own >= 0) {
    orelse = next > own ? 1 : 0;
    const bool is_elif = keyword < 0 && rest.block >= 0 && at(rest.block).body.empty() && at(rest.block).terminator == TerminatorKind::Branch &&
                         layout_.is_elif(at(rest.block).value);
    if (is_elif && next == own) orelse = 1;
    const bool is_test = !is_elif && layout_.test_column(block.value) < 0 && keyword < 0 && rest.block >= 0 && at(rest.block).body.empty() && at(rest.block).terminator == TerminatorKind::Branch && !g_.is_header[rest.block];
    if (is_test && orelse == 0) {
      const int column = test_column(rest.block);
      orelse = column - own == 2 || column - own == 3 ? 1 : 0;
    }
  }
  // What starts before the line where the statement ends is its `else`.
  const int line = first_place(block.value).line;
  const int last = own >= 0 && layout_.test_column(block.value) >= 0 ? layout_.end_of(line, own) : -1;
  if (last > 0) {
    const int rest_line = keyword >= 0 ? rest.jump.line : block_line(rest.block);
    if (rest_line > line) orelse = rest_line < last ? 1 : 0;
  }
  switch (ask(ChoiceKind::Else, block.end_offset, 4)) {
    case 1: orelse = orelse == 0 ? 1 : 0; break;
    case 2: orelse = -1; break;
    case 3: orelse = 2; break;
    default: break;
  }
  if (orelse == 0 && block_column(body.block) > own && rest.block != context.stop && rest.block != context.loop_header && rest.block != context.loop_exit &&
      rest.block != end() && at(rest.block).terminator != TerminatorKind::Stuck) {
    Context inside = context;
    inside.stop = rest.block;
    inside.if_column = -1;
    in_use_.push_back(context.stop);
    Sequence yes;
    const int to = follow(body, inside, yes);
    if (to != kNoBlock) yes = sequence(to, inside);
    in_use_.pop_back();
    out.body.push_back(make_if(test, std::move(yes), {}, b));
    return follow(rest, context, out);
  }
  int join = orelse == 2 ? kNoBlock : join_of(b, context, rest.block, orelse == -1 ? -1 : own);
  if (const int shown = orelse == 1 && last > 0 ? block_after(b, line, own, context) : kNoBlock; shown != kNoBlock) join = shown;
  Context inner = context;
  inner.if_column = -1;
  const auto parse = [&](const Edge& edge, const Context& c) {
    Sequence s;
    const int to = follow(edge, c, s);
    if (to == kNoBlock) return s;
    return sequence(to, c);
  };
  if (join != kNoBlock) {
    in_use_.push_back(context.stop);
    inner.stop = join;
    Sequence yes = parse(body, inner);
    Sequence no;
    if (rest.block != join) no = parse(rest, inner);
    in_use_.pop_back();
    out.body.push_back(make_if(test, std::move(yes), std::move(no), b));
    return join;
  }
  Sequence yes = parse(body, inner);
  if (rest.block == context.stop && !(known(rest.jump) && rest.jump.end_column - rest.jump.column == 8)) {
    out.body.push_back(make_if(test, std::move(yes), {}, b));
    return context.stop;
  }
  // Without a join: what follows is the `else`, unless the first way never gets out (then there need not be one).
  const bool flat = orelse == 0 || (orelse < 0 && !yes.falls);
  if (flat) {
    out.body.push_back(make_if(test, std::move(yes), {}, b));
    return follow(rest, context, out);
  }
  Sequence no = parse(rest, inner);
  out.falls = yes.falls || no.falls;
  out.body.push_back(make_if(test, std::move(yes), std::move(no), b));
  return kNoBlock;
}

}  // namespace ouro::decompile
