#include "compile/flow_graph.h"

#include <algorithm>

namespace ouro::compile {

Block* FlowGraph::new_block() {
  ++block_count_;
  return arena_.make<Block>();
}

std::int32_t FlowGraph::new_label() {
  std::int32_t highest = -1;
  for (const Block* b = entry_; b != nullptr; b = b->next) highest = std::max(highest, b->label);
  return highest + 1;
}

void FlowGraph::reserve(Block& block, std::int32_t wanted) {
  if (wanted <= block.capacity) return;
  const std::int32_t capacity = std::max(wanted + 2, block.capacity * 2);
  auto* room = static_cast<CfgInstruction*>(arena_.allocate(
      sizeof(CfgInstruction) * static_cast<std::size_t>(capacity), alignof(CfgInstruction)));
  std::uninitialized_copy_n(block.instructions, block.used, room);
  block.instructions = room;
  block.capacity = capacity;
}

CfgInstruction& FlowGraph::append(Block& block, const CfgInstruction& instruction) {
  const CfgInstruction copy = instruction;  // it may stand in the array that moves
  reserve(block, block.used + 1);
  return *::new (&block.instructions[block.used++]) CfgInstruction(copy);
}

void FlowGraph::insert(Block& block, std::int32_t position, const CfgInstruction& instruction) {
  append(block, instruction);
  CfgInstruction* at = block.instructions + position;
  std::rotate(at, block.instructions + block.used - 1, block.instructions + block.used);
}

void FlowGraph::append_all(Block& to, const Block& from) {
  const std::int32_t count = from.used;  // `to` may be `from`
  reserve(to, to.used + count);
  std::uninitialized_copy_n(from.instructions, count, to.instructions + to.used);
  to.used += count;
}

Block** FlowGraph::traversal_stack() {
  for (Block* b = entry_; b != nullptr; b = b->next) b->visited = false;
  if (stack_capacity_ < block_count_) {
    stack_capacity_ = block_count_ * 2;
    stack_ = arena_.make_array<Block*>(static_cast<std::size_t>(stack_capacity_)).data();
  }
  return stack_;
}

// CPython 3.13 Python/flowgraph.c _PyCfg_FromInstructionSequence and translate_jump_labels_to_targets. Blocks end at
// terminators and before jump targets; labels that nothing jumps to start no block.
void FlowGraph::build(const InstructionSequence& sequence) {
  const std::span<const Instruction> source = sequence.instructions();
  const std::span<const std::int32_t> positions = sequence.label_positions();
  const std::size_t count = source.size();
  const std::span<Block*> block_at = arena_.make_array<Block*>(count + 1);
  const std::span<std::uint8_t> is_target = arena_.make_array<std::uint8_t>(count + 1);
  auto* const jumps = static_cast<std::uint32_t*>(arena_.allocate(count * sizeof(std::uint32_t), alignof(std::uint32_t)));
  std::size_t jump_count = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!opcodes_.has(source[i].op, static_cast<OpFlag>(kHasTarget))) continue;
    is_target[static_cast<std::size_t>(positions[static_cast<std::size_t>(source[i].oparg)])] = 1;
    jumps[jump_count++] = static_cast<std::uint32_t>(i);
  }

  auto* const copies = static_cast<CfgInstruction*>(arena_.allocate(count * sizeof(CfgInstruction), alignof(CfgInstruction)));
  entry_ = new_block();
  Block* current = entry_;
  current->instructions = copies;
  bool terminated = false;
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction& from = source[i];
    if (terminated || (is_target[i] != 0 && (current->used > 0 || current->label >= 0))) {
      Block* block = new_block();
      block->instructions = copies + i;
      current->capacity = current->used;
      current->next = block;
      current = block;
    }
    if (is_target[i] != 0) {
      current->label = static_cast<std::int32_t>(i);
      block_at[i] = current;
    }
    ::new (copies + i) CfgInstruction{from.op, from.oparg, from.location};
    ++current->used;
    terminated = opcodes_.has(from.op, static_cast<OpFlag>(kIsTerminator));
  }
  current->capacity = current->used;

  for (std::size_t j = 0; j < jump_count; ++j) {
    CfgInstruction& jump = copies[jumps[j]];
    jump.oparg = positions[static_cast<std::size_t>(jump.oparg)];
    jump.target = block_at[static_cast<std::size_t>(jump.oparg)];
  }
}

}  // namespace ouro::compile
