// From ast objects to the compiler's tree: statements and their parts.
#include "vm/modules/_ast/builder_parts.h"

namespace ouro::vm::ast_builder {

bool Builder::statements(const Node& node, const char* name, StmtList& out) {
  return list(node, name, out, [&](Value item, StmtNode*& made) -> bool {
    if (item.is_none()) return raise(vm_, vm_.exc.ValueError, "None disallowed in statement list");
    return statement(item, made);
  });
}

bool Builder::statement(Value object, StmtNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  RecursionGuard guard(vm, " while traversing 'stmt' node");
  if (!guard) return false;
  const std::string_view name = class_of(object);
  StmtKind kind{};
  bool known = false;
  for (int i = 0; i <= static_cast<int>(StmtKind::Continue) && !known; ++i) {
    kind = static_cast<StmtKind>(i);
    known = name_of(kind) == name;
  }
  if (!known) return unexpected("stmt", object);
  const Node node{object, name};
  Position pos;
  VM_CHECK(position(object, "stmt", pos));
  switch (kind) {
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef:
    case StmtKind::ClassDef: return definition(kind, node, pos, out);
    case StmtKind::For:
    case StmtKind::AsyncFor:
    case StmtKind::While:
    case StmtKind::If:
    case StmtKind::With:
    case StmtKind::AsyncWith:
    case StmtKind::Match:
    case StmtKind::Try:
    case StmtKind::TryStar: return block_statement(kind, node, pos, out);
    case StmtKind::Delete:
    case StmtKind::Assign:
    case StmtKind::TypeAlias:
    case StmtKind::AugAssign:
    case StmtKind::AnnAssign: return assignment(kind, node, pos, out);
    default: return plain_statement(kind, node, pos, out);
  }
}

bool Builder::definition(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  Identifier name;
  StmtList block;
  ExprList decorators;
  std::span<TypeParam*> type_params;
  VM_CHECK(identifier(node, "name", false, name) && body(node, block) && expressions(node, "decorator_list", decorators) && type_parameters(node, type_params));
  if (kind == StmtKind::ClassDef) {
    ExprList bases;
    std::span<Keyword*> named;
    VM_CHECK(expressions(node, "bases", bases) && keywords(node, named));
    out = context_.make<ClassDef>(pos, name, bases, named, block, decorators, type_params);
    return true;
  }
  Arguments* parameters = nullptr;
  ExprNode* returns = nullptr;
  VM_CHECK(arguments(node, parameters) && expression_field(node, "returns", returns, true));
  out = context_.make_as<FunctionDef>(kind, pos, name, parameters, block, decorators, returns, type_params);
  return true;
}

bool Builder::type_parameters(const Node& node, std::span<TypeParam*>& out) {
  return list(node, "type_params", out, [&](Value item, TypeParam*& made) -> bool {
    [[maybe_unused]] Vm& vm = vm_;
    TypeParamKind kind{};
    VM_CHECK(symbol_of(item, "type_param", TypeParamKind::TypeVarTuple, kind));
    const Node part{item, name_of(kind)};
    Position pos;
    Identifier name;
    ExprNode* bound = nullptr;
    ExprNode* otherwise = nullptr;
    VM_CHECK(position(item, "type_param", pos) && identifier(part, "name", false, name));
    if (kind == TypeParamKind::TypeVar) VM_CHECK(expression_field(part, "bound", bound, true));
    VM_CHECK(expression_field(part, "default_value", otherwise, true));
    made = context_.arena.make<TypeParam>(pos, kind, name, bound, otherwise);
    return true;
  });
}

bool Builder::block_statement(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  StmtList block, otherwise;
  ExprNode* a = nullptr;
  ExprNode* b = nullptr;
  switch (kind) {
    case StmtKind::For:
    case StmtKind::AsyncFor:
      VM_CHECK(expression_field(node, "target", a, false, ExprContext::Store) && expression_field(node, "iter", b) && body(node, block) &&
               statements(node, "orelse", otherwise));
      out = context_.make_as<For>(kind, pos, a, b, block, otherwise);
      return true;
    case StmtKind::While:
      VM_CHECK(expression_field(node, "test", a) && body(node, block) && statements(node, "orelse", otherwise));
      out = context_.make<While>(pos, a, block, otherwise);
      return true;
    case StmtKind::If:
      VM_CHECK(expression_field(node, "test", a) && body(node, block) && statements(node, "orelse", otherwise));
      out = context_.make<If>(pos, a, block, otherwise);
      return true;
    case StmtKind::With:
    case StmtKind::AsyncWith: {
      std::span<WithItem*> items;
      VM_CHECK(list(node, "items", items, [&](Value item, WithItem*& made) -> bool {
        if (class_of(item) != "withitem") return unexpected("withitem", item);
        const Node part{item, "withitem"};
        made = context_.arena.make<WithItem>();
        return expression_field(part, "context_expr", made->context_expr) &&
               expression_field(part, "optional_vars", made->optional_vars, true, ExprContext::Store);
      }));
      VM_CHECK(not_empty(items, "items", node.owner) && body(node, block));
      out = context_.make_as<With>(kind, pos, items, block);
      return true;
    }
    case StmtKind::Match: {
      std::span<MatchCase*> cases;
      VM_CHECK(expression_field(node, "subject", a) && list(node, "cases", cases, [&](Value item, MatchCase*& made) -> bool {
                 if (class_of(item) != "match_case") return unexpected("match_case", item);
                 const Node part{item, "match_case"};
                 made = context_.arena.make<MatchCase>();
                 Ref shape;
                 VM_CHECK(field(part, "pattern", false, shape) && pattern(shape, made->pattern));
                 return expression_field(part, "guard", made->guard, true) && body(part, made->body);
               }));
      VM_CHECK(not_empty(cases, "cases", node.owner));
      out = context_.make<Match>(pos, a, cases);
      return true;
    }
    default: {
      std::span<ExceptHandler*> handlers;
      StmtList last;
      VM_CHECK(body(node, block) && list(node, "handlers", handlers, [&](Value item, ExceptHandler*& made) -> bool {
                 if (class_of(item) != "ExceptHandler") return unexpected("excepthandler", item);
                 const Node part{item, "ExceptHandler"};
                 made = context_.arena.make<ExceptHandler>();
                 VM_CHECK(position(item, "excepthandler", made->pos));
                 return expression_field(part, "type", made->type, true) && identifier(part, "name", true, made->name) && body(part, made->body);
               }) && statements(node, "orelse", otherwise) && statements(node, "finalbody", last));
      if (handlers.empty() && last.empty()) return raise(vm, vm.exc.ValueError, "{} has neither handlers nor finalbody", node.owner);
      if (handlers.empty() && !otherwise.empty()) return raise(vm, vm.exc.ValueError, "{} has orelse but no except handlers", node.owner);
      out = context_.make_as<Try>(kind, pos, block, handlers, otherwise, last);
      return true;
    }
  }
}

bool Builder::assignment(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  ExprList targets;
  ExprNode* a = nullptr;
  ExprNode* b = nullptr;
  ExprNode* c = nullptr;
  switch (kind) {
    case StmtKind::Delete:
      VM_CHECK(expressions(node, "targets", targets, ExprContext::Del) && not_empty(targets, "targets", node.owner));
      out = context_.make<Delete>(pos, targets);
      return true;
    case StmtKind::Assign:
      VM_CHECK(expressions(node, "targets", targets, ExprContext::Store) && not_empty(targets, "targets", node.owner) && expression_field(node, "value", a));
      out = context_.make<Assign>(pos, targets, a);
      return true;
    case StmtKind::TypeAlias: {
      std::span<TypeParam*> type_params;
      VM_CHECK(expression_field(node, "name", a, false, ExprContext::Store) && type_parameters(node, type_params) && expression_field(node, "value", b));
      if (!is<Name>(a)) return raise(vm, vm.exc.TypeError, "TypeAlias with non-Name name");
      out = context_.make<TypeAlias>(pos, a, type_params, b);
      return true;
    }
    case StmtKind::AugAssign: {
      Operator op{};
      VM_CHECK(expression_field(node, "target", a, false, ExprContext::Store) && symbol(node, "op", "operator", Operator::FloorDiv, op) &&
               expression_field(node, "value", b));
      out = context_.make<AugAssign>(pos, op, a, b);
      return true;
    }
    default: {
      std::int32_t simple = 0;
      VM_CHECK(expression_field(node, "target", a, false, ExprContext::Store) && expression_field(node, "annotation", b) &&
               expression_field(node, "value", c, true) && integer(node, "simple", false, 0, simple));
      if (simple != 0 && !is<Name>(a)) return raise(vm, vm.exc.TypeError, "AnnAssign with simple non-Name target");
      out = context_.make<AnnAssign>(pos, simple != 0, a, b, c);
      return true;
    }
  }
}

bool Builder::aliases(const Node& node, std::span<Alias*>& out) {
  [[maybe_unused]] Vm& vm = vm_;
  VM_CHECK(list(node, "names", out, [&](Value item, Alias*& made) -> bool {
    if (class_of(item) != "alias") return unexpected("alias", item);
    const Node part{item, "alias"};
    made = context_.arena.make<Alias>();
    return position(item, "alias", made->pos) && identifier(part, "name", false, made->name) && identifier(part, "asname", true, made->asname);
  }));
  return not_empty(out, "names", node.owner);
}
bool Builder::names(const Node& node, IdentifierList& out) {
  return list(node, "names", out, [&](Value item, Identifier& made) { return identifier_of(item, made); }) && not_empty(out, "names", node.owner);
}

bool Builder::plain_statement(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  ExprNode* a = nullptr;
  ExprNode* b = nullptr;
  std::span<Alias*> imported;
  IdentifierList listed;
  switch (kind) {
    case StmtKind::Return:
      VM_CHECK(expression_field(node, "value", a, true));
      out = context_.make<Return>(pos, a);
      return true;
    case StmtKind::Raise:
      VM_CHECK(expression_field(node, "exc", a, true) && expression_field(node, "cause", b, true));
      if (a == nullptr && b != nullptr) return raise(vm, vm.exc.ValueError, "Raise with cause but no exception");
      out = context_.make<Raise>(pos, a, b);
      return true;
    case StmtKind::Assert:
      VM_CHECK(expression_field(node, "test", a) && expression_field(node, "msg", b, true));
      out = context_.make<Assert>(pos, a, b);
      return true;
    case StmtKind::Import:
      VM_CHECK(aliases(node, imported));
      out = context_.make<Import>(pos, imported);
      return true;
    case StmtKind::ImportFrom: {
      std::int32_t level = 0;
      Identifier from;
      VM_CHECK(integer(node, "level", true, 0, level) && identifier(node, "module", true, from) && aliases(node, imported));
      if (level < 0) return raise(vm, vm.exc.ValueError, "Negative ImportFrom level");
      out = context_.make<ImportFrom>(pos, level, from, imported);
      return true;
    }
    case StmtKind::Global:
      VM_CHECK(names(node, listed));
      out = context_.make<Global>(pos, listed);
      return true;
    case StmtKind::Nonlocal:
      VM_CHECK(names(node, listed));
      out = context_.make<Nonlocal>(pos, listed);
      return true;
    case StmtKind::Expr:
      VM_CHECK(expression_field(node, "value", a));
      out = context_.make<Expr>(pos, a);
      return true;
    case StmtKind::Pass: out = context_.make<Pass>(pos); return true;
    case StmtKind::Break: out = context_.make<Break>(pos); return true;
    default: out = context_.make<Continue>(pos); return true;
  }
}

}  // namespace ouro::vm::ast_builder
