#include "bytecode/digraph.h"

#include <algorithm>

namespace ouro::bytecode {
namespace {

using Nodes = std::vector<std::uint32_t>;

/// Lengauer and Tarjan's "A fast algorithm for finding dominators in a flowgraph" (1979), the simple version: nodes are
/// named by their depth-first number, EVAL compresses paths.
class DominatorFinder {
 public:
  explicit DominatorFinder(const Digraph& graph) : graph_(graph) {}

  Dominators find(std::uint32_t entry) {
    const std::size_t count = graph_.size();
    result_.rank.assign(count, kNoNode);
    result_.parent.assign(count, kNoNode);
    result_.enter.assign(count, 0);
    result_.leave.assign(count, 0);
    if (entry >= count) return std::move(result_);
    walk(entry);
    semidominators();
    number_tree();
    return std::move(result_);
  }

 private:
  struct Frame {
    std::uint32_t node;
    std::uint32_t next;
  };

  void walk(std::uint32_t entry) {
    number_.assign(graph_.size(), kNoNode);
    std::vector<Frame> frames;
    const auto visit = [&](std::uint32_t node, std::uint32_t from) {
      number_[node] = static_cast<std::uint32_t>(preorder_.size());
      preorder_.push_back(node);
      tree_parent_.push_back(from);
      frames.push_back({node, 0});
    };
    visit(entry, 0);
    while (!frames.empty()) {
      Frame& frame = frames.back();
      const auto successors = graph_.successors(frame.node);
      if (frame.next == successors.size()) {
        result_.order.push_back(frame.node);
        frames.pop_back();
        continue;
      }
      const std::uint32_t to = successors[frame.next++];
      if (number_[to] == kNoNode) visit(to, number_[frame.node]);
    }
    std::reverse(result_.order.begin(), result_.order.end());
    for (std::size_t i = 0; i < result_.order.size(); ++i) result_.rank[result_.order[i]] = static_cast<std::uint32_t>(i);
  }

  void semidominators() {
    const auto count = static_cast<std::uint32_t>(preorder_.size());
    semi_.resize(count);
    label_.resize(count);
    for (std::uint32_t v = 0; v < count; ++v) semi_[v] = label_[v] = v;
    ancestor_.assign(count, kNoNode);
    Nodes bucket_head(count, kNoNode);
    Nodes bucket_next(count, kNoNode);
    Nodes dominator(count, 0);
    for (std::uint32_t w = count; w-- > 1;) {
      for (const std::uint32_t from : graph_.predecessors(preorder_[w])) {
        if (number_[from] == kNoNode) continue;
        semi_[w] = std::min(semi_[w], semi_[evaluate(number_[from])]);
      }
      bucket_next[w] = bucket_head[semi_[w]];
      bucket_head[semi_[w]] = w;
      const std::uint32_t parent = tree_parent_[w];
      ancestor_[w] = parent;
      for (std::uint32_t v = bucket_head[parent]; v != kNoNode; v = bucket_next[v]) {
        const std::uint32_t u = evaluate(v);
        dominator[v] = semi_[u] < semi_[v] ? u : parent;
      }
      bucket_head[parent] = kNoNode;
    }
    result_.parent[preorder_[0]] = preorder_[0];
    for (std::uint32_t w = 1; w < count; ++w) {
      if (dominator[w] != semi_[w]) dominator[w] = dominator[dominator[w]];
      result_.parent[preorder_[w]] = preorder_[dominator[w]];
    }
  }

  // The node of least semidominator on the way up the linked forest.
  std::uint32_t evaluate(std::uint32_t v) {
    if (ancestor_[v] == kNoNode) return v;
    path_.clear();
    for (std::uint32_t u = v; ancestor_[ancestor_[u]] != kNoNode; u = ancestor_[u]) path_.push_back(u);
    for (std::size_t i = path_.size(); i-- > 0;) {
      const std::uint32_t u = path_[i];
      const std::uint32_t above = ancestor_[u];
      if (semi_[label_[above]] < semi_[label_[u]]) label_[u] = label_[above];
      ancestor_[u] = ancestor_[above];
    }
    return label_[v];
  }

  // Parents come before their children in `order`: sizes of subtrees bottom-up, then intervals top-down.
  void number_tree() {
    const Nodes& order = result_.order;
    Nodes size(graph_.size(), 1);
    for (std::size_t i = order.size(); i-- > 1;) size[result_.parent[order[i]]] += size[order[i]];
    Nodes next(graph_.size(), 0);
    for (const std::uint32_t node : order) {
      const std::uint32_t parent = result_.parent[node];
      if (parent != node) {
        result_.enter[node] = next[parent];
        next[parent] += size[node];
      }
      next[node] = result_.enter[node] + 1;
      result_.leave[node] = result_.enter[node] + size[node] - 1;
    }
  }

  const Digraph& graph_;
  Dominators result_;
  Nodes number_;  // depth-first number by node; all below are by depth-first number
  Nodes preorder_;
  Nodes tree_parent_;
  Nodes semi_;
  Nodes label_;
  Nodes ancestor_;
  Nodes path_;
};

}  // namespace

Digraph::Digraph(std::uint32_t node_count, std::span<const DigraphEdge> edges)
    : node_count_(node_count), first_target_(node_count + std::size_t{1}), targets_(edges.size()),
      first_source_(node_count + std::size_t{1}), sources_(edges.size()) {
  for (const DigraphEdge& edge : edges) {
    ++first_target_[edge.from + std::size_t{1}];
    ++first_source_[edge.to + std::size_t{1}];
  }
  for (std::uint32_t node = 0; node < node_count; ++node) {
    first_target_[node + 1] += first_target_[node];
    first_source_[node + 1] += first_source_[node];
  }
  Nodes next_target(first_target_.begin(), first_target_.end());
  Nodes next_source(first_source_.begin(), first_source_.end());
  for (const DigraphEdge& edge : edges) {
    targets_[next_target[edge.from]++] = edge.to;
    sources_[next_source[edge.to]++] = edge.from;
  }
}

Dominators find_dominators(const Digraph& graph, std::uint32_t entry) { return DominatorFinder(graph).find(entry); }

LoopForest find_loops(const Digraph& graph, const Dominators& dominators) {
  LoopForest forest;
  forest.innermost.assign(graph.size(), kNoNode);
  // Inner headers come later in reverse postorder. A walk that meets a loop found before goes on at its header.
  Nodes work;
  std::vector<Loop> inner_first;
  Nodes above;  // by loop: one around it, or itself; ways up are halved as they are gone
  const auto outermost = [&](std::uint32_t loop) {
    while (above[loop] != loop) loop = above[loop] = above[above[loop]];
    return loop;
  };
  for (std::size_t i = dominators.order.size(); i-- > 0;) {
    const std::uint32_t header = dominators.order[i];
    for (const std::uint32_t from : graph.predecessors(header)) {
      if (dominators.dominates(header, from)) work.push_back(from);
    }
    if (work.empty()) continue;
    const auto loop = static_cast<std::uint32_t>(inner_first.size());
    inner_first.push_back({header, kNoNode, 0});
    above.push_back(loop);
    while (!work.empty()) {
      std::uint32_t node = work.back();
      work.pop_back();
      if (forest.innermost[node] == kNoNode) {
        forest.innermost[node] = loop;
      } else {
        const std::uint32_t inner = outermost(forest.innermost[node]);
        if (inner == loop) continue;
        inner_first[inner].parent = above[inner] = loop;
        node = inner_first[inner].header;
      }
      if (node == header) continue;
      for (const std::uint32_t from : graph.predecessors(node)) {
        if (dominators.is_reached(from)) work.push_back(from);
      }
    }
    if (forest.innermost[header] == kNoNode) forest.innermost[header] = loop;
  }
  const auto count = static_cast<std::uint32_t>(inner_first.size());
  const auto flipped = [count](std::uint32_t loop) { return loop == kNoNode ? kNoNode : count - 1 - loop; };
  for (std::uint32_t loop = count; loop-- > 0;) {
    const Loop& found = inner_first[loop];
    const std::uint32_t parent = flipped(found.parent);
    forest.loops.push_back({found.header, parent, parent == kNoNode ? 1 : forest.loops[parent].depth + 1});
  }
  for (std::uint32_t& loop : forest.innermost) loop = flipped(loop);
  return forest;
}

}  // namespace ouro::bytecode
