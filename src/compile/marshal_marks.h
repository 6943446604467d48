// Which objects marshal writes as references, as CPython 3.13 would after compile().
//
// CPython marks an object when its reference count is not 1 at that moment, or when it is an interned string
// (Python/marshal.c w_ref). So: interned strings, immortal objects and the cached co_code always; everything else
// when two places of the compiled value hold it. marshal::write() takes the marks from ConstantPool::wire_type.
#pragma once

#include <cstdint>
#include <string_view>

#include "code/constant_pool.h"

namespace ouro::compile {

/// The wire type of an interned string, with kMarshalFlagRef.
[[nodiscard]] std::uint8_t interned_wire_type(std::string_view text);

/// CPython keeps one interned object for each of U+0000 to U+00FF.
[[nodiscard]] bool is_latin1_character(std::string_view text);

/// kMarshalFlagRef for a value of which CPython has one immortal object (integers from -5 to 256, the empty tuple,
/// bytes of length 0 and 1), 0 for others. Not for bytes that the compiler makes.
[[nodiscard]] std::uint8_t immortal_mark(const ConstantPool& pool, ConstId id);

enum class RootHeld : bool {
  No,   ///< marshal.dumps(compile(…)): nobody else holds the module's code
  Yes,  ///< code = compile(…), then marshal; what py_compile and the import system do
};

/// Marks what is held more than once under `root` and puts the items of frozensets in marshal's order. Marks given
/// before stay.
void mark_shared(ConstantPool& pool, ConstId root, RootHeld held);

}  // namespace ouro::compile
