// Many independent jobs on several threads, their results taken in order: an OrderedStream whose length is known.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "cache/ordered_stream.h"

namespace ouro::cache {

/// Calls work(i) for every i below `count` on `threads` threads (the calling thread is one of them when
/// `threads` is 1) and take(i, result) in rising order on the calling thread, a few at a time.
/// Jobs are handed out one by one, so threads stay evenly fed. `work` must not throw. When `stop` becomes true
/// no further job begins, and those not begun are not taken.
template <class Result>
void ordered_parallel(std::size_t count, std::size_t threads, std::function<Result(std::size_t)> work,
                      std::function<void(std::size_t, Result)> take, const std::atomic<bool>& stop) {
  std::size_t next = 0;
  const auto source = [&]() -> std::optional<std::size_t> {
    if (next >= count) return std::nullopt;
    return next++;
  };
  OrderedStream<std::size_t, Result>(source, std::move(work), std::move(take), stop).run(std::min(threads, count));
}

}  // namespace ouro::cache
