// list.sort: a stable merge sort over natural runs (the plan of CPython's Objects/listsort.txt: runs, binary insertion
// for short ones, a stack of runs merged when they are of like size, ends that stand right already left out of a merge).
#include <algorithm>
#include <array>
#include <bit>

#include "vm/core/protocol.h"
#include "vm/objects/float.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct SortItem {
  Value key;    ///< what is compared: the item itself without a key function
  Value value;
};

enum class KeyKind : std::uint8_t { Generic, Small, Float, Str };

class Sorter {
 public:
  Sorter(Vm& vm, SortItem* items, std::size_t size, SortItem* buffer)
      : vm_(vm), items_(items), size_(size), buffer_(buffer), kind_(kind_of_keys()) {}
  /// False: a comparison failed; all items are still there, in some order.
  bool sort();

 private:
  struct Run {
    std::size_t start, length;
  };
  [[nodiscard]] KeyKind kind_of_keys() const;
  /// a < b; sets failed_.
  bool less(const SortItem& a, const SortItem& b);
  std::size_t count_run(std::size_t start);
  bool insertion(std::size_t start, std::size_t end, std::size_t sorted);
  bool merge_at(std::size_t index);
  bool merge_low(std::size_t a, std::size_t a_length, std::size_t b, std::size_t b_length);
  bool merge_high(std::size_t a, std::size_t a_length, std::size_t b, std::size_t b_length);
  bool collapse(bool force);

  Vm& vm_;
  SortItem* items_;
  std::size_t size_;
  SortItem* buffer_;
  KeyKind kind_;
  bool failed_ = false;
  std::array<Run, 96> runs_{};
  std::size_t run_count_ = 0;
};

KeyKind Sorter::kind_of_keys() const {
  if (size_ == 0) return KeyKind::Generic;
  const auto all = [this](auto test) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (!test(items_[i].key)) return false;
    }
    return true;
  };
  const Value first = items_[0].key;
  if (first.is_small()) return all([](Value v) { return v.is_small(); }) ? KeyKind::Small : KeyKind::Generic;
  if (!first.is_object()) return KeyKind::Generic;
  const auto exact = [this, &all](TypeObject* type) {
    return all([type](Value v) { return v.is_object() && v.object()->type == type; });
  };
  if (first.object()->type == vm_.types.str) return exact(vm_.types.str) ? KeyKind::Str : KeyKind::Generic;
  if (first.object()->type == vm_.types.float_) return exact(vm_.types.float_) ? KeyKind::Float : KeyKind::Generic;
  return KeyKind::Generic;
}

bool Sorter::less(const SortItem& a, const SortItem& b) {
  switch (kind_) {
    case KeyKind::Small: return a.key.small_value() < b.key.small_value();
    case KeyKind::Float: return a.key.as<FloatObject>()->value < b.key.as<FloatObject>()->value;
    case KeyKind::Str: return str_compare(a.key.as<StrObject>(), b.key.as<StrObject>()) < 0;
    case KeyKind::Generic: break;
  }
  const Ref result = compare(vm_, a.key, b.key, CompareOp::Less);
  bool out = false;
  if (!result || !truth(vm_, result, out)) failed_ = true;
  return out && !failed_;
}

/// Length of the run at `start`; a strictly descending one is turned round.
std::size_t Sorter::count_run(std::size_t start) {
  std::size_t end = start + 1;
  if (end == size_) return 1;
  const bool descending = less(items_[end], items_[start]);
  if (failed_) return 1;
  for (++end; end < size_; ++end) {
    const bool falls = less(items_[end], items_[end - 1]);
    if (failed_) return 1;
    if (falls != descending) break;
  }
  if (descending) std::reverse(items_ + start, items_ + end);
  return end - start;
}

bool Sorter::insertion(std::size_t start, std::size_t end, std::size_t sorted) {
  for (std::size_t i = sorted; i < end; ++i) {
    const SortItem pivot = items_[i];
    std::size_t low = start, high = i;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      const bool before = less(pivot, items_[middle]);
      if (failed_) return false;
      if (before) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    std::copy_backward(items_ + low, items_ + i, items_ + i + 1);
    items_[low] = pivot;
  }
  return true;
}

bool Sorter::merge_low(std::size_t a, std::size_t a_length, std::size_t b, std::size_t b_length) {
  std::copy(items_ + a, items_ + a + a_length, buffer_);
  std::size_t i = 0, j = b, to = a;
  const std::size_t end = b + b_length;
  while (i < a_length && j < end) {
    const bool take_b = less(items_[j], buffer_[i]);
    if (failed_) break;
    items_[to++] = take_b ? items_[j++] : buffer_[i++];
  }
  // What is left of a stands before what is left of b, also after a failure.
  std::copy(buffer_ + i, buffer_ + a_length, items_ + to);
  return !failed_;
}

bool Sorter::merge_high(std::size_t a, std::size_t a_length, std::size_t b, std::size_t b_length) {
  std::copy(items_ + b, items_ + b + b_length, buffer_);
  std::size_t i = a + a_length, j = b_length, to = b + b_length;
  while (i > a && j > 0) {
    const bool take_a = less(buffer_[j - 1], items_[i - 1]);
    if (failed_) break;
    items_[--to] = take_a ? items_[--i] : buffer_[--j];
  }
  std::copy(buffer_, buffer_ + j, items_ + to - j);
  return !failed_;
}

bool Sorter::merge_at(std::size_t index) {
  Run left = runs_[index], right = runs_[index + 1];
  runs_[index].length += right.length;
  for (std::size_t i = index + 1; i + 1 < run_count_; ++i) runs_[i] = runs_[i + 1];
  --run_count_;
  if (!charge_work(vm_, (left.length + right.length) / 4 + 1)) return !(failed_ = true);
  // Items of the left run that are not above the right one's first stand right already: found by doubling steps.
  std::size_t low = 0, step = 1;
  while (low + step <= left.length) {
    const bool above = less(items_[right.start], items_[left.start + low + step - 1]);
    if (failed_) return false;
    if (above) break;
    low += step;
    step *= 2;
  }
  std::size_t high = std::min(low + step, left.length);
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const bool above = less(items_[right.start], items_[left.start + middle]);
    if (failed_) return false;
    if (above) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  left.start += low;
  left.length -= low;
  if (left.length == 0) return true;
  // Likewise those of the right run that are not below the left one's last.
  const SortItem& last = items_[left.start + left.length - 1];
  std::size_t kept = 0;
  step = 1;
  while (kept + step <= right.length) {
    const bool below = less(items_[right.start + right.length - kept - step], last);
    if (failed_) return false;
    if (below) break;
    kept += step;
    step *= 2;
  }
  high = std::min(kept + step, right.length);
  while (kept < high) {
    const std::size_t middle = kept + (high - kept) / 2;
    const bool below = less(items_[right.start + right.length - 1 - middle], last);
    if (failed_) return false;
    if (below) {
      high = middle;
    } else {
      kept = middle + 1;
    }
  }
  right.length -= kept;
  if (right.length == 0) return true;
  return left.length <= right.length ? merge_low(left.start, left.length, right.start, right.length)
                                     : merge_high(left.start, left.length, right.start, right.length);
}

bool Sorter::collapse(bool force) {
  while (run_count_ > 1) {
    std::size_t n = run_count_ - 2;
    const bool unbalanced = (n > 0 && runs_[n - 1].length <= runs_[n].length + runs_[n + 1].length) ||
                            (n > 1 && runs_[n - 2].length <= runs_[n - 1].length + runs_[n].length);
    if (unbalanced || force) {
      if (n > 0 && runs_[n - 1].length < runs_[n + 1].length) --n;
    } else if (runs_[n].length > runs_[n + 1].length) {
      break;
    }
    if (!merge_at(n)) return false;
  }
  return true;
}

bool Sorter::sort() {
  if (size_ < 2) return true;
  std::size_t shortest = size_, odd = 0;
  while (shortest >= 64) {
    odd |= shortest & 1U;
    shortest >>= 1U;
  }
  shortest += odd;
  for (std::size_t start = 0; start < size_;) {
    std::size_t length = count_run(start);
    if (failed_) return false;
    if (length < shortest) {
      const std::size_t wanted = std::min(shortest, size_ - start);
      if (!insertion(start, start + wanted, start + length)) return false;
      length = wanted;
    }
    runs_[run_count_++] = {start, length};
    start += length;
    if (!collapse(false)) return false;
  }
  return collapse(true);
}

/// The working array, from the machine's heap.
class SortArray {
 public:
  SortArray(Vm& vm, std::size_t size) : vm_(vm), size_(size) {
    data_ = static_cast<SortItem*>(vm.heap.allocate((size_ + 1) * sizeof(SortItem)));
  }
  ~SortArray() {
    if (data_ != nullptr) vm_.heap.free(data_, (size_ + 1) * sizeof(SortItem));
  }
  SortArray(const SortArray&) = delete;
  SortArray& operator=(const SortArray&) = delete;
  [[nodiscard]] SortItem* data() const { return data_; }

 private:
  Vm& vm_;
  std::size_t size_;
  SortItem* data_;
};

bool fill_keys(Vm& vm, std::span<const Value> items, Value key, SortItem* out, std::size_t& made) {
  for (made = 0; made < items.size(); ++made) {
    Value compared = items[made];
    if (!key.is_null()) {
      Ref result = call(vm, key, {items[made]});
      if (!result) return false;
      compared = result.release();
    }
    out[made] = {compared, items[made]};
  }
  return true;
}

}  // namespace

bool list_sort(Vm& vm, ListObject* list, Value key, bool reverse) {
  // While it is sorted the list is empty: whoever looks at it sees nothing half done, and changes are noticed.
  Value* const items = std::exchange(list->items, nullptr);
  const std::size_t size = std::exchange(list->size, 0);
  const std::size_t capacity = std::exchange(list->capacity, 0);
  bool ok = true;
  {
    SortArray array(vm, size), buffer(vm, size);
    if (array.data() == nullptr || buffer.data() == nullptr) {
      raise_memory_error(vm);
      ok = false;
    } else {
      std::size_t made = 0;
      ok = fill_keys(vm, {items, size}, key, array.data(), made);
      if (ok) {
        // Reversed before and after: equal items keep their order.
        if (reverse) std::reverse(array.data(), array.data() + size);
        ok = Sorter(vm, array.data(), size, buffer.data()).sort();
        if (reverse) std::reverse(array.data(), array.data() + size);
        for (std::size_t i = 0; i < size; ++i) items[i] = array.data()[i].value;
      }
      if (!key.is_null()) {
        for (std::size_t i = 0; i < made; ++i) xdecref(array.data()[i].key);
      }
    }
  }
  const bool changed = list->items != nullptr || list->size != 0;
  Value* const other = std::exchange(list->items, items);
  const std::size_t other_size = std::exchange(list->size, size);
  const std::size_t other_capacity = std::exchange(list->capacity, capacity);
  for (std::size_t i = 0; i < other_size; ++i) xdecref(other[i]);
  if (other != nullptr) vm.heap.free(other, other_capacity * sizeof(Value));
  if (changed && ok) return raise(vm, vm.exc.ValueError, "list modified during sort");
  return ok;
}

}  // namespace ouro::vm
