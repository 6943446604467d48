#include "compile/instruction_sequence.h"

namespace ouro::compile {

void InstructionSequence::insert(std::int32_t index, Op op, std::int32_t oparg, const SourceLocation& location) {
  instructions_.insert(instructions_.begin() + index, Instruction{op, oparg, location});
  for (std::int32_t& position : label_positions_) {
    if (position >= index) ++position;
  }
}

}  // namespace ouro::compile
