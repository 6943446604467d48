// CPython 3.13 Python/flowgraph.c optimize_basic_block.
#include <vector>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

class BlockOptimizer {
 public:
  BlockOptimizer(UnitContext& unit, Block& block) : unit_(unit), block_(block) {}

  void run() {
    for (index_ = 0; index_ < block_.used; ++index_) step();
  }

 private:
  [[nodiscard]] CfgInstruction& here() { return block_.instructions[index_]; }
  [[nodiscard]] CfgInstruction& next() { return block_.instructions[index_ + 1]; }
  [[nodiscard]] Op next_op() { return index_ + 1 < block_.used ? next().op : Op::Unknown; }

  void step() {
    CfgInstruction& i = here();
    switch (i.op) {
      case Op::BUILD_TUPLE: build_tuple(); break;
      case Op::POP_JUMP_IF_NOT_NONE:
      case Op::POP_JUMP_IF_NONE:
      case Op::POP_JUMP_IF_FALSE:
      case Op::POP_JUMP_IF_TRUE:
        if (target_of(i).op == Op::JUMP) thread_jump(i.op);
        break;
      case Op::JUMP:
      case Op::JUMP_NO_INTERRUPT:
        if (target_of(i).op == Op::JUMP) {
          thread_jump(Op::JUMP);
        } else if (target_of(i).op == Op::JUMP_NO_INTERRUPT) {
          thread_jump(i.op);
        }
        break;
      case Op::STORE_FAST:
        // Stored twice in a row on one line: the first is dropped.
        if (next_op() == Op::STORE_FAST && next().oparg == i.oparg &&
            next().location.line == i.location.line) {
          i.set(Op::POP_TOP);
        }
        break;
      case Op::SWAP:
        if (i.oparg == 1) i.set_nop();
        break;
      case Op::LOAD_GLOBAL:
        if (next_op() == Op::PUSH_NULL && (i.oparg & 1) == 0) {
          i.oparg |= 1;
          next().set_nop();
        }
        break;
      default: before_to_bool(); break;
    }
  }

  void build_tuple() {
    const std::int32_t size = here().oparg;
    if (next_op() == Op::UNPACK_SEQUENCE && next().oparg == size) {
      if (size == 1) {
        here().set_nop();
        next().set_nop();
        return;
      }
      if (size == 2 || size == 3) {
        here().set_nop();
        next().op = Op::SWAP;
        return;
      }
    }
    if (index_ >= size) fold_tuple(size);
  }

  /// LOAD_CONST × n, BUILD_TUPLE n: one constant.
  void fold_tuple(std::int32_t size) {
    CfgInstruction* const first = &here() - size;
    for (std::int32_t i = 0; i < size; ++i) {
      if (!unit_.graph.is(first[i], kHasConst)) return;
    }
    std::vector<ConstId> items(static_cast<std::size_t>(size));
    for (std::int32_t i = 0; i < size; ++i) {
      items[static_cast<std::size_t>(i)] = unit_.consts[first[i].oparg];
      first[i].set_nop();
    }
    here().set(Op::LOAD_CONST, unit_.consts.add(unit_.constants.add_tuple(items)));
  }

  [[nodiscard]] static const CfgInstruction& target_of(const CfgInstruction& jump) {
    static constexpr CfgInstruction kNothing{};
    return jump.target->used > 0 ? jump.target->instructions[0] : kNothing;
  }

  /// A jump to a jump goes where that one goes. The first stays as a NOP, for its line.
  void thread_jump(Op op) {
    CfgInstruction& jump = here();
    const CfgInstruction second = target_of(jump);
    if (jump.target == second.target) return;
    jump.set_nop();
    CfgInstruction direct{op, second.oparg, second.location, second.target, nullptr};
    unit_.graph.append(block_, direct);
    --index_;
  }

  /// What gives a bool already needs no TO_BOOL.
  void before_to_bool() {
    CfgInstruction& i = here();
    const Op after = next_op();
    if (i.op == Op::UNARY_NOT && after == Op::UNARY_NOT) {
      i.set_nop();
      next().set_nop();
      return;
    }
    if (after != Op::TO_BOOL) return;
    switch (i.op) {
      case Op::COMPARE_OP: next().set(Op::COMPARE_OP, i.oparg | kCompareToBool); break;
      case Op::CONTAINS_OP:
      case Op::IS_OP: next().set(i.op, i.oparg); break;
      case Op::UNARY_NOT: next().set(Op::UNARY_NOT); break;
      case Op::TO_BOOL: break;
      default: return;
    }
    i.set_nop();
  }

  static constexpr std::int32_t kCompareToBool = 16;

  UnitContext& unit_;
  Block& block_;
  std::int32_t index_ = 0;
};

}  // namespace

void optimize_blocks(UnitContext& unit) {
  for (Block* b = unit.graph.entry(); b != nullptr; b = b->next) {
    BlockOptimizer(unit, *b).run();
    optimize_swaps(unit.graph, *b);
  }
}

}  // namespace ouro::compile
