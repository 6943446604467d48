#include "analysis/block_graph.h"

#include <algorithm>

#include "analysis/instruction_text.h"
#include "bytecode/line_table.h"

namespace ouro::analysis {
namespace {

using bytecode::EdgeKind;

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string block_name(std::uint32_t block) { return "B" + std::to_string(block); }

std::string range_text(const GraphBlock& block) {
  if (block.first_line < 0) return "no line";
  if (block.first_line == block.last_line) return "line " + std::to_string(block.first_line);
  return "lines " + std::to_string(block.first_line) + "-" + std::to_string(block.last_line);
}

std::string marks_of(const GraphBlock& block) {
  std::string text;
  const auto add = [&](std::string_view mark) { text += (text.empty() ? "" : ", ") + std::string(mark); };
  if (block.is_loop_header) add("loop header");
  if (block.loop_depth > 0) add("loop depth " + std::to_string(block.loop_depth));
  if (block.is_handler) add("handler");
  if (!block.is_reached) add("not reached");
  return text;
}

// For a label of DOT.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return out;
}

}  // namespace

std::string_view to_string(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::FallThrough: return "fall-through";
    case EdgeKind::Jump: return "jump";
    case EdgeKind::Exception: return "exception";
    case EdgeKind::LoopBack: return "loop-back";
  }
  return "";
}

BlockGraph block_graph(const CodeSide& side, const CodeNode& node) {
  const CodeObject& code = side.pool->code(node.id);
  const bytecode::CodeView view = bytecode::view_of(*side.pool, code);
  const bytecode::ControlFlow flow = bytecode::control_flow_of(*side.facts, view);
  BlockGraph graph{.name = node.qualified_name, .version = side.facts->version.to_string(), .line = code.firstlineno, .blocks = {}, .edges = flow.edges, .loops = flow.loops};
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(*side.facts, view.line_table, code.firstlineno, view.code.size(), ranges);
  InstructionText text(*side.facts, *side.pool);
  text.start(node.id);
  std::vector<std::uint32_t> block_at(view.code.size() + 1, bytecode::kNoNode);
  for (std::uint32_t b = 0; b < flow.blocks.size(); ++b) {
    const Instruction& first = flow.instructions[flow.blocks[b].begin];
    block_at[first.start_offset.value] = block_at[first.offset.value] = b;
  }
  std::size_t range = 0;
  for (std::uint32_t b = 0; b < flow.blocks.size(); ++b) {
    GraphBlock block;
    block.is_reached = flow.is_reached(b);
    block.loop_depth = flow.loops.depth(b);
    if (block.is_reached && flow.dominators.parent[b] != b) block.dominator = flow.dominators.parent[b];
    std::int32_t last_line = -1;
    for (std::uint32_t i = flow.blocks[b].begin; i < flow.blocks[b].end; ++i) {
      const Instruction& instruction = flow.instructions[i];
      const std::uint32_t offset = instruction.offset.value;
      while (range < ranges.size() && ranges[range].end <= offset) ++range;
      const std::int32_t line = range < ranges.size() && ranges[range].start <= offset ? ranges[range].line : -1;
      GraphInstruction shown{instruction.start_offset.value, line > 0 && line != last_line ? line : -1, text.opcode(instruction), {}};
      last_line = line;
      if (line > 0) {
        block.first_line = block.first_line < 0 ? line : std::min(block.first_line, line);
        block.last_line = std::max(block.last_line, line);
      }
      const auto target = bytecode::jump_target(*side.facts, instruction);
      const bool inside = target && *target >= 0 && static_cast<std::uint64_t>(*target) < block_at.size();
      if (inside && block_at[static_cast<std::size_t>(*target)] != bytecode::kNoNode) {
        shown.operand = "to " + block_name(block_at[static_cast<std::size_t>(*target)]);
      } else if (target) {
        shown.operand = "to " + std::to_string(*target);
      } else {
        shown.operand = text.operand(instruction);
      }
      block.instructions.push_back(std::move(shown));
    }
    graph.blocks.push_back(std::move(block));
  }
  for (const bytecode::FlowEdge& edge : graph.edges) {
    if (edge.kind == EdgeKind::Exception) graph.blocks[edge.to].is_handler = true;
  }
  for (const bytecode::Loop& loop : graph.loops.loops) graph.blocks[loop.header].is_loop_header = true;
  return graph;
}

void append_graph_text(std::string& out, const BlockGraph& graph, const GraphStyle& style) {
  out += graph.name + "  (Python " + graph.version + ", line " + std::to_string(graph.line) + ")  " + counted(graph.blocks.size(), "block") + ", " +
         counted(graph.edges.size(), "edge") + ", " + counted(graph.loops.loops.size(), "loop") + "\n";
  std::size_t edge = 0;
  for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
    const GraphBlock& block = graph.blocks[b];
    const std::string marks = marks_of(block);
    out += "\n" + block_name(b) + "  " + range_text(block) + (marks.empty() ? "" : "  [" + marks + "]") + "\n";
    for (const GraphInstruction& instruction : block.instructions) {
      const std::string line = instruction.line > 0 ? std::to_string(instruction.line) : "";
      const std::string offset = std::to_string(instruction.offset);
      out.append(line.size() < 6 ? 6 - line.size() : 0, ' ');
      out += line;
      out.append(offset.size() < 6 ? 6 - offset.size() : 0, ' ');
      out += offset + "  " + instruction.opcode;
      if (!instruction.operand.empty()) {
        out.append(instruction.opcode.size() < 26 ? 26 - instruction.opcode.size() : 1, ' ');
        out += instruction.operand;
      }
      out += '\n';
    }
    for (; edge < graph.edges.size() && graph.edges[edge].from == b; ++edge) {
      out += "    -> " + block_name(graph.edges[edge].to) + "  " + std::string(to_string(graph.edges[edge].kind)) + "\n";
    }
  }
  if (style.with_dominators) {
    out += "\nDominator tree\n";
    std::vector<std::vector<std::uint32_t>> children(graph.blocks.size());
    for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
      if (graph.blocks[b].dominator != bytecode::kNoNode) children[graph.blocks[b].dominator].push_back(b);
    }
    constexpr std::size_t kMostIndent = 80;
    std::vector<std::pair<std::uint32_t, std::size_t>> stack;
    if (!graph.blocks.empty()) stack.emplace_back(0, 0);
    while (!stack.empty()) {
      const auto [b, depth] = stack.back();
      stack.pop_back();
      out.append(2 + 2 * std::min(depth, kMostIndent), ' ');
      out += block_name(b) + "\n";
      for (auto child = children[b].rbegin(); child != children[b].rend(); ++child) stack.emplace_back(*child, depth + 1);
    }
  }
  if (style.with_loops) {
    out += "\nLoops\n";
    if (graph.loops.loops.empty()) out += "  none\n";
    std::vector<std::string> members(graph.loops.loops.size());
    for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
      if (graph.loops.innermost[b] != bytecode::kNoNode) members[graph.loops.innermost[b]] += " " + block_name(b);
    }
    for (std::size_t i = 0; i < graph.loops.loops.size(); ++i) {
      const bytecode::Loop& loop = graph.loops.loops[i];
      out.append(2 * std::min<std::size_t>(loop.depth, 40), ' ');
      out += "header " + block_name(loop.header) + ", depth " + std::to_string(loop.depth) + ":" + members[i] + "\n";
    }
  }
}

std::string graph_dot(const std::vector<BlockGraph>& graphs, const GraphStyle& style) {
  std::string out = "digraph bytecode {\n  node [shape=box, fontname=\"monospace\", fontsize=10];\n  edge [fontname=\"sans-serif\", fontsize=9];\n";
  for (std::size_t g = 0; g < graphs.size(); ++g) {
    const BlockGraph& graph = graphs[g];
    const auto id = [&](std::uint32_t block) { return "f" + std::to_string(g) + "b" + std::to_string(block); };
    out += "  subgraph cluster_" + std::to_string(g) + " {\n    label=\"" + escaped(graph.name) + "\";\n";
    for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
      const GraphBlock& block = graph.blocks[b];
      out += "    " + id(b) + " [label=\"" + block_name(b) + "  " + range_text(block) + "\\l";
      for (const GraphInstruction& instruction : block.instructions) {
        out += (instruction.line > 0 ? std::to_string(instruction.line) + "  " : std::string("    ")) + escaped(instruction.opcode) +
               (instruction.operand.empty() ? "" : " " + escaped(instruction.operand)) + "\\l";
      }
      out += "\"";
      if (!block.is_reached) out += ", style=dashed";
      if (block.is_handler) out += ", color=\"#b3261e\"";
      if (block.is_loop_header) out += ", penwidth=2";
      out += "];\n";
    }
    for (const bytecode::FlowEdge& edge : graph.edges) {
      out += "    " + id(edge.from) + " -> " + id(edge.to) + " [class=\"" + std::string(to_string(edge.kind)) + "\"";
      switch (edge.kind) {
        case EdgeKind::FallThrough: break;
        case EdgeKind::Jump: out += ", color=\"#1a5fb4\""; break;
        case EdgeKind::Exception: out += ", color=\"#b3261e\", style=dashed"; break;
        case EdgeKind::LoopBack: out += ", color=\"#1b7f3b\", penwidth=2"; break;
      }
      out += "];\n";
    }
    if (style.with_dominators) {
      for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
        if (graph.blocks[b].dominator == bytecode::kNoNode) continue;
        out += "    " + id(graph.blocks[b].dominator) + " -> " + id(b) + " [style=dotted, color=\"#808080\", constraint=false, class=\"dominator\"];\n";
      }
    }
    out += "  }\n";
  }
  out += "}\n";
  return out;
}

void write_graph_json(support::JsonWriter& json, const BlockGraph& graph) {
  json.object();
  json.field("name", std::string_view(graph.name));
  json.field("version", std::string_view(graph.version));
  json.field("line", graph.line);
  json.key("blocks");
  json.array();
  for (const GraphBlock& block : graph.blocks) {
    json.object();
    if (block.first_line > 0) {
      json.field("first_line", block.first_line);
      json.field("last_line", block.last_line);
    }
    json.field("reached", block.is_reached);
    json.field("handler", block.is_handler);
    json.field("loop_depth", block.loop_depth);
    if (block.dominator != bytecode::kNoNode) json.field("dominator", block.dominator);
    json.key("instructions");
    json.array();
    for (const GraphInstruction& instruction : block.instructions) {
      json.object();
      json.field("offset", instruction.offset);
      if (instruction.line > 0) json.field("line", instruction.line);
      json.field("opcode", std::string_view(instruction.opcode));
      if (!instruction.operand.empty()) json.field("operand", std::string_view(instruction.operand));
      json.end();
    }
    json.end();
    json.end();
  }
  json.end();
  json.key("edges");
  json.array();
  for (const bytecode::FlowEdge& edge : graph.edges) {
    json.object();
    json.field("from", edge.from);
    json.field("to", edge.to);
    json.field("kind", to_string(edge.kind));
    json.end();
  }
  json.end();
  json.key("loops");
  json.array();
  for (const bytecode::Loop& loop : graph.loops.loops) {
    json.object();
    json.field("header", loop.header);
    json.field("depth", loop.depth);
    if (loop.parent != bytecode::kNoNode) json.field("parent", loop.parent);
    json.end();
  }
  json.end();
  json.end();
}

}  // namespace ouro::analysis
