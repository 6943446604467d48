// What the interpreter makes of a code object when it first runs: instructions of 8 bytes, each followed by its inline
// cache, jumps resolved, the exception table as rows. Made by executable.cpp, which also checks that the code cannot leave
// its bounds: operands in range, stack depth the same on every way to an instruction and within co_stacksize.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct CodeObject;
struct Shape;
struct TypeObject;

// The interpreter's instructions: name, number of cache words (of 8 bytes) behind it. The first ones are CPython 3.13's; the
// operators of BINARY_OP and COMPARE_OP are instructions of their own.
#define OURO_VM_OPS(X)                                                                                                 \
  X(NOP, 0) X(POP_TOP, 0) X(PUSH_NULL, 0) X(COPY, 0) X(SWAP, 0)                                                         \
  X(LOAD_CONST, 0) X(LOAD_FAST, 0) X(LOAD_FAST_CHECK, 0) X(LOAD_FAST_AND_CLEAR, 0) X(LOAD_FAST_LOAD_FAST, 0)             \
  X(STORE_FAST, 0) X(STORE_FAST_LOAD_FAST, 0) X(STORE_FAST_STORE_FAST, 0) X(DELETE_FAST, 0)                              \
  X(LOAD_GLOBAL, 2) X(LOAD_GLOBAL_NULL, 2) X(STORE_GLOBAL, 0) X(DELETE_GLOBAL, 0)                                        \
  X(LOAD_NAME, 0) X(STORE_NAME, 0) X(DELETE_NAME, 0) X(LOAD_LOCALS, 0) X(LOAD_FROM_DICT_OR_GLOBALS, 0)                   \
  X(LOAD_DEREF, 0) X(STORE_DEREF, 0) X(DELETE_DEREF, 0) X(LOAD_FROM_DICT_OR_DEREF, 0) X(MAKE_CELL, 0)                    \
  X(COPY_FREE_VARS, 0)                                                                                                 \
  X(LOAD_ATTR, 3) X(LOAD_METHOD, 3) X(STORE_ATTR, 3) X(DELETE_ATTR, 0) X(LOAD_SUPER_ATTR, 0)                             \
  X(UNARY_NEGATIVE, 0) X(UNARY_NOT, 0) X(UNARY_INVERT, 0) X(TO_BOOL, 0)                                                 \
  X(BINARY_ADD, 0) X(BINARY_SUBTRACT, 0) X(BINARY_MULTIPLY, 0) X(BINARY_OTHER, 0) X(INPLACE_ADD, 0) X(INPLACE_OTHER, 0)    \
  X(BINARY_FLOOR_DIVIDE, 0) X(BINARY_REMAINDER, 0) X(BINARY_TRUE_DIVIDE, 0) X(BINARY_AND, 0)                             \
  X(COMPARE_LT, 0) X(COMPARE_LE, 0) X(COMPARE_EQ, 0) X(COMPARE_NE, 0) X(COMPARE_GT, 0) X(COMPARE_GE, 0)                    \
  X(IS_OP, 0) X(CONTAINS_OP, 0)                                                                                         \
  X(BINARY_SUBSCR, 0) X(STORE_SUBSCR, 0) X(DELETE_SUBSCR, 0) X(BINARY_SLICE, 0) X(STORE_SLICE, 0)                         \
  X(BUILD_LIST, 0) X(BUILD_TUPLE, 0) X(BUILD_SET, 0) X(BUILD_MAP, 0) X(BUILD_CONST_KEY_MAP, 0) X(BUILD_SLICE, 0)           \
  X(BUILD_STRING, 0) X(LIST_APPEND, 0) X(LIST_EXTEND, 0) X(SET_ADD, 0) X(SET_UPDATE, 0) X(MAP_ADD, 0) X(DICT_UPDATE, 0)    \
  X(DICT_MERGE, 0) X(UNPACK_SEQUENCE, 0) X(UNPACK_EX, 0) X(CONVERT_VALUE, 0) X(FORMAT_SIMPLE, 0) X(FORMAT_WITH_SPEC, 0)    \
  X(JUMP_FORWARD, 0) X(JUMP_BACKWARD, 0) X(JUMP_BACKWARD_NO_INTERRUPT, 0) X(POP_JUMP_IF_FALSE, 0) X(POP_JUMP_IF_TRUE, 0)   \
  X(POP_JUMP_IF_NONE, 0) X(POP_JUMP_IF_NOT_NONE, 0)                                                                      \
  X(GET_ITER, 0) X(FOR_ITER, 0) X(END_FOR, 0) X(GET_YIELD_FROM_ITER, 0)                                                  \
  X(CALL, 0) X(CALL_KW, 0) X(CALL_FUNCTION_EX, 0) X(CALL_INTRINSIC_1, 0) X(CALL_INTRINSIC_2, 0) X(MAKE_FUNCTION, 0)        \
  X(SET_FUNCTION_ATTRIBUTE, 0) X(RETURN_VALUE, 0) X(RETURN_CONST, 0) X(RESUME, 0) X(RETURN_GENERATOR, 0)                   \
  X(YIELD_VALUE, 0) X(SEND, 0) X(END_SEND, 0) X(GET_AWAITABLE, 0) X(GET_AITER, 0) X(GET_ANEXT, 0) X(END_ASYNC_FOR, 0)      \
  X(CLEANUP_THROW, 0) X(BEFORE_WITH, 0) X(BEFORE_ASYNC_WITH, 0) X(WITH_EXCEPT_START, 0)                                   \
  X(PUSH_EXC_INFO, 0) X(POP_EXCEPT, 0) X(CHECK_EXC_MATCH, 0) X(CHECK_EG_MATCH, 0) X(RAISE_VARARGS, 0) X(RERAISE, 0)        \
  X(LOAD_ASSERTION_ERROR, 0) X(LOAD_BUILD_CLASS, 0) X(SETUP_ANNOTATIONS, 0) X(IMPORT_NAME, 0) X(IMPORT_FROM, 0)            \
  X(GET_LEN, 0) X(MATCH_MAPPING, 0) X(MATCH_SEQUENCE, 0) X(MATCH_KEYS, 0) X(MATCH_CLASS, 0) X(BAD, 0)

enum class VmOp : std::uint16_t {
#define OURO_VM_DECLARE(name, caches) name,
  OURO_VM_OPS(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
};

struct Instr {
  std::uint16_t op;    ///< VmOp
  std::uint16_t aux;   ///< a second small operand: an operator, a flag
  std::uint32_t arg;   ///< operand; of a jump the index of the target instruction
};
static_assert(sizeof(Instr) == 8);

// The inline caches, in the words behind the instruction. Zero: empty.
struct GlobalCache {
  std::uint32_t globals_version, builtins_version;  ///< keys_version of each dict; builtins_version 0: it is a global
  std::uint32_t index;                              ///< of the entry
  std::uint32_t misses;
};
static_assert(sizeof(GlobalCache) == 16);

enum class AttrCacheKind : std::uint16_t { Empty, Value, Member, Constant, Method, Module, Never };
struct AttrCache {
  std::uint32_t version;   ///< of the type (of a class as object: of the class itself); Module: keys_version of its dict
  std::uint32_t index;     ///< of the value in the store; of the module's dict entry; offset of a member
  const Shape* shape;      ///< what the instance has; null: instances without a store
  Object* value;           ///< Constant, Method: what the type has, borrowed while the version holds
};
static_assert(sizeof(AttrCache) == 24);
// STORE_ATTR keeps the shape before in `shape` and the one after, where the attribute is new, in `value`.

struct HandlerRow {
  std::uint32_t start, end;   ///< indices of instructions
  std::uint32_t target;
  std::uint32_t depth;
  bool push_lasti;
};

struct ExecutableCode {
  std::vector<Instr> instructions;
  std::vector<std::uint32_t> offsets;   ///< by index in instructions: the byte offset in co_code
  std::vector<HandlerRow> handlers;     ///< inner ones first among those that cover an instruction
  std::vector<Value> consts;            ///< borrowed from the code object
  std::vector<StrObject*> names;        ///< borrowed
  std::int32_t simple_arguments = -1;   ///< how many arguments, when there is nothing but positional ones; else -1
  std::uint32_t frame_values = 0;       ///< locals_plus_count + stacksize
  std::uint64_t runs = 0;

  /// Index of the instruction at a byte offset; -1: none begins there.
  [[nodiscard]] std::int32_t index_of(std::uint32_t byte_offset) const;
};

/// The executable form, made on first use. Null: an exception is set (code that no compiler writes: ValueError).
[[nodiscard]] ExecutableCode* executable_of(Vm& vm, CodeObject* code);
void free_executable(ExecutableCode* executable);

}  // namespace ouro::vm
