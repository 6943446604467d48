#include "compile/backend.h"

#include "compile/assemble.h"
#include "compile/passes.h"
#include "version/facts.h"

namespace ouro::compile {

Backend::Backend(const version::Facts& facts, std::string_view filename, SourceNames source_names)
    : opcodes_(facts), constants_(facts.version, source_names), filename_(constants_.add_interned(filename)), scratch_(256U * 1024U) {}

void optimize(UnitContext& unit) {
  FlowGraph& graph = unit.graph;
  mark_handlers(graph);
  label_exception_targets(graph);
  inline_small_exits(graph);
  remove_unreachable(graph);
  resolve_line_numbers(graph);
  optimize_load_const(unit);
  optimize_blocks(unit);
  remove_redundant_nops_and_pairs(graph);
  remove_unreachable(graph);
  remove_redundant_nops_and_jumps(graph);
  remove_unused_consts(unit);
  check_uninitialized_locals(unit);
  insert_superinstructions(graph);
  push_cold_blocks_to_end(graph);
  resolve_line_numbers(graph);
}

Result<ConstId> Backend::finish_graph(FlowGraph& graph, const UnitMetadata& unit) {
  const std::int32_t depth = calculate_stack_depth(graph);
  if (depth < 0) return make_error("compile.internal", "inconsistent stack depth in the flow graph");
  prepare_locals_plus(graph, unit);
  convert_pseudo_instructions(graph);
  normalize_jumps(graph);
  return constants_.add_code(assemble({graph, unit, filename_, depth}, constants_, buffers_));
}

Result<ConstId> Backend::finish_unit(Unit& unit) {
  UnitMetadata& metadata = unit.metadata;
  scratch_.reset();
  FlowGraph graph(opcodes_, scratch_);
  graph.build(unit.instructions);
  UnitContext context{graph, metadata.consts, constants_, metadata.varnames.size(),
                      metadata.argcount + metadata.posonlyargcount + metadata.kwonlyargcount +
                          ((metadata.flags & code::kVarArgs) != 0 ? 1 : 0) +
                          ((metadata.flags & code::kVarKeywords) != 0 ? 1 : 0)};
  optimize(context);
  return finish_graph(graph, metadata);
}

ConstantPool Backend::finish(ConstId root, RootHeld held) {
  mark_shared(constants_.pool(), root, held);
  return constants_.take();
}

Result<ConstId> Backend::assemble_unoptimized(Unit& unit) {
  scratch_.reset();
  FlowGraph graph(opcodes_, scratch_);
  graph.build(unit.instructions);
  label_exception_targets(graph);
  return finish_graph(graph, unit.metadata);
}

}  // namespace ouro::compile
