// The decompiler's own data: values, operations, blocks.
//
// Stage 1 (lift) turns the bytecode of one version into blocks of operations over values: no stack, no opcodes,
// handlers explicit. Stage 2 (structure) nests them into statements. Stage 3 (build) makes the syntax tree. A Value is
// an expression (or, while lifting, something that only lives on CPython's stack: an iterator, an exception, an
// `__exit__`). A Statement is an operation of a block or a structured statement made of others.
//
// Everything lives in a Pool and dies with it; values are shared by pointer, and "the same pointer" means "computed
// once" (COPY, chained comparison, chained assignment).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "bytecode/line_table.h"
#include "code/code_object.h"
#include "syntax/ast.h"

namespace ouro::decompile {

using bytecode::Position;

enum class ValueKind : std::uint8_t {
  // expressions; the comment says what kids are
  Const,       ///< constant
  Name,        ///< name
  Attribute,   ///< value; name
  Subscript,   ///< value, index
  Slice,       ///< lower, upper, step; null where absent
  BinOp,       ///< left, right; op; inplace
  UnaryOp,     ///< operand; op
  Compare,     ///< left, comparators…; ops
  BoolOp,      ///< values; op
  IfExp,       ///< test, body, orelse
  Call,        ///< function, positional…, then keyword values; names (empty view: **)
  Starred,     ///< value
  Tuple, List, Set,  ///< elements
  Dict,        ///< key, value, …; key null: **value
  JoinedStr,   ///< parts
  Formatted,   ///< value, format spec or null; op: conversion letter
  Interpolation,  ///< the same; name: source text (3.14)
  TemplateStr,    ///< parts (3.14)
  NamedExpr,   ///< target, value
  Await, Yield, YieldFrom,  ///< value (Yield: maybe null)
  Function,    ///< defaults, keyword defaults, annotations, closure (null where absent); constant: the code
  Comprehension,  ///< element (key, value for dicts); op: ComprehensionKind; clauses
  Text,        ///< name: source text taken over as it is (stringized annotations)
  // what only lives on the stack
  Null, Iterator, Item, UnpackItem, Unpack, Phi, Exception, PreviousException, LastInstruction, WithExit, WithEnter,
  WithExitCall, WithExceptStart, BuildClass, ExceptionMatch, GroupMatch, Import, ImportedName, Locals, SavedLocal,
  AssertionError, Cell, GroupList, ReraiseStar, TypeParam, TypeAlias, GenericFunction, SubscriptGeneric,
  MatchTest, MatchKeys, MatchClass, MatchRest, OneOf, Length, CommonConstant, Unknown,
};

enum class ComprehensionKind : std::uint8_t { List, Set, Dict, Generator };

struct Value;
struct Statement;

/// One `for … in … if …` of a comprehension.
struct Clause {
  Value* target = nullptr;
  Value* iter = nullptr;
  std::vector<Value*> ifs;
  bool is_async = false;
};

struct Value {
  ValueKind kind = ValueKind::Unknown;
  std::uint8_t op = 0;
  bool flag = false;  ///< BinOp: in place; Const: None; Iterator, With*: async; Call: method call; Phi: settled
  bool matched = false;  ///< a match statement takes it apart; of tests: part of a pattern
  bool copied = false;  ///< COPY has doubled it: throwing one away means nothing
  std::uint32_t number = 0;
  ConstId constant = kNoConst;
  std::string_view name;
  std::vector<Value*> kids;
  std::vector<std::string_view> names;
  std::vector<std::uint8_t> ops;
  std::vector<Clause> clauses;
  std::vector<Value*> pending;  ///< stored to while a copy stayed on the stack: a := or a further target
  std::vector<std::int32_t> lines;  ///< Const: of the parts that folding made into it
  Value* same = nullptr;        ///< a settled Phi stands for this
  Position pos;
  std::uint32_t offset = 0;  ///< code offset of the instruction that made it
};

enum class StatementKind : std::uint8_t {
  // operations
  Expression,   ///< value
  Assign,       ///< targets = value
  AugAssign,    ///< targets[0] op= value
  AnnAssign,    ///< targets[0] : other = value
  Delete,       ///< targets
  Import, ImportFrom,
  Capture,      ///< a pattern's name: targets (none: the subject is dropped) = value; other: a test that can't fail
  Nop,          ///< an instruction that does nothing but has a line
  EnterWith,    ///< value: the context manager
  ExitWith, PushException, PopException, DropException, SetupAnnotations, Append,
  Pass, Break, Continue, Return, Raise, Reraise,
  Global, Nonlocal,
  // structured
  If, While, For, With, Try, Match, Assert, FunctionDef, ClassDef, TypeAlias,
  LeaveTry,     ///< marker: from here on the code is no longer under handler `number`
  Comment,      ///< text: a line of disassembly
};

struct Handler {
  Value* type = nullptr;
  std::string_view name;
  std::vector<Statement*> body;
  Position pos;
};
struct Item {
  Value* context = nullptr;
  Value* target = nullptr;
};
struct Case;

struct Statement {
  StatementKind kind = StatementKind::Expression;
  std::uint8_t op = 0;
  bool flag = false;   ///< async; Try: star; Append: see op (ComprehensionKind)
  std::int32_t number = 0;
  Value* value = nullptr;
  Value* other = nullptr;
  std::vector<Value*> targets;
  std::vector<Statement*> body;
  std::vector<Statement*> orelse;
  std::vector<Statement*> finalbody;
  std::vector<Handler> handlers;
  std::vector<Item> items;
  std::vector<Case*> cases;
  std::vector<std::string_view> names;    ///< Import: name, as-name, …; Global
  std::string_view text;                  ///< Comment
  Position pos;
  std::uint32_t offset = 0;
};

/// MatchTest::op
inline constexpr std::uint8_t kMatchSequence = 0;
inline constexpr std::uint8_t kMatchMapping = 1;
inline constexpr std::uint8_t kMatchAnything = 2;  ///< the last alternative of a pattern, when nothing is tested

enum class PatternKind : std::uint8_t { Value, Singleton, Sequence, Mapping, Class, Star, As, Or };
struct Pattern {
  PatternKind kind = PatternKind::As;
  Value* value = nullptr;  ///< Value, Singleton: the constant; Class: the class
  std::string_view name;   ///< As, Star; Mapping: `**name`
  std::uint32_t number = 0;  ///< Class: how many of kids are positional
  std::vector<Pattern*> kids;
  std::vector<Value*> keys;             ///< Mapping
  std::vector<std::string_view> names;  ///< Class: keywords
  Position pos;
};
struct Case {
  Pattern* pattern = nullptr;
  Value* guard = nullptr;
  std::vector<Statement*> body;
  Position pos;  ///< of the pattern
};

using Statements = std::vector<Statement*>;

/// Owner of everything above. Counts what it hands out, so that hostile code can be stopped.
class Pool {
 public:
  Value* value(ValueKind kind, const Position& pos = {}) {
    Value& v = values_.emplace_back();
    v.kind = kind;
    v.pos = pos;
    return &v;
  }
  Statement* statement(StatementKind kind, const Position& pos = {}) {
    Statement& s = statements_.emplace_back();
    s.kind = kind;
    s.pos = pos;
    return &s;
  }
  Pattern* pattern(PatternKind kind, const Position& pos = {}) {
    Pattern& p = patterns_.emplace_back();
    p.kind = kind;
    p.pos = pos;
    return &p;
  }
  Case* make_case() { return &cases_.emplace_back(); }
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  [[nodiscard]] std::size_t size() const { return values_.size() + statements_.size(); }

 private:
  std::deque<Value> values_;
  std::deque<Statement> statements_;
  std::deque<Pattern> patterns_;
  std::deque<Case> cases_;
  std::deque<std::string> texts_;
};

/// Follows settled phis and gives what the value stands for.
[[nodiscard]] inline Value* settle(Value* v) {
  while (v != nullptr && v->kind == ValueKind::Phi && v->same != nullptr) v = v->same;
  return v;
}

/// Whether two values are the same expression (positions aside). Gives up (false) on deep ones.
[[nodiscard]] bool same_expression(const Value* a, const Value* b, int depth = 0);

/// Whether source may have it as a name.
[[nodiscard]] bool is_identifier(std::string_view text);

[[nodiscard]] inline bool known(const Position& pos) { return pos.line > 0; }

// ---- blocks --------------------------------------------------------------------------------------------

inline constexpr int kNoBlock = -1;
inline constexpr int kEndBlock = -2;  ///< the end of the code object: falling off, `return None` without a line

enum class TerminatorKind : std::uint8_t {
  Jump,     ///< to `target`
  Branch,   ///< `value` true: `target`, else `other`
  ForEach,  ///< next item of `value` (an Iterator): `target`; at its end: `other`
  Return,   ///< value
  Raise,    ///< value, cause
  Reraise,
  Stuck,    ///< code that could not be lifted, or its end
};

struct Edge {
  int block = kNoBlock;
  Position jump;  ///< where the source has the jump, when it has one of its own
};

struct PhiInput {
  int from;
  Value* value;
};
struct PhiSlot {
  Value* phi;
  std::vector<PhiInput> inputs;
};

struct Block {
  Statements body;
  TerminatorKind terminator = TerminatorKind::Stuck;
  Value* value = nullptr;
  Value* cause = nullptr;
  Edge target;
  Edge other;
  std::vector<PhiSlot> phis;
  int handler = kNoBlock;   ///< block of the innermost handler (PUSH_EXC_INFO) that it runs under
  bool falls_true = true;   ///< Branch: the code after it is where it is true
  bool is_handler = false;
  bool is_while_test = false;
  bool in_expression = false;  ///< Branch: a value that belongs to the same expression waits on the stack
  bool is_endless = false;     ///< head of `while True`
  Position endless_pos;
  bool dead = false;
  bool computes = false;    ///< has instructions that a try statement could be about
  Position pos;             ///< of the terminator
  std::uint32_t offset = 0;      ///< code offset of its start: layout order
  std::uint32_t end_offset = 0;
};

/// Stage 1's result.
struct Lifted {
  std::vector<Block> blocks;  ///< in layout order; 0 is the entry
  int end = 0;  ///< the block that stands for the code's end
  std::vector<int> handler_parent;  ///< by block: for a handler, the handler around its try statement
  std::vector<std::string> problems;
};

}  // namespace ouro::decompile
