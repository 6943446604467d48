// Expressions: precedence, brackets, and new lines where they may be.
#include <array>

#include "decompile/print_impl.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

constexpr int kDeepest = 900;

struct OperatorText {
  std::string_view text;
  Level level;
};
constexpr std::array<OperatorText, 13> kOperators = {{{" + ", Level::Sum}, {" - ", Level::Sum}, {" * ", Level::Term},
    {" @ ", Level::Term}, {" / ", Level::Term}, {" % ", Level::Term}, {" ** ", Level::Power}, {" << ", Level::Shift},
    {" >> ", Level::Shift}, {" | ", Level::BitOr}, {" ^ ", Level::BitXor}, {" & ", Level::BitAnd}, {" // ", Level::Term}}};
constexpr std::array<std::string_view, 10> kComparisons = {" == ", " != ", " < ", " <= ", " > ", " >= ",
                                                           " is ", " is not ", " in ", " not in "};
constexpr std::array<std::string_view, 4> kUnary = {"~", "not ", "+", "-"};

Level next(Level level) { return level == Level::Atom ? level : static_cast<Level>(static_cast<int>(level) + 1); }

Level level_of(const ExprNode* e) {
  switch (e->kind) {
    case ExprKind::NamedExpr: return Level::Named;
    case ExprKind::Yield: case ExprKind::YieldFrom: return Level::Yield;
    case ExprKind::IfExp: case ExprKind::Lambda: return Level::Test;
    case ExprKind::BoolOp: return as<BoolOp>(e).op == BoolOperator::Or ? Level::Or : Level::And;
    case ExprKind::Compare: return Level::Compare;
    case ExprKind::BinOp: return kOperators[static_cast<std::size_t>(as<BinOp>(e).op)].level;
    case ExprKind::UnaryOp: return as<UnaryOp>(e).op == UnaryOperator::Not ? Level::Not : Level::Factor;
    case ExprKind::Await: return Level::Await;
    default: return Level::Atom;
  }
}

}  // namespace

int Printer::first_line(const Expr* e, int depth) {
  if (e == nullptr || depth > 300) return 0;
  const auto down = [&](const Expr* kid) { return first_line(kid, depth + 1); };
  switch (e->kind) {
    case ExprKind::Attribute: return down(as<Attribute>(e).value);
    case ExprKind::Call: return down(as<Call>(e).func);
    case ExprKind::Subscript: return down(as<Subscript>(e).value);
    case ExprKind::BinOp: return down(as<BinOp>(e).left);
    case ExprKind::Compare: return down(as<Compare>(e).left);
    case ExprKind::BoolOp: return as<BoolOp>(e).values.empty() ? 0 : down(as<BoolOp>(e).values[0]);
    case ExprKind::IfExp: return down(as<IfExp>(e).body);
    case ExprKind::NamedExpr: return down(as<NamedExpr>(e).target);
    case ExprKind::UnaryOp: return down(as<UnaryOp>(e).operand);
    case ExprKind::Starred: return down(as<Starred>(e).value);
    case ExprKind::Slice: return as<Slice>(e).lower != nullptr ? down(as<Slice>(e).lower) : 0;
    default: return e->pos.lineno;
  }
}

void Printer::part(int line) {
  origin_ = std::max(origin_, line);
  if (!options_.keep_lines || one_line_ || line <= line_ || line > line_ + 5000) return;
  if (brackets_ == 0) {
    wants_brackets_ = true;
    return;
  }
  while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  while (line_ < line) {
    out_ += '\n';
    ++line_;
  }
  out_.append(static_cast<std::size_t>(indent_ + 2) * 4, ' ');
}

void Printer::whole(const Expr* e, Level level) {
  const std::size_t size = out_.size();
  const int line = line_;
  const bool outer = wants_brackets_;
  wants_brackets_ = false;
  const bool bare = e->kind == ExprKind::Tuple && level == Level::Tuple;
  if (bare) bare_tuple(as<Tuple>(e));
  else expression(e, level);
  if (wants_brackets_) {
    out_.resize(size);
    line_ = line;
    if (e->kind == ExprKind::Tuple) {
      expression(e, Level::Test);
    } else {
      open("(");
      expression(e, level_of(e) == Level::Yield ? Level::Yield : Level::Named);
      close(")");
    }
  }
  wants_brackets_ = outer;
}

void Printer::list(ExprList items, Level level) {
  for (std::size_t k = 0; k < items.size(); ++k) {
    if (k != 0) put(", ");
    part(first_line(items[k]));
    expression(items[k], level);
  }
}

void Printer::bare_tuple(const Tuple& t) {
  if (t.elts.empty()) {
    put("()");
    return;
  }
  list(t.elts);
  if (t.elts.size() == 1) put(",");
}

void Printer::expression(const Expr* e, Level level) {
  if (++depth_ > kDeepest) {
    put("__ouro_unknown__");
    --depth_;
    return;
  }
  const Level own = level_of(e);
  const bool brackets = own < level || (own == Level::Yield && level == Level::Named);
  if (brackets) open("(");
  part(first_line(e));
  expression_inner(e, brackets ? Level::Named : level);
  if (brackets) close(")");
  --depth_;
}

void Printer::arguments(const Arguments& a, bool is_lambda) {
  bool first = true;
  const auto separate = [&] {
    if (!first) put(", ");
    first = false;
  };
  const auto parameter = [&](const Arg* arg, const Expr* value) {
    if (arg->annotation != nullptr) part(first_line(arg->annotation));
    else if (value != nullptr) part(first_line(value));
    put(arg->arg.view());
    if (!is_lambda && arg->annotation != nullptr) {
      put(": ");
      expression(arg->annotation, Level::Test);
    }
    if (value != nullptr) {
      put(!is_lambda && arg->annotation != nullptr ? " = " : "=");
      expression(value, Level::Test);
    }
  };
  const std::size_t total = a.posonlyargs.size() + a.args.size();
  const std::size_t without = total - std::min(total, a.defaults.size());
  for (std::size_t k = 0; k < total; ++k) {
    separate();
    const Arg* arg = k < a.posonlyargs.size() ? a.posonlyargs[k] : a.args[k - a.posonlyargs.size()];
    parameter(arg, k >= without ? a.defaults[k - without] : nullptr);
    if (k + 1 == a.posonlyargs.size()) put(", /");
  }
  if (a.vararg != nullptr || !a.kwonlyargs.empty()) {
    separate();
    if (a.vararg != nullptr && a.vararg->annotation != nullptr) part(first_line(a.vararg->annotation));
    put("*");
    if (a.vararg != nullptr) {
      put(a.vararg->arg.view());
      if (!is_lambda && a.vararg->annotation != nullptr) {
        put(": ");
        expression(a.vararg->annotation, Level::Test);
      }
    }
  }
  for (std::size_t k = 0; k < a.kwonlyargs.size(); ++k) {
    separate();
    parameter(a.kwonlyargs[k], k < a.kw_defaults.size() ? a.kw_defaults[k] : nullptr);
  }
  if (a.kwarg != nullptr) {
    separate();
    if (a.kwarg->annotation != nullptr) part(first_line(a.kwarg->annotation));
    put("**");
    parameter(a.kwarg, nullptr);
  }
}

void Printer::call_arguments(ExprList args, std::span<Keyword*> keywords) {
  bool first = true;
  for (const Expr* a : args) {
    if (!first) put(", ");
    first = false;
    part(first_line(a));
    expression(a, Level::Named);
  }
  for (const Keyword* k : keywords) {
    if (!first) put(", ");
    first = false;
    part(first_line(k->value));
    if (k->arg) {
      put(k->arg.view());
      put("=");
    } else {
      put("**");
    }
    expression(k->value, k->arg ? Level::Test : Level::BitOr);
  }
}

void Printer::generators(std::span<Comprehension*> generators) {
  for (const Comprehension* g : generators) {
    put(" ");
    part(first_line(g->target));
    put(g->is_async ? "async for " : "for ");
    if (g->target->kind == ExprKind::Tuple) bare_tuple(as<Tuple>(g->target));
    else expression(g->target, Level::BitOr);
    put(" in ");
    expression(g->iter, Level::Or);
    for (const Expr* test : g->ifs) {
      put(" ");
      part(first_line(test));
      put("if ");
      expression(test, Level::Or);
    }
  }
}

void Printer::expression_inner(const Expr* e, Level level) {
  switch (e->kind) {
    case ExprKind::BoolOp: {
      const auto& b = as<BoolOp>(e);
      const Level own = level_of(e);
      for (std::size_t k = 0; k < b.values.size(); ++k) {
        if (k != 0) {
          put(" ");
          part(first_line(b.values[k]));
          put(b.op == BoolOperator::And ? "and " : "or ");
        }
        expression(b.values[k], next(own));
      }
      return;
    }
    case ExprKind::NamedExpr:
      expression(as<NamedExpr>(e).target, Level::Atom);
      put(" := ");
      expression(as<NamedExpr>(e).value, Level::Test);
      return;
    case ExprKind::BinOp: {
      const auto& b = as<BinOp>(e);
      const OperatorText& op = kOperators[static_cast<std::size_t>(b.op)];
      const bool power = b.op == Operator::Pow;
      expression(b.left, power ? Level::Await : op.level);
      put(op.text);
      expression(b.right, power ? Level::Factor : next(op.level));
      return;
    }
    case ExprKind::UnaryOp: {
      const auto& u = as<UnaryOp>(e);
      put(kUnary[static_cast<std::size_t>(u.op)]);
      expression(u.operand, u.op == UnaryOperator::Not ? Level::Not : Level::Factor);
      return;
    }
    case ExprKind::Lambda:
      put(as<Lambda>(e).args->args.empty() && as<Lambda>(e).args->posonlyargs.empty() && as<Lambda>(e).args->vararg == nullptr &&
                  as<Lambda>(e).args->kwonlyargs.empty() && as<Lambda>(e).args->kwarg == nullptr
              ? "lambda"
              : "lambda ");
      arguments(*as<Lambda>(e).args, true);
      put(": ");
      expression(as<Lambda>(e).body, Level::Test);
      return;
    case ExprKind::IfExp: {
      const auto& i = as<IfExp>(e);
      expression(i.body, Level::Or);
      put(" ");
      part(first_line(i.test));
      put("if ");
      expression(i.test, Level::Or);
      put(" ");
      part(first_line(i.orelse));
      put("else ");
      expression(i.orelse, Level::Test);
      return;
    }
    case ExprKind::Dict: {
      const auto& d = as<Dict>(e);
      open("{");
      for (std::size_t k = 0; k < d.values.size(); ++k) {
        if (k != 0) put(", ");
        if (d.keys[k] != nullptr) {
          part(first_line(d.keys[k]));
          expression(d.keys[k], Level::Test);
          put(": ");
          expression(d.values[k], Level::Test);
        } else {
          part(first_line(d.values[k]));
          put("**");
          expression(d.values[k], Level::BitOr);
        }
      }
      close("}");
      return;
    }
    case ExprKind::Set:
      open("{");
      list(as<Set>(e).elts, Level::Named);
      close("}");
      return;
    case ExprKind::List:
      open("[");
      list(as<List>(e).elts, Level::Named);
      close("]");
      return;
    case ExprKind::Tuple:
      open("(");
      list(as<Tuple>(e).elts, Level::Named);
      if (as<Tuple>(e).elts.size() == 1) put(",");
      close(")");
      return;
    case ExprKind::ListComp: case ExprKind::SetComp: case ExprKind::GeneratorExp: {
      const auto& c = as<ElementComp>(e);
      open(e->kind == ExprKind::ListComp ? "[" : e->kind == ExprKind::SetComp ? "{" : "(");
      part(first_line(c.elt));
      expression(c.elt, Level::Named);
      generators(c.generators);
      close(e->kind == ExprKind::ListComp ? "]" : e->kind == ExprKind::SetComp ? "}" : ")");
      return;
    }
    case ExprKind::DictComp: {
      const auto& c = as<DictComp>(e);
      open("{");
      part(first_line(c.key));
      expression(c.key, Level::Test);
      put(": ");
      expression(c.value, Level::Test);
      generators(c.generators);
      close("}");
      return;
    }
    case ExprKind::Await:
      put("await ");
      expression(as<Await>(e).value, Level::Atom);
      return;
    case ExprKind::Yield:
      put("yield");
      if (as<Yield>(e).value != nullptr) {
        put(" ");
        if (as<Yield>(e).value->kind == ExprKind::Tuple && brackets_ == 0 && !as<Tuple>(as<Yield>(e).value).elts.empty()) bare_tuple(as<Tuple>(as<Yield>(e).value));
        else expression(as<Yield>(e).value, Level::Test);
      }
      return;
    case ExprKind::YieldFrom:
      put("yield from ");
      expression(as<YieldFrom>(e).value, Level::Test);
      return;
    case ExprKind::Compare: {
      const auto& c = as<Compare>(e);
      expression(c.left, Level::BitOr);
      for (std::size_t k = 0; k < c.ops.size(); ++k) {
        put(kComparisons[static_cast<std::size_t>(c.ops[k])]);
        expression(c.comparators[k], Level::BitOr);
      }
      return;
    }
    case ExprKind::Call: {
      const auto& c = as<Call>(e);
      expression(c.func, Level::Atom);
      if (c.args.size() == 1 && c.keywords.empty() && c.args[0]->kind == ExprKind::GeneratorExp) {
        expression(c.args[0], Level::Atom);
        return;
      }
      open("(");
      call_arguments(c.args, c.keywords);
      close(")");
      return;
    }
    case ExprKind::JoinedStr: joined(as<JoinedStr>(e)); return;
    case ExprKind::FormattedValue: put("f''"); return;
    case ExprKind::Constant: constant(as<Constant>(e).value, false); return;
    case ExprKind::Attribute: {
      const auto& a = as<Attribute>(e);
      const auto* number = try_as<Constant>(a.value);
      if (number != nullptr && number->value.kind == ConstantKind::Int) {
        put("(");
        constant(number->value, false);
        put(")");
      } else {
        expression(a.value, Level::Atom);
      }
      part(a.pos.end_lineno);
      put(".");
      put(a.attr.view());
      return;
    }
    case ExprKind::Subscript: {
      const auto& s = as<Subscript>(e);
      expression(s.value, Level::Atom);
      open("[");
      const auto* tuple = try_as<Tuple>(s.slice);
      if (tuple != nullptr && !tuple->elts.empty()) bare_tuple(*tuple);
      else expression(s.slice, Level::Named);
      close("]");
      return;
    }
    case ExprKind::Starred:
      put("*");
      expression(as<Starred>(e).value, Level::BitOr);
      return;
    case ExprKind::Name: put(as<Name>(e).id.view()); return;
    case ExprKind::Slice: {
      const auto& s = as<Slice>(e);
      if (s.lower != nullptr) expression(s.lower, Level::Test);
      put(":");
      if (s.upper != nullptr) expression(s.upper, Level::Test);
      if (s.step != nullptr) {
        put(":");
        expression(s.step, Level::Test);
      }
      return;
    }
    default: put("__ouro_unknown__"); return;
  }
  (void)level;
}

}  // namespace ouro::decompile
