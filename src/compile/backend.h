// From a unit's instructions to its code object: flow graph, optimisation, stack depth, assembly.
//
// The code generator fills a Unit, innermost units first, and calls finish_unit; the id it gets back goes into the
// enclosing unit's constants. One Backend a compilation.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "code/code_object.h"
#include "compile/assemble.h"
#include "compile/constant_table.h"
#include "compile/instruction_sequence.h"
#include "compile/marshal_marks.h"
#include "compile/opcode.h"
#include "compile/passes.h"
#include "compile/unit_metadata.h"
#include "support/arena.h"
#include "support/result.h"

namespace ouro::compile {

/// One code unit as the code generator leaves it.
struct Unit {
  InstructionSequence instructions;
  UnitMetadata metadata;

  void clear() {
    instructions.clear();
    metadata.clear();
  }
};

class Backend {
 public:
  /// `facts` of the target version; `filename` becomes every code object's co_filename; `source_names` as for
  /// ConstantTable.
  Backend(const version::Facts& facts, std::string_view filename, SourceNames source_names = {});

  [[nodiscard]] ConstantTable& constants() { return constants_; }

  /// CPython 3.13 Python/compile.c optimize_and_assemble_code_unit (after add_return_at_end and compute_code_flags,
  /// which are the code generator's). `unit` is used up: clear() it before the next use.
  Result<ConstId> finish_unit(Unit& unit);

  /// Ends the compilation: everything that `root` (the module's code object) needs, marked for marshal.
  [[nodiscard]] ConstantPool finish(ConstId root, RootHeld held = RootHeld::Yes);

  /// finish_unit without optimisation (CPython Python/compile.c _PyCompile_Assemble): for tests.
  Result<ConstId> assemble_unoptimized(Unit& unit);

 private:
  Result<ConstId> finish_graph(FlowGraph& graph, const UnitMetadata& unit);

  TargetOpcodes opcodes_;
  ConstantTable constants_;
  ConstId filename_;
  Arena scratch_;  // reset with each unit
  AssemblyBuffers buffers_;
};

/// The optimising passes in CPython's order (Python/flowgraph.c _PyCfg_OptimizeCodeUnit).
void optimize(UnitContext& unit);

}  // namespace ouro::compile
