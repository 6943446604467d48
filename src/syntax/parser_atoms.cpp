// Atoms and displays (CPython 3.13 Grammar/python.gram, "atom" to "dictcomp").
#include <string>

#include "support/float_text.h"
#include "syntax/parser_impl.h"

namespace ouro::syntax {

using K = TokenKind;

ExprNode* Parser::parse_atom() {
  const Start from = start();
  const auto singleton = [&](ConstantKind which) {
    advance();
    return node<Constant>(from, false, ConstantValue::of(which));
  };
  switch (kind()) {
    case K::Name: {
      const Identifier id = token().name;
      advance();
      return node<Name>(from, ExprContext::Load, id);
    }
    case K::Number: return parse_number();
    case K::String:
    case K::FStringStart: return parse_strings();
    case K::LPar: return parse_parenthesized();
    case K::LSqb: return parse_list();
    case K::LBrace: return parse_braces();
    case K::KwNone: return singleton(ConstantKind::None);
    case K::KwTrue: return singleton(ConstantKind::True);
    case K::KwFalse: return singleton(ConstantKind::False);
    case K::Ellipsis: return singleton(ConstantKind::Ellipsis);
    default: return nullptr;
  }
}

// The elements after `first` and a comma, up to ')'; the node covers the parentheses.
ExprNode* Parser::finish_tuple(Start from, ExprNode* first) {
  Exprs elements(*this);
  elements.push(first);
  while (accept(K::Comma)) {
    if (at(K::RPar)) break;
    ExprNode* next = parse_star_named_expression();
    if (next == nullptr) return nullptr;
    elements.push(next);
  }
  if (!accept(K::RPar)) return nullptr;
  const ExprList list = elements.take();
  return node<Tuple>(from, ExprContext::Load, list);
}

// Tuple, group or generator expression.
ExprNode* Parser::parse_parenthesized() {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  advance();
  if (accept(K::RPar)) return node<Tuple>(from, ExprContext::Load, ExprList{});
  if (at(K::KwYield)) {
    ExprNode* value = parse_yield();
    return value != nullptr && accept(K::RPar) ? value : nullptr;
  }
  ExprNode* first = parse_star_named_expression();
  if (first == nullptr) return nullptr;
  if (at(K::Comma)) return finish_tuple(from, first);
  if (is<Starred>(first)) return nullptr;
  if (at(K::KwFor) || at(K::KwAsync)) {
    const std::optional<std::span<Comprehension*>> clauses = parse_comprehensions();
    if (!clauses || !accept(K::RPar)) return nullptr;
    return node_as<ElementComp>(ExprKind::GeneratorExp, from, first, *clauses);
  }
  return accept(K::RPar) ? first : nullptr;
}

// List or list comprehension.
ExprNode* Parser::parse_list() {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  advance();
  if (accept(K::RSqb)) return node<syntax::List>(from, ExprContext::Load, ExprList{});
  ExprNode* first = parse_star_named_expression();
  if (first == nullptr) return nullptr;
  if ((at(K::KwFor) || at(K::KwAsync)) && !is<Starred>(first)) {
    const std::optional<std::span<Comprehension*>> clauses = parse_comprehensions();
    if (!clauses || !accept(K::RSqb)) return nullptr;
    return node_as<ElementComp>(ExprKind::ListComp, from, first, *clauses);
  }
  Exprs elements(*this);
  elements.push(first);
  while (accept(K::Comma)) {
    if (at(K::RSqb)) break;
    ExprNode* next = parse_star_named_expression();
    if (next == nullptr) return nullptr;
    elements.push(next);
  }
  if (!accept(K::RSqb)) return nullptr;
  const ExprList list = elements.take();
  return node<syntax::List>(from, ExprContext::Load, list);
}

// Dict, set or their comprehensions.
ExprNode* Parser::parse_braces() {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return nullptr;
  const Start from = start();
  advance();
  if (accept(K::RBrace)) return node<Dict>(from, ExprList{}, ExprList{});
  if (accept(K::DoubleStar)) {
    ExprNode* value = parse_binary(1);
    return value == nullptr ? nullptr : parse_dict(from, nullptr, value);
  }
  const Start first_start = start();
  ExprNode* first = parse_star_named_expression();
  if (first == nullptr) return nullptr;
  if (!at(K::Colon)) return parse_set(from, first);
  const bool named_here = is<NamedExpr>(first) && first->pos.lineno == first_start.lineno &&
                          first->pos.col_offset == first_start.col_offset;
  if (is<Starred>(first) || named_here) return nullptr;
  advance();
  ExprNode* value = parse_expression();
  if (value == nullptr) return nullptr;
  if (at(K::KwFor) || at(K::KwAsync)) {
    const std::optional<std::span<Comprehension*>> clauses = parse_comprehensions();
    if (!clauses || !accept(K::RBrace)) return nullptr;
    return node<DictComp>(from, first, value, *clauses);
  }
  return parse_dict(from, first, value);
}

ExprNode* Parser::parse_dict(Start from, ExprNode* first_key, ExprNode* first_value) {
  Exprs keys(*this);
  Exprs values(*this, second_scratch_);
  keys.push(first_key);
  values.push(first_value);
  while (accept(K::Comma)) {
    if (at(K::RBrace)) break;
    ExprNode* key = nullptr;
    ExprNode* value = nullptr;
    if (accept(K::DoubleStar)) {
      value = parse_binary(1);
    } else {
      key = parse_expression();
      if (key == nullptr || !accept(K::Colon)) return nullptr;
      value = parse_expression();
    }
    if (value == nullptr) return nullptr;
    keys.push(key);
    values.push(value);
  }
  if (!accept(K::RBrace)) return nullptr;
  const ExprList key_list = keys.take();
  const ExprList value_list = values.take();
  return node<Dict>(from, key_list, value_list);
}

ExprNode* Parser::parse_set(Start from, ExprNode* first) {
  if ((at(K::KwFor) || at(K::KwAsync)) && !is<Starred>(first)) {
    const std::optional<std::span<Comprehension*>> clauses = parse_comprehensions();
    if (!clauses || !accept(K::RBrace)) return nullptr;
    return node_as<ElementComp>(ExprKind::SetComp, from, first, *clauses);
  }
  Exprs elements(*this);
  elements.push(first);
  while (accept(K::Comma)) {
    if (at(K::RBrace)) break;
    ExprNode* next = parse_star_named_expression();
    if (next == nullptr) return nullptr;
    elements.push(next);
  }
  if (!accept(K::RBrace)) return nullptr;
  const ExprList list = elements.take();
  return node<Set>(from, list);
}

// (['async'] 'for' targets 'in' disjunction ('if' disjunction)*)+
std::optional<std::span<Comprehension*>> Parser::parse_comprehensions() {
  List<Comprehension> clauses(*this, second_scratch_);
  while (at(K::KwFor) || at(K::KwAsync)) {
    const bool is_async = accept(K::KwAsync);
    if (!accept(K::KwFor)) return std::nullopt;
    ExprNode* target = parse_star_targets();
    if (target == nullptr || !accept(K::KwIn)) return std::nullopt;
    ExprNode* iter = parse_disjunction();
    if (iter == nullptr) return std::nullopt;
    Exprs conditions(*this);
    while (accept(K::KwIf)) {
      ExprNode* condition = parse_disjunction();
      if (condition == nullptr) return std::nullopt;
      conditions.push(condition);
    }
    clauses.push(arena_.make<Comprehension>(target, iter, conditions.take(), is_async));
  }
  return clauses.take();
}

// CPython Parser/pegen.c parsenumber.
ExprNode* Parser::parse_number() {
  constexpr std::size_t kMaxDecimalDigits = 4300;  // sys.get_int_max_str_digits()
  const Token& number = token();
  const Start from = start();
  std::string_view text = number.text();
  if (text.size() <= 18) {
    // Plain decimal digits, the common case.
    std::int64_t value = 0;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) value = value * 10 + (text[i] - '0');
    if (i == text.size()) {
      advance();
      return node<Constant>(from, false, ConstantValue::of_int(value));
    }
  }
  text_.clear();
  for (const char c : text) {
    if (c != '_') text_.push_back(c);
  }
  int base = 10;
  if (text_.size() > 1 && text_[0] == '0') {
    const char mark = static_cast<char>(text_[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
  }
  ConstantValue value;
  const bool imaginary = base == 10 && (text_.back() == 'j' || text_.back() == 'J');
  if (imaginary) text_.pop_back();
  if (imaginary || (base == 10 && text_.find_first_of(".eE") != std::string::npos)) {
    const std::optional<double> real = support::parse_float(text_);
    if (!real) return nullptr;
    value = imaginary ? ConstantValue::of_complex(0.0, *real) : ConstantValue::of_float(*real);
  } else {
    const std::string_view digits = base == 10 ? std::string_view(text_) : std::string_view(text_).substr(2);
    if (base == 10 && digits.size() > kMaxDecimalDigits) {
      return fail_line(number, "Exceeds the limit (4300 digits) for integer string conversion: value has " +
                                   std::to_string(digits.size()) +
                                   " digits; use sys.set_int_max_str_digits() to increase the limit - Consider "
                                   "hexadecimal for huge integer literals to avoid decimal conversion limits.");
    }
    std::optional<BigInt> big = BigInt::from_text(digits, base);
    if (!big) return nullptr;
    const std::optional<std::int64_t> small = big->to_int64();
    value = small ? ConstantValue::of_int(*small) : ConstantValue::of_big(context_.keep(std::move(*big)));
  }
  advance();
  return node<Constant>(from, false, value);
}

}  // namespace ouro::syntax
