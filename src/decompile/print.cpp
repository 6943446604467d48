// Statements and their lines.
#include "decompile/print.h"

#include <algorithm>

#include "decompile/print_impl.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

// Positions are outside data: a gap larger than this is not believed.
constexpr int kLargestGap = 20000;

constexpr std::string_view kAugmented[] = {" += ", " -= ", " *= ", " @= ", " /= ", " %= ", " **= ", " <<= ", " >>= ", " |= ", " ^= ", " &= ", " //= "};

}  // namespace

std::string print_source(const Tree& tree, const PrintOptions& options) { return Printer(tree, options).run(*tree.module); }

std::string Printer::run(const Mod& module) {
  suite(module.body, 0);
  if (!line_is_empty()) out_ += '\n';
  return std::move(out_);
}

bool Printer::is_simple(const Stmt& s) {
  switch (s.kind) {
    case StmtKind::FunctionDef: case StmtKind::AsyncFunctionDef: case StmtKind::ClassDef: case StmtKind::For:
    case StmtKind::AsyncFor: case StmtKind::While: case StmtKind::If: case StmtKind::With: case StmtKind::AsyncWith:
    case StmtKind::Match: case StmtKind::Try: case StmtKind::TryStar:
      return false;
    default: return true;
  }
}

int Printer::line_of(const Stmt& s) {
  ExprList decorators;
  if (is<FunctionDef>(&s)) decorators = as<FunctionDef>(&s).decorator_list;
  if (is<ClassDef>(&s)) decorators = as<ClassDef>(&s).decorator_list;
  if (!decorators.empty()) {
    const int line = first_line(decorators[0]);
    if (line > 0) return line;
  }
  if (is<Try>(&s) && s.pos.lineno == 0 && !as<Try>(&s).body.empty()) {
    const int line = line_of(*as<Try>(&s).body[0]);
    return line > 1 ? line - 1 : 0;
  }
  if (is<While>(&s) && s.pos.lineno == 0 && !as<While>(&s).body.empty()) {
    const int line = line_of(*as<While>(&s).body[0]);
    return line > 1 ? line - 1 : 0;
  }
  return s.pos.lineno;
}

void Printer::new_line() {
  out_ += '\n';
  ++line_;
}

void Printer::to_line(int line) {
  origin_ = std::max(origin_, line);
  if (!line_is_empty()) new_line();
  if (options_.keep_lines && line > line_ && line - line_ < kLargestGap) {
    while (line_ < line) new_line();
  }
  out_.append(static_cast<std::size_t>(indent_) * 4, ' ');
}

void Printer::begin_statement(int line, bool simple) {
  // Statements that had lines of their own keep them even where the text has fallen behind.
  const bool shared = line > 0 && line <= origin_;
  if (simple && after_simple_ && options_.keep_lines && shared && !line_is_empty()) {
    put("; ");
    return;
  }
  to_line(line);
}

void Printer::suite(StmtList list, int limit) {
  after_simple_ = false;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const Stmt& s = *list[k];
    if (const auto found = comments_.find(&s); found != comments_.end()) {
      for (const std::string& text : found->second) {
        to_line(0);
        put("# " + text);
      }
      after_simple_ = false;
    }
    int next = limit;
    for (std::size_t n = k + 1; n < list.size(); ++n) {
      if (line_of(*list[n]) > 0) {
        next = line_of(*list[n]);
        break;
      }
    }
    const bool simple = is_simple(s);
    begin_statement(line_of(s), simple);
    statement(s, next);
    after_simple_ = simple;
  }
}

// The body of a compound statement whose header has just been written, without its colon.
void Printer::block(StmtList list, int limit) {
  put(":");
  bool inside = options_.keep_lines && !list.empty();
  for (const Stmt* s : list) {
    const int line = line_of(*s);
    const bool only_pass = list.size() == 1 && s->kind == StmtKind::Pass;
    if (!is_simple(*s) || line > origin_ || (line == 0 && s == list[0] && !only_pass) || comments_.contains(s)) inside = false;
  }
  if (inside) {
    put(" ");
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (k != 0) put("; ");
      statement(*list[k], limit);
    }
    after_simple_ = false;
    return;
  }
  ++indent_;
  suite(list, limit);
  --indent_;
  after_simple_ = false;
}

// `else:` and `finally:` have no line of their own in the code: the one before their first statement.
void Printer::clause(std::string_view keyword, StmtList list, int limit) {
  const int first = list.empty() ? 0 : line_of(*list[0]);
  to_line(first > line_ + 1 ? first - 1 : 0);
  if (first == line_) origin_ = std::max(origin_, first);  // no room for a line of its own
  put(keyword);
  block(list, limit);
}

void Printer::docstring(std::string_view text, int limit) {
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
  const bool fits = !options_.keep_lines || limit <= 0 || line_ + lines <= limit;
  if (lines == 1 || !fits || text.find('\r') != std::string_view::npos) {
    put(quoted(text, false));
    return;
  }
  std::string body;
  append_escaped(body, text, 0, false, false, true);
  // Quotes: no three in a row, none at the end.
  std::string safe;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '"' && (i + 1 == body.size() || (safe.size() >= 2 && safe.ends_with("\"\"")))) safe += '\\';
    safe += body[i];
  }
  put("\"\"\"");
  put(safe);
  put("\"\"\"");
  line_ += lines - 1;
}

void Printer::decorators(ExprList list, int line) {
  for (std::size_t k = 0; k < list.size(); ++k) {
    if (k != 0) to_line(first_line(list[k]));
    put("@");
    whole(list[k], Level::Named);
  }
  if (!list.empty()) to_line(line);
}

void Printer::type_params(std::span<TypeParam*> params) {
  if (params.empty()) return;
  open("[");
  for (std::size_t k = 0; k < params.size(); ++k) {
    if (k != 0) put(", ");
    if (params[k]->kind == TypeParamKind::ParamSpec) put("**");
    if (params[k]->kind == TypeParamKind::TypeVarTuple) put("*");
    put(params[k]->name.view());
    if (params[k]->bound != nullptr) {
      put(": ");
      expression(params[k]->bound, Level::Test);
    }
    if (params[k]->default_value != nullptr) {
      put(" = ");
      expression(params[k]->default_value, Level::Test);
    }
  }
  close("]");
}

void Printer::function(const FunctionDef& f, int limit) {
  decorators(f.decorator_list, f.pos.lineno);
  put(f.kind == StmtKind::AsyncFunctionDef ? "async def " : "def ");
  put(f.name.view());
  type_params(f.type_params);
  open("(");
  arguments(*f.args, false);
  if (f.returns != nullptr) part(first_line(f.returns));
  close(")");
  if (f.returns != nullptr) {
    put(" -> ");
    whole(f.returns);
  }
  block(f.body, limit);
}

void Printer::class_definition(const ClassDef& c, int limit) {
  decorators(c.decorator_list, c.pos.lineno);
  put("class ");
  put(c.name.view());
  type_params(c.type_params);
  if (!c.bases.empty() || !c.keywords.empty()) {
    open("(");
    call_arguments(c.bases, c.keywords);
    close(")");
  }
  block(c.body, limit);
}

void Printer::try_statement(const Try& t, int limit) {
  put("try");
  int next = limit;
  if (!t.handlers.empty()) next = t.handlers[0]->pos.lineno;
  block(t.body, next);
  for (const ExceptHandler* h : t.handlers) {
    int line = h->pos.lineno;
    const int first = h->body.empty() ? 0 : line_of(*h->body[0]);
    if (line <= 0 && first > line_ + 1) line = first - 1;
    to_line(line);
    if (first == line_) origin_ = std::max(origin_, first);
    put(t.kind == StmtKind::TryStar ? "except*" : "except");
    if (h->type != nullptr) {
      put(" ");
      whole(h->type);
      if (h->name) {
        put(" as ");
        put(h->name.view());
      }
    }
    block(h->body, limit);
  }
  if (!t.orelse.empty()) clause("else", t.orelse, limit);
  if (!t.finalbody.empty()) clause("finally", t.finalbody, limit);
}

void Printer::match_statement(const Match& m, int limit) {
  put("match ");
  whole(m.subject, m.subject->kind == ExprKind::Tuple ? Level::Tuple : Level::Test);
  put(":");
  ++indent_;
  for (const MatchCase* c : m.cases) {
    const int line = c->pattern->pos.lineno;
    to_line(line);
    put("case ");
    whole_pattern(c->pattern);
    if (c->guard != nullptr) {
      put(" if ");
      whole(c->guard, Level::Named);
    }
    block(c->body, limit);
  }
  --indent_;
}

void Printer::statement(const Stmt& s, int limit) {
  switch (s.kind) {
    case StmtKind::FunctionDef: case StmtKind::AsyncFunctionDef: function(as<FunctionDef>(&s), limit); return;
    case StmtKind::ClassDef: class_definition(as<ClassDef>(&s), limit); return;
    case StmtKind::For: case StmtKind::AsyncFor: {
      const auto& f = as<For>(&s);
      put(f.kind == StmtKind::AsyncFor ? "async for " : "for ");
      whole(f.target, Level::Tuple);
      put(" in ");
      whole(f.iter, Level::Test);
      block(f.body, limit);
      if (!f.orelse.empty()) clause("else", f.orelse, limit);
      return;
    }
    case StmtKind::While: {
      const auto& w = as<While>(&s);
      put("while ");
      whole(w.test, Level::Named);
      block(w.body, limit);
      if (!w.orelse.empty()) clause("else", w.orelse, limit);
      return;
    }
    case StmtKind::If: {
      const If* i = &as<If>(&s);
      put("if ");
      whole(i->test, Level::Named);
      for (;;) {
        int next = limit;
        if (!i->orelse.empty() && line_of(*i->orelse[0]) > 0) next = line_of(*i->orelse[0]);
        block(i->body, next);
        const auto* inner = i->orelse.size() == 1 ? try_as<const If>(static_cast<const Stmt*>(i->orelse[0])) : nullptr;
        if (inner == nullptr || comments_.contains(inner)) break;
        to_line(line_of(*inner));
        put("elif ");
        whole(inner->test, Level::Named);
        i = inner;
      }
      if (!i->orelse.empty()) clause("else", i->orelse, limit);
      return;
    }
    case StmtKind::With: case StmtKind::AsyncWith: {
      const auto& w = as<With>(&s);
      put(w.kind == StmtKind::AsyncWith ? "async with " : "with ");
      int last = 0;
      for (const WithItem* item : w.items) last = std::max(last, first_line(item->context_expr));
      const bool brackets = options_.keep_lines && last > line_ && w.items.size() > 1;
      if (brackets) open("(");
      for (std::size_t k = 0; k < w.items.size(); ++k) {
        if (k != 0) put(", ");
        part(first_line(w.items[k]->context_expr));
        whole(w.items[k]->context_expr);
        if (w.items[k]->optional_vars != nullptr) {
          put(" as ");
          expression(w.items[k]->optional_vars, Level::Atom);
        }
      }
      if (brackets) close(")");
      block(w.body, limit);
      return;
    }
    case StmtKind::Try: case StmtKind::TryStar: try_statement(as<Try>(&s), limit); return;
    case StmtKind::Match: match_statement(as<Match>(&s), limit); return;
    case StmtKind::Expr: {
      const auto* text = try_as<Constant>(as<syntax::Expr>(&s).value);
      if (text != nullptr && text->value.kind == ConstantKind::Str) docstring(text->value.text(), limit);
      else whole(as<syntax::Expr>(&s).value, Level::Tuple);
      return;
    }
    default: simple(s); return;
  }
}

void Printer::simple(const Stmt& s) {
  switch (s.kind) {
    case StmtKind::Return:
      put("return");
      if (as<Return>(&s).value != nullptr) {
        put(" ");
        const bool is_yield = as<Return>(&s).value->kind == ExprKind::Yield || as<Return>(&s).value->kind == ExprKind::YieldFrom;
        whole(as<Return>(&s).value, is_yield ? Level::Test : Level::Tuple);
      }
      return;
    case StmtKind::Delete: {
      const auto& d = as<Delete>(&s);
      put("del ");
      for (std::size_t k = 0; k < d.targets.size(); ++k) {
        if (k != 0) put(", ");
        whole(d.targets[k]);
      }
      return;
    }
    case StmtKind::Assign:
      for (const syntax::ExprNode* t : as<Assign>(&s).targets) {
        whole(t, Level::Tuple);
        put(" = ");
      }
      whole(as<Assign>(&s).value, Level::Tuple);
      return;
    case StmtKind::AugAssign:
      whole(as<AugAssign>(&s).target);
      put(kAugmented[static_cast<std::size_t>(as<AugAssign>(&s).op)]);
      whole(as<AugAssign>(&s).value, Level::Tuple);
      return;
    case StmtKind::AnnAssign: {
      const auto& a = as<AnnAssign>(&s);
      whole(a.target);
      put(": ");
      whole(a.annotation);
      if (a.value != nullptr) {
        put(" = ");
        whole(a.value, Level::Tuple);
      }
      return;
    }
    case StmtKind::TypeAlias: {
      const auto& t = as<syntax::TypeAlias>(&s);
      put("type ");
      whole(t.name);
      type_params(t.type_params);
      put(" = ");
      whole(t.value);
      return;
    }
    case StmtKind::Raise: {
      const auto& r = as<Raise>(&s);
      put("raise");
      if (r.exc != nullptr) {
        put(" ");
        whole(r.exc);
      }
      if (r.cause != nullptr) {
        put(" from ");
        whole(r.cause);
      }
      return;
    }
    case StmtKind::Assert:
      put("assert ");
      whole(as<Assert>(&s).test);
      if (as<Assert>(&s).msg != nullptr) {
        put(", ");
        whole(as<Assert>(&s).msg);
      }
      return;
    case StmtKind::Import: case StmtKind::ImportFrom: {
      std::span<Alias*> names;
      if (s.kind == StmtKind::ImportFrom) {
        const auto& i = as<ImportFrom>(&s);
        put("from ");
        put(std::string(static_cast<std::size_t>(std::clamp(i.level, 0, 1000)), '.'));
        put(i.module.view());
        put(" import ");
        names = i.names;
      } else {
        put("import ");
        names = as<Import>(&s).names;
      }
      for (std::size_t k = 0; k < names.size(); ++k) {
        if (k != 0) put(", ");
        put(names[k]->name.view());
        if (names[k]->asname) {
          put(" as ");
          put(names[k]->asname.view());
        }
      }
      return;
    }
    case StmtKind::Global: case StmtKind::Nonlocal: {
      const bool global = s.kind == StmtKind::Global;
      put(global ? "global " : "nonlocal ");
      const IdentifierList names = global ? as<Global>(&s).names : as<Nonlocal>(&s).names;
      for (std::size_t k = 0; k < names.size(); ++k) {
        if (k != 0) put(", ");
        put(names[k].view());
      }
      return;
    }
    case StmtKind::Pass: put("pass"); return;
    case StmtKind::Break: put("break"); return;
    case StmtKind::Continue: put("continue"); return;
    default: put("pass"); return;
  }
}

}  // namespace ouro::decompile
