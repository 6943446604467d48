#include "decompile/flow_graph.h"

#include <algorithm>

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

void order(const Lifted& lifted, FlowGraph& g) {
  const std::size_t count = lifted.blocks.size();
  g.rank.assign(count, -1);
  std::vector<bool> seen(count, false);
  std::vector<std::pair<int, std::size_t>> frames{{0, 0}};
  seen[0] = true;
  const auto next = [&](int b, std::size_t k) {
    // Handlers first, then jumps, then the code that follows: reverse postorder then has the layout's order.
    const int handler = lifted.blocks[b].handler;
    if (k == 0) return handler;
    const std::size_t n = g.succs[b].size();
    return k - 1 < n ? g.succs[b][n - k] : -2;
  };
  while (!frames.empty()) {
    const int b = frames.back().first;
    const int to = next(b, frames.back().second++);
    if (to == -2) {
      g.order.push_back(b);
      frames.pop_back();
    } else if (to >= 0 && !seen[to]) {
      seen[to] = true;
      frames.emplace_back(to, 0);
    }
  }
  std::reverse(g.order.begin(), g.order.end());
  for (std::size_t i = 0; i < g.order.size(); ++i) g.rank[g.order[i]] = static_cast<int>(i);
}

void dominate(FlowGraph& g) {
  g.idom.assign(g.rank.size(), -1);
  g.idom[0] = 0;
  const auto meet = [&](int a, int b) {
    while (a != b) {
      while (g.rank[a] > g.rank[b]) a = g.idom[a];
      while (g.rank[b] > g.rank[a]) b = g.idom[b];
    }
    return a;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const int b : g.order) {
      if (b == 0) continue;
      int best = -1;
      for (const int p : g.all_preds[b]) {
        if (g.rank[p] < 0 || g.idom[p] < 0) continue;
        best = best < 0 ? p : meet(p, best);
      }
      if (best != g.idom[b]) {
        g.idom[b] = best;
        changed = true;
      }
    }
  }
}

void number(const Lifted& lifted, FlowGraph& g) {
  const std::size_t count = g.rank.size();
  g.children.assign(count, {});
  for (const int b : g.order) {
    if (b != 0 && g.idom[b] >= 0) g.children[g.idom[b]].push_back(b);
  }
  g.enter.assign(count, 0);
  g.leave.assign(count, -1);
  g.owner.assign(count, kNoBlock);
  int clock = 1;
  std::vector<std::pair<int, std::size_t>> frames{{0, 0}};
  g.enter[0] = clock++;
  while (!frames.empty()) {
    auto& [b, k] = frames.back();
    if (k < g.children[b].size()) {
      const int child = g.children[b][k++];
      g.enter[child] = clock++;
      g.owner[child] = lifted.blocks[child].is_handler ? child : g.owner[b];
      frames.emplace_back(child, 0);
    } else {
      g.leave[b] = clock++;
      frames.pop_back();
    }
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
  order(lifted, g);
  dominate(g);
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
