// match statements and their patterns.
#include "decompile/build_impl.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

// What the grammar takes as a value or a key: numbers with a sign, complex sums, strings, dotted names.
bool is_pattern_value(const ExprNode* e, int depth = 0) {
  if (depth > 200) return false;
  switch (e->kind) {
    case ExprKind::Constant: return as<Constant>(e).value.kind != ConstantKind::Ellipsis;
    case ExprKind::Attribute: return as<Attribute>(e).value->kind == ExprKind::Name || (as<Attribute>(e).value->kind == ExprKind::Attribute && is_pattern_value(as<Attribute>(e).value, depth + 1));
    case ExprKind::UnaryOp: return as<UnaryOp>(e).op == UnaryOperator::USub && is_pattern_value(as<UnaryOp>(e).operand, depth + 1);
    case ExprKind::BinOp: return is_pattern_value(as<BinOp>(e).left, depth + 1) && is_pattern_value(as<BinOp>(e).right, depth + 1);
    default: return false;
  }
}

}  // namespace

PatternNode* TreeBuilder::unknown_pattern(const Position& pos) {
  complain("a pattern that can't be written");
  return ast_.make<MatchAs>(at(pos), static_cast<PatternNode*>(nullptr), plain("__ouro_unknown__"));
}

PatternList TreeBuilder::patterns(const std::vector<Pattern*>& list, std::size_t from, std::size_t to) {
  std::vector<PatternNode*> out;
  for (std::size_t k = from; k < to && k < list.size(); ++k) out.push_back(pattern(*list[k]));
  return span(out);
}

PatternNode* TreeBuilder::pattern(const Pattern& p) {
  if (++depth_ > 300) {
    --depth_;
    return unknown_pattern(p.pos);
  }
  PatternNode* made = pattern_inner(p);
  --depth_;
  return made;
}

PatternNode* TreeBuilder::pattern_inner(const Pattern& p) {
  const syntax::Position pos = at(p.pos);
  const auto name = [&](std::string_view text) { return text.empty() ? Identifier{} : identifier(text); };
  switch (p.kind) {
    case PatternKind::Value: {
      Expr* value = expression(p.value);
      return is_pattern_value(value) ? ast_.make<MatchValue>(pos, value) : unknown_pattern(p.pos);
    }
    case PatternKind::Singleton: {
      const Value& v = *p.value;
      ConstKind kind = v.constant == kNoConst ? ConstKind::None : constants_.kind(v.constant);
      if (kind == ConstKind::None) return ast_.make<MatchSingleton>(pos, ConstantValue::of(ConstantKind::None));
      if (kind == ConstKind::True) return ast_.make<MatchSingleton>(pos, ConstantValue::of(ConstantKind::True));
      if (kind == ConstKind::False) return ast_.make<MatchSingleton>(pos, ConstantValue::of(ConstantKind::False));
      return unknown_pattern(p.pos);
    }
    case PatternKind::Sequence: return ast_.make<MatchSequence>(pos, patterns(p.kids, 0, p.kids.size()));
    case PatternKind::Mapping: {
      std::vector<Expr*> keys;
      for (const Value* key : p.keys) {
        keys.push_back(expression(key));
        if (!is_pattern_value(keys.back())) return unknown_pattern(p.pos);
      }
      return ast_.make<MatchMapping>(pos, span(keys), patterns(p.kids, 0, p.kids.size()), name(p.name));
    }
    case PatternKind::Class: {
      std::vector<Identifier> attributes;
      for (const std::string_view attribute : p.names) attributes.push_back(identifier(attribute));
      return ast_.make<syntax::MatchClass>(pos, expression(p.value), patterns(p.kids, 0, p.number), span(attributes), patterns(p.kids, p.number, p.kids.size()));
    }
    case PatternKind::Star: return ast_.make<MatchStar>(pos, name(p.name));
    case PatternKind::As: return ast_.make<MatchAs>(pos, p.kids.empty() ? nullptr : pattern(*p.kids[0]), name(p.name));
    case PatternKind::Or: return ast_.make<MatchOr>(pos, patterns(p.kids, 0, p.kids.size()));
  }
  return unknown_pattern(p.pos);
}

TreeBuilder::Stmt* TreeBuilder::match_statement(const Statement& s) {
  Position line = s.pos;
  line.line = std::max(start_line(&s), 0);
  Expr* subject = expression(s.value);
  std::vector<MatchCase*> cases;
  for (const Case* c : s.cases) {
    auto* made = ast_.arena.make<MatchCase>();
    made->pattern = pattern(*c->pattern);
    if (known(c->pos)) made->pattern->pos = at(c->pos);
    if (c->guard != nullptr) made->guard = expression(c->guard);
    made->body = block(c->body, c->pos);
    cases.push_back(made);
  }
  return ast_.make<syntax::Match>(at(line), subject, span(cases));
}

}  // namespace ouro::decompile
