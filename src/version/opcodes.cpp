#include "version/opcodes.h"

#include "version/effect_facts.h"

#include <array>

#include "version/tables.h"

namespace ouro::version {
namespace {

// "<0>" to "<255>": what dis prints for numbers without a name.
struct UnknownNames {
  std::array<std::array<char, 5>, 256> text{};
  std::array<std::uint8_t, 256> size{};

  constexpr UnknownNames() {
    for (unsigned number = 0; number < 256; ++number) {
      std::uint8_t length = 0;
      auto put = [&](char c) { text[number][length++] = c; };
      put('<');
      if (number >= 100) put(static_cast<char>('0' + number / 100));
      if (number >= 10) put(static_cast<char>('0' + number / 10 % 10));
      put(static_cast<char>('0' + number % 10));
      put('>');
      size[number] = length;
    }
  }
};
constexpr UnknownNames kUnknownNames;

constexpr OpcodeInfo kNoInfo{.number = kNoOpcode};

}  // namespace

std::string_view OpcodeInfo::name() const {
  if (op != Op::Unknown) return tables::op_name(op);
  if (number < 256) return {kUnknownNames.text[number].data(), kUnknownNames.size[number]};
  return "<unknown>";
}

const OpcodeInfo& opcode_info(const Facts& facts, std::uint16_t number) {
  return number < facts.opcodes.size() ? facts.opcodes[number] : kNoInfo;
}

const OpcodeInfo* find_opcode(const Facts& facts, Op op) {
  const std::uint16_t number = facts.opcode_numbers[static_cast<std::size_t>(op)];
  return number == kNoOpcode ? nullptr : &facts.opcodes[number];
}

const OpcodeInfo* find_opcode(const Facts& facts, std::string_view name) {
  return find_opcode(facts, find_op(name));
}

std::optional<std::uint16_t> opcode_number(const Facts& facts, Op op) {
  const std::uint16_t number = facts.opcode_numbers[static_cast<std::size_t>(op)];
  if (number == kNoOpcode) return std::nullopt;
  return number;
}

std::string_view op_name(Op op) { return tables::op_name(op); }

Op find_op(std::string_view name) {
  if (name.empty()) return Op::Unknown;
  for (std::size_t i = 1; i < kOpCount; ++i)
    if (tables::op_name(static_cast<Op>(i)) == name) return static_cast<Op>(i);
  return Op::Unknown;
}

std::int64_t stack_effect(const OpcodeInfo& info, std::uint32_t oparg, JumpTaken jump) {
  return tables::evaluate_effect(jump == JumpTaken::Yes ? info.jump_effect_id : info.effect_id, oparg);
}

bool stack_effect_varies(const OpcodeInfo& info, JumpTaken jump) {
  return tables::effect_varies(jump == JumpTaken::Yes ? info.jump_effect_id : info.effect_id);
}

}  // namespace ouro::version
