// Values to expressions of the tree.
#include <algorithm>
#include <cmath>

#include "decompile/build_impl.h"

namespace ouro::decompile {
namespace {

constexpr int kDeepestExpression = 400;
constexpr std::size_t kMostNodes = 20'000'000;

using namespace syntax;  // NOLINT: every name here is a node's

}  // namespace

void TreeBuilder::complain(std::string text) {
  if (report_ == nullptr) return;
  report_->verdict = std::max(report_->verdict, Verdict::Partial);
  if (report_->problems.size() < 20) report_->problems.push_back(std::move(text));
}

Identifier TreeBuilder::identifier(std::string_view text) {
  // CPython compile.c _Py_Mangle, the other way round.
  std::string_view name = unit_ != nullptr ? unit_->class_name : std::string_view{};
  while (!name.empty() && name.front() == '_') name.remove_prefix(1);
  if (!name.empty() && text.size() > name.size() + 3 && text[0] == '_' && text.substr(1, name.size()) == name &&
      text.substr(1 + name.size(), 2) == "__" && !text.ends_with("__")) {
    text.remove_prefix(1 + name.size());
  }
  return made_up(text);
}

// A name that source can't have gets one that it can, the same each time.
Identifier TreeBuilder::made_up(std::string_view text) {
  if (is_identifier(text)) return plain(text);
  const auto [found, fresh] = made_up_names_.try_emplace(std::string(text), made_up_names_.size() + 1);
  (void)fresh;
  if (!text.starts_with('.')) complain("a name that source can't have");  // .0 gives way to what is iterated over
  return plain("__ouro_name_" + std::to_string(found->second) + "__");
}

// Gives the parts of a folded constant their lines. With fewer lines than parts several were on one: the first ones, as
// good as any.
void TreeBuilder::spread_lines(std::span<Expr* const> parts, std::span<const std::int32_t> lines) {
  if (lines.empty() || lines.size() > parts.size()) return;
  const std::size_t extra = parts.size() - lines.size();
  for (std::size_t k = 0; k < parts.size(); ++k) {
    parts[k]->pos.lineno = lines[k < extra ? 0 : k - extra];
    if (auto* minus = try_as<UnaryOp>(parts[k])) minus->operand->pos.lineno = parts[k]->pos.lineno;
  }
}

TreeBuilder::Expr* TreeBuilder::placeholder(const Position& pos) {
  complain("a value that no expression has");
  return ast_.make<Name>(at(pos), ExprContext::Load, plain("__ouro_unknown__"));
}

ExprList TreeBuilder::expressions(const std::vector<Value*>& values, std::size_t from) {
  std::vector<Expr*> out;
  for (std::size_t k = from; k < values.size(); ++k) out.push_back(expression(values[k]));
  return span(out);
}

TreeBuilder::Expr* TreeBuilder::target(const Value* v) {
  Expr* e = expression(v);
  set_context(e, ExprContext::Store);
  return e;
}

TreeBuilder::Expr* TreeBuilder::annotation(const Value* v) {
  const Value* s = settle(const_cast<Value*>(v));
  if (unit_ != nullptr && unit_->future_annotations && s->kind == ValueKind::Const && s->constant != kNoConst &&
      constants_.kind(s->constant) == ConstKind::Str) {
    return ast_.make<Name>(at(s->pos), ExprContext::Load, plain(constants_.text(s->constant)));
  }
  // *args: *Ts
  if (s->kind == ValueKind::UnpackItem && s->kids[0]->kids.size() == 1) {
    return ast_.make<Starred>(at(s->pos), ExprContext::Load, expression(s->kids[0]->same));
  }
  return expression(v);
}

TreeBuilder::Expr* TreeBuilder::expression(const Value* value) {
  if (value == nullptr) return placeholder({});
  if (++depth_ > kDeepestExpression || ++nodes_ > kMostNodes) {
    --depth_;
    complain("an expression nested too deep");
    return ast_.make<Name>(syntax::Position{}, ExprContext::Load, plain("__ouro_unknown__"));
  }
  std::vector<Value*> pending;
  const Value* v = value;
  for (;;) {
    pending.insert(pending.end(), v->pending.begin(), v->pending.end());
    if (v->kind != ValueKind::Phi || v->same == nullptr) break;
    v = v->same;
  }
  const bool is_test = v->kind == ValueKind::Compare || v->kind == ValueKind::BoolOp;
  if (is_test && v->matched && !v->kids.empty() && v->kids[0]->matched) complain("a pattern's test that no match statement has");
  Expr* e = expression_inner(*v);
  for (const Value* t : pending) {
    if (t->kind != ValueKind::Name) {
      complain("a value stored on the way to somewhere that := can't name");
      continue;
    }
    e = ast_.make<NamedExpr>(at(t->pos), target(t), e);
  }
  --depth_;
  return e;
}

TreeBuilder::Expr* TreeBuilder::expression_inner(const Value& v) {
  const syntax::Position pos = at(v.pos);
  switch (v.kind) {
    case ValueKind::Const:
      if (v.constant == kNoConst) {
        return v.number > 0 ? ast_.make<Constant>(pos, false, ConstantValue::of_int(v.number - 1))
                            : ast_.make<Constant>(pos, false, ConstantValue::of(ConstantKind::None));
      }
      return constant(v.constant, v.pos);
    case ValueKind::Name: return ast_.make<Name>(pos, ExprContext::Load, identifier(v.name));
    case ValueKind::Text: return ast_.make<Name>(pos, ExprContext::Load, plain(v.name));
    case ValueKind::Attribute:
      return ast_.make<Attribute>(pos, ExprContext::Load, expression(v.kids[0]), identifier(v.name));
    case ValueKind::Subscript:
      return ast_.make<Subscript>(pos, ExprContext::Load, expression(v.kids[0]), expression(v.kids[1]));
    case ValueKind::Slice:
      return ast_.make<Slice>(pos, v.kids[0] != nullptr ? expression(v.kids[0]) : nullptr,
                              v.kids[1] != nullptr ? expression(v.kids[1]) : nullptr,
                              v.kids[2] != nullptr ? expression(v.kids[2]) : nullptr);
    case ValueKind::BinOp: {
      Expr* left = expression(v.kids[0]);
      return ast_.make<BinOp>(pos, static_cast<Operator>(v.op), left, expression(v.kids[1]));
    }
    case ValueKind::UnaryOp: return ast_.make<UnaryOp>(pos, static_cast<UnaryOperator>(v.op), expression(v.kids[0]));
    case ValueKind::Compare: {
      Expr* left = expression(v.kids[0]);
      std::vector<CompareOperator> ops;
      for (const std::uint8_t op : v.ops) ops.push_back(static_cast<CompareOperator>(op));
      return ast_.make<Compare>(pos, left, span(ops), expressions(v.kids, 1));
    }
    case ValueKind::BoolOp: return ast_.make<BoolOp>(pos, static_cast<BoolOperator>(v.op), expressions(v.kids));
    case ValueKind::IfExp: {
      Expr* test = expression(v.kids[0]);
      return ast_.make<IfExp>(pos, test, expression(v.kids[1]), expression(v.kids[2]));
    }
    case ValueKind::Call: return call(v);
    case ValueKind::Starred: return ast_.make<Starred>(pos, ExprContext::Load, expression(v.kids[0]));
    case ValueKind::Tuple: return ast_.make<Tuple>(pos, ExprContext::Load, expressions(v.kids));
    case ValueKind::List: return ast_.make<List>(pos, ExprContext::Load, expressions(v.kids));
    case ValueKind::Set: {
      if (v.kids.empty()) {  // an empty set display does not exist: {*()}
        Expr* nothing = ast_.make<Tuple>(pos, ExprContext::Load, ExprList{});
        std::vector<Expr*> one{ast_.make<Starred>(pos, ExprContext::Load, nothing)};
        return ast_.make<Set>(pos, span(one));
      }
      return ast_.make<Set>(pos, expressions(v.kids));
    }
    case ValueKind::Dict: {
      std::vector<Expr*> keys;
      std::vector<Expr*> values;
      for (std::size_t k = 0; k + 1 < v.kids.size(); k += 2) {
        keys.push_back(v.kids[k] != nullptr ? expression(v.kids[k]) : nullptr);
        values.push_back(expression(v.kids[k + 1]));
      }
      return ast_.make<Dict>(pos, span(keys), span(values));
    }
    case ValueKind::JoinedStr: {
      const bool percent = std::any_of(v.kids.begin(), v.kids.end(), [](Value* kid) { return is_percent_part(*settle(kid)); });
      Expr* made = percent ? percent_format(v, v.kids) : nullptr;
      return made != nullptr ? made : joined(v);
    }
    case ValueKind::Formatted: {
      Value* one_part[] = {const_cast<Value*>(&v)};
      if (Expr* made = is_percent_part(v) ? percent_format(v, one_part) : nullptr) return made;
      std::vector<Expr*> one{formatted(v)};
      return ast_.make<JoinedStr>(pos, span(one));
    }
    case ValueKind::NamedExpr: return ast_.make<NamedExpr>(pos, target(v.kids[0]), expression(v.kids[1]));
    case ValueKind::Await: return ast_.make<Await>(pos, expression(v.kids[0]));
    case ValueKind::Yield: {
      const Value* of = settle(v.kids[0]);
      const bool bare = of->kind == ValueKind::Const && of->constant != kNoConst &&
                        constants_.kind(of->constant) == ConstKind::None;
      return ast_.make<Yield>(pos, bare ? nullptr : expression(v.kids[0]));
    }
    case ValueKind::YieldFrom: return ast_.make<YieldFrom>(pos, expression(v.kids[0]));
    case ValueKind::Function: return lambda(v);
    case ValueKind::Comprehension: return comprehension(v);
    case ValueKind::Iterator: return v.kids.empty() ? placeholder(v.pos) : expression(v.kids[0]);
    case ValueKind::AssertionError: return ast_.make<Name>(pos, ExprContext::Load, plain("AssertionError"));
    default: return placeholder(v.pos);
  }
}

TreeBuilder::Expr* TreeBuilder::call(const Value& v) {
  const Value* function = settle(v.kids[0]);
  if (function->kind == ValueKind::Function) {
    const std::string_view name = code_name(function->constant);
    if (name.starts_with('<') && name != "<lambda>") return comprehension_call(v);
  }
  // A long f-string is ''.join([...]) (CPython 3.13 codegen.c compiler_joined_str).
  if (function->kind == ValueKind::Attribute && function->name == "join" && v.kids.size() == 2 && v.names.empty()) {
    const Value* list = settle(v.kids[1]);
    const Value* empty = settle(function->kids[0]);
    if (list->kind == ValueKind::List && list->kids.size() > 15 && empty->kind == ValueKind::Const &&
        empty->constant != kNoConst && constants_.kind(empty->constant) == ConstKind::Str &&
        constants_.text(empty->constant).empty()) {
      bool all = true;
      for (const Value* part : list->kids) {
        const Value* p = settle(const_cast<Value*>(part));
        const bool text = p->kind == ValueKind::Const && p->constant != kNoConst && constants_.kind(p->constant) == ConstKind::Str;
        all = all && (text || p->kind == ValueKind::Formatted);
      }
      if (Expr* made = all ? percent_format(v, list->kids) : nullptr) return made;
      if (all) return joined(*list);
    }
  }
  Expr* f = expression(v.kids[0]);
  const std::size_t positional = v.kids.size() - 1 - v.names.size();
  std::vector<Expr*> args;
  for (std::size_t k = 0; k < positional; ++k) args.push_back(expression(v.kids[k + 1]));
  std::vector<Keyword*> keywords;
  for (std::size_t k = 0; k < v.names.size(); ++k) {
    Expr* value = expression(v.kids[1 + positional + k]);
    auto* keyword = ast_.arena.make<Keyword>();
    keyword->pos = value->pos;
    if (!v.names[k].empty()) keyword->arg = identifier(v.names[k]);
    keyword->value = value;
    keywords.push_back(keyword);
  }
  return ast_.make<Call>(at(v.pos), f, span(args), span(keywords));
}

std::span<Comprehension*> TreeBuilder::generators(const std::vector<Clause>& clauses) {
  std::vector<Comprehension*> out;
  for (const Clause& c : clauses) {
    auto* g = ast_.arena.make<Comprehension>();
    g->target = target(c.target);
    g->iter = expression(c.iter);
    std::vector<Expr*> ifs;
    for (const Value* test : c.ifs) ifs.push_back(expression(test));
    g->ifs = span(ifs);
    g->is_async = c.is_async;
    out.push_back(g);
  }
  return span(out);
}

TreeBuilder::Expr* TreeBuilder::comprehension(const Value& v) {
  const syntax::Position pos = at(v.pos);
  const auto kind = static_cast<ComprehensionKind>(v.op);
  if (v.kids.empty() || (kind == ComprehensionKind::Dict && v.kids.size() < 2)) return placeholder(v.pos);
  Expr* element = expression(v.kids[0]);
  switch (kind) {
    case ComprehensionKind::Dict: {
      Expr* value = expression(v.kids[1]);
      return ast_.make<DictComp>(pos, element, value, generators(v.clauses));
    }
    case ComprehensionKind::List: return ast_.make_as<ElementComp>(ExprKind::ListComp, pos, element, generators(v.clauses));
    case ComprehensionKind::Set: return ast_.make_as<ElementComp>(ExprKind::SetComp, pos, element, generators(v.clauses));
    case ComprehensionKind::Generator:
      return ast_.make_as<ElementComp>(ExprKind::GeneratorExp, pos, element, generators(v.clauses));
  }
  return placeholder(v.pos);
}

TreeBuilder::Expr* TreeBuilder::formatted(const Value& v) {
  Expr* value = expression(v.kids[0]);
  Expr* spec = v.kids[1] != nullptr ? format_spec(v.kids[1]) : nullptr;
  return ast_.make<FormattedValue>(at(v.pos), v.op != 0 ? std::int32_t{v.op} : -1, value, spec);
}

TreeBuilder::Expr* TreeBuilder::format_spec(const Value* v) {
  v = settle(const_cast<Value*>(v));
  if (v->kind == ValueKind::JoinedStr) return joined(*v);
  std::vector<Expr*> one{v->kind == ValueKind::Formatted ? formatted(*v) : expression(v)};
  return ast_.make<JoinedStr>(at(v->pos), span(one));
}

// `"…%s…" % (a, b)` has the code of an f-string (CPython 3.13 ast_opt.c optimize_format), but each part stands where the
// argument does and not where a brace would.
bool TreeBuilder::is_percent_part(const Value& v) {
  if (v.kind != ValueKind::Formatted || v.op == 0 || !known(v.pos)) return false;
  return leftmost_column(v.kids[0]) == v.pos.column;
}

bool TreeBuilder::append_percent_spec(const Value* spec, std::string& out) const {
  if (spec == nullptr) return true;
  spec = settle(const_cast<Value*>(spec));
  if (spec->kind != ValueKind::Const || spec->constant == kNoConst || constants_.kind(spec->constant) != ConstKind::Str) return false;
  std::string_view text = constants_.text(spec->constant);
  if (text.find_first_not_of("0123456789.>") != std::string_view::npos) return false;
  if (text.starts_with('>')) text.remove_prefix(1);
  else if (!text.starts_with('.')) out += '-';
  out += text;
  return true;
}

TreeBuilder::Expr* TreeBuilder::percent_format(const Value& whole, std::span<Value* const> parts) {
  std::string format;
  std::vector<Expr*> arguments;
  for (const Value* kid : parts) {
    const Value* part = settle(const_cast<Value*>(kid));
    if (part->kind == ValueKind::Const && part->constant != kNoConst && constants_.kind(part->constant) == ConstKind::Str) {
      for (const char c : constants_.text(part->constant)) format.append(c == '%' ? 2 : 1, c);
      continue;
    }
    if (!is_percent_part(*part)) return nullptr;
    format += '%';
    if (!append_percent_spec(part->kids[1], format)) return nullptr;
    format += static_cast<char>(part->op);
    arguments.push_back(expression(part->kids[0]));
  }
  const syntax::Position pos = at(whole.pos);
  Expr* left = ast_.make<Constant>(pos, false, ConstantValue::of_text(ConstantKind::Str, plain(format).view()));
  syntax::Position right = pos;
  if (!arguments.empty()) right = arguments[0]->pos;
  return ast_.make<BinOp>(pos, Operator::Mod, left, ast_.make<Tuple>(right, ExprContext::Load, span(arguments)));
}

TreeBuilder::Expr* TreeBuilder::joined(const Value& v) {
  std::vector<Expr*> parts;
  for (const Value* kid : v.kids) {
    const Value* part = settle(const_cast<Value*>(kid));
    parts.push_back(part->kind == ValueKind::Formatted ? formatted(*part) : expression(kid));
  }
  return ast_.make<JoinedStr>(at(v.pos), span(parts));
}

// Numbers that folding made negative or complex are written as the operation that gives them.
TreeBuilder::Expr* TreeBuilder::number_expression(ConstId id, const Position& p) {
  const syntax::Position pos = at(p);
  const auto negative = [&](ConstantValue v) -> Expr* { return ast_.make<UnaryOp>(pos, UnaryOperator::USub, ast_.make<Constant>(pos, false, v)); };
  switch (constants_.kind(id)) {
    case ConstKind::Int: {
      const std::int64_t n = constants_.int_value(id);
      if (n < 0 && n != INT64_MIN) return negative(ConstantValue::of_int(-n));
      return ast_.make<Constant>(pos, false, ConstantValue::of_int(n));
    }
    case ConstKind::Long: {
      BigInt n = constants_.big_value(id);
      if (n.is_negative()) return negative(ConstantValue::of_big(ast_.keep(-n)));
      return ast_.make<Constant>(pos, false, ConstantValue::of_big(ast_.keep(std::move(n))));
    }
    case ConstKind::Float: {
      const double d = constants_.real(id);
      if (std::signbit(d)) return negative(ConstantValue::of_float(-d));
      return ast_.make<Constant>(pos, false, ConstantValue::of_float(d));
    }
    default: {
      const double real = constants_.real(id);
      const double imag = constants_.imag(id);
      if (real == 0.0 && !std::signbit(real) && !std::signbit(imag)) return ast_.make<Constant>(pos, false, ConstantValue::of_complex(0, imag));
      if (real == 0.0 && std::signbit(real) && std::signbit(imag)) return negative(ConstantValue::of_complex(0, -imag));
      Expr* left = std::signbit(real) ? negative(ConstantValue::of_float(-real)) : ast_.make<Constant>(pos, false, ConstantValue::of_float(real));
      const bool minus = std::signbit(imag);
      return ast_.make<BinOp>(pos, minus ? Operator::Sub : Operator::Add, left,
                              ast_.make<Constant>(pos, false, ConstantValue::of_complex(0, minus ? -imag : imag)));
    }
  }
}

TreeBuilder::Expr* TreeBuilder::constant(ConstId id, const Position& p, int depth) {
  const syntax::Position pos = at(p);
  if (depth > 100) return placeholder(p);
  const auto singleton = [&](ConstantKind kind) { return ast_.make<Constant>(pos, false, ConstantValue::of(kind)); };
  const auto items = [&] {
    std::vector<Expr*> out;
    for (const ConstId item : constants_.items(id)) out.push_back(constant(item, p, depth + 1));
    return span(out);
  };
  switch (constants_.kind(id)) {
    case ConstKind::None: return singleton(ConstantKind::None);
    case ConstKind::False: return singleton(ConstantKind::False);
    case ConstKind::True: return singleton(ConstantKind::True);
    case ConstKind::Ellipsis: return singleton(ConstantKind::Ellipsis);
    case ConstKind::Int: case ConstKind::Long: case ConstKind::Float: case ConstKind::Complex: return number_expression(id, p);
    case ConstKind::Str: return ast_.make<Constant>(pos, false, ConstantValue::of_text(ConstantKind::Str, constants_.text(id)));
    case ConstKind::Bytes: return ast_.make<Constant>(pos, false, ConstantValue::of_text(ConstantKind::Bytes, constants_.text(id)));
    case ConstKind::Tuple: return ast_.make<Tuple>(pos, ExprContext::Load, items());
    case ConstKind::FrozenSet:
      return constants_.items(id).empty() ? placeholder(p) : ast_.make<Set>(pos, items());
    case ConstKind::Slice: {
      const auto part = [&](std::size_t k) -> Expr* {
        const ConstId item = k < constants_.items(id).size() ? constants_.items(id)[k] : kNoConst;
        return item == kNoConst || constants_.kind(item) == ConstKind::None ? nullptr : constant(item, p, depth + 1);
      };
      return ast_.make<Slice>(pos, part(0), part(1), part(2));
    }
    default: return placeholder(p);
  }
}

}  // namespace ouro::decompile
