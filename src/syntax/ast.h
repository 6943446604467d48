// The abstract syntax tree, with the node and field names of CPython 3.13 (Parser/Python.asdl, documented in
// Lib/ast's manual page).
//
// Nodes are plain structs in an Arena: trivially destructible, children as spans, no ownership. A node's `kind`
// says which struct it is; `is<BinOp>(e)`, `as<BinOp>(e)`, `try_as<BinOp>(e)` go down. Pairs that have the same
// fields share one struct (FunctionDef also is AsyncFunctionDef, ElementComp is ListComp, SetComp and
// GeneratorExp): ask `kind`. Pointers are mutable so that constant folding can replace children in place.
//
// Views in the tree point into the AstContext or into the decoded source: both must outlive the tree.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <utility>

#include "support/arena.h"
#include "support/big_int.h"
#include "support/result.h"
#include "syntax/identifier.h"

namespace ouro::syntax {

/// Lines from 1, columns from 0 in UTF-8 bytes of the decoded source; the end is exclusive.
struct Position {
  std::int32_t lineno = 0;
  std::int32_t col_offset = 0;
  std::int32_t end_lineno = 0;
  std::int32_t end_col_offset = 0;
  friend constexpr bool operator==(const Position&, const Position&) = default;
};

enum class StmtKind : std::uint8_t {
  FunctionDef, AsyncFunctionDef, ClassDef, Return, Delete, Assign, TypeAlias, AugAssign, AnnAssign,
  For, AsyncFor, While, If, With, AsyncWith, Match, Raise, Try, TryStar, Assert, Import, ImportFrom,
  Global, Nonlocal, Expr, Pass, Break, Continue,
  Print, Exec, LegacyRaise,  // Python 2
};

enum class ExprKind : std::uint8_t {
  BoolOp, NamedExpr, BinOp, UnaryOp, Lambda, IfExp, Dict, Set, ListComp, SetComp, DictComp, GeneratorExp,
  Await, Yield, YieldFrom, Compare, Call, FormattedValue, JoinedStr, Constant, Attribute, Subscript, Starred,
  Name, List, Tuple, Slice,
  Interpolation, TemplateStr,  // 3.14
  Repr,                        // Python 2: `x`
};

enum class PatternKind : std::uint8_t {
  MatchValue, MatchSingleton, MatchSequence, MatchMapping, MatchClass, MatchStar, MatchAs, MatchOr,
};

enum class TypeParamKind : std::uint8_t { TypeVar, ParamSpec, TypeVarTuple };
enum class ModKind : std::uint8_t { Module, Interactive, Expression };

enum class ExprContext : std::uint8_t { Load, Store, Del };
enum class BoolOperator : std::uint8_t { And, Or };
enum class Operator : std::uint8_t {
  Add, Sub, Mult, MatMult, Div, Mod, Pow, LShift, RShift, BitOr, BitXor, BitAnd, FloorDiv,
};
enum class UnaryOperator : std::uint8_t { Invert, Not, UAdd, USub };
enum class CompareOperator : std::uint8_t { Eq, NotEq, Lt, LtE, Gt, GtE, Is, IsNot, In, NotIn };

struct StmtNode {
  using NodeBase = StmtNode;
  Position pos;
  StmtKind kind;
  constexpr StmtNode(StmtKind k, const Position& p) : pos(p), kind(k) {}
};
struct ExprNode {
  using NodeBase = ExprNode;
  Position pos;
  ExprKind kind;
  constexpr ExprNode(ExprKind k, const Position& p) : pos(p), kind(k) {}
};
struct PatternNode {
  using NodeBase = PatternNode;
  Position pos;
  PatternKind kind;
  constexpr PatternNode(PatternKind k, const Position& p) : pos(p), kind(k) {}
};

using StmtList = std::span<StmtNode*>;
using ExprList = std::span<ExprNode*>;
using PatternList = std::span<PatternNode*>;
using IdentifierList = std::span<Identifier>;

// ---- constants -----------------------------------------------------------------------------------------

enum class ConstantKind : std::uint8_t {
  None, False, True, Ellipsis,
  Int,     ///< fits 64 bits
  BigInt,  ///< does not
  Float, Complex,
  Str,    ///< UTF-8 with lone surrogates
  Bytes,
  Tuple, FrozenSet,  ///< made by constant folding only
};

/// A constant's value. Copy freely: texts and items live in the AstContext (or the source).
struct ConstantValue {
  struct Text {
    const char* data;
    std::size_t size;
  };
  struct ComplexNumber {
    double real;
    double imag;
  };
  struct Items {
    const ConstantValue* data;
    std::size_t size;
  };
  ConstantKind kind = ConstantKind::None;
  union {
    std::int64_t integer = 0;   // Int
    const BigInt* big;          // BigInt
    double real;                // Float
    ComplexNumber complex;      // Complex
    Text chars;                 // Str, Bytes
    Items elements;             // Tuple, FrozenSet
  };

  [[nodiscard]] std::string_view text() const { return {chars.data, chars.size}; }
  [[nodiscard]] std::span<const ConstantValue> items() const { return {elements.data, elements.size}; }

  static ConstantValue of(ConstantKind singleton) {
    ConstantValue v;
    v.kind = singleton;
    return v;
  }
  static ConstantValue of_bool(bool value) { return of(value ? ConstantKind::True : ConstantKind::False); }
  static ConstantValue of_int(std::int64_t value) {
    ConstantValue v = of(ConstantKind::Int);
    v.integer = value;
    return v;
  }
  static ConstantValue of_big(const BigInt* value) {
    ConstantValue v = of(ConstantKind::BigInt);
    v.big = value;
    return v;
  }
  static ConstantValue of_float(double value) {
    ConstantValue v = of(ConstantKind::Float);
    v.real = value;
    return v;
  }
  static ConstantValue of_complex(double real, double imag) {
    ConstantValue v = of(ConstantKind::Complex);
    v.complex = {real, imag};
    return v;
  }
  static ConstantValue of_text(ConstantKind str_or_bytes, std::string_view text) {
    ConstantValue v = of(str_or_bytes);
    v.chars = {text.data(), text.size()};
    return v;
  }
  static ConstantValue of_items(ConstantKind tuple_or_set, std::span<const ConstantValue> items) {
    ConstantValue v = of(tuple_or_set);
    v.elements = {items.data(), items.size()};
    return v;
  }
};

// ---- parts without a kind ------------------------------------------------------------------------------

/// One parameter.
struct Arg {
  Position pos;
  Identifier arg;
  ExprNode* annotation = nullptr;
};

struct Arguments {
  std::span<Arg*> posonlyargs;
  std::span<Arg*> args;
  Arg* vararg = nullptr;
  std::span<Arg*> kwonlyargs;
  ExprList kw_defaults;  ///< as long as kwonlyargs; null where there is no default
  Arg* kwarg = nullptr;
  ExprList defaults;  ///< of the last ones of posonlyargs + args
};

/// A keyword argument; `arg` is null for **value.
struct Keyword {
  Position pos;
  Identifier arg;
  ExprNode* value = nullptr;
};

/// One `for target in iter if …` of a comprehension (asdl: comprehension).
struct Comprehension {
  ExprNode* target = nullptr;
  ExprNode* iter = nullptr;
  ExprList ifs;
  bool is_async = false;
};

struct ExceptHandler {
  Position pos;
  ExprNode* type = nullptr;  ///< null: bare except
  Identifier name;
  StmtList body;
};

/// `name` is "a.b.c" for dotted imports, "*" for the star.
struct Alias {
  Position pos;
  Identifier name;
  Identifier asname;
};

struct WithItem {
  ExprNode* context_expr = nullptr;
  ExprNode* optional_vars = nullptr;
};

struct MatchCase {
  PatternNode* pattern = nullptr;
  ExprNode* guard = nullptr;
  StmtList body;
};

/// TypeVar, ParamSpec and TypeVarTuple.
struct TypeParam {
  Position pos;
  TypeParamKind kind;
  Identifier name;
  ExprNode* bound = nullptr;  ///< TypeVar only
  ExprNode* default_value = nullptr;
};

/// A whole source. Module and Interactive have `body`, Expression has `expression`.
struct Mod {
  ModKind kind = ModKind::Module;
  StmtList body;
  ExprNode* expression = nullptr;
};

// ---- statements ----------------------------------------------------------------------------------------

// Gives a node struct its kind(s).
#define OURO_NODE_KIND(Enum, Kind)              \
  static constexpr Enum kKind = Enum::Kind;     \
  static constexpr bool matches(Enum k) { return k == kKind; }
#define OURO_NODE_KINDS(Enum, First, Second)    \
  static constexpr Enum kKind = Enum::First;    \
  static constexpr bool matches(Enum k) { return k == Enum::First || k == Enum::Second; }

/// FunctionDef and AsyncFunctionDef. `pos` starts at `def` or `async`, not at the decorators.
struct FunctionDef : StmtNode {
  OURO_NODE_KINDS(StmtKind, FunctionDef, AsyncFunctionDef)
  Identifier name;
  Arguments* args;
  StmtList body;
  ExprList decorator_list;
  ExprNode* returns;
  std::span<TypeParam*> type_params;
};
struct ClassDef : StmtNode {
  OURO_NODE_KIND(StmtKind, ClassDef)
  Identifier name;
  ExprList bases;
  std::span<Keyword*> keywords;
  StmtList body;
  ExprList decorator_list;
  std::span<TypeParam*> type_params;
};
struct Return : StmtNode {
  OURO_NODE_KIND(StmtKind, Return)
  ExprNode* value;
};
struct Delete : StmtNode {
  OURO_NODE_KIND(StmtKind, Delete)
  ExprList targets;
};
struct Assign : StmtNode {
  OURO_NODE_KIND(StmtKind, Assign)
  ExprList targets;
  ExprNode* value;
};
struct TypeAlias : StmtNode {
  OURO_NODE_KIND(StmtKind, TypeAlias)
  ExprNode* name;
  std::span<TypeParam*> type_params;
  ExprNode* value;
};
struct AugAssign : StmtNode {
  OURO_NODE_KIND(StmtKind, AugAssign)
  Operator op;
  ExprNode* target;
  ExprNode* value;
};
struct AnnAssign : StmtNode {
  OURO_NODE_KIND(StmtKind, AnnAssign)
  bool simple;  ///< a bare name, not in parentheses
  ExprNode* target;
  ExprNode* annotation;
  ExprNode* value;
};
/// For and AsyncFor.
struct For : StmtNode {
  OURO_NODE_KINDS(StmtKind, For, AsyncFor)
  ExprNode* target;
  ExprNode* iter;
  StmtList body;
  StmtList orelse;
};
struct While : StmtNode {
  OURO_NODE_KIND(StmtKind, While)
  ExprNode* test;
  StmtList body;
  StmtList orelse;
};
/// `elif` is an If alone in `orelse`.
struct If : StmtNode {
  OURO_NODE_KIND(StmtKind, If)
  ExprNode* test;
  StmtList body;
  StmtList orelse;
};
/// With and AsyncWith.
struct With : StmtNode {
  OURO_NODE_KINDS(StmtKind, With, AsyncWith)
  std::span<WithItem*> items;
  StmtList body;
};
struct Match : StmtNode {
  OURO_NODE_KIND(StmtKind, Match)
  ExprNode* subject;
  std::span<MatchCase*> cases;
};
struct Raise : StmtNode {
  OURO_NODE_KIND(StmtKind, Raise)
  ExprNode* exc;
  ExprNode* cause;
};
/// Try and TryStar.
struct Try : StmtNode {
  OURO_NODE_KINDS(StmtKind, Try, TryStar)
  StmtList body;
  std::span<ExceptHandler*> handlers;
  StmtList orelse;
  StmtList finalbody;
};
struct Assert : StmtNode {
  OURO_NODE_KIND(StmtKind, Assert)
  ExprNode* test;
  ExprNode* msg;
};
struct Import : StmtNode {
  OURO_NODE_KIND(StmtKind, Import)
  std::span<Alias*> names;
};
struct ImportFrom : StmtNode {
  OURO_NODE_KIND(StmtKind, ImportFrom)
  std::int32_t level;
  Identifier module;  ///< null for `from . import x`
  std::span<Alias*> names;
};
struct Global : StmtNode {
  OURO_NODE_KIND(StmtKind, Global)
  IdentifierList names;
};
struct Nonlocal : StmtNode {
  OURO_NODE_KIND(StmtKind, Nonlocal)
  IdentifierList names;
};
struct Expr : StmtNode {
  OURO_NODE_KIND(StmtKind, Expr)
  ExprNode* value;
};
struct Pass : StmtNode {
  OURO_NODE_KIND(StmtKind, Pass)
};
struct Break : StmtNode {
  OURO_NODE_KIND(StmtKind, Break)
};
struct Continue : StmtNode {
  OURO_NODE_KIND(StmtKind, Continue)
};
/// Python 2: print >>dest, values (`nl`: ends the line).
struct Print : StmtNode {
  OURO_NODE_KIND(StmtKind, Print)
  bool nl;
  ExprNode* dest;
  ExprList values;
};
/// Python 2: exec body in globals, locals.
struct Exec : StmtNode {
  OURO_NODE_KIND(StmtKind, Exec)
  ExprNode* body;
  ExprNode* globals;
  ExprNode* locals;
};
/// Python 2: raise type, inst, tback.
struct LegacyRaise : StmtNode {
  OURO_NODE_KIND(StmtKind, LegacyRaise)
  ExprNode* type;
  ExprNode* inst;
  ExprNode* tback;
};

// ---- expressions ---------------------------------------------------------------------------------------

struct BoolOp : ExprNode {
  OURO_NODE_KIND(ExprKind, BoolOp)
  BoolOperator op;
  ExprList values;
};
struct NamedExpr : ExprNode {
  OURO_NODE_KIND(ExprKind, NamedExpr)
  ExprNode* target;
  ExprNode* value;
};
struct BinOp : ExprNode {
  OURO_NODE_KIND(ExprKind, BinOp)
  Operator op;
  ExprNode* left;
  ExprNode* right;
};
struct UnaryOp : ExprNode {
  OURO_NODE_KIND(ExprKind, UnaryOp)
  UnaryOperator op;
  ExprNode* operand;
};
struct Lambda : ExprNode {
  OURO_NODE_KIND(ExprKind, Lambda)
  Arguments* args;
  ExprNode* body;
};
struct IfExp : ExprNode {
  OURO_NODE_KIND(ExprKind, IfExp)
  ExprNode* test;
  ExprNode* body;
  ExprNode* orelse;
};
struct Dict : ExprNode {
  OURO_NODE_KIND(ExprKind, Dict)
  ExprList keys;  ///< null: `**value`
  ExprList values;
};
struct Set : ExprNode {
  OURO_NODE_KIND(ExprKind, Set)
  ExprList elts;
};
/// ListComp, SetComp and GeneratorExp.
struct ElementComp : ExprNode {
  static constexpr bool matches(ExprKind k) {
    return k == ExprKind::ListComp || k == ExprKind::SetComp || k == ExprKind::GeneratorExp;
  }
  ExprNode* elt;
  std::span<Comprehension*> generators;
};
struct DictComp : ExprNode {
  OURO_NODE_KIND(ExprKind, DictComp)
  ExprNode* key;
  ExprNode* value;
  std::span<Comprehension*> generators;
};
struct Await : ExprNode {
  OURO_NODE_KIND(ExprKind, Await)
  ExprNode* value;
};
struct Yield : ExprNode {
  OURO_NODE_KIND(ExprKind, Yield)
  ExprNode* value;
};
struct YieldFrom : ExprNode {
  OURO_NODE_KIND(ExprKind, YieldFrom)
  ExprNode* value;
};
struct Compare : ExprNode {
  OURO_NODE_KIND(ExprKind, Compare)
  ExprNode* left;
  std::span<CompareOperator> ops;
  ExprList comparators;  ///< as long as ops
};
struct Call : ExprNode {
  OURO_NODE_KIND(ExprKind, Call)
  ExprNode* func;
  ExprList args;
  std::span<Keyword*> keywords;
};
/// `conversion` is 's', 'r', 'a' or -1.
struct FormattedValue : ExprNode {
  OURO_NODE_KIND(ExprKind, FormattedValue)
  std::int32_t conversion;
  ExprNode* value;
  ExprNode* format_spec;  ///< a JoinedStr or null
};
struct JoinedStr : ExprNode {
  OURO_NODE_KIND(ExprKind, JoinedStr)
  ExprList values;
};
struct Constant : ExprNode {
  OURO_NODE_KIND(ExprKind, Constant)
  bool u_kind;  ///< asdl: kind == "u", the literal had a u prefix
  ConstantValue value;
};
struct Attribute : ExprNode {
  OURO_NODE_KIND(ExprKind, Attribute)
  ExprContext ctx;
  ExprNode* value;
  Identifier attr;
};
struct Subscript : ExprNode {
  OURO_NODE_KIND(ExprKind, Subscript)
  ExprContext ctx;
  ExprNode* value;
  ExprNode* slice;
};
struct Starred : ExprNode {
  OURO_NODE_KIND(ExprKind, Starred)
  ExprContext ctx;
  ExprNode* value;
};
struct Name : ExprNode {
  OURO_NODE_KIND(ExprKind, Name)
  ExprContext ctx;
  Identifier id;
};
struct List : ExprNode {
  OURO_NODE_KIND(ExprKind, List)
  ExprContext ctx;
  ExprList elts;
};
struct Tuple : ExprNode {
  OURO_NODE_KIND(ExprKind, Tuple)
  ExprContext ctx;
  ExprList elts;
};
struct Slice : ExprNode {
  OURO_NODE_KIND(ExprKind, Slice)
  ExprNode* lower;
  ExprNode* upper;
  ExprNode* step;
};
/// 3.14: a replacement field of a t-string; `str` is the expression's source text.
struct Interpolation : ExprNode {
  OURO_NODE_KIND(ExprKind, Interpolation)
  std::int32_t conversion;
  ExprNode* value;
  ConstantValue str;
  ExprNode* format_spec;
};
struct TemplateStr : ExprNode {
  OURO_NODE_KIND(ExprKind, TemplateStr)
  ExprList values;
};
/// Python 2: `value` in backquotes.
struct Repr : ExprNode {
  OURO_NODE_KIND(ExprKind, Repr)
  ExprNode* value;
};

// ---- patterns ------------------------------------------------------------------------------------------

struct MatchValue : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchValue)
  ExprNode* value;
};
struct MatchSingleton : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchSingleton)
  ConstantValue value;  ///< None, True or False
};
struct MatchSequence : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchSequence)
  PatternList patterns;
};
struct MatchMapping : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchMapping)
  ExprList keys;
  PatternList patterns;
  Identifier rest;
};
struct MatchClass : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchClass)
  ExprNode* cls;
  PatternList patterns;
  IdentifierList kwd_attrs;
  PatternList kwd_patterns;
};
struct MatchStar : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchStar)
  Identifier name;  ///< null: *_
};
struct MatchAs : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchAs)
  PatternNode* pattern;
  Identifier name;  ///< null (then pattern is too): _
};
struct MatchOr : PatternNode {
  OURO_NODE_KIND(PatternKind, MatchOr)
  PatternList patterns;
};

#undef OURO_NODE_KIND
#undef OURO_NODE_KINDS

// ---- going down, making nodes --------------------------------------------------------------------------

template <class T, class Base>
[[nodiscard]] bool is(const Base* node) {
  return T::matches(node->kind);
}
/// `node` must be a T.
template <class T, class Base>
[[nodiscard]] T& as(Base* node) {
  OURO_ASSERT(T::matches(node->kind));
  return *static_cast<T*>(node);
}
template <class T, class Base>
[[nodiscard]] const T& as(const Base* node) {
  OURO_ASSERT(T::matches(node->kind));
  return *static_cast<const T*>(node);
}
/// Null when `node` is null or not a T.
template <class T, class Base>
[[nodiscard]] T* try_as(Base* node) {
  return node != nullptr && T::matches(node->kind) ? static_cast<T*>(node) : nullptr;
}

/// Owns what a tree points to. One a compilation; `interner` may be kept for the next.
struct AstContext {
  Arena arena;
  Interner interner;
  std::deque<BigInt> big_ints;

  const BigInt* keep(BigInt value) { return &big_ints.emplace_back(std::move(value)); }
  /// A node of the kind T::kKind, its fields in declaration order: make<BinOp>(pos, op, left, right).
  template <class T, class... Fields>
  T* make(const Position& pos, Fields&&... fields) {
    return arena.make<T>(typename T::NodeBase{T::kKind, pos}, std::forward<Fields>(fields)...);
  }
  /// The same for a struct that serves several kinds: make_as<For>(StmtKind::AsyncFor, pos, …).
  template <class T, class Kind, class... Fields>
  T* make_as(Kind kind, const Position& pos, Fields&&... fields) {
    return arena.make<T>(typename T::NodeBase{kind, pos}, std::forward<Fields>(fields)...);
  }
};

/// CPython's class name: "BinOp", "AsyncFor", "TypeVarTuple", "NotIn".
[[nodiscard]] std::string_view name_of(StmtKind kind);
[[nodiscard]] std::string_view name_of(ExprKind kind);
[[nodiscard]] std::string_view name_of(PatternKind kind);
[[nodiscard]] std::string_view name_of(TypeParamKind kind);
[[nodiscard]] std::string_view name_of(ModKind kind);
[[nodiscard]] std::string_view name_of(ExprContext context);
[[nodiscard]] std::string_view name_of(BoolOperator op);
[[nodiscard]] std::string_view name_of(Operator op);
[[nodiscard]] std::string_view name_of(UnaryOperator op);
[[nodiscard]] std::string_view name_of(CompareOperator op);

/// Sets the context of a target and, through Starred, List and Tuple, of what it unpacks into.
/// The tree's depth is bounded by the parser.
void set_context(ExprNode* target, ExprContext context);

}  // namespace ouro::syntax
