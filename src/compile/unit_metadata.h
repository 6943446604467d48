// What a code unit knows besides its instructions: names, variables, constants, argument counts. Filled by the code
// generator, read by the backend (CPython 3.13 Include/internal/pycore_compile.h _PyCompile_CodeUnitMetadata).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "code/code_object.h"
#include "compile/index_table.h"
#include "syntax/identifier.h"

namespace ouro::compile {

struct IdentifierHash {
  std::uint32_t operator()(syntax::Identifier name) const { return name.hash(); }
};
struct ConstIdHash {
  std::uint32_t operator()(ConstId id) const { return id.value * 0x9E3779B1U >> 7U; }
};

/// Names in order of their index.
using NameTable = IndexTable<syntax::Identifier, IdentifierHash>;
/// Constants of one unit in order of their index; the ids are ConstantTable's, so equal ids are equal constants.
using ConstIndexTable = IndexTable<ConstId, ConstIdHash>;

/// Keep one per nesting depth and clear() it: the memory is reused.
struct UnitMetadata {
  syntax::Identifier name;
  syntax::Identifier qualname;

  NameTable names;     ///< co_names
  NameTable varnames;  ///< local variables, arguments first
  /// Variables of this unit that inner units use, in the order of CPython's u_cellvars (sorted by name); LOAD_DEREF
  /// and friends index cellvars, then freevars.
  NameTable cellvars;
  NameTable freevars;
  ConstIndexTable consts;

  /// One per entry of `varnames`, may be shorter: u_fasthidden has the name, with whatever value (a variable of a
  /// comprehension that was inlined into a class or module).
  std::vector<bool> fast_hidden;

  std::int32_t argcount = 0;  ///< without the positional-only ones, as u_argcount (co_argcount counts both)
  std::int32_t posonlyargcount = 0;
  std::int32_t kwonlyargcount = 0;
  std::int32_t firstlineno = 0;
  std::uint32_t flags = 0;  ///< co_flags (CPython compute_code_flags)

  void clear() {
    name = {};
    qualname = {};
    names.clear();
    varnames.clear();
    cellvars.clear();
    freevars.clear();
    consts.clear();
    fast_hidden.clear();
    argcount = posonlyargcount = kwonlyargcount = firstlineno = 0;
    flags = 0;
  }
};

}  // namespace ouro::compile
