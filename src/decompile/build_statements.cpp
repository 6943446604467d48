// Statements to statements of the tree.
#include <algorithm>

#include "decompile/build_impl.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

constexpr int kDeepestStatement = 95;  // CPython's own limit is 100 levels of indentation

bool is_width(const bytecode::Position& pos, int width) {
  return known(pos) && pos.line == pos.end_line && pos.end_column - pos.column == width;
}

}  // namespace

TreeBuilder::Stmt* TreeBuilder::pass_at(const Position& pos) { return ast_.make<Pass>(at(pos)); }

TreeBuilder::Stmt* TreeBuilder::stub(const Statement& s) {
  Stmt* here = ast_.make<Pass>(at(s.pos));
  tree_.comments.push_back({here, std::string(s.text)});
  if (report_ != nullptr) report_->verdict = std::max(report_->verdict, Verdict::Partial);
  return here;
}

void TreeBuilder::statements(const Statements& list, StmtVector& out) {
  if (++depth_ > kDeepestStatement) {
    complain("statements nested too deep");
    --depth_;
    return;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    Stmt* made = statement(*list[i]);
    if (made == nullptr) continue;
    out.push_back(made);
    if (list[i]->kind == StatementKind::Return || list[i]->kind == StatementKind::Raise ||
        list[i]->kind == StatementKind::Break || list[i]->kind == StatementKind::Continue) {
      break;
    }
  }
  --depth_;
}

StmtList TreeBuilder::block(const Statements& list, const Position& header) {
  StmtVector out;
  statements(list, out);
  if (out.empty()) {
    Position pos;
    pos.line = header.line;  // no line of its own: on the header's
    out.push_back(pass_at(pos));
  }
  return span(out);
}

TreeBuilder::Stmt* TreeBuilder::statement(const Statement& s) {
  if (++nodes_ > 20'000'000) return nullptr;
  Position line = s.pos;
  line.line = std::max(start_line(&s), 0);
  const syntax::Position pos = at(line);
  switch (s.kind) {
    case StatementKind::Expression: return ast_.make<syntax::Expr>(pos, expression(s.value));
    case StatementKind::Assign: case StatementKind::AnnAssign: return assignment(s);
    case StatementKind::AugAssign: {
      Expr* to = target(s.targets[0]);
      return ast_.make<AugAssign>(pos, static_cast<Operator>(s.op), to, expression(s.value));
    }
    case StatementKind::Delete: {
      std::vector<Expr*> targets;
      for (const Value* t : s.targets) {
        Expr* e = expression(t);
        set_context(e, ExprContext::Del);
        targets.push_back(e);
      }
      return ast_.make<Delete>(pos, span(targets));
    }
    case StatementKind::Import: case StatementKind::ImportFrom: return import(s);
    case StatementKind::Nop:
      if (is_width(s.pos, 5) && unit_->role == CodeRole::Module && loop_depth_ == 0) return dead_branch(s.pos);
      if (is_width(s.pos, 5) || is_width(s.pos, 8)) return nullptr;
      return pass_at(s.pos);
    case StatementKind::Pass: return pass_at(s.pos);
    case StatementKind::Break: return ast_.make<Break>(pos);
    case StatementKind::Continue: return ast_.make<Continue>(pos);
    case StatementKind::Return: return ast_.make<Return>(pos, s.value != nullptr ? return_value(s) : nullptr);
    case StatementKind::Raise: {
      if (Stmt* assertion = failing_assertion(s)) return assertion;
      Expr* exception = s.value != nullptr ? expression(s.value) : nullptr;
      return ast_.make<Raise>(pos, exception, s.other != nullptr ? expression(s.other) : nullptr);
    }
    case StatementKind::If: return if_statement(s);
    case StatementKind::While: {
      Expr* test = s.value != nullptr ? expression(s.value) : ast_.make<Constant>(pos, false, ConstantValue::of(ConstantKind::True));
      ++loop_depth_;
      StmtList body = block(s.body, line);
      --loop_depth_;
      return ast_.make<While>(pos, test, body, s.orelse.empty() ? StmtList{} : block(s.orelse, {}));
    }
    case StatementKind::For: {
      Expr* to = s.targets.empty() ? placeholder(s.pos) : target(s.targets[0]);
      if (s.targets.empty()) as<Name>(to).ctx = ExprContext::Store;
      Expr* iter = expression(s.value);
      ++loop_depth_;
      StmtList body = block(s.body, line);
      --loop_depth_;
      return ast_.make_as<For>(s.flag ? StmtKind::AsyncFor : StmtKind::For, pos, to, iter, body,
                               s.orelse.empty() ? StmtList{} : block(s.orelse, {}));
    }
    case StatementKind::With: return with_statement(s);
    case StatementKind::Try: return try_statement(s);
    case StatementKind::Match: return match_statement(s);
    case StatementKind::Assert: {
      Expr* test = expression(s.value);
      return ast_.make<Assert>(pos, test, s.other != nullptr ? expression(s.other) : nullptr);
    }
    case StatementKind::EnterWith:
      complain("a with statement that could not be put together");
      return ast_.make<syntax::Expr>(pos, expression(s.value));
    case StatementKind::Append: complain("a container filled outside of a comprehension"); return nullptr;
    case StatementKind::Comment: return stub(s);
    default: return nullptr;
  }
}

// `return None` is not `return` for a reader, and both are one for the compiler: the narrow position says which.
TreeBuilder::Expr* TreeBuilder::return_value(const Statement& s) {
  const Value* v = settle(s.value);
  if (v->kind == ValueKind::Const && v->constant != kNoConst && constants_.kind(v->constant) == ConstKind::None &&
      v->pending.empty() && !is_width(s.pos, 4)) {
    return nullptr;
  }
  return expression(s.value);
}

// `assert False, message`: the test has no code.
TreeBuilder::Stmt* TreeBuilder::failing_assertion(const Statement& s) {
  const Value* raised = settle(s.value);
  if (raised == nullptr || s.other != nullptr) return nullptr;
  const bool with_message = raised->kind == ValueKind::Call && raised->kids.size() == 2 && settle(raised->kids[0])->kind == ValueKind::AssertionError;
  if (!with_message && raised->kind != ValueKind::AssertionError) return nullptr;
  const syntax::Position pos = at(s.pos);
  Expr* test = ast_.make<Constant>(pos, false, ConstantValue::of(ConstantKind::False));
  return ast_.make<Assert>(pos, test, with_message ? expression(raised->kids[1]) : nullptr);
}

// `if False:` leaves a line, and the names in it stay in the code object's list: one mention each brings them back.
TreeBuilder::Stmt* TreeBuilder::dead_branch(const Position& pos) {
  const bytecode::CodeView view = bytecode::view_of(constants_, *unit_->code);
  std::vector<bool> used(view.names.size(), dead_names_given_);
  dead_names_given_ = true;
  for (const Instruction& i : bytecode::decode(facts_, view.code)) {
    const OpcodeInfo& info = bytecode::base_info(facts_, *i.info);
    std::uint32_t index = i.oparg;
    switch (info.op) {
      case Op::LOAD_NAME: case Op::STORE_NAME: case Op::DELETE_NAME: case Op::IMPORT_NAME: case Op::IMPORT_FROM: case Op::STORE_ATTR:
      case Op::DELETE_ATTR: case Op::STORE_GLOBAL: case Op::DELETE_GLOBAL: break;
      case Op::LOAD_GLOBAL: case Op::LOAD_ATTR: index >>= i.info->operand_shift; break;
      case Op::LOAD_SUPER_ATTR: index >>= 2U; break;
      default: continue;
    }
    if (index < used.size()) used[index] = true;
  }
  std::vector<Stmt*> body;
  for (std::size_t k = 0; k < used.size(); ++k) {
    const std::string_view name = text_of(view.names[k]);
    if (!used[k] && name.find('.') == std::string_view::npos) body.push_back(ast_.make<syntax::Expr>(at(pos), ast_.make<Name>(at(pos), ExprContext::Load, plain(name))));
  }
  if (body.empty()) return pass_at(pos);
  return ast_.make<If>(at(pos), ast_.make<Constant>(at(pos), false, ConstantValue::of(ConstantKind::False)), span(body), StmtList{});
}

TreeBuilder::Stmt* TreeBuilder::assignment(const Statement& s) {
  if (Stmt* definition_made = definition(s)) return definition_made;
  Position line = s.pos;
  line.line = std::max(start_line(&s), 0);
  const syntax::Position pos = at(line);
  const Value* v = settle(s.value);
  if (v != nullptr && (v->kind == ValueKind::Exception || v->kind == ValueKind::WithEnter || v->kind == ValueKind::Item)) {
    complain("a value that no expression has is stored");
  }
  if (s.kind == StatementKind::AnnAssign) {
    Expr* to = target(s.targets[0]);
    Expr* value = s.value != nullptr ? expression(s.value) : nullptr;
    return ast_.make<AnnAssign>(pos, to->kind == ExprKind::Name, to, annotation(s.other), value);
  }
  std::vector<Expr*> targets;
  for (const Value* t : s.targets) targets.push_back(target(t));
  return ast_.make<Assign>(pos, span(targets), expression(s.value));
}

TreeBuilder::Stmt* TreeBuilder::import(const Statement& s) {
  std::vector<Alias*> aliases;
  for (std::size_t k = 0; k + 1 < s.names.size(); k += 2) {
    auto* alias = ast_.arena.make<Alias>();
    alias->pos = at(s.pos);
    alias->name = plain(s.names[k]);
    const bool from = s.kind == StatementKind::ImportFrom;
    if (from && s.names[k] != "*") alias->name = identifier(s.names[k]);
    const std::string_view as = s.names[k + 1];
    if (!as.empty() && !(from && as == s.names[k])) alias->asname = identifier(as);
    aliases.push_back(alias);
  }
  if (s.kind == StatementKind::Import) return ast_.make<Import>(at(s.pos), span(aliases));
  return ast_.make<ImportFrom>(at(s.pos), s.number, s.text.empty() ? Identifier{} : plain(s.text), span(aliases));
}

TreeBuilder::Stmt* TreeBuilder::if_statement(const Statement& s) {
  Position line = s.pos;
  line.line = std::max(start_line(&s), 0);
  Expr* test = expression(s.value);
  StmtList body = block(s.body, line);
  StmtList orelse = s.orelse.empty() ? StmtList{} : block(s.orelse, {});
  return ast_.make<If>(at(line), test, body, orelse);
}

TreeBuilder::Stmt* TreeBuilder::try_statement(const Statement& s) {
  const Statement* inner = &s;
  Statements final_body = s.finalbody;
  // try/except inside of try/finally, with nothing else: one statement.
  if (s.handlers.empty() && s.body.size() == 1 && s.body[0]->kind == StatementKind::Try &&
      s.body[0]->finalbody.empty() && (!known(s.body[0]->pos) || !known(s.pos))) {
    inner = s.body[0];
  }
  StmtList body = block(inner->body, s.pos);
  std::vector<ExceptHandler*> handlers;
  for (const Handler& h : inner->handlers) {
    auto* handler = ast_.arena.make<ExceptHandler>();
    handler->pos = at(h.pos);
    handler->type = h.type != nullptr ? expression(h.type) : nullptr;
    if (!h.name.empty()) handler->name = identifier(h.name);
    handler->body = block(h.body, h.pos);
    handlers.push_back(handler);
  }
  StmtList orelse = inner->orelse.empty() ? StmtList{} : block(inner->orelse, {});
  StmtList finalbody = final_body.empty() && !handlers.empty() ? StmtList{} : block(final_body, {});
  const Position& pos = known(s.pos) ? s.pos : inner->pos;
  return ast_.make_as<Try>(inner->flag ? StmtKind::TryStar : StmtKind::Try, at(pos), body, span(handlers), orelse, finalbody);
}

TreeBuilder::Stmt* TreeBuilder::with_statement(const Statement& s) {
  std::vector<WithItem*> items;
  const Statement* inner = &s;
  for (int level = 0; level < 200; ++level) {
    auto* item = ast_.arena.make<WithItem>();
    item->context_expr = inner->items.empty() ? placeholder(inner->pos) : expression(inner->items[0].context);
    if (!inner->items.empty() && inner->items[0].target != nullptr) item->optional_vars = target(inner->items[0].target);
    items.push_back(item);
    if (inner->body.size() != 1 || inner->body[0]->kind != StatementKind::With) break;
    const Statement* next = inner->body[0];
    if (next->flag != s.flag || next->items.empty() || inner->items.empty()) break;
    const Value* here = settle(inner->items[0].context);
    const Value* there = settle(next->items[0].context);
    const bool one_line = known(here->pos) && known(there->pos) && there->pos.line == here->pos.end_line;
    const int way = choices_ == nullptr ? 0 : choices_->ask(ChoiceKind::WithItems, next->offset / 2, 2);
    if (one_line == (way == 1)) break;
    inner = next;
  }
  Position line = s.pos;
  line.line = std::max(start_line(&s), 0);
  return ast_.make_as<With>(s.flag ? StmtKind::AsyncWith : StmtKind::With, at(line), span(items), block(inner->body, line));
}

}  // namespace ouro::decompile
