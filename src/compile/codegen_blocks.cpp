// Frame blocks: what stands between a statement and the loop or function it leaves (CPython 3.13
// compiler_push_fblock, compiler_unwind_fblock, compiler_unwind_fblock_stack).
#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

namespace {

constexpr std::size_t kMaxBlocks = 21;  // CPython 3.13 CO_MAXBLOCKS

}  // namespace

void CodeGenerator::push_block(FrameBlock block) {
  if (u().blocks.size() >= kMaxBlocks) fail(block.location, "too many statically nested blocks");
  u().blocks.push_back(std::move(block));
}

void CodeGenerator::unwind(const FrameBlock& block, SourceLocation& where, bool preserve_top) {
  switch (block.kind) {
    case BlockKind::WhileLoop:
    case BlockKind::ExceptionHandler:
    case BlockKind::ExceptionGroupHandler:
    case BlockKind::AsyncComprehension:
    case BlockKind::StopIteration: return;
    case BlockKind::ForLoop:
    case BlockKind::PopValue:
      if (preserve_top) emit(Op::SWAP, 2, where);
      return emit(Op::POP_TOP, where);
    case BlockKind::TryExcept: return emit(Op::POP_BLOCK, where);
    case BlockKind::FinallyTry:
      emit(Op::POP_BLOCK, where);
      if (preserve_top) push_block({BlockKind::PopValue, kNoLabel, kNoLabel, where, {}, {}});
      visit(block.final_body);
      if (preserve_top) pop_block();
      // The finally block seems to run after the statement that leaves: what follows is artificial.
      where = kNoLocation;
      return;
    case BlockKind::FinallyEnd:
      if (preserve_top) emit(Op::SWAP, 2, where);
      emit(Op::POP_TOP, where);
      if (preserve_top) emit(Op::SWAP, 2, where);
      emit(Op::POP_BLOCK, where);
      return emit(Op::POP_EXCEPT, where);
    case BlockKind::With:
    case BlockKind::AsyncWith:
      where = block.location;
      emit(Op::POP_BLOCK, where);
      if (preserve_top) emit(Op::SWAP, 2, where);
      call_exit_with_nones(where);
      if (block.kind == BlockKind::AsyncWith) {
        emit(Op::GET_AWAITABLE, 2, where);
        load_none(where);
        yield_from(true, where);
      }
      emit(Op::POP_TOP, where);
      where = kNoLocation;
      return;
    case BlockKind::HandlerCleanup:
      if (block.name) emit(Op::POP_BLOCK, where);
      if (preserve_top) emit(Op::SWAP, 2, where);
      emit(Op::POP_BLOCK, where);
      emit(Op::POP_EXCEPT, where);
      if (block.name) {
        load_none(where);
        store(block.name, where);
        remove(block.name, where);
      }
      return;
  }
}

bool CodeGenerator::unwind_all(SourceLocation& where, bool preserve_top, bool want_loop, FrameBlock& loop) {
  // While a block is left it is not on the stack: a `return` in its finally clause must not find it.
  std::vector<FrameBlock> left;
  bool found = false;
  while (!u().blocks.empty() && !problems_.failed()) {
    FrameBlock top = u().blocks.back();
    if (top.kind == BlockKind::ExceptionGroupHandler) {
      fail(where, "'break', 'continue' and 'return' cannot appear in an except* block");
      break;
    }
    if (want_loop && (top.kind == BlockKind::WhileLoop || top.kind == BlockKind::ForLoop)) {
      loop = top;
      found = true;
      break;
    }
    u().blocks.pop_back();
    unwind(top, where, preserve_top);
    left.push_back(std::move(top));
  }
  while (!left.empty()) {
    u().blocks.push_back(std::move(left.back()));
    left.pop_back();
  }
  return found;
}

}  // namespace ouro::compile
