// CPython 3.13 Python/flowgraph.c prepare_localsplus: build_cellfixedoffsets, insert_prefix_instructions,
// fix_cell_offsets.
#include <algorithm>

#include "compile/passes.h"

namespace ouro::compile {

namespace {

/// For each cell and free variable its place among all variables: an argument that is a cell keeps its argument's.
std::span<std::int32_t> place_cells(FlowGraph& graph, const UnitMetadata& unit) {
  const std::int32_t locals = unit.varnames.size();
  const std::int32_t count = unit.cellvars.size() + unit.freevars.size();
  const auto places = graph.arena().make_array<std::int32_t>(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) places[static_cast<std::size_t>(i)] = locals + i;
  for (std::int32_t i = 0; i < unit.cellvars.size(); ++i) {
    const std::int32_t local = unit.varnames.find(unit.cellvars[i]);
    if (local >= 0) places[static_cast<std::size_t>(i)] = local;
  }
  return places;
}

void insert_make_cells(FlowGraph& graph, const UnitMetadata& unit, std::span<const std::int32_t> places) {
  const std::int32_t cells = unit.cellvars.size();
  const auto by_place =
      graph.arena().make_array<std::int32_t>(static_cast<std::size_t>(cells + unit.varnames.size()));
  for (std::int32_t i = 0; i < cells; ++i) {
    by_place[static_cast<std::size_t>(places[static_cast<std::size_t>(i)])] = i + 1;
  }
  // All behind the block, then to its front in one move.
  Block& entry = *graph.entry();
  const std::int32_t before = entry.used;
  for (const std::int32_t cell : by_place) {
    if (cell != 0) graph.append(entry, {Op::MAKE_CELL, cell - 1, kNoLocation, nullptr, nullptr});
  }
  std::rotate(entry.instructions, entry.instructions + before, entry.instructions + entry.used);
}

void insert_prefix(FlowGraph& graph, const UnitMetadata& unit, std::span<const std::int32_t> places) {
  constexpr std::uint32_t kGeneratorLike = code::kGenerator | code::kCoroutine | code::kAsyncGenerator;
  Block& entry = *graph.entry();
  if ((unit.flags & kGeneratorLike) != 0) {
    const SourceLocation first{unit.firstlineno, unit.firstlineno, -1, -1};
    graph.insert(entry, 0, {Op::RETURN_GENERATOR, 0, first, nullptr, nullptr});
    graph.insert(entry, 1, {Op::POP_TOP, 0, first, nullptr, nullptr});
  }
  if (!unit.cellvars.empty()) insert_make_cells(graph, unit, places);
  if (!unit.freevars.empty()) {
    graph.insert(entry, 0, {Op::COPY_FREE_VARS, unit.freevars.size(), kNoLocation, nullptr, nullptr});
  }
}

}  // namespace

std::int32_t prepare_locals_plus(FlowGraph& graph, const UnitMetadata& unit) {
  const std::span<std::int32_t> places = place_cells(graph, unit);
  if (places.empty() && (unit.flags & (code::kGenerator | code::kCoroutine | code::kAsyncGenerator)) == 0) return 0;
  insert_prefix(graph, unit, places);
  std::int32_t shared = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] == unit.varnames.size() + static_cast<std::int32_t>(i)) {
      places[i] -= shared;
    } else {
      ++shared;
    }
  }
  for (Block* b = graph.entry(); b != nullptr; b = b->next) {
    for (CfgInstruction& i : b->body()) {
      switch (i.op) {
        case Op::MAKE_CELL:
        case Op::LOAD_CLOSURE:
        case Op::LOAD_DEREF:
        case Op::STORE_DEREF:
        case Op::DELETE_DEREF:
        case Op::LOAD_FROM_DICT_OR_DEREF: i.oparg = places[static_cast<std::size_t>(i.oparg)]; break;
        default: break;
      }
    }
  }
  return shared;
}

}  // namespace ouro::compile
