#include "syntax/identifier.h"

namespace ouro::syntax {
namespace {
constexpr std::size_t kFirstTableSize = 1024;

// FNV's low bits are good, its high bits better: fold them in before masking.
std::size_t slot_of(std::uint32_t hash, std::size_t mask) { return (hash ^ (hash >> 15U)) & mask; }
}  // namespace

Interner::Interner() : table_(kFirstTableSize, nullptr) {}

Identifier Interner::intern(std::string_view text, std::uint32_t hash) {
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = slot_of(hash, mask);
  while (const InternedText* entry = table_[slot]) {
    if (entry->hash == hash && entry->text == text) return Identifier(entry);
    slot = (slot + 1) & mask;
  }
  const InternedText* entry = arena_.make<InternedText>(arena_.copy(text), hash, size());
  entries_.push_back(entry);
  table_[slot] = entry;
  if (entries_.size() * 2 > table_.size()) rehash();
  return Identifier(entry);
}

void Interner::rehash() {
  table_.assign(table_.size() * 2, nullptr);
  const std::size_t mask = table_.size() - 1;
  for (const InternedText* entry : entries_) {
    std::size_t slot = slot_of(entry->hash, mask);
    while (table_[slot] != nullptr) slot = (slot + 1) & mask;
    table_[slot] = entry;
  }
}

}  // namespace ouro::syntax
