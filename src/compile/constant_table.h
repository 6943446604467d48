// The constants of one compilation, each value once.
//
// CPython keeps one dict for a whole compilation (c_const_cache) whose keys tell 1, 1.0 and True
// apart, 0.0 and -0.0, and look into tuples and frozensets; equal keys become one object, shared by
// all code objects. So here: one id per value, straight in the ConstantPool that the compilation
// returns. Strings that CPython interns (identifiers, and constants that look like one) are one
// object per text; other equal strings are one object too, but never the same object as an interned
// string of that text.
//
// One thing tells such a text's constant from the interned string although marshal writes them
// alike: CPython builds a frozenset anew for each code object when one of its items had to be
// exchanged for the interned string (Objects/codeobject.c intern_constants). That is so when the
// text was interned before its constant was: by the parser, by a name of a unit finished earlier,
// or when CPython started.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "code/constant_pool.h"
#include "syntax/ast.h"
#include "syntax/identifier.h"
#include "version/python_version.h"

namespace ouro::compile {

/// The identifiers of the source: those of `interner` with an id below `count`. None when there is
/// no interner.
struct SourceNames {
  const syntax::Interner* interner = nullptr;
  std::uint32_t count = 0;
};

class ConstantTable {
 public:
  explicit ConstantTable(PythonVersion target = {3, 13}, SourceNames source_names = {});

  // Singletons have fixed ids.
  [[nodiscard]] ConstId none() const { return ConstId(0); }
  [[nodiscard]] ConstId ellipsis() const { return ConstId(1); }
  [[nodiscard]] ConstId false_value() const { return ConstId(2); }
  [[nodiscard]] ConstId true_value() const { return ConstId(3); }
  [[nodiscard]] ConstId empty_tuple() const { return ConstId(4); }

  /// A constant of the tree. Nesting is bounded by the parser's own limit.
  ConstId add(const syntax::ConstantValue& value);
  ConstId add_int(std::int64_t value);
  ConstId add_long(BigInt value);
  ConstId add_float(double value);
  ConstId add_complex(double real, double imag);
  /// A string constant (UTF-8 with lone surrogates).
  ConstId add_str(std::string_view text);
  ConstId add_bytes(std::string_view bytes);
  /// Bytes that are an object of their own even where equal ones exist (only the empty bytes are
  /// one object).
  ConstId add_own_bytes(std::string_view bytes);
  ConstId add_tuple(std::span<const ConstId> items);
  /// `items` without repeats, in CPython's order of insertion.
  ConstId add_frozenset(std::span<const ConstId> items);
  /// co_consts of a finished unit. A whole equal co_consts is shared, a frozenset of another unit's
  /// only while none of its items is exchanged (see above): else it is copied.
  ConstId add_consts(std::span<const ConstId> items);
  /// co_names or co_localsplusnames, by add_name. An equal tuple that was a constant before is that
  /// object too, and gets the interned strings.
  ConstId add_names(std::span<const ConstId> names);
  /// A name: co_names, variables, co_name: always the interned string.
  ConstId add_name(syntax::Identifier name);
  /// A name that is loaded as a constant. The source's identifiers are interned before anything
  /// else, so this is the interned string unless an equal string constant came first.
  ConstId add_name_constant(syntax::Identifier name);
  /// A class's qualified name as a constant. The string is new: it becomes the interned one only if
  /// there is none.
  ConstId add_qualname_constant(syntax::Identifier name);
  /// The interned string of that text.
  ConstId add_interned(std::string_view text);
  /// A finished code object; gives the id of an equal one if there was one (code objects compare by
  /// value).
  ConstId add_code(const CodeObject& code);

  [[nodiscard]] const ConstantPool& pool() const { return pool_; }
  [[nodiscard]] ConstantPool& pool() { return pool_; }
  /// Ends the compilation.
  [[nodiscard]] ConstantPool take() { return std::move(pool_); }

 private:
  enum class Space : std::uint8_t { Constant, Interned };
  struct Entry {
    std::uint32_t hash;
    ConstId id;
    Space space;
  };
  template <class Equal, class Make>
  ConstId find_or_make(std::uint32_t hash, Space space, Equal equal, Make make);
  [[nodiscard]] ConstId find_text(std::string_view text, Space space) const;
  ConstId add_known_text(std::string_view text, ConstId id);
  ConstId add_text(ConstKind kind, std::string_view text, Space space);
  ConstId marked(ConstId id);
  std::uint8_t& text_state(ConstId id);
  [[nodiscard]] bool is_plain(ConstId id) const;
  [[nodiscard]] bool same_item(ConstId wanted, ConstId item) const;
  void settle(ConstId id);
  [[nodiscard]] bool is_interned_before(std::string_view text) const;
  [[nodiscard]] bool is_exchanged(ConstId id) const;
  [[nodiscard]] ConstId first_of(ConstId id) const;
  ConstId add_items(ConstKind kind, std::span<const ConstId> items);
  void grow();

  ConstantPool pool_;
  std::vector<Entry>
      slots_;  // open addressing, a power of two, at most half full; id kNoConst = empty
  std::size_t used_ = 0;
  std::vector<ConstId> by_identifier_;  // by Identifier::id()
  PythonVersion target_;
  SourceNames source_names_;
  std::vector<std::uint8_t> text_states_;                  // by ConstId: TextState bits
  std::unordered_set<std::uint32_t> owned_sets_;           // frozensets that stand in a co_consts
  std::unordered_map<std::uint32_t, ConstId> first_sets_;  // copied frozensets and what they copy
};

}  // namespace ouro::compile
