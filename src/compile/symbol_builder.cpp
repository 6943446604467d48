#include "compile/symbol_builder.h"

#include <algorithm>

namespace ouro::compile {

using namespace syntax;  // the tree's node names

SymbolBuilder::SymbolBuilder(SymbolTable& table, const FutureFeatures& future, AstContext& context,
                             Problems& problems)
    : table_(table), future_(future), interner_(context.interner), problems_(problems) {
  names_ = {interner_.intern("top"), interner_.intern("lambda"), interner_.intern("genexpr"),
            interner_.intern("listcomp"), interner_.intern("setcomp"), interner_.intern("dictcomp"),
            interner_.intern("__class__"), interner_.intern("__classdict__"), interner_.intern("super"),
            interner_.intern(".0"), interner_.intern(".type_params"), interner_.intern("__type_params__"),
            interner_.intern(".generic_base"), interner_.intern(".defaults"), interner_.intern(".kwdefaults"),
            interner_.intern("_annotation")};
}

void SymbolBuilder::build(const Mod& module) {
  enter(names_.top, BlockType::Module, &module, {0, 0, 0, 0});
  if (module.kind == ModKind::Expression) {
    visit(module.expression);
  } else {
    visit(module.body);
  }
  exit();
}

void SymbolBuilder::enter(Identifier name, BlockType type, const void* key, const Position& position) {
  Scope& scope = table_.add_scope(key);
  scope.name = name;
  scope.type = type;
  scope.position = position;
  if (current_ != nullptr) {
    scope.nested = current_->nested || current_->is_function_like();
    scope.comp_iter_expr = current_->comp_iter_expr;
    if (type != BlockType::Class) scope.mangled_names = current_->mangled_names;
  }
  // With `from __future__ import annotations` an annotation's block is never part of the program.
  if (current_ != nullptr && !(future_.annotations && type == BlockType::Annotation)) {
    current_->children.push_back(&scope);
  }
  stack_.push_back(&scope);
  current_ = &scope;
}

void SymbolBuilder::exit() {
  stack_.pop_back();
  current_ = stack_.empty() ? nullptr : stack_.back();
}

void SymbolBuilder::enter_type_params(Identifier name, std::span<TypeParam*> params, bool has_defaults,
                                      bool has_keyword_defaults, bool is_class, const Position& position) {
  const bool in_class = current_->type == BlockType::Class;
  enter(name, BlockType::TypeParameters, params.data(), position);
  if (in_class) {
    current_->can_see_class_scope = true;
    add(names_.class_dict, kUse, position);
  }
  if (is_class) {
    add(names_.type_params, kDefLocal, position);
    add(names_.type_params, kUse, position);
    add(names_.generic_base, kDefLocal, position);
    add(names_.generic_base, kUse, position);
  }
  if (has_defaults) add(names_.defaults, kDefParam, position);
  if (has_keyword_defaults) add(names_.keyword_defaults, kDefParam, position);
}

void SymbolBuilder::fail(const Position& position, std::string_view before, Identifier name,
                         std::string_view after) {
  std::string message(before);
  message += name.view();
  message += after;
  problems_.fail(position, std::move(message));
}

std::uint32_t SymbolBuilder::lookup(Scope& scope, Identifier name) {
  return scope.flags_of(maybe_mangle(private_, scope, name, interner_));
}

void SymbolBuilder::add(Identifier name, std::uint32_t flag, const Position& position) {
  if ((flag & kDefTypeParam) != 0 && current_->mangled_names != nullptr) current_->mangled_names->push_back(name);
  add_to(*current_, name, flag, position);
}

void SymbolBuilder::add_to(Scope& scope, Identifier name, std::uint32_t flag, const Position& position) {
  const Identifier mangled = maybe_mangle(private_, *current_, name, interner_);
  Symbol& symbol = scope.symbols.add(mangled);
  if ((flag & symbol.flags & kDefParam) != 0) {
    return fail(position, "duplicate argument '", name, "' in function definition");
  }
  if ((flag & symbol.flags & kDefTypeParam) != 0) return fail(position, "duplicate type parameter '", name, "'");
  symbol.flags |= flag;
  if (scope.comp_iter_target) {
    if ((symbol.flags & (kDefGlobal | kDefNonlocal)) != 0) {
      return fail(position, "comprehension inner loop cannot rebind assignment expression target '", name, "'");
    }
    symbol.flags |= kDefCompIter;
  }
  if ((flag & kDefParam) != 0) {
    scope.params.push_back(mangled);
  } else if ((flag & kDefGlobal) != 0) {
    table_.top().symbols.add(mangled).flags |= flag;
  }
}

void SymbolBuilder::record_directive(Identifier name, const Position& position) {
  current_->directives.push_back({maybe_mangle(private_, *current_, name, interner_), position});
}

// ---- statements ----------------------------------------------------------------------------------------

void SymbolBuilder::visit(StmtList body) {
  for (StmtNode* statement : body) {
    if (problems_.failed()) return;
    visit(statement);
  }
}

void SymbolBuilder::visit(ExprList expressions) {
  for (ExprNode* expression : expressions) visit_optional(expression);
}

void SymbolBuilder::visit(StmtNode* statement) {
  const DepthGuard guard(depth_, problems_);
  if (problems_.failed()) return;
  switch (statement->kind) {
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef: return function(as<FunctionDef>(statement));
    case StmtKind::ClassDef: return class_definition(as<ClassDef>(statement));
    case StmtKind::TypeAlias: return type_alias(as<TypeAlias>(statement));
    case StmtKind::AnnAssign: return annotated_assignment(as<AnnAssign>(statement));
    case StmtKind::Return: return visit_optional(as<Return>(statement).value);
    case StmtKind::Delete: return visit(as<Delete>(statement).targets);
    case StmtKind::Expr: return visit(as<Expr>(statement).value);
    case StmtKind::Try:
    case StmtKind::TryStar: return try_statement(as<Try>(statement));
    case StmtKind::Global: return declaration(as<Global>(statement).names, true, statement->pos);
    case StmtKind::Nonlocal: return declaration(as<Nonlocal>(statement).names, false, statement->pos);
    case StmtKind::Assign:
      visit(as<Assign>(statement).targets);
      return visit(as<Assign>(statement).value);
    case StmtKind::AugAssign:
      visit(as<AugAssign>(statement).target);
      return visit(as<AugAssign>(statement).value);
    case StmtKind::For:
    case StmtKind::AsyncFor: {
      For& node = as<For>(statement);
      visit(node.target);
      visit(node.iter);
      visit(node.body);
      return visit(node.orelse);
    }
    case StmtKind::While:
      visit(as<While>(statement).test);
      visit(as<While>(statement).body);
      return visit(as<While>(statement).orelse);
    case StmtKind::If:
      visit(as<If>(statement).test);
      visit(as<If>(statement).body);
      return visit(as<If>(statement).orelse);
    case StmtKind::With:
    case StmtKind::AsyncWith:
      for (WithItem* item : as<With>(statement).items) {
        visit(item->context_expr);
        visit_optional(item->optional_vars);
      }
      return visit(as<With>(statement).body);
    case StmtKind::Match:
      visit(as<Match>(statement).subject);
      for (MatchCase* one : as<Match>(statement).cases) {
        visit(one->pattern);
        visit_optional(one->guard);
        visit(one->body);
      }
      return;
    case StmtKind::Raise:
      visit_optional(as<Raise>(statement).exc);
      return visit_optional(as<Raise>(statement).cause);
    case StmtKind::Assert:
      visit(as<Assert>(statement).test);
      return visit_optional(as<Assert>(statement).msg);
    case StmtKind::Import:
      for (const Alias* alias : as<Import>(statement).names) import_alias(*alias);
      return;
    case StmtKind::ImportFrom:
      for (const Alias* alias : as<ImportFrom>(statement).names) import_alias(*alias);
      return;
    default: return;
  }
}

namespace {

bool has_any(ExprList expressions) {
  return std::any_of(expressions.begin(), expressions.end(), [](const ExprNode* e) { return e != nullptr; });
}

}  // namespace

void SymbolBuilder::function(FunctionDef& node) {
  add(node.name, kDefLocal, node.pos);
  argument_defaults(*node.args);
  visit(node.decorator_list);
  const bool generic = !node.type_params.empty();
  if (generic) {
    // CPython's parser always makes a list of defaults, so `.defaults` is a parameter even when there are none.
    enter_type_params(node.name, node.type_params, true, has_any(node.args->kw_defaults), false, node.pos);
    type_params(node.type_params);
  }
  annotations(node);
  enter(node.name, BlockType::Function, &node, node.pos);
  current_->coroutine = node.kind == StmtKind::AsyncFunctionDef;
  arguments(*node.args);
  visit(node.body);
  exit();
  if (generic) exit();
}

void SymbolBuilder::class_definition(ClassDef& node) {
  add(node.name, kDefLocal, node.pos);
  visit(node.decorator_list);
  const Identifier outer_private = private_;
  const bool generic = !node.type_params.empty();
  if (generic) {
    enter_type_params(node.name, node.type_params, false, false, true, node.pos);
    private_ = node.name;
    current_->mangled_names = std::make_shared<std::vector<Identifier>>();
    type_params(node.type_params);
  }
  visit(node.bases);
  for (const Keyword* keyword : node.keywords) visit(keyword->value);
  enter(node.name, BlockType::Class, &node, node.pos);
  private_ = node.name;
  if (generic) {
    add(names_.dunder_type_params, kDefLocal, node.pos);
    add(names_.type_params, kUse, node.pos);
  }
  visit(node.body);
  exit();
  if (generic) exit();
  private_ = outer_private;
}

void SymbolBuilder::type_alias(TypeAlias& node) {
  visit(node.name);
  const Identifier name = as<Name>(node.name).id;
  const bool in_class = current_->type == BlockType::Class;
  const bool generic = !node.type_params.empty();
  if (generic) {
    enter_type_params(name, node.type_params, false, false, false, node.pos);
    type_params(node.type_params);
  }
  enter(name, BlockType::TypeAlias, &node, node.pos);
  current_->can_see_class_scope = in_class;
  if (in_class) add(names_.class_dict, kUse, node.value->pos);
  visit(node.value);
  exit();
  if (generic) exit();
}

void SymbolBuilder::annotated_assignment(AnnAssign& node) {
  if (const auto* name = try_as<Name>(node.target)) {
    const std::uint32_t known = lookup(*current_, name->id);
    if ((known & (kDefGlobal | kDefNonlocal)) != 0 && current_ != &table_.top() && node.simple) {
      return fail(node.pos, "annotated name '", name->id,
                  (known & kDefGlobal) != 0 ? "' can't be global" : "' can't be nonlocal");
    }
    if (node.simple) {
      add(name->id, kDefAnnot | kDefLocal, name->pos);
    } else if (node.value != nullptr) {
      add(name->id, kDefLocal, name->pos);
    }
  } else {
    visit(node.target);
  }
  annotation(node.annotation);
  visit_optional(node.value);
}

void SymbolBuilder::try_statement(Try& node) {
  visit(node.body);
  for (ExceptHandler* handler : node.handlers) {
    visit_optional(handler->type);
    if (handler->name) add(handler->name, kDefLocal, handler->pos);
    visit(handler->body);
  }
  visit(node.orelse);
  visit(node.finalbody);
}

void SymbolBuilder::declaration(IdentifierList names, bool is_global, const Position& position) {
  const std::string_view kind = is_global ? "global" : "nonlocal";
  for (const Identifier name : names) {
    const std::uint32_t known = lookup(*current_, name);
    if ((known & (kDefParam | kDefLocal | kUse | kDefAnnot)) != 0) {
      const std::string suffix(kind);
      if ((known & kDefParam) != 0) return fail(position, "name '", name, "' is parameter and " + suffix);
      if ((known & kUse) != 0) return fail(position, "name '", name, "' is used prior to " + suffix + " declaration");
      if ((known & kDefAnnot) != 0) return fail(position, "annotated name '", name, "' can't be " + suffix);
      return fail(position, "name '", name, "' is assigned to before " + suffix + " declaration");
    }
    add(name, is_global ? kDefGlobal : kDefNonlocal, position);
    record_directive(name, position);
  }
}

void SymbolBuilder::import_alias(const Alias& alias) {
  const Identifier name = alias.asname ? alias.asname : alias.name;
  const std::string_view text = name.view();
  if (text == "*") {
    if (current_->type != BlockType::Module) problems_.fail(alias.pos, "import * only allowed at module level");
    return;
  }
  const std::size_t dot = text.find('.');
  add(dot == std::string_view::npos ? name : interner_.intern(text.substr(0, dot)), kDefImport, alias.pos);
}

void SymbolBuilder::argument_defaults(const Arguments& arguments) {
  visit(arguments.defaults);
  visit(arguments.kw_defaults);
}

void SymbolBuilder::arguments(const Arguments& arguments) {
  for (const Arg* arg : arguments.posonlyargs) add(arg->arg, kDefParam, arg->pos);
  for (const Arg* arg : arguments.args) add(arg->arg, kDefParam, arg->pos);
  for (const Arg* arg : arguments.kwonlyargs) add(arg->arg, kDefParam, arg->pos);
  if (arguments.vararg != nullptr) {
    add(arguments.vararg->arg, kDefParam, arguments.vararg->pos);
    current_->var_positional = true;
  }
  if (arguments.kwarg != nullptr) {
    add(arguments.kwarg->arg, kDefParam, arguments.kwarg->pos);
    current_->var_keyword = true;
  }
}

void SymbolBuilder::argument_annotations(std::span<Arg*> args) {
  for (const Arg* arg : args) visit_optional(arg->annotation);
}

void SymbolBuilder::annotations(const FunctionDef& node) {
  const Arguments& args = *node.args;
  if (future_.annotations) enter(names_.annotation, BlockType::Annotation, &args, node.pos);
  argument_annotations(args.posonlyargs);
  argument_annotations(args.args);
  if (args.vararg != nullptr) visit_optional(args.vararg->annotation);
  if (args.kwarg != nullptr) visit_optional(args.kwarg->annotation);
  argument_annotations(args.kwonlyargs);
  if (future_.annotations) exit();
  if (node.returns != nullptr) annotation(node.returns);
}

void SymbolBuilder::annotation(ExprNode* annotation) {
  // The key is unique to the annotation's block: the expression itself may be a comprehension's key.
  if (future_.annotations) {
    enter(names_.annotation, BlockType::Annotation, reinterpret_cast<const char*>(annotation) + 1, annotation->pos);
  }
  visit(annotation);
  if (future_.annotations) exit();
}

void SymbolBuilder::type_params(std::span<TypeParam*> params) {
  for (TypeParam* param : params) {
    const DepthGuard guard(depth_, problems_);
    if (problems_.failed()) return;
    add(param->name, kDefTypeParam | kDefLocal, param->pos);
    switch (param->kind) {
      case TypeParamKind::TypeVar: {
        const bool tuple = param->bound != nullptr && param->bound->kind == ExprKind::Tuple;
        bound_or_default(param->bound, param->name, param, tuple ? "a TypeVar constraint" : "a TypeVar bound");
        bound_or_default(param->default_value, param->name, default_key(*param), "a TypeVar default");
        break;
      }
      case TypeParamKind::ParamSpec:
        bound_or_default(param->default_value, param->name, default_key(*param), "a ParamSpec default");
        break;
      case TypeParamKind::TypeVarTuple:
        bound_or_default(param->default_value, param->name, default_key(*param), "a TypeVarTuple default");
        break;
    }
  }
}

void SymbolBuilder::bound_or_default(ExprNode* expression, Identifier name, const void* key, std::string_view info) {
  if (expression == nullptr) return;
  const bool in_class = current_->can_see_class_scope;
  enter(name, BlockType::TypeVariable, key, expression->pos);
  current_->can_see_class_scope = in_class;
  if (in_class) add(names_.class_dict, kUse, expression->pos);
  current_->info = info;
  visit(expression);
  exit();
}

}  // namespace ouro::compile
