#include "bytecode/control_flow.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bytecode/encode.h"

namespace ouro::bytecode {
namespace {

const Facts& facts_of(int minor) { return *version::find_facts({3, static_cast<std::uint8_t>(minor)}); }

class Code {
 public:
  explicit Code(const Facts& facts) : facts_(facts) {}
  Code& op(Op op, std::uint32_t oparg = 0) {
    append_instruction(facts_, static_cast<std::uint8_t>(*version::opcode_number(facts_, op)), oparg, bytes_);
    return *this;
  }
  [[nodiscard]] CodeView view() const {
    CodeView view;
    view.code = {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    return view;
  }

 private:
  const Facts& facts_;
  std::vector<std::uint8_t> bytes_;
};

std::vector<EdgeKind> kinds(const ControlFlow& flow, std::uint32_t from, std::uint32_t to) {
  std::vector<EdgeKind> found;
  for (const FlowEdge& edge : flow.edges) {
    if (edge.from == from && edge.to == to) found.push_back(edge.kind);
  }
  return found;
}

using Kinds = std::vector<EdgeKind>;

TEST(ControlFlow, EmptyCodeHasNoBlocks) {
  const ControlFlow flow = control_flow_of(facts_of(13), {});
  EXPECT_TRUE(flow.blocks.empty());
  EXPECT_TRUE(flow.problems.empty());
}

TEST(ControlFlow, LoopHasBackEdge) {
  const Facts& facts = facts_of(13);
  // while x: pass
  Code code(facts);
  code.op(Op::LOAD_FAST).op(Op::POP_JUMP_IF_FALSE, 2).op(Op::JUMP_BACKWARD, 5).op(Op::RETURN_CONST);
  const ControlFlow flow = control_flow_of(facts, code.view());
  ASSERT_EQ(flow.blocks.size(), 3U);
  EXPECT_EQ(kinds(flow, 0, 1), Kinds{EdgeKind::FallThrough});
  EXPECT_EQ(kinds(flow, 0, 2), Kinds{EdgeKind::Jump});
  EXPECT_EQ(kinds(flow, 1, 0), Kinds{EdgeKind::LoopBack});
  ASSERT_EQ(flow.loops.loops.size(), 1U);
  EXPECT_EQ(flow.loops.depth(1), 1U);
  EXPECT_EQ(flow.loops.depth(2), 0U);
  EXPECT_EQ(flow.block_of(2), 1U);
  EXPECT_TRUE(flow.problems.empty());
}

TEST(ControlFlow, ExceptionTableGivesEachBlockItsFirstHandler) {
  const Facts& facts = facts_of(13);
  Code code(facts);
  code.op(Op::NOP).op(Op::NOP).op(Op::RETURN_CONST).op(Op::PUSH_EXC_INFO).op(Op::RERAISE).op(Op::RERAISE);
  CodeView view = code.view();
  // Start 1, length 2, target 3, depth 0; then a second entry over the same range, target 5.
  const std::string table = {'\x81', '\x02', '\x03', '\x00', '\x81', '\x02', '\x05', '\x00'};
  view.exception_table = table;
  const ControlFlow flow = control_flow_of(facts, view);
  const std::uint32_t covered = flow.block_of(1);
  EXPECT_EQ(kinds(flow, covered, flow.block_of(3)), Kinds{EdgeKind::Exception});
  EXPECT_TRUE(kinds(flow, covered, flow.block_of(5)).empty());
  EXPECT_FALSE(flow.is_reached(flow.block_of(5)));
}

TEST(ControlFlow, BlockStackGivesHandlersBefore311) {
  const Facts& facts = facts_of(8);
  // 0 SETUP_FINALLY to 8; 2 NOP; 4 POP_BLOCK; 6 JUMP_FORWARD to 14; 8 POP_TOP; 10 POP_EXCEPT; 12 NOP; 14 RETURN_VALUE
  Code code(facts);
  code.op(Op::SETUP_FINALLY, 6).op(Op::NOP).op(Op::POP_BLOCK).op(Op::JUMP_FORWARD, 6);
  code.op(Op::POP_TOP).op(Op::POP_EXCEPT).op(Op::NOP).op(Op::RETURN_VALUE);
  const ControlFlow flow = control_flow_of(facts, code.view());
  const std::uint32_t handler = flow.block_of(4);
  EXPECT_EQ(kinds(flow, flow.block_of(1), handler), Kinds{EdgeKind::Exception});
  EXPECT_TRUE(kinds(flow, flow.block_of(3), handler).empty());
  EXPECT_TRUE(kinds(flow, 0, handler).empty()) << "SETUP_FINALLY itself is not covered";
  EXPECT_TRUE(flow.is_reached(handler));
}

TEST(ControlFlow, BreakLoopLeavesTheInnermostLoop) {
  const Facts& facts = facts_of(7);
  // 0 SETUP_LOOP to 8; 2 BREAK_LOOP; 4 JUMP_ABSOLUTE 2; 6 POP_BLOCK; 8 RETURN_VALUE
  Code code(facts);
  code.op(Op::SETUP_LOOP, 6).op(Op::BREAK_LOOP).op(Op::JUMP_ABSOLUTE, 2).op(Op::POP_BLOCK).op(Op::RETURN_VALUE);
  const ControlFlow flow = control_flow_of(facts, code.view());
  EXPECT_EQ(kinds(flow, flow.block_of(1), flow.block_of(4)), Kinds{EdgeKind::Jump});
  EXPECT_FALSE(flow.is_reached(flow.block_of(2)));
}

TEST(ControlFlow, DamageIsListed) {
  const Facts& facts = facts_of(13);
  Code code(facts);
  code.op(Op::JUMP_FORWARD, 1000).op(Op::JUMP_BACKWARD, 1).op(Op::NOP);
  CodeView view = code.view();
  const std::string table = {'\x80', '\x3f', '\x3f', '\x00'};
  view.exception_table = table;
  const ControlFlow flow = control_flow_of(facts, view);
  std::vector<FlowProblem::Kind> found;
  for (const FlowProblem& problem : flow.problems) found.push_back(problem.kind);
  for (const auto kind : {FlowProblem::Kind::JumpOutOfCode, FlowProblem::Kind::JumpIntoInstruction, FlowProblem::Kind::HandlerOutOfCode,
                          FlowProblem::Kind::HandlerRange, FlowProblem::Kind::RunsOffEnd}) {
    EXPECT_NE(std::find(found.begin(), found.end(), kind), found.end()) << static_cast<int>(kind);
  }
}

TEST(ControlFlow, ManyOverlappingHandlersAreLinear) {
  const Facts& facts = facts_of(13);
  Code code(facts);
  constexpr int kBlocks = 60000;
  for (int i = 0; i < kBlocks; ++i) code.op(Op::POP_JUMP_IF_FALSE, 0);
  code.op(Op::RETURN_CONST);
  CodeView view = code.view();
  std::string table;
  for (int i = 0; i < kBlocks; ++i) table += {'\x80', '\x4f', '\x7f', '\x3f', '\x00', '\x00'};  // start 0, all of it
  view.exception_table = table;
  const ControlFlow flow = control_flow_of(facts, view);
  EXPECT_LE(flow.edges.size(), 4U * kBlocks);
}

}  // namespace
}  // namespace ouro::bytecode
