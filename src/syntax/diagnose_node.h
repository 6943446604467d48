// What the grammar of wrong source is parsed into: kind, place and the few children that error rules look at.
#pragma once

#include <cstdint>
#include <span>

#include "syntax/ast.h"

namespace ouro::syntax {

enum class NodeKind : std::uint8_t {
  Absent,  ///< an optional part that is not there
  Other,   ///< anything that no error rule asks about
  Token, Name, Literal, Imaginary, Bytes, JoinedStr,
  BinOp, BoolOp, UnaryOp, IfExp, Lambda, NamedExpr, Await, Yield, YieldFrom,
  Compare,         ///< the left operand, then one node an operator
  MembershipTest,  ///< `in` and its operand, inside of Compare
  Call,            ///< in `args`: the positional and starred arguments, Keyword and KeywordUnpacking
  Keyword, KeywordUnpacking, Attribute, Subscript, Slice,
  Starred, List, Tuple,  ///< with their elements
  Set, Dict, ListComp, SetComp, DictComp, GeneratorExp,
  Comprehension,  ///< the iterable, then the conditions
  None_, True_, False_, Ellipsis,
  Sequence,  ///< of a repeated item
};

struct Node {
  Position pos;
  NodeKind kind = NodeKind::Other;
  std::uint32_t token = 0;  ///< index of its first token
  std::span<const Node* const> children;
};

}  // namespace ouro::syntax
