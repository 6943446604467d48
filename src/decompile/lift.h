// Stage 1: the instructions of one code object to blocks of version-neutral operations.
//
// In: the instruction graph of one code object (family 3.12 to 3.14). Out: Lifted, where the stack is gone: what one
// block leaves for the next is the same Value in both, or a Phi where paths meet. What can't be lifted ends its block
// as Stuck and is reported; the rest of the code is still there.
#pragma once

#include "decompile/instruction_graph.h"
#include "decompile/value.h"

namespace ouro::decompile {

struct LiftInput {
  const Facts* facts = nullptr;
  const ConstantPool* constants = nullptr;
  const CodeObject* code = nullptr;
  CodeRole role = CodeRole::Function;
  int indentation = 4;  ///< columns of one level
};

[[nodiscard]] Lifted lift(const LiftInput& input, const InstructionGraph& graph, Pool& pool);

}  // namespace ouro::decompile
