#include "compile/fold.h"

#include <algorithm>

namespace ouro::compile {
namespace {

using namespace syntax;  // the tree's node names

class Folder {
 public:
  Folder(AstContext& context, const FoldOptions& options, Problems& problems)
      : context_(context), options_(options), problems_(problems), debug_(context.interner.intern("__debug__")) {}

  void module(Mod& module) {
    switch (module.kind) {
      case ModKind::Module: return body(module.body);
      case ModKind::Interactive: return visit(module.body);
      case ModKind::Expression: return visit(module.expression);
    }
  }

 private:
  void body(StmtList& statements);
  void visit(StmtList statements) {
    for (StmtNode* statement : statements) visit(*statement);
  }
  void visit(StmtNode& statement);
  void visit(ExprNode*& expression);
  void visit(ExprList expressions) {
    for (ExprNode*& expression : expressions) visit(expression);
  }
  void pattern(PatternNode* pattern);
  void arguments(Arguments& arguments);
  void annotation(ExprNode*& annotation) {
    if (!options_.skip_annotations) visit(annotation);
  }
  void type_params(std::span<TypeParam*> params) {
    for (TypeParam* param : params) {
      visit(param->bound);
      visit(param->default_value);
    }
  }
  void comprehensions(std::span<Comprehension*> generators) {
    for (Comprehension* generator : generators) {
      visit(generator->target);
      visit(generator->iter);
      visit(generator->ifs);
      iterated(generator->iter);
    }
  }
  void keywords(std::span<Keyword*> keywords) {
    for (Keyword* keyword : keywords) visit(keyword->value);
  }

  void function(FunctionDef& node);
  void unary(ExprNode*& slot);
  void binary(ExprNode*& slot);
  void subscript(ExprNode*& slot);
  void compare(Compare& node);
  void iterated(ExprNode*& slot);

  void replace(ExprNode*& slot, const std::optional<ConstantValue>& value) {
    if (value) slot = context_.make<Constant>(slot->pos, false, *value);
  }

  AstContext& context_;
  const FoldOptions& options_;
  Problems& problems_;
  Identifier debug_;
  int depth_ = DepthGuard::kStart;
};

void Folder::body(StmtList& statements) {
  const bool had_docstring = find_docstring(statements) != nullptr;
  visit(statements);
  if (had_docstring || find_docstring(statements) == nullptr) return;
  // What folding turned into a string must not become the docstring.
  Expr& first = as<Expr>(statements[0]);
  const std::span<ExprNode*> values = context_.arena.make_array<ExprNode*>(1);
  values[0] = first.value;
  first.value = context_.make<JoinedStr>(first.pos, values);
}

void Folder::function(FunctionDef& node) {
  type_params(node.type_params);
  arguments(*node.args);
  body(node.body);
  visit(node.decorator_list);
  annotation(node.returns);
}

void Folder::arguments(Arguments& arguments) {
  const auto annotations = [&](std::span<Arg*> args) {
    for (Arg* arg : args) annotation(arg->annotation);
  };
  annotations(arguments.posonlyargs);
  annotations(arguments.args);
  if (arguments.vararg != nullptr) annotation(arguments.vararg->annotation);
  annotations(arguments.kwonlyargs);
  visit(arguments.kw_defaults);
  if (arguments.kwarg != nullptr) annotation(arguments.kwarg->annotation);
  visit(arguments.defaults);
}

void Folder::visit(StmtNode& statement) {
  const DepthGuard guard(depth_, problems_);
  if (problems_.failed()) return;
  switch (statement.kind) {
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef: return function(as<FunctionDef>(&statement));
    case StmtKind::ClassDef: {
      ClassDef& node = as<ClassDef>(&statement);
      type_params(node.type_params);
      visit(node.bases);
      keywords(node.keywords);
      body(node.body);
      return visit(node.decorator_list);
    }
    case StmtKind::Return: return visit(as<Return>(&statement).value);
    case StmtKind::Delete: return visit(as<Delete>(&statement).targets);
    case StmtKind::Assign:
      visit(as<Assign>(&statement).targets);
      return visit(as<Assign>(&statement).value);
    case StmtKind::AugAssign:
      visit(as<AugAssign>(&statement).target);
      return visit(as<AugAssign>(&statement).value);
    case StmtKind::AnnAssign:
      visit(as<AnnAssign>(&statement).target);
      annotation(as<AnnAssign>(&statement).annotation);
      return visit(as<AnnAssign>(&statement).value);
    case StmtKind::TypeAlias:
      visit(as<TypeAlias>(&statement).name);
      type_params(as<TypeAlias>(&statement).type_params);
      return visit(as<TypeAlias>(&statement).value);
    case StmtKind::For:
    case StmtKind::AsyncFor: {
      For& node = as<For>(&statement);
      visit(node.target);
      visit(node.iter);
      visit(node.body);
      visit(node.orelse);
      if (statement.kind == StmtKind::For) iterated(node.iter);  // not of `async for`
      return;
    }
    case StmtKind::While:
      visit(as<While>(&statement).test);
      visit(as<While>(&statement).body);
      return visit(as<While>(&statement).orelse);
    case StmtKind::If:
      visit(as<If>(&statement).test);
      visit(as<If>(&statement).body);
      return visit(as<If>(&statement).orelse);
    case StmtKind::With:
    case StmtKind::AsyncWith:
      for (WithItem* item : as<With>(&statement).items) {
        visit(item->context_expr);
        visit(item->optional_vars);
      }
      return visit(as<With>(&statement).body);
    case StmtKind::Raise:
      visit(as<Raise>(&statement).exc);
      return visit(as<Raise>(&statement).cause);
    case StmtKind::Try:
    case StmtKind::TryStar: {
      Try& node = as<Try>(&statement);
      visit(node.body);
      for (ExceptHandler* handler : node.handlers) {
        visit(handler->type);
        visit(handler->body);
      }
      visit(node.orelse);
      return visit(node.finalbody);
    }
    case StmtKind::Assert:
      visit(as<Assert>(&statement).test);
      return visit(as<Assert>(&statement).msg);
    case StmtKind::Expr: return visit(as<Expr>(&statement).value);
    case StmtKind::Match:
      visit(as<Match>(&statement).subject);
      for (MatchCase* one : as<Match>(&statement).cases) {
        pattern(one->pattern);
        visit(one->guard);
        visit(one->body);
      }
      return;
    default: return;
  }
}

void Folder::pattern(PatternNode* pattern_node) {
  const DepthGuard guard(depth_, problems_);
  if (problems_.failed()) return;
  const auto all = [&](PatternList patterns) {
    for (PatternNode* one : patterns) pattern(one);
  };
  switch (pattern_node->kind) {
    case PatternKind::MatchValue: return visit(as<MatchValue>(pattern_node).value);
    case PatternKind::MatchSequence: return all(as<MatchSequence>(pattern_node).patterns);
    case PatternKind::MatchMapping:
      visit(as<MatchMapping>(pattern_node).keys);
      return all(as<MatchMapping>(pattern_node).patterns);
    case PatternKind::MatchClass:
      visit(as<MatchClass>(pattern_node).cls);
      all(as<MatchClass>(pattern_node).patterns);
      return all(as<MatchClass>(pattern_node).kwd_patterns);
    case PatternKind::MatchAs:
      if (as<MatchAs>(pattern_node).pattern != nullptr) pattern(as<MatchAs>(pattern_node).pattern);
      return;
    case PatternKind::MatchOr: return all(as<MatchOr>(pattern_node).patterns);
    case PatternKind::MatchSingleton:
    case PatternKind::MatchStar: return;
  }
}

void Folder::visit(ExprNode*& slot) {
  if (slot == nullptr) return;
  const DepthGuard guard(depth_, problems_);
  if (problems_.failed()) return;
  switch (slot->kind) {
    case ExprKind::Name: {
      const Name& node = as<Name>(slot);
      if (node.ctx == ExprContext::Load && node.id == debug_) {
        replace(slot, ConstantValue::of_bool(options_.optimize == 0));
      }
      return;
    }
    case ExprKind::Attribute: return visit(as<Attribute>(slot).value);
    case ExprKind::Call:
      visit(as<Call>(slot).func);
      visit(as<Call>(slot).args);
      return keywords(as<Call>(slot).keywords);
    case ExprKind::BoolOp: return visit(as<BoolOp>(slot).values);
    case ExprKind::BinOp: return binary(slot);
    case ExprKind::UnaryOp: return unary(slot);
    case ExprKind::Lambda:
      arguments(*as<Lambda>(slot).args);
      return visit(as<Lambda>(slot).body);
    case ExprKind::IfExp:
      visit(as<IfExp>(slot).test);
      visit(as<IfExp>(slot).body);
      return visit(as<IfExp>(slot).orelse);
    case ExprKind::Dict:
      visit(as<Dict>(slot).keys);
      return visit(as<Dict>(slot).values);
    case ExprKind::Set: return visit(as<Set>(slot).elts);
    case ExprKind::ListComp:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
      visit(as<ElementComp>(slot).elt);
      return comprehensions(as<ElementComp>(slot).generators);
    case ExprKind::DictComp:
      visit(as<DictComp>(slot).key);
      visit(as<DictComp>(slot).value);
      return comprehensions(as<DictComp>(slot).generators);
    case ExprKind::Await: return visit(as<Await>(slot).value);
    case ExprKind::Yield: return visit(as<Yield>(slot).value);
    case ExprKind::YieldFrom: return visit(as<YieldFrom>(slot).value);
    case ExprKind::Compare: return compare(as<Compare>(slot));
    case ExprKind::FormattedValue:
      visit(as<FormattedValue>(slot).value);
      return visit(as<FormattedValue>(slot).format_spec);
    case ExprKind::JoinedStr: return visit(as<JoinedStr>(slot).values);
    case ExprKind::Subscript: return subscript(slot);
    case ExprKind::Starred: return visit(as<Starred>(slot).value);
    case ExprKind::Slice:
      visit(as<Slice>(slot).lower);
      visit(as<Slice>(slot).upper);
      return visit(as<Slice>(slot).step);
    case ExprKind::List: return visit(as<List>(slot).elts);
    case ExprKind::Tuple: {
      Tuple& node = as<Tuple>(slot);
      visit(node.elts);
      if (node.ctx == ExprContext::Load) replace(slot, fold_sequence(ConstantKind::Tuple, node.elts, context_));
      return;
    }
    case ExprKind::NamedExpr: return visit(as<NamedExpr>(slot).value);
    default: return;
  }
}

void Folder::unary(ExprNode*& slot) {
  UnaryOp& node = as<UnaryOp>(slot);
  visit(node.operand);
  if (const auto* constant = try_as<Constant>(node.operand)) {
    return replace(slot, fold_unary(node.op, constant->value, context_));
  }
  auto* comparison = try_as<Compare>(node.operand);
  if (node.op != UnaryOperator::Not || comparison == nullptr || comparison->ops.size() != 1) return;
  // `not a in b` and its like; == and < have methods of their own that need not be each other's inverse.
  CompareOperator& op = comparison->ops[0];
  switch (op) {
    case CompareOperator::Is: op = CompareOperator::IsNot; break;
    case CompareOperator::IsNot: op = CompareOperator::Is; break;
    case CompareOperator::In: op = CompareOperator::NotIn; break;
    case CompareOperator::NotIn: op = CompareOperator::In; break;
    default: return;
  }
  slot = comparison;
}

bool has_starred(ExprList elements) {
  return std::any_of(elements.begin(), elements.end(), [](const ExprNode* e) { return e->kind == ExprKind::Starred; });
}

void Folder::binary(ExprNode*& slot) {
  BinOp& node = as<BinOp>(slot);
  visit(node.left);
  visit(node.right);
  const auto* left = try_as<Constant>(node.left);
  if (left == nullptr) return;
  if (node.op == Operator::Mod && left->value.kind == ConstantKind::Str) {
    if (const auto* tuple = try_as<Tuple>(node.right); tuple != nullptr && !has_starred(tuple->elts)) {
      if (ExprNode* formatted = fold_format(node, left->value.text(), tuple->elts, context_)) slot = formatted;
      return;
    }
  }
  const auto* right = try_as<Constant>(node.right);
  if (right != nullptr) replace(slot, fold_binary(node.op, left->value, right->value, context_));
}

void Folder::subscript(ExprNode*& slot) {
  Subscript& node = as<Subscript>(slot);
  visit(node.value);
  visit(node.slice);
  if (node.ctx != ExprContext::Load) return;
  const auto* container = try_as<Constant>(node.value);
  const auto* index = try_as<Constant>(node.slice);
  if (container != nullptr && index != nullptr) {
    replace(slot, fold_subscript(container->value, index->value, context_));
  }
}

void Folder::compare(Compare& node) {
  visit(node.left);
  visit(node.comparators);
  const CompareOperator op = node.ops.back();
  if (op == CompareOperator::In || op == CompareOperator::NotIn) iterated(node.comparators.back());
}

// A list or set display that only this place sees may be a tuple or frozenset.
void Folder::iterated(ExprNode*& slot) {
  if (auto* list = try_as<List>(slot)) {
    if (has_starred(list->elts)) return;
    slot = context_.make<Tuple>(list->pos, list->ctx, list->elts);
    replace(slot, fold_sequence(ConstantKind::Tuple, list->elts, context_));
  } else if (auto* set = try_as<Set>(slot)) {
    replace(slot, fold_sequence(ConstantKind::FrozenSet, set->elts, context_));
  }
}

}  // namespace

void fold_module(Mod& module, AstContext& context, const FoldOptions& options, Problems& problems) {
  Folder(context, options, problems).module(module);
}

}  // namespace ouro::compile
