// The instructions of one code object in basic blocks, before anything is evaluated.
//
// Undoes what CPython's flow-graph passes did to the shape alone: copies of small exits are made one again, the
// handlers that the code generator adds around its own clean-up are looked through, and jumps that carry no handler
// of their own get their neighbour's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bytecode/code_view.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"
#include "bytecode/line_table.h"
#include "code/constant_pool.h"
#include "decompile/choices.h"

namespace ouro::decompile {

struct GraphInstruction {
  Op op = Op::Unknown;
  std::uint32_t oparg = 0;
  std::uint32_t offset = 0;
  std::uint32_t end = 0;
  const OpcodeInfo* info = nullptr;
  bytecode::Position pos;
  int target = -1;   ///< instruction index; -1: no jump, -2: out of the code
  int entry = -1;    ///< exception table entry
  int handler = -1;  ///< instruction index of the innermost PUSH_EXC_INFO handler
  int depth = -1;    ///< stack depth before it; -1: not reached
};

struct GraphBlock {
  int begin = 0;  ///< instruction indices
  int end = 0;
  int next = -1;    ///< block that control falls into
  int jump = -1;    ///< block that the last instruction jumps to
  bool returns_none = false;  ///< ends in the `return None` that nobody wrote; the instruction is left out
};

struct InstructionGraph {
  std::vector<GraphInstruction> instructions;
  std::vector<bytecode::ExceptionEntry> entries;
  std::vector<GraphBlock> blocks;
  std::vector<int> block_of;  ///< by instruction
  std::vector<std::string> problems;

  /// The instruction a handler entry leads to, or -1.
  [[nodiscard]] int index_at(std::uint32_t offset) const;
  /// The innermost real handler (PUSH_EXC_INFO) that the table gives for an instruction, as an instruction index.
  [[nodiscard]] int real_handler(int instruction) const;
  /// How many instructions right before one only unwind for it, at its own position: what leaving handlers and loops by
  /// `return`, `break` or `continue` takes.
  [[nodiscard]] int unwinding_before(int index) const;
  /// The END_ASYNC_FOR that ends the asynchronous loop of a GET_ANEXT, or -1.
  [[nodiscard]] int async_exit(int instruction) const;
};

enum class CodeRole : std::uint8_t { Module, Class, Function, Lambda };

struct GraphOptions {
  std::int32_t first_line = 1;
  CodeRole role = CodeRole::Function;  ///< says whether a `return None` can be one that nobody wrote
  int indentation = 4;                 ///< columns of one level
  Choices* choices = nullptr;
};
[[nodiscard]] InstructionGraph make_graph(const Facts& facts, const ConstantPool& pool,
                                          const bytecode::CodeView& view, const GraphOptions& options = {});

}  // namespace ouro::decompile
