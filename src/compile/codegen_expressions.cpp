// Expressions.
#include <algorithm>

#include "compile/code_generator.h"
#include "support/utf8.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

// CPython 3.13 update_start_location_to_match_attr.
SourceLocation attribute_location(SourceLocation where, const Attribute& node) {
  if (where.line == node.pos.end_lineno) return where;
  where.line = node.pos.end_lineno;
  const auto length = static_cast<std::int32_t>(support::count_code_points(node.attr.view()));
  if (length <= node.pos.end_col_offset) {
    where.column = node.pos.end_col_offset - length;
  } else {
    where.column = where.end_column = -1;
  }
  where.end_line = std::max(where.line, where.end_line);
  if (where.line == where.end_line) where.end_column = std::max(where.column, where.end_column);
  return where;
}

void CodeGenerator::visit(ExprNode* expression) {
  if (problems_.failed()) return;
  const SourceLocation where = loc(expression);
  switch (expression->kind) {
    case ExprKind::Name: return name_operation(as<Name>(expression).id, as<Name>(expression).ctx, where);
    case ExprKind::Constant: return load_const(constants().add(as<Constant>(expression).value), where);
    case ExprKind::Attribute: return attribute(as<Attribute>(expression));
    case ExprKind::Call: return call(as<Call>(expression));
    case ExprKind::NamedExpr:
      visit(as<NamedExpr>(expression).value);
      emit(Op::COPY, 1, where);
      return visit(as<NamedExpr>(expression).target);
    case ExprKind::BoolOp: return bool_operation(as<BoolOp>(expression));
    case ExprKind::BinOp:
      visit(as<BinOp>(expression).left);
      visit(as<BinOp>(expression).right);
      return emit_binary(as<BinOp>(expression).op, false, where);
    case ExprKind::UnaryOp: return unary(as<UnaryOp>(expression));
    case ExprKind::Lambda: return lambda(as<Lambda>(expression));
    case ExprKind::IfExp: return if_expression(as<IfExp>(expression));
    case ExprKind::Dict: return dict(as<Dict>(expression));
    case ExprKind::Set: return display(as<Set>(expression).elts, 0, Display::Set, where);
    case ExprKind::ListComp:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp: {
      const ElementComp& node = as<ElementComp>(expression);
      const CompKind kind = node.kind == ExprKind::ListComp  ? CompKind::List
                            : node.kind == ExprKind::SetComp ? CompKind::Set
                                                             : CompKind::Generator;
      return comprehension(expression, node.generators, {kind, node.elt, nullptr});
    }
    case ExprKind::DictComp: {
      const DictComp& node = as<DictComp>(expression);
      return comprehension(expression, node.generators, {CompKind::Dict, node.key, node.value});
    }
    case ExprKind::Yield: return yield_expression(as<Yield>(expression));
    case ExprKind::YieldFrom: return yield_from_expression(as<YieldFrom>(expression));
    case ExprKind::Await: return await_expression(as<Await>(expression));
    case ExprKind::Compare: return compare(as<Compare>(expression));
    case ExprKind::JoinedStr: return joined_string(as<JoinedStr>(expression));
    case ExprKind::FormattedValue: return formatted_value(as<FormattedValue>(expression));
    case ExprKind::Subscript: return subscript(as<Subscript>(expression));
    case ExprKind::Starred:
      return fail(where, as<Starred>(expression).ctx == ExprContext::Store
                             ? "starred assignment target must be in a list or tuple"
                             : "can't use starred expression here");
    case ExprKind::Slice: {
      const int parts = slice_parts(as<Slice>(expression));
      return emit(Op::BUILD_SLICE, parts, where);
    }
    case ExprKind::List: {
      const List& node = as<List>(expression);
      return sequence_target_or_display(node.ctx, node.elts, Display::List, where);
    }
    case ExprKind::Tuple: {
      const Tuple& node = as<Tuple>(expression);
      return sequence_target_or_display(node.ctx, node.elts, Display::Tuple, where);
    }
    default: return;
  }
}

void CodeGenerator::bool_operation(const BoolOp& node) {
  const SourceLocation where = loc(&node);
  const Op op = node.op == BoolOperator::And ? Op::POP_JUMP_IF_FALSE : Op::POP_JUMP_IF_TRUE;
  const Label end = new_label();
  for (ExprNode* value : node.values.first(node.values.size() - 1)) {
    visit(value);
    emit(Op::COPY, 1, where);
    emit(Op::TO_BOOL, where);
    jump(op, end, where);
    emit(Op::POP_TOP, where);
  }
  visit(node.values.back());
  use(end);
}

void CodeGenerator::if_expression(const IfExp& node) {
  const Label end = new_label();
  const Label otherwise = new_label();
  jump_if(node.test, otherwise, false, loc(&node));
  visit(node.body);
  jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
  use(otherwise);
  visit(node.orelse);
  use(end);
}

// The comparison stands above bit 5, the mask of outcomes that specialised forms test below.
void CodeGenerator::emit_compare(CompareOperator op, const SourceLocation& where) {
  switch (op) {
    case CompareOperator::Lt: return emit(Op::COMPARE_OP, 0 << 5 | 2, where);
    case CompareOperator::LtE: return emit(Op::COMPARE_OP, 1 << 5 | 10, where);
    case CompareOperator::Eq: return emit(Op::COMPARE_OP, 2 << 5 | 8, where);
    case CompareOperator::NotEq: return emit(Op::COMPARE_OP, 3 << 5 | 7, where);
    case CompareOperator::Gt: return emit(Op::COMPARE_OP, 4 << 5 | 4, where);
    case CompareOperator::GtE: return emit(Op::COMPARE_OP, 5 << 5 | 12, where);
    case CompareOperator::Is: return emit(Op::IS_OP, 0, where);
    case CompareOperator::IsNot: return emit(Op::IS_OP, 1, where);
    case CompareOperator::In: return emit(Op::CONTAINS_OP, 0, where);
    case CompareOperator::NotIn: return emit(Op::CONTAINS_OP, 1, where);
  }
}

void CodeGenerator::compare(const Compare& node) {
  const SourceLocation where = loc(&node);
  check_compare(node);
  visit(node.left);
  const std::size_t last = node.ops.size() - 1;
  if (last == 0) {
    visit(node.comparators[0]);
    return emit_compare(node.ops[0], where);
  }
  const Label cleanup = new_label();
  for (std::size_t i = 0; i < last; ++i) {
    visit(node.comparators[i]);
    emit(Op::SWAP, 2, where);
    emit(Op::COPY, 2, where);
    emit_compare(node.ops[i], where);
    emit(Op::COPY, 1, where);
    emit(Op::TO_BOOL, where);
    jump(Op::POP_JUMP_IF_FALSE, cleanup, where);
    emit(Op::POP_TOP, where);
  }
  visit(node.comparators[last]);
  emit_compare(node.ops[last], where);
  const Label end = new_label();
  jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
  use(cleanup);
  emit(Op::SWAP, 2, where);
  emit(Op::POP_TOP, where);
  use(end);
}

// BINARY_OP's operand: CPython Include/opcode.h NB_*.
void CodeGenerator::emit_binary(Operator op, bool in_place, const SourceLocation& where) {
  constexpr int kInPlace = 13;
  int number = 0;
  switch (op) {
    case Operator::Add: number = 0; break;
    case Operator::BitAnd: number = 1; break;
    case Operator::FloorDiv: number = 2; break;
    case Operator::LShift: number = 3; break;
    case Operator::MatMult: number = 4; break;
    case Operator::Mult: number = 5; break;
    case Operator::Mod: number = 6; break;
    case Operator::BitOr: number = 7; break;
    case Operator::Pow: number = 8; break;
    case Operator::RShift: number = 9; break;
    case Operator::Sub: number = 10; break;
    case Operator::Div: number = 11; break;
    case Operator::BitXor: number = 12; break;
  }
  emit(Op::BINARY_OP, in_place ? number + kInPlace : number, where);
}

void CodeGenerator::unary(const UnaryOp& node) {
  const SourceLocation where = loc(&node);
  visit(node.operand);
  switch (node.op) {
    case UnaryOperator::UAdd: return emit(Op::CALL_INTRINSIC_1, 5, where);  // UNARY_POSITIVE
    case UnaryOperator::USub: return emit(Op::UNARY_NEGATIVE, where);
    case UnaryOperator::Invert: return emit(Op::UNARY_INVERT, where);
    case UnaryOperator::Not:
      emit(Op::TO_BOOL, where);
      return emit(Op::UNARY_NOT, where);
  }
}

void CodeGenerator::attribute(const Attribute& node) {
  const SourceLocation where = attribute_location(loc(&node), node);
  if (node.ctx == ExprContext::Load && can_optimize_super(node)) {
    const Call& super_call = as<Call>(node.value);
    load_super_arguments(super_call);
    emit_name(super_call.args.empty() ? Op::LOAD_ZERO_SUPER_ATTR : Op::LOAD_SUPER_ATTR, node.attr, loc(&node));
    return emit(Op::NOP, where);
  }
  if (node.ctx == ExprContext::Store && is<Name>(node.value) && as<Name>(node.value).id == names_.self) {
    // self.x = … anywhere below a class makes x one of its __static_attributes__.
    for (std::size_t depth = depth_ - 1; depth > 0; --depth) {
      if (units_[depth]->kind != UnitKind::Class) continue;
      units_[depth]->static_attributes.push_back(node.attr);
      break;
    }
  }
  visit(node.value);
  switch (node.ctx) {
    case ExprContext::Load: return emit_name(Op::LOAD_ATTR, node.attr, where);
    case ExprContext::Store:
      if (!forbid_debug(node.attr, node.ctx, where)) emit_name(Op::STORE_ATTR, node.attr, where);
      return;
    case ExprContext::Del: return emit_name(Op::DELETE_ATTR, node.attr, where);
  }
}

void CodeGenerator::subscript(const Subscript& node) {
  const SourceLocation where = loc(&node);
  if (node.ctx == ExprContext::Load) {
    check_subscripter(node.value);
    check_index(node.value, node.slice);
  }
  visit(node.value);
  const auto* slice = try_as<const Slice>(static_cast<const ExprNode*>(node.slice));
  if (slice != nullptr && slice->step == nullptr && node.ctx != ExprContext::Del) {
    slice_parts(*slice);
    return emit(node.ctx == ExprContext::Load ? Op::BINARY_SLICE : Op::STORE_SLICE, where);
  }
  visit(node.slice);
  switch (node.ctx) {
    case ExprContext::Load: return emit(Op::BINARY_SUBSCR, where);
    case ExprContext::Store: return emit(Op::STORE_SUBSCR, where);
    case ExprContext::Del: return emit(Op::DELETE_SUBSCR, where);
  }
}

// Pushes two or three parts; gives how many.
int CodeGenerator::slice_parts(const Slice& node) {
  for (ExprNode* part : {node.lower, node.upper}) {
    if (part != nullptr) {
      visit(part);
    } else {
      load_none(loc(&node));
    }
  }
  if (node.step == nullptr) return 2;
  visit(node.step);
  return 3;
}

void CodeGenerator::await_expression(const Await& node) {
  const SourceLocation where = loc(&node);
  if (!scope().is_function_like()) return fail(where, "'await' outside function");
  if (u().kind != UnitKind::AsyncFunction && u().kind != UnitKind::Comprehension) {
    return fail(where, "'await' outside async function");
  }
  visit(node.value);
  emit(Op::GET_AWAITABLE, 0, where);
  load_none(where);
  yield_from(true, where);
}

void CodeGenerator::yield_expression(const Yield& node) {
  const SourceLocation where = loc(&node);
  if (!scope().is_function_like()) return fail(where, "'yield' outside function");
  if (node.value != nullptr) {
    visit(node.value);
  } else {
    load_none(where);
  }
  emit_yield(where);
}

void CodeGenerator::yield_from_expression(const YieldFrom& node) {
  const SourceLocation where = loc(&node);
  if (!scope().is_function_like()) return fail(where, "'yield from' outside function");
  if (u().kind == UnitKind::AsyncFunction) return fail(where, "'yield from' inside async function");
  visit(node.value);
  emit(Op::GET_YIELD_FROM_ITER, where);
  load_none(where);
  yield_from(false, where);
}

}  // namespace ouro::compile
