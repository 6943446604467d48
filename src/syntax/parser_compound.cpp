// Compound statements (CPython 3.13 Grammar/python.gram, "COMPOUND STATEMENTS" without match).
#include "syntax/parser_impl.h"

namespace ouro::syntax {

using K = TokenKind;

StmtNode* Parser::parse_compound_statement() {
  const Start from = start();
  switch (kind()) {
    case K::KwIf: return parse_if();
    case K::KwDef: return parse_function(from, false, {});
    case K::KwClass: return parse_class({});
    case K::KwFor: return parse_for(from, false);
    case K::KwWhile: return parse_while();
    case K::KwTry: return parse_try();
    case K::KwWith: return parse_with(from, false);
    case K::KwAsync: return parse_async({});
    case K::At: return parse_decorated();
    default: return nullptr;
  }
}

StmtNode* Parser::parse_async(ExprList decorators) {
  const Start from = start();
  advance();
  if (at(K::KwDef)) return parse_function(from, true, decorators);
  if (!decorators.empty()) return nullptr;
  if (at(K::KwFor)) return parse_for(from, true);
  if (at(K::KwWith)) return parse_with(from, true);
  return nullptr;
}

// NEWLINE INDENT statements DEDENT, or simple statements on the same line.
std::optional<StmtList> Parser::parse_block() {
  Depth depth(*this, kBlockDepth);
  if (depth.exceeded()) return std::nullopt;
  List<StmtNode> body(*this);
  if (accept(K::Newline)) {
    if (!accept(K::Indent)) return std::nullopt;
    do {
      if (!parse_statement_into(body)) return std::nullopt;
    } while (!at(K::Dedent) && !at(K::EndMarker));
    if (!accept(K::Dedent)) return std::nullopt;
  } else if (!parse_simple_statements_into(body)) {
    return std::nullopt;
  }
  return body.take();
}

std::optional<StmtList> Parser::parse_optional_else() {
  if (!accept(K::KwElse)) return StmtList{};
  if (!accept(K::Colon)) return std::nullopt;
  return parse_block();
}

// One If for each test, chained through orelse from the last to the first: a long elif chain is a loop here.
StmtNode* Parser::parse_if() {
  Depth depth(*this, 0);
  List<If> chain(*this);
  do {
    depth.add(1);
    if (depth.exceeded()) return nullptr;
    const Start from = start();
    advance();
    ExprNode* test = parse_named_expression();
    if (test == nullptr || !accept(K::Colon)) return nullptr;
    const std::optional<StmtList> body = parse_block();
    if (!body) return nullptr;
    chain.push(node<If>(from, test, *body, StmtList{}));
  } while (at(K::KwElif));
  const std::optional<StmtList> last_else = parse_optional_else();
  if (!last_else) return nullptr;
  const std::span<If*> links = chain.take();
  links.back()->orelse = *last_else;
  for (std::size_t i = links.size(); i-- > 0;) {
    links[i]->pos.end_lineno = end_lineno_;
    links[i]->pos.end_col_offset = end_col_offset_;
    if (i + 1 == links.size()) continue;
    links[i]->orelse = arena_.make_array<StmtNode*>(1);
    links[i]->orelse[0] = links[i + 1];
  }
  return links.front();
}

StmtNode* Parser::parse_while() {
  const Start from = start();
  advance();
  ExprNode* test = parse_named_expression();
  if (test == nullptr || !accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  if (!body) return nullptr;
  const std::optional<StmtList> orelse = parse_optional_else();
  return orelse ? node<While>(from, test, *body, *orelse) : nullptr;
}

StmtNode* Parser::parse_for(Start from, bool is_async) {
  advance();
  ExprNode* target = parse_star_targets();
  if (target == nullptr || !accept(K::KwIn)) return nullptr;
  ExprNode* iter = parse_star_expressions();
  if (iter == nullptr || !accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  if (!body) return nullptr;
  const std::optional<StmtList> orelse = parse_optional_else();
  if (!orelse) return nullptr;
  return node_as<For>(is_async ? StmtKind::AsyncFor : StmtKind::For, from, target, iter, *body, *orelse);
}

StmtNode* Parser::parse_with(Start from, bool is_async) {
  advance();
  List<WithItem> items(*this);
  const Mark before = mark();
  if (!at(K::LPar) || !parse_parenthesized_with_items(items)) {
    if (special_ || too_deep_) return nullptr;
    reset(before);
    items.clear();
    do {
      WithItem* item = parse_with_item();
      if (item == nullptr) return nullptr;
      items.push(item);
    } while (accept(K::Comma));
  }
  if (!accept(K::Colon)) return nullptr;
  const std::span<WithItem*> list = items.take();
  const std::optional<StmtList> body = parse_block();
  if (!body) return nullptr;
  return node_as<With>(is_async ? StmtKind::AsyncWith : StmtKind::With, from, list, *body);
}

// '(' items ')' with `:` next; false: it may be an ordinary expression that begins with a parenthesis.
bool Parser::parse_parenthesized_with_items(List<WithItem>& items) {
  advance();
  do {
    if (at(K::RPar)) break;
    WithItem* item = parse_with_item();
    if (item == nullptr) return false;
    items.push(item);
  } while (accept(K::Comma));
  return items.size() != 0 && accept(K::RPar) && at(K::Colon);
}

WithItem* Parser::parse_with_item() {
  ExprNode* value = parse_expression();
  if (value == nullptr) return nullptr;
  ExprNode* target = nullptr;
  if (accept(K::KwAs)) {
    target = parse_star_target();
    if (target == nullptr || (!at(K::Comma) && !at(K::RPar) && !at(K::Colon))) return nullptr;
  }
  return arena_.make<WithItem>(value, target);
}

StmtNode* Parser::parse_try() {
  const Start from = start();
  advance();
  if (!accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  if (!body) return nullptr;
  List<ExceptHandler> handlers(*this);
  bool star = false;
  while (at(K::KwExcept)) {
    const bool this_star = peek().kind == K::Star;
    if (handlers.size() == 0) star = this_star && options_.features.except_star;
    if (this_star != star) return nullptr;
    ExceptHandler* handler = parse_except_handler(star);
    if (handler == nullptr) return nullptr;
    handlers.push(handler);
  }
  std::optional<StmtList> orelse = StmtList{};
  if (handlers.size() != 0) {
    orelse = parse_optional_else();
    if (!orelse) return nullptr;
  }
  std::optional<StmtList> finalbody = StmtList{};
  if (accept(K::KwFinally)) {
    if (!accept(K::Colon)) return nullptr;
    finalbody = parse_block();
    if (!finalbody) return nullptr;
  } else if (handlers.size() == 0) {
    return nullptr;
  }
  const std::span<ExceptHandler*> list = handlers.take();
  return node_as<Try>(star ? StmtKind::TryStar : StmtKind::Try, from, *body, list, *orelse, *finalbody);
}

ExceptHandler* Parser::parse_except_handler(bool star) {
  const Start from = start();
  advance();
  if (star) advance();
  ExprNode* type = nullptr;
  Identifier name;
  if (star || !at(K::Colon)) {
    type = parse_expression();
    if (type == nullptr) return nullptr;
    if (accept(K::KwAs)) {
      if (!at(K::Name)) return nullptr;
      name = token().name;
      advance();
    }
  }
  if (!accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  return body ? arena_.make<ExceptHandler>(since(from), type, name, *body) : nullptr;
}

StmtNode* Parser::parse_decorated() {
  Exprs decorators(*this);
  while (accept(K::At)) {
    ExprNode* decorator = parse_named_expression();
    if (decorator == nullptr || !accept(K::Newline)) return nullptr;
    decorators.push(decorator);
  }
  const ExprList list = decorators.take();
  if (at(K::KwDef)) return parse_function(start(), false, list);
  if (at(K::KwClass)) return parse_class(list);
  if (at(K::KwAsync)) return parse_async(list);
  return nullptr;
}

// At `def`; `from` is at `async` where there is one.
StmtNode* Parser::parse_function(Start from, bool is_async, ExprList decorators) {
  advance();
  if (!at(K::Name)) return nullptr;
  const Identifier name = token().name;
  advance();
  const std::optional<std::span<TypeParam*>> type_params = parse_type_params();
  if (!type_params || !accept(K::LPar)) return nullptr;
  Arguments* parameters = parse_parameters(K::RPar, true);
  if (parameters == nullptr || !accept(K::RPar)) return nullptr;
  ExprNode* returns = nullptr;
  if (accept(K::RArrow)) {
    returns = parse_expression();
    if (returns == nullptr) return nullptr;
  }
  if (!accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  if (!body) return nullptr;
  return node_as<FunctionDef>(is_async ? StmtKind::AsyncFunctionDef : StmtKind::FunctionDef, from, name, parameters,
                              *body, decorators, returns, *type_params);
}

StmtNode* Parser::parse_class(ExprList decorators) {
  const Start from = start();
  advance();
  if (!at(K::Name)) return nullptr;
  const Identifier name = token().name;
  advance();
  const std::optional<std::span<TypeParam*>> type_params = parse_type_params();
  if (!type_params) return nullptr;
  ExprList bases;
  std::span<Keyword*> keywords;
  if (at(K::LPar)) {
    CallArguments arguments(*this);
    if (!parse_call_arguments(arguments, Generator::Refused)) return nullptr;
    bases = arguments.positional.take();
    keywords = arguments.keywords.take();
  }
  if (!accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  return body ? node<ClassDef>(from, name, bases, keywords, *body, decorators, *type_params) : nullptr;
}

std::optional<std::span<TypeParam*>> Parser::parse_type_params() {
  if (!at(K::LSqb) || !options_.features.type_parameters) return std::span<TypeParam*>{};
  advance();
  List<TypeParam> params(*this);
  do {
    if (at(K::RSqb) && params.size() != 0) break;
    TypeParam* param = parse_type_param();
    if (param == nullptr) return std::nullopt;
    params.push(param);
  } while (accept(K::Comma));
  if (!accept(K::RSqb)) return std::nullopt;
  return params.take();
}

TypeParam* Parser::parse_type_param() {
  const Start from = start();
  TypeParamKind which = TypeParamKind::TypeVar;
  if (accept(K::Star)) which = TypeParamKind::TypeVarTuple;
  else if (accept(K::DoubleStar)) which = TypeParamKind::ParamSpec;
  if (!at(K::Name)) return nullptr;
  const Identifier name = token().name;
  advance();
  ExprNode* bound = nullptr;
  ExprNode* default_value = nullptr;
  if (which == TypeParamKind::TypeVar && accept(K::Colon)) {
    bound = parse_expression();
    if (bound == nullptr) return nullptr;
  }
  if (options_.features.type_parameter_defaults && accept(K::Equal)) {
    default_value = which == TypeParamKind::TypeVarTuple ? parse_star_expression() : parse_expression();
    if (default_value == nullptr) return nullptr;
  }
  return arena_.make<TypeParam>(since(from), which, name, bound, default_value);
}

}  // namespace ouro::syntax
