// _opcode: facts of 3.13's instructions, from the tables of src/version.
#include "version/facts.h"
#include "version/opcodes.h"
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

const version::Facts& facts() {
  static const version::Facts& kFacts = *version::find_facts(PythonVersion{3, 13});
  return kFacts;
}

/// The instruction of a number; null: there is none.
const OpcodeInfo* instruction(int number) {
  if (number < 0 || number > 0xFFFF) return nullptr;
  const OpcodeInfo& info = version::opcode_info(facts(), static_cast<std::uint16_t>(number));
  return info.is_known() ? &info : nullptr;
}

/// Facts of an opcode as CPython's tables have them; what only CPython's compiler uses counts as well.
bool is_plain(const OpcodeInfo* info) { return info != nullptr && info->kind != version::OpcodeKind::Instrumented; }

using Test = bool (*)(const OpcodeInfo&);
template <Test kTest>
Ref test(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, args.integer(vm, 0));
  const OpcodeInfo* info = instruction(number);
  return Ref::boolean(is_plain(info) && kTest(*info));
}
bool any(const OpcodeInfo&) { return true; }
bool has_argument(const OpcodeInfo& info) { return info.has_arg(); }
bool has_constant(const OpcodeInfo& info) { return info.operand == version::OperandKind::Const; }
bool has_name(const OpcodeInfo& info) { return info.operand == version::OperandKind::Name; }
bool has_jump(const OpcodeInfo& info) { return info.is_jump() && info.flow != version::Flow::Setup; }
bool has_free(const OpcodeInfo& info) { return info.operand == version::OperandKind::Free; }
bool has_local(const OpcodeInfo& info) {
  return info.operand == version::OperandKind::Local || info.operand == version::OperandKind::LocalPair;
}
bool has_handler(const OpcodeInfo& info) { return info.flow == version::Flow::Setup && info.kind == version::OpcodeKind::Pseudo; }

Ref stack_effect(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, args.integer(vm, 0));
  const OpcodeInfo* info = instruction(number);
  if (info == nullptr) return raise(vm, vm.exc.ValueError, "invalid opcode or oparg");
  std::int64_t operand = 0;
  if (args.has(1)) {
    VM_TRY(const int given, args.integer(vm, 1));
    operand = given;
  }
  using version::JumpTaken;
  const auto effect = [&](JumpTaken jump) { return version::stack_effect(*info, static_cast<std::uint32_t>(operand), jump); };
  const std::int64_t not_taken = effect(JumpTaken::No);
  const std::int64_t taken = effect(JumpTaken::Yes);
  if (!args.has(2)) return Ref::small(std::max(not_taken, taken));
  if (args[2].is_true()) return Ref::small(taken);
  if (args[2].is_false()) return Ref::small(not_taken);
  return raise(vm, vm.exc.ValueError, "stack_effect: jump must be False, True or None");
}

Ref name_list(Vm& vm, std::initializer_list<const char*> names) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (const char* name : names) VM_CHECK(list_append(vm, list, Ref(new_str(vm, name))));
  return list;
}
Ref intrinsics_of_one(Vm& vm, Value) {
  return name_list(vm, {"INTRINSIC_1_INVALID", "INTRINSIC_PRINT", "INTRINSIC_IMPORT_STAR", "INTRINSIC_STOPITERATION_ERROR",
                        "INTRINSIC_ASYNC_GEN_WRAP", "INTRINSIC_UNARY_POSITIVE", "INTRINSIC_LIST_TO_TUPLE", "INTRINSIC_TYPEVAR",
                        "INTRINSIC_PARAMSPEC", "INTRINSIC_TYPEVARTUPLE", "INTRINSIC_SUBSCRIPT_GENERIC", "INTRINSIC_TYPEALIAS"});
}
Ref intrinsics_of_two(Vm& vm, Value) {
  return name_list(vm, {"INTRINSIC_2_INVALID", "INTRINSIC_PREP_RERAISE_STAR", "INTRINSIC_TYPEVAR_WITH_BOUND",
                        "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS", "INTRINSIC_SET_FUNCTION_TYPE_PARAMS", "INTRINSIC_SET_TYPEPARAM_DEFAULT"});
}

/// BINARY_OP's operators in the order of their operands.
Ref binary_operators(Vm& vm, Value) {
  constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
      {"ADD", "+"}, {"AND", "&"}, {"FLOOR_DIVIDE", "//"}, {"LSHIFT", "<<"}, {"MATRIX_MULTIPLY", "@"}, {"MULTIPLY", "*"},
      {"REMAINDER", "%"}, {"OR", "|"}, {"POWER", "**"}, {"RSHIFT", ">>"}, {"SUBTRACT", "-"}, {"TRUE_DIVIDE", "/"}, {"XOR", "^"}};
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (const bool in_place : {false, true}) {
    for (const auto& [name, sign] : kOperators) {
      VM_TRY(Own<StrObject> full, new_str(vm, (in_place ? "NB_INPLACE_" : "NB_") + std::string(name)));
      VM_TRY(Own<StrObject> text, new_str(vm, std::string(sign) + (in_place ? "=" : "")));
      VM_CHECK(list_append(vm, list, Ref(new_tuple(vm, {Value(full.get()), Value(text.get())}))));
    }
  }
  return list;
}

Ref no_executor(Vm& vm, Value, Args&) { return raise(vm, vm.exc.RuntimeError, "Executors are not available in this build"); }
Ref no_statistics(Vm&, Value) { return Ref::none(); }

constexpr MethodSpec kFunctions[] = {
    {"stack_effect($module, opcode, oparg=None, /, *, jump=None)", stack_effect, "Compute the stack effect of the opcode."},
    {"is_valid($module, /, opcode)", test<any>, "Return True if opcode is valid, False otherwise."},
    {"has_arg($module, /, opcode)", test<has_argument>, "Return True if the opcode uses its oparg, False otherwise."},
    {"has_const($module, /, opcode)", test<has_constant>, "Return True if the opcode accesses a constant, False otherwise."},
    {"has_name($module, /, opcode)", test<has_name>, "Return True if the opcode accesses an attribute by name, False otherwise."},
    {"has_jump($module, /, opcode)", test<has_jump>, "Return True if the opcode has a jump target, False otherwise."},
    {"has_free($module, /, opcode)", test<has_free>, "Return True if the opcode accesses a free variable, False otherwise."},
    {"has_local($module, /, opcode)", test<has_local>, "Return True if the opcode accesses a local variable, False otherwise."},
    {"has_exc($module, /, opcode)", test<has_handler>, "Return True if the opcode sets an exception handler, False otherwise."},
    {"get_nb_ops($module, /)", binary_operators, "Return array of symbols of binary ops."},
    {"get_intrinsic1_descs($module, /)", intrinsics_of_one, "Return a list of names of the unary intrinsics."},
    {"get_intrinsic2_descs($module, /)", intrinsics_of_two, "Return a list of names of the binary intrinsics."},
    {"get_executor($module, /, *, code, offset)", no_executor, "Return the executor object at offset in code if exists, None otherwise."},
    {"get_specialization_stats($module, /)", no_statistics, "Return the specialization stats"},
};

bool fill(Vm& vm, ModuleObject* module) { return set_module_attribute(vm, module, "ENABLE_SPECIALIZATION", kTrue); }

}  // namespace

const ModuleSpec& _opcode_module() {
  static constexpr ModuleSpec kModule = {.name = "_opcode", .doc = "Opcode support module.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
