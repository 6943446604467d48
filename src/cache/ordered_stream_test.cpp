#include "cache/ordered_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>

#include "cache/ordered_parallel.h"

namespace ouro::cache {
namespace {

std::vector<int> up_to(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

/// Jobs 0 to count - 1, of which every seventh takes longer; the results in the order they were taken.
struct Jobs {
  std::vector<int> taken;
  int asked = 0;
  int most_held = 0;
  std::atomic<bool> stop{false};

  void with(int count, std::size_t threads, std::size_t window = kStreamWindow, int stop_after = -1) {
    const auto source = [&]() -> std::optional<int> {
      if (asked == count) return std::nullopt;
      most_held = std::max(most_held, asked + 1 - static_cast<int>(taken.size()));
      return asked++;
    };
    const auto work = [](const int& i) {
      if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
      return i * 2;
    };
    const auto take = [&](int i, int result) {
      EXPECT_EQ(result, i * 2);
      taken.push_back(i);
      if (static_cast<int>(taken.size()) == stop_after) stop = true;
    };
    OrderedStream<int, int>(source, work, take, stop, window).run(threads);
  }
};

TEST(OrderedStream, TakesEveryResultInOrderOnAnyNumberOfThreads) {
  for (const std::size_t threads : {1U, 2U, 7U}) {
    for (const int count : {0, 1, 31, 32, 33, 1000}) {
      Jobs run;
      run.with(count, threads);
      EXPECT_EQ(run.taken, up_to(count)) << threads << " threads, " << count << " jobs";
    }
  }
}

TEST(OrderedStream, HoldsNoMoreThanItsWindow) {
  Jobs run;
  run.with(1000, 3, 64);
  EXPECT_EQ(run.taken, up_to(1000));
  EXPECT_LE(run.most_held, 64);
}

TEST(OrderedStream, StopEndsEarlyAndKeepsTheOrder) {
  for (const std::size_t threads : {1U, 3U}) {
    Jobs run;
    run.with(100000, threads, kStreamWindow, 100);
    EXPECT_GE(run.taken.size(), 100U);
    EXPECT_LT(run.taken.size(), 1000U);
    EXPECT_EQ(std::adjacent_find(run.taken.begin(), run.taken.end(), std::greater_equal<>()), run.taken.end());
  }
}

TEST(OrderedParallel, TakesEveryResultInOrder) {
  const std::atomic<bool> stop{false};
  std::vector<int> taken;
  ordered_parallel<int>(
      500, 4, [](std::size_t i) { return static_cast<int>(i); }, [&](std::size_t, int result) { taken.push_back(result); }, stop);
  EXPECT_EQ(taken, up_to(500));
}

}  // namespace
}  // namespace ouro::cache
