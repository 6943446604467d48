// Expressions and patterns of the symbol table's first pass.
#include "compile/symbol_builder.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

void SymbolBuilder::visit(ExprNode* expression) {
  const DepthGuard guard(depth_, problems_);
  if (problems_.failed()) return;
  switch (expression->kind) {
    case ExprKind::Constant: return;
    case ExprKind::Name: return name_use(as<Name>(expression));
    case ExprKind::Attribute: return visit(as<Attribute>(expression).value);
    case ExprKind::Call:
      visit(as<Call>(expression).func);
      visit(as<Call>(expression).args);
      for (const Keyword* keyword : as<Call>(expression).keywords) visit(keyword->value);
      return;
    case ExprKind::NamedExpr: return named_expression(as<NamedExpr>(expression));
    case ExprKind::BoolOp: return visit(as<BoolOp>(expression).values);
    case ExprKind::BinOp:
      visit(as<BinOp>(expression).left);
      return visit(as<BinOp>(expression).right);
    case ExprKind::UnaryOp: return visit(as<UnaryOp>(expression).operand);
    case ExprKind::Lambda: return lambda(as<Lambda>(expression));
    case ExprKind::IfExp:
      visit(as<IfExp>(expression).test);
      visit(as<IfExp>(expression).body);
      return visit(as<IfExp>(expression).orelse);
    case ExprKind::Dict:
      visit(as<Dict>(expression).keys);
      return visit(as<Dict>(expression).values);
    case ExprKind::Set: return visit(as<Set>(expression).elts);
    case ExprKind::ListComp:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp: {
      ElementComp& node = as<ElementComp>(expression);
      const bool list = node.kind == ExprKind::ListComp;
      const bool set = node.kind == ExprKind::SetComp;
      return comprehension(expression, list ? names_.listcomp : set ? names_.setcomp : names_.genexpr,
                           list  ? ComprehensionType::List
                           : set ? ComprehensionType::Set
                                 : ComprehensionType::Generator,
                           node.generators, node.elt, nullptr);
    }
    case ExprKind::DictComp: {
      DictComp& node = as<DictComp>(expression);
      return comprehension(expression, names_.dictcomp, ComprehensionType::Dict, node.generators, node.key,
                           node.value);
    }
    case ExprKind::Yield: return yield_expression(expression, as<Yield>(expression).value);
    case ExprKind::YieldFrom: return yield_expression(expression, as<YieldFrom>(expression).value);
    case ExprKind::Await:
      if (refuse_in_annotation("await expression", expression->pos)) return;
      visit(as<Await>(expression).value);
      current_->coroutine = true;
      return;
    case ExprKind::Compare:
      visit(as<Compare>(expression).left);
      return visit(as<Compare>(expression).comparators);
    case ExprKind::FormattedValue:
      visit(as<FormattedValue>(expression).value);
      return visit_optional(as<FormattedValue>(expression).format_spec);
    case ExprKind::JoinedStr: return visit(as<JoinedStr>(expression).values);
    case ExprKind::Subscript:
      visit(as<Subscript>(expression).value);
      return visit(as<Subscript>(expression).slice);
    case ExprKind::Starred: return visit(as<Starred>(expression).value);
    case ExprKind::Slice:
      visit_optional(as<Slice>(expression).lower);
      visit_optional(as<Slice>(expression).upper);
      return visit_optional(as<Slice>(expression).step);
    case ExprKind::List: return visit(as<List>(expression).elts);
    case ExprKind::Tuple: return visit(as<Tuple>(expression).elts);
    default: return;
  }
}

void SymbolBuilder::lambda(Lambda& node) {
  argument_defaults(*node.args);
  enter(names_.lambda, BlockType::Function, &node, node.pos);
  arguments(*node.args);
  visit(node.body);
  exit();
}

void SymbolBuilder::name_use(Name& node) {
  add(node.id, node.ctx == ExprContext::Load ? kUse : kDefLocal, node.pos);
  // `super` counts as a use of __class__.
  if (node.ctx == ExprContext::Load && node.id == names_.super && current_->is_function_like()) {
    add(names_.dunder_class, kUse, node.pos);
  }
}

void SymbolBuilder::yield_expression(ExprNode* node, ExprNode* value) {
  if (refuse_in_annotation("yield expression", node->pos)) return;
  visit_optional(value);
  current_->generator = true;
  switch (current_->comprehension) {
    case ComprehensionType::None: return;
    case ComprehensionType::List: return problems_.fail(node->pos, "'yield' inside list comprehension");
    case ComprehensionType::Set: return problems_.fail(node->pos, "'yield' inside set comprehension");
    case ComprehensionType::Dict: return problems_.fail(node->pos, "'yield' inside dict comprehension");
    case ComprehensionType::Generator: return problems_.fail(node->pos, "'yield' inside generator expression");
  }
}

bool SymbolBuilder::refuse_in_annotation(std::string_view what, const Position& position) {
  std::string message(what);
  switch (current_->type) {
    case BlockType::Annotation: message += " cannot be used within an annotation"; break;
    case BlockType::TypeVariable: message.append(" cannot be used within ").append(current_->info); break;
    case BlockType::TypeAlias: message += " cannot be used within a type alias"; break;
    case BlockType::TypeParameters: message += " cannot be used within the definition of a generic"; break;
    default: return false;
  }
  problems_.fail(position, std::move(message));
  return true;
}

void SymbolBuilder::named_expression(NamedExpr& node) {
  if (refuse_in_annotation("named expression", node.pos)) return;
  if (current_->comp_iter_expr > 0) {
    return problems_.fail(node.pos, "assignment expression cannot be used in a comprehension iterable expression");
  }
  if (current_->comprehension != ComprehensionType::None) extend_named_expression(as<Name>(node.target));
  visit(node.value);
  visit(node.target);
}

// CPython 3.13 symtable_extend_namedexpr_scope: := in a comprehension binds in the block around it.
void SymbolBuilder::extend_named_expression(Name& target) {
  for (auto it = stack_.rbegin(); it != stack_.rend(); ++it) {
    Scope& scope = **it;
    const std::uint32_t known = lookup(scope, target.id);
    if (scope.comprehension != ComprehensionType::None) {
      if ((known & kDefCompIter) != 0 && (known & kDefLocal) != 0) {
        return fail(target.pos, "assignment expression cannot rebind comprehension iteration variable '", target.id,
                    "'");
      }
      continue;
    }
    switch (scope.type) {
      case BlockType::Function:
        add(target.id, (known & kDefGlobal) != 0 ? kDefGlobal : kDefNonlocal, target.pos);
        record_directive(target.id, target.pos);
        return add_to(scope, target.id, kDefLocal, target.pos);
      case BlockType::Module:
        add(target.id, kDefGlobal, target.pos);
        record_directive(target.id, target.pos);
        return add_to(scope, target.id, kDefGlobal, target.pos);
      case BlockType::Class:
        return problems_.fail(target.pos,
                              "assignment expression within a comprehension cannot be used in a class body");
      case BlockType::TypeParameters:
        return problems_.fail(target.pos,
                              "assignment expression within a comprehension cannot be used within the definition of "
                              "a generic");
      case BlockType::TypeAlias:
        return problems_.fail(target.pos,
                              "assignment expression within a comprehension cannot be used in a type alias");
      case BlockType::TypeVariable:
        return problems_.fail(target.pos,
                              "assignment expression within a comprehension cannot be used in a TypeVar bound");
      case BlockType::Annotation: continue;
    }
  }
}

void SymbolBuilder::comprehension(ExprNode* node, Identifier name, ComprehensionType type,
                                  std::span<Comprehension*> generators, ExprNode* element, ExprNode* value) {
  const Comprehension& outermost = *generators[0];
  // The outermost iterable belongs to the block around the comprehension.
  ++current_->comp_iter_expr;
  visit(outermost.iter);
  --current_->comp_iter_expr;

  enter(name, BlockType::Function, node, node->pos);
  Scope& scope = *current_;
  scope.comprehension = type;
  if (outermost.is_async) scope.coroutine = true;
  add(names_.dot_zero, kDefParam, node->pos);
  scope.comp_iter_target = true;
  visit(outermost.target);
  scope.comp_iter_target = false;
  visit(outermost.ifs);
  for (const Comprehension* generator : generators.subspan(1)) {
    scope.comp_iter_target = true;
    visit(generator->target);
    scope.comp_iter_target = false;
    ++scope.comp_iter_expr;
    visit(generator->iter);
    --scope.comp_iter_expr;
    visit(generator->ifs);
    if (generator->is_async) scope.coroutine = true;
  }
  visit_optional(value);
  visit(element);
  scope.generator = type == ComprehensionType::Generator;
  exit();
  if (scope.coroutine && type != ComprehensionType::Generator) current_->coroutine = true;
}

// ---- patterns ------------------------------------------------------------------------------------------

void SymbolBuilder::visit(PatternNode* pattern) {
  const DepthGuard guard(depth_, problems_);
  if (problems_.failed()) return;
  const auto visit_all = [&](PatternList patterns) {
    for (PatternNode* one : patterns) visit(one);
  };
  const auto bind = [&](Identifier name) {
    if (name) add(name, kDefLocal, pattern->pos);
  };
  switch (pattern->kind) {
    case PatternKind::MatchValue: return visit(as<MatchValue>(pattern).value);
    case PatternKind::MatchSingleton: return;
    case PatternKind::MatchSequence: return visit_all(as<MatchSequence>(pattern).patterns);
    case PatternKind::MatchStar: return bind(as<MatchStar>(pattern).name);
    case PatternKind::MatchMapping:
      visit(as<MatchMapping>(pattern).keys);
      visit_all(as<MatchMapping>(pattern).patterns);
      return bind(as<MatchMapping>(pattern).rest);
    case PatternKind::MatchClass:
      visit(as<MatchClass>(pattern).cls);
      visit_all(as<MatchClass>(pattern).patterns);
      return visit_all(as<MatchClass>(pattern).kwd_patterns);
    case PatternKind::MatchAs:
      if (as<MatchAs>(pattern).pattern != nullptr) visit(as<MatchAs>(pattern).pattern);
      return bind(as<MatchAs>(pattern).name);
    case PatternKind::MatchOr: return visit_all(as<MatchOr>(pattern).patterns);
  }
}

SymbolTable build_symbol_table(const Mod& module, const FutureFeatures& future, AstContext& context,
                               Problems& problems) {
  SymbolTable table;
  SymbolBuilder(table, future, context, problems).build(module);
  if (!problems.failed()) analyze_symbols(table.top(), context.interner, problems);
  return table;
}

}  // namespace ouro::compile
