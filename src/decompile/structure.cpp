#include "decompile/structure.h"

#include <algorithm>

#include "decompile/structure_impl.h"

namespace ouro::decompile {
namespace {

constexpr int kDeepestNesting = 150;
constexpr int kMostVisits = 4;

bool is_jump_keyword(const Position& pos, int width) {
  return known(pos) && pos.line == pos.end_line && pos.column >= 0 && pos.end_column - pos.column == width;
}

const Position* value_position(const Value* v, int depth = 0) {
  if (v == nullptr || depth > 50) return nullptr;
  v = settle(const_cast<Value*>(v));
  if (known(v->pos)) return &v->pos;
  for (const Value* kid : v->kids) {
    if (const Position* p = value_position(kid, depth + 1)) return p;
  }
  return nullptr;
}

// `except E as name`: CPython sets the name to None and deletes it wherever the handler is left, at one position.
void drop_name_cleanup(Statements& body) {
  Statements out;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i + 1 < body.size()) {
      const Statement* none = body[i];
      const Statement* gone = body[i + 1];
      if (none->kind == StatementKind::Assign && gone->kind == StatementKind::Delete && none->targets.size() == 1 &&
          gone->targets.size() == 1 && none->targets[0]->kind == ValueKind::Name && gone->targets[0]->kind == ValueKind::Name &&
          none->targets[0]->name == gone->targets[0]->name && none->value->kind == ValueKind::Const &&
          (!known(none->pos) || none->pos == gone->pos)) {
        ++i;
        continue;
      }
    }
    out.push_back(body[i]);
  }
  body = std::move(out);
}

}  // namespace

int start_line(const Statement* s) {
  const Position* best = known(s->pos) ? &s->pos : nullptr;
  int line = best != nullptr ? best->line : -1;
  const auto consider = [&](const Value* v) {
    const Position* p = value_position(v);
    if (p != nullptr && (line < 0 || p->line < line)) line = p->line;
  };
  if (s->kind == StatementKind::Assign || s->kind == StatementKind::AnnAssign || line < 0) {
    for (const Value* t : s->targets) consider(t);
    consider(s->value);
  }
  return line;
}

int start_column(const Statement* s) {
  switch (s->kind) {
    case StatementKind::Assign: case StatementKind::AnnAssign:
      if (s->targets.empty() || !known(s->targets[0]->pos)) return -1;
      return s->targets[0]->pos.column;
    case StatementKind::If: {
      const Position* p = value_position(s->value);
      return p != nullptr && p->column >= 3 ? p->column - 3 : -1;
    }
    case StatementKind::For: case StatementKind::While: case StatementKind::With:
      return -1;
    case StatementKind::Match: {
      const int column = leftmost_column(s->value);
      return column >= 6 ? column - 6 : -1;
    }
    default: return known(s->pos) ? s->pos.column : -1;
  }
}

Structured structure(Lifted& lifted, Pool& pool, const Layout& layout, Choices* choices) {
  return Structurer(lifted, pool, layout, choices).run();
}

Structured Structurer::run() {
  result_.problems = l_.problems;
  for (Block& block : l_.blocks) drop_name_cleanup(block.body);
  split_cases();
  g_ = analyse(l_);
  levels_ = statement_columns(l_);
  visits_.assign(l_.blocks.size(), 0);
  Context context;
  context.stop = end();
  Sequence all = sequence(0, context);
  result_.body = std::move(all.body);
  report_lost();
  return std::move(result_);
}

namespace {
bool says_something(const Statement* s) {
  switch (s->kind) {
    case StatementKind::Nop: case StatementKind::PushException: case StatementKind::PopException: case StatementKind::DropException:
    case StatementKind::ExitWith: case StatementKind::LeaveTry:
      return false;
    default: return true;
  }
}

std::array<std::int32_t, 4> place(const Position& pos) { return {pos.line, pos.column, pos.end_line, pos.end_column}; }
}  // namespace

int Structurer::visit(int b) {
  if (visits_[b]++ == 0) {
    for (const Statement* s : at(b).body) taken_.insert(place(s->pos));
    taken_.insert(place(at(b).pos));
  }
  return visits_[b];
}

// Whether a block says something that no statement has taken up. CPython copies small exits: what stands at the
// place of something taken up is a copy of it.
bool Structurer::is_lost(int b) {
  const Block& block = at(b);
  if (visits_[b] > 0 || block.dead || b == end() || block.is_handler) return false;
  const bool decides = block.terminator == TerminatorKind::Branch || block.terminator == TerminatorKind::ForEach || block.terminator == TerminatorKind::Raise;
  if (!decides && std::none_of(block.body.begin(), block.body.end(), says_something) &&
      (block.terminator != TerminatorKind::Return || !known(block.pos))) return false;
  if (decides && !taken_.contains(place(block.pos))) return true;
  return std::any_of(block.body.begin(), block.body.end(), [&](const Statement* s) { return says_something(s) && (!known(s->pos) || !taken_.contains(place(s->pos))); }) ||
         (block.terminator == TerminatorKind::Return && known(block.pos) && !taken_.contains(place(block.pos)));
}

void Structurer::report_lost() {
  for (const int b : g_.order) {
    if (is_lost(b)) result_.problems.push_back("code that no statement has (byte " + std::to_string(at(b).offset) + ")");
  }
}

void Structurer::problem(Statements& out, std::string text) {
  result_.problems.push_back(text);
  Statement* s = make(StatementKind::Comment, {});
  s->text = pool_.keep(std::move(text));
  out.push_back(s);
}

bool Structurer::arrive(int b, const Context& context, Sequence& out) {
  if (b == context.stop) {
    out.falls = true;
    return true;
  }
  if (b == context.loop_header) {
    out.body.push_back(make(StatementKind::Continue, {}));
    return true;
  }
  if (b == context.loop_exit) {
    out.body.push_back(make(StatementKind::Break, {}));
    return true;
  }
  if (b == end()) {
    out.body.push_back(make(StatementKind::Return, {}));
    return true;
  }
  return false;
}

int Structurer::follow(const Edge& edge, const Context& context, Sequence& out) {
  const bool is_continue = edge.block == context.loop_header && is_jump_keyword(edge.jump, 8);
  const bool is_break = edge.block == context.loop_exit && is_jump_keyword(edge.jump, 5);
  if (is_continue || is_break) {
    out.body.push_back(make(is_continue ? StatementKind::Continue : StatementKind::Break, edge.jump));
    return kNoBlock;
  }
  if (edge.block == kNoBlock) problem(out.body, "a jump leads nowhere");
  return edge.block;
}

bool Structurer::is_under(int b, int handler) const {
  if (handler == kNoBlock) return true;
  int h = l_.blocks[b].handler;
  for (int step = 0; h != kNoBlock && step < 300; ++step) {
    if (h == handler) return true;
    h = l_.handler_parent[h];
  }
  return false;
}

int Structurer::leave_handlers(int b, Context& context, Sequence& out) {
  int left = 0;
  while (!is_under(b, context.handler)) {
    if (left >= 300) {  // handlers of damaged code may be each other's parents
      problem(out.body, "handlers that do not nest");
      context.handler = kNoBlock;
      break;
    }
    Statement* s = make(StatementKind::LeaveTry, {}, at(b).offset * 2);
    s->number = context.handler;
    out.body.push_back(s);
    context.handler = l_.handler_parent[context.handler];
    ++left;
  }
  return left;
}

Structurer::Sequence Structurer::sequence(int b, Context context, bool entering) {
  Sequence out;
  out.body.swap(carried_);
  if (++depth_ > kDeepestNesting || ++steps_ > 200 * l_.blocks.size() + 2000) {
    problem(out.body, "nested too deep to be put in order");
    --depth_;
    return out;
  }
  while (b != kNoBlock) {
    if (!entering && arrive(b, context, out)) break;
    // Each turn counts: a loop and a region that hand the same block to each other would never end.
    if (++steps_ > 200 * l_.blocks.size() + 2000) {
      problem(out.body, "control flow that no statement has (byte " + std::to_string(at(b).offset) + ")");
      break;
    }
    if (at(b).dead || g_.rank[b] < 0) {
      problem(out.body, "a jump leads into code that could not be read");
      break;
    }
    leave_handlers(b, context, out);
    if (at(b).handler != context.handler && b != context.handler && is_under(b, context.handler)) {
      b = region(b, context, out);
      entering = false;
      continue;
    }
    if (g_.is_header[b] && !(entering && b == context.loop_header)) {
      b = loop(b, context, out);
      continue;
    }
    entering = false;
    if (visit(b) > kMostVisits) {
      problem(out.body, "control flow that no statement has (byte " + std::to_string(at(b).offset) + ")");
      break;
    }
    if (begins_match(b)) {
      b = match(b, context, out);
      continue;
    }
    operations(b, out);
    b = terminator(b, context, out);
  }
  --depth_;
  return out;
}

void Structurer::operations(int b, Sequence& out) {
  for (Statement* s : at(b).body) {
    switch (s->kind) {
      case StatementKind::PushException: case StatementKind::PopException: continue;
      case StatementKind::Capture:
        if (!s->flag) problem(out.body, "a name of a pattern that no match statement has");
        continue;
      default: out.body.push_back(s);
    }
  }
}

int Structurer::terminator(int b, Context& context, Sequence& out) {
  Block& block = at(b);
  switch (block.terminator) {
    case TerminatorKind::Jump: return follow(block.target, context, out);
    case TerminatorKind::Branch: return branch(b, context, out);
    case TerminatorKind::ForEach: return for_each(b, context, out);
    case TerminatorKind::Return: {
      Statement* s = make(StatementKind::Return, block.pos, block.value != nullptr ? block.value->offset : 0);
      s->value = block.value;
      s->flag = true;
      out.body.push_back(s);
      return kNoBlock;
    }
    case TerminatorKind::Raise: {
      Statement* s = make(StatementKind::Raise, block.pos);
      s->value = block.value;
      s->other = block.cause;
      out.body.push_back(s);
      return kNoBlock;
    }
    case TerminatorKind::Reraise: return kNoBlock;
    case TerminatorKind::Stuck: problem(out.body, "code that could not be read (byte " + std::to_string(block.offset) + ")"); return kNoBlock;
  }
  return kNoBlock;
}

}  // namespace ouro::decompile
