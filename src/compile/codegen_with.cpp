// with and async with (CPython 3.13 compiler_with, compiler_async_with).
#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

void CodeGenerator::call_exit_with_nones(const SourceLocation& where) {
  for (int i = 0; i < 3; ++i) load_none(where);
  emit(Op::CALL, 2, where);
}

void CodeGenerator::finish_with_except(Label cleanup) {
  const Label suppress = new_label();
  emit(Op::TO_BOOL, kNoLocation);
  jump(Op::POP_JUMP_IF_TRUE, suppress, kNoLocation);
  emit(Op::RERAISE, 2, kNoLocation);
  use(suppress);
  emit(Op::POP_TOP, kNoLocation);  // the exception
  emit(Op::POP_BLOCK, kNoLocation);
  emit(Op::POP_EXCEPT, kNoLocation);
  emit(Op::POP_TOP, kNoLocation);
  emit(Op::POP_TOP, kNoLocation);
  const Label exit = new_label();
  jump(Op::JUMP_NO_INTERRUPT, exit, kNoLocation);
  use(cleanup);
  pop_except_and_reraise(kNoLocation);
  use(exit);
}

// One item; the next one's code is this one's body. At most kMaxBlocks deep.
void CodeGenerator::with_item(const With& node, std::size_t index) {
  if (problems_.failed()) return;
  const bool async = node.kind == StmtKind::AsyncWith;
  if (async && u().kind != UnitKind::AsyncFunction) return fail(loc(&node), "'async with' outside async function");
  const WithItem& item = *node.items[index];
  const Label block = new_label();
  const Label final = new_label();
  const Label exit = new_label();
  const Label cleanup = new_label();
  const auto await_result = [&](const SourceLocation& where, int kind) {
    emit(Op::GET_AWAITABLE, kind, where);
    load_none(where);
    yield_from(true, where);
  };
  visit(item.context_expr);
  const SourceLocation where = loc(item.context_expr);
  emit(async ? Op::BEFORE_ASYNC_WITH : Op::BEFORE_WITH, where);
  if (async) await_result(where, 1);
  jump(Op::SETUP_WITH, final, where);
  use(block);
  push_block({async ? BlockKind::AsyncWith : BlockKind::With, block, final, where, {}, {}});
  if (item.optional_vars != nullptr) {
    visit(item.optional_vars);
  } else {
    emit(Op::POP_TOP, where);
  }
  if (index + 1 == node.items.size()) {
    visit(node.body);
  } else {
    with_item(node, index + 1);
  }
  pop_block();
  emit(Op::POP_BLOCK, async ? where : kNoLocation);
  call_exit_with_nones(where);
  if (async) await_result(where, 2);
  emit(Op::POP_TOP, where);
  jump(Op::JUMP, exit, where);

  use(final);
  jump(Op::SETUP_CLEANUP, cleanup, where);
  emit(Op::PUSH_EXC_INFO, where);
  emit(Op::WITH_EXCEPT_START, where);
  if (async) await_result(where, 2);
  finish_with_except(cleanup);
  use(exit);
}

}  // namespace ouro::compile
