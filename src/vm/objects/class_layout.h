// Where the fields of a class's instances stand: the base's struct, then __slots__, then the attribute store, then the
// list of weak references.
#pragma once

#include "vm/core/heap.h"
#include "vm/core/type.h"

namespace ouro::vm {

/// Where a class's own fields begin. Instances of plain classes are containers, though object itself is none.
[[nodiscard]] inline std::size_t fields_start(const TypeObject* base) {
  const std::size_t size = base->basic_size < sizeof(GcObject) && base->base == nullptr ? sizeof(GcObject) : base->basic_size;
  return (size + 7) / 8 * 8;
}
/// The base whose layout is extended; TypeError where bases cannot be combined.
[[nodiscard]] TypeObject* best_base(Vm& vm, TupleObject* bases);
/// Reads __slots__, places the fields and puts their descriptors into the class's dict.
[[nodiscard]] bool lay_out_class(Vm& vm, TypeObject* type);
/// Whether an instance of one may become an instance of the other (__class__ = ...).
[[nodiscard]] bool has_same_layout(const TypeObject* a, const TypeObject* b);

}  // namespace ouro::vm
