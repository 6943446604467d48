// try, except, except*, finally (CPython 3.13 compiler_try_finally, compiler_try_except, compiler_try_star_except).
#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

void CodeGenerator::try_statement(const Try& node) {
  if (!node.finalbody.empty()) return try_finally(node);
  if (node.kind == StmtKind::TryStar) return try_star_except(node);
  try_except(node);
}

// The finally clause stands twice: behind the body, and in the handler that raises again.
void CodeGenerator::try_finally(const Try& node) {
  const SourceLocation where = loc(&node);
  const Label start = new_label();
  const Label end = new_label();
  const Label exit = new_label();
  const Label cleanup = new_label();
  jump(Op::SETUP_FINALLY, end, where);
  use(start);
  push_block({BlockKind::FinallyTry, start, end, where, node.finalbody, {}});
  if (node.handlers.empty()) {
    visit(node.body);
  } else if (node.kind == StmtKind::TryStar) {
    try_star_except(node);
  } else {
    try_except(node);
  }
  emit(Op::POP_BLOCK, kNoLocation);
  pop_block();
  visit(node.finalbody);
  jump(Op::JUMP_NO_INTERRUPT, exit, kNoLocation);

  use(end);
  jump(Op::SETUP_CLEANUP, cleanup, kNoLocation);
  emit(Op::PUSH_EXC_INFO, kNoLocation);
  push_block({BlockKind::FinallyEnd, end, kNoLabel, kNoLocation, {}, {}});
  visit(node.finalbody);
  pop_block();
  emit(Op::RERAISE, 0, kNoLocation);
  use(cleanup);
  pop_except_and_reraise(kNoLocation);
  use(exit);
}

void CodeGenerator::try_except(const Try& node) {
  const SourceLocation where = loc(&node);
  const Label start = new_label();
  const Label except = new_label();
  const Label end = new_label();
  const Label cleanup = new_label();
  jump(Op::SETUP_FINALLY, except, where);
  use(start);
  push_block({BlockKind::TryExcept, start, kNoLabel, where, {}, {}});
  visit(node.body);
  pop_block();
  emit(Op::POP_BLOCK, kNoLocation);
  visit(node.orelse);
  jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);

  use(except);
  jump(Op::SETUP_CLEANUP, cleanup, kNoLocation);
  emit(Op::PUSH_EXC_INFO, kNoLocation);
  push_block({BlockKind::ExceptionHandler, kNoLabel, kNoLabel, where, {}, {}});
  for (std::size_t i = 0; i < node.handlers.size(); ++i) {
    const ExceptHandler& handler = *node.handlers[i];
    if (handler.type == nullptr && i + 1 < node.handlers.size()) {
      fail(at(handler.pos), "default 'except:' must be last");
    }
    except_handler(handler, end);
  }
  pop_block();
  emit(Op::RERAISE, 0, kNoLocation);
  use(cleanup);
  pop_except_and_reraise(kNoLocation);
  use(end);
}

// name = None; del name
void CodeGenerator::forget_exception_name(Identifier name) {
  load_none(kNoLocation);
  store(name, kNoLocation);
  remove(name, kNoLocation);
}

void CodeGenerator::except_handler(const ExceptHandler& handler, Label end) {
  const SourceLocation where = at(handler.pos);
  const Label next = new_label();
  if (handler.type != nullptr) {
    visit(handler.type);
    emit(Op::CHECK_EXC_MATCH, where);
    jump(Op::POP_JUMP_IF_FALSE, next, where);
  }
  if (handler.name) {
    const Label cleanup_end = new_label();
    const Label cleanup_body = new_label();
    store(handler.name, where);
    // The body runs inside a try whose finally forgets the name.
    jump(Op::SETUP_CLEANUP, cleanup_end, where);
    use(cleanup_body);
    push_block({BlockKind::HandlerCleanup, cleanup_body, kNoLabel, where, {}, handler.name});
    visit(handler.body);
    pop_block();
    emit(Op::POP_BLOCK, kNoLocation);
    emit(Op::POP_BLOCK, kNoLocation);
    emit(Op::POP_EXCEPT, kNoLocation);
    forget_exception_name(handler.name);
    jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
    use(cleanup_end);
    forget_exception_name(handler.name);
    emit(Op::RERAISE, 1, kNoLocation);
  } else {
    const Label cleanup_body = new_label();
    emit(Op::POP_TOP, where);  // the exception
    use(cleanup_body);
    push_block({BlockKind::HandlerCleanup, cleanup_body, kNoLabel, where, {}, {}});
    visit(handler.body);
    pop_block();
    emit(Op::POP_BLOCK, kNoLocation);
    emit(Op::POP_EXCEPT, kNoLocation);
    jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
  }
  use(next);
}

// On the stack while handlers run: the original group, the list of what they raise, what is not handled yet.
void CodeGenerator::try_star_except(const Try& node) {
  const SourceLocation where = loc(&node);
  const Label start = new_label();
  const Label except = new_label();
  const Label orelse = new_label();
  const Label end = new_label();
  const Label cleanup = new_label();
  const Label reraise_star = new_label();
  jump(Op::SETUP_FINALLY, except, where);
  use(start);
  push_block({BlockKind::TryExcept, start, kNoLabel, where, {}, {}});
  visit(node.body);
  pop_block();
  emit(Op::POP_BLOCK, kNoLocation);
  jump(Op::JUMP_NO_INTERRUPT, orelse, kNoLocation);

  use(except);
  jump(Op::SETUP_CLEANUP, cleanup, kNoLocation);
  emit(Op::PUSH_EXC_INFO, kNoLocation);
  push_block({BlockKind::ExceptionGroupHandler, kNoLabel, kNoLabel, where, {}, {}});
  for (std::size_t i = 0; i < node.handlers.size(); ++i) {
    star_handler(*node.handlers[i], i == 0, i + 1 == node.handlers.size(), reraise_star);
  }
  pop_block();
  const Label reraise = new_label();
  use(reraise_star);
  emit(Op::CALL_INTRINSIC_2, 1, kNoLocation);  // PREP_RERAISE_STAR
  emit(Op::COPY, 1, kNoLocation);
  jump(Op::POP_JUMP_IF_NOT_NONE, reraise, kNoLocation);
  emit(Op::POP_TOP, kNoLocation);
  emit(Op::POP_BLOCK, kNoLocation);
  emit(Op::POP_EXCEPT, kNoLocation);
  jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);

  use(reraise);
  emit(Op::POP_BLOCK, kNoLocation);
  emit(Op::SWAP, 2, kNoLocation);
  emit(Op::POP_EXCEPT, kNoLocation);
  emit(Op::RERAISE, 0, kNoLocation);
  use(cleanup);
  pop_except_and_reraise(kNoLocation);
  use(orelse);
  visit(node.orelse);
  use(end);
}

void CodeGenerator::star_handler(const ExceptHandler& handler, bool first, bool last, Label reraise) {
  const SourceLocation where = at(handler.pos);
  const Label next = new_label();
  const Label with_error = new_label();
  const Label no_match = new_label();
  if (first) {
    emit(Op::BUILD_LIST, 0, where);
    emit(Op::COPY, 2, where);
  }
  if (handler.type != nullptr) {
    visit(handler.type);
    emit(Op::CHECK_EG_MATCH, where);
    emit(Op::COPY, 1, where);
    jump(Op::POP_JUMP_IF_NONE, no_match, where);
  }
  const Label cleanup_end = new_label();
  const Label cleanup_body = new_label();
  if (handler.name) {
    store(handler.name, where);
  } else {
    emit(Op::POP_TOP, where);  // the match
  }
  jump(Op::SETUP_CLEANUP, cleanup_end, where);
  use(cleanup_body);
  push_block({BlockKind::HandlerCleanup, cleanup_body, kNoLabel, where, {}, handler.name});
  visit(handler.body);
  pop_block();
  emit(Op::POP_BLOCK, kNoLocation);
  if (handler.name) forget_exception_name(handler.name);
  jump(Op::JUMP_NO_INTERRUPT, next, kNoLocation);

  use(cleanup_end);
  if (handler.name) forget_exception_name(handler.name);
  emit(Op::LIST_APPEND, 3, kNoLocation);  // what the handler raised
  emit(Op::POP_TOP, kNoLocation);         // lasti
  jump(Op::JUMP_NO_INTERRUPT, with_error, kNoLocation);

  use(next);
  emit(Op::NOP, kNoLocation);  // holds a line that spreads here
  jump(Op::JUMP_NO_INTERRUPT, with_error, kNoLocation);
  use(no_match);
  emit(Op::POP_TOP, where);  // None
  use(with_error);
  if (!last) return;
  emit(Op::LIST_APPEND, 1, kNoLocation);  // the unhandled rest
  jump(Op::JUMP_NO_INTERRUPT, reraise, kNoLocation);
}

}  // namespace ouro::compile
