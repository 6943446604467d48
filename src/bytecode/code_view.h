// A code object's fields as spans and text, the same for every version.
#pragma once

#include <span>
#include <string_view>

#include "code/constant_pool.h"
#include "version/facts.h"

namespace ouro::bytecode {

/// Views into the pool; valid as long as it. Fields that the version does not have are empty.
struct CodeView {
  std::string_view code;
  std::string_view line_table;
  std::string_view exception_table;
  std::span<const ConstId> consts;
  std::span<const ConstId> names;
  std::span<const ConstId> locals;  ///< co_varnames; from 3.11 on all of co_localsplusnames
  std::span<const ConstId> cells;   ///< up to 3.10
  std::span<const ConstId> frees;   ///< up to 3.10
  std::string_view local_kinds;     ///< 3.11+: a code::LocalKind for each of `locals`

  /// The name behind the operand of LOAD_FAST and its like; kNoConst when there is none.
  [[nodiscard]] ConstId local_name(std::uint32_t oparg) const {
    return oparg < locals.size() ? locals[oparg] : kNoConst;
  }
  /// The name behind the operand of LOAD_DEREF and its like; kNoConst when there is none.
  [[nodiscard]] ConstId free_name(const Facts& facts, std::uint32_t oparg) const {
    if (!facts.cell_and_free_start_at_zero) return local_name(oparg);
    if (oparg < cells.size()) return cells[oparg];
    return oparg - cells.size() < frees.size() ? frees[oparg - cells.size()] : kNoConst;
  }
};

[[nodiscard]] CodeView view_of(const ConstantPool& pool, const CodeObject& code);

}  // namespace ouro::bytecode
