// The steps from a fresh flow graph to one that can be written, in the order in which a target runs them. Each is a
// free function on the graph, in a file of its own name; pipeline.cpp has the lists. All follow CPython 3.13
// Python/flowgraph.c, function by function.
#pragma once

#include <cstdint>

#include "compile/constant_table.h"
#include "compile/flow_graph.h"
#include "compile/unit_metadata.h"

namespace ouro::compile {

/// What the optimising passes know besides the graph.
struct UnitContext {
  FlowGraph& graph;
  ConstIndexTable& consts;
  ConstantTable& constants;
  std::int32_t local_count;      ///< variables that LOAD_FAST reaches
  std::int32_t parameter_count;  ///< the first of them, bound on entry
};

// exceptions.cpp
void mark_handlers(FlowGraph& graph);
/// Gives every instruction its handler; block pushes stay, POP_BLOCK becomes NOP.
void label_exception_targets(FlowGraph& graph);

// unreachable.cpp
/// Empties blocks that control cannot reach; counts predecessors.
void remove_unreachable(FlowGraph& graph);

// nops.cpp
/// Number of instructions removed.
std::int32_t remove_redundant_nops(FlowGraph& graph);
std::int32_t remove_redundant_nops(FlowGraph& graph, Block& block);
void remove_redundant_nops_and_pairs(FlowGraph& graph);
/// Also jumps to the next block.
void remove_redundant_nops_and_jumps(FlowGraph& graph);

// inline_exits.cpp
/// Copies short exit blocks over unconditional jumps to them.
void inline_small_exits(FlowGraph& graph);

// line_numbers.cpp
void resolve_line_numbers(FlowGraph& graph);

// fold_constants.cpp
/// What follows a LOAD_CONST: known conditions, `is None` tests, RETURN_CONST.
void optimize_load_const(UnitContext& unit);

// peephole.cpp
void optimize_blocks(UnitContext& unit);
// swaps.cpp
void optimize_swaps(FlowGraph& graph, Block& block);

// unused_consts.cpp
void remove_unused_consts(UnitContext& unit);

// local_checks.cpp
/// LOAD_FAST of a variable that may be unbound becomes LOAD_FAST_CHECK.
void check_uninitialized_locals(UnitContext& unit);

// superinstructions.cpp
void insert_superinstructions(FlowGraph& graph);

// cold_blocks.cpp
void push_cold_blocks_to_end(FlowGraph& graph);

// stack_depth.cpp
/// co_stacksize; -1 when the graph is inconsistent (a bug of ours).
[[nodiscard]] std::int32_t calculate_stack_depth(FlowGraph& graph);

// prefix.cpp
/// Adds RETURN_GENERATOR, MAKE_CELL and COPY_FREE_VARS and turns cell indexes into positions among all local
/// variables. Result: how many cells share a place with an argument.
std::int32_t prepare_locals_plus(FlowGraph& graph, const UnitMetadata& unit);

// pseudo_instructions.cpp
void convert_pseudo_instructions(FlowGraph& graph);
/// Conditional jumps only jump forward: backward ones become a reversed one over an unconditional one.
void normalize_jumps(FlowGraph& graph);

}  // namespace ouro::compile
