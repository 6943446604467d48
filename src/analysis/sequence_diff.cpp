#include "analysis/sequence_diff.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

namespace ouro::analysis {
namespace {

using Index = std::int64_t;

struct Point {
  Index x;
  Index y;
};

/// Aligns elements of which each has an equal one on the other side.
class Aligner {
 public:
  Aligner(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b)
      : a_(a), b_(b), match_(a.size(), kUnmatched), forward_(a.size() + b.size() + 3), backward_(a.size() + b.size() + 3),
        most_steps_(std::max<Index>(256, static_cast<Index>(std::sqrt(static_cast<double>(a.size() + b.size()))))) {}

  std::vector<std::uint32_t> run() {
    std::vector<Box> boxes{{0, size_a(), 0, size_b()}};
    while (!boxes.empty()) {
      Box box = boxes.back();
      boxes.pop_back();
      strip(box);
      if (box.a_begin == box.a_end || box.b_begin == box.b_end) continue;
      const Point middle = split(box);
      const bool is_corner = (middle.x == box.a_begin && middle.y == box.b_begin) || (middle.x == box.a_end && middle.y == box.b_end);
      if (is_corner) continue;
      boxes.push_back({middle.x, box.a_end, middle.y, box.b_end});
      boxes.push_back({box.a_begin, middle.x, box.b_begin, middle.y});
    }
    return std::move(match_);
  }

 private:
  struct Box {
    Index a_begin, a_end, b_begin, b_end;
  };
  [[nodiscard]] Index size_a() const { return static_cast<Index>(a_.size()); }
  [[nodiscard]] Index size_b() const { return static_cast<Index>(b_.size()); }
  [[nodiscard]] bool equal(Index x, Index y) const { return a_[static_cast<std::size_t>(x)] == b_[static_cast<std::size_t>(y)]; }
  Index& forward(Index diagonal) { return forward_[static_cast<std::size_t>(diagonal + size_b() + 1)]; }
  Index& backward(Index diagonal) { return backward_[static_cast<std::size_t>(diagonal + size_b() + 1)]; }

  void strip(Box& box) {
    while (box.a_begin < box.a_end && box.b_begin < box.b_end && equal(box.a_begin, box.b_begin)) {
      match_[static_cast<std::size_t>(box.a_begin++)] = static_cast<std::uint32_t>(box.b_begin++);
    }
    while (box.a_begin < box.a_end && box.b_begin < box.b_end && equal(box.a_end - 1, box.b_end - 1)) {
      match_[static_cast<std::size_t>(--box.a_end)] = static_cast<std::uint32_t>(--box.b_end);
    }
  }

  // Where the way forward from one corner and the way backward from the other meet. A diagonal is x - y; forward(d) and
  // backward(d) are the furthest x reached on it with so many edits.
  Point split(const Box& box) {
    const Index lowest = box.a_begin - box.b_end;
    const Index highest = box.a_end - box.b_begin;
    const Index start = box.a_begin - box.b_begin;
    const Index goal = box.a_end - box.b_end;
    const bool meets_forward = ((start - goal) & 1) != 0;
    Range ahead{start, start};
    Range behind{goal, goal};
    forward(start) = box.a_begin;
    backward(goal) = box.a_end;
    for (Index steps = 1;; ++steps) {
      widen(ahead, lowest, highest, [&](Index d) { forward(d) = -1; });
      for (Index d = ahead.high; d >= ahead.low; d -= 2) {
        Index x = std::max(forward(d - 1) + 1, forward(d + 1));
        Index y = x - d;
        while (x < box.a_end && y < box.b_end && equal(x, y)) ++x, ++y;
        forward(d) = x;
        if (meets_forward && behind.contains(d) && backward(d) <= x) return {x, y};
      }
      widen(behind, lowest, highest, [&](Index d) { backward(d) = std::numeric_limits<Index>::max() / 2; });
      for (Index d = behind.high; d >= behind.low; d -= 2) {
        Index x = std::min(backward(d - 1), backward(d + 1) - 1);
        Index y = x - d;
        while (x > box.a_begin && y > box.b_begin && equal(x - 1, y - 1)) --x, --y;
        backward(d) = x;
        if (!meets_forward && ahead.contains(d) && x <= forward(d)) return {x, y};
      }
      if (steps >= most_steps_) return furthest(box, ahead, behind);
    }
  }

  struct Range {
    Index low, high;
    [[nodiscard]] bool contains(Index d) const { return low <= d && d <= high; }
  };

  template <class Reset>
  static void widen(Range& range, Index lowest, Index highest, Reset reset) {
    if (range.low > lowest) {
      reset(--range.low - 1);
    } else {
      ++range.low;
    }
    if (range.high < highest) {
      reset(++range.high + 1);
    } else {
      --range.high;
    }
  }

  Point furthest(const Box& box, const Range& ahead, const Range& behind) {
    Point best_ahead{box.a_begin, box.b_begin};
    for (Index d = ahead.high; d >= ahead.low; d -= 2) {
      Index x = std::min(forward(d), box.a_end);
      Index y = x - d;
      if (y > box.b_end) y = box.b_end, x = y + d;
      if (x >= box.a_begin && y >= box.b_begin && x + y > best_ahead.x + best_ahead.y) best_ahead = {x, y};
    }
    Point best_behind{box.a_end, box.b_end};
    for (Index d = behind.high; d >= behind.low; d -= 2) {
      Index x = std::max(backward(d), box.a_begin);
      Index y = x - d;
      if (y < box.b_begin) y = box.b_begin, x = y + d;
      if (x <= box.a_end && y <= box.b_end && x + y < best_behind.x + best_behind.y) best_behind = {x, y};
    }
    const Index done_ahead = best_ahead.x + best_ahead.y - box.a_begin - box.b_begin;
    const Index done_behind = box.a_end + box.b_end - best_behind.x - best_behind.y;
    return done_ahead >= done_behind ? best_ahead : best_behind;
  }

  std::span<const std::uint32_t> a_;
  std::span<const std::uint32_t> b_;
  std::vector<std::uint32_t> match_;
  std::vector<Index> forward_;
  std::vector<Index> backward_;
  Index most_steps_;
};

}  // namespace

std::vector<std::uint32_t> align_sequences(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  // What the other side does not have can't stay: taken out first, it costs nothing.
  const std::unordered_set<std::uint32_t> in_a(a.begin(), a.end());
  const std::unordered_set<std::uint32_t> in_b(b.begin(), b.end());
  std::vector<std::uint32_t> places_a, places_b, common_a, common_b;
  for (std::uint32_t i = 0; i < a.size(); ++i) {
    if (in_b.contains(a[i])) places_a.push_back(i), common_a.push_back(a[i]);
  }
  for (std::uint32_t j = 0; j < b.size(); ++j) {
    if (in_a.contains(b[j])) places_b.push_back(j), common_b.push_back(b[j]);
  }
  std::vector<std::uint32_t> match(a.size(), kUnmatched);
  const std::vector<std::uint32_t> found = Aligner(common_a, common_b).run();
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] != kUnmatched) match[places_a[i]] = places_b[found[i]];
  }
  return match;
}

}  // namespace ouro::analysis
