#include "analysis/instruction_family.h"

#include <array>
#include <iterator>

namespace ouro::analysis {
namespace {

using F = InstructionFamily;

struct Prefix {
  std::string_view text;
  F family;
};

// The first that fits counts: exceptions to a rule stand before it.
constexpr Prefix kPrefixes[] = {
    {"LOAD_CONST", F::Constants},
    {"LOAD_SMALL_INT", F::Constants},
    {"LOAD_COMMON_CONSTANT", F::Constants},
    {"LOAD_ATTR", F::Attributes},
    {"LOAD_METHOD", F::Attributes},
    {"LOAD_SUPER", F::Attributes},
    {"LOAD_SPECIAL", F::Attributes},
    {"STORE_ATTR", F::Attributes},
    {"DELETE_ATTR", F::Attributes},
    {"LOAD_BUILD_CLASS", F::Functions},
    {"LOAD_ASSERTION_ERROR", F::Exceptions},
    {"BINARY_SUBSCR", F::Subscripts},
    {"STORE_SUBSCR", F::Subscripts},
    {"DELETE_SUBSCR", F::Subscripts},
    {"BINARY_SLICE", F::Subscripts},
    {"STORE_SLICE", F::Subscripts},
    {"DELETE_SLICE", F::Subscripts},
    {"SLICE", F::Subscripts},
    {"BUILD_SLICE", F::Subscripts},
    {"STORE_MAP", F::Collections},
    {"LOAD_", F::Variables},
    {"STORE_", F::Variables},
    {"DELETE_", F::Variables},
    {"MAKE_CELL", F::Variables},
    {"COPY_FREE_VARS", F::Variables},
    {"SETUP_ANNOTATIONS", F::Variables},
    {"BINARY_", F::Operators},
    {"INPLACE_", F::Operators},
    {"UNARY_", F::Operators},
    {"TO_BOOL", F::Operators},
    {"COMPARE_", F::Comparisons},
    {"IS_OP", F::Comparisons},
    {"CONTAINS_OP", F::Comparisons},
    {"BUILD_STRING", F::Strings},
    {"BUILD_TEMPLATE", F::Strings},
    {"BUILD_INTERPOLATION", F::Strings},
    {"FORMAT_", F::Strings},
    {"CONVERT_VALUE", F::Strings},
    {"BUILD_CLASS", F::Functions},
    {"BUILD_FUNCTION", F::Functions},
    {"BUILD_", F::Collections},
    {"LIST_", F::Collections},
    {"SET_FUNCTION", F::Functions},
    {"SET_", F::Collections},
    {"DICT_", F::Collections},
    {"MAP_", F::Collections},
    {"UNPACK_", F::Collections},
    {"CALL_FINALLY", F::Exceptions},
    {"CALL_INTRINSIC", F::Other},
    {"CALL", F::Calls},
    {"PRECALL", F::Calls},
    {"KW_NAMES", F::Calls},
    {"PUSH_NULL", F::Calls},
    {"RETURN_GENERATOR", F::Generators},
    {"RETURN_", F::Functions},
    {"MAKE_", F::Functions},
    {"RESUME", F::Functions},
    {"INTERPRETER_EXIT", F::Functions},
    {"JUMP_IF_NOT_EXC_MATCH", F::Exceptions},
    {"JUMP", F::Jumps},
    {"POP_JUMP", F::Jumps},
    {"BREAK_LOOP", F::Jumps},
    {"CONTINUE_LOOP", F::Jumps},
    {"SETUP_LOOP", F::Jumps},
    {"NOT_TAKEN", F::Jumps},
    {"YIELD_", F::Generators},
    {"SEND", F::Generators},
    {"GET_AWAITABLE", F::Generators},
    {"GET_YIELD_FROM", F::Generators},
    {"GEN_START", F::Generators},
    {"ASYNC_GEN_WRAP", F::Generators},
    {"CLEANUP_THROW", F::Generators},
    {"GET_LEN", F::Matching},
    {"GET_", F::Iteration},
    {"FOR_", F::Iteration},
    {"END_FOR", F::Iteration},
    {"END_ASYNC_FOR", F::Iteration},
    {"END_SEND", F::Generators},
    {"POP_ITER", F::Iteration},
    {"SETUP_", F::Exceptions},
    {"POP_BLOCK", F::Exceptions},
    {"POP_EXCEPT", F::Exceptions},
    {"POP_FINALLY", F::Exceptions},
    {"END_FINALLY", F::Exceptions},
    {"BEGIN_FINALLY", F::Exceptions},
    {"BEFORE_", F::Exceptions},
    {"WITH_", F::Exceptions},
    {"RAISE", F::Exceptions},
    {"RERAISE", F::Exceptions},
    {"PUSH_EXC", F::Exceptions},
    {"CHECK_E", F::Exceptions},
    {"PREP_RERAISE", F::Exceptions},
    {"IMPORT_", F::Imports},
    {"MATCH_", F::Matching},
    {"COPY_DICT_WITHOUT", F::Matching},
    {"POP_TOP", F::Stack},
    {"DUP_", F::Stack},
    {"ROT_", F::Stack},
    {"COPY", F::Stack},
    {"SWAP", F::Stack},
    {"NOP", F::Stack},
};

constexpr std::string_view kNames[] = {"constants",   "variables",  "attributes", "subscripts", "operators", "comparisons",
                                       "collections", "strings",    "calls",      "functions",  "jumps",     "iteration",
                                       "generators",  "exceptions", "imports",    "matching",   "stack",     "other"};
static_assert(std::size(kNames) == kFamilyCount);

}  // namespace

InstructionFamily family_of(Op op) {
  const std::string_view name = version::op_name(op);
  for (const Prefix& prefix : kPrefixes) {
    if (name.starts_with(prefix.text)) return prefix.family;
  }
  return F::Other;
}

std::string_view to_string(InstructionFamily family) { return kNames[static_cast<std::size_t>(family)]; }

}  // namespace ouro::analysis
