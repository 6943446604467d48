#include "dis/operand_text.h"

namespace ouro::dis {
namespace {

using version::OperandKind;

// CPython raises IndexError where an operand points outside its table; the listing goes on.
constexpr std::string_view kOutOfRange = "out of range";

using Names = std::span<const std::string_view>;

void append_from(TextBuffer& out, const Names& names, std::uint32_t index) {
  out.append(index < names.size() ? names[index] : kOutOfRange);
}

// 3.6+ FORMAT_VALUE: conversion in the low two bits, 4 when a format specification is on the stack.
void append_format(TextBuffer& out, std::uint32_t oparg) {
  constexpr std::string_view kConversions[] = {"", "str", "repr", "ascii"};
  const std::string_view conversion = kConversions[oparg & 3U];
  out.append(conversion);
  if ((oparg & 4U) == 0) return;
  out.append(conversion.empty() ? "with format" : ", with format");
}

void append_flags(TextBuffer& out, const Names& names, std::uint32_t oparg) {
  bool first = true;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((oparg >> bit & 1U) == 0) continue;
    if (!first) out.append(", ");
    out.append(names[bit]);
    first = false;
  }
}

}  // namespace

void OperandWriter::append(TextBuffer& out, const Instruction& instruction, std::uint32_t label) {
  const OpcodeInfo& meaning = *disassembler_.row(instruction.number).meaning;
  const std::uint32_t oparg = instruction.oparg;
  switch (meaning.operand) {
    case OperandKind::Local: return append_name(out, view_.local_name(oparg));
    case OperandKind::Const: return append_const(out, meaning, oparg);
    case OperandKind::Name: return append_named(out, meaning, oparg);
    case OperandKind::Jump: return append_jump(out, instruction, meaning, label);
    case OperandKind::Free: return append_name(out, view_.free_name(facts_, oparg));
    case OperandKind::LocalPair:
      append_name(out, view_.local_name(oparg >> 4U));
      out.append(", ");
      return append_name(out, view_.local_name(oparg & 15U));
    case OperandKind::Compare: return append_compare(out, meaning, oparg);
    case OperandKind::FormatValue: return append_format(out, oparg);
    case OperandKind::FunctionFlags: return append_flags(out, facts_.dis_function_flag_names, oparg);
    default: return append_symbol(out, meaning, oparg);
  }
}

void OperandWriter::append_symbol(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg) {
  constexpr std::string_view kConversions[] = {"", "str", "repr", "ascii"};
  switch (meaning.operand) {
    case OperandKind::BinaryOp: return append_from(out, facts_.binary_op_symbols, oparg);
    case OperandKind::Intrinsic1: return append_from(out, facts_.intrinsic_1_names, oparg);
    case OperandKind::Intrinsic2: return append_from(out, facts_.intrinsic_2_names, oparg);
    case OperandKind::SpecialMethod: return append_from(out, facts_.special_method_names, oparg);
    case OperandKind::CommonConstant: return append_from(out, facts_.dis_common_constant_reprs, oparg);
    case OperandKind::Conversion: return append_from(out, kConversions, oparg);
    case OperandKind::Is:
      if (facts_.dis_names_is_and_in) out.append(oparg != 0 ? "is not" : "is");
      return;
    case OperandKind::Contains:
      if (facts_.dis_names_is_and_in) out.append(oparg != 0 ? "not in" : "in");
      return;
    default: return;
  }
}

void OperandWriter::append_name(TextBuffer& out, ConstId id) {
  if (id == kNoConst) return out.append(kOutOfRange);
  constants_.append_name(out, id);
}

void OperandWriter::append_const(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg) {
  if (facts_.dis_const_needs_load_const && meaning.op != Op::LOAD_CONST) return;
  if (oparg >= view_.consts.size()) return out.append(kOutOfRange);
  constants_.append_repr(out, view_.consts[oparg]);
}

// Flags of LOAD_GLOBAL, LOAD_ATTR, LOAD_SUPER_ATTR and (3.15) IMPORT_NAME stand in the bits below the index.
void OperandWriter::append_named(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg) {
  const std::uint32_t index = oparg >> meaning.operand_shift;
  const ConstId id = index < view_.names.size() ? view_.names[index] : kNoConst;
  if (meaning.operand_shift == 0) return append_name(out, id);
  std::string_view flag;
  if (meaning.op == Op::IMPORT_NAME) {
    flag = (oparg & 1U) != 0 ? "lazy" : (oparg & 2U) != 0 ? "eager" : "";
  } else if ((oparg & 1U) != 0) {
    flag = meaning.op == Op::LOAD_GLOBAL ? "NULL" : "NULL|self";
  }
  if (!flag.empty() && facts_.dis_flag_text_first) {
    out.append(flag);
    out.append(" + ");
  }
  const std::size_t before = out.size();
  append_name(out, id);
  if (!flag.empty() && !facts_.dis_flag_text_first && out.size() != before) {
    out.append(" + ");
    out.append(flag);
  }
}

void OperandWriter::append_jump(TextBuffer& out, const Instruction& instruction, const OpcodeInfo& meaning,
                                std::uint32_t label) {
  if (meaning.jump == version::JumpKind::Absolute && !facts_.dis_shows_absolute_targets) return;
  out.append(meaning.op == Op::END_ASYNC_FOR ? "from " : "to ");
  if (facts_.dis_has_labels) {
    out.append('L');
    return out.append_decimal(label);
  }
  out.append_signed(bytecode::jump_target(facts_, instruction).value_or(0));
  if (instruction.is_extended && facts_.long_has_suffix) out.append('L');
}

// 3.13+: bit 4 asks for the result as a bool.
void OperandWriter::append_compare(TextBuffer& out, const OpcodeInfo& meaning, std::uint32_t oparg) {
  const bool is_bool = meaning.operand_shift > 4 && (oparg & 16U) != 0;
  if (is_bool) out.append("bool(");
  append_from(out, facts_.compare_operators, oparg >> meaning.operand_shift);
  if (is_bool) out.append(')');
}

}  // namespace ouro::dis
