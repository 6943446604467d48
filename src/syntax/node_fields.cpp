#include "syntax/node_fields.h"

#include "syntax/python_repr.h"

namespace ouro::syntax {
namespace {

using Type = NodeRef::Type;

NodeRef ref(const StmtNode* n) { return {Type::Stmt, n}; }
NodeRef ref(const ExprNode* n) { return {Type::Expr, n}; }
NodeRef ref(const PatternNode* n) { return {Type::Pattern, n}; }
NodeRef ref(const Comprehension* n) { return {Type::Comprehension, n}; }
NodeRef ref(const ExceptHandler* n) { return {Type::ExceptHandler, n}; }
NodeRef ref(const Arguments* n) { return {Type::Arguments, n}; }
NodeRef ref(const Arg* n) { return {Type::Arg, n}; }
NodeRef ref(const Keyword* n) { return {Type::Keyword, n}; }
NodeRef ref(const Alias* n) { return {Type::Alias, n}; }
NodeRef ref(const WithItem* n) { return {Type::WithItem, n}; }
NodeRef ref(const MatchCase* n) { return {Type::MatchCase, n}; }
NodeRef ref(const TypeParam* n) { return {Type::TypeParam, n}; }

// Collects one node's fields; absent ones (null, empty list) are left out.
class Fields {
 public:
  explicit Fields(NodeView& view) : view_(view) {}

  Fields& text(std::string_view name, std::string value) {
    view_.fields.push_back({name, false, {{{}, std::move(value)}}});
    return *this;
  }
  Fields& number(std::string_view name, std::int64_t value) { return text(name, std::to_string(value)); }
  Fields& constant(std::string_view name, const ConstantValue& value) {
    std::string repr;
    append_constant_repr(repr, value);
    return text(name, std::move(repr));
  }
  Fields& identifier(std::string_view name, Identifier value) {
    return value ? text(name, repr_of(value)) : *this;
  }
  Fields& identifiers(std::string_view name, std::span<const Identifier> values) {
    if (values.empty()) return *this;
    Field& field = view_.fields.emplace_back(Field{name, true, {}});
    for (const Identifier value : values) field.items.push_back({{}, repr_of(value)});
    return *this;
  }
  /// A class without fields: an operator or a context.
  template <class Enum>
  Fields& symbol(std::string_view name, Enum value) {
    return text(name, std::string(name_of(value)) + "()");
  }
  template <class Node>
  Fields& child(std::string_view name, const Node* node) {
    if (node != nullptr) view_.fields.push_back({name, false, {{ref(node), {}}}});
    return *this;
  }
  template <class Node>
  Fields& list(std::string_view name, std::span<Node* const> nodes) {
    if (nodes.empty()) return *this;
    Field& field = view_.fields.emplace_back(Field{name, true, {}});
    for (const Node* node : nodes) {
      if (node == nullptr) field.items.push_back({{}, "None"});
      else field.items.push_back({ref(node), {}});
    }
    return *this;
  }
  template <class Node>
  Fields& list(std::string_view name, std::span<Node*> nodes) {
    return list(name, std::span<Node* const>(nodes));
  }

 private:
  static std::string repr_of(Identifier value) {
    std::string repr;
    append_str_repr(repr, value.view());
    return repr;
  }
  NodeView& view_;
};

void add_fields(Fields f, const StmtNode* n) {
  switch (n->kind) {
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef: {
      const auto& s = as<FunctionDef>(n);
      f.identifier("name", s.name).child("args", s.args).list("body", s.body);
      f.list("decorator_list", s.decorator_list).child("returns", s.returns).list("type_params", s.type_params);
      break;
    }
    case StmtKind::ClassDef: {
      const auto& s = as<ClassDef>(n);
      f.identifier("name", s.name).list("bases", s.bases).list("keywords", s.keywords).list("body", s.body);
      f.list("decorator_list", s.decorator_list).list("type_params", s.type_params);
      break;
    }
    case StmtKind::Return: f.child("value", as<Return>(n).value); break;
    case StmtKind::Delete: f.list("targets", as<Delete>(n).targets); break;
    case StmtKind::Assign: f.list("targets", as<Assign>(n).targets).child("value", as<Assign>(n).value); break;
    case StmtKind::TypeAlias: {
      const auto& s = as<TypeAlias>(n);
      f.child("name", s.name).list("type_params", s.type_params).child("value", s.value);
      break;
    }
    case StmtKind::AugAssign: {
      const auto& s = as<AugAssign>(n);
      f.child("target", s.target).symbol("op", s.op).child("value", s.value);
      break;
    }
    case StmtKind::AnnAssign: {
      const auto& s = as<AnnAssign>(n);
      f.child("target", s.target).child("annotation", s.annotation).child("value", s.value);
      f.number("simple", s.simple ? 1 : 0);
      break;
    }
    case StmtKind::For:
    case StmtKind::AsyncFor: {
      const auto& s = as<For>(n);
      f.child("target", s.target).child("iter", s.iter).list("body", s.body).list("orelse", s.orelse);
      break;
    }
    case StmtKind::While:
      f.child("test", as<While>(n).test).list("body", as<While>(n).body).list("orelse", as<While>(n).orelse);
      break;
    case StmtKind::If:
      f.child("test", as<If>(n).test).list("body", as<If>(n).body).list("orelse", as<If>(n).orelse);
      break;
    case StmtKind::With:
    case StmtKind::AsyncWith: f.list("items", as<With>(n).items).list("body", as<With>(n).body); break;
    case StmtKind::Match: f.child("subject", as<Match>(n).subject).list("cases", as<Match>(n).cases); break;
    case StmtKind::Raise: f.child("exc", as<Raise>(n).exc).child("cause", as<Raise>(n).cause); break;
    case StmtKind::Try:
    case StmtKind::TryStar: {
      const auto& s = as<Try>(n);
      f.list("body", s.body).list("handlers", s.handlers).list("orelse", s.orelse).list("finalbody", s.finalbody);
      break;
    }
    case StmtKind::Assert: f.child("test", as<Assert>(n).test).child("msg", as<Assert>(n).msg); break;
    case StmtKind::Import: f.list("names", as<Import>(n).names); break;
    case StmtKind::ImportFrom: {
      const auto& s = as<ImportFrom>(n);
      f.identifier("module", s.module).list("names", s.names).number("level", s.level);
      break;
    }
    case StmtKind::Global: f.identifiers("names", as<Global>(n).names); break;
    case StmtKind::Nonlocal: f.identifiers("names", as<Nonlocal>(n).names); break;
    case StmtKind::Expr: f.child("value", as<Expr>(n).value); break;
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: break;
    case StmtKind::Print: {
      const auto& s = as<Print>(n);
      f.child("dest", s.dest).list("values", s.values).text("nl", s.nl ? "True" : "False");
      break;
    }
    case StmtKind::Exec: {
      const auto& s = as<Exec>(n);
      f.child("body", s.body).child("globals", s.globals).child("locals", s.locals);
      break;
    }
    case StmtKind::LegacyRaise: {
      const auto& s = as<LegacyRaise>(n);
      f.child("type", s.type).child("inst", s.inst).child("tback", s.tback);
      break;
    }
  }
}

void add_compare(Fields f, const Compare& e, NodeView& view) {
  f.child("left", e.left);
  Field& ops = view.fields.emplace_back(Field{"ops", true, {}});
  for (const CompareOperator op : e.ops) ops.items.push_back({{}, std::string(name_of(op)) + "()"});
  f.list("comparators", e.comparators);
}

void add_string_fields(Fields f, const ExprNode* n) {
  switch (n->kind) {
    case ExprKind::FormattedValue: {
      const auto& e = as<FormattedValue>(n);
      f.child("value", e.value).number("conversion", e.conversion).child("format_spec", e.format_spec);
      break;
    }
    case ExprKind::Interpolation: {
      const auto& e = as<Interpolation>(n);
      f.child("value", e.value).constant("str", e.str).number("conversion", e.conversion);
      f.child("format_spec", e.format_spec);
      break;
    }
    case ExprKind::JoinedStr: f.list("values", as<JoinedStr>(n).values); break;
    case ExprKind::TemplateStr: f.list("values", as<TemplateStr>(n).values); break;
    case ExprKind::Constant:
      f.constant("value", as<Constant>(n).value);
      if (as<Constant>(n).u_kind) f.text("kind", "'u'");
      break;
    default: break;
  }
}

void add_fields(Fields f, const ExprNode* n, NodeView& view) {
  switch (n->kind) {
    case ExprKind::BoolOp: f.symbol("op", as<BoolOp>(n).op).list("values", as<BoolOp>(n).values); break;
    case ExprKind::NamedExpr: f.child("target", as<NamedExpr>(n).target).child("value", as<NamedExpr>(n).value); break;
    case ExprKind::BinOp: {
      const auto& e = as<BinOp>(n);
      f.child("left", e.left).symbol("op", e.op).child("right", e.right);
      break;
    }
    case ExprKind::UnaryOp: f.symbol("op", as<UnaryOp>(n).op).child("operand", as<UnaryOp>(n).operand); break;
    case ExprKind::Lambda: f.child("args", as<Lambda>(n).args).child("body", as<Lambda>(n).body); break;
    case ExprKind::IfExp: {
      const auto& e = as<IfExp>(n);
      f.child("test", e.test).child("body", e.body).child("orelse", e.orelse);
      break;
    }
    case ExprKind::Dict: f.list("keys", as<Dict>(n).keys).list("values", as<Dict>(n).values); break;
    case ExprKind::Set: f.list("elts", as<Set>(n).elts); break;
    case ExprKind::ListComp:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
      f.child("elt", as<ElementComp>(n).elt).list("generators", as<ElementComp>(n).generators);
      break;
    case ExprKind::DictComp: {
      const auto& e = as<DictComp>(n);
      f.child("key", e.key).child("value", e.value).list("generators", e.generators);
      break;
    }
    case ExprKind::Await: f.child("value", as<Await>(n).value); break;
    case ExprKind::Yield: f.child("value", as<Yield>(n).value); break;
    case ExprKind::YieldFrom: f.child("value", as<YieldFrom>(n).value); break;
    case ExprKind::Compare: add_compare(f, as<Compare>(n), view); break;
    case ExprKind::Call: {
      const auto& e = as<Call>(n);
      f.child("func", e.func).list("args", e.args).list("keywords", e.keywords);
      break;
    }
    case ExprKind::FormattedValue:
    case ExprKind::Interpolation:
    case ExprKind::JoinedStr:
    case ExprKind::TemplateStr:
    case ExprKind::Constant: add_string_fields(f, n); break;
    case ExprKind::Attribute: {
      const auto& e = as<Attribute>(n);
      f.child("value", e.value).identifier("attr", e.attr).symbol("ctx", e.ctx);
      break;
    }
    case ExprKind::Subscript: {
      const auto& e = as<Subscript>(n);
      f.child("value", e.value).child("slice", e.slice).symbol("ctx", e.ctx);
      break;
    }
    case ExprKind::Starred: f.child("value", as<Starred>(n).value).symbol("ctx", as<Starred>(n).ctx); break;
    case ExprKind::Name: f.identifier("id", as<Name>(n).id).symbol("ctx", as<Name>(n).ctx); break;
    case ExprKind::List: f.list("elts", as<List>(n).elts).symbol("ctx", as<List>(n).ctx); break;
    case ExprKind::Tuple: f.list("elts", as<Tuple>(n).elts).symbol("ctx", as<Tuple>(n).ctx); break;
    case ExprKind::Slice: {
      const auto& e = as<Slice>(n);
      f.child("lower", e.lower).child("upper", e.upper).child("step", e.step);
      break;
    }
    case ExprKind::Repr: f.child("value", as<Repr>(n).value); break;
  }
}

void add_fields(Fields f, const PatternNode* n) {
  switch (n->kind) {
    case PatternKind::MatchValue: f.child("value", as<MatchValue>(n).value); break;
    case PatternKind::MatchSingleton: f.constant("value", as<MatchSingleton>(n).value); break;
    case PatternKind::MatchSequence: f.list("patterns", as<MatchSequence>(n).patterns); break;
    case PatternKind::MatchMapping: {
      const auto& p = as<MatchMapping>(n);
      f.list("keys", p.keys).list("patterns", p.patterns).identifier("rest", p.rest);
      break;
    }
    case PatternKind::MatchClass: {
      const auto& p = as<MatchClass>(n);
      f.child("cls", p.cls).list("patterns", p.patterns).identifiers("kwd_attrs", p.kwd_attrs);
      f.list("kwd_patterns", p.kwd_patterns);
      break;
    }
    case PatternKind::MatchStar: f.identifier("name", as<MatchStar>(n).name); break;
    case PatternKind::MatchAs: f.child("pattern", as<MatchAs>(n).pattern).identifier("name", as<MatchAs>(n).name); break;
    case PatternKind::MatchOr: f.list("patterns", as<MatchOr>(n).patterns); break;
  }
}

void add_part_fields(Fields f, NodeRef node) {
  switch (node.type) {
    case Type::Comprehension: {
      const auto& p = *static_cast<const Comprehension*>(node.node);
      f.child("target", p.target).child("iter", p.iter).list("ifs", p.ifs).number("is_async", p.is_async ? 1 : 0);
      break;
    }
    case Type::ExceptHandler: {
      const auto& p = *static_cast<const ExceptHandler*>(node.node);
      f.child("type", p.type).identifier("name", p.name).list("body", p.body);
      break;
    }
    case Type::Arguments: {
      const auto& p = *static_cast<const Arguments*>(node.node);
      f.list("posonlyargs", p.posonlyargs).list("args", p.args).child("vararg", p.vararg);
      f.list("kwonlyargs", p.kwonlyargs).list("kw_defaults", p.kw_defaults).child("kwarg", p.kwarg);
      f.list("defaults", p.defaults);
      break;
    }
    case Type::Arg: {
      const auto& p = *static_cast<const Arg*>(node.node);
      f.identifier("arg", p.arg).child("annotation", p.annotation);
      break;
    }
    case Type::Keyword: {
      const auto& p = *static_cast<const Keyword*>(node.node);
      f.identifier("arg", p.arg).child("value", p.value);
      break;
    }
    case Type::Alias: {
      const auto& p = *static_cast<const Alias*>(node.node);
      f.identifier("name", p.name).identifier("asname", p.asname);
      break;
    }
    case Type::WithItem: {
      const auto& p = *static_cast<const WithItem*>(node.node);
      f.child("context_expr", p.context_expr).child("optional_vars", p.optional_vars);
      break;
    }
    case Type::MatchCase: {
      const auto& p = *static_cast<const MatchCase*>(node.node);
      f.child("pattern", p.pattern).child("guard", p.guard).list("body", p.body);
      break;
    }
    case Type::TypeParam: {
      const auto& p = *static_cast<const TypeParam*>(node.node);
      f.identifier("name", p.name).child("bound", p.bound).child("default_value", p.default_value);
      break;
    }
    default: break;
  }
}

// The class name, and the position of nodes that have one.
void identify(NodeView& view, NodeRef node) {
  const auto named = [&]<class T>(std::string_view name, const T* part) {
    view.name = name;
    view.pos = &part->pos;
  };
  switch (node.type) {
    case Type::None: break;
    case Type::Mod: view.name = name_of(static_cast<const Mod*>(node.node)->kind); break;
    case Type::Stmt: {
      const auto* n = static_cast<const StmtNode*>(node.node);
      named(name_of(n->kind), n);
      break;
    }
    case Type::Expr: {
      const auto* n = static_cast<const ExprNode*>(node.node);
      named(name_of(n->kind), n);
      break;
    }
    case Type::Pattern: {
      const auto* n = static_cast<const PatternNode*>(node.node);
      named(name_of(n->kind), n);
      break;
    }
    case Type::TypeParam: {
      const auto* n = static_cast<const TypeParam*>(node.node);
      named(name_of(n->kind), n);
      break;
    }
    case Type::ExceptHandler: named("ExceptHandler", static_cast<const ExceptHandler*>(node.node)); break;
    case Type::Arg: named("arg", static_cast<const Arg*>(node.node)); break;
    case Type::Keyword: named("keyword", static_cast<const Keyword*>(node.node)); break;
    case Type::Alias: named("alias", static_cast<const Alias*>(node.node)); break;
    case Type::Comprehension: view.name = "comprehension"; break;
    case Type::Arguments: view.name = "arguments"; break;
    case Type::WithItem: view.name = "withitem"; break;
    case Type::MatchCase: view.name = "match_case"; break;
  }
}

}  // namespace

NodeView view_node(NodeRef node) {
  NodeView view;
  identify(view, node);
  const Fields fields(view);
  switch (node.type) {
    case Type::None: break;
    case Type::Mod: {
      const auto& module = *static_cast<const Mod*>(node.node);
      if (module.kind == ModKind::Expression) Fields(view).child("body", module.expression);
      else Fields(view).list("body", module.body);
      break;
    }
    case Type::Stmt: add_fields(fields, static_cast<const StmtNode*>(node.node)); break;
    case Type::Expr: add_fields(fields, static_cast<const ExprNode*>(node.node), view); break;
    case Type::Pattern: add_fields(fields, static_cast<const PatternNode*>(node.node)); break;
    default: add_part_fields(fields, node); break;
  }
  return view;
}

}  // namespace ouro::syntax
