// Control flow: conditions, loops, return, break, continue.
#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

// CPython 3.13 compiler_jump_if: jumps to `target` when the condition's truth is `when`.
void CodeGenerator::jump_if(ExprNode* condition, Label target, bool when, const SourceLocation& where) {
  if (problems_.failed()) return;
  const Op op = when ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE;
  const SourceLocation own = loc(condition);
  switch (condition->kind) {
    case ExprKind::UnaryOp:
      if (as<UnaryOp>(condition).op != UnaryOperator::Not) break;
      return jump_if(as<UnaryOp>(condition).operand, target, !when, where);
    case ExprKind::BoolOp: {
      const BoolOp& node = as<BoolOp>(condition);
      const bool short_when = node.op == BoolOperator::Or;  // the truth that decides before the last value
      const Label short_target = short_when == when ? target : new_label();
      for (ExprNode* value : node.values.first(node.values.size() - 1)) {
        jump_if(value, short_target, short_when, where);
      }
      jump_if(node.values.back(), target, when, where);
      if (short_target != target) use(short_target);
      return;
    }
    case ExprKind::IfExp: {
      const IfExp& node = as<IfExp>(condition);
      const Label end = new_label();
      const Label otherwise = new_label();
      jump_if(node.test, otherwise, false, where);
      jump_if(node.body, target, when, where);
      jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
      use(otherwise);
      jump_if(node.orelse, target, when, where);
      use(end);
      return;
    }
    case ExprKind::Compare: {
      const Compare& node = as<Compare>(condition);
      const std::size_t last = node.ops.size() - 1;
      if (last == 0) break;
      check_compare(node);
      const Label cleanup = new_label();
      visit(node.left);
      for (std::size_t i = 0; i < last; ++i) {
        visit(node.comparators[i]);
        emit(Op::SWAP, 2, own);
        emit(Op::COPY, 2, own);
        emit_compare(node.ops[i], own);
        emit(Op::TO_BOOL, own);
        jump(Op::POP_JUMP_IF_FALSE, cleanup, own);
      }
      visit(node.comparators[last]);
      emit_compare(node.ops[last], own);
      emit(Op::TO_BOOL, own);
      jump(op, target, own);
      const Label end = new_label();
      jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
      use(cleanup);
      emit(Op::POP_TOP, own);
      if (!when) jump(Op::JUMP_NO_INTERRUPT, target, kNoLocation);
      use(end);
      return;
    }
    default: break;
  }
  visit(condition);
  emit(Op::TO_BOOL, own);
  jump(op, target, own);
}

void CodeGenerator::if_statement(const If& node) {
  const Label end = new_label();
  const Label otherwise = node.orelse.empty() ? end : new_label();
  jump_if(node.test, otherwise, false, loc(&node));
  visit(node.body);
  if (!node.orelse.empty()) {
    jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
    use(otherwise);
    visit(node.orelse);
  }
  use(end);
}

void CodeGenerator::for_loop(const For& node) {
  const Label start = new_label();
  const Label loop_body = new_label();
  const Label cleanup = new_label();
  const Label end = new_label();
  push_block({BlockKind::ForLoop, start, end, loc(&node), {}, {}});
  visit(node.iter);
  const SourceLocation iterable = loc(node.iter);
  emit(Op::GET_ITER, iterable);
  use(start);
  jump(Op::FOR_ITER, cleanup, iterable);
  emit(Op::NOP, loc(node.target));  // for tracing of statements over several lines; goes when it is redundant
  use(loop_body);
  visit(node.target);
  visit(node.body);
  jump(Op::JUMP, start, kNoLocation);
  use(cleanup);
  emit(Op::END_FOR, kNoLocation);
  emit(Op::POP_TOP, kNoLocation);
  pop_block();
  visit(node.orelse);
  use(end);
}

void CodeGenerator::async_for_loop(const For& node) {
  const SourceLocation where = loc(&node);
  if (u().kind != UnitKind::AsyncFunction) return fail(where, "'async for' outside async function");
  const Label start = new_label();
  const Label except = new_label();
  const Label end = new_label();
  visit(node.iter);
  emit(Op::GET_AITER, loc(node.iter));
  use(start);
  push_block({BlockKind::ForLoop, start, end, where, {}, {}});
  jump(Op::SETUP_FINALLY, except, where);  // guards the call of __anext__
  emit(Op::GET_ANEXT, where);
  load_none(where);
  yield_from(true, where);
  emit(Op::POP_BLOCK, where);
  visit(node.target);
  visit(node.body);
  jump(Op::JUMP, start, kNoLocation);
  pop_block();
  use(except);
  emit(Op::END_ASYNC_FOR, loc(node.iter));
  visit(node.orelse);
  use(end);
}

void CodeGenerator::while_loop(const While& node) {
  const SourceLocation where = loc(&node);
  const Label loop = new_label();
  const Label loop_body = new_label();
  const Label end = new_label();
  const Label anchor = new_label();
  use(loop);
  push_block({BlockKind::WhileLoop, loop, end, where, {}, {}});
  jump_if(node.test, anchor, false, where);
  use(loop_body);
  visit(node.body);
  jump_if(node.test, loop_body, true, where);
  pop_block();
  use(anchor);
  visit(node.orelse);
  use(end);
}

// CPython 3.13 compiler_return.
void CodeGenerator::return_statement(const Return& node) {
  SourceLocation where = loc(&node);
  const bool preserve_top = node.value != nullptr && node.value->kind != ExprKind::Constant;
  if (!scope().is_function_like()) return fail(where, "'return' outside function");
  if (node.value != nullptr && scope().coroutine && scope().generator) {
    return fail(where, "'return' with value in async generator");
  }
  if (preserve_top) {
    visit(node.value);
  } else if (node.value != nullptr) {
    where = loc(node.value);
    emit(Op::NOP, where);
  }
  if (node.value == nullptr || node.value->pos.lineno != node.pos.lineno) {
    where = loc(&node);
    emit(Op::NOP, where);
  }
  FrameBlock loop;
  unwind_all(where, preserve_top, false, loop);
  if (node.value == nullptr) {
    load_none(where);
  } else if (!preserve_top) {
    load_const(constants().add(as<Constant>(node.value).value), where);
  }
  emit(Op::RETURN_VALUE, where);
}

void CodeGenerator::break_statement(const SourceLocation& origin) {
  SourceLocation where = origin;
  emit(Op::NOP, where);
  FrameBlock loop;
  if (!unwind_all(where, false, true, loop)) return fail(origin, "'break' outside loop");
  unwind(loop, where, false);
  jump(Op::JUMP, loop.exit, where);
}

void CodeGenerator::continue_statement(const SourceLocation& origin) {
  SourceLocation where = origin;
  emit(Op::NOP, where);
  FrameBlock loop;
  if (!unwind_all(where, false, true, loop)) return fail(origin, "'continue' not properly in loop");
  jump(Op::JUMP, loop.block, where);
}

}  // namespace ouro::compile
