// Every node as a list of named fields, in the order of CPython's Parser/Python.asdl: what dump.cpp prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast.h"

namespace ouro::syntax {

/// Any node of the tree.
struct NodeRef {
  enum class Type : std::uint8_t {
    None, Mod, Stmt, Expr, Pattern, Comprehension, ExceptHandler, Arguments, Arg, Keyword, Alias, WithItem, MatchCase,
    TypeParam,
  };
  Type type = Type::None;
  const void* node = nullptr;
};

struct Field {
  struct Item {
    NodeRef node;      ///< Type::None: `text` is the item
    std::string text;  ///< repr of a simple value, "Load()" for operators and contexts
  };
  std::string_view name;
  bool is_list = false;
  std::vector<Item> items;  ///< exactly one unless `is_list`
};

struct NodeView {
  std::string_view name;  ///< CPython's class name
  std::vector<Field> fields;  ///< without fields that are None or empty lists, as ast.dump shows them
  const Position* pos = nullptr;  ///< null for nodes without attributes
};

[[nodiscard]] NodeView view_node(NodeRef node);

}  // namespace ouro::syntax
