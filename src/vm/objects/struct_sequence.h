// Struct sequences: tuples whose items have names, as sys.flags, time.struct_time and os.stat_result are (CPython 3.13
// Objects/structseq.c). Items beyond the visible ones are reached by name only.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "vm/core/binding.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

struct StructField {
  const char* name;  ///< null: an item without a name
  const char* doc = nullptr;
};

struct StructSequenceSpec : TypeSpec {
  std::span<const StructField> fields;
  std::size_t visible;
  bool instantiable = true;  ///< sys.flags is not
};

/// `name` as in TypeSpec: "time.struct_time".
[[nodiscard]] StructSequenceSpec struct_sequence_spec(const char* name, const char* doc, std::span<const StructField> fields,
                                                      std::size_t visible, bool instantiable = true);
/// An instance; missing items are None. The references are taken over; a null one fails (an exception is set then).
[[nodiscard]] Ref new_struct_sequence(Vm& vm, const StructSequenceSpec& spec, std::vector<Ref> items);

}  // namespace ouro::vm
