#include "bytecode/quicken.h"

#include "bytecode/instruction.h"

namespace ouro::bytecode {
namespace {

// 3.12's superinstructions: what stands for `first` when `second` follows it.
struct Pair {
  Op first;
  Op second;
  std::string_view name;
};
constexpr Pair kPairs[] = {
    {Op::LOAD_CONST, Op::LOAD_FAST, "LOAD_CONST__LOAD_FAST"},
    {Op::LOAD_FAST, Op::LOAD_CONST, "LOAD_FAST__LOAD_CONST"},
    {Op::LOAD_FAST, Op::LOAD_FAST, "LOAD_FAST__LOAD_FAST"},
    {Op::STORE_FAST, Op::LOAD_FAST, "STORE_FAST__LOAD_FAST"},
    {Op::STORE_FAST, Op::STORE_FAST, "STORE_FAST__STORE_FAST"},
};

void quicken_pair(const Facts& facts, std::string& code, const Instruction& previous, const Instruction& instruction) {
  for (const Pair& pair : kPairs) {
    if (pair.first != previous.info->op || pair.second != instruction.info->op) continue;
    for (std::size_t number = 0; number < 256; ++number) {
      if (facts.opcodes[number].name() == pair.name) code[previous.offset.value] = static_cast<char>(number);
    }
    return;
  }
}

std::uint32_t initial_value(const Facts& facts, const OpcodeInfo& info) {
  switch (info.base) {
    case Op::JUMP_BACKWARD: return facts.initial_jump_counter;
    case Op::RESUME: return facts.initial_resume_counter;
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE:
    case Op::POP_JUMP_IF_NONE:
    case Op::POP_JUMP_IF_NOT_NONE: return facts.initial_branch_history;
    default: return facts.initial_counter;
  }
}

}  // namespace

std::string quickened_code(const Facts& facts, std::string_view code) {
  std::string result(code);
  InstructionReader reader(facts, code, ExtendedArgs::Show);
  Instruction instruction;
  Instruction previous;
  while (reader.next(instruction)) {
    const std::size_t cache = std::size_t{instruction.offset.value} + 2;
    if (facts.initial_counter != 0 && instruction.caches > 0 && cache + 2 <= result.size()) {
      const std::uint32_t value = initial_value(facts, *instruction.info);
      result[cache] = static_cast<char>(value & 0xFFU);
      result[cache + 1] = static_cast<char>(value >> 8U);
    }
    if (facts.quickens_pairs && previous.info != nullptr) quicken_pair(facts, result, previous, instruction);
    previous = instruction;
  }
  return result;
}

}  // namespace ouro::bytecode
