// Control-flow graphs as SVG.
#include <algorithm>
#include <cstdio>

#include "analysis/block_graph.h"
#include "analysis/graph_layout.h"

namespace ouro::analysis {
namespace {

using bytecode::EdgeKind;

constexpr double kCharacter = 7.3;  // of the 12 px monospaced font
constexpr double kLine = 15;
constexpr double kPadding = 8;
constexpr double kMargin = 20;
constexpr double kTitle = 34;
/// Longer blocks are shown with a gap: a picture is for the shape.
constexpr std::size_t kMostLines = 40;
constexpr std::size_t kLastLines = 8;
constexpr std::size_t kMostOperand = 36;

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f", value);
  return buffer;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cut(const std::string& text) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U && ++used > kMostOperand) return text.substr(0, i) + "…";
  }
  return text;
}

// Well-formed for XML: what it can't hold becomes U+FFFD.
std::string xml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    switch (c) {
      case '&': out += "&amp;"; continue;
      case '<': out += "&lt;"; continue;
      case '>': out += "&gt;"; continue;
      case '"': out += "&quot;"; continue;
      default: break;
    }
    if (c >= 0x20 && c < 0x7F) {
      out += text[i];
      continue;
    }
    const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 0;
    const bool is_surrogate = c == 0xED && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0;
    bool whole = length != 0 && i + length <= text.size() && !is_surrogate;
    for (std::size_t k = 1; whole && k < length; ++k) whole = (static_cast<unsigned char>(text[i + k]) & 0xC0U) == 0x80U;
    if (whole) {
      out += text.substr(i, length);
      i += length - 1;
    } else {
      out += "\xEF\xBF\xBD";
    }
  }
  return out;
}

struct Box {
  std::string head;
  std::vector<std::pair<std::string, std::string>> lines;  // source line, text
};

Box box_of(const GraphBlock& block, std::uint32_t index) {
  Box box;
  box.head = "B" + std::to_string(index);
  if (block.first_line > 0) {
    box.head += "  line " + std::to_string(block.first_line);
    if (block.last_line != block.first_line) box.head += "-" + std::to_string(block.last_line);
  }
  if (block.loop_depth > 0) box.head += block.is_loop_header ? "  loop" : "  in loop";
  if (block.is_handler) box.head += "  handler";
  if (!block.is_reached) box.head += "  not reached";
  const std::size_t count = block.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (count > kMostLines && i == kMostLines - kLastLines) {
      const std::size_t left_out = count - kMostLines;
      box.lines.emplace_back("", "… " + std::to_string(left_out) + " more …");
      i += left_out;
    }
    const GraphInstruction& instruction = block.instructions[i];
    box.lines.emplace_back(instruction.line > 0 ? std::to_string(instruction.line) : "",
                           instruction.opcode + (instruction.operand.empty() ? "" : " " + cut(instruction.operand)));
  }
  return box;
}

constexpr std::string_view kStyle = R"(<style>
text{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1c1b1f;white-space:pre}
.title{font:bold 15px system-ui,sans-serif}
.head{font-weight:bold}
.line{fill:#6b6b73;text-anchor:end}
.block{fill:#fff;stroke:#49454f}
.loop{stroke:#1b7f3b;stroke-width:2.5}
.handler{fill:#fdecea;stroke:#b3261e}
.unreached{fill:#f1f1f4;stroke-dasharray:5 4}
path{fill:none;stroke-width:1.5}
.fall-through{stroke:#49454f}
.jump{stroke:#1a5fb4}
.exception{stroke:#b3261e;stroke-dasharray:5 4}
.loop-back{stroke:#1b7f3b;stroke-width:2.5}
.dominator{stroke:#9a9aa2;stroke-dasharray:1 4}
</style>
)";

std::string marker(std::string_view kind, std::string_view color) {
  std::string id(kind);
  return "<marker id=\"" + id + "\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" "
         "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" style=\"fill:" + std::string(color) + ";stroke:none\"/></marker>\n";
}

class Drawing {
 public:
  explicit Drawing(const GraphStyle& style) : style_(style) {}

  void add(const BlockGraph& graph) {
    std::vector<Box> boxes;
    std::vector<LayoutNode> nodes;
    std::size_t number_width = 0;
    for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
      boxes.push_back(box_of(graph.blocks[b], b));
      for (const auto& line : boxes.back().lines) number_width = std::max(number_width, line.first.size());
    }
    const double indent = (static_cast<double>(number_width) + 1) * kCharacter;
    for (const Box& box : boxes) {
      double width = static_cast<double>(width_of(box.head)) * kCharacter;
      for (const auto& line : box.lines) width = std::max(width, indent + static_cast<double>(width_of(line.second)) * kCharacter);
      nodes.push_back({width + 2 * kPadding, static_cast<double>(box.lines.size() + 1) * kLine + 2 * kPadding});
    }
    std::vector<LayoutEdge> edges;
    for (const bytecode::FlowEdge& edge : graph.edges) edges.push_back({edge.from, edge.to, edge.kind == EdgeKind::Exception, {}});
    const LayoutSize size = lay_out(nodes, edges);
    const std::string title = graph.name + "  (Python " + graph.version + ", line " + std::to_string(graph.line) + ")";
    body_ += "<g transform=\"translate(" + number(kMargin) + " " + number(height_ + kMargin) + ")\">\n<text class=\"title\" x=\"0\" y=\"14\">" +
             xml(title) + "</text>\n<g transform=\"translate(0 " + number(kTitle) + ")\">\n";
    for (std::size_t e = 0; e < edges.size(); ++e) draw_edge(edges[e], graph.edges[e].kind);
    if (style_.with_dominators) draw_dominators(graph, nodes);
    for (std::uint32_t b = 0; b < boxes.size(); ++b) draw_box(boxes[b], graph.blocks[b], nodes[b], indent);
    body_ += "</g>\n</g>\n";
    width_ = std::max({width_, size.width, static_cast<double>(width_of(title)) * 9.5});
    height_ += kTitle + size.height + kMargin;
  }

  std::string finish() const {
    const double width = width_ + 2 * kMargin;
    const double height = height_ + 2 * kMargin;
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + number(height) + "\" viewBox=\"0 0 " +
                      number(width) + " " + number(height) + "\">\n";
    out += kStyle;
    out += "<defs>\n" + marker("fall-through", "#49454f") + marker("jump", "#1a5fb4") + marker("exception", "#b3261e") +
           marker("loop-back", "#1b7f3b") + "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#fbfbfd\"/>\n";
    return out + body_ + "</svg>\n";
  }

 private:
  void draw_edge(const LayoutEdge& edge, EdgeKind kind) {
    const std::string name(to_string(kind));
    body_ += "<path class=\"" + name + "\" marker-end=\"url(#" + name + ")\" d=\"M" + number(edge.points[0].x) + " " + number(edge.points[0].y);
    for (std::size_t i = 1; i < edge.points.size(); ++i) {
      body_ += (i % 3 == 1 ? "C" : " ") + number(edge.points[i].x) + " " + number(edge.points[i].y);
    }
    body_ += "\"><title>B" + std::to_string(edge.from) + " to B" + std::to_string(edge.to) + ": " + name + "</title></path>\n";
  }

  void draw_dominators(const BlockGraph& graph, const std::vector<LayoutNode>& nodes) {
    for (std::uint32_t b = 0; b < graph.blocks.size(); ++b) {
      const std::uint32_t parent = graph.blocks[b].dominator;
      if (parent == bytecode::kNoNode) continue;
      body_ += "<path class=\"dominator\" d=\"M" + number(nodes[parent].x + 4) + " " + number(nodes[parent].y + nodes[parent].height) + "L" +
               number(nodes[b].x + 4) + " " + number(nodes[b].y) + "\"/>\n";
    }
  }

  void draw_box(const Box& box, const GraphBlock& block, const LayoutNode& node, double indent) {
    std::string classes = "block";
    if (block.is_handler) classes += " handler";
    if (block.is_loop_header) classes += " loop";
    if (!block.is_reached) classes += " unreached";
    body_ += "<rect class=\"" + classes + "\" x=\"" + number(node.x) + "\" y=\"" + number(node.y) + "\" width=\"" + number(node.width) +
             "\" height=\"" + number(node.height) + "\" rx=\"4\"/>\n";
    double y = node.y + kPadding + 11;
    body_ += "<text class=\"head\" x=\"" + number(node.x + kPadding) + "\" y=\"" + number(y) + "\">" + xml(box.head) + "</text>\n";
    for (const auto& [line, text] : box.lines) {
      y += kLine;
      if (!line.empty()) {
        body_ += "<text class=\"line\" x=\"" + number(node.x + kPadding + indent - kCharacter) + "\" y=\"" + number(y) + "\">" + line + "</text>\n";
      }
      body_ += "<text x=\"" + number(node.x + kPadding + indent) + "\" y=\"" + number(y) + "\">" + xml(text) + "</text>\n";
    }
  }

  GraphStyle style_;
  std::string body_;
  double width_ = 0;
  double height_ = 0;
};

}  // namespace

std::string graph_svg(const std::vector<BlockGraph>& graphs, const GraphStyle& style) {
  Drawing drawing(style);
  for (const BlockGraph& graph : graphs) drawing.add(graph);
  return drawing.finish();
}

}  // namespace ouro::analysis
