// code: a code object of CPython 3.13 as Python sees it, and what the interpreter makes of it when it first runs.
#pragma once

#include <cstdint>
#include <string_view>

#include "code/constant_pool.h"
#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct ExecutableCode;  // interpreter/executable.h
/// The pool that a compilation gave. Kept by its outermost code object, so that marshal writes what the compiler would:
/// which objects are references follows from the compilation, not from the objects.
struct CodeOrigin {
  ConstantPool pool;
  ConstId root;
};
struct BytesObject;

struct CodeObject : Object {
  std::int32_t argcount, posonlyargcount, kwonlyargcount;
  std::int32_t stacksize;
  std::uint32_t flags;
  std::int32_t firstlineno;
  std::int32_t local_count;       ///< len(co_varnames)
  std::int32_t locals_plus_count; ///< variables, cells and free variables: slots in a frame
  std::int32_t cell_count;        ///< cells that are no arguments are counted too
  std::int32_t free_count;
  BytesObject* code;              ///< co_code as compiled: never changed
  TupleObject* consts;
  TupleObject* names;
  TupleObject* locals_plus_names;
  BytesObject* locals_plus_kinds; ///< code::LocalKind each
  StrObject* filename;
  StrObject* name;
  StrObject* qualname;
  BytesObject* line_table;
  BytesObject* exception_table;
  ExecutableCode* executable;     ///< null until it first runs
  struct WeakRefObject* weakrefs;
  std::int64_t hash;              ///< -1: not computed yet
  CodeOrigin* origin;             ///< null: not what a compilation gave as a whole
};

extern const TypeSpec kCodeType;

/// What a code object is made of.
struct CodeFields {
  std::int32_t argcount = 0, posonlyargcount = 0, kwonlyargcount = 0, stacksize = 0, firstlineno = 1;
  std::uint32_t flags = 0;
  Ref code, consts, names, locals_plus_names, locals_plus_kinds, filename, name, qualname, line_table, exception_table;
};
/// Types and sizes are checked; the instructions are when the code first runs (interpreter/executable.h).
[[nodiscard]] Ref new_code(Vm& vm, CodeFields& fields);

/// The Python object for a constant of a pool (code objects and all that they hold), names interned as CPython does.
[[nodiscard]] Ref object_from_pool(Vm& vm, const ConstantPool& pool, ConstId id);
/// The other way, for marshal.dumps of that version: what is held more than once is marked as a reference, sets are in the
/// order of their items' bytes. nullopt: ValueError("unmarshallable object") is set.
[[nodiscard]] std::optional<ConstId> object_to_pool(Vm& vm, Value object, ConstantPool& pool, std::uint8_t version);
/// Source line of a byte offset in co_code; -1: none.
/// Whether a line begins at the byte offset.
[[nodiscard]] bool begins_line(const CodeObject* code, std::int32_t byte_offset);
[[nodiscard]] std::int32_t line_of(const CodeObject* code, std::int32_t byte_offset);

}  // namespace ouro::vm
