// What stands in parentheses after an operand: dis calls it argrepr.
#pragma once

#include "bytecode/code_view.h"
#include "bytecode/instruction.h"
#include "dis/constant_repr.h"
#include "dis/disassembler.h"
#include "support/text_buffer.h"

namespace ouro::dis {

/// Writes operands of one code object.
class OperandWriter {
 public:
  OperandWriter(const Disassembler& disassembler, const ConstantPool& pool, ConstantPrinter& constants)
      : facts_(disassembler.facts()), disassembler_(disassembler), pool_(pool), constants_(constants) {}

  void start(const bytecode::CodeView& view) { view_ = view; }

  /// Appends the operand's text, or nothing when it has none. `label` is the number of the jump target's
  /// label, where the version has labels.
  void append(TextBuffer& out, const Instruction& instruction, std::uint32_t label);

 private:
  void append_name(TextBuffer& out, ConstId id);
  void append_named(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg);
  void append_const(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg);
  void append_jump(TextBuffer& out, const Instruction& instruction, const OpcodeInfo& meaning, std::uint32_t label);
  void append_compare(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg);
  void append_symbol(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg);

  const Facts& facts_;
  const Disassembler& disassembler_;
  const ConstantPool& pool_;
  ConstantPrinter& constants_;
  bytecode::CodeView view_;
};

}  // namespace ouro::dis
