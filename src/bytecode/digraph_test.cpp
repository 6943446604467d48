#include "bytecode/digraph.h"

#include <gtest/gtest.h>

#include <random>

namespace ouro::bytecode {
namespace {

using Edges = std::vector<DigraphEdge>;

/// What the entry reaches when `without` is taken away.
std::vector<bool> reached(const Digraph& graph, std::uint32_t entry, std::uint32_t without) {
  std::vector<bool> seen(graph.size(), false);
  std::vector<std::uint32_t> work;
  if (entry != without) work.push_back(entry);
  while (!work.empty()) {
    const std::uint32_t node = work.back();
    work.pop_back();
    if (seen[node]) continue;
    seen[node] = true;
    for (const std::uint32_t to : graph.successors(node)) {
      if (to != without) work.push_back(to);
    }
  }
  return seen;
}

Edges random_edges(std::mt19937& random, std::uint32_t nodes) {
  Edges edges;
  const std::uint32_t count = random() % (nodes * 2 + 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    edges.push_back({static_cast<std::uint32_t>(random() % nodes), static_cast<std::uint32_t>(random() % nodes)});
  }
  return edges;
}

TEST(Digraph, KeepsTheOrderOfEdges) {
  const Edges edges{{0, 2}, {1, 2}, {0, 1}, {0, 2}};
  const Digraph graph(3, edges);
  EXPECT_EQ(std::vector<std::uint32_t>(graph.successors(0).begin(), graph.successors(0).end()),
            (std::vector<std::uint32_t>{2, 1, 2}));
  EXPECT_EQ(std::vector<std::uint32_t>(graph.predecessors(2).begin(), graph.predecessors(2).end()),
            (std::vector<std::uint32_t>{0, 1, 0}));
}

TEST(Dominators, AreWhatTheDefinitionSaysOnRandomGraphs) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t nodes = 1 + random() % 12;
    const Digraph graph(nodes, random_edges(random, nodes));
    const Dominators found = find_dominators(graph);
    const std::vector<bool> all = reached(graph, 0, kNoNode);
    for (std::uint32_t a = 0; a < nodes; ++a) {
      const std::vector<bool> rest = reached(graph, 0, a);
      ASSERT_EQ(found.is_reached(a), all[a]);
      for (std::uint32_t b = 0; b < nodes; ++b) {
        ASSERT_EQ(found.dominates(a, b), all[a] && all[b] && !rest[b]) << a << " over " << b << " in round " << round;
      }
      if (a != 0 && all[a]) {
        ASSERT_TRUE(found.dominates(found.parent[a], a));
      }
    }
  }
}

TEST(Dominators, OrderIsReversePostorder) {
  const Edges edges{{0, 2}, {0, 1}, {1, 3}, {2, 3}, {3, 0}};
  const Dominators found = find_dominators(Digraph(5, edges));
  EXPECT_EQ(found.order, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(found.parent, (std::vector<std::uint32_t>{0, 0, 0, 0, kNoNode}));
}

TEST(Dominators, AreFoundInAChainOfAMillionNodes) {
  Edges edges;
  constexpr std::uint32_t kNodes = 1000000;
  for (std::uint32_t i = 0; i + 1 < kNodes; ++i) {
    edges.push_back({i, i + 1});
    edges.push_back({i + 1, i});
  }
  const Digraph graph(kNodes, edges);
  const Dominators found = find_dominators(graph);
  EXPECT_EQ(found.parent[kNodes - 1], kNodes - 2);
  const LoopForest forest = find_loops(graph, found);
  EXPECT_EQ(forest.loops.size(), kNodes - 1);
  EXPECT_EQ(forest.depth(kNodes - 1), kNodes - 1);
}

TEST(Loops, NestAndKnowTheirHeaders) {
  // 0 → 1 [2 [3] 4] 5, and a loop of its own at 6.
  const Edges edges{{0, 1}, {1, 2}, {2, 3}, {3, 2}, {2, 4}, {4, 1}, {1, 5}, {5, 6}, {6, 6}};
  const Digraph graph(7, edges);
  const LoopForest forest = find_loops(graph, find_dominators(graph));
  ASSERT_EQ(forest.loops.size(), 3U);
  EXPECT_EQ(forest.depth(0), 0U);
  EXPECT_EQ(forest.depth(1), 1U);
  EXPECT_EQ(forest.depth(2), 2U);
  EXPECT_EQ(forest.depth(3), 2U);
  EXPECT_EQ(forest.depth(4), 1U);
  EXPECT_EQ(forest.depth(5), 0U);
  EXPECT_EQ(forest.depth(6), 1U);
  EXPECT_EQ(forest.loops[forest.innermost[3]].header, 2U);
  EXPECT_EQ(forest.loops[forest.loops[forest.innermost[3]].parent].header, 1U);
}

TEST(Loops, HoldWhatReachesABackEdgeOnRandomGraphs) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t nodes = 1 + random() % 12;
    const Digraph graph(nodes, random_edges(random, nodes));
    const Dominators found = find_dominators(graph);
    const LoopForest forest = find_loops(graph, found);
    std::vector<std::uint32_t> depth(nodes, 0);
    for (std::uint32_t header = 0; header < nodes; ++header) {
      std::vector<bool> inside(nodes, false);
      std::vector<std::uint32_t> work;
      for (const std::uint32_t from : graph.predecessors(header)) {
        if (found.dominates(header, from)) work.push_back(from);
      }
      if (work.empty()) continue;
      inside[header] = true;
      while (!work.empty()) {
        const std::uint32_t node = work.back();
        work.pop_back();
        if (inside[node] || !found.is_reached(node)) continue;
        inside[node] = true;
        for (const std::uint32_t from : graph.predecessors(node)) work.push_back(from);
      }
      for (std::uint32_t node = 0; node < nodes; ++node) depth[node] += inside[node] ? 1 : 0;
    }
    for (std::uint32_t node = 0; node < nodes; ++node) {
      ASSERT_EQ(forest.depth(node), depth[node]) << "node " << node << " in round " << round;
    }
  }
}

}  // namespace
}  // namespace ouro::bytecode
