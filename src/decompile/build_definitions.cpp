// Functions, lambdas, classes.
#include <algorithm>

#include "decompile/build_impl.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

constexpr int kDeepestDecorators = 200;

// The Function or class call under decorators; they are calls with one argument each.
const Value* undecorate(const Value* v, std::vector<const Value*>& decorators) {
  for (int k = 0; k < kDeepestDecorators; ++k) {
    v = settle(const_cast<Value*>(v));
    if (v->kind != ValueKind::Call || v->kids.size() != 2 || !v->names.empty()) return v;
    if (settle(v->kids[0])->kind == ValueKind::Function || settle(v->kids[0])->kind == ValueKind::BuildClass) return v;
    decorators.push_back(v->kids[0]);
    v = v->kids[1];
  }
  return v;
}

void set_first_line(ExprNode* e, int line) {
  for (int depth = 0; depth < 100 && e != nullptr; ++depth) {
    e->pos.lineno = line;
    switch (e->kind) {
      case ExprKind::Attribute: e = as<Attribute>(e).value; break;
      case ExprKind::Subscript: e = as<Subscript>(e).value; break;
      case ExprKind::BinOp: e = as<BinOp>(e).left; break;
      default: return;
    }
  }
}

}  // namespace

TreeBuilder::Stmt* TreeBuilder::definition(const Statement& s) {
  if (s.targets.size() != 1 || s.targets[0]->kind != ValueKind::Name || s.value == nullptr) return nullptr;
  std::vector<const Value*> decorators;
  const Value* v = undecorate(s.value, decorators);
  const Value* maker = v->kind == ValueKind::Call ? settle(v->kids[0]) : v;
  const bool is_class = v->kind == ValueKind::Call && maker->kind == ValueKind::BuildClass && v->kids.size() >= 3 &&
                        settle(v->kids[1])->kind == ValueKind::Function;
  const bool is_function = v->kind == ValueKind::Function && !code_name(v->constant).starts_with('<');
  const bool is_generic = v->kind == ValueKind::Call && maker->kind == ValueKind::Function &&
                          code_name(maker->constant).starts_with("<generic parameters of ");
  if (v->kind == ValueKind::TypeAlias) return type_alias(*v, s.pos, {});
  if (!is_class && !is_function && !is_generic) return nullptr;
  std::vector<Expr*> made;
  Position pos = v->pos;
  for (const Value* d : decorators) {
    made.push_back(expression(d));
    const Value* value = settle(const_cast<Value*>(d));
    if (known(value->pos) && value->pos.end_line >= pos.line) pos.line = value->pos.end_line + 1;
  }
  if (is_class) return class_definition(*v, std::move(made), pos, {});
  if (is_function) return function(*v, std::move(made), pos, {});
  return generic_definition(*v, std::move(made), pos);
}

Arguments* TreeBuilder::arguments(const Value& f, const CodeObject& code) {
  auto* args = ast_.arena.make<Arguments>();
  const bytecode::CodeView view = bytecode::view_of(constants_, code);
  std::vector<std::pair<std::string_view, const Value*>> annotations;
  Pool* pool = pool_;
  if (const Value* a = settle(f.kids[2]); a != nullptr) {
    if (a->kind == ValueKind::Tuple) {
      for (std::size_t k = 0; k + 1 < a->kids.size(); k += 2) {
        const Value* key = settle(a->kids[k]);
        if (key->kind == ValueKind::Const && key->constant != kNoConst) annotations.emplace_back(text_of(key->constant), a->kids[k + 1]);
      }
    } else if (a->kind == ValueKind::Const && a->constant != kNoConst && constants_.kind(a->constant) == ConstKind::Tuple) {
      const auto items = constants_.items(a->constant);
      for (std::size_t k = 0; k + 1 < items.size(); k += 2) {
        Value* v = pool->value(ValueKind::Const, {});
        v->constant = items[k + 1];
        annotations.emplace_back(text_of(items[k]), v);
      }
    }
  }
  std::uint32_t next = 0;
  const auto parameter = [&](std::string_view name) {
    auto* arg = ast_.arena.make<Arg>();
    arg->arg = identifier(name);
    for (const auto& [key, v] : annotations) {
      if (key != name) continue;
      arg->annotation = annotation(v);
      arg->pos = arg->annotation->pos;
    }
    return arg;
  };
  const auto take = [&] { return parameter(text_of(view.local_name(next++))); };
  const auto room = static_cast<std::int32_t>(std::min<std::size_t>(view.locals.size(), 100000));
  const std::int32_t posonly = std::clamp(code.posonlyargcount, 0, room);
  const std::int32_t positional = std::clamp(code.argcount, posonly, room);
  const std::int32_t keyword_only = std::clamp(code.kwonlyargcount, 0, room - positional);
  std::vector<Arg*> list;
  for (std::int32_t k = 0; k < posonly; ++k) list.push_back(take());
  args->posonlyargs = span(list);
  list.clear();
  for (std::int32_t k = posonly; k < positional; ++k) list.push_back(take());
  args->args = span(list);
  list.clear();
  for (std::int32_t k = 0; k < keyword_only; ++k) list.push_back(take());
  args->kwonlyargs = span(list);
  if ((code.flags & code::kVarArgs) != 0) args->vararg = take();
  if ((code.flags & code::kVarKeywords) != 0) args->kwarg = take();
  std::vector<Expr*> defaults;
  if (const Value* d = settle(f.kids[0]); d != nullptr) {
    if (d->kind == ValueKind::Tuple) {
      for (const Value* v : d->kids) defaults.push_back(expression(v));
    } else if (d->kind == ValueKind::Const && d->constant != kNoConst && constants_.kind(d->constant) == ConstKind::Tuple) {
      for (const ConstId id : constants_.items(d->constant)) defaults.push_back(constant(id, d->pos, 1));
      spread_lines(defaults, d->lines);
    } else {
      complain("defaults that no tuple gives");
    }
  }
  place_annotations(f, *args);
  if (defaults.size() > static_cast<std::size_t>(positional)) defaults.resize(static_cast<std::size_t>(positional));
  args->defaults = span(defaults);
  std::vector<Expr*> kw_defaults(args->kwonlyargs.size(), nullptr);
  if (const Value* d = settle(f.kids[1]); d != nullptr && d->kind == ValueKind::Dict) {
    for (std::size_t k = 0; k + 1 < d->kids.size(); k += 2) {
      const Value* key = d->kids[k] != nullptr ? settle(d->kids[k]) : nullptr;
      if (key == nullptr || key->kind != ValueKind::Const || key->constant == kNoConst) continue;
      for (std::size_t n = 0; n < kw_defaults.size(); ++n) {
        if (args->kwonlyargs[n]->arg == identifier(text_of(key->constant))) kw_defaults[n] = expression(d->kids[k + 1]);
      }
    }
  }
  args->kw_defaults = span(kw_defaults);
  return args;
}

// Folded annotations leave the line of `def` (their names') and their own in turn; those on the line of `def` leave none.
void TreeBuilder::place_annotations(const Value& f, const Arguments& args) {
  const Value* a = settle(f.kids[2]);
  if (a == nullptr || a->kind != ValueKind::Const || a->lines.empty()) return;
  std::vector<Arg*> annotated(args.posonlyargs.begin(), args.posonlyargs.end());
  annotated.insert(annotated.end(), args.args.begin(), args.args.end());
  if (args.vararg != nullptr) annotated.push_back(args.vararg);
  annotated.insert(annotated.end(), args.kwonlyargs.begin(), args.kwonlyargs.end());
  if (args.kwarg != nullptr) annotated.push_back(args.kwarg);
  std::erase_if(annotated, [](const Arg* arg) { return arg->annotation == nullptr; });
  std::vector<std::int32_t> lines;
  std::copy_if(a->lines.begin(), a->lines.end(), std::back_inserter(lines), [&](std::int32_t line) { return line != a->pos.line; });
  const std::size_t all = constants_.items(a->constant).size() / 2;
  if (lines.size() > all) return;
  const std::size_t from = all - lines.size();
  for (std::size_t k = 0; k < lines.size(); ++k) {
    if (from + k < annotated.size()) set_first_line(annotated[from + k]->annotation, lines[k]);
    else return_line_ = lines[k];
  }
}

TreeBuilder::Stmt* TreeBuilder::function(const Value& f, std::vector<Expr*> decorators, const Position& pos,
                                         std::span<TypeParam*> params) {
  const CodeObject& code = constants_.code(f.constant);
  return_line_ = 0;
  Arguments* args = arguments(f, code);
  Expr* returns = nullptr;
  if (const Value* a = settle(f.kids[2]); a != nullptr) {
    if (a->kind == ValueKind::Tuple) {
      for (std::size_t k = 0; k + 1 < a->kids.size(); k += 2) {
        const Value* key = settle(a->kids[k]);
        if (key->kind == ValueKind::Const && key->constant != kNoConst && text_of(key->constant) == "return") returns = annotation(a->kids[k + 1]);
      }
    } else if (a->kind == ValueKind::Const && a->constant != kNoConst && constants_.kind(a->constant) == ConstKind::Tuple) {
      const auto items = constants_.items(a->constant);
      for (std::size_t k = 0; k + 1 < items.size(); k += 2) {
        if (text_of(items[k]) != "return") continue;
        Value* v = pool_->value(ValueKind::Const, {});
        v->constant = items[k + 1];
        returns = annotation(v);
        if (return_line_ > 0) set_first_line(returns, return_line_);
      }
    }
  }
  Unit unit;
  unit.code = &code;
  unit.parent = unit_;
  unit.class_name = unit_->class_name;
  unit.role = CodeRole::Function;
  const bool is_async = (code.flags & (code::kCoroutine | code::kAsyncGenerator)) != 0;
  Position line = pos;
  if (decorators.empty() && code.firstlineno > 0) line.line = code.firstlineno;
  unit.line = line.line;
  if (known(pos) && pos.column >= 0) unit.base = pos.column + indentation_;
  StmtList body = unit_body(f.constant, unit);
  return ast_.make_as<FunctionDef>(is_async ? StmtKind::AsyncFunctionDef : StmtKind::FunctionDef, at(line),
                                   identifier(text_of(code.name)), args, body, span(decorators), returns, params);
}

TreeBuilder::Stmt* TreeBuilder::class_definition(const Value& call, std::vector<Expr*> decorators, const Position& pos,
                                                 std::span<TypeParam*> params) {
  const Value* f = settle(call.kids[1]);
  const CodeObject& code = constants_.code(f->constant);
  const std::size_t positional = call.kids.size() - 1 - call.names.size();
  std::vector<Expr*> bases;
  for (std::size_t k = 3; k < positional + 1; ++k) {
    if (settle(call.kids[k])->kind == ValueKind::SubscriptGeneric ||
        (settle(call.kids[k])->kind == ValueKind::Name && settle(call.kids[k])->name == ".generic_base")) {
      continue;
    }
    bases.push_back(expression(call.kids[k]));
  }
  std::vector<Keyword*> keywords;
  for (std::size_t k = 0; k < call.names.size(); ++k) {
    auto* keyword = ast_.arena.make<Keyword>();
    keyword->value = expression(call.kids[1 + positional + k]);
    keyword->pos = keyword->value->pos;
    if (!call.names[k].empty()) keyword->arg = identifier(call.names[k]);
    keywords.push_back(keyword);
  }
  Unit unit;
  unit.code = &code;
  unit.parent = unit_;
  unit.role = CodeRole::Class;
  unit.class_name = text_of(code.name);
  Position line = pos;
  if (decorators.empty() && code.firstlineno > 0) line.line = code.firstlineno;
  unit.line = line.line;
  if (known(pos) && pos.column >= 0) unit.base = pos.column + indentation_;
  StmtList body = unit_body(f->constant, unit);
  return ast_.make<ClassDef>(at(line), identifier(text_of(code.name)), span(bases), span(keywords), body, span(decorators), params);
}

TreeBuilder::Stmt* TreeBuilder::generic_definition(const Value& call, std::vector<Expr*> decorators, const Position& pos) {
  const Value* maker = settle(call.kids[0]);
  Unit unit;
  unit.code = &constants_.code(maker->constant);
  unit.parent = unit_;
  unit.class_name = unit_->class_name;
  unit.role = CodeRole::Function;
  CodeReport& report = report_for(maker->constant);
  CodeReport* outer_report = report_;
  Unit* outer = unit_;
  Pool* outer_pool = pool_;
  Choices* outer_choices = choices_;
  Pool pool;
  choices_ = nullptr;
  report = {};
  Body body = decompile(maker->constant, unit, report, pool);
  pool_ = &pool;
  report_ = &report;
  unit_ = &unit;
  std::vector<TypeParam*> params;
  const Value* result = nullptr;
  const auto add = [&](const Value* v) {
    v = settle(const_cast<Value*>(v));
    if (v->kind != ValueKind::TypeParam) return;
    const auto kind = v->op == 1 ? TypeParamKind::ParamSpec : v->op == 2 ? TypeParamKind::TypeVarTuple : TypeParamKind::TypeVar;
    auto* param = ast_.arena.make<TypeParam>(TypeParam{at(v->pos), kind, identifier(v->name), nullptr, nullptr});
    const auto thunk = [&](const Value* t) -> Expr* {
      t = t != nullptr ? settle(const_cast<Value*>(t)) : nullptr;
      return t != nullptr && t->kind == ValueKind::Function ? inner_value(t->constant) : nullptr;
    };
    param->bound = thunk(v->kids[1]);
    param->default_value = thunk(v->kids[2]);
    params.push_back(param);
  };
  for (const Statement* s : body.statements) {
    if (s->kind == StatementKind::Return) result = settle(s->value);
    if (s->kind != StatementKind::Assign) continue;
    add(s->value);
    const Value* v = settle(s->value);
    if (v->kind == ValueKind::Tuple) {
      for (const Value* kid : v->kids) add(kid);
    }
  }
  // The function's own defaults come in as arguments.
  const auto restore = [&](const Value* f) {
    if (f == nullptr || f->kind != ValueKind::Function) return;
    for (std::size_t slot : {std::size_t{0}, std::size_t{1}}) {
      const Value* d = settle(f->kids[slot]);
      if (d == nullptr || d->kind != ValueKind::Name) continue;
      const std::size_t index = d->name == ".defaults" ? 1 : d->name == ".kwdefaults" && call.kids.size() > 2 ? 2 : 1;
      if (index < call.kids.size()) const_cast<Value*>(f)->kids[slot] = call.kids[index];
    }
  };
  Stmt* made = nullptr;
  const auto collect = [&](const Value* tuple) {
    if (!params.empty() || tuple == nullptr) return;
    tuple = settle(const_cast<Value*>(tuple));
    if (tuple->kind == ValueKind::Tuple) {
      for (const Value* kid : tuple->kids) add(kid);
    }
  };
  if (result != nullptr && result->kind == ValueKind::GenericFunction) {
    for (const Value* half : {result->kids[0], result->kids[1]}) {
      collect(half);
      const Value* f = settle(const_cast<Value*>(half));
      if (f->kind == ValueKind::Function) result = f;
    }
    restore(result);
    if (result->kind == ValueKind::Function) made = function(*result, std::move(decorators), pos, span(params));
  } else if (result != nullptr && result->kind == ValueKind::Call && settle(result->kids[0])->kind == ValueKind::BuildClass &&
             result->kids.size() >= 3 && settle(result->kids[1])->kind == ValueKind::Function) {
    made = class_definition(*result, std::move(decorators), pos, span(params));
  } else if (result != nullptr && result->kind == ValueKind::TypeAlias) {
    const Value* tuple = settle(result->kids[0]);
    if (tuple->kind == ValueKind::Tuple && tuple->kids.size() == 3) collect(tuple->kids[1]);
    made = type_alias(*result, pos, span(params));
  }
  unit_ = outer;
  pool_ = outer_pool;
  choices_ = outer_choices;
  if (made == nullptr) {
    complain("type parameters that could not be read");
    made = pass_at(pos);
  }
  report_ = outer_report;
  return made;
}

// type name = value; null when it is something else.
TreeBuilder::Stmt* TreeBuilder::type_alias(const Value& v, const Position& pos, std::span<TypeParam*> params) {
  const Value* tuple = settle(v.kids[0]);
  if (tuple->kind != ValueKind::Tuple || tuple->kids.size() != 3) return nullptr;
  const Value* name = settle(tuple->kids[0]);
  const Value* thunk = settle(tuple->kids[2]);
  if (thunk->kind != ValueKind::Function || name->kind != ValueKind::Const || name->constant == kNoConst) return nullptr;
  Expr* alias = ast_.make<Name>(at(pos), ExprContext::Store, identifier(text_of(name->constant)));
  return ast_.make<syntax::TypeAlias>(at(pos), alias, params, inner_value(thunk->constant));
}

TreeBuilder::Expr* TreeBuilder::lambda(const Value& f) {
  const CodeObject& code = constants_.code(f.constant);
  const std::string_view name = code_name(f.constant);
  if (name != "<lambda>") complain("a function object inside of an expression");
  Arguments* args = arguments(f, code);
  for (auto list : {args->posonlyargs, args->args, args->kwonlyargs}) {
    for (Arg* a : list) a->annotation = nullptr;
  }
  return ast_.make<Lambda>(at(f.pos), args, inner_value(f.constant));
}

// The one value that a code object gives: a lambda's body, a bound's thunk.
TreeBuilder::Expr* TreeBuilder::inner_value(ConstId id) {
  if (code_depth_ > 60) return placeholder({});
  Unit unit;
  unit.code = &constants_.code(id);
  unit.parent = unit_;
  unit.class_name = unit_->class_name;
  unit.role = CodeRole::Lambda;
  CodeReport& report = report_for(id);
  CodeReport* outer_report = report_;
  Unit* outer = unit_;
  Pool* outer_pool = pool_;
  Choices* outer_choices = choices_;
  ++code_depth_;
  Pool pool;
  choices_ = nullptr;
  report = {};
  Body body = decompile(id, unit, report, pool);
  pool_ = &pool;
  report_ = &report;
  unit_ = &unit;
  Expr* value = body.generator != nullptr ? expression(body.generator) : value_of_body(body.statements, 0);
  if (value == nullptr) value = placeholder({});
  unit_ = outer;
  pool_ = outer_pool;
  report_ = outer_report;
  choices_ = outer_choices;
  --code_depth_;
  return value;
}

TreeBuilder::Expr* TreeBuilder::value_of_body(const Statements& body, int depth) {
  if (depth > 50) return nullptr;
  for (std::size_t k = 0; k < body.size(); ++k) {
    const Statement* s = body[k];
    if (s->kind == StatementKind::Return && s->value != nullptr) return expression(s->value);
    if (s->kind == StatementKind::Expression && settle(s->value)->kind == ValueKind::Yield) return expression(s->value);
    if (s->kind != StatementKind::If) continue;
    Expr* yes = value_of_body(s->body, depth + 1);
    const Statements rest(body.begin() + static_cast<std::ptrdiff_t>(k) + 1, body.end());
    Expr* no = value_of_body(s->orelse.empty() ? rest : s->orelse, depth + 1);
    if (yes == nullptr || no == nullptr) return nullptr;
    return ast_.make<IfExp>(at(s->pos), expression(s->value), yes, no);
  }
  return nullptr;
}

TreeBuilder::Expr* TreeBuilder::comprehension_call(const Value& v) {
  const Value* f = settle(v.kids[0]);
  Expr* made = inner_value(f->constant);
  Expr* iter = v.kids.size() > 1 ? expression(v.kids[1]) : nullptr;
  made->pos = at(v.pos);
  std::span<Comprehension*> clauses;
  if (auto* element = try_as<ElementComp>(made)) clauses = element->generators;
  if (auto* dict = try_as<DictComp>(made)) clauses = dict->generators;
  if (clauses.empty() || iter == nullptr) {
    complain("a comprehension that could not be read");
    return made;
  }
  clauses[0]->iter = iter;
  return made;
}

}  // namespace ouro::decompile
