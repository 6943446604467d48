// Opcodes of every CPython version: numbers, names and what the instructions mean.
//
// A number belongs to a version, an Op to all of them: code that treats instructions switches on Op, and asks
// the version's table for the rest. Numbers that a version does not assign stay representable (Op::Unknown,
// with the name dis prints, "<200>"). The tables come from data/ (versions/<X.Y>/opcodes.tsv,
// instructions.tsv).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "version/op_enum.h"

namespace ouro::version {

struct Facts;

/// What an instruction's operand stands for.
enum class OperandKind : std::uint8_t {
  None,
  Const,           ///< index into co_consts
  Name,            ///< index into co_names, after shifting
  Local,           ///< index into the local variables
  LocalPair,       ///< two of them: oparg >> 4 and oparg & 15
  Free,            ///< cell or free variable (Facts::cell_and_free_start_at_zero says how it counts)
  Jump,            ///< target, encoded as OpcodeInfo::jump says
  Compare,         ///< index into Facts::compare_operators, after shifting
  Count,           ///< a plain number
  BinaryOp,        ///< index into Facts::binary_op_names
  Intrinsic1,      ///< index into Facts::intrinsic_1_names
  Intrinsic2,      ///< index into Facts::intrinsic_2_names
  SpecialMethod,   ///< index into Facts::special_method_names
  CommonConstant,  ///< index into Facts::common_constant_names
  SmallInt,        ///< the value itself
  FunctionFlags,   ///< bits: 1 defaults, 2 keyword defaults, 4 annotations, 8 closure, 16 annotate function
  FormatValue,     ///< low two bits: conversion; 4: a format specification is on the stack
  Conversion,      ///< 1 str, 2 repr, 3 ascii
  Is,              ///< 1 inverts
  Contains,        ///< 1 inverts
  CallCounts,      ///< low byte: positional arguments, next byte: keyword pairs (up to 3.5)
  Line,            ///< a line number (SET_LINENO)
};

/// How a jump's operand gives its target; one step is Facts::jump_unit bytes.
enum class JumpKind : std::uint8_t {
  None,
  Forward,   ///< from the end of the instruction and its caches
  Backward,  ///< the same, counted backwards
  Absolute,  ///< from the start of the code
  Label,     ///< a pseudo-instruction: no encoding
};

/// Where control goes after an instruction.
enum class Flow : std::uint8_t {
  Next,
  Branch,  ///< to the next instruction or to the target
  Jump,    ///< to the target
  Setup,   ///< next; the target is a handler or the end of a block
  Call,    ///< to the target, which comes back (CALL_FINALLY)
  Break,   ///< out of the innermost loop block (BREAK_LOOP)
  Return,
  Raise,
};

enum class OpcodeKind : std::uint8_t {
  Unknown,
  Real,          ///< what a compiler writes
  Pseudo,        ///< lives in the compiler only; number above 255
  Instrumented,  ///< put there by sys.monitoring
  Specialized,   ///< put there by the adaptive interpreter
};

/// One number of one version.
struct OpcodeInfo {
  std::uint16_t number = 0;
  Op op = Op::Unknown;
  Op base = Op::Unknown;  ///< what a specialised or instrumented opcode stands for; else the same as op
  OpcodeKind kind = OpcodeKind::Unknown;
  OperandKind operand = OperandKind::None;
  std::uint8_t operand_shift = 0;  ///< low bits that are flags: the operand proper is oparg >> operand_shift
  JumpKind jump = JumpKind::None;
  Flow flow = Flow::Next;
  std::uint8_t caches = 0;  ///< code units of inline cache that follow
  std::uint8_t effect_id = 0;
  std::uint8_t jump_effect_id = 0;

  /// CPython's name; "<200>" for a number that the version does not assign.
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] bool is_known() const { return kind != OpcodeKind::Unknown; }
  [[nodiscard]] bool has_arg() const { return operand != OperandKind::None; }
  [[nodiscard]] bool is_jump() const { return jump != JumpKind::None; }
  /// Control never goes on to the next instruction.
  [[nodiscard]] bool is_terminator() const {
    return flow == Flow::Jump || flow == Flow::Break || flow == Flow::Return || flow == Flow::Raise;
  }
};

/// The version's row for a number, O(1). Numbers above 255 are pseudo-instructions; one that the version does
/// not have gives a row with Op::Unknown.
[[nodiscard]] const OpcodeInfo& opcode_info(const Facts& facts, std::uint16_t number);

/// The version's row for an Op, O(1); nullptr when the version does not have it.
[[nodiscard]] const OpcodeInfo* find_opcode(const Facts& facts, Op op);

/// The version's row for a name ("LOAD_FAST", "SLICE+1"); nullptr when the version does not have it.
[[nodiscard]] const OpcodeInfo* find_opcode(const Facts& facts, std::string_view name);

/// The number of an Op in a version, O(1); nullopt when the version does not have it.
[[nodiscard]] std::optional<std::uint16_t> opcode_number(const Facts& facts, Op op);

/// CPython's name of an Op ("SLICE+1" for Op::SLICE_1); empty for Op::Unknown.
[[nodiscard]] std::string_view op_name(Op op);

/// The Op of that name in any version; Op::Unknown when there is none.
[[nodiscard]] Op find_op(std::string_view name);

/// How an instruction changes the depth of the stack, as CPython's own stack_effect says (up to 3.7, where
/// that is one figure for both ways, the larger).
enum class JumpTaken : bool { No, Yes };
[[nodiscard]] std::int64_t stack_effect(const OpcodeInfo& info, std::uint32_t oparg,
                                        JumpTaken jump = JumpTaken::No);

}  // namespace ouro::version

namespace ouro {
using version::Op;
using version::OpcodeInfo;
}  // namespace ouro
