// CPython 3.13 Python/flowgraph.c remove_unused_consts.
#include "compile/passes.h"

namespace ouro::compile {

void remove_unused_consts(UnitContext& unit) {
  const auto count = static_cast<std::size_t>(unit.consts.size());
  if (count == 0) return;
  const std::span<std::int32_t> new_index = unit.graph.arena().make_array<std::int32_t>(count);
  new_index[0] = 1;  // may be the docstring
  for (Block* b = unit.graph.entry(); b != nullptr; b = b->next) {
    for (const CfgInstruction& i : b->body()) {
      if (unit.graph.is(i, kHasConst)) new_index[static_cast<std::size_t>(i.oparg)] = 1;
    }
  }
  const std::span<ConstId> kept = unit.graph.arena().make_array<ConstId>(count);
  std::int32_t used = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (new_index[i] == 0) continue;
    kept[static_cast<std::size_t>(used)] = unit.consts[static_cast<std::int32_t>(i)];
    new_index[i] = used++;
  }
  if (used == unit.consts.size()) return;
  unit.consts.clear();
  for (std::int32_t i = 0; i < used; ++i) unit.consts.add(kept[static_cast<std::size_t>(i)]);
  for (Block* b = unit.graph.entry(); b != nullptr; b = b->next) {
    for (CfgInstruction& i : b->body()) {
      if (unit.graph.is(i, kHasConst)) i.oparg = new_index[static_cast<std::size_t>(i.oparg)];
    }
  }
}

}  // namespace ouro::compile
