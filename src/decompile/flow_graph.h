// Dominators and loops of a reduced graph.
#pragma once

#include <vector>

#include "decompile/value.h"

namespace ouro::decompile {

/// Facts about the graph with an edge from every block under a handler to that handler.
struct FlowGraph {
  std::vector<std::vector<int>> preds;   ///< without the edges to handlers
  std::vector<std::vector<int>> all_preds;
  std::vector<std::vector<int>> succs;   ///< without the edges to handlers
  std::vector<int> order;                ///< reverse postorder
  std::vector<int> rank;                 ///< place in order; -1: unreachable
  std::vector<int> idom;
  std::vector<int> enter, leave;         ///< preorder intervals of the dominator tree
  std::vector<int> owner;                ///< innermost handler that dominates the block, or kNoBlock
  std::vector<std::vector<int>> children;  ///< in the dominator tree
  std::vector<bool> is_header;           ///< some edge back to it

  [[nodiscard]] bool dominates(int a, int b) const {
    return rank[a] >= 0 && rank[b] >= 0 && enter[a] <= enter[b] && leave[b] <= leave[a];
  }
  [[nodiscard]] bool is_back_edge(int from, int to) const { return dominates(to, from); }
  /// Edges into `b` that go forward.
  [[nodiscard]] int forward_preds(int b) const {
    int n = 0;
    for (const int p : preds[b]) n += is_back_edge(p, b) ? 0 : 1;
    return n;
  }
  /// The blocks of the natural loop of `header`, as flags.
  [[nodiscard]] std::vector<bool> loop(int header) const;
};

[[nodiscard]] FlowGraph analyse(const Lifted& lifted);

}  // namespace ouro::decompile
