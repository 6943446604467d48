// Parameters and call arguments (CPython 3.13 Grammar/python.gram parameters, lambda_parameters, arguments).
#include "syntax/parser_impl.h"

namespace ouro::syntax {

using K = TokenKind;

// What has been read of a parameter list. `defaults` is as long as `parameters`, null where there is none.
struct Parser::ParameterLists {
  explicit ParameterLists(Parser& parser) : parameters(parser), defaults(parser, parser.second_scratch_) {}
  List<Arg> parameters;
  List<ExprNode> defaults;
  std::size_t positional_only = 0;
  std::size_t first_keyword_only = 0;  // where they begin, once `star`
  bool slash = false;
  bool star = false;
  bool bare_star = false;
  Arg* vararg = nullptr;
  Arg* kwarg = nullptr;
};

// Up to, not including, `closing`.
Arguments* Parser::parse_parameters(TokenKind closing, bool annotated) {
  ParameterLists lists(*this);
  while (!at(closing)) {
    if (lists.kwarg != nullptr) return nullptr;
    if (!parse_one_parameter(lists, closing, annotated)) return nullptr;
    if (!accept(K::Comma)) {
      if (!at(closing)) return nullptr;
      break;
    }
  }
  const std::size_t count = lists.parameters.size();
  if (!lists.star) lists.first_keyword_only = count;
  if (lists.bare_star && lists.first_keyword_only == count) return nullptr;
  std::size_t first_default = 0;
  while (first_default < lists.first_keyword_only && lists.defaults[first_default] == nullptr) ++first_default;
  Arguments* result = arena_.make<Arguments>();
  result->posonlyargs = lists.parameters.take(0, lists.positional_only);
  result->args = lists.parameters.take(lists.positional_only, lists.first_keyword_only);
  result->vararg = lists.vararg;
  result->kwonlyargs = lists.parameters.take(lists.first_keyword_only, count);
  result->kw_defaults = lists.defaults.take(lists.first_keyword_only, count);
  result->kwarg = lists.kwarg;
  result->defaults = lists.defaults.take(first_default, lists.first_keyword_only);
  return result;
}

bool Parser::parse_one_parameter(ParameterLists& lists, TokenKind closing, bool annotated) {
  if (at(K::Slash)) {
    if (lists.slash || lists.star || lists.parameters.size() == 0) return false;
    advance();
    lists.slash = true;
    lists.positional_only = lists.parameters.size();
    return options_.features.positional_only;
  }
  if (accept(K::Star)) {
    if (lists.star) return false;
    lists.star = true;
    lists.first_keyword_only = lists.parameters.size();
    if (at(K::Comma)) {
      lists.bare_star = true;
      return true;
    }
    lists.vararg = parse_parameter(annotated, true);
    return lists.vararg != nullptr && (at(K::Comma) || at(closing));
  }
  if (accept(K::DoubleStar)) {
    lists.kwarg = parse_parameter(annotated, false);
    return lists.kwarg != nullptr;
  }
  Arg* parameter = parse_parameter(annotated, false);
  if (parameter == nullptr) return false;
  ExprNode* value = nullptr;
  if (accept(K::Equal)) {
    value = parse_expression();
    if (value == nullptr) return false;
  } else if (!lists.star && lists.defaults.size() != 0 && lists.defaults.back() != nullptr) {
    return false;  // a parameter without a default after one with
  }
  lists.parameters.push(parameter);
  lists.defaults.push(value);
  return true;
}

Arg* Parser::parse_parameter(bool annotated, bool starred) {
  if (!at(K::Name)) return nullptr;
  const Start from = start();
  const Identifier name = token().name;
  advance();
  ExprNode* annotation = nullptr;
  if (annotated && accept(K::Colon)) {
    annotation = starred ? parse_star_expression() : parse_expression();
    if (annotation == nullptr) return nullptr;
  }
  return arena_.make<Arg>(since(from), name, annotation);
}

// At '(': a call of `function`, which began at `from`.
Call* Parser::parse_call(Start from, ExprNode* function) {
  CallArguments arguments(*this);
  if (!parse_call_arguments(arguments, Generator::Allowed)) return nullptr;
  const ExprList positional = arguments.positional.take();
  const std::span<Keyword*> keywords = arguments.keywords.take();
  return node<Call>(from, function, positional, keywords);
}

// From '(' through ')'.
bool Parser::parse_call_arguments(CallArguments& out, Generator generator) {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return false;
  const Start parenthesis = start();
  advance();
  while (!at(K::RPar)) {
    if (!parse_call_argument(out)) return false;
    if ((at(K::KwFor) || at(K::KwAsync)) && out.positional.size() == 1 && out.keywords.size() == 0 &&
        generator == Generator::Allowed && !is<Starred>(out.positional.back())) {
      const std::optional<std::span<Comprehension*>> clauses = parse_comprehensions();
      if (!clauses || !accept(K::RPar)) return false;
      ExprNode* element = out.positional.back();
      out.positional.clear();
      out.positional.push(node_as<ElementComp>(ExprKind::GeneratorExp, parenthesis, element, *clauses));
      return true;
    }
    generator = Generator::Refused;
    if (!accept(K::Comma)) break;
    if (at(K::Comma)) return false;
  }
  return accept(K::RPar);
}

bool Parser::parse_call_argument(CallArguments& out) {
  const Start from = start();
  if (accept(K::DoubleStar)) {
    ExprNode* value = parse_expression();
    if (value == nullptr) return false;
    out.keywords.push(arena_.make<Keyword>(since(from), Identifier(), value));
    out.seen_double_star = true;
    return true;
  }
  if (at(K::Name) && peek().kind == K::Equal) {
    const Identifier name = token().name;
    advance();
    advance();
    ExprNode* value = parse_expression();
    if (value == nullptr) return false;
    out.keywords.push(arena_.make<Keyword>(since(from), name, value));
    return true;
  }
  if (at(K::Star)) {
    if (out.seen_double_star) return false;
    advance();
    ExprNode* value = parse_expression();
    if (value == nullptr) return false;
    out.positional.push(node<Starred>(from, ExprContext::Load, value));
    return true;
  }
  if (out.keywords.size() != 0) return false;
  ExprNode* value = parse_named_expression();
  if (value == nullptr || at(K::Equal)) return false;
  out.positional.push(value);
  return true;
}

}  // namespace ouro::syntax
