// slice and range.
#pragma once

#include <cstdint>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct SliceObject : GcObject {
  Value start, stop, step;
};
/// A range whose bounds fit 64 bits has them here; others in the values.
struct RangeObject : GcObject {
  Value start, stop, step, length;
};
struct RangeIteratorObject : Object {
  std::int64_t next_value;
  std::int64_t step;
  std::int64_t remaining;
};

extern const TypeSpec kSliceType;
extern const TypeSpec kRangeType;
extern const TypeSpec kRangeIteratorType;

[[nodiscard]] Ref new_slice(Vm& vm, Value start, Value stop, Value step);  ///< null values: None
/// Bounds of a slice over `length` items: count of items, first and step (PySlice_AdjustIndices).
struct SliceBounds {
  std::int64_t start, stop, step, count;
};
/// The index after `at`; behind the last one it may be any number.
[[nodiscard]] inline std::int64_t slice_next(std::int64_t at, std::int64_t step) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(at) + static_cast<std::uint64_t>(step));
}
[[nodiscard]] bool slice_bounds(Vm& vm, SliceObject* slice, std::size_t length, SliceBounds& out);
/// An index or slice key over `length` items: index normalised, IndexError "{what} index out of range".
[[nodiscard]] bool normalise_index(Vm& vm, Value key, std::size_t length, std::string_view what, std::size_t& out);
[[nodiscard]] Ref new_range(Vm& vm, std::int64_t start, std::int64_t stop, std::int64_t step);

}  // namespace ouro::vm
