#include "analysis/code_pairs.h"

#include <algorithm>
#include <map>
#include <string>

#include "analysis/sequence_diff.h"

namespace ouro::analysis {
namespace {

constexpr std::uint32_t kUnknown = 0xFFFFFFFFU;
/// Code shorter than this is too common to be known again by what it holds.
constexpr std::size_t kLeastInstructions = 8;
/// Comparisons of everything with everything stop at that many.
constexpr std::size_t kMostCandidates = 64;

/// The code objects of one side with what they are known by, found out when first asked for.
class Side {
 public:
  Side(const CodeSide& side, CodeKeys& keys, KeyTable& table, const std::vector<CodeNode>& nodes)
      : pool_(*side.pool), keys_(keys), table_(table), nodes_(nodes), children_(nodes.size()), marks_(nodes.size(), kUnknown),
        bags_(nodes.size()), partner_(nodes.size(), kUnmatched) {
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].parent != kNoParent) children_[nodes[i].parent].push_back(i);
    }
  }

  [[nodiscard]] std::string_view name(std::uint32_t node) const { return text_or_empty(pool_, pool_.code(nodes_[node].id).name); }
  [[nodiscard]] const std::vector<std::uint32_t>& children(std::uint32_t node) const { return children_[node]; }
  [[nodiscard]] std::uint32_t parent(std::uint32_t node) const { return nodes_[node].parent; }
  [[nodiscard]] bool is_free(std::uint32_t node) const { return partner_[node] == kUnmatched; }
  std::vector<std::uint32_t>& partners() { return partner_; }

  /// Equal for equal instructions and constants.
  std::uint32_t mark(std::uint32_t node) {
    learn(node);
    return marks_[node];
  }
  /// Instruction keys, sorted.
  const std::vector<std::uint32_t>& bag(std::uint32_t node) {
    learn(node);
    return bags_[node];
  }

 private:
  void learn(std::uint32_t node) {
    if (marks_[node] != kUnknown) return;
    KeyedCode code = keys_.code(nodes_[node].id);
    std::string text = "m";
    for (const auto* list : {&code.keys, &code.constants}) {
      for (const std::uint32_t key : *list) text.append(reinterpret_cast<const char*>(&key), sizeof key);
      text += '|';
    }
    marks_[node] = table_.intern(text);
    bags_[node] = std::move(code.keys);
    std::sort(bags_[node].begin(), bags_[node].end());
  }

  const ConstantPool& pool_;
  CodeKeys& keys_;
  KeyTable& table_;
  const std::vector<CodeNode>& nodes_;
  std::vector<std::vector<std::uint32_t>> children_;
  std::vector<std::uint32_t> marks_;
  std::vector<std::vector<std::uint32_t>> bags_;
  std::vector<std::uint32_t> partner_;
};

/// The share of instructions that two sorted lists have in common, 0 to 1.
double likeness(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  if (a.empty() || b.empty() || a.size() > 3 * b.size() || b.size() > 3 * a.size()) return 0;
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common, ++i, ++j;
    } else if (a[i] < b[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size());
}

class Pairer {
 public:
  Pairer(Side& a, Side& b, std::size_t count_a, std::size_t count_b) : a_(a), b_(b), count_a_(count_a), count_b_(count_b) {}

  void run() {
    join(0, 0);
    settle();
    constexpr int kMostRounds = 8;
    for (int round = 0; round < kMostRounds; ++round) {
      const std::size_t before = joined_;
      by_mark();
      by_name_anywhere();
      by_likeness();
      settle();
      if (joined_ == before) break;
    }
  }

 private:
  using Nodes = std::vector<std::uint32_t>;
  using Groups = std::map<std::string_view, std::pair<Nodes, Nodes>, std::less<>>;

  void join(std::uint32_t a, std::uint32_t b) {
    a_.partners()[a] = b;
    b_.partners()[b] = a;
    ++joined_;
    pending_.emplace_back(a, b);
  }

  // Children of partners by name, down the tree.
  void settle() {
    while (!pending_.empty()) {
      const auto [a, b] = pending_.back();
      pending_.pop_back();
      Groups groups;
      for (const std::uint32_t child : a_.children(a)) {
        if (a_.is_free(child)) groups[a_.name(child)].first.push_back(child);
      }
      for (const std::uint32_t child : b_.children(b)) {
        if (b_.is_free(child)) groups[b_.name(child)].second.push_back(child);
      }
      for (const auto& [name, group] : groups) join_namesakes(group.first, group.second);
    }
  }

  void join_namesakes(const Nodes& a, const Nodes& b) {
    if (a.size() == 1 && b.size() == 1) return join(a[0], b[0]);
    if (a.empty() || b.empty()) return;
    Nodes marks_a, marks_b;
    for (const std::uint32_t node : a) marks_a.push_back(a_.mark(node));
    for (const std::uint32_t node : b) marks_b.push_back(b_.mark(node));
    const auto match = align_sequences(marks_a, marks_b);
    std::size_t next_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (match[i] == kUnmatched) continue;
      join(a[i], b[match[i]]);
    }
    for (const std::uint32_t node : a) {  // those that changed, in order
      if (!a_.is_free(node)) continue;
      while (next_b < b.size() && !b_.is_free(b[next_b])) ++next_b;
      if (next_b == b.size()) break;
      join(node, b[next_b]);
    }
  }

  [[nodiscard]] Nodes free_nodes(Side& side, std::size_t count) const {
    Nodes nodes;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (side.is_free(i)) nodes.push_back(i);
    }
    return nodes;
  }

  [[nodiscard]] bool are_siblings(std::uint32_t a, std::uint32_t b) const {
    return a_.parent(a) != kNoParent && a_.partners()[a_.parent(a)] == b_.parent(b);
  }

  // The very same code: best below the same parent, then of the same name.
  void by_mark() {
    std::map<std::uint32_t, Nodes> marked;
    for (const std::uint32_t node : free_nodes(b_, count_b_)) {
      if (b_.bag(node).size() >= kLeastInstructions) marked[b_.mark(node)].push_back(node);
    }
    for (const std::uint32_t a : free_nodes(a_, count_a_)) {
      if (a_.bag(a).size() < kLeastInstructions) continue;
      const auto found = marked.find(a_.mark(a));
      if (found == marked.end()) continue;
      std::uint32_t best = kUnmatched;
      int best_rank = -1;
      std::size_t looked_at = 0;
      for (const std::uint32_t b : found->second) {
        if (!b_.is_free(b)) continue;
        const int rank = (are_siblings(a, b) ? 2 : 0) + (a_.name(a) == b_.name(b) ? 1 : 0);
        if (rank > best_rank) best = b, best_rank = rank;
        if (++looked_at == kMostCandidates) break;
      }
      if (best != kUnmatched) join(a, best);
    }
  }

  void by_name_anywhere() {
    Groups groups;
    for (const std::uint32_t node : free_nodes(a_, count_a_)) groups[a_.name(node)].first.push_back(node);
    for (const std::uint32_t node : free_nodes(b_, count_b_)) groups[b_.name(node)].second.push_back(node);
    for (const auto& [name, group] : groups) {
      if (!name.empty() && name.front() != '<') join_alike(group.first, group.second, 0.5);
    }
  }

  void by_likeness() {
    std::map<std::uint32_t, std::pair<Nodes, Nodes>> families;  // by parent in b
    for (const std::uint32_t node : free_nodes(a_, count_a_)) {
      if (a_.parent(node) != kNoParent && a_.partners()[a_.parent(node)] != kUnmatched) {
        families[a_.partners()[a_.parent(node)]].first.push_back(node);
      }
    }
    for (const std::uint32_t node : free_nodes(b_, count_b_)) {
      const auto family = families.find(b_.parent(node));
      if (family != families.end()) family->second.second.push_back(node);
    }
    for (const auto& [parent, family] : families) join_alike(family.first, family.second, 0.6);
  }

  // The most alike first.
  void join_alike(const Nodes& a, const Nodes& b, double least) {
    if (a.empty() || b.empty() || a.size() > kMostCandidates || b.size() > kMostCandidates) return;
    struct Candidate {
      double likeness;
      std::uint32_t a, b;
    };
    std::vector<Candidate> candidates;
    for (const std::uint32_t x : a) {
      for (const std::uint32_t y : b) {
        if (!a_.is_free(x) || !b_.is_free(y)) continue;
        const double alike = likeness(a_.bag(x), b_.bag(y));
        const bool long_enough = std::min(a_.bag(x).size(), b_.bag(y).size()) >= kLeastInstructions;
        if (alike >= (long_enough ? least : 0.8)) candidates.push_back({alike, x, y});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& x, const Candidate& y) { return x.likeness > y.likeness; });
    for (const Candidate& candidate : candidates) {
      if (a_.is_free(candidate.a) && b_.is_free(candidate.b)) join(candidate.a, candidate.b);
    }
  }

  Side& a_;
  Side& b_;
  std::size_t count_a_;
  std::size_t count_b_;
  std::size_t joined_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pending_;
};

}  // namespace

CodePairs pair_code(const CodeSide& a, const CodeSide& b, CodeKeys& keys_a, CodeKeys& keys_b, KeyTable& table) {
  CodePairs pairs;
  pairs.a = code_tree(*a.pool, a.root);
  pairs.b = code_tree(*b.pool, b.root);
  Side side_a(a, keys_a, table, pairs.a);
  Side side_b(b, keys_b, table, pairs.b);
  Pairer(side_a, side_b, pairs.a.size(), pairs.b.size()).run();
  pairs.partner_of_a = std::move(side_a.partners());
  pairs.partner_of_b = std::move(side_b.partners());
  return pairs;
}

}  // namespace ouro::analysis
