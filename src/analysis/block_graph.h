// The control-flow graph of a code object as something to show: as text, Graphviz DOT, SVG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/code_pairs.h"
#include "bytecode/control_flow.h"
#include "support/json_writer.h"

namespace ouro::analysis {

struct GraphInstruction {
  std::uint32_t offset;
  std::int32_t line;  ///< source line where one starts, else -1
  std::string opcode;
  std::string operand;  ///< of a jump the block: "to B3"
};

struct GraphBlock {
  std::vector<GraphInstruction> instructions;
  std::int32_t first_line = -1;  ///< of the source; -1: none
  std::int32_t last_line = -1;
  bool is_reached = true;
  bool is_handler = false;      ///< an exception edge leads here
  bool is_loop_header = false;
  std::uint32_t loop_depth = 0;
  std::uint32_t dominator = bytecode::kNoNode;  ///< immediate; of the entry and of what is not reached: none
};

struct BlockGraph {
  std::string name;  ///< qualified
  std::string version;
  std::int32_t line = 0;
  std::vector<GraphBlock> blocks;
  std::vector<bytecode::FlowEdge> edges;
  bytecode::LoopForest loops;
};

/// The graph of one code object of `side`.
[[nodiscard]] BlockGraph block_graph(const CodeSide& side, const CodeNode& node);

struct GraphStyle {
  bool with_dominators = false;
  bool with_loops = false;
};

void append_graph_text(std::string& out, const BlockGraph& graph, const GraphStyle& style);
/// All graphs in one digraph, a cluster each.
[[nodiscard]] std::string graph_dot(const std::vector<BlockGraph>& graphs, const GraphStyle& style);
/// All graphs below one another, laid out by graph_layout.h.
[[nodiscard]] std::string graph_svg(const std::vector<BlockGraph>& graphs, const GraphStyle& style);
void write_graph_json(support::JsonWriter& json, const BlockGraph& graph);

/// "fall-through", "jump", "exception", "loop-back".
[[nodiscard]] std::string_view to_string(bytecode::EdgeKind kind);

}  // namespace ouro::analysis
