#include "bytecode/encode.h"

#include <algorithm>

namespace ouro::bytecode {
namespace {

struct Shape {
  unsigned prefixes;
  bool has_operand;
  unsigned caches;
};

Shape shape_of(const Facts& facts, std::uint8_t number, std::uint32_t oparg, unsigned min_prefixes) {
  const OpcodeInfo& info = facts.opcodes[number];
  const bool has_operand = info.has_arg();
  if (!has_operand && oparg == 0) return {min_prefixes, false, info.caches};
  unsigned prefixes = 0;
  if (facts.has_wordcode) {
    prefixes = oparg > 0xFFFFFF ? 3 : oparg > 0xFFFF ? 2 : oparg > 0xFF ? 1 : 0;
  } else {
    prefixes = oparg > 0xFFFF ? 1 : 0;
  }
  return {std::max(prefixes, min_prefixes), has_operand, info.caches};
}

}  // namespace

std::size_t append_instruction(const Facts& facts, std::uint8_t number, std::uint32_t oparg,
                               std::vector<std::uint8_t>& out, unsigned min_prefixes) {
  const std::size_t before = out.size();
  const Shape shape = shape_of(facts, number, oparg, min_prefixes);
  const unsigned bits = facts.has_wordcode ? 8 : 16;
  const auto put = [&](std::uint8_t opcode, std::uint32_t value, bool has_operand) {
    out.push_back(opcode);
    if (facts.has_wordcode) {
      out.push_back(static_cast<std::uint8_t>(value));
    } else if (has_operand) {
      out.push_back(static_cast<std::uint8_t>(value));
      out.push_back(static_cast<std::uint8_t>(value >> 8U));
    }
  };
  for (unsigned i = shape.prefixes; i > 0; --i) {
    const unsigned shift = i * bits;
    put(static_cast<std::uint8_t>(facts.extended_arg), shift < 32 ? oparg >> shift : 0, true);
  }
  put(number, oparg, shape.has_operand);
  out.insert(out.end(), std::size_t{2} * shape.caches, 0);
  return out.size() - before;
}

std::size_t encoded_size(const Facts& facts, std::uint8_t number, std::uint32_t oparg, unsigned min_prefixes) {
  const Shape shape = shape_of(facts, number, oparg, min_prefixes);
  if (facts.has_wordcode) return std::size_t{2} * (shape.prefixes + 1 + shape.caches);
  return std::size_t{3} * shape.prefixes + (shape.has_operand ? 3 : 1);
}

}  // namespace ouro::bytecode
