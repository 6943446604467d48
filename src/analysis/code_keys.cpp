#include "analysis/code_keys.h"

#include <algorithm>
#include <bit>

#include "analysis/code_tree.h"
#include "analysis/sequence_diff.h"
#include "bytecode/line_table.h"

namespace ouro::analysis {
namespace {

using version::OperandKind;

void append_number(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift & 0xFFU);
}

bool is_container(ConstKind kind) {
  switch (kind) {
    case ConstKind::Tuple: case ConstKind::List: case ConstKind::Dict: case ConstKind::Set: case ConstKind::FrozenSet:
    case ConstKind::Slice: case ConstKind::FrozenDict: return true;
    default: return false;
  }
}

std::string_view name_in(std::span<const std::string_view> names, std::uint32_t index) {
  return index < names.size() ? names[index] : std::string_view{};
}

}  // namespace

std::uint32_t CodeKeys::leaf(ConstId id) {
  const ConstKind kind = pool_.kind(id);
  std::string text{'c', static_cast<char>(kind)};
  switch (kind) {
    case ConstKind::Int: append_number(text, static_cast<std::uint64_t>(pool_.int_value(id))); break;
    case ConstKind::Long: {
      const BigInt& value = pool_.big_value(id);
      // 5 and 5L are one from Python 3 on: whatever fits 64 bits with its sign counts as an Int.
      if (!facts_.long_has_suffix && value.bit_length() <= 64) {
        std::uint64_t small = 0;
        const auto digits = value.to_digits15();
        for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) small = small << 15U | *digit;
        constexpr std::uint64_t kTop = std::uint64_t{1} << 63U;
        if (small < kTop || (small == kTop && value.is_negative())) {
          text[1] = static_cast<char>(ConstKind::Int);
          append_number(text, value.is_negative() ? 0 - small : small);
          break;
        }
      }
      text += value.is_negative() ? '-' : '+';
      for (const std::uint16_t digit : value.to_digits15()) text += {static_cast<char>(digit & 0xFFU), static_cast<char>(digit >> 8)};
      break;
    }
    case ConstKind::Float: append_number(text, std::bit_cast<std::uint64_t>(pool_.real(id))); break;
    case ConstKind::Complex:
      append_number(text, std::bit_cast<std::uint64_t>(pool_.real(id)));
      append_number(text, std::bit_cast<std::uint64_t>(pool_.imag(id)));
      break;
    case ConstKind::Str:
    case ConstKind::Bytes: text += pool_.text(id); break;
    case ConstKind::Code: text += text_or_empty(pool_, pool_.code(id).name); break;
    default: break;
  }
  return table_.intern(text);
}

// The keys of the items are known.
std::uint32_t CodeKeys::container(ConstId id) {
  const ConstKind kind = pool_.kind(id);
  std::vector<std::uint32_t> items;
  for (const ConstId item : pool_.items(id)) items.push_back(constants_[item.value]);
  if (kind == ConstKind::Set || kind == ConstKind::FrozenSet) std::sort(items.begin(), items.end());
  std::string text{'c', static_cast<char>(kind)};
  for (const std::uint32_t item : items) append_number(text, item);
  return table_.intern(text);
}

std::uint32_t CodeKeys::constant(ConstId root) {
  std::vector<std::pair<ConstId, std::size_t>> stack{{root, 0}};
  while (!stack.empty()) {
    auto& [id, next] = stack.back();
    std::uint32_t& key = constants_[id.value];
    if (key != kNone && next == 0) {
      stack.pop_back();
      continue;
    }
    if (!is_container(pool_.kind(id))) {
      key = leaf(id);
      stack.pop_back();
      continue;
    }
    if (next == 0) key = table_.intern("cycle");  // what an object inside of itself stands for
    const auto items = pool_.items(id);
    if (next < items.size()) {
      stack.emplace_back(items[next++], 0);
      continue;
    }
    key = container(id);
    stack.pop_back();
  }
  return constants_[root.value];
}

std::uint32_t CodeKeys::instruction(const Instruction& instruction, const bytecode::CodeView& view) {
  const OpcodeInfo& info = bytecode::base_info(facts_, *instruction.info);
  const std::uint32_t oparg = instruction.oparg;
  std::string& text = scratch_;
  text.assign({'i', static_cast<char>(static_cast<unsigned>(info.op) & 0xFFU), static_cast<char>(static_cast<unsigned>(info.op) >> 8U)});
  if (!info.is_known()) append_number(text, instruction.number);
  const auto add_name = [&](ConstId id) {
    text += text_or_empty(pool_, id);
    text += '\0';
  };
  switch (info.operand) {
    case OperandKind::Const:
      append_number(text, oparg < view.consts.size() ? constant(view.consts[oparg]) : kNone);
      break;
    case OperandKind::Name: {
      const std::uint32_t index = oparg >> info.operand_shift;
      add_name(index < view.names.size() ? view.names[index] : kNoConst);
      text += static_cast<char>(oparg & ((1U << info.operand_shift) - 1U));
      break;
    }
    case OperandKind::Local: add_name(view.local_name(oparg)); break;
    case OperandKind::LocalPair:
      add_name(view.local_name(oparg >> 4U));
      add_name(view.local_name(oparg & 15U));
      break;
    case OperandKind::Free: add_name(view.free_name(facts_, oparg)); break;
    case OperandKind::Jump:
    case OperandKind::Line: break;
    case OperandKind::Compare:
      text += name_in(facts_.compare_operators, oparg >> info.operand_shift);
      if (info.operand_shift > 4 && (oparg & 16U) != 0) text += '?';  // asks for a bool (3.13 on)
      break;
    case OperandKind::BinaryOp: text += name_in(facts_.binary_op_names, oparg); break;
    case OperandKind::Intrinsic1: text += name_in(facts_.intrinsic_1_names, oparg); break;
    case OperandKind::Intrinsic2: text += name_in(facts_.intrinsic_2_names, oparg); break;
    case OperandKind::SpecialMethod: text += name_in(facts_.special_method_names, oparg); break;
    case OperandKind::CommonConstant: text += name_in(facts_.common_constant_names, oparg); break;
    default: append_number(text, instruction.has_operand ? oparg : 0); break;
  }
  return table_.intern(text);
}

KeyedCode CodeKeys::code(ConstId id) {
  const CodeObject& object = pool_.code(id);
  const bytecode::CodeView view = bytecode::view_of(pool_, object);
  KeyedCode keyed;
  keyed.instructions = bytecode::decode(facts_, view.code);
  const std::size_t count = keyed.instructions.size();
  keyed.keys.reserve(count);
  for (const Instruction& one : keyed.instructions) keyed.keys.push_back(instruction(one, view));

  std::vector<std::uint32_t> index_at(view.code.size() + 1, kUnmatched);
  for (std::uint32_t i = 0; i < count; ++i) {
    index_at[keyed.instructions[i].start_offset.value] = i;
    index_at[keyed.instructions[i].offset.value] = i;
  }
  const auto at = [&](std::int64_t offset) {
    return offset >= 0 && static_cast<std::uint64_t>(offset) < index_at.size() ? index_at[static_cast<std::size_t>(offset)] : kUnmatched;
  };
  keyed.targets.assign(count, kUnmatched);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto target = bytecode::jump_target(facts_, keyed.instructions[i])) keyed.targets[i] = at(*target);
  }
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(facts_, view.line_table, object.firstlineno, view.code.size(), ranges);
  keyed.lines.assign(count, bytecode::kNoLine);
  std::size_t range = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t offset = keyed.instructions[i].offset.value;
    while (range < ranges.size() && ranges[range].end <= offset) ++range;
    if (range < ranges.size() && ranges[range].start <= offset) keyed.lines[i] = ranges[range].line;
  }
  for (const ConstId item : view.consts) {
    if (pool_.kind(item) != ConstKind::Code) keyed.constants.push_back(constant(item));
  }
  bytecode::append_exception_entries(view.exception_table, keyed.handlers);
  for (bytecode::ExceptionEntry& entry : keyed.handlers) {
    entry.start = at(entry.start);
    entry.end = entry.end == view.code.size() ? static_cast<std::uint32_t>(count) : at(entry.end);
    entry.target = at(entry.target);
  }
  return keyed;
}

}  // namespace ouro::analysis
