// try, except, finally, with.
#include <algorithm>

#include "decompile/structure_impl.h"

namespace ouro::decompile {
namespace {

void line_range(const Statements& list, int& low, int& high, int depth = 0) {
  if (depth > 100) return;
  for (const Statement* s : list) {
    const int line = start_line(s);
    if (line > 0) {
      low = low < 0 ? line : std::min(low, line);
      high = std::max(high, line);
    }
    line_range(s->body, low, high, depth + 1);
    line_range(s->orelse, low, high, depth + 1);
    line_range(s->finalbody, low, high, depth + 1);
    for (const Handler& h : s->handlers) line_range(h.body, low, high, depth + 1);
  }
}

bool is_jump_out(const Statement* s) {
  return s->kind == StatementKind::Return || s->kind == StatementKind::Break || s->kind == StatementKind::Continue;
}

bool is_constant(const Value* v) { return v == nullptr || settle(const_cast<Value*>(v))->kind == ValueKind::Const; }

}  // namespace

Structurer::HandlerKind Structurer::kind_of(int handler) {
  int b = handler;
  for (int step = 0; step < 50 && b >= 0 && b != end(); ++step) {
    for (const Statement* s : at(b).body) {
      if (s->kind == StatementKind::DropException) return HandlerKind::Except;
      if (s->kind != StatementKind::PushException && s->kind != StatementKind::Nop) return HandlerKind::Finally;
    }
    const Block& block = at(b);
    if (block.terminator == TerminatorKind::Branch) {
      const ValueKind kind = settle(block.value)->kind;
      if (kind == ValueKind::ExceptionMatch) return HandlerKind::Except;
      if (kind == ValueKind::WithExceptStart) return HandlerKind::With;
      if (kind == ValueKind::Compare && settle(block.value->kids[0])->kind == ValueKind::GroupMatch) return HandlerKind::Star;
      return HandlerKind::Finally;
    }
    if (block.terminator != TerminatorKind::Jump) return HandlerKind::Finally;
    b = block.target.block;
  }
  return HandlerKind::Finally;
}

// Where a handler goes on when it has dealt with the exception, if the try statement dominates it.
int Structurer::region_end(int handler, int first, const Context& context) {
  int best = kNoBlock;
  for (const int b : g_.order) {
    if (!g_.dominates(handler, b)) continue;
    for (const int to : g_.succs[b]) {
      if (g_.dominates(handler, to) || to == first || !g_.dominates(first, to)) continue;
      if (to == context.stop || to == context.loop_header || to == context.loop_exit) continue;
      if (std::find(in_use_.begin(), in_use_.end(), to) != in_use_.end()) continue;
      if (best == kNoBlock || at(to).offset < at(best).offset) best = to;
    }
  }
  return best;
}

// The protected code never goes on: what the handlers dominate and is no deeper than `try` comes after it.
int Structurer::after_handlers(int handler, int first, int column, const Context& context) {
  for (const int b : g_.order) {
    const bool inside = g_.dominates(handler, b);
    if (b == handler || b == end() || (!inside && (column < 0 || !g_.dominates(first, b) || g_.forward_preds(b) < 2 || block_column(b) != column)) || at(b).handler != context.handler || at(b).is_handler) continue;
    const bool matches = at(b).terminator == TerminatorKind::Branch && settle(at(b).value)->kind == ValueKind::ExceptionMatch;
    const bool names = std::any_of(at(b).body.begin(), at(b).body.end(), [](const Statement* s) {
      return s->kind == StatementKind::DropException || (s->kind == StatementKind::Assign && settle(s->value)->kind == ValueKind::Exception);
    });
    if (matches || names) continue;
    const int here = block_column(b);
    if (here < 0 || here > column) continue;
    if (b == context.stop || b == context.loop_header || b == context.loop_exit) continue;
    if (std::find(in_use_.begin(), in_use_.end(), b) != in_use_.end()) continue;
    return b;
  }
  return kNoBlock;
}

// The first line that a handler shows.
int Structurer::handler_line(int handler) {
  int b = handler;
  for (int step = 0; step < 20 && b >= 0 && b != end(); ++step) {
    const Block& block = at(b);
    for (const Statement* s : block.body) {
      if (const int line = start_line(s); line > 0) return line;
    }
    if (block.terminator == TerminatorKind::Branch || block.terminator == TerminatorKind::Return || block.terminator == TerminatorKind::Raise) {
      return known(block.pos) ? block.pos.line : -1;
    }
    b = block.target.block;
  }
  return -1;
}

// The lines of several `try` may stand before code that is under all their handlers: the outermost handler takes the
// outermost statement that reaches down to it and leaves the others for those inside.
void Structurer::take_try_line(int handler, Statements& before, Statement* s) {
  std::size_t first = before.size();
  while (first > 0 && before[first - 1]->kind == StatementKind::Nop && before[first - 1]->pos.end_line > before[first - 1]->pos.line) --first;
  if (first == before.size()) {
    if (!before.empty() && before.back()->kind == StatementKind::Nop) {
      s->pos = before.back()->pos;
      before.pop_back();
    }
    return;
  }
  const int line = handler_line(handler);
  std::size_t taken = first;
  while (taken < before.size() && line > 0 && before[taken]->pos.end_line < line) ++taken;
  const bool found = taken < before.size();
  if (found) s->pos = before[taken]->pos;
  carried_.assign(before.begin() + static_cast<std::ptrdiff_t>(found ? taken + 1 : first), before.end());
  before.resize(found ? taken : first);
}

bool Structurer::handlers_of(int handler, const Context& context, Statement* statement) {
  int b = handler;
  bool falls = false;
  for (int count = 0; count < 5000 && b != kNoBlock; ++count) {
    Block& block = at(b);
    if (visit(b) > 50 || block.dead) return falls;
    const bool drops = std::any_of(block.body.begin(), block.body.end(), [](const Statement* s) { return s->kind == StatementKind::DropException; });
    if (block.terminator == TerminatorKind::Branch && settle(block.value)->kind == ValueKind::ExceptionMatch && !drops) {
      Handler h;
      h.pos = block.pos;
      h.type = settle(block.value)->kids[0];
      Sequence body = sequence(block.target.block, context);
      falls = falls || body.falls;
      std::size_t k = 0;
      while (k < body.body.size() && body.body[k]->kind == StatementKind::Nop) ++k;
      if (k < body.body.size()) {
        const Statement* s = body.body[k];
        if (s->kind == StatementKind::Assign && settle(s->value)->kind == ValueKind::Exception && s->targets.size() == 1) {
          h.name = s->targets[0]->name;
          body.body.erase(body.body.begin() + static_cast<std::ptrdiff_t>(k));
        }
      }
      h.body = std::move(body.body);
      statement->handlers.push_back(std::move(h));
      b = block.other.block;
      continue;
    }
    if (block.terminator == TerminatorKind::Reraise && !drops) return falls;
    if (block.terminator == TerminatorKind::Jump && block.body.size() <= 1 && b == handler && !drops) {
      b = block.target.block;
      continue;
    }
    Handler bare;
    --visits_[b];
    Sequence body = sequence(b, context);
    falls = falls || body.falls;
    for (const Statement* s : body.body) {
      if (s->kind == StatementKind::DropException) bare.pos = s->pos;
    }
    bare.body = std::move(body.body);
    statement->handlers.push_back(std::move(bare));
    return falls;
  }
  return falls;
}

// The body of a with statement never gets out: what is left of the code under its handler's exit comes after it.
int Structurer::after_with(int handler, const Context& context) {
  for (const int b : g_.order) {
    if (b == handler || !g_.dominates(handler, b) || at(b).handler != context.handler || b == context.stop || b == context.loop_header || b == context.loop_exit) continue;
    if (is_lost(b)) return b;
  }
  return kNoBlock;
}

// What comes after the statement of a region: the layout says it where it can, else where the handlers lead.
int Structurer::region_after(int b, const Statement* s, const Statements& before, const Context& context) {
  int line = -1;
  int column = -1;
  if (known(s->pos) && s->pos.end_line > s->pos.line) {
    line = s->pos.end_line;
    column = s->pos.column;
  } else if (s->kind == StatementKind::With && !before.empty() && before.back()->kind == StatementKind::EnterWith) {
    const Spot at = first_place(before.back()->value);
    line = at.line;
    column = layout_.snap(at.column - (before.back()->flag ? 11 : 5));
  }
  const int way = ask(ChoiceKind::RegionEnd, at(b).offset, 3);
  if (way == 2) return kNoBlock;
  if (const int shown = way == 0 ? block_after(b, line, column, context) : kNoBlock; shown != kNoBlock) return shown;
  const int after = region_end(s->number, b, context);
  if (after != kNoBlock || s->kind == StatementKind::With || !known(s->pos)) return after;
  return after_handlers(s->number, b, s->pos.column, context);
}

int Structurer::region(int b, Context& context, Sequence& out) {
  int handler = at(b).handler;
  for (int step = 0; step < 300 && l_.handler_parent[handler] != context.handler; ++step) {
    handler = l_.handler_parent[handler];
    if (handler == kNoBlock) {
      problem(out.body, "handlers that do not nest");
      return kNoBlock;
    }
  }
  const HandlerKind kind = kind_of(handler);
  Statement* s = make(kind == HandlerKind::With ? StatementKind::With : StatementKind::Try, {});
  s->number = handler;
  if (kind != HandlerKind::With) take_try_line(handler, out.body, s);
  int after = region_after(b, s, out.body, context);
  Context inner = context;
  inner.handler = handler;
  if (after != kNoBlock) {
    in_use_.push_back(context.stop);
    inner.stop = after;
  }
  Sequence body = sequence(b, inner);
  Context outside = inner;
  outside.handler = context.handler;
  s->body = std::move(body.body);
  if (kind == HandlerKind::Except || kind == HandlerKind::Star) {
    body.falls = handlers_of(handler, outside, s) || body.falls;
  } else if (kind == HandlerKind::Finally) {
    Context final_context = outside;
    Sequence final_body = sequence(handler, final_context, true);
    s->finalbody = std::move(final_body.body);
  }
  if (after != kNoBlock) in_use_.pop_back();
  if (kind == HandlerKind::With) {
    s->pos = at(handler).pos;
    if (!out.body.empty() && out.body.back()->kind == StatementKind::EnterWith) {
      const Statement* enter = out.body.back();
      s->items.push_back({enter->value, nullptr});
      s->flag = enter->flag;
      s->offset = enter->offset;
      out.body.pop_back();
    } else {
      problem(s->body, "a with statement without its context");
    }
    if (!s->body.empty() && !s->items.empty() && s->body.front()->kind == StatementKind::Assign &&
        settle(s->body.front()->value)->kind == ValueKind::WithEnter && s->body.front()->targets.size() == 1) {
      s->items[0].target = s->body.front()->targets[0];
      s->body.erase(s->body.begin());
    }
  }
  Statements rest;
  finish_region(handler, s, rest);
  out.body.push_back(s);
  out.body.insert(out.body.end(), rest.begin(), rest.end());
  if (after == kNoBlock && kind == HandlerKind::With) after = after_with(handler, context);
  if (after == kNoBlock) out.falls = out.falls || body.falls;
  return after;
}

// How many statements from `from` on are a copy of a finally body: those on its lines, else those that are as many.
std::size_t Structurer::copy_length(const Statements& list, std::size_t from, const Statements& copy, std::uint32_t left_at) {
  int low = -1;
  int high = -1;
  line_range(copy, low, high);
  std::size_t n = 0;
  if (low < 0) return std::min(copy.size(), list.size() - from);
  while (from + n < list.size()) {
    const Statement* s = list[from + n];
    const int line = start_line(s);
    const bool marker = s->kind == StatementKind::LeaveTry || s->kind == StatementKind::ExitWith;
    if (marker && from + n + 1 < list.size()) {
      const int next = start_line(list[from + n + 1]);
      if (next >= low && next <= high) {
        ++n;
        continue;
      }
      break;
    }
    if (line < low || line > high) break;
    // A value computed before the protected code was left is returned after the copy.
    if (s->kind == StatementKind::Return && !is_constant(s->value) && s->offset < left_at) break;
    ++n;
  }
  return n;
}

// The constant that is returned comes after the clean-up; its line stayed before it as a NOP.
bool Structurer::take_return_line(Statements& before, Statement* jump) {
  if (jump->kind != StatementKind::Return || !is_constant(jump->value) || before.empty()) return false;
  const Statement* line = before.back();
  if (line->kind != StatementKind::Nop || !known(line->pos) || line->pos.column < 0) return false;
  if (known(jump->pos) && jump->pos.line > line->pos.line) return false;
  if (jump->value == nullptr && (line->pos.end_line > line->pos.line || line->pos.end_column - line->pos.column != 6)) return false;
  jump->pos = line->pos;
  before.pop_back();
  return true;
}

void Structurer::settle_return(Statements& list, std::size_t& marker) {
  std::size_t k = marker + 1;
  while (k < list.size() && (list[k]->kind == StatementKind::LeaveTry || list[k]->kind == StatementKind::ExitWith)) ++k;
  if (k >= list.size() || marker == 0) return;
  Statements before(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(marker));
  if (!take_return_line(before, list[k])) return;
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(marker) - 1);
  --marker;
}

void Structurer::strip_copies(Statements& list, int handler, const Statements& copy, bool top) {
  if (++depth_ > 400) {
    --depth_;
    return;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    Statement* s = list[i];
    if (s->kind == StatementKind::LeaveTry && s->number == handler) {
      // The line of `break` or `continue` may stand between.
      std::size_t from = i + 1;
      while (from < list.size() && list[from]->kind == StatementKind::Nop) ++from;
      const std::size_t n = copy.empty() ? 0 : copy_length(list, from, copy, s->offset);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(from), list.begin() + static_cast<std::ptrdiff_t>(from + n));
      if (!top) {
        settle_return(list, i);
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
        --i;
      }
      continue;
    }
    strip_copies(s->body, handler, copy, false);
    strip_copies(s->orelse, handler, copy, false);
    strip_copies(s->finalbody, handler, copy, false);
    for (Handler& h : s->handlers) strip_copies(h.body, handler, copy, false);
  }
  --depth_;
}

// Takes the copies of a finally body out, and splits what comes after the protected code: a jump out of it, the
// `else`, or what follows the statement.
void Structurer::finish_region(int handler, Statement* s, Statements& after) {
  strip_copies(s->body, handler, s->finalbody, true);
  strip_copies(s->orelse, handler, s->finalbody, false);
  for (Handler& h : s->handlers) strip_copies(h.body, handler, s->finalbody, false);
  Statements& body = s->body;
  std::size_t marker = 0;
  while (marker < body.size() && !(body[marker]->kind == StatementKind::LeaveTry && body[marker]->number == handler)) ++marker;
  if (marker == body.size()) return;
  Statements tail(body.begin() + static_cast<std::ptrdiff_t>(marker) + 1, body.end());
  const std::uint32_t left_at = body[marker]->offset;
  body.resize(marker);
  std::erase_if(body, [&](const Statement* x) { return x->kind == StatementKind::LeaveTry && x->number == handler; });
  Statements rest;
  for (Statement* x : tail) {
    if (x->kind == StatementKind::LeaveTry && x->number == handler) continue;
    rest.push_back(x);
  }
  // The first line that is no longer the protected code's.
  int low = -1;
  int last = -1;
  for (const Handler& h : s->handlers) {
    if (known(h.pos)) low = low < 0 ? h.pos.line : std::min(low, h.pos.line);
    line_range(h.body, low, last);
  }
  int final_low = -1;
  line_range(s->finalbody, final_low, last);
  if (low < 0) low = final_low;
  std::size_t first = 0;
  while (first < rest.size() && (rest[first]->kind == StatementKind::ExitWith || rest[first]->kind == StatementKind::LeaveTry ||
                                 (rest[first]->kind == StatementKind::Nop && !(known(rest[first]->pos) && low > 0 && rest[first]->pos.line > low)))) ++first;
  if (first < rest.size() && is_jump_out(rest[first])) {
    Statement* jump = rest[first];
    bool inside = false;
    // The line of the jump itself: a NOP before the clean-up, maybe already outside.
    for (std::size_t k = first; k-- > 0;) {
      if (rest[k]->kind != StatementKind::Nop || !known(rest[k]->pos) || (low > 0 && rest[k]->pos.line >= low)) continue;
      if (!known(jump->pos) || jump->pos.line <= rest[k]->pos.line) {
        if (jump->kind != StatementKind::Return || jump->value != nullptr || rest[k]->pos.end_column - rest[k]->pos.column == 6) {
          jump->pos = rest[k]->pos;
          rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
          inside = low > 0;
        }
      }
      break;
    }
    const int inner_column = body.empty() ? -1 : start_column(body.front());
    if (inside || take_return_line(body, jump)) {
      inside = true;
    } else if (known(jump->pos) && low > 0) {
      inside = jump->pos.line < low;
    } else if (known(jump->pos) && inner_column >= 0 && jump->kind != StatementKind::Return) {
      inside = jump->pos.column >= inner_column;
    } else if (jump->kind == StatementKind::Return && !is_constant(jump->value)) {
      inside = jump->offset < left_at;
    } else if (s->finalbody.empty()) {
      inside = known(jump->pos);
    }
    if (inside) {
      body.insert(body.end(), rest.begin(), rest.end());
      return;
    }
  }
  const int way = ask(ChoiceKind::TryTail, left_at / 2, 4);
  if (way == 1) {
    body.insert(body.end(), rest.begin(), rest.end());
    return;
  }
  if (way == 2) {
    after = std::move(rest);
    return;
  }
  if (way == 3 && !s->handlers.empty()) {
    s->orelse = std::move(rest);
    return;
  }
  if (s->kind == StatementKind::Try && !s->handlers.empty()) {
    const int column = body.empty() ? -1 : start_column(body.front());
    std::size_t n = 0;
    while (n < rest.size() && column >= 0) {
      const int here = start_column(rest[n]);
      if (here >= 0 && round_column(here) != column) break;
      ++n;
    }
    if (column < 0) n = rest.size();
    // A line between: `else:` needs one.
    s->orelse.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(n));
    after.assign(rest.begin() + static_cast<std::ptrdiff_t>(n), rest.end());
    return;
  }
  after = std::move(rest);
}

}  // namespace ouro::decompile
