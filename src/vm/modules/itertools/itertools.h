// The types of itertools, by file.
#pragma once

#include "vm/core/binding.h"

namespace ouro::vm {

// itertools/simple.cpp: one source, one step at a time.
extern const TypeSpec kCountType, kCycleType, kRepeatType, kAccumulateType, kChainType, kCompressType, kDropWhileType,
    kTakeWhileType, kFilterFalseType, kStarMapType, kPairwiseType, kBatchedType, kZipLongestType, kIsliceType;
// itertools/combinatoric.cpp.
extern const TypeSpec kProductType, kPermutationsType, kCombinationsType, kCombinationsWithReplacementType;
// itertools/shared.cpp: iterators that share a source.
extern const TypeSpec kGroupByType, kGrouperType, kTeeType, kTeeDataType;
[[nodiscard]] Ref itertools_tee(Vm& vm, Value module, Args& args);

/// Pickling, copying and setting the state of itertools objects is deprecated in CPython 3.13 and warns.
[[nodiscard]] bool warn_pickling(Vm& vm);

}  // namespace ouro::vm
