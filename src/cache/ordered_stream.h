// Many independent jobs on several threads that come one by one and whose results are taken in order, in memory that
// does not grow with their number.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ouro::cache {

/// How many jobs are under way, or done and not taken, at most, unless said otherwise.
inline constexpr std::size_t kStreamWindow = 256;
/// How many items are asked for at once, and how many results wait before the taking thread is woken: waking for each
/// costs more than a small job.
inline constexpr std::size_t kStreamBatch = 32;
/// How many jobs a thread takes on at once while there are plenty.
inline constexpr std::size_t kStreamShare = 8;

/// `source` and `take` are called on the calling thread only, `work` on `threads` others (on the calling one when
/// `threads` is 1), and must not throw. Results are taken in the order of the items. When `stop` becomes true no further
/// item is asked for, and those not begun are left out. With a window of SIZE_MAX items are asked for without waiting for
/// results, while the first are worked on.
template <class Item, class Result>
class OrderedStream {
 public:
  using Source = std::function<std::optional<Item>()>;
  using Work = std::function<Result(const Item&)>;
  using Take = std::function<void(Item, Result)>;

  OrderedStream(Source source, Work work, Take take, const std::atomic<bool>& stop, std::size_t window = kStreamWindow)
      : source_(std::move(source)), work_(std::move(work)), take_(std::move(take)), stop_(stop), window_(window) {}

  void run(std::size_t threads) {
    if (threads <= 1) return run_here();
    std::vector<std::thread> pool;
    for (std::size_t i = 0; i < threads; ++i) pool.emplace_back([this, threads] { run_worker(threads); });
    while (refill()) take_ready();
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    more_work_.notify_all();
    for (std::thread& thread : pool) thread.join();
  }

 private:
  struct Slot {
    Item item;
    std::optional<Result> result;
    bool done = false;
  };

  void run_here() {
    while (!stop_) {
      std::optional<Item> item = source_();
      if (!item) return;
      Result result = work_(*item);
      take_(std::move(*item), std::move(result));
    }
  }

  void run_worker(std::size_t threads) {
    std::vector<Slot*> mine;  // slots stay where they are while others come and go at both ends
    std::unique_lock lock(mutex_);
    for (;;) {
      more_work_.wait(lock, [&] { return begun_ < slots_.size() || closed_; });
      if (begun_ >= slots_.size()) return;
      const std::size_t share = (slots_.size() - begun_) / (4 * threads);  // the last ones singly, so that all end together
      for (std::size_t n = std::clamp<std::size_t>(share, 1, kStreamShare); n > 0; --n) mine.push_back(&slots_[begun_++]);
      lock.unlock();
      for (Slot* slot : mine) {
        if (!stop_) slot->result = work_(slot->item);
      }
      lock.lock();
      for (Slot* slot : mine) slot->done = true;
      mine.clear();
      while (ready_ < slots_.size() && slots_[ready_].done) ++ready_;
      if (ready_ >= std::min(kStreamBatch, slots_.size())) results_.notify_one();
    }
  }

  /// False: nothing is left to take.
  bool refill() {
    std::vector<Item> items;
    while (can_ask() && items.size() < kStreamBatch) {
      std::optional<Item> item = source_();
      if (!item) {
        exhausted_ = true;
        break;
      }
      items.push_back(std::move(*item));
      ++held_;
    }
    if (!items.empty()) {
      const std::lock_guard lock(mutex_);
      for (Item& item : items) slots_.push_back({std::move(item), std::nullopt});
      more_work_.notify_all();
    }
    return held_ > 0;
  }

  [[nodiscard]] bool can_ask() const { return !exhausted_ && !stop_ && held_ < window_; }

  void take_ready() {
    std::vector<Slot> taken;
    {
      std::unique_lock lock(mutex_);
      if (!can_ask()) results_.wait(lock, [&] { return ready_ >= std::min(kStreamBatch, slots_.size()); });
      for (; ready_ > 0; --ready_, --begun_) {
        taken.push_back(std::move(slots_.front()));
        slots_.pop_front();
      }
    }
    held_ -= taken.size();
    for (Slot& slot : taken) {
      if (slot.result) take_(std::move(slot.item), std::move(*slot.result));
    }
  }

  Source source_;
  Work work_;
  Take take_;
  const std::atomic<bool>& stop_;
  const std::size_t window_;
  std::mutex mutex_;
  std::condition_variable more_work_;
  std::condition_variable results_;
  std::deque<Slot> slots_;
  std::size_t begun_ = 0;  // slots before it are a worker's
  std::size_t ready_ = 0;  // slots before it are done
  std::size_t held_ = 0;   // as slots_.size(), for the calling thread
  bool exhausted_ = false;
  bool closed_ = false;
};

}  // namespace ouro::cache
