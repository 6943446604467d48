// Files, simple statements, assignment (CPython 3.13 Grammar/python.gram, "STARTING RULES" to "type_alias").
#include <string>

#include "syntax/keywords.h"
#include "syntax/parser_impl.h"

namespace ouro::syntax {
namespace {

using K = TokenKind;

std::optional<Operator> augmented_operator(TokenKind kind) {
  switch (kind) {
    case K::PlusEqual: return Operator::Add;
    case K::MinEqual: return Operator::Sub;
    case K::StarEqual: return Operator::Mult;
    case K::AtEqual: return Operator::MatMult;
    case K::SlashEqual: return Operator::Div;
    case K::PercentEqual: return Operator::Mod;
    case K::AmperEqual: return Operator::BitAnd;
    case K::VBarEqual: return Operator::BitOr;
    case K::CircumflexEqual: return Operator::BitXor;
    case K::LeftShiftEqual: return Operator::LShift;
    case K::RightShiftEqual: return Operator::RShift;
    case K::DoubleStarEqual: return Operator::Pow;
    case K::DoubleSlashEqual: return Operator::FloorDiv;
    default: return std::nullopt;
  }
}

bool starts_compound(TokenKind kind) {
  switch (kind) {
    case K::KwIf: case K::KwDef: case K::KwClass: case K::KwFor: case K::KwWhile: case K::KwTry: case K::KwWith:
    case K::KwAsync: case K::At: return true;
    default: return false;
  }
}

// After the word "match": whether a subject may begin here (else it is a plain name).
bool may_start_subject(TokenKind kind) {
  switch (kind) {
    case K::Equal: case K::Dot: case K::Comma: case K::Colon: case K::Newline: case K::Semi: case K::RPar:
    case K::RSqb: case K::RBrace: case K::ColonEqual: case K::KwIf: case K::KwIn: case K::KwIs: case K::KwAnd:
    case K::KwOr: case K::EqEqual: case K::PlusEqual: case K::Percent: case K::Slash: return false;
    default: return true;
  }
}

}  // namespace

Mod* Parser::parse_file() {
  List<StmtNode> body(*this);
  while (!at(K::EndMarker)) {
    if (!parse_statement_into(body)) return nullptr;
  }
  return arena_.make<Mod>(ModKind::Module, body.take(), nullptr);
}

Mod* Parser::parse_interactive() {
  List<StmtNode> body(*this);
  if (at(K::Newline)) {
    const Start from = start();
    advance();
    body.push(node<Pass>(from));
    body.take();
  } else {
    const bool compound = starts_compound(kind());
    if (!parse_statement_into(body)) return nullptr;
    const StmtNode* last = body.back();
    if ((compound || last->kind == StmtKind::Match) && !accept(K::Newline)) return nullptr;
  }
  // CPython Parser/pegen.c bad_single_statement: only blank lines and comments may follow.
  if (!at(K::EndMarker) && !at(K::Newline)) {
    return fail_at(tokens_[index_ - 1], "multiple statements found while compiling a single statement"), nullptr;
  }
  return arena_.make<Mod>(ModKind::Interactive, body.take(), nullptr);
}

Mod* Parser::parse_eval() {
  const Start from = start();
  ExprNode* value = parse_expression();
  if (value == nullptr) return nullptr;
  if (at(K::Comma)) {
    Exprs elements(*this);
    elements.push(value);
    while (accept(K::Comma)) {
      if (at(K::Newline) || at(K::EndMarker)) break;
      ExprNode* next = parse_expression();
      if (next == nullptr) return nullptr;
      elements.push(next);
    }
    value = node<Tuple>(from, ExprContext::Load, elements.take());
  }
  while (accept(K::Newline)) {}
  if (!at(K::EndMarker)) return nullptr;
  return arena_.make<Mod>(ModKind::Expression, StmtList{}, value);
}

bool Parser::parse_statement_into(List<StmtNode>& out) {
  forget_read_tokens();
  if (starts_compound(kind())) {
    StmtNode* statement = parse_compound_statement();
    if (statement == nullptr || too_deep_) return false;
    out.push(statement);
    return true;
  }
  if (at_soft_keyword(kMatchId) && options_.features.match_statement && may_start_subject(peek().kind)) {
    const Mark before = mark();
    if (StmtNode* statement = parse_match()) {
      out.push(statement);
      return true;
    }
    if (special_ || too_deep_) return false;
    reset(before);
  }
  return parse_simple_statements_into(out);
}

bool Parser::parse_simple_statements_into(List<StmtNode>& out) {
  do {
    StmtNode* statement = parse_simple_statement();
    if (statement == nullptr) return false;
    out.push(statement);
    if (!accept(K::Semi)) break;
  } while (!at(K::Newline));
  return accept(K::Newline);
}

StmtNode* Parser::parse_simple_statement() {
  const Start from = start();
  switch (kind()) {
    case K::KwReturn: return parse_return();
    case K::KwImport: return parse_import();
    case K::KwFrom: return parse_import_from();
    case K::KwRaise: return parse_raise();
    case K::KwDel: return parse_delete();
    case K::KwAssert: return parse_assert();
    case K::KwGlobal: return parse_names(StmtKind::Global);
    case K::KwNonlocal: return parse_names(StmtKind::Nonlocal);
    case K::KwPass: advance(); return node<Pass>(from);
    case K::KwBreak: advance(); return node<Break>(from);
    case K::KwContinue: advance(); return node<Continue>(from);
    case K::KwYield: {
      ExprNode* value = parse_yield();
      return value == nullptr ? nullptr : node<Expr>(from, value);
    }
    default: break;
  }
  if (at_soft_keyword(kTypeId) && options_.features.type_parameters && peek().kind == K::Name) {
    return parse_type_alias();
  }
  return parse_expression_statement();
}

// An expression, or whatever assignment begins with it.
StmtNode* Parser::parse_expression_statement() {
  const Start from = start();
  const bool starts_with_name = at(K::Name);
  ExprNode* value = parse_star_expressions();
  if (value == nullptr) return nullptr;
  if (at(K::Newline) || at(K::Semi)) return node<Expr>(from, value);
  if (at(K::Equal)) return parse_assignment(from, value);
  if (at(K::Colon)) return parse_annotated_assignment(from, value, starts_with_name && value->kind == ExprKind::Name);
  if (const std::optional<Operator> op = augmented_operator(kind()); op && is_single_target(value)) {
    set_context(value, ExprContext::Store);
    advance();
    ExprNode* operand = parse_assigned_value();
    return operand == nullptr ? nullptr : node<AugAssign>(from, *op, value, operand);
  }
  return node<Expr>(from, value);  // what follows will be refused
}

ExprNode* Parser::parse_assigned_value() { return at(K::KwYield) ? parse_yield() : parse_star_expressions(); }

// At the first `=`.
StmtNode* Parser::parse_assignment(Start from, ExprNode* first) {
  Exprs targets(*this);
  ExprNode* value = first;
  while (at(K::Equal)) {
    if (!is_star_target(value)) return nullptr;
    set_context(value, ExprContext::Store);
    targets.push(value);
    advance();
    value = parse_assigned_value();
    if (value == nullptr) return nullptr;
  }
  const ExprList list = targets.take();
  return node<Assign>(from, list, value);
}

// `target` begins with a target in parentheses, as (a).b does. CPython's rule takes that for the whole target and does
// not go back, so that no annotation can follow.
bool Parser::begins_with_parenthesized_target(Start from, const ExprNode* target) {
  const auto starts_here = [from](const ExprNode* node) {
    return node->pos.lineno == from.lineno && node->pos.col_offset == from.col_offset;
  };
  if (!starts_here(target)) return false;
  const ExprNode* node = target;
  while (starts_here(node)) {
    switch (node->kind) {
      case ExprKind::Attribute: node = as<Attribute>(node).value; break;
      case ExprKind::Subscript: node = as<Subscript>(node).value; break;
      case ExprKind::Call: node = as<Call>(node).func; break;
      default: return false;
    }
  }
  return is_single_target(node);
}

StmtNode* Parser::parse_annotated_assignment(Start from, ExprNode* target, bool simple) {
  if (!is_single_target(target) || begins_with_parenthesized_target(from, target)) return nullptr;
  set_context(target, ExprContext::Store);
  advance();
  ExprNode* annotation = parse_expression();
  if (annotation == nullptr) return nullptr;
  ExprNode* value = nullptr;
  if (accept(K::Equal)) {
    value = parse_assigned_value();
    if (value == nullptr) return nullptr;
  }
  return node<AnnAssign>(from, simple, target, annotation, value);
}

StmtNode* Parser::parse_return() {
  const Start from = start();
  advance();
  ExprNode* value = nullptr;
  if (!at(K::Newline) && !at(K::Semi)) {
    value = parse_star_expressions();
    if (value == nullptr) return nullptr;
  }
  return node<Return>(from, value);
}

StmtNode* Parser::parse_raise() {
  const Start from = start();
  advance();
  ExprNode* exception = nullptr;
  ExprNode* cause = nullptr;
  if (!at(K::Newline) && !at(K::Semi)) {
    exception = parse_expression();
    if (exception == nullptr) return nullptr;
    if (accept(K::KwFrom)) {
      cause = parse_expression();
      if (cause == nullptr) return nullptr;
    }
  }
  return node<Raise>(from, exception, cause);
}

StmtNode* Parser::parse_delete() {
  const Start from = start();
  advance();
  Exprs targets(*this);
  do {
    if (at(K::Newline) || at(K::Semi)) {
      if (targets.size() == 0) return nullptr;
      break;
    }
    ExprNode* target = parse_primary();
    if (target == nullptr || !is_delete_target(target)) return nullptr;
    set_context(target, ExprContext::Del);
    targets.push(target);
  } while (accept(K::Comma));
  if (!at(K::Newline) && !at(K::Semi)) return nullptr;
  const ExprList list = targets.take();
  return node<Delete>(from, list);
}

StmtNode* Parser::parse_assert() {
  const Start from = start();
  advance();
  ExprNode* test = parse_expression();
  if (test == nullptr) return nullptr;
  ExprNode* message = nullptr;
  if (accept(K::Comma)) {
    message = parse_expression();
    if (message == nullptr) return nullptr;
  }
  return node<Assert>(from, test, message);
}

StmtNode* Parser::parse_names(StmtKind which) {
  const Start from = start();
  advance();
  List<const InternedText> names(*this);
  do {
    if (!at(K::Name)) return nullptr;
    names.push(token().name.entry());
    advance();
  } while (accept(K::Comma));
  const std::span<const InternedText*> entries = names.take();
  const IdentifierList list = arena_.make_array<Identifier>(entries.size());
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = Identifier(entries[i]);
  if (which == StmtKind::Global) return node<Global>(from, list);
  return node<Nonlocal>(from, list);
}

// NAME ('.' NAME)*, interned as one text. CPython joins it name by name and so interns what it has on the way too.
Identifier Parser::parse_dotted_name() {
  if (!at(K::Name)) return {};
  const Identifier first = token().name;
  advance();
  if (!at(K::Dot)) return first;
  std::string dotted(first.view());
  while (accept(K::Dot)) {
    if (!at(K::Name)) return {};
    if (dotted.size() > first.view().size()) context_.interner.intern(dotted);
    dotted += '.';
    dotted += token().name.view();
    advance();
  }
  return context_.interner.intern(dotted);
}

StmtNode* Parser::parse_import() {
  const Start from = start();
  advance();
  List<Alias> names(*this);
  do {
    const Start name_start = start();
    const Identifier name = parse_dotted_name();
    if (!name) return nullptr;
    Identifier asname;
    if (accept(K::KwAs)) {
      if (!at(K::Name)) return nullptr;
      asname = token().name;
      advance();
    }
    names.push(arena_.make<Alias>(since(name_start), name, asname));
  } while (accept(K::Comma));
  return node<Import>(from, names.take());
}

StmtNode* Parser::parse_import_from() {
  const Start from = start();
  advance();
  std::int32_t level = 0;
  for (; at(K::Dot) || at(K::Ellipsis); advance()) level += at(K::Dot) ? 1 : 3;
  Identifier module;
  if (!at(K::KwImport) || level == 0) {
    module = parse_dotted_name();
    if (!module) return nullptr;
  }
  if (!accept(K::KwImport)) return nullptr;
  List<Alias> names(*this);
  if (at(K::Star)) {
    const Start star = start();
    advance();
    names.push(arena_.make<Alias>(since(star), context_.interner.intern("*"), Identifier()));
  } else {
    const bool parenthesized = accept(K::LPar);
    if (!parse_import_names(names)) return nullptr;
    if (parenthesized) {
      accept(K::Comma);
      if (!accept(K::RPar)) return nullptr;
    } else if (at(K::Comma)) {
      return nullptr;
    }
  }
  const std::span<Alias*> list = names.take();
  if (level == 0 && module.view() == "__future__") {
    for (const Alias* alias : list) barry_as_flufl_ |= alias->name.view() == "barry_as_FLUFL";
  }
  return node<ImportFrom>(from, level, module, list);
}

// NAME ['as' NAME] separated by commas; leaves a comma that no name follows.
bool Parser::parse_import_names(List<Alias>& out) {
  for (;;) {
    if (!at(K::Name)) return false;
    const Start from = start();
    const Identifier name = token().name;
    advance();
    Identifier asname;
    if (accept(K::KwAs)) {
      if (!at(K::Name)) return false;
      asname = token().name;
      advance();
    }
    out.push(arena_.make<Alias>(since(from), name, asname));
    if (!at(K::Comma) || peek().kind != K::Name) return true;
    advance();
  }
}

StmtNode* Parser::parse_type_alias() {
  const Start from = start();
  advance();
  const Start name_start = start();
  const Identifier id = token().name;
  advance();
  ExprNode* name = node<Name>(name_start, ExprContext::Store, id);
  const std::optional<std::span<TypeParam*>> params = parse_type_params();
  if (!params || !accept(K::Equal)) return nullptr;
  ExprNode* value = parse_expression();
  return value == nullptr ? nullptr : node<TypeAlias>(from, name, *params, value);
}

}  // namespace ouro::syntax
