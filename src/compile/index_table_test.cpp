#include "compile/index_table.h"

#include <gtest/gtest.h>

namespace ouro::compile {
namespace {

struct SameHash {
  std::uint32_t operator()(int key) const { return static_cast<std::uint32_t>(key) * 16; }
};

// Regression: the first hash table had 48 slots, which the mask of a power of two does not reach; add() hung.
TEST(IndexTable, KeepsOrderThroughGrowthAndReuse) {
  IndexTable<int, SameHash> table;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(table.add(i * 7), i);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(table.add(i * 7), i);
    EXPECT_EQ(table.find(7), 1);
    EXPECT_EQ(table.find(8), -1);
    EXPECT_EQ(table[999], 999 * 7);
    table.clear();
    EXPECT_TRUE(table.empty());
    EXPECT_EQ(table.find(7), -1);
  }
}

}  // namespace
}  // namespace ouro::compile
