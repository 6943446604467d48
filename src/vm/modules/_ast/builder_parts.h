// The builder of trees: what its parts (statements, expressions, the rest) share.
#pragma once

#include "vm/core/protocol.h"
#include "vm/modules/_ast/builder.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm::ast_builder {

using namespace ouro::syntax;  // NOLINT: the nodes by their names
using vm::Value;

class Builder {
 public:
  Builder(Vm& vm, const AstClasses& classes, AstContext& context) : vm_(vm), classes_(classes), context_(context) {}
  bool module(Value tree, std::string_view mode, Mod& out);

 private:
  // The fields of one object. `owner` is the class as messages name it.
  struct Node {
    Value object;
    std::string_view owner;
  };
  /// The name of the nearest class of _ast; empty: none.
  std::string_view class_of(Value object);
  /// An attribute; None where it is absent and may be.
  bool field(const Node& node, const char* name, bool optional, Ref& out);
  bool integer(const Node& node, const char* name, bool optional, std::int32_t otherwise, std::int32_t& out);
  bool identifier(const Node& node, const char* name, bool optional, Identifier& out);
  bool identifier_of(Value value, Identifier& out);
  bool position(Value object, std::string_view base, Position& out);
  /// The items of a list field, each turned by `action(Value, T&)`.
  template <class T, class Action>
  bool list(const Node& node, const char* name, std::span<T>& out, Action action) {
    [[maybe_unused]] Vm& vm = vm_;
    Ref value;
    VM_CHECK(field(node, name, true, value));
    if (value.is_none()) {
      out = {};
      return true;
    }
    if (!is_list(value)) return raise(vm, vm.exc.TypeError, "{} field \"{}\" must be a list, not a {}", node.owner, name, type_name(vm, value));
    const std::size_t size = value.as<ListObject>()->size;
    std::span<T> items = context_.arena.make_array<T>(size);
    for (std::size_t i = 0; i < size; ++i) {
      if (value.as<ListObject>()->size != size) return raise(vm, vm.exc.RuntimeError, "{} field \"{}\" changed size during iteration", node.owner, name);
      const Ref item = Ref::share(value.as<ListObject>()->items[i]);
      VM_CHECK(action(item.get(), items[i]));
    }
    out = items;
    return true;
  }
  template <class T>
  bool not_empty(std::span<T> items, const char* what, std::string_view owner) {
    if (!items.empty()) return true;
    return raise(vm_, vm_.exc.ValueError, "empty {} on {}", what, owner);
  }

  bool expression(Value object, ExprContext wanted, ExprNode*& out);
  bool expression_field(const Node& node, const char* name, ExprNode*& out, bool optional = false, ExprContext wanted = ExprContext::Load);
  bool expressions(const Node& node, const char* name, ExprList& out, ExprContext wanted = ExprContext::Load, bool none_allowed = false);
  bool statement(Value object, StmtNode*& out);
  bool statements(const Node& node, const char* name, StmtList& out);
  bool body(const Node& node, StmtList& out) { return statements(node, "body", out) && not_empty(out, "body", node.owner); }
  bool pattern(Value object, PatternNode*& out);
  bool patterns(const Node& node, const char* name, PatternList& out);

  // expressions
  bool simple_expression(ExprKind kind, const Node& node, const Position& pos, ExprNode*& out);
  bool display(ExprKind kind, const Node& node, const Position& pos, ExprNode*& out);
  bool target_expression(ExprKind kind, const Node& node, const Position& pos, ExprContext wanted, ExprNode*& out);
  bool check_context(const Node& node, ExprContext wanted);
  bool constant(const Node& node, const Position& pos, ExprNode*& out);
  bool constant_value(Value value, ConstantValue& out);
  bool comprehensions(const Node& node, std::span<Comprehension*>& out);
  bool keywords(const Node& node, std::span<Keyword*>& out);
  bool arguments(const Node& node, Arguments*& out);
  bool parameter(Value object, Arg*& out);

  // statements
  bool definition(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out);
  bool block_statement(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out);
  bool assignment(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out);
  bool plain_statement(StmtKind kind, const Node& node, const Position& pos, StmtNode*& out);
  bool type_parameters(const Node& node, std::span<TypeParam*>& out);
  bool aliases(const Node& node, std::span<Alias*>& out);
  bool names(const Node& node, IdentifierList& out);

  /// The enumerator whose class the field's value is of.
  template <class Enum>
  bool symbol(const Node& node, const char* name, const char* base, Enum last, Enum& out) {
    Ref value;
    [[maybe_unused]] Vm& vm = vm_;
    VM_CHECK(field(node, name, false, value));
    return symbol_of(value, base, last, out);
  }
  template <class Enum>
  bool symbol_of(Value value, const char* base, Enum last, Enum& out) {
    const std::string_view name = class_of(value);
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      out = static_cast<Enum>(i);
      if (name_of(out) == name) return true;
    }
    return unexpected(base, value);
  }
  Failed unexpected(const char* base, Value value);

  Vm& vm_;
  const AstClasses& classes_;
  AstContext& context_;
};

}  // namespace ouro::vm::ast_builder
