#include "bytecode/instruction.h"

namespace ouro::bytecode {

std::vector<Instruction> decode(const Facts& facts, std::string_view code) {
  std::vector<Instruction> out;
  out.reserve(code.size() / (facts.has_wordcode ? 2 : 3) + 1);
  InstructionReader reader(facts, code, ExtendedArgs::Fold);
  Instruction instruction;
  while (reader.next(instruction)) out.push_back(instruction);
  return out;
}

std::optional<std::int64_t> jump_target(const Facts& facts, const Instruction& instruction) {
  const std::int64_t distance = std::int64_t{instruction.oparg} * facts.jump_unit;
  // Not end_offset: that is cut where the code ends.
  const std::int64_t size = facts.has_wordcode ? 2 + 2 * instruction.caches : 3;
  const std::int64_t next = instruction.offset.value + size;
  switch (instruction.info->jump) {
    case version::JumpKind::Absolute: return distance;
    case version::JumpKind::Forward: return next + distance;
    case version::JumpKind::Backward: return next - distance;
    default: return std::nullopt;
  }
}

const OpcodeInfo& base_info(const Facts& facts, const OpcodeInfo& info) {
  if (info.base == info.op) return info;
  const OpcodeInfo* base = version::find_opcode(facts, info.base);
  return base != nullptr ? *base : info;
}

}  // namespace ouro::bytecode
