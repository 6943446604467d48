#include "compile/symbol_table.h"

#include <algorithm>

namespace ouro::compile {
namespace {

constexpr std::size_t kLinearLimit = 8;

std::size_t hash_pointer(const void* key) {
  auto bits = reinterpret_cast<std::uintptr_t>(key);
  bits ^= bits >> 17U;
  return static_cast<std::size_t>(bits * 0x9E3779B97F4A7C15ULL >> 20U);
}

}  // namespace

Symbol* SymbolMap::find(Identifier name) {
  if (index_.empty()) {
    for (Symbol& symbol : entries_) {
      if (symbol.name == name) return &symbol;
    }
    return nullptr;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = name.id() * 0x9E3779B1U >> 7U & mask; index_[i] != 0; i = (i + 1) & mask) {
    Symbol& symbol = entries_[index_[i] - 1];
    if (symbol.name == name) return &symbol;
  }
  return nullptr;
}

// Most blocks know no more names than these.
constexpr std::size_t kFirstRoom = 8;

Symbol& SymbolMap::add(Identifier name) {
  if (Symbol* known = find(name)) return *known;
  if (entries_.empty()) entries_.reserve(kFirstRoom);
  entries_.push_back({name});
  if (entries_.size() > kLinearLimit && entries_.size() * 2 > index_.size()) {
    rebuild_index();
  } else if (!index_.empty()) {
    const std::size_t mask = index_.size() - 1;
    std::size_t i = name.id() * 0x9E3779B1U >> 7U & mask;
    while (index_[i] != 0) i = (i + 1) & mask;
    index_[i] = static_cast<std::uint32_t>(entries_.size());
  }
  return entries_.back();
}

void SymbolMap::remove(Identifier name) {
  std::erase_if(entries_, [&](const Symbol& symbol) { return symbol.name == name; });
  if (!index_.empty()) rebuild_index();
}

void SymbolMap::rebuild_index() {
  std::size_t size = 32;
  while (size < entries_.size() * 4) size *= 2;
  index_.assign(size, 0);
  for (std::size_t n = 0; n < entries_.size(); ++n) {
    std::size_t i = entries_[n].name.id() * 0x9E3779B1U >> 7U & (size - 1);
    while (index_[i] != 0) i = (i + 1) & (size - 1);
    index_[i] = static_cast<std::uint32_t>(n + 1);
  }
}

// CPython 3.13 Python/symtable.c _Py_Mangle.
Identifier mangle(Identifier class_name, Identifier name, syntax::Interner& interner) {
  const std::string_view text = name.view();
  if (!class_name || text.size() < 2 || text[0] != '_' || text[1] != '_') return name;
  if (text.ends_with("__") || text.find('.') != std::string_view::npos) return name;
  std::string_view owner = class_name.view();
  while (!owner.empty() && owner.front() == '_') owner.remove_prefix(1);
  if (owner.empty()) return name;
  std::string mangled;
  mangled.reserve(1 + owner.size() + text.size());
  mangled += '_';
  mangled += owner;
  mangled += text;
  return interner.intern(mangled);
}

Identifier maybe_mangle(Identifier class_name, const Scope& scope, Identifier name, syntax::Interner& interner) {
  if (scope.mangled_names != nullptr) {
    const auto& names = *scope.mangled_names;
    if (std::find(names.begin(), names.end(), name) == names.end()) return name;
  }
  return mangle(class_name, name, interner);
}

Scope& SymbolTable::add_scope(const void* key) {
  Scope& scope = scopes_.emplace_back();
  if (top_ == nullptr) top_ = &scope;
  if ((used_ + 1) * 2 > slots_.size()) {
    const std::vector<Slot> old = std::move(slots_);
    slots_.assign(std::max<std::size_t>(64, old.size() * 2), Slot{});
    used_ = 0;
    for (const Slot& slot : old) {
      if (slot.key != nullptr) insert(slot);
    }
  }
  insert({key, &scope});
  return scope;
}

void SymbolTable::insert(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash_pointer(slot.key) & mask;
  while (slots_[i].key != nullptr && slots_[i].key != slot.key) i = (i + 1) & mask;
  if (slots_[i].key == nullptr) ++used_;
  slots_[i] = slot;
}

Scope& SymbolTable::scope_of(const void* key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash_pointer(key) & mask;
  while (slots_[i].key != key) {
    OURO_ASSERT(slots_[i].key != nullptr);
    i = (i + 1) & mask;
  }
  return *slots_[i].scope;
}

}  // namespace ouro::compile
