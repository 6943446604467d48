// itertools: CPython 3.13 Modules/itertoolsmodule.c.
#include "vm/modules/itertools/itertools.h"

#include "vm/objects/function.h"

namespace ouro::vm {

bool warn_pickling(Vm& vm) {
  return warn(vm, vm.exc.DeprecationWarning, "Pickle, copy, and deepcopy support will be removed from itertools in Python 3.14.");
}

namespace {

constexpr MethodSpec kFunctions[] = {
    {"tee($module, iterable, n=2, /)", itertools_tee, "A tuple of n iterators that each give all items."},
};

bool fill(Vm& vm, ModuleObject* module) {
  for (const TypeSpec* spec :
       {&kCountType, &kCycleType, &kRepeatType, &kAccumulateType, &kChainType, &kCompressType, &kDropWhileType, &kTakeWhileType,
        &kFilterFalseType, &kStarMapType, &kPairwiseType, &kBatchedType, &kZipLongestType, &kIsliceType, &kProductType,
        &kPermutationsType, &kCombinationsType, &kCombinationsWithReplacementType, &kGroupByType, &kGrouperType, &kTeeType,
        &kTeeDataType}) {
    VM_CHECK(add_type(vm, module, *spec));
  }
  return true;
}

}  // namespace

const ModuleSpec& itertools_module() {
  static const ModuleSpec spec = {
      .name = "itertools",
      .doc = "Functional tools for creating and using iterators.",
      .functions = kFunctions,
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
