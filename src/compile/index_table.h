// An ordered list without repeats: co_names, co_varnames, co_consts while a unit is compiled. Gives a key its
// position, in order of first sight, as CPython's insertion-ordered dict of name -> index does.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ouro::compile {

/// Key: a small value with operator== and `Hash{}(key)` giving a well-spread uint32_t.
template <class Key, class Hash>
class IndexTable {
 public:
  /// Position of `key`, appended at first sight.
  std::int32_t add(Key key) {
    if (keys_.size() < kLinearLimit) {
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (keys_[i] == key) return static_cast<std::int32_t>(i);
      }
      keys_.push_back(key);
      if (keys_.size() == kLinearLimit) rehash(kFirstSlots);
      return static_cast<std::int32_t>(keys_.size() - 1);
    }
    std::uint32_t slot = find_slot(key);
    if (slots_[slot] >= 0) return slots_[slot];
    slots_[slot] = static_cast<std::int32_t>(keys_.size());
    keys_.push_back(key);
    if (keys_.size() * 2 > slots_.size()) rehash(slots_.size() * 2);
    return static_cast<std::int32_t>(keys_.size() - 1);
  }

  /// Position of `key`, or -1.
  [[nodiscard]] std::int32_t find(Key key) const {
    if (keys_.size() >= kLinearLimit) return slots_[find_slot(key)];
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == key) return static_cast<std::int32_t>(i);
    }
    return -1;
  }
  [[nodiscard]] bool contains(Key key) const { return find(key) >= 0; }

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(keys_.size()); }
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  [[nodiscard]] std::span<const Key> keys() const { return keys_; }
  [[nodiscard]] Key operator[](std::int32_t index) const { return keys_[static_cast<std::size_t>(index)]; }

  void clear() {
    keys_.clear();
    slots_.clear();
  }

 private:
  static constexpr std::size_t kLinearLimit = 12;
  static constexpr std::size_t kFirstSlots = 64;  // a power of two

  [[nodiscard]] std::uint32_t find_slot(Key key) const {
    const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
    std::uint32_t slot = Hash{}(key) & mask;
    while (slots_[slot] >= 0 && !(keys_[static_cast<std::size_t>(slots_[slot])] == key)) slot = (slot + 1) & mask;
    return slot;
  }
  void rehash(std::size_t capacity) {
    slots_.assign(capacity, -1);
    for (std::size_t i = 0; i < keys_.size(); ++i) slots_[find_slot(keys_[i])] = static_cast<std::int32_t>(i);
  }

  std::vector<Key> keys_;
  std::vector<std::int32_t> slots_;  // open addressing, a power of two; empty below kLinearLimit keys
};

}  // namespace ouro::compile
