// Simple statements: expressions, assignments, imports, assert, raise.
#include "compile/code_generator.h"
#include "compile/docstring.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

namespace {

// CPython 3.13 find_ann: does a body annotate a variable (not counting nested functions and classes)?
bool has_annotations(StmtList statements) {
  for (const StmtNode* statement : statements) {
    switch (statement->kind) {
      case StmtKind::AnnAssign: return true;
      case StmtKind::For:
      case StmtKind::AsyncFor:
        if (has_annotations(as<For>(statement).body) || has_annotations(as<For>(statement).orelse)) return true;
        break;
      case StmtKind::While:
        if (has_annotations(as<While>(statement).body) || has_annotations(as<While>(statement).orelse)) return true;
        break;
      case StmtKind::If:
        if (has_annotations(as<If>(statement).body) || has_annotations(as<If>(statement).orelse)) return true;
        break;
      case StmtKind::With:
      case StmtKind::AsyncWith:
        if (has_annotations(as<With>(statement).body)) return true;
        break;
      case StmtKind::Try:
      case StmtKind::TryStar: {
        const Try& node = as<Try>(statement);
        for (const ExceptHandler* handler : node.handlers) {
          if (has_annotations(handler->body)) return true;
        }
        if (has_annotations(node.body) || has_annotations(node.finalbody) || has_annotations(node.orelse)) return true;
        break;
      }
      case StmtKind::Match:
        for (const MatchCase* one : as<Match>(statement).cases) {
          if (has_annotations(one->body)) return true;
        }
        break;
      default: break;
    }
  }
  return false;
}

}  // namespace

// CPython 3.13 compiler_body: a module's or class's statements, docstring first.
void CodeGenerator::body(StmtList statements, SourceLocation where) {
  if (u().kind == UnitKind::Module && !interactive_ && !statements.empty()) where = loc(statements[0]);
  if (has_annotations(statements)) emit(Op::SETUP_ANNOTATIONS, where);
  if (!interactive_) {
    if (const Constant* docstring = find_docstring(statements)) {
      if (options_.optimize < 2) {
        load_const(docstring_constant(*docstring), loc(docstring));
        store(names_.doc, kNoLocation);
      }
      statements = statements.subspan(1);
    }
  }
  visit(statements);
}

ConstId CodeGenerator::docstring_constant(const Constant& text) {
  if (auto message = find_lone_surrogate(text.value.text())) {
    problems_.fail({syntax::SyntaxErrorType::UnicodeEncodeError, std::move(*message)});
  }
  return constants().add_str(clean_docstring(text.value.text()));
}

void CodeGenerator::visit(StmtList statements) {
  for (StmtNode* statement : statements) visit(statement);
}

void CodeGenerator::visit(StmtNode* statement) {
  if (problems_.failed()) return;
  switch (statement->kind) {
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef: return function(as<FunctionDef>(statement));
    case StmtKind::ClassDef: return class_definition(as<ClassDef>(statement));
    case StmtKind::TypeAlias: return type_alias(as<TypeAlias>(statement));
    case StmtKind::Return: return return_statement(as<Return>(statement));
    case StmtKind::Delete: return visit(as<Delete>(statement).targets);
    case StmtKind::Assign: return assign(as<Assign>(statement));
    case StmtKind::AugAssign: return augmented_assign(as<AugAssign>(statement));
    case StmtKind::AnnAssign: return annotated_assign(as<AnnAssign>(statement));
    case StmtKind::For: return for_loop(as<For>(statement));
    case StmtKind::AsyncFor: return async_for_loop(as<For>(statement));
    case StmtKind::While: return while_loop(as<While>(statement));
    case StmtKind::If: return if_statement(as<If>(statement));
    case StmtKind::With:
    case StmtKind::AsyncWith: return with_item(as<With>(statement), 0);
    case StmtKind::Match: return match(as<Match>(statement));
    case StmtKind::Raise: return raise(as<Raise>(statement));
    case StmtKind::Try:
    case StmtKind::TryStar: return try_statement(as<Try>(statement));
    case StmtKind::Assert: return assert_statement(as<Assert>(statement));
    case StmtKind::Import: return import(as<Import>(statement));
    case StmtKind::ImportFrom: return import_from(as<ImportFrom>(statement));
    case StmtKind::Expr: return expression_statement(as<Expr>(statement));
    case StmtKind::Pass: return emit(Op::NOP, loc(statement));
    case StmtKind::Break: return break_statement(loc(statement));
    case StmtKind::Continue: return continue_statement(loc(statement));
    case StmtKind::Global:
    case StmtKind::Nonlocal:
    default: return;
  }
}

void CodeGenerator::expression_statement(const Expr& node) {
  if (interactive_ && depth_ <= 1) {
    visit(node.value);
    emit(Op::CALL_INTRINSIC_1, 1, loc(&node));  // PRINT
    return emit(Op::POP_TOP, kNoLocation);
  }
  if (node.value->kind == ExprKind::Constant) return emit(Op::NOP, loc(&node));
  visit(node.value);
  emit(Op::POP_TOP, kNoLocation);
}

void CodeGenerator::assign(const Assign& node) {
  visit(node.value);
  for (std::size_t i = 0; i < node.targets.size(); ++i) {
    if (i + 1 < node.targets.size()) emit(Op::COPY, 1, loc(&node));
    visit(node.targets[i]);
  }
}

namespace {

const Slice* two_part_slice(const ExprNode* slice) {
  const auto* node = try_as<const Slice>(slice);
  return node != nullptr && node->step == nullptr ? node : nullptr;
}

}  // namespace

// CPython 3.13 compiler_augassign.
void CodeGenerator::augmented_assign(const AugAssign& node) {
  const ExprNode* target = node.target;
  const SourceLocation where = loc(target);
  const auto* attribute = try_as<const Attribute>(target);
  const auto* subscript = try_as<const Subscript>(target);
  const Slice* slice = subscript != nullptr ? two_part_slice(subscript->slice) : nullptr;
  if (attribute != nullptr) {
    visit(attribute->value);
    emit(Op::COPY, 1, where);
    emit_name(Op::LOAD_ATTR, attribute->attr, attribute_location(where, *attribute));
  } else if (subscript != nullptr) {
    visit(subscript->value);
    if (slice != nullptr) {
      slice_parts(*slice);
      for (int i = 0; i < 3; ++i) emit(Op::COPY, 3, where);
      emit(Op::BINARY_SLICE, where);
    } else {
      visit(subscript->slice);
      for (int i = 0; i < 2; ++i) emit(Op::COPY, 2, where);
      emit(Op::BINARY_SUBSCR, where);
    }
  } else {
    load(as<Name>(target).id, where);
  }
  visit(node.value);
  emit_binary(node.op, true, loc(&node));
  if (attribute != nullptr) {
    const SourceLocation name_location = attribute_location(where, *attribute);
    emit(Op::SWAP, 2, name_location);
    emit_name(Op::STORE_ATTR, attribute->attr, name_location);
  } else if (subscript != nullptr) {
    if (slice != nullptr) emit(Op::SWAP, 4, where);
    emit(Op::SWAP, 3, where);
    emit(Op::SWAP, 2, where);
    emit(slice != nullptr ? Op::STORE_SLICE : Op::STORE_SUBSCR, where);
  } else {
    store(as<Name>(target).id, where);
  }
}

void CodeGenerator::check_annotation_expression(ExprNode* expression) {
  visit(expression);
  emit(Op::POP_TOP, loc(expression));
}

void CodeGenerator::check_annotation_subscript(ExprNode* expression) {
  if (const auto* slice = try_as<const Slice>(static_cast<const ExprNode*>(expression))) {
    for (ExprNode* part : {slice->lower, slice->upper, slice->step}) {
      if (part != nullptr) check_annotation_expression(part);
    }
  } else if (const auto* tuple = try_as<const Tuple>(static_cast<const ExprNode*>(expression))) {
    for (ExprNode* element : tuple->elts) check_annotation_subscript(element);
  } else {
    check_annotation_expression(expression);
  }
}

// CPython 3.13 compiler_annassign.
void CodeGenerator::annotated_assign(const AnnAssign& node) {
  const SourceLocation where = loc(&node);
  const bool evaluated = u().kind == UnitKind::Module || u().kind == UnitKind::Class;
  if (node.value != nullptr) {
    visit(node.value);
    visit(node.target);
  }
  switch (node.target->kind) {
    case ExprKind::Name: {
      const Identifier name = as<Name>(node.target).id;
      if (forbid_debug(name, ExprContext::Store, where)) return;
      if (!node.simple || !evaluated) break;
      if (future_.annotations) {
        annotation_string(node.annotation);
      } else {
        visit(node.annotation);
      }
      emit_name(Op::LOAD_NAME, names_.annotations, where);
      load_mangled_name_const(name, where);
      emit(Op::STORE_SUBSCR, where);
      break;
    }
    case ExprKind::Attribute: {
      const Attribute& target = as<Attribute>(node.target);
      if (forbid_debug(target.attr, ExprContext::Store, where)) return;
      if (node.value == nullptr) check_annotation_expression(target.value);
      break;
    }
    case ExprKind::Subscript: {
      const Subscript& target = as<Subscript>(node.target);
      if (node.value != nullptr) break;
      check_annotation_expression(target.value);
      check_annotation_subscript(target.slice);
      break;
    }
    default: break;
  }
  if (!node.simple && !future_.annotations && evaluated) check_annotation_expression(node.annotation);
}

void CodeGenerator::import_as(Identifier name, Identifier as_name, const SourceLocation& where) {
  const std::string_view text = name.view();
  std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return store(as_name, where);
  // `import a.b.c as d`: the module is on the stack; take one attribute after the other.
  while (true) {
    const std::size_t start = dot + 1;
    dot = text.find('.', start);
    const Identifier part = interner_.intern(text.substr(start, dot == std::string_view::npos ? dot : dot - start));
    emit(Op::IMPORT_FROM, metadata().names.add(part), where);
    if (dot == std::string_view::npos) break;
    emit(Op::SWAP, 2, where);
    emit(Op::POP_TOP, where);
  }
  store(as_name, where);
  emit(Op::POP_TOP, where);
}

void CodeGenerator::import(const Import& node) {
  const SourceLocation where = loc(&node);
  for (const Alias* alias : node.names) {
    load_int(0, where);
    load_none(where);
    emit_name(Op::IMPORT_NAME, alias->name, where);
    if (alias->asname) {
      import_as(alias->name, alias->asname, where);
      continue;
    }
    const std::size_t dot = alias->name.view().find('.');
    store(dot == std::string_view::npos ? alias->name : interner_.intern(alias->name.view().substr(0, dot)), where);
  }
}

void CodeGenerator::import_from(const ImportFrom& node) {
  const SourceLocation where = loc(&node);
  load_int(node.level, where);
  const Position& last = future_.last;
  const bool late = node.pos.lineno > last.lineno ||
                    (node.pos.lineno == last.end_lineno && node.pos.col_offset > last.end_col_offset);
  if (late && node.level == 0 && node.module && node.module.view() == "__future__") {
    return fail(where, "from __future__ imports must occur at the beginning of the file");
  }
  std::vector<Identifier> names;
  names.reserve(node.names.size());
  for (const Alias* alias : node.names) names.push_back(alias->name);
  load_names_tuple(names, where);
  emit_name(Op::IMPORT_NAME, node.module ? node.module : names_.empty, where);
  if (node.names[0]->name == names_.star) {
    emit(Op::CALL_INTRINSIC_1, 2, where);  // IMPORT_STAR
    return emit(Op::POP_TOP, kNoLocation);
  }
  for (const Alias* alias : node.names) {
    emit_name(Op::IMPORT_FROM, alias->name, where);
    store(alias->asname ? alias->asname : alias->name, where);
  }
  emit(Op::POP_TOP, where);
}

// CPython 3.13 compiler_assert.
void CodeGenerator::assert_statement(const Assert& node) {
  const auto* tuple = try_as<const Tuple>(static_cast<const ExprNode*>(node.test));
  const auto* constant = try_as<const Constant>(static_cast<const ExprNode*>(node.test));
  if ((tuple != nullptr && !tuple->elts.empty()) ||
      (constant != nullptr && constant->value.kind == ConstantKind::Tuple && !constant->value.items().empty())) {
    problems_.warn(node.pos, "assertion is always true, perhaps remove parentheses?");
  }
  if (options_.optimize > 0) return;
  const SourceLocation where = loc(&node);
  const Label end = new_label();
  jump_if(node.test, end, true, where);
  emit(Op::LOAD_ASSERTION_ERROR, where);
  if (node.msg != nullptr) {
    visit(node.msg);
    emit(Op::CALL, 0, where);
  }
  emit(Op::RAISE_VARARGS, 1, loc(node.test));
  use(end);
}

void CodeGenerator::raise(const Raise& node) {
  int count = 0;
  for (ExprNode* part : {node.exc, node.cause}) {
    if (part == nullptr) break;
    visit(part);
    ++count;
  }
  emit(Op::RAISE_VARARGS, count, loc(&node));
}

}  // namespace ouro::compile
