// A directed graph and what flow analysis asks of it: order, dominators, loops.
//
// In: nodes 0 to n-1, of which one is the entry, and edges. Out: reverse postorder, the dominator tree (Lengauer and
// Tarjan, near-linear), the forest of natural loops. The graph may come from damaged code: any edges will do, nodes
// that the entry does not reach are said to be so.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ouro::bytecode {

/// "No such node", "not reached".
inline constexpr std::uint32_t kNoNode = 0xFFFFFFFFU;

struct DigraphEdge {
  std::uint32_t from;
  std::uint32_t to;
};

/// Nodes with their successors and predecessors, in the order in which the edges were given.
class Digraph {
 public:
  Digraph() = default;
  Digraph(std::uint32_t node_count, std::span<const DigraphEdge> edges);

  [[nodiscard]] std::uint32_t size() const { return node_count_; }
  [[nodiscard]] std::span<const std::uint32_t> successors(std::uint32_t node) const {
    return std::span(targets_).subspan(first_target_[node], first_target_[node + 1] - first_target_[node]);
  }
  [[nodiscard]] std::span<const std::uint32_t> predecessors(std::uint32_t node) const {
    return std::span(sources_).subspan(first_source_[node], first_source_[node + 1] - first_source_[node]);
  }

 private:
  std::uint32_t node_count_ = 0;
  std::vector<std::uint32_t> first_target_;
  std::vector<std::uint32_t> targets_;
  std::vector<std::uint32_t> first_source_;
  std::vector<std::uint32_t> sources_;
};

/// The dominator tree: a dominates b when every way from the entry to b goes through a.
struct Dominators {
  std::vector<std::uint32_t> order;   ///< reverse postorder of what is reached; the depth-first walk takes successors in turn
  std::vector<std::uint32_t> rank;    ///< by node: its place in `order`, or kNoNode
  std::vector<std::uint32_t> parent;  ///< by node: immediate dominator; the entry's own is itself, kNoNode when not reached
  std::vector<std::uint32_t> enter;   ///< by node: preorder interval in the tree, children in the order of `order`
  std::vector<std::uint32_t> leave;

  [[nodiscard]] bool is_reached(std::uint32_t node) const { return rank[node] != kNoNode; }
  [[nodiscard]] bool dominates(std::uint32_t a, std::uint32_t b) const {
    return is_reached(a) && is_reached(b) && enter[a] <= enter[b] && leave[b] <= leave[a];
  }
};

[[nodiscard]] Dominators find_dominators(const Digraph& graph, std::uint32_t entry = 0);

/// A natural loop: the header and all that reaches an edge back to it without passing through it.
struct Loop {
  std::uint32_t header;
  std::uint32_t parent;  ///< index of the loop around it, or kNoNode
  std::uint32_t depth;   ///< 1 for an outermost one
};

struct LoopForest {
  std::vector<Loop> loops;               ///< a loop comes before those inside of it
  std::vector<std::uint32_t> innermost;  ///< by node: index of the innermost loop, or kNoNode

  /// Loops around a node.
  [[nodiscard]] std::uint32_t depth(std::uint32_t node) const {
    return innermost[node] == kNoNode ? 0 : loops[innermost[node]].depth;
  }
};

[[nodiscard]] LoopForest find_loops(const Digraph& graph, const Dominators& dominators);

}  // namespace ouro::bytecode
