#include "bytecode/quicken.h"

#include <gtest/gtest.h>

#include "bytecode/instruction.h"

namespace ouro::bytecode {
namespace {

const Facts& facts_of(int major, int minor) {
  return *version::find_facts(version::PythonVersion{static_cast<std::uint8_t>(major), static_cast<std::uint8_t>(minor)});
}

std::string unit(const Facts& facts, Op op, char oparg = 0) {
  return {static_cast<char>(facts.opcode_numbers[static_cast<std::size_t>(op)]), oparg};
}

std::string name_at(const Facts& facts, const std::string& code, std::size_t offset) {
  return std::string(facts.opcodes[static_cast<std::uint8_t>(code[offset])].name());
}

TEST(Quicken, PairsInstructionsIn312) {
  const Facts& facts = facts_of(3, 12);
  const std::string code = unit(facts, Op::STORE_FAST) + unit(facts, Op::LOAD_FAST) + unit(facts, Op::LOAD_FAST) +
                           unit(facts, Op::RETURN_VALUE);
  const std::string result = quickened_code(facts, code);
  EXPECT_EQ(name_at(facts, result, 0), "STORE_FAST__LOAD_FAST");
  EXPECT_EQ(name_at(facts, result, 2), "LOAD_FAST__LOAD_FAST");
  EXPECT_EQ(result.substr(4), code.substr(4));
}

TEST(Quicken, WritesCountersIn313) {
  const Facts& facts = facts_of(3, 13);
  const std::string cache(2, '\0');
  const std::string code = unit(facts, Op::BINARY_OP) + cache + unit(facts, Op::POP_JUMP_IF_TRUE) + cache +
                           unit(facts, Op::JUMP_BACKWARD) + cache;
  const std::string result = quickened_code(facts, code);
  EXPECT_EQ(result.substr(2, 2), std::string("\x11\0", 2));
  EXPECT_EQ(result.substr(6, 2), "UU");
  EXPECT_EQ(result.substr(10, 2), "\x04\x01");
}

TEST(Quicken, LeavesTruncatedCachesAlone) {
  const Facts& facts = facts_of(3, 13);
  for (const std::string& code : {unit(facts, Op::BINARY_OP), unit(facts, Op::BINARY_OP) + "x"}) {
    EXPECT_EQ(quickened_code(facts, code), code);
  }
}

TEST(Quicken, ChangesNothingIn311) {
  const Facts& facts = facts_of(3, 11);
  const std::string code = unit(facts, Op::LOAD_FAST) + unit(facts, Op::LOAD_FAST) + unit(facts, Op::BINARY_OP) + "xy";
  EXPECT_EQ(quickened_code(facts, code), code);
}

}  // namespace
}  // namespace ouro::bytecode
