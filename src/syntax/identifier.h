// Interned strings: identifiers (after NFKC) and attribute names. Equal text is the same pointer, so comparing,
// hashing and using them as table keys costs nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "support/arena.h"

namespace ouro::syntax {

/// What an Identifier points to; owned by an Interner.
struct InternedText {
  std::string_view text;  ///< UTF-8 with lone surrogates; followed by no terminator
  std::uint32_t hash;
  std::uint32_t id;  ///< 0, 1, 2, … in order of first sight: an index for side tables
};

/// A pointer to interned text; null where the grammar has an optional identifier.
class Identifier {
 public:
  constexpr Identifier() = default;
  constexpr explicit Identifier(const InternedText* entry) : entry_(entry) {}

  constexpr explicit operator bool() const { return entry_ != nullptr; }
  /// The text; empty for the null identifier.
  [[nodiscard]] std::string_view view() const { return entry_ != nullptr ? entry_->text : std::string_view{}; }
  /// Dense index within its Interner. Not for the null identifier.
  [[nodiscard]] std::uint32_t id() const { return entry_->id; }
  [[nodiscard]] std::uint32_t hash() const { return entry_->hash; }
  [[nodiscard]] const InternedText* entry() const { return entry_; }
  friend constexpr bool operator==(Identifier, Identifier) = default;

 private:
  const InternedText* entry_ = nullptr;
};

/// Keeps one copy of every text; knows the keywords from the start (keywords.h). Not thread-safe: one a compilation (or one a thread, reused).
class Interner {
 public:
  Interner();
  Interner(Interner&&) noexcept = default;
  Interner& operator=(Interner&&) noexcept = default;

  /// The identifier of `text`; copies it at first sight.
  Identifier intern(std::string_view text) { return intern(text, hash(text)); }
  /// The same when the caller has `hash(text)` already.
  Identifier intern(std::string_view text, std::uint32_t hash);
  [[nodiscard]] static std::uint32_t hash(std::string_view text);
  /// The identifier of `text` if it was seen; else the null identifier.
  [[nodiscard]] Identifier find(std::string_view text) const;

  /// `case` is known from the start and, alone of the soft keywords, CPython does not intern it before a source has it.
  [[nodiscard]] bool case_seen() const { return case_seen_; }
  void set_case_seen() { case_seen_ = true; }

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  /// The identifier with that id(), below size().
  [[nodiscard]] Identifier at(std::uint32_t id) const { return Identifier(entries_[id]); }

 private:
  void rehash();

  Arena arena_;
  std::vector<const InternedText*> entries_;  // by id
  std::vector<const InternedText*> table_;    // open addressing, a power of two, at most half full
  bool case_seen_ = false;
};

}  // namespace ouro::syntax

template <>
struct std::hash<ouro::syntax::Identifier> {
  std::size_t operator()(ouro::syntax::Identifier identifier) const noexcept {
    return std::hash<const void*>{}(identifier.entry());
  }
};
