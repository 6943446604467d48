#include "syntax/identifier.h"

#include "syntax/keywords.h"

namespace ouro::syntax {
namespace {
constexpr std::size_t kFirstTableSize = 1024;

std::size_t slot_of(std::uint32_t hash, std::size_t mask) { return hash & mask; }
}  // namespace

Interner::Interner() : table_(kFirstTableSize, nullptr) {
  for (const std::string_view word : kKeywordTexts) intern(word);
  for (const std::string_view word : kSoftKeywordTexts) intern(word);
}

std::uint32_t Interner::hash(std::string_view text) {
  // Eight bytes a step; the tail is read overlapping, so that no length needs a byte loop beyond 3.
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U;
  const char* data = text.data();
  std::size_t size = text.size();
  std::uint64_t h = size * kMultiplier;
  const auto mix = [&h](std::uint64_t word) {
    h = (h ^ word) * kMultiplier;
    h ^= h >> 29U;
  };
  const auto load8 = [](const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    return word;
  };
  const auto load4 = [](const char* at) {
    std::uint32_t word;
    std::memcpy(&word, at, 4);
    return static_cast<std::uint64_t>(word);
  };
  if (size >= 8) {
    for (; size > 8; size -= 8, data += 8) mix(load8(data));
    mix(load8(data + size - 8));
  } else if (size >= 4) {
    mix(load4(data) << 32U | load4(data + size - 4));
  } else if (size > 0) {
    const auto byte = [data](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(data[i])); };
    mix(byte(0) << 16U | byte(size / 2) << 8U | byte(size - 1));
  }
  return static_cast<std::uint32_t>(h ^ (h >> 32U));
}

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

Identifier Interner::find(std::string_view text) const {
  const std::uint32_t wanted = hash(text);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t slot = slot_of(wanted, mask); table_[slot] != nullptr; slot = (slot + 1) & mask) {
    if (table_[slot]->hash == wanted && table_[slot]->text == text) return Identifier(table_[slot]);
  }
  return {};
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
