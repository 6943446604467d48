// Instructions as short text, for differences and graphs.
#pragma once

#include <string>

#include "bytecode/code_view.h"
#include "bytecode/instruction.h"
#include "dis/disassembler.h"
#include "dis/operand_text.h"

namespace ouro::analysis {

/// Of the code objects of one pool.
class InstructionText {
 public:
  InstructionText(const Facts& facts, const ConstantPool& pool)
      : pool_(pool), disassembler_(facts), constants_(pool, disassembler_.repr_style(), kLongest), operands_(disassembler_, pool, constants_) {}
  InstructionText(const InstructionText&) = delete;
  InstructionText& operator=(const InstructionText&) = delete;

  /// The code object that the next calls are about.
  void start(ConstId code) { operands_.start(bytecode::view_of(pool_, pool_.code(code))); }

  [[nodiscard]] std::string opcode(const Instruction& instruction) const { return std::string(instruction.info->name()); }
  /// What dis shows in parentheses, or the number where it shows none; at most some hundred characters. A code object is
  /// "<code NAME>".
  [[nodiscard]] std::string operand(const Instruction& instruction);
  /// The repr of a constant, as short.
  [[nodiscard]] std::string constant(ConstId id);

 private:
  static constexpr std::size_t kLongest = 4096;
  [[nodiscard]] std::string take();

  const ConstantPool& pool_;
  dis::Disassembler disassembler_;
  dis::ConstantPrinter constants_;
  dis::OperandWriter operands_;
  TextBuffer buffer_;
};

}  // namespace ouro::analysis
