#include "decompile/instruction_graph.h"

#include <gtest/gtest.h>

#include "bytecode/encode.h"

namespace ouro::decompile {
namespace {

/// Code of 3.`minor` without tables.
class Code {
 public:
  explicit Code(std::uint8_t minor) : facts_(*version::find_facts({3, minor})) {}
  Code& op(Op op, std::uint32_t oparg = 0) {
    bytecode::append_instruction(facts_, static_cast<std::uint8_t>(*version::opcode_number(facts_, op)), oparg, bytes_);
    return *this;
  }
  [[nodiscard]] InstructionGraph graph() const {
    bytecode::CodeView view;
    view.code = {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    return make_graph(facts_, ConstantPool(), view);
  }

 private:
  const Facts& facts_;
  std::vector<std::uint8_t> bytes_;
};

TEST(InstructionGraph, LoopThatTakesMoreThanThereIsEnds) {
  const InstructionGraph graph = Code(13).op(Op::POP_TOP).op(Op::JUMP_BACKWARD, 2).graph();
  ASSERT_EQ(graph.instructions.size(), 2U);
  EXPECT_EQ(graph.instructions[0].depth, 0);
  EXPECT_EQ(graph.instructions[1].depth, 0);
}

TEST(InstructionGraph, LoopThatPilesUpEnds) {
  const InstructionGraph graph = Code(13).op(Op::PUSH_NULL).op(Op::JUMP_BACKWARD, 2).graph();
  ASSERT_EQ(graph.instructions.size(), 2U);
  EXPECT_EQ(graph.instructions[1].depth, 1);
}

TEST(InstructionGraph, ValueThatResumesAGeneratorIsOnTheStackInEveryVersion) {
  for (const std::uint8_t minor : {12, 13, 14}) {
    const InstructionGraph graph =
        Code(minor).op(Op::RETURN_GENERATOR).op(Op::POP_TOP).op(Op::RESUME).op(Op::JUMP_BACKWARD, 2).graph();
    ASSERT_EQ(graph.instructions.size(), 4U) << "3." << int{minor};
    EXPECT_EQ(graph.instructions[1].depth, 1) << "3." << int{minor};
    EXPECT_EQ(graph.instructions[2].depth, 0) << "3." << int{minor};
  }
}

}  // namespace
}  // namespace ouro::decompile
