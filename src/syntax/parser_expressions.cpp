// Expressions from `lambda` down to calls and subscripts (CPython 3.13 Grammar/python.gram, "EXPRESSIONS" and
// "ASSIGNMENT TARGETS"). Binary operators climb by precedence; unary and conditional chains are loops.
#include <array>

#include "syntax/parser_impl.h"

namespace ouro::syntax {
namespace {

using K = TokenKind;

struct BinaryOperator {
  std::uint8_t precedence = 0;  // 0: not a binary operator
  Operator op = Operator::Add;
};

constexpr std::array<BinaryOperator, kTokenKindCount> kBinaryOperators = [] {
  std::array<BinaryOperator, kTokenKindCount> table{};
  const auto set = [&table](TokenKind kind, std::uint8_t precedence, Operator op) {
    table[static_cast<std::size_t>(kind)] = {precedence, op};
  };
  set(K::VBar, 1, Operator::BitOr);
  set(K::Circumflex, 2, Operator::BitXor);
  set(K::Amper, 3, Operator::BitAnd);
  set(K::LeftShift, 4, Operator::LShift);
  set(K::RightShift, 4, Operator::RShift);
  set(K::Plus, 5, Operator::Add);
  set(K::Minus, 5, Operator::Sub);
  set(K::Star, 6, Operator::Mult);
  set(K::Slash, 6, Operator::Div);
  set(K::DoubleSlash, 6, Operator::FloorDiv);
  set(K::Percent, 6, Operator::Mod);
  set(K::At, 6, Operator::MatMult);
  return table;
}();

constexpr std::array<bool, kTokenKindCount> kStartsExpression = [] {
  std::array<bool, kTokenKindCount> table{};
  for (const K kind : {K::Name, K::Number, K::String, K::FStringStart, K::LPar, K::LSqb, K::LBrace, K::Minus, K::Plus,
                       K::Tilde, K::Star, K::Ellipsis, K::KwNot, K::KwLambda, K::KwAwait, K::KwNone, K::KwTrue,
                       K::KwFalse}) {
    table[static_cast<std::size_t>(kind)] = true;
  }
  return table;
}();

// Operators that stand before their operand, but lambda.
bool starts_with_operator(TokenKind kind) {
  return kind == K::KwNot || kind == K::Minus || kind == K::Plus || kind == K::Tilde || kind == K::KwAwait;
}

constexpr std::array<bool, kTokenKindCount> kContinuesExpression = [] {
  std::array<bool, kTokenKindCount> table{};
  for (std::size_t i = 0; i < kTokenKindCount; ++i) table[i] = kBinaryOperators[i].precedence != 0;
  for (const K kind : {K::DoubleStar, K::EqEqual, K::NotEqual, K::Less, K::LessEqual, K::Greater, K::GreaterEqual, K::KwIn,
                       K::KwIs, K::KwNot, K::KwAnd, K::KwOr}) {
    table[static_cast<std::size_t>(kind)] = true;
  }
  return table;
}();

// Whether an operator between two operands stands here, conditionals aside.
bool continues_expression(TokenKind kind) { return kContinuesExpression[static_cast<std::size_t>(kind)]; }

// Whether an expression follows in a list after a comma (a star before it included).
bool starts_expression(TokenKind kind) { return kStartsExpression[static_cast<std::size_t>(kind)]; }

}  // namespace

// One expression, or a tuple without parentheses.
ExprNode* Parser::parse_star_expressions() {
  const Start from = start();
  ExprNode* first = parse_star_expression();
  if (first == nullptr || !at(K::Comma)) return first;
  Exprs elements(*this);
  elements.push(first);
  while (accept(K::Comma)) {
    if (!starts_expression(kind())) break;
    ExprNode* next = parse_star_expression();
    if (next == nullptr) return nullptr;
    elements.push(next);
  }
  const ExprList list = elements.take();
  return node<Tuple>(from, ExprContext::Load, list);
}

ExprNode* Parser::parse_star_expression() {
  if (!at(K::Star)) return parse_expression();
  const Start from = start();
  advance();
  ExprNode* value = parse_binary(1);
  return value == nullptr ? nullptr : node<Starred>(from, ExprContext::Load, value);
}

ExprNode* Parser::parse_star_named_expression() { return at(K::Star) ? parse_star_expression() : parse_named_expression(); }

// An expression or `name := expression`.
ExprNode* Parser::parse_named_expression() {
  const Start from = start();
  const bool starts_with_name = at(K::Name);
  ExprNode* value = parse_expression();
  if (value == nullptr || !at(K::ColonEqual)) return value;
  if (!starts_with_name || !is<Name>(value) || !options_.features.walrus) return nullptr;
  as<Name>(value).ctx = ExprContext::Store;
  advance();
  ExprNode* assigned = parse_expression();
  return assigned == nullptr ? nullptr : node<NamedExpr>(from, value, assigned);
}

ExprNode* Parser::parse_expression() {
  if (at(K::KwLambda)) return parse_lambda();
  const Start from = start();
  ExprNode* body = parse_disjunction();
  if (body == nullptr || !at(K::KwIf)) return body;
  return parse_conditional(from, body);
}

// At `if`: a chain of conditionals nests to the right; all of them end together.
ExprNode* Parser::parse_conditional(Start from, ExprNode* body) {
  Depth depth(*this, 0);
  List<IfExp> chain(*this);
  ExprNode* last = body;
  Start last_start = from;
  while (last != nullptr && at(K::KwIf)) {
    depth.add(1);
    if (depth.exceeded()) return nullptr;
    advance();
    ExprNode* test = parse_disjunction();
    if (test == nullptr || !accept(K::KwElse)) return nullptr;
    chain.push(node<IfExp>(last_start, test, last, nullptr));
    last_start = start();
    last = at(K::KwLambda) ? parse_lambda() : parse_disjunction();
  }
  if (last == nullptr) return nullptr;
  for (std::size_t i = chain.size(); i-- > 0;) {
    chain[i]->orelse = last;
    chain[i]->pos.end_lineno = end_lineno_;
    chain[i]->pos.end_col_offset = end_col_offset_;
    last = chain[i];
  }
  return last;
}

ExprNode* Parser::parse_lambda() {
  Depth depth(*this, 2);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  advance();
  Arguments* parameters = parse_parameters(K::Colon, false);
  if (parameters == nullptr || !accept(K::Colon)) return nullptr;
  ExprNode* body = parse_expression();
  return body == nullptr ? nullptr : node<Lambda>(from, parameters, body);
}

ExprNode* Parser::parse_yield() {
  const Start from = start();
  advance();
  if (accept(K::KwFrom)) {
    ExprNode* value = parse_expression();
    return value == nullptr ? nullptr : node<YieldFrom>(from, value);
  }
  ExprNode* value = nullptr;
  if (starts_expression(kind())) {
    value = parse_star_expressions();
    if (value == nullptr) return nullptr;
  }
  return node<Yield>(from, value);
}

ExprNode* Parser::parse_disjunction() {
  const Start from = start();
  if (starts_with_operator(kind())) return continue_disjunction(from, parse_conjunction());
  // Most expressions are one primary with no operator: they go through no level of precedence.
  ExprNode* left = parse_primary();
  if (left == nullptr || !continues_expression(kind())) return left;
  left = continue_binary(from, continue_power(from, left), 1);
  return continue_disjunction(from, continue_conjunction(from, continue_comparison(from, left)));
}

// Each continue_… takes what stands before an operator of its level, null when that did not parse.
ExprNode* Parser::continue_disjunction(Start from, ExprNode* first) {
  if (first == nullptr || !at(K::KwOr)) return first;
  Exprs values(*this);
  values.push(first);
  while (accept(K::KwOr)) {
    ExprNode* next = parse_conjunction();
    if (next == nullptr) return nullptr;
    values.push(next);
  }
  const ExprList list = values.take();
  return node<BoolOp>(from, BoolOperator::Or, list);
}

ExprNode* Parser::parse_conjunction() {
  const Start from = start();
  return continue_conjunction(from, parse_inversion());
}

ExprNode* Parser::continue_conjunction(Start from, ExprNode* first) {
  if (first == nullptr || !at(K::KwAnd)) return first;
  Exprs values(*this);
  values.push(first);
  while (accept(K::KwAnd)) {
    ExprNode* next = parse_inversion();
    if (next == nullptr) return nullptr;
    values.push(next);
  }
  const ExprList list = values.take();
  return node<BoolOp>(from, BoolOperator::And, list);
}

ExprNode* Parser::parse_inversion() {
  if (!at(K::KwNot)) return parse_comparison();
  Depth depth(*this, 0);
  List<UnaryOp> chain(*this);
  while (at(K::KwNot)) {
    depth.add(1);
    if (depth.exceeded()) return nullptr;
    const Start from = start();
    advance();
    chain.push(node<UnaryOp>(from, UnaryOperator::Not, nullptr));
  }
  ExprNode* operand = parse_comparison();
  if (operand == nullptr) return nullptr;
  for (std::size_t i = chain.size(); i-- > 0;) {
    chain[i]->operand = operand;
    chain[i]->pos.end_lineno = end_lineno_;
    chain[i]->pos.end_col_offset = end_col_offset_;
    operand = chain[i];
  }
  return operand;
}

// Takes a comparison operator; `not` alone is none.
std::optional<CompareOperator> Parser::accept_comparison() {
  const auto take = [this](CompareOperator op) {
    advance();
    return op;
  };
  switch (kind()) {
    case K::EqEqual: return take(CompareOperator::Eq);
    case K::NotEqual:
      // `<>` is this operator only after `from __future__ import barry_as_FLUFL`, and then `!=` is none.
      if ((*token().start == '<') != barry_as_flufl_) return std::nullopt;
      return take(CompareOperator::NotEq);
    case K::Less: return take(CompareOperator::Lt);
    case K::LessEqual: return take(CompareOperator::LtE);
    case K::Greater: return take(CompareOperator::Gt);
    case K::GreaterEqual: return take(CompareOperator::GtE);
    case K::KwIn: return take(CompareOperator::In);
    case K::KwIs:
      advance();
      return accept(K::KwNot) ? CompareOperator::IsNot : CompareOperator::Is;
    case K::KwNot:
      if (peek().kind != K::KwIn) return std::nullopt;
      advance();
      return take(CompareOperator::NotIn);
    default: return std::nullopt;
  }
}

ExprNode* Parser::parse_comparison() {
  const Start from = start();
  return continue_comparison(from, parse_binary(1));
}

ExprNode* Parser::continue_comparison(Start from, ExprNode* left) {
  if (left == nullptr) return nullptr;
  std::optional<CompareOperator> op = accept_comparison();
  if (!op) return left;
  Exprs comparators(*this);
  const std::size_t base = operators_.size();
  while (op) {
    operators_.push_back(*op);
    ExprNode* next = parse_binary(1);
    if (next == nullptr) {
      operators_.resize(base);
      return nullptr;
    }
    comparators.push(next);
    op = accept_comparison();
  }
  const std::span<CompareOperator> ops =
      arena_.copy(std::span<const CompareOperator>(operators_).subspan(base));
  operators_.resize(base);
  const ExprList list = comparators.take();
  return node<Compare>(from, left, ops, list);
}

ExprNode* Parser::parse_binary(int minimum) {
  const Start from = start();
  return continue_binary(from, parse_factor(), minimum);
}

ExprNode* Parser::continue_binary(Start from, ExprNode* left, int minimum) {
  while (left != nullptr) {
    const BinaryOperator binary = kBinaryOperators[static_cast<std::size_t>(kind())];
    if (binary.precedence == 0 || binary.precedence < minimum) return left;
    advance();
    ExprNode* right = parse_binary(binary.precedence + 1);
    if (right == nullptr) return nullptr;
    left = node<BinOp>(from, binary.op, left, right);
  }
  return nullptr;
}

ExprNode* Parser::parse_factor() {
  if (!at(K::Minus) && !at(K::Plus) && !at(K::Tilde)) return parse_power();
  Depth depth(*this, 0);
  List<UnaryOp> chain(*this);
  while (at(K::Minus) || at(K::Plus) || at(K::Tilde)) {
    depth.add(1);
    if (depth.exceeded()) return nullptr;
    const UnaryOperator op = at(K::Minus)  ? UnaryOperator::USub
                             : at(K::Plus) ? UnaryOperator::UAdd
                                           : UnaryOperator::Invert;
    const Start from = start();
    advance();
    chain.push(node<UnaryOp>(from, op, nullptr));
  }
  ExprNode* operand = parse_power();
  if (operand == nullptr) return nullptr;
  for (std::size_t i = chain.size(); i-- > 0;) {
    chain[i]->operand = operand;
    chain[i]->pos.end_lineno = end_lineno_;
    chain[i]->pos.end_col_offset = end_col_offset_;
    operand = chain[i];
  }
  return operand;
}

ExprNode* Parser::parse_power() {
  const Start from = start();
  ExprNode* base = nullptr;
  if (at(K::KwAwait)) {
    advance();
    ExprNode* value = parse_primary();
    if (value == nullptr) return nullptr;
    base = node<Await>(from, value);
  } else {
    base = parse_primary();
  }
  return continue_power(from, base);
}

ExprNode* Parser::continue_power(Start from, ExprNode* base) {
  if (base == nullptr || !at(K::DoubleStar)) return base;
  Depth depth(*this, 2);
  if (depth.exceeded()) return nullptr;
  advance();
  ExprNode* exponent = parse_factor();
  return exponent == nullptr ? nullptr : node<BinOp>(from, Operator::Pow, base, exponent);
}

ExprNode* Parser::parse_primary() {
  const Start from = start();
  ExprNode* atom = parse_atom();
  return atom == nullptr ? nullptr : parse_primary_tail(from, atom);
}

ExprNode* Parser::parse_primary_tail(Start from, ExprNode* value) {
  for (;;) {
    switch (kind()) {
      case K::Dot: {
        advance();
        if (!at(K::Name)) return nullptr;
        const Identifier attribute = token().name;
        advance();
        value = node<Attribute>(from, ExprContext::Load, value, attribute);
        break;
      }
      case K::LPar:
        value = parse_call(from, value);
        if (value == nullptr) return nullptr;
        break;
      case K::LSqb: {
        ExprNode* slice = parse_slices();
        if (slice == nullptr) return nullptr;
        value = node<Subscript>(from, ExprContext::Load, value, slice);
        break;
      }
      default: return value;
    }
  }
}

// From '[' through ']'.
ExprNode* Parser::parse_slices() {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  advance();
  const Start from = start();
  ExprNode* first = parse_slice();
  if (first == nullptr) return nullptr;
  if (!at(K::Comma) && !is<Starred>(first)) return accept(K::RSqb) ? first : nullptr;
  Exprs elements(*this);
  elements.push(first);
  while (accept(K::Comma)) {
    if (at(K::RSqb)) break;
    ExprNode* next = parse_slice();
    if (next == nullptr) return nullptr;
    elements.push(next);
  }
  const ExprList list = elements.take();
  ExprNode* tuple = node<Tuple>(from, ExprContext::Load, list);
  return accept(K::RSqb) ? tuple : nullptr;
}

ExprNode* Parser::parse_slice() {
  const Start from = start();
  if (accept(K::Star)) {
    ExprNode* value = parse_expression();
    return value == nullptr ? nullptr : node<Starred>(from, ExprContext::Load, value);
  }
  const auto part_follows = [this] { return !at(K::Colon) && !at(K::Comma) && !at(K::RSqb); };
  ExprNode* lower = nullptr;
  if (!at(K::Colon)) {
    lower = parse_named_expression();
    if (lower == nullptr || !at(K::Colon)) return lower;
    if (is<NamedExpr>(lower) && lower->pos.col_offset == from.col_offset && lower->pos.lineno == from.lineno) {
      return nullptr;  // a[x := 1 : 2]
    }
  }
  advance();
  ExprNode* upper = nullptr;
  ExprNode* step = nullptr;
  if (part_follows()) {
    upper = parse_expression();
    if (upper == nullptr) return nullptr;
  }
  if (accept(K::Colon) && part_follows()) {
    step = parse_expression();
    if (step == nullptr) return nullptr;
  }
  return node<Slice>(from, lower, upper, step);
}

// Targets of `for`: already in Store context.
ExprNode* Parser::parse_star_targets() {
  const Start from = start();
  ExprNode* first = parse_star_target();
  if (first == nullptr || !at(K::Comma)) return first;
  Exprs elements(*this);
  elements.push(first);
  while (accept(K::Comma)) {
    if (!starts_expression(kind())) break;
    ExprNode* next = parse_star_target();
    if (next == nullptr) return nullptr;
    elements.push(next);
  }
  const ExprList list = elements.take();
  return node<Tuple>(from, ExprContext::Store, list);
}

ExprNode* Parser::parse_star_target() {
  const Start from = start();
  const bool starred = accept(K::Star);
  ExprNode* target = parse_primary();
  if (target == nullptr || is<Starred>(target) || !is_star_target(target)) return nullptr;
  set_context(target, ExprContext::Store);
  return starred ? node<Starred>(from, ExprContext::Store, target) : target;
}

// What `=` may stand after. Depth is bounded by the brackets' nesting.
bool Parser::is_star_target(const ExprNode* node) {
  const auto all = [](std::span<ExprNode* const> elements) {
    for (const ExprNode* element : elements) {
      if (!is_star_target(element)) return false;
    }
    return true;
  };
  switch (node->kind) {
    case ExprKind::Name:
    case ExprKind::Attribute:
    case ExprKind::Subscript: return true;
    case ExprKind::Starred: {
      const ExprNode* value = as<Starred>(node).value;
      return value->kind != ExprKind::Starred && is_star_target(value);
    }
    case ExprKind::List: return all(as<syntax::List>(node).elts);
    case ExprKind::Tuple: return all(as<Tuple>(node).elts);
    default: return false;
  }
}

bool Parser::is_single_target(const ExprNode* node) {
  return is<Name>(node) || is<Attribute>(node) || is<Subscript>(node);
}

bool Parser::is_delete_target(const ExprNode* node) {
  const auto all = [](std::span<ExprNode* const> elements) {
    for (const ExprNode* element : elements) {
      if (!is_delete_target(element)) return false;
    }
    return true;
  };
  if (is<syntax::List>(node)) return all(as<syntax::List>(node).elts);
  if (is<Tuple>(node)) return all(as<Tuple>(node).elts);
  return is_single_target(node);
}

}  // namespace ouro::syntax
