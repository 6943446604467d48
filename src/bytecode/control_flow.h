// The control-flow graph of one code object: basic blocks, typed edges, dominators, loops.
//
// In: a code object's bytes and tables, of any version. Out: blocks of instructions in the order of the code. Before
// 3.11 the handlers come from the block stack, which is followed through the code; from 3.11 on from the exception
// table. Damaged code gives a graph too: what does not fit is listed as a problem. Time and memory are near-linear.
#pragma once

#include <cstdint>
#include <vector>

#include "bytecode/code_view.h"
#include "bytecode/digraph.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"

namespace ouro::bytecode {

enum class EdgeKind : std::uint8_t {
  FallThrough,
  Jump,
  Exception,
  LoopBack,  ///< to a block that every way to here has passed
};

/// Instructions [begin, end); never empty.
struct BasicBlock {
  std::uint32_t begin;
  std::uint32_t end;
};

struct FlowEdge {
  std::uint32_t from;
  std::uint32_t to;
  EdgeKind kind;
};

/// Something that no compiler writes.
struct FlowProblem {
  enum class Kind : std::uint8_t {
    JumpOutOfCode,
    JumpIntoInstruction,
    HandlerOutOfCode,
    HandlerRange,  ///< of an exception table entry: empty or past the end
    RunsOffEnd,    ///< control can leave the code without a return
  };
  Kind kind;
  ByteOffset offset;  ///< of the instruction; of the handler's range
};

struct ControlFlow {
  std::vector<Instruction> instructions;  ///< EXTENDED_ARG folded
  std::vector<ExceptionEntry> handlers;   ///< 3.11+
  std::vector<BasicBlock> blocks;
  std::vector<FlowEdge> edges;  ///< by `from`
  Digraph graph;                ///< nodes are blocks
  Dominators dominators;
  LoopForest loops;
  std::vector<FlowProblem> problems;

  [[nodiscard]] bool is_reached(std::uint32_t block) const { return dominators.is_reached(block); }
  /// The block of an instruction.
  [[nodiscard]] std::uint32_t block_of(std::uint32_t instruction) const;
};

[[nodiscard]] ControlFlow control_flow_of(const Facts& facts, const CodeView& view);

}  // namespace ouro::bytecode
