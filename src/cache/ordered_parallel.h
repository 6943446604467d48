// Many independent jobs on several threads, their results taken in order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ouro::cache {

/// How many results wait for `take` before its thread is woken: waking it for each costs more than a small job.
inline constexpr std::size_t kTakenAtOnce = 32;

/// Calls work(i) for every i below `count` on `threads` threads (the calling thread is one of them when
/// `threads` is 1) and take(i, result) in rising order on the calling thread, a few at a time.
/// Jobs are handed out one by one, so threads stay evenly fed. `work` must not throw. When `stop` becomes true
/// no further job begins, and those not begun are not taken.
template <class Result>
void ordered_parallel(std::size_t count, std::size_t threads, const std::function<Result(std::size_t)>& work,
                      const std::function<void(std::size_t, Result)>& take, const std::atomic<bool>& stop) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count && !stop; ++i) take(i, work(i));
    return;
  }
  struct Slot {
    Result result{};
    bool done = false;
  };
  std::vector<Slot> slots(count);
  std::mutex mutex;
  std::condition_variable progress;
  std::atomic<std::size_t> next{0};
  std::size_t running = threads;
  std::size_t taken = 0;  // slots before it are taken
  std::size_t ready = 0;  // slots before it are done
  const auto run = [&] {
    for (std::size_t i = next.fetch_add(1); i < count && !stop; i = next.fetch_add(1)) {
      Result result = work(i);
      const std::lock_guard lock(mutex);
      slots[i].result = std::move(result);
      slots[i].done = true;
      while (ready < count && slots[ready].done) ++ready;
      if (ready - taken >= kTakenAtOnce) progress.notify_one();
    }
    const std::lock_guard lock(mutex);
    --running;
    progress.notify_one();
  };
  std::vector<std::thread> pool;
  pool.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) pool.emplace_back(run);
  for (bool more = true; more;) {
    std::unique_lock lock(mutex);
    progress.wait(lock, [&] { return ready - taken >= kTakenAtOnce || running == 0; });
    const std::size_t begin = taken;
    const std::size_t end = ready;
    more = running > 0;
    taken = end;
    lock.unlock();
    for (std::size_t i = begin; i < end; ++i) take(i, std::move(slots[i].result));  // nobody else touches these any more
  }
  for (std::thread& thread : pool) thread.join();
}

}  // namespace ouro::cache
