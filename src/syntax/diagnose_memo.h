// What the packrat parser remembers: (rule, place) → (result, end).
#pragma once

#include <cstdint>
#include <vector>

#include "syntax/diagnose_node.h"

namespace ouro::syntax {

class DiagnoseMemo {
 public:
  struct Entry {
    std::uint64_t key;
    const Node* node;
    std::uint32_t end;
  };

  /// `variant` keeps apart what one rule gives under different conditions.
  [[nodiscard]] static std::uint64_t key(std::uint16_t rule, std::uint32_t start, std::uint8_t variant) {
    return (std::uint64_t{start} << 18U) | (std::uint64_t{rule} << 2U) | variant;
  }

  [[nodiscard]] Entry* find(std::uint64_t key) {
    if (slots_.empty()) return nullptr;
    for (std::size_t slot = slot_of(key);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == 0) return nullptr;
      Entry& entry = entries_[slots_[slot] - 1];
      if (entry.key == key) return &entry;
    }
  }

  /// Adds or overwrites.
  void store(std::uint64_t key, const Node* node, std::uint32_t end) {
    if (Entry* known = find(key)) {
      known->node = node;
      known->end = end;
      return;
    }
    if ((entries_.size() + 1) * 2 > slots_.size()) grow();
    entries_.push_back({key, node, end});
    insert(static_cast<std::uint32_t>(entries_.size()));
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  void clear() {
    if (entries_.size() * 8 < slots_.size()) {
      for (const Entry& entry : entries_) {
        std::size_t slot = slot_of(entry.key);
        // Everything from here to the next free slot is an entry, so it goes as well.
        for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) slots_[slot] = 0;
      }
    } else {
      slots_.assign(slots_.size(), 0);
    }
    entries_.clear();
  }

 private:
  [[nodiscard]] std::size_t slot_of(std::uint64_t key) const {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> 20U) & (slots_.size() - 1);
  }
  void insert(std::uint32_t number) {
    std::size_t slot = slot_of(entries_[number - 1].key);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = number;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, 0);
    for (std::uint32_t number = 1; number <= entries_.size(); ++number) insert(number);
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // 1 + an index of entries_, or 0; a power of two, at most half full
};

}  // namespace ouro::syntax
