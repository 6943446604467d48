// What an alternative gives once it has matched: a node, an error, or a check with a name of its own
// (CPython 3.13 Parser/action_helpers.c).
#include <algorithm>

#include "support/result.h"
#include "syntax/diagnose_engine.h"
#include "syntax/diagnose_literals.h"

namespace ouro::syntax {
namespace {

constexpr Node kDone{{}, NodeKind::Other, 0, {}};

const Node& part_of(ItemPart part, const Node* const* values) {
  const Node& whole = *values[part.item];
  if (part.part == Part::Whole || whole.children.empty()) return whole;
  if (part.part == Part::First) return *whole.children.front();
  const Node& last = *whole.children.back();
  if (part.part == Part::Last || last.children.empty()) return last;
  return *last.children.back();
}

// _PyPegen_get_expr_name; `token`: the text of the node's first token.
std::string_view expression_name(const Node& node) {
  switch (node.kind) {
    case NodeKind::Attribute: return "attribute";
    case NodeKind::Subscript: return "subscript";
    case NodeKind::Starred: return "starred";
    case NodeKind::Name: return "name";
    case NodeKind::List: return "list";
    case NodeKind::Tuple: return "tuple";
    case NodeKind::Lambda: return "lambda";
    case NodeKind::Call: return "function call";
    case NodeKind::BoolOp:
    case NodeKind::BinOp:
    case NodeKind::UnaryOp: return "expression";
    case NodeKind::GeneratorExp: return "generator expression";
    case NodeKind::Yield:
    case NodeKind::YieldFrom: return "yield expression";
    case NodeKind::Await: return "await expression";
    case NodeKind::ListComp: return "list comprehension";
    case NodeKind::SetComp: return "set comprehension";
    case NodeKind::DictComp: return "dict comprehension";
    case NodeKind::Dict: return "dict literal";
    case NodeKind::Set: return "set display";
    case NodeKind::JoinedStr: return "f-string expression";
    case NodeKind::None_: return "None";
    case NodeKind::True_: return "True";
    case NodeKind::False_: return "False";
    case NodeKind::Ellipsis: return "ellipsis";
    case NodeKind::Compare: return "comparison";
    case NodeKind::IfExp: return "conditional expression";
    case NodeKind::NamedExpr: return "named expression";
    default: return "literal";
  }
}

}  // namespace

const Node* DiagnoseEngine::finish(const GrammarAlternative& alternative, Values values, std::uint32_t start) {
  const GrammarResult& result = grammar_.results[alternative.result];
  switch (result.kind) {
    case ResultKind::Value: return values[result.a.item];
    case ResultKind::Node: {
      Node* node = make_node(result.node, start);
      if (result.count == 0) return node;
      const std::size_t base = collected_.size();
      collect(values[result.a.item]);
      if (result.count == 2) collect(values[result.b.item]);
      node->children = nodes_.copy(std::span<const Node* const>(collected_).subspan(base));
      collected_.resize(base);
      return node;
    }
    case ResultKind::Error: return raise_result(result, values);
    case ResultKind::Check: return run_check(result, values, start);
  }
  return nullptr;
}

bool DiagnoseEngine::holds(Condition condition, const Node& about) const {
  if (condition == Condition::Always) return true;
  bool legacy = false;
  if (about.kind == NodeKind::Name) {
    const std::string_view name = token_of(about).name.view();
    legacy = name == "print" || name == "exec";
  }
  if (condition == Condition::LegacyName) return legacy;
  return !legacy && tokens_[mark_ - 1].level != 0;
}

std::string DiagnoseEngine::message_of(std::string_view text, Values values) const {
  std::string message;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}', open);
    const std::size_t space = text.find(' ', open);
    // Only a word, a space and an item's number make a placeholder; messages have braces of their own.
    if (open == std::string_view::npos || close == std::string_view::npos || space >= close || space + 1 >= close ||
        text[space + 1] < '0' || text[space + 1] > '9') {
      const std::size_t plain = open == std::string_view::npos ? text.size() : open + 1;
      message += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    message += text.substr(0, open);
    const std::string_view what = text.substr(open + 1, space - open - 1);
    std::size_t item = 0;
    for (const char digit : text.substr(space + 1, close - space - 1)) {
      item = item * 10 + static_cast<std::size_t>(digit - '0');
    }
    const Node& node = *values[item];
    if (what == "name") message += expression_name(node);
    else if (what == "line") message += std::to_string(node.pos.lineno);
    else if (what == "bound_or_constraints") message += node.kind == NodeKind::Tuple ? "constraints" : "bound";
    else message += node.kind == NodeKind::Name ? token_of(node).name.view() : token_of(node).text();
    text.remove_prefix(close + 1);
  }
  return message;
}

const Node* DiagnoseEngine::raise_result(const GrammarResult& result, Values values) {
  if (!holds(result.condition, *values[result.a.item])) return nullptr;
  std::string message = message_of(result.text, values);
  const SyntaxErrorType type =
      result.indentation_error ? SyntaxErrorType::IndentationError : SyntaxErrorType::SyntaxError;
  switch (result.place) {
    case Place::Last: return raise_last(type, std::move(message));
    case Place::Next: return raise_next(std::move(message));
    case Place::Range:
      return raise_range(part_of(result.a, values).pos, part_of(result.b, values).pos, std::move(message));
    case Place::From: {
      const Position& from = part_of(result.a, values).pos;
      return raise_known(type, from.lineno, from.col_offset, kCurrent, kCurrent, std::move(message));
    }
    case Place::BeforeEnd: {
      const Position& pos = part_of(result.a, values).pos;
      return raise_known(type, pos.lineno, pos.end_col_offset - 1, pos.end_lineno, -1, std::move(message));
    }
  }
  return nullptr;
}

const Node* DiagnoseEngine::run_check(const GrammarResult& result, Values values, std::uint32_t start) {
  const Node& a = *values[result.a.item];
  const Node& b = *values[result.b.item];
  switch (result.check) {
    case Check::InvalidTargetStar:
    case Check::InvalidTargetFor:
    case Check::InvalidTargetDel: return raise_invalid_target(&a, result.check);
    case Check::ArgumentOrder: return check_argument_order(a);
    case Check::UnparenthesizedGenerator: return check_generator(a, b);
    case Check::RealNumber:
      if (a.kind == NodeKind::Literal) return &a;
      return raise_range(a.pos, a.pos, "real number required in complex literal");
    case Check::ImaginaryNumber:
      if (a.kind == NodeKind::Imaginary) return &a;
      return raise_range(a.pos, a.pos, "imaginary number required in complex literal");
    case Check::String: return check_string(a);
    case Check::Strings: return check_strings(a, start);
    case Check::Fstring: return check_fstring(a, b, start);
    case Check::FormatText: return check_text(a, false);
    case Check::Conversion: return check_conversion(a, b);
    case Check::Replacement: return check_replacement(a, start);
    case Check::NotEqual: return check_not_equal(a);
    case Check::FutureImport: return check_future_import(a, b);
    case Check::None_: break;
  }
  return &kDone;
}

// _PyPegen_get_invalid_target. Lists, tuples and stars nest no deeper than the parse did.
const Node* DiagnoseEngine::invalid_target(const Node* node, Check targets) const {
  switch (node->kind) {
    case NodeKind::List:
    case NodeKind::Tuple:
      for (const Node* element : node->children) {
        if (const Node* invalid = invalid_target(element, targets)) return invalid;
      }
      return nullptr;
    case NodeKind::Starred:
      if (targets == Check::InvalidTargetDel) return node;
      return invalid_target(node->children.front(), targets);
    case NodeKind::Compare:  // `for a in b` is read as a comparison
      if (targets != Check::InvalidTargetFor) return node;
      if (node->children[1]->kind != NodeKind::MembershipTest) return nullptr;
      return invalid_target(node->children.front(), targets);
    case NodeKind::Name:
    case NodeKind::Subscript:
    case NodeKind::Attribute: return nullptr;
    default: return node;
  }
}

const Node* DiagnoseEngine::raise_invalid_target(const Node* node, Check targets) {
  const Node* invalid = invalid_target(node, targets);
  if (invalid == nullptr) return nullptr;
  std::string message = targets == Check::InvalidTargetDel ? "cannot delete " : "cannot assign to ";
  message += expression_name(*invalid);
  return raise_range(invalid->pos, invalid->pos, std::move(message));
}

const Node* DiagnoseEngine::check_argument_order(const Node& call) {
  const bool unpacking = std::any_of(call.children.begin(), call.children.end(), [](const Node* argument) {
    return argument->kind == NodeKind::KeywordUnpacking;
  });
  return raise_last(SyntaxErrorType::SyntaxError, unpacking
                                                      ? "positional argument follows keyword argument unpacking"
                                                      : "positional argument follows keyword argument");
}

// _PyPegen_nonparen_genexp_in_call: `clauses` follow the last of at least two arguments.
const Node* DiagnoseEngine::check_generator(const Node& call, const Node& clauses) {
  const Node* last = nullptr;
  std::size_t count = 0;
  for (const Node* argument : call.children) {
    if (argument->kind == NodeKind::Keyword || argument->kind == NodeKind::KeywordUnpacking) continue;
    last = argument;
    ++count;
  }
  if (count <= 1) return nullptr;
  return raise_range(last->pos, clauses.children.back()->children.back()->pos,
                     "Generator expression must be parenthesized");
}

const Node* DiagnoseEngine::check_not_equal(const Node& token) {
  const bool diamond = token_of(token).text() == "<>";
  if (diamond == barry_as_flufl_) return &token;
  if (diamond) return nullptr;
  return raise_last(SyntaxErrorType::SyntaxError, "with Barry as BDFL, use '<>' instead of '!='");
}

const Node* DiagnoseEngine::check_future_import(const Node& module, const Node& names) {
  if (module.kind == NodeKind::Name && token_of(module).text() == "__future__" && module.token > 0 &&
      tokens_[module.token - 1].kind == TokenKind::KwFrom) {
    for (std::uint32_t token = names.token; token < mark_; ++token) {
      if (tokens_[token].kind == TokenKind::Name && tokens_[token].text() == "barry_as_FLUFL" &&
          tokens_[token - 1].kind != TokenKind::KwAs) {
        barry_as_flufl_ = true;
      }
    }
  }
  return &kDone;
}

// Parser/string_parser.c: an error, or a warning that only rules for valid source give.
bool DiagnoseEngine::check_literal_escapes(const Token& token, std::string_view body, bool bytes) {
  EscapeResult result = check_escapes(body, bytes);
  if (!result.error.empty()) {
    raise_last(SyntaxErrorType::SyntaxError, std::move(result.error));
    return false;
  }
  if (result.first_invalid == std::string_view::npos || invalid_ || options_.warnings == nullptr) return true;
  const char escaped = body[result.first_invalid + 1];
  if (token.kind != TokenKind::String && (escaped == '{' || escaped == '}')) return true;  // the tokenizer's to say
  options_.warnings->push_back({invalid_escape_message(body, result.first_invalid), token.lineno, token.col_offset + 1,
                                token.end_lineno, token.end_col_offset + 1,
                                !options_.features.invalid_escape_is_syntax_warning});
  return true;
}

// _PyPegen_constant_from_string.
const Node* DiagnoseEngine::check_string(const Node& token) {
  const StringLiteral literal = split_string_literal(token_of(token).text());
  if (literal.bytes && std::any_of(literal.body.begin(), literal.body.end(), [](char c) { return (c & 0x80) != 0; })) {
    return raise_range(token.pos, token.pos, "bytes can only contain ASCII literal characters");
  }
  if (auto wrong = encoding_error(literal.body)) {
    return raise_last(SyntaxErrorType::SyntaxError, std::move(*wrong));
  }
  if (!literal.raw && !check_literal_escapes(token_of(token), literal.body, literal.bytes)) return nullptr;
  Node* node = nodes_.make<Node>(token);
  node->kind = literal.bytes ? NodeKind::Bytes : NodeKind::Literal;
  return node;
}

// _PyPegen_decode_fstring_part.
const Node* DiagnoseEngine::check_text(const Node& token, bool raw) {
  if (auto wrong = encoding_error(token_of(token).text())) {
    return raise_last(SyntaxErrorType::SyntaxError, std::move(*wrong));
  }
  if (!raw && !check_literal_escapes(token_of(token), token_of(token).text(), false)) return nullptr;
  return &token;
}

const Node* DiagnoseEngine::check_fstring(const Node& opening, const Node& parts, std::uint32_t start) {
  const std::string_view prefix = token_of(opening).text();
  const bool raw = prefix.find_first_of("rR") < prefix.find_first_of("'\"");
  for (const Node* part : parts.children) {
    if (part->kind == NodeKind::Token && check_text(*part, raw) == nullptr) return nullptr;
  }
  return make_node(NodeKind::JoinedStr, start);
}

// _PyPegen_concatenate_strings.
const Node* DiagnoseEngine::check_strings(const Node& parts, std::uint32_t start) {
  const auto bytes = std::count_if(parts.children.begin(), parts.children.end(),
                                   [](const Node* part) { return part->kind == NodeKind::Bytes; });
  if (bytes != 0 && bytes != std::ssize(parts.children)) {
    return raise_last(SyntaxErrorType::SyntaxError, "cannot mix bytes and nonbytes literals");
  }
  const bool joined = std::any_of(parts.children.begin(), parts.children.end(),
                                  [](const Node* part) { return part->kind == NodeKind::JoinedStr; });
  return make_node(joined ? NodeKind::JoinedStr : NodeKind::Literal, start);
}

// _PyPegen_check_fstring_conversion; the misspelling is CPython's.
const Node* DiagnoseEngine::check_conversion(const Node& mark, const Node& name) {
  if (mark.pos.lineno != name.pos.lineno || mark.pos.end_col_offset != name.pos.col_offset) {
    return raise_range(mark.pos, name.pos,
                       "f-string: conversion type must come right after the exclamanation mark");
  }
  return &name;
}

// _PyPegen_formatted_value.
const Node* DiagnoseEngine::check_replacement(const Node& conversion, std::uint32_t start) {
  if (conversion.kind == NodeKind::Name) {
    const std::string_view text = token_of(conversion).name.view();
    if (text != "s" && text != "r" && text != "a") {
      return raise_range(conversion.pos, conversion.pos, "f-string: invalid conversion character '" +
                                                             std::string(text) + "': expected 's', 'r', or 'a'");
    }
  }
  return make_node(NodeKind::Other, start);
}

}  // namespace ouro::syntax
