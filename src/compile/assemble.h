// From the final flow graph to the bytes of a code object: jump distances, code, location table, exception table,
// local variables. Follows CPython 3.13 Python/assemble.c.
#pragma once

#include <cstdint>
#include <vector>

#include "code/code_object.h"
#include "compile/constant_table.h"
#include "compile/flow_graph.h"
#include "compile/output_buffer.h"
#include "compile/unit_metadata.h"

namespace ouro::compile {

/// Buffers that are reused from unit to unit.
struct AssemblyBuffers {
  OutputBuffer code;
  OutputBuffer locations;
  OutputBuffer exceptions;
  std::vector<ConstId> names;
};

struct AssemblyInput {
  FlowGraph& graph;  ///< no pseudo-instructions but JUMP and JUMP_NO_INTERRUPT
  const UnitMetadata& unit;
  ConstId filename;
  std::int32_t stack_depth;
};

[[nodiscard]] CodeObject assemble(const AssemblyInput& input, ConstantTable& constants, AssemblyBuffers& buffers);

}  // namespace ouro::compile
