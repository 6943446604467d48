// The match statement (CPython 3.13 Grammar/python.gram, "Match statement").
#include "syntax/keywords.h"
#include "syntax/parser_impl.h"

namespace ouro::syntax {

using K = TokenKind;

// Null also when `match` turns out to be a plain name: the caller goes back.
StmtNode* Parser::parse_match() {
  const Start from = start();
  advance();
  const Start subject_start = start();
  ExprNode* subject = parse_star_named_expression();
  if (subject == nullptr) return nullptr;
  if (at(K::Comma)) {
    Exprs elements(*this);
    elements.push(subject);
    while (accept(K::Comma)) {
      if (at(K::Colon)) break;
      ExprNode* next = parse_star_named_expression();
      if (next == nullptr) return nullptr;
      elements.push(next);
    }
    const ExprList list = elements.take();
    subject = node<Tuple>(subject_start, ExprContext::Load, list);
  } else if (is<Starred>(subject)) {
    return nullptr;
  }
  if (!accept(K::Colon) || !accept(K::Newline) || !accept(K::Indent)) return nullptr;
  Depth depth(*this, kBlockDepth);
  if (depth.exceeded()) return nullptr;
  List<MatchCase> cases(*this);
  do {
    MatchCase* one = parse_case();
    if (one == nullptr) return nullptr;
    cases.push(one);
  } while (!at(K::Dedent) && !at(K::EndMarker));
  if (!accept(K::Dedent)) return nullptr;
  const std::span<MatchCase*> list = cases.take();
  return node<Match>(from, subject, list);
}

MatchCase* Parser::parse_case() {
  if (!at_soft_keyword(kCaseId)) return nullptr;
  advance();
  PatternNode* pattern = parse_patterns();
  if (pattern == nullptr) return nullptr;
  ExprNode* guard = nullptr;
  if (accept(K::KwIf)) {
    guard = parse_named_expression();
    if (guard == nullptr) return nullptr;
  }
  if (!accept(K::Colon)) return nullptr;
  const std::optional<StmtList> body = parse_block();
  return body ? arena_.make<MatchCase>(pattern, guard, *body) : nullptr;
}

// A pattern, or a sequence without brackets.
PatternNode* Parser::parse_patterns() {
  const Start from = start();
  PatternNode* first = parse_maybe_star_pattern();
  if (first == nullptr) return nullptr;
  if (!at(K::Comma)) return is<MatchStar>(first) ? nullptr : first;
  List<PatternNode> patterns(*this);
  patterns.push(first);
  while (accept(K::Comma)) {
    if (at(K::Colon) || at(K::KwIf)) break;
    PatternNode* next = parse_maybe_star_pattern();
    if (next == nullptr) return nullptr;
    patterns.push(next);
  }
  const PatternList list = patterns.take();
  return node<MatchSequence>(from, list);
}

PatternNode* Parser::parse_maybe_star_pattern() {
  if (!at(K::Star)) return parse_pattern();
  const Start from = start();
  advance();
  if (at_soft_keyword(kUnderscoreId)) {
    advance();
    return node<MatchStar>(from, Identifier());
  }
  const Identifier name = parse_capture_target();
  return name ? node<MatchStar>(from, name) : nullptr;
}

// NAME but `_`, not followed by what makes it a value, class or keyword.
Identifier Parser::parse_capture_target() {
  if (!at(K::Name) || at_soft_keyword(kUnderscoreId)) return {};
  const Identifier name = token().name;
  advance();
  return at(K::Dot) || at(K::LPar) || at(K::Equal) ? Identifier() : name;
}

PatternNode* Parser::parse_pattern() {
  Depth depth(*this, 4);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  PatternNode* pattern = parse_closed_pattern();
  if (pattern == nullptr) return nullptr;
  if (at(K::VBar)) {
    List<PatternNode> alternatives(*this);
    alternatives.push(pattern);
    while (accept(K::VBar)) {
      PatternNode* next = parse_closed_pattern();
      if (next == nullptr) return nullptr;
      alternatives.push(next);
    }
    const PatternList list = alternatives.take();
    pattern = node<MatchOr>(from, list);
  }
  if (!accept(K::KwAs)) return pattern;
  const Identifier name = parse_capture_target();
  return name ? node<MatchAs>(from, pattern, name) : nullptr;
}

PatternNode* Parser::parse_closed_pattern() {
  const Start from = start();
  const auto singleton = [&](ConstantKind which) {
    advance();
    return node<MatchSingleton>(from, ConstantValue::of(which));
  };
  switch (kind()) {
    case K::Minus:
    case K::Number: {
      ExprNode* value = parse_signed_number();
      return value == nullptr ? nullptr : node<MatchValue>(from, value);
    }
    case K::String:
    case K::FStringStart: {
      ExprNode* value = parse_strings();
      return value == nullptr ? nullptr : node<MatchValue>(from, value);
    }
    case K::KwNone: return singleton(ConstantKind::None);
    case K::KwTrue: return singleton(ConstantKind::True);
    case K::KwFalse: return singleton(ConstantKind::False);
    case K::Name: return parse_name_pattern();
    case K::LPar: return parse_sequence_pattern(K::RPar);
    case K::LSqb: return parse_sequence_pattern(K::RSqb);
    case K::LBrace: return parse_mapping_pattern();
    default: return nullptr;
  }
}

// Capture, wildcard, value or class.
PatternNode* Parser::parse_name_pattern() {
  const Start from = start();
  const bool underscore = at_soft_keyword(kUnderscoreId);
  const Identifier id = token().name;
  advance();
  if (!at(K::Dot) && !at(K::LPar)) {
    if (underscore) return node<MatchAs>(from, nullptr, Identifier());
    return at(K::Equal) ? nullptr : node<MatchAs>(from, nullptr, id);
  }
  ExprNode* value = node<Name>(from, ExprContext::Load, id);
  while (accept(K::Dot)) {
    if (!at(K::Name)) return nullptr;
    const Identifier attribute = token().name;
    advance();
    value = node<Attribute>(from, ExprContext::Load, value, attribute);
  }
  if (at(K::LPar)) return parse_class_pattern(from, value);
  return at(K::Equal) ? nullptr : node<MatchValue>(from, value);
}

// [-]NUMBER, or real ± imaginary.
ExprNode* Parser::parse_signed_number() {
  const Start from = start();
  const bool negative = accept(K::Minus);
  if (!at(K::Number)) return nullptr;
  ExprNode* value = parse_number();
  if (value == nullptr) return nullptr;
  const auto is_complex = [](const ExprNode* number) {
    return as<Constant>(number).value.kind == ConstantKind::Complex;
  };
  const bool complex_left = is_complex(value);
  const Position left_position = value->pos;
  if (negative) value = node<UnaryOp>(from, UnaryOperator::USub, value);
  if (!at(K::Plus) && !at(K::Minus)) return value;
  const Operator op = at(K::Plus) ? Operator::Add : Operator::Sub;
  advance();
  if (!at(K::Number)) return nullptr;
  if (complex_left) return fail_at(left_position, "real number required in complex literal");
  ExprNode* imaginary = parse_number();
  if (imaginary == nullptr) return nullptr;
  if (!is_complex(imaginary)) return fail_at(imaginary->pos, "imaginary number required in complex literal");
  return node<BinOp>(from, op, value, imaginary);
}

// At '(' or '['. One pattern in parentheses without a comma is itself.
PatternNode* Parser::parse_sequence_pattern(TokenKind closing) {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  advance();
  List<PatternNode> patterns(*this);
  bool comma = false;
  while (!at(closing)) {
    PatternNode* next = parse_maybe_star_pattern();
    if (next == nullptr) return nullptr;
    patterns.push(next);
    comma = accept(K::Comma);
    if (!comma) break;
  }
  if (!accept(closing)) return nullptr;
  if (closing == K::RPar && patterns.size() == 1 && !comma) {
    return is<MatchStar>(patterns.back()) ? nullptr : patterns.back();
  }
  const PatternList list = patterns.take();
  return node<MatchSequence>(from, list);
}

PatternNode* Parser::parse_mapping_pattern() {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  advance();
  Exprs keys(*this);
  List<PatternNode> patterns(*this, second_scratch_);
  Identifier rest;
  while (!at(K::RBrace)) {
    if (accept(K::DoubleStar)) {
      rest = parse_capture_target();
      if (!rest) return nullptr;
      accept(K::Comma);
      break;
    }
    ExprNode* key = parse_literal_or_attribute();
    if (key == nullptr || !accept(K::Colon)) return nullptr;
    PatternNode* pattern = parse_pattern();
    if (pattern == nullptr) return nullptr;
    keys.push(key);
    patterns.push(pattern);
    if (!accept(K::Comma)) break;
  }
  if (!accept(K::RBrace)) return nullptr;
  const ExprList key_list = keys.take();
  const PatternList pattern_list = patterns.take();
  return node<MatchMapping>(from, key_list, pattern_list, rest);
}

// A key of a mapping pattern.
ExprNode* Parser::parse_literal_or_attribute() {
  const Start from = start();
  switch (kind()) {
    case K::Minus:
    case K::Number: return parse_signed_number();
    case K::String:
    case K::FStringStart:
    case K::KwNone:
    case K::KwTrue:
    case K::KwFalse: return parse_atom();
    case K::Name: break;
    default: return nullptr;
  }
  ExprNode* value = node<Name>(from, ExprContext::Load, token().name);
  advance();
  value->pos = since(from);
  if (!at(K::Dot)) return nullptr;
  while (accept(K::Dot)) {
    if (!at(K::Name)) return nullptr;
    const Identifier attribute = token().name;
    advance();
    value = node<Attribute>(from, ExprContext::Load, value, attribute);
  }
  return value;
}

PatternNode* Parser::parse_class_pattern(Start from, ExprNode* cls) {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  advance();
  List<PatternNode> positional(*this);
  List<PatternNode> keyword_patterns(*this, second_scratch_);
  std::vector<Identifier> names;
  while (!at(K::RPar)) {
    if (at(K::Name) && peek().kind == K::Equal) {
      names.push_back(token().name);
      advance();
      advance();
      PatternNode* pattern = parse_pattern();
      if (pattern == nullptr) return nullptr;
      keyword_patterns.push(pattern);
    } else {
      if (!names.empty()) return nullptr;
      PatternNode* pattern = parse_pattern();
      if (pattern == nullptr) return nullptr;
      positional.push(pattern);
    }
    if (!accept(K::Comma)) break;
  }
  if (!accept(K::RPar)) return nullptr;
  const PatternList positional_list = positional.take();
  const PatternList keyword_list = keyword_patterns.take();
  const IdentifierList name_list = arena_.copy(names);
  return node<MatchClass>(from, cls, positional_list, name_list, keyword_list);
}

}  // namespace ouro::syntax
