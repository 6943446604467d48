// The control-flow graph of one code unit: what the optimisation passes work on.
//
// Blocks and instructions live in the Backend's scratch arena and die with the unit. Blocks are chained by `next` in
// the order in which they will be written. Follows CPython 3.13 Python/flowgraph.c.
#pragma once

#include <cstdint>
#include <span>

#include "compile/instruction_sequence.h"
#include "compile/opcode.h"
#include "support/arena.h"

namespace ouro::compile {

struct Block;

struct CfgInstruction {
  Op op = Op::NOP;
  std::int32_t oparg = 0;
  SourceLocation location;
  Block* target = nullptr;   ///< of a jump or block push
  Block* handler = nullptr;  ///< where an exception raised here goes

  void set(Op new_op, std::int32_t new_oparg = 0) {
    op = new_op;
    oparg = new_oparg;
  }
  /// Keeps the place and its line; a later pass removes it where no line depends on it.
  void set_nop() { set(Op::NOP); }
};

/// The handlers open at the start of a block, innermost last.
struct HandlerStack {
  HandlerStack* below = nullptr;
  Block* handler = nullptr;
  std::int32_t depth = 0;
};

struct Block {
  Block* next = nullptr;
  CfgInstruction* instructions = nullptr;
  std::int32_t used = 0;
  std::int32_t capacity = 0;
  std::int32_t label = -1;  ///< -1: not a jump target
  std::int32_t predecessors = 0;
  std::int32_t start_depth = 0;
  std::int32_t first_index = 0;  ///< of its first instruction in the final sequence
  std::int32_t first_unit = 0;   ///< of its first instruction, in code units
  std::int32_t fixed_units = 0;  ///< of its instructions but a jump at the end
  HandlerStack* handlers = nullptr;
  std::uint64_t unsafe_locals = 0;
  bool visited = false;
  bool preserve_lasti = false;
  bool is_handler = false;
  bool cold = false;
  bool warm = false;

  [[nodiscard]] std::span<CfgInstruction> body() const {
    return {instructions, static_cast<std::size_t>(used)};
  }
  [[nodiscard]] CfgInstruction* last() const { return used > 0 ? &instructions[used - 1] : nullptr; }
};

class FlowGraph {
 public:
  FlowGraph(const TargetOpcodes& opcodes, Arena& arena) : opcodes_(opcodes), arena_(arena) {}

  /// Cuts the sequence into blocks and resolves labels. Every label used must have been placed.
  void build(const InstructionSequence& sequence);

  [[nodiscard]] Block* entry() const { return entry_; }
  [[nodiscard]] const TargetOpcodes& opcodes() const { return opcodes_; }
  [[nodiscard]] Arena& arena() const { return arena_; }

  [[nodiscard]] bool is(const CfgInstruction& i, OpFlag flag) const { return opcodes_.has(i.op, flag); }
  [[nodiscard]] bool falls_through(const Block& b) const {
    return b.used == 0 || !is(*b.last(), kNoFallthrough);
  }
  [[nodiscard]] bool exits_scope(const Block& b) const { return b.used > 0 && is(*b.last(), kIsScopeExit); }

  Block* new_block();
  /// A label that no block has yet.
  [[nodiscard]] std::int32_t new_label();
  CfgInstruction& append(Block& block, const CfgInstruction& instruction);
  void insert(Block& block, std::int32_t position, const CfgInstruction& instruction);
  void append_all(Block& to, const Block& from);

  /// Sets `visited` to false on all blocks and gives room for each of them once.
  [[nodiscard]] Block** traversal_stack();

 private:
  void reserve(Block& block, std::int32_t wanted);

  const TargetOpcodes& opcodes_;
  Arena& arena_;
  Block* entry_ = nullptr;
  std::int32_t block_count_ = 0;
  Block** stack_ = nullptr;
  std::int32_t stack_capacity_ = 0;
};

[[nodiscard]] inline Block* next_nonempty(Block* block) {
  while (block != nullptr && block->used == 0) block = block->next;
  return block;
}

}  // namespace ouro::compile
