#include "decompile/flow_graph.h"

#include <algorithm>

#include "bytecode/digraph.h"

namespace ouro::decompile {
namespace {

void connect(const Lifted& lifted, FlowGraph& g) {
  const std::size_t count = lifted.blocks.size();
  g.preds.assign(count, {});
  g.all_preds.assign(count, {});
  g.succs.assign(count, {});
  for (std::size_t b = 0; b < count; ++b) {
    const Block& block = lifted.blocks[b];
    if (block.dead) continue;
    const int from = static_cast<int>(b);
    const auto add = [&](int to) {
      if (to < 0 || std::find(g.succs[b].begin(), g.succs[b].end(), to) != g.succs[b].end()) return;
      g.succs[b].push_back(to);
      g.preds[to].push_back(from);
      g.all_preds[to].push_back(from);
    };
    if (block.terminator == TerminatorKind::Jump) add(block.target.block);
    if (block.terminator == TerminatorKind::Branch || block.terminator == TerminatorKind::ForEach) {
      add(block.target.block);
      add(block.other.block);
    }
    if (block.handler >= 0 && block.handler != from) g.all_preds[block.handler].push_back(from);
  }
}

constexpr int as_int(std::uint32_t node) { return node == bytecode::kNoNode ? -1 : static_cast<int>(node); }

std::vector<int> as_ints(const std::vector<std::uint32_t>& nodes) {
  std::vector<int> ints(nodes.size());
  std::transform(nodes.begin(), nodes.end(), ints.begin(), as_int);
  return ints;
}

void dominate(const Lifted& lifted, FlowGraph& g) {
  std::vector<bytecode::DigraphEdge> edges;
  const auto add = [&](int from, int to) {
    edges.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)});
  };
  for (int b = 0; b < static_cast<int>(lifted.blocks.size()); ++b) {
    // Handlers first, then jumps, then the code that follows: reverse postorder then has the layout's order.
    if (lifted.blocks[b].handler >= 0) add(b, lifted.blocks[b].handler);
    for (std::size_t k = g.succs[b].size(); k-- > 0;) add(b, g.succs[b][k]);
  }
  const bytecode::Digraph graph(static_cast<std::uint32_t>(lifted.blocks.size()), edges);
  const bytecode::Dominators found = bytecode::find_dominators(graph);
  g.order = as_ints(found.order);
  g.rank = as_ints(found.rank);
  g.idom = as_ints(found.parent);
  g.enter = as_ints(found.enter);
  g.leave = as_ints(found.leave);
}

void number(const Lifted& lifted, FlowGraph& g) {
  g.children.assign(g.rank.size(), {});
  g.owner.assign(g.rank.size(), kNoBlock);
  for (const int b : g.order) {
    if (b == 0) continue;
    g.children[g.idom[b]].push_back(b);
    g.owner[b] = lifted.blocks[b].is_handler ? b : g.owner[g.idom[b]];
  }
}

}  // namespace

std::vector<bool> FlowGraph::loop(int header) const {
  std::vector<bool> in(rank.size(), false);
  in[header] = true;
  std::vector<int> work;
  for (const int p : all_preds[header]) {
    if (rank[p] >= 0 && is_back_edge(p, header) && !in[p]) {
      in[p] = true;
      work.push_back(p);
    }
  }
  while (!work.empty()) {
    const int b = work.back();
    work.pop_back();
    for (const int p : all_preds[b]) {
      if (rank[p] >= 0 && !in[p]) {
        in[p] = true;
        work.push_back(p);
      }
    }
  }
  return in;
}

FlowGraph analyse(const Lifted& lifted) {
  FlowGraph g;
  connect(lifted, g);
  dominate(lifted, g);
  number(lifted, g);
  g.is_header.assign(lifted.blocks.size(), false);
  for (const int b : g.order) {
    for (const int to : g.succs[b]) {
      if (g.is_back_edge(b, to)) g.is_header[to] = true;
    }
  }
  return g;
}

}  // namespace ouro::decompile
