#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "analysis/block_graph.h"
#include "analysis/graph_layout.h"
#include "marshal/pyc.h"

namespace ouro::analysis {
namespace {

bool overlap(const LayoutNode& a, const LayoutNode& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

TEST(GraphLayout, NodesNeverOverlapAndStayInside) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<LayoutNode> nodes(1 + random() % 30);
    for (LayoutNode& node : nodes) node = {20.0 + static_cast<double>(random() % 200), 10.0 + static_cast<double>(random() % 100)};
    std::vector<LayoutEdge> edges(random() % 60);
    for (LayoutEdge& edge : edges) edge = {static_cast<std::uint32_t>(random() % nodes.size()), static_cast<std::uint32_t>(random() % nodes.size()), random() % 3 == 0, {}};
    const LayoutSize size = lay_out(nodes, edges);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      EXPECT_GE(nodes[i].x, 0);
      EXPECT_LE(nodes[i].x + nodes[i].width, size.width + 1e-6);
      EXPECT_LE(nodes[i].y + nodes[i].height, size.height + 1e-6);
      for (std::size_t k = i + 1; k < nodes.size(); ++k) EXPECT_FALSE(overlap(nodes[i], nodes[k])) << round << ' ' << i << ' ' << k;
    }
    for (const LayoutEdge& edge : edges) {
      ASSERT_GE(edge.points.size(), 4U);
      EXPECT_EQ(edge.points.size() % 3, 1U);
      EXPECT_NEAR(edge.points.front().y, nodes[edge.from].y + nodes[edge.from].height, 1e-6);
      EXPECT_NEAR(edge.points.back().y, nodes[edge.to].y, 1e-6);
    }
  }
}

TEST(GraphLayout, TargetsComeBelowUnlessAnEdgeLeadsBack) {
  std::vector<LayoutNode> nodes(4, {50, 20});
  std::vector<LayoutEdge> edges{{0, 1}, {1, 2}, {2, 1}, {1, 3}};
  lay_out(nodes, edges);
  EXPECT_LT(nodes[0].y, nodes[1].y);
  EXPECT_LT(nodes[1].y, nodes[2].y);
  EXPECT_LT(nodes[1].y, nodes[3].y);
}

TEST(GraphLayout, LongChainsAndHubsAreFast) {
  constexpr std::uint32_t kCount = 3000;
  std::vector<LayoutNode> nodes(kCount, {50, 20});
  std::vector<LayoutEdge> edges;
  for (std::uint32_t i = 0; i + 1 < kCount; ++i) {
    edges.push_back({i, i + 1});
    edges.push_back({i, kCount - 1, i % 2 == 0});  // all to one handler
  }
  const LayoutSize size = lay_out(nodes, edges);
  EXPECT_GT(size.height, 20.0 * kCount);
}

TEST(GraphLayout, EmptyAndSelfLoop) {
  EXPECT_EQ(lay_out({}, {}).width, 0);
  std::vector<LayoutNode> nodes(1, {50, 20});
  std::vector<LayoutEdge> edges{{0, 0}};
  const LayoutSize size = lay_out(nodes, edges);
  EXPECT_GT(size.height, 20);
}

std::vector<BlockGraph> corpus_graphs(const std::string& version) {
  std::ifstream file(std::string(OURO_SOURCE_DIR) + "/tests/corpus/" + version + "/spam.pyc", std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto pyc = marshal::read_pyc(support::as_bytes({bytes.data(), bytes.size()}));
  EXPECT_TRUE(pyc.has_value()) << version;
  const CodeSide side{version::find_facts(pyc->header.version), &pyc->value.pool, pyc->value.root};
  std::vector<BlockGraph> graphs;
  for (const CodeNode& node : code_tree(*side.pool, side.root)) graphs.push_back(block_graph(side, node));
  return graphs;
}

// The same source in every version: what is reached, and how loops are nested, does not depend on who compiled it.
TEST(BlockGraph, VersionsAgreeOnLoopsAndHandlers) {
  for (const char* version : {"2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}) {
    const auto graphs = corpus_graphs(version);
    const auto loop = std::find_if(graphs.begin(), graphs.end(), [](const BlockGraph& g) { return g.name == "Spam.loop"; });
    ASSERT_NE(loop, graphs.end()) << version;
    EXPECT_EQ(loop->loops.loops.size(), 2U) << version;
    std::uint32_t depth = 0;
    bool has_handler = false;
    for (const GraphBlock& block : loop->blocks) {
      depth = std::max(depth, block.loop_depth);
      has_handler = has_handler || (block.is_handler && block.is_reached);
    }
    EXPECT_EQ(depth, 2U) << version;
    EXPECT_TRUE(has_handler) << version;
  }
}

TEST(BlockGraph, PicturesNameEveryBlockAndEdge) {
  const auto graphs = corpus_graphs("3.13");
  const std::string svg = graph_svg(graphs, {});
  const std::string dot = graph_dot(graphs, {});
  std::size_t blocks = 0, edges = 0;
  for (const BlockGraph& graph : graphs) blocks += graph.blocks.size(), edges += graph.edges.size();
  const auto count = [](const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
    return n;
  };
  EXPECT_EQ(count(svg, "<rect class="), blocks);
  EXPECT_EQ(count(svg, "</title></path>"), edges);
  EXPECT_EQ(count(dot, " -> "), edges);
}

}  // namespace
}  // namespace ouro::analysis
