// The classes of _ast: one row a class, in the words of Parser/Python.asdl's fields.
#pragma once

#include <span>
#include <string_view>

namespace ouro::vm {

struct AstClass {
  std::string_view name;
  std::string_view base;    ///< "AST" for the sums and products
  std::string_view fields;  ///< "expr value, expr* targets, identifier? name"
  bool has_position = false;     ///< lineno, col_offset and their ends are attributes
  bool end_is_optional = false;
};

[[nodiscard]] std::span<const AstClass> ast_classes();

}  // namespace ouro::vm
