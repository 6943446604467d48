#include <gtest/gtest.h>

#include <set>

#include "version/facts.h"
#include "version/interned_texts.h"
#include "version/magic.h"

namespace ouro::version {
namespace {

TEST(Opcodes, NumbersBelongToTheirVersion) {
  const Facts& v27 = *find_facts({2, 7});
  const Facts& v312 = *find_facts({3, 12});
  const Facts& v313 = *find_facts({3, 13});
  EXPECT_EQ(opcode_number(v27, Op::LOAD_FAST), 124);
  EXPECT_EQ(opcode_number(v312, Op::LOAD_FAST), 124);
  EXPECT_EQ(opcode_number(v313, Op::LOAD_FAST), 85);
  EXPECT_EQ(opcode_number(v313, Op::PRINT_ITEM), std::nullopt);
  EXPECT_EQ(opcode_info(v313, 85).name(), "LOAD_FAST");
  EXPECT_EQ(find_opcode(v27, "SLICE+1")->op, Op::SLICE_1);
}

TEST(InternedTexts, HoldNamesOfBuiltInsAndOfStartUpModules) {
  EXPECT_TRUE(is_interned_at_start({3, 13}, "replace"));
  EXPECT_TRUE(is_interned_at_start({3, 13}, "_WeakValueDictionary.__init__.<locals>.KeyedRef"));
  EXPECT_FALSE(is_interned_at_start({3, 13}, "replac"));
  EXPECT_FALSE(is_interned_at_start({3, 13}, ""));
  EXPECT_FALSE(is_interned_at_start({3, 13}, "\xff"));
  EXPECT_FALSE(is_interned_at_start({2, 7}, "replace"));
}

TEST(Opcodes, UnknownNumbersStayRepresentable) {
  const OpcodeInfo& info = opcode_info(*find_facts({2, 7}), 200);
  EXPECT_EQ(info.op, Op::Unknown);
  EXPECT_EQ(info.name(), "<200>");
  EXPECT_EQ(info.number, 200);
  EXPECT_TRUE(info.has_arg());
  EXPECT_FALSE(opcode_info(*find_facts({2, 7}), 7).has_arg());
  EXPECT_EQ(opcode_info(*find_facts({2, 7}), 60000).op, Op::Unknown);
}

TEST(Opcodes, EveryRowFindsItself) {
  for (const Facts* facts : all_facts()) {
    ASSERT_GE(facts->opcodes.size(), 256U);
    ASSERT_EQ(facts->opcode_numbers.size(), kOpCount);
    for (std::size_t i = 0; i < facts->opcodes.size(); ++i) {
      const OpcodeInfo& info = facts->opcodes[i];
      ASSERT_EQ(info.number, i);
      if (!info.is_known()) continue;
      EXPECT_EQ(opcode_number(*facts, info.op), i);
      EXPECT_EQ(find_opcode(*facts, info.name()), &info);
      EXPECT_EQ(op_name(info.op), info.name());
    }
  }
}

TEST(Opcodes, SpecialisedOnesKnowTheirBase) {
  const Facts& facts = *find_facts({3, 13});
  const OpcodeInfo* info = find_opcode(facts, "LOAD_ATTR_SLOT");
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->base, Op::LOAD_ATTR);
  EXPECT_EQ(info->kind, OpcodeKind::Specialized);
  EXPECT_EQ(info->caches, 9);
}

TEST(StackEffect, FollowsOperandAndJump) {
  const Facts& v310 = *find_facts({3, 10});
  const Facts& v313 = *find_facts({3, 13});
  EXPECT_EQ(stack_effect(*find_opcode(v310, Op::FOR_ITER), 5), 1);
  EXPECT_EQ(stack_effect(*find_opcode(v310, Op::FOR_ITER), 5, JumpTaken::Yes), -1);
  EXPECT_EQ(stack_effect(*find_opcode(v313, Op::CALL), 3), -4);
  EXPECT_EQ(stack_effect(*find_opcode(v313, Op::LOAD_GLOBAL), 1), 2);
  EXPECT_EQ(stack_effect(*find_opcode(v313, Op::UNPACK_EX), 0x0203), 5);
  EXPECT_EQ(stack_effect(*find_opcode(v310, Op::MAKE_FUNCTION), 0x0A), -3);
}

TEST(Magic, NamesTheWriter) {
  ASSERT_NE(find_magic(3571), nullptr);
  EXPECT_EQ(find_magic(3571)->version, (PythonVersion{3, 13}));
  EXPECT_EQ(find_magic(1), nullptr);
  std::set<int> numbers;
  for (const MagicInfo& info : all_magic_numbers()) {
    EXPECT_TRUE(numbers.insert(info.number).second);
    EXPECT_EQ(find_magic(info.number), &info);
  }
}

}  // namespace
}  // namespace ouro::version
