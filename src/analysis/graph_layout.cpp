#include "analysis/graph_layout.h"

#include <algorithm>
#include <map>

namespace ouro::analysis {
namespace {

using Id = std::uint32_t;

/// A node of the layered graph: a real one, or a place that a long edge passes.
struct Cell {
  double width = 0;
  double height = 0;
  std::uint32_t layer = 0;
  bool is_lane = false;
  double center = 0;
  double order = 0;
  std::vector<Id> up;
  std::vector<Id> down;
};

class Layout {
 public:
  Layout(std::span<LayoutNode> nodes, std::span<LayoutEdge> edges, const LayoutSpacing& spacing)
      : nodes_(nodes), edges_(edges), spacing_(spacing) {}

  LayoutSize run() {
    if (nodes_.empty()) return {};
    break_cycles();
    assign_layers();
    make_cells();
    order_layers();
    assign_columns();
    assign_rows();
    route();
    return size_;
  }

 private:
  // An edge to a node that the depth-first walk has not left leads back.
  void break_cycles() {
    const std::size_t count = nodes_.size();
    std::vector<std::vector<std::size_t>> out(count);
    for (std::size_t e = 0; e < edges_.size(); ++e) out[edges_[e].from].push_back(e);
    is_back_.assign(edges_.size(), false);
    std::vector<std::uint8_t> state(count, 0);
    std::vector<std::pair<Id, std::size_t>> stack;
    for (Id root = 0; root < count; ++root) {
      if (state[root] != 0) continue;
      stack.emplace_back(root, 0);
      state[root] = 1;
      while (!stack.empty()) {
        auto& [node, next] = stack.back();
        if (next == out[node].size()) {
          state[node] = 2;
          finished_.push_back(node);
          stack.pop_back();
          continue;
        }
        const std::size_t e = out[node][next++];
        const Id to = edges_[e].to;
        if (state[to] == 1) {
          is_back_[e] = true;
        } else if (state[to] == 0) {
          state[to] = 1;
          stack.emplace_back(to, 0);
        }
      }
    }
    std::reverse(finished_.begin(), finished_.end());  // now a topological order
  }

  void assign_layers() {
    layer_.assign(nodes_.size(), 1);  // layer 0 is for edges that turn above the first
    std::vector<std::vector<Id>> out(nodes_.size());
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      if (!is_back_[e]) out[edges_[e].from].push_back(edges_[e].to);
    }
    for (const Id node : finished_) {
      for (const Id to : out[node]) layer_[to] = std::max(layer_[to], layer_[node] + 1);
    }
    layers_ = *std::max_element(layer_.begin(), layer_.end()) + 2;
  }

  Id add_lane(std::uint32_t layer) {
    cells_.push_back({.layer = layer, .is_lane = true, .up = {}, .down = {}});
    return static_cast<Id>(cells_.size() - 1);
  }
  void link(Id above, Id below) {
    cells_[above].down.push_back(below);
    cells_[below].up.push_back(above);
  }

  void make_cells() {
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      cells_.push_back({.width = nodes_[n].width, .height = nodes_[n].height, .layer = layer_[n], .up = {}, .down = {}});
    }
    lanes_.resize(edges_.size());
    // Very long edges of very large graphs would make more lanes than nodes: those go straight, behind everything.
    constexpr std::size_t kMostLanes = 40000;
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      const auto [from, to] = std::pair(edges_[e].from, edges_[e].to);
      const std::uint32_t top = is_back_[e] ? layer_[to] - 1 : layer_[from] + 1;
      const std::uint32_t end = is_back_[e] ? layer_[from] + 2 : layer_[to];
      if (cells_.size() + (end - top) > nodes_.size() + kMostLanes) continue;
      const bool shares = edges_[e].shares_lanes && !is_back_[e];
      bool was_there = false;  // from a shared lane on, all that follow are shared, and linked
      for (std::uint32_t layer = top; layer < end; ++layer) {
        bool is_there = false;
        Id lane = 0;
        if (shares) {
          const auto [found, is_new] = shared_.try_emplace(std::pair(to, layer), 0);
          if (is_new) found->second = add_lane(layer);
          lane = found->second;
          is_there = !is_new;
        } else {
          lane = add_lane(layer);
        }
        if (!lanes_[e].empty() && !was_there) link(lanes_[e].back(), lane);
        was_there = is_there;
        lanes_[e].push_back(lane);
      }
      if (is_back_[e]) {
        link(lanes_[e].front(), to);
        link(from, lanes_[e].back());
      } else if (lanes_[e].empty()) {
        link(from, to);
      } else {
        link(from, lanes_[e].front());
        if (!was_there) link(lanes_[e].back(), to);
      }
    }
    rows_.resize(layers_);
    for (const Id node : finished_) rows_[layer_[node]].push_back(node);
    for (auto id = static_cast<Id>(nodes_.size()); id < cells_.size(); ++id) rows_[cells_[id].layer].push_back(id);
  }

  void number(const std::vector<Id>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) cells_[row[i]].order = static_cast<double>(i);
  }

  // Crossings between a row and the next, counted with a Fenwick tree.
  [[nodiscard]] std::uint64_t crossings(const std::vector<Id>& row, std::size_t below) const {
    std::vector<std::uint32_t> tree(below + 1, 0);
    std::uint64_t count = 0;
    std::uint64_t seen = 0;
    std::vector<std::uint32_t> ends;
    for (const Id id : row) {
      ends.clear();
      for (const Id to : cells_[id].down) ends.push_back(static_cast<std::uint32_t>(cells_[to].order));
      std::sort(ends.begin(), ends.end());
      for (const std::uint32_t end : ends) {
        std::uint64_t not_after = 0;
        for (std::uint32_t i = end + 1; i > 0; i &= i - 1) not_after += tree[i];
        count += seen - not_after;
      }
      for (const std::uint32_t end : ends) {
        ++seen;
        for (std::uint32_t i = end + 1; i <= below; i += i & (~i + 1)) ++tree[i];
      }
    }
    return count;
  }
  [[nodiscard]] std::uint64_t all_crossings() const {
    std::uint64_t count = 0;
    for (std::size_t r = 0; r + 1 < rows_.size(); ++r) count += crossings(rows_[r], rows_[r + 1].size());
    return count;
  }

  void sort_row(std::vector<Id>& row, std::vector<Id> Cell::*side) {
    std::vector<std::pair<double, Id>> keyed;
    for (const Id id : row) {
      const std::vector<Id>& neighbours = cells_[id].*side;
      double sum = 0;
      for (const Id n : neighbours) sum += cells_[n].order;
      keyed.emplace_back(neighbours.empty() ? cells_[id].order : sum / static_cast<double>(neighbours.size()), id);
    }
    std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = keyed[i].second;
    number(row);
  }

  void order_layers() {
    for (const auto& row : rows_) number(row);
    std::vector<std::vector<Id>> best = rows_;
    std::uint64_t best_count = all_crossings();
    const int sweeps = cells_.size() > 20000 ? 4 : 16;
    for (int sweep = 0; sweep < sweeps && best_count > 0; ++sweep) {
      if (sweep % 2 == 0) {
        for (std::size_t r = 1; r < rows_.size(); ++r) sort_row(rows_[r], &Cell::up);
      } else {
        for (std::size_t r = rows_.size() - 1; r-- > 0;) sort_row(rows_[r], &Cell::down);
      }
      const std::uint64_t count = all_crossings();
      if (count >= best_count) continue;
      best_count = count;
      best = rows_;
    }
    rows_ = std::move(best);
    for (const auto& row : rows_) number(row);
  }

  [[nodiscard]] double gap(const Cell& left, const Cell& right) const {
    const double space = left.is_lane && right.is_lane ? spacing_.between_lanes : left.is_lane || right.is_lane ? spacing_.between_lanes * 1.5 : spacing_.between_nodes;
    return (left.width + right.width) / 2 + space;
  }

  // Each cell where its neighbours want it, as near as order and spacing allow: least squares by pooling neighbours
  // that would overlap. Lanes weigh more, so that long edges get straight.
  void place_row(const std::vector<Id>& row, bool look_up, bool look_down) {
    struct Pool {
      double sum, weight;
      std::size_t count;
      [[nodiscard]] double mean() const { return sum / weight; }
    };
    std::vector<Pool> pools;
    std::vector<double> offsets;
    double offset = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Cell& cell = cells_[row[i]];
      if (i > 0) offset += gap(cells_[row[i - 1]], cell);
      offsets.push_back(offset);
      double sum = 0;
      double weight = 0;
      const auto pull = [&](const std::vector<Id>& neighbours) {
        for (const Id n : neighbours) {
          const double w = cell.is_lane && cells_[n].is_lane ? 8 : 1;
          sum += w * cells_[n].center;
          weight += w;
        }
      };
      if (look_up) pull(cell.up);
      if (look_down) pull(cell.down);
      const double wanted = weight > 0 ? sum / weight : cell.center;
      const double strength = weight > 0 ? weight : 0.1;
      pools.push_back({(wanted - offset) * strength, strength, 1});
      while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
        Pool last = pools.back();
        pools.pop_back();
        pools.back() = {pools.back().sum + last.sum, pools.back().weight + last.weight, pools.back().count + last.count};
      }
    }
    std::size_t i = 0;
    for (const Pool& pool : pools) {
      for (std::size_t k = 0; k < pool.count; ++k, ++i) cells_[row[i]].center = pool.mean() + offsets[i];
    }
  }

  void assign_columns() {
    for (const auto& row : rows_) {
      double x = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) x += gap(cells_[row[i - 1]], cells_[row[i]]);
        cells_[row[i]].center = x;
      }
    }
    const int sweeps = cells_.size() > 20000 ? 4 : 24;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      const bool both = sweep >= sweeps - 4;
      if (sweep % 2 == 0) {
        for (std::size_t r = 0; r < rows_.size(); ++r) place_row(rows_[r], true, both);
      } else {
        for (std::size_t r = rows_.size(); r-- > 0;) place_row(rows_[r], both, true);
      }
    }
    double left = 0;
    double right = 0;
    bool first = true;
    for (const Cell& cell : cells_) {
      const double reach = cell.width / 2 + spacing_.between_lanes;
      left = first ? cell.center - reach : std::min(left, cell.center - reach);
      right = first ? cell.center + reach : std::max(right, cell.center + reach);
      first = false;
    }
    for (Cell& cell : cells_) cell.center -= left;
    size_.width = right - left;
  }

  void assign_rows() {
    double y = 0;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      double height = 0;
      bool has_edges = false;
      for (const Id id : rows_[r]) {
        height = std::max(height, cells_[id].height);
        has_edges = has_edges || cells_[id].is_lane;
      }
      tops_.push_back(y);
      heights_.push_back(height);
      const bool is_outer = r == 0 || r + 1 == rows_.size();
      y += height + (is_outer ? (has_edges ? spacing_.between_layers : spacing_.between_layers / 4) : spacing_.between_layers);
    }
    size_.height = y;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      nodes_[n].x = cells_[n].center - nodes_[n].width / 2;
      nodes_[n].y = tops_[layer_[n]];
    }
  }

  // Where an edge meets a node: edges spread over the side in the order of their other ends.
  void find_ports(std::vector<double>& starts, std::vector<double>& ends) {
    struct Port {
      double towards;
      std::size_t edge;
      bool is_start;
    };
    std::map<Id, std::size_t> arrivals;
    std::map<std::size_t, std::size_t> follows;
    std::vector<std::vector<Port>> bottoms(nodes_.size());
    std::vector<std::vector<Port>> tops(nodes_.size());
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      const auto [from, to] = std::pair(edges_[e].from, edges_[e].to);
      const auto& lanes = lanes_[e];
      const double out = lanes.empty() ? cells_[to].center : cells_[is_back_[e] ? lanes.back() : lanes.front()].center;
      const double in = lanes.empty() ? cells_[from].center : cells_[is_back_[e] ? lanes.front() : lanes.back()].center;
      bottoms[from].push_back({out, e, true});
      // Those that run together arrive together.
      const auto [first, is_first] = edges_[e].shares_lanes && !lanes.empty() && !is_back_[e] ? arrivals.try_emplace(to, e) : std::pair(arrivals.end(), true);
      if (is_first) {
        tops[to].push_back({in, e, false});
      } else {
        follows[e] = first->second;
      }
    }
    const auto spread = [&](std::vector<std::vector<Port>>& sides) {
      for (std::size_t n = 0; n < nodes_.size(); ++n) {
        auto& side = sides[n];
        std::stable_sort(side.begin(), side.end(), [](const Port& a, const Port& b) { return a.towards < b.towards; });
        const double step = std::min(18.0, nodes_[n].width / static_cast<double>(side.size() + 1));
        for (std::size_t i = 0; i < side.size(); ++i) {
          const double x = cells_[n].center + (static_cast<double>(i) - static_cast<double>(side.size() - 1) / 2) * step;
          (side[i].is_start ? starts : ends)[side[i].edge] = x;
        }
      }
    };
    spread(bottoms);
    spread(tops);
    for (const auto& [edge, leader] : follows) ends[edge] = ends[leader];
  }

  void curve(std::vector<LayoutPoint>& points, double x, double y) const {
    const LayoutPoint last = points.back();
    const double bend = (y - last.y) / 2;
    points.push_back({last.x, last.y + bend});
    points.push_back({x, y - bend});
    points.push_back({x, y});
  }
  void turn(std::vector<LayoutPoint>& points, double x, double y, double depth) const {
    const LayoutPoint last = points.back();
    points.push_back({last.x, last.y + depth});
    points.push_back({x, y + depth});
    points.push_back({x, y});
  }

  void route() {
    std::vector<double> starts(edges_.size());
    std::vector<double> ends(edges_.size());
    find_ports(starts, ends);
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      LayoutEdge& edge = edges_[e];
      const double bottom = nodes_[edge.from].y + nodes_[edge.from].height;
      const double top = nodes_[edge.to].y;
      const std::uint32_t first = layer_[edge.from];
      edge.points = {{starts[e], bottom}};
      if (!is_back_[e]) {
        // Down to the end of the source's own layer first, so that no neighbour is crossed.
        const double clear = tops_[first] + heights_[first];
        if (clear > bottom + 1) curve(edge.points, starts[e], clear);
        for (const Id lane : lanes_[e]) {
          const Cell& cell = cells_[lane];
          curve(edge.points, cell.center, tops_[cell.layer]);
          if (heights_[cell.layer] > 1) curve(edge.points, cell.center, tops_[cell.layer] + heights_[cell.layer]);
        }
        curve(edge.points, ends[e], top);
        continue;
      }
      if (lanes_[e].empty()) {
        turn(edge.points, ends[e], top, -spacing_.between_layers);
        continue;
      }
      const double below = tops_[first] + heights_[first];
      if (below > bottom + 1) curve(edge.points, starts[e], below);
      const double depth = spacing_.between_layers * 0.55;
      const double lowest_lane = cells_[lanes_[e][lanes_[e].size() - 2]].center;
      turn(edge.points, lowest_lane, below, depth);
      for (std::size_t i = lanes_[e].size() - 1; i-- > 1;) {
        const Cell& cell = cells_[lanes_[e][i]];
        if (i + 2 < lanes_[e].size()) curve(edge.points, cell.center, tops_[cell.layer] + heights_[cell.layer]);
        if (heights_[cell.layer] > 1) curve(edge.points, cell.center, tops_[cell.layer]);
      }
      turn(edge.points, ends[e], top, -depth);
    }
  }

  std::span<LayoutNode> nodes_;
  std::span<LayoutEdge> edges_;
  LayoutSpacing spacing_;
  std::vector<bool> is_back_;
  std::vector<Id> finished_;
  std::vector<std::uint32_t> layer_;  // by node
  std::uint32_t layers_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::vector<Id>> lanes_;  // by edge, from top to bottom
  std::map<std::pair<Id, std::uint32_t>, Id> shared_;  // by target and layer
  std::vector<std::vector<Id>> rows_;
  std::vector<double> tops_;
  std::vector<double> heights_;
  LayoutSize size_;
};

}  // namespace

LayoutSize lay_out(std::span<LayoutNode> nodes, std::span<LayoutEdge> edges, const LayoutSpacing& spacing) {
  return Layout(nodes, edges, spacing).run();
}

}  // namespace ouro::analysis
