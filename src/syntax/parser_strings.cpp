// String and bytes literals: prefixes, escapes, implicit concatenation (CPython 3.13 Parser/string_parser.c,
// Parser/action_helpers.c _PyPegen_concatenate_strings, Objects/unicodeobject.c and bytesobject.c for escapes).
#include <string>

#include "support/utf8.h"
#include "syntax/character_class.h"
#include "syntax/codecs.h"
#include "syntax/parser_impl.h"
#include "syntax/string_escapes.h"

namespace ouro::syntax {

using K = TokenKind;

// (STRING | fstring)+
ExprNode* Parser::parse_strings() {
  const Start from = start();
  ExprNode* first = at(K::String) ? parse_string_token() : parse_fstring();
  if (first == nullptr) return nullptr;
  if (!at(K::String) && !at(K::FStringStart)) {
    if (is<Constant>(first)) return first;
    ExprNode* single[] = {first};
    return concatenate(single, since(from));
  }
  Exprs parts(*this);
  parts.push(first);
  while (at(K::String) || at(K::FStringStart)) {
    ExprNode* part = at(K::String) ? parse_string_token() : parse_fstring();
    if (part == nullptr) return nullptr;
    parts.push(part);
  }
  const std::span<ExprNode*> list = parts.take();
  return concatenate(list, since(from));
}

ExprNode* Parser::parse_string_token() {
  const Token literal = token();
  const Start from = start();
  bool bytes = false;
  bool raw = false;
  const char* p = literal.start;
  for (; *p != '"' && *p != '\''; ++p) {
    bytes |= *p == 'b' || *p == 'B';
    raw |= *p == 'r' || *p == 'R';
  }
  const std::ptrdiff_t quotes = literal.end - p >= 6 && p[1] == *p && p[2] == *p ? 3 : 1;
  std::string_view body(p + quotes, static_cast<std::size_t>(literal.end - p - 2 * quotes));
  if (bytes && !support::is_ascii(body)) return fail_at(literal, "bytes can only contain ASCII literal characters");
  if (!well_formed_ && !check_utf8(body, literal)) return nullptr;
  if (!raw && body.find('\\') != std::string_view::npos) {
    const std::optional<std::string_view> decoded = bytes ? decode_bytes(body, literal) : decode_text(body, literal);
    if (!decoded) return nullptr;
    body = *decoded;
  }
  advance();
  return node<Constant>(from, *literal.start == 'u',
                        ConstantValue::of_text(bytes ? ConstantKind::Bytes : ConstantKind::Str, body));
}

bool Parser::check_utf8(std::string_view body, const Token& where) {
  const std::string error = utf8_decoding_error(body);
  if (error.empty()) return true;
  fail_at(where, "(unicode error) " + error);
  return false;
}

std::optional<std::string_view> Parser::decode_text(std::string_view body, const Token& where) {
  text_.clear();
  const EscapeResult result = decode_text_escapes(body, text_);
  if (!result.error.empty()) {
    fail_at(where, "(unicode error) " + result.error);
    return std::nullopt;
  }
  if (result.first_invalid != std::string_view::npos) warn_invalid_escape(body, result.first_invalid, where);
  return arena_.copy(std::string_view(text_));
}

std::optional<std::string_view> Parser::decode_bytes(std::string_view body, const Token& where) {
  text_.clear();
  const EscapeResult result = decode_bytes_escapes(body, text_);
  if (!result.error.empty()) {
    fail_at(where, "(value error) " + result.error);
    return std::nullopt;
  }
  if (result.first_invalid != std::string_view::npos) warn_invalid_escape(body, result.first_invalid, where);
  return arena_.copy(std::string_view(text_));
}

// `backslash`: its index in `body`. A literal read twice (after going back) warns once.
void Parser::warn_invalid_escape(std::string_view body, std::size_t backslash, const Token& where) {
  const char c = body[backslash + 1];
  // The tokenizer warned of these already.
  if (where.kind != K::String && (c == '{' || c == '}')) return;
  // The line's start is at hand: looking it up by number would make many warnings quadratic.
  const auto column = [line = where.start - where.col_offset](std::int32_t bytes) {
    return static_cast<std::int32_t>(support::count_code_points({line, static_cast<std::size_t>(bytes)})) + 1;
  };
  const std::int32_t end = where.lineno == where.end_lineno ? column(where.end_col_offset) : where.end_col_offset + 1;
  SyntaxWarning warning{invalid_escape_message(body, backslash), where.lineno, column(where.col_offset), where.end_lineno, end,
                        !options_.features.invalid_escape_is_syntax_warning};
  for (auto past = warnings_.rbegin(); past != warnings_.rend() && past->lineno >= warning.lineno; ++past) {
    if (past->lineno == warning.lineno && past->offset == warning.offset && past->message == warning.message) return;
  }
  warnings_.push_back(std::move(warning));
}

// Parts are Constants (str or bytes), JoinedStrs and, in a format spec, FormattedValues.
ExprNode* Parser::concatenate(std::span<ExprNode*> parts, const Position& pos) {
  bool bytes = false;
  bool text = false;
  bool format = false;
  for (const ExprNode* part : parts) {
    const Constant* constant = try_as<const Constant>(part);
    if (constant == nullptr) format = true;
    else if (constant->value.kind == ConstantKind::Bytes) bytes = true;
    else text = true;
  }
  if (bytes && (text || format)) return fail_at(tokens_.back(), "cannot mix bytes and nonbytes literals");
  if (format) return fold_strings(parts, pos);
  if (parts.size() == 1) return parts.front();
  std::size_t size = 0;
  for (const ExprNode* part : parts) size += as<Constant>(part).value.text().size();
  char* joined = static_cast<char*>(arena_.allocate(size + 1, 1));
  char* end = joined;
  for (const ExprNode* part : parts) {
    const std::string_view piece = as<Constant>(part).value.text();
    if (!piece.empty()) std::memcpy(end, piece.data(), piece.size());
    end += piece.size();
  }
  return context_.make<Constant>(
      pos, as<Constant>(parts.front()).u_kind,
      ConstantValue::of_text(bytes ? ConstantKind::Bytes : ConstantKind::Str, {joined, size}));
}

// A JoinedStr of all parts' values, neighbouring constants made one, empty ones dropped.
ExprNode* Parser::fold_strings(std::span<ExprNode*> parts, const Position& pos) {
  Exprs flat(*this);
  for (ExprNode* part : parts) {
    if (const JoinedStr* joined = try_as<const JoinedStr>(static_cast<const ExprNode*>(part))) {
      for (ExprNode* value : joined->values) flat.push(value);
    } else {
      flat.push(part);
    }
  }
  Exprs folded(*this, second_scratch_);
  for (std::size_t i = 0; i < flat.size();) {
    if (!is<Constant>(flat[i])) {
      folded.push(flat[i++]);
      continue;
    }
    const std::size_t first = i;
    text_.clear();
    for (; i < flat.size() && is<Constant>(flat[i]); ++i) text_ += as<Constant>(flat[i]).value.text();
    if (text_.empty()) continue;
    if (i - first == 1) {
      folded.push(flat[first]);
      continue;
    }
    const Position& a = flat[first]->pos;
    const Position& b = flat[i - 1]->pos;
    folded.push(context_.make<Constant>(
        Position{a.lineno, a.col_offset, b.end_lineno, b.end_col_offset}, as<Constant>(flat[first]).u_kind,
        ConstantValue::of_text(ConstantKind::Str, arena_.copy(std::string_view(text_)))));
  }
  const ExprList values = folded.take();
  return context_.make<JoinedStr>(pos, values);
}

}  // namespace ouro::syntax
