// Places for the nodes of a directed graph and ways for its edges, in layers from top to bottom.
//
// After K. Sugiyama, S. Tagawa and M. Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981):
// cycles are broken, nodes put in layers, the order within layers settled so that few edges cross, then columns chosen
// so that edges are straight. An edge that leads back up turns below its source and above its target and runs beside
// what lies between.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ouro::analysis {

struct LayoutNode {
  double width = 0;
  double height = 0;
  double x = 0;  ///< out: of the upper left corner
  double y = 0;
};

struct LayoutPoint {
  double x;
  double y;
};

struct LayoutEdge {
  std::uint32_t from;
  std::uint32_t to;
  bool shares_lanes = false;        ///< runs together with the others of its kind that lead to the same node
  std::vector<LayoutPoint> points;  ///< out: start, then three for each cubic Bézier curve
};

struct LayoutSize {
  double width = 0;
  double height = 0;
};

struct LayoutSpacing {
  double between_nodes = 24;
  double between_lanes = 12;
  double between_layers = 44;
};

/// Node 0 comes on top. Edges may be any; nodes without edges stand in the first layer.
LayoutSize lay_out(std::span<LayoutNode> nodes, std::span<LayoutEdge> edges, const LayoutSpacing& spacing = {});

}  // namespace ouro::analysis
