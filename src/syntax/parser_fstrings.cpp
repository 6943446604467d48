// f-strings from their tokens (CPython 3.13 Grammar/python.gram fstring, Parser/action_helpers.c _PyPegen_joined_str,
// _PyPegen_formatted_value, _PyPegen_setup_full_format_spec).
#include <string>

#include "syntax/parser_impl.h"
#include "syntax/string_escapes.h"

namespace ouro::syntax {

using K = TokenKind;

// FSTRING_START (FSTRING_MIDDLE | replacement_field)* FSTRING_END
ExprNode* Parser::parse_fstring() {
  const Start from = start();
  const bool raw = token().end - token().start >= 3 && token().text().find_first_of("rR") != std::string_view::npos;
  advance();
  Exprs values(*this);
  while (!at(K::FStringEnd)) {
    if (at(K::LBrace)) {
      if (!parse_replacement_field(values)) return nullptr;
    } else if (at(K::FStringMiddle)) {
      const Start middle = start();
      const std::string_view text = token().text();
      advance();
      if (!well_formed_ && !check_utf8(text, token())) return nullptr;
      if (!text.empty()) {
        values.push(node<Constant>(middle, false, ConstantValue::of_text(ConstantKind::Str, text)));
      }
    } else {
      return nullptr;
    }
  }
  // Escapes are decoded once the end is known: CPython reports what is wrong with them there.
  const Token end = token();
  const ExprList list = values.take();
  std::size_t kept = 0;
  for (ExprNode* value : list) {
    Constant* constant = try_as<Constant>(value);
    const bool escaped = constant != nullptr && !raw && !constant->u_kind &&
                         constant->value.text().find('\\') != std::string_view::npos;
    if (escaped) {
      const std::optional<std::string_view> decoded = decode_text(constant->value.text(), end);
      if (!decoded) return nullptr;
      if (decoded->empty()) continue;
      constant->value = ConstantValue::of_text(ConstantKind::Str, *decoded);
    }
    if (constant != nullptr) constant->u_kind = false;
    list[kept++] = value;
  }
  advance();
  return node<JoinedStr>(from, list.first(kept));
}

// '{' value ['='] ['!' NAME] [':' spec] '}'. Adds the FormattedValue, after the text of the `=` where there is one.
bool Parser::parse_replacement_field(List<ExprNode>& out) {
  Depth depth(*this, kBracketDepth);
  if (depth.exceeded()) return false;
  const Start from = start();
  const std::size_t brace_index = index_;
  advance();
  ExprNode* value = parse_assigned_value();
  if (value == nullptr) return false;
  const std::size_t equal_index = index_;
  const bool debug = accept(K::Equal);
  const char* text_end = token().start;
  std::int32_t conversion = -1;
  Start debug_end = start();
  if (at(K::Exclamation)) {
    const Token mark = token();
    advance();
    if (!at(K::Name)) return false;
    const Token name = token();
    if (mark.end != name.start) {
      return fail_at(Position{mark.lineno, mark.col_offset, name.end_lineno, name.end_col_offset},
                     "f-string: conversion type must come right after the exclamanation mark") != nullptr;
    }
    const std::string_view letter = name.name.view();
    if (letter != "s" && letter != "r" && letter != "a") {
      return fail_at(name, "f-string: invalid conversion character '" + std::string(letter) +
                               "': expected 's', 'r', or 'a'") != nullptr;
    }
    conversion = letter[0];
    advance();
  }
  ExprNode* spec = nullptr;
  if (at(K::Colon)) {
    if (conversion < 0) debug_end = start();
    spec = parse_format_spec();
    if (spec == nullptr) return false;
  }
  if (!at(K::RBrace)) return false;
  advance();
  if (debug) {
    if (conversion < 0 && spec == nullptr) conversion = 'r';
    const std::string_view text = debug_text(brace_index, equal_index, text_end);
    const Position pos{from.lineno, from.col_offset + 1, debug_end.lineno, debug_end.col_offset};
    // u_kind marks a text that is no literal: parse_fstring leaves its backslashes alone and clears the mark.
    if (!text.empty()) {
      out.push(context_.make<Constant>(pos, true, ConstantValue::of_text(ConstantKind::Str, text)));
    }
  }
  out.push(node<FormattedValue>(from, conversion, value, spec));
  return true;
}

// The source from the brace to `end`, without comments. Like CPython it stops early at the first `!=`.
std::string_view Parser::debug_text(std::size_t brace_index, std::size_t equal_index, const char* end) {
  const Token& brace = tokens_[brace_index];
  for (std::size_t i = brace_index + 1; i < equal_index; ++i) {
    if (tokens_[i].level == brace.level && tokens_[i].kind == K::NotEqual && *tokens_[i].start == '!') {
      end = tokens_[i].start;
      break;
    }
  }
  const std::string_view text(brace.end, static_cast<std::size_t>(end - brace.end));
  if (text.find('#') == std::string_view::npos) return text;
  text_.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#') {
      while (i < text.size() && text[i] != '\n') ++i;
      if (i == text.size()) break;
    }
    text_ += text[i];
  }
  return arena_.copy(std::string_view(text_));
}

// ':' (FSTRING_MIDDLE | replacement_field)*, always a JoinedStr.
ExprNode* Parser::parse_format_spec() {
  const Start from = start();
  advance();
  Exprs parts(*this);
  while (at(K::FStringMiddle) || at(K::LBrace)) {
    if (at(K::LBrace)) {
      const std::size_t before = parts.size();
      if (!parse_replacement_field(parts)) return nullptr;
      for (std::size_t i = before; i < parts.size(); ++i) {
        if (Constant* constant = try_as<Constant>(parts[i])) constant->u_kind = false;
      }
      continue;
    }
    const Token middle = token();
    const Start middle_start = start();
    std::string_view text = middle.text();
    if (text.find('\\') != std::string_view::npos) {  // decoded even in a raw f-string
      text_.clear();
      const EscapeResult result = decode_text_escapes(text, text_);
      if (!result.error.empty()) {
        if (!special_) special_ = SyntaxError{SyntaxErrorType::UnicodeDecodeError, result.error};
        return nullptr;
      }
      if (result.first_invalid != std::string_view::npos) warn_invalid_escape(text, result.first_invalid, middle);
      text = arena_.copy(std::string_view(text_));
    }
    advance();
    if (!text.empty()) {
      parts.push(node<Constant>(middle_start, false, ConstantValue::of_text(ConstantKind::Str, text)));
    }
  }
  const ExprList list = parts.take();
  const Position pos = since(from);
  if (list.empty() || (list.size() == 1 && is<Constant>(list[0]))) return context_.make<JoinedStr>(pos, list);
  return fold_strings(list, pos);
}

}  // namespace ouro::syntax
