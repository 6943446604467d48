// CPython 3.13 Python/flowgraph.c basicblock_optimize_load_const.
#include "compile/passes.h"

namespace ouro::compile {

namespace {

/// bool(constant) as Python has it.
bool is_true(const ConstantPool& pool, ConstId id) {
  switch (pool.kind(id)) {
    case ConstKind::None:
    case ConstKind::False: return false;
    case ConstKind::Int: return pool.int_value(id) != 0;
    case ConstKind::Float: return pool.real(id) != 0.0;
    case ConstKind::Complex: return pool.real(id) != 0.0 || pool.imag(id) != 0.0;
    case ConstKind::Str:
    case ConstKind::Bytes: return !pool.text(id).empty();
    case ConstKind::Tuple:
    case ConstKind::FrozenSet: return !pool.items(id).empty();
    default: return true;
  }
}

class LoadConstFolder {
 public:
  LoadConstFolder(UnitContext& unit, Block& block) : unit_(unit), block_(block) {}

  void run() {
    Op op = Op::NOP;
    std::int32_t oparg = 0;
    for (index_ = 0; index_ < block_.used; ++index_) {
      const CfgInstruction& here = block_.instructions[index_];
      // A copy of a constant is that constant.
      const bool copies = op == Op::LOAD_CONST && here.op == Op::COPY && here.oparg == 1;
      if (!copies) {
        op = here.op;
        oparg = here.oparg;
      }
      if (op == Op::LOAD_CONST && index_ + 1 < block_.used) fold(unit_.consts[oparg], oparg);
    }
  }

 private:
  void fold(ConstId value, std::int32_t oparg) {
    CfgInstruction& here = block_.instructions[index_];
    CfgInstruction& next = block_.instructions[index_ + 1];
    switch (next.op) {
      case Op::POP_JUMP_IF_FALSE:
      case Op::POP_JUMP_IF_TRUE:
        here.set_nop();
        if (is_true(unit_.constants.pool(), value) == (next.op == Op::POP_JUMP_IF_TRUE)) {
          next.op = Op::JUMP;
        } else {
          next.set_nop();
        }
        break;
      case Op::IS_OP:
        if (value == unit_.constants.none()) fold_none_test();
        break;
      case Op::RETURN_VALUE:
        here.set_nop();
        next.set(Op::RETURN_CONST, oparg);
        ++index_;
        break;
      case Op::TO_BOOL: {
        const bool truth = is_true(unit_.constants.pool(), value);
        here.set_nop();
        next.set(Op::LOAD_CONST,
                 unit_.consts.add(truth ? unit_.constants.true_value() : unit_.constants.false_value()));
        break;
      }
      default: break;
    }
  }

  /// LOAD_CONST None, IS_OP, [TO_BOOL,] POP_JUMP_IF_x: one jump that tests for None.
  void fold_none_test() {
    if (block_.used <= index_ + 2) return;
    CfgInstruction& test = block_.instructions[index_ + 1];
    CfgInstruction* jump = &block_.instructions[index_ + 2];
    if (jump->op == Op::TO_BOOL) {
      jump->set_nop();
      if (block_.used <= index_ + 3) return;
      jump = &block_.instructions[index_ + 3];
    }
    bool invert = test.oparg != 0;
    if (jump->op == Op::POP_JUMP_IF_FALSE) {
      invert = !invert;
    } else if (jump->op != Op::POP_JUMP_IF_TRUE) {
      return;
    }
    block_.instructions[index_].set_nop();
    test.set_nop();
    jump->op = invert ? Op::POP_JUMP_IF_NOT_NONE : Op::POP_JUMP_IF_NONE;
  }

  UnitContext& unit_;
  Block& block_;
  std::int32_t index_ = 0;
};

}  // namespace

void optimize_load_const(UnitContext& unit) {
  for (Block* b = unit.graph.entry(); b != nullptr; b = b->next) LoadConstFolder(unit, *b).run();
}

}  // namespace ouro::compile
