// Classes, type parameters, type aliases (PEP 695, PEP 696).
#include <algorithm>

#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

Identifier CodeGenerator::type_params_name(Identifier name) {
  return interner_.intern("<generic parameters of " + std::string(name.view()) + ">");
}

// The function that makes the type parameters is called at once, with `arguments` values that lie below it.
void CodeGenerator::call_type_params_function(std::int32_t arguments, const SourceLocation& where) {
  if (arguments > 0) {
    emit(Op::SWAP, arguments + 1, where);
    return emit(Op::CALL, arguments - 1, where);
  }
  emit(Op::PUSH_NULL, where);
  emit(Op::CALL, 0, where);
}

// CPython 3.13 compiler_type_param_bound_or_default: evaluated lazily, so a function of its own.
void CodeGenerator::bound_or_default(ExprNode* expression, Identifier name, const void* key, bool allow_starred) {
  const SourceLocation where = loc(expression);
  enter(name, UnitKind::TypeParams, key, expression->pos.lineno);
  if (allow_starred && expression->kind == ExprKind::Starred) {
    visit(as<Starred>(expression).value);
    emit(Op::UNPACK_SEQUENCE, 1, where);
  } else {
    visit(expression);
  }
  emit(Op::RETURN_VALUE, where);
  make_closure(leave(AddNone::Yes), 0, where);
}

void CodeGenerator::type_params(std::span<TypeParam*> params) {
  bool seen_default = false;
  for (TypeParam* param : params) {
    const SourceLocation where = at(param->pos);
    load_name_const(param->name, where);
    if (param->kind == TypeParamKind::TypeVar && param->bound != nullptr) {
      bound_or_default(param->bound, param->name, param, false);
      const bool constraints = param->bound->kind == ExprKind::Tuple;
      emit(Op::CALL_INTRINSIC_2, constraints ? 3 : 2, where);  // TYPEVAR_WITH_CONSTRAINTS, TYPEVAR_WITH_BOUND
    } else {
      // TYPEVAR, PARAMSPEC, TYPEVARTUPLE
      const int intrinsic = param->kind == TypeParamKind::TypeVar ? 7 : param->kind == TypeParamKind::ParamSpec ? 8 : 9;
      emit(Op::CALL_INTRINSIC_1, intrinsic, where);
    }
    if (param->default_value != nullptr) {
      seen_default = true;
      bound_or_default(param->default_value, param->name, default_key(*param),
                       param->kind == TypeParamKind::TypeVarTuple);
      emit(Op::CALL_INTRINSIC_2, 5, where);  // SET_TYPEPARAM_DEFAULT
    } else if (seen_default) {
      return fail(where, "non-default type parameter '" + std::string(param->name.view()) +
                             "' follows default type parameter");
    }
    emit(Op::COPY, 1, where);
    store(param->name, where);
  }
  emit(Op::BUILD_TUPLE, static_cast<std::int64_t>(params.size()), at(params[0]->pos));
}

// The class body's code object, then __build_class__'s first arguments.
void CodeGenerator::class_body(const ClassDef& node, std::int32_t first_line) {
  enter(node.name, UnitKind::Class, &node, first_line, node.name);
  const SourceLocation head{first_line, first_line, 0, 0};
  load(names_.name, head);
  store(names_.module_name, head);
  load_const(constants().add_qualname_constant(metadata().qualname), head);
  store(names_.qualname, head);
  load_int(first_line, head);
  store(names_.first_line, head);
  if (!node.type_params.empty()) {
    load(names_.type_params, head);
    store(names_.dunder_type_params, head);
  }
  if (scope().needs_class_dict) {
    emit(Op::LOAD_LOCALS, head);
    emit(Op::STORE_DEREF, metadata().cellvars.find(names_.class_dict), head);
  }
  body(node.body, head);

  std::vector<Identifier>& attributes = u().static_attributes;
  std::sort(attributes.begin(), attributes.end(), [](Identifier a, Identifier b) { return a.view() < b.view(); });
  attributes.erase(std::unique(attributes.begin(), attributes.end()), attributes.end());
  load_names_tuple(attributes, kNoLocation);
  store(names_.static_attributes, kNoLocation);
  if (scope().needs_class_dict) {
    emit(Op::LOAD_CLOSURE, metadata().cellvars.find(names_.class_dict), kNoLocation);
    store(names_.class_dict_cell, kNoLocation);
  }
  if (scope().needs_class_closure) {
    emit(Op::LOAD_CLOSURE, metadata().cellvars.find(names_.dunder_class), kNoLocation);
    emit(Op::COPY, 1, kNoLocation);
    store(names_.class_cell, kNoLocation);
  } else {
    load_none(kNoLocation);
  }
  emit(Op::RETURN_VALUE, kNoLocation);
  const Finished finished = leave(AddNone::Yes);
  const SourceLocation where = loc(&node);
  emit(Op::LOAD_BUILD_CLASS, where);
  emit(Op::PUSH_NULL, where);
  make_closure(finished, 0, where);
  load_name_const(node.name, where);
}

void CodeGenerator::class_definition(const ClassDef& node) {
  const SourceLocation where = loc(&node);
  decorators(node.decorator_list);
  const std::int32_t first_line =
      node.decorator_list.empty() ? node.pos.lineno : node.decorator_list[0]->pos.lineno;
  if (node.type_params.empty()) {
    class_body(node, first_line);
    validate_keywords(node.keywords);
    call_arguments(2, node.bases, {}, node.keywords, where);
  } else {
    enter(type_params_name(node.name), UnitKind::TypeParams, node.type_params.data(), first_line, node.name);
    type_params(node.type_params);
    store(names_.type_params, where);
    class_body(node, first_line);
    validate_keywords(node.keywords);
    load(names_.type_params, where);
    emit(Op::CALL_INTRINSIC_1, 10, where);  // SUBSCRIPT_GENERIC
    store(names_.generic_base, where);
    call_arguments(2, node.bases, names_.generic_base, node.keywords, where);
    make_closure(leave(AddNone::No), 0, where);
    call_type_params_function(0, where);
  }
  apply_decorators(node.decorator_list);
  store(node.name, where);
}

void CodeGenerator::type_alias(const TypeAlias& node) {
  const SourceLocation where = loc(&node);
  const Identifier name = as<Name>(node.name).id;
  const bool generic = !node.type_params.empty();
  if (generic) {
    enter(type_params_name(name), UnitKind::TypeParams, node.type_params.data(), node.pos.lineno);
    load_name_const(name, where);
    type_params(node.type_params);
  } else {
    load_name_const(name, where);
    load_none(where);
  }
  enter(name, UnitKind::Function, &node, node.pos.lineno);
  metadata().consts.add(constants().none());  // no docstring
  visit(node.value);
  emit(Op::RETURN_VALUE, where);
  make_closure(leave(AddNone::No), 0, where);
  emit(Op::BUILD_TUPLE, 3, where);
  emit(Op::CALL_INTRINSIC_1, 11, where);  // TYPEALIAS
  if (generic) {
    make_closure(leave(AddNone::No), 0, where);
    call_type_params_function(0, where);
  }
  store(name, where);
}

}  // namespace ouro::compile
