// The tables that tools/gen/gen_grammar.py makes of data/grammar/*.peg.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "syntax/diagnose_node.h"
#include "syntax/token.h"

namespace ouro::syntax {

/// A set of token kinds: what something can begin with.
class TokenSet {
 public:
  static constexpr TokenSet all() {
    TokenSet set;
    set.bits_ = {~std::uint64_t{0}, ~std::uint64_t{0}};
    return set;
  }
  static constexpr TokenSet of(std::initializer_list<TokenKind> kinds) {
    TokenSet set;
    for (const TokenKind kind : kinds) set.bits_[index(kind) / 64] |= std::uint64_t{1} << (index(kind) % 64);
    return set;
  }
  [[nodiscard]] constexpr bool contains(TokenKind kind) const {
    return (bits_[index(kind) / 64] >> (index(kind) % 64) & 1U) != 0;
  }

 private:
  static constexpr unsigned index(TokenKind kind) { return static_cast<unsigned>(kind); }
  static_assert(kTokenKindCount <= 128);
  std::array<std::uint64_t, 2> bits_{};
};

enum class AtomKind : std::uint8_t {
  Token,        ///< operand: a TokenKind
  SoftKeyword,  ///< operand: an index of kSoftKeywordTexts, or its size for any of them
  Rule,         ///< operand: a rule's number
};
enum class Modifier : std::uint8_t { One, Optional, Star, Plus, Separated, Ahead, NotAhead, Cut, Forced };

struct GrammarItem {
  AtomKind atom;
  Modifier modifier;
  std::uint16_t operand;
  TokenKind separator;
};

enum class ResultKind : std::uint8_t {
  Value,  ///< that of item `a`
  Node,   ///< a new one, with `count` of `a` and `b` as children
  Error,
  Check,
};
/// Checks that are code (diagnose_actions.cpp); each gives the alternative's value, or fails, or raises.
enum class Check : std::uint8_t {
  None_, InvalidTargetStar, InvalidTargetFor, InvalidTargetDel, ArgumentOrder, UnparenthesizedGenerator, RealNumber,
  ImaginaryNumber, String, Strings, Fstring, FormatText, Conversion, Replacement,
  NotEqual, FutureImport,
};
/// Where an error is shown.
enum class Place : std::uint8_t {
  Last,       ///< the furthest token read
  Next,       ///< the token that comes
  Range,      ///< from the start of `a` to the end of `b`
  From,       ///< from the start of `a` to where the tokenizer stands
  BeforeEnd,  ///< the last character of `a`
};
enum class Condition : std::uint8_t {
  Always,
  LegacyName,           ///< `a` is the name print or exec
  InBracketsNotLegacy,  ///< it is not, and a bracket is open
};
enum class Part : std::uint8_t { Whole, First, Last, LastOfLast };

struct ItemPart {
  std::uint8_t item;
  Part part;
};

struct GrammarResult {
  ResultKind kind;
  NodeKind node;
  Check check;
  Place place;
  Condition condition;
  ItemPart a;
  ItemPart b;
  std::uint8_t count;
  bool indentation_error;
  std::string_view text;  ///< with {name 1}, {line 1}, {text 1}, {bound_or_constraints 1} for items
};

struct GrammarAlternative {
  std::uint16_t first_item;
  std::uint8_t item_count;
  std::uint16_t result;
  bool invalid_only;  ///< skipped in the first pass
  TokenSet first;
};

enum class LeftRecursion : std::uint8_t { None, Leader, Member };

struct RuleFlags {
  bool group = false;  ///< in parentheses inside of a rule
  bool memo = false;
  bool without_invalid = false;
  bool forget = false;  ///< nothing before its end is ever looked at again
  LeftRecursion left_recursion = LeftRecursion::None;
};

struct GrammarRule {
  std::string_view name;
  std::uint16_t first_alternative;
  std::uint8_t alternative_count;
  RuleFlags flags;
  TokenSet first;
};

struct Grammar {
  std::span<const GrammarItem> items;
  std::span<const GrammarResult> results;
  std::span<const GrammarAlternative> alternatives;
  std::span<const GrammarRule> rules;
  std::uint16_t file;
  std::uint16_t interactive;
  std::uint16_t eval;
};

/// data/grammar/python-3.13.peg.
[[nodiscard]] const Grammar& python_grammar();

}  // namespace ouro::syntax
