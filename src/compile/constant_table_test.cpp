#include "compile/constant_table.h"

#include <gtest/gtest.h>

#include <array>

namespace ouro::compile {
namespace {

TEST(ConstantTable, TellsTypesAndSignedZerosApart) {
  ConstantTable table;
  EXPECT_NE(table.add_int(1), table.true_value());
  EXPECT_NE(table.add_int(1), table.add_float(1.0));
  EXPECT_NE(table.add_float(0.0), table.add_float(-0.0));
  EXPECT_NE(table.add_complex(0.0, 0.0), table.add_complex(0.0, -0.0));
  EXPECT_EQ(table.add_int(7), table.add_int(7));
  EXPECT_NE(table.add_str("a b"), table.add_bytes("a b"));
}

TEST(ConstantTable, TuplesCompareDeeplyAndFrozensetsWithoutOrder) {
  ConstantTable table;
  const std::array one{table.add_int(1), table.add_int(2)};
  const std::array two{table.add_int(2), table.add_int(1)};
  EXPECT_EQ(table.add_tuple(one), table.add_tuple(one));
  EXPECT_NE(table.add_tuple(one), table.add_tuple(two));
  EXPECT_EQ(table.add_frozenset(one), table.add_frozenset(two));
  EXPECT_EQ(table.add_tuple({}), table.empty_tuple());
}

TEST(ConstantTable, OnlyIdentifierLikeTextIsTheInternedString) {
  ConstantTable table;
  syntax::Interner interner;
  EXPECT_EQ(table.add_str("name"), table.add_name(interner.intern("name")));
  EXPECT_NE(table.add_str("A.f"), table.add_name(interner.intern("A.f")));
}

TEST(ConstantTable, SurvivesGrowth) {
  ConstantTable table;
  const ConstId first = table.add_int(100000);
  for (int i = 0; i < 5000; ++i) table.add_int(i);
  EXPECT_EQ(first, table.add_int(100000));
}

}  // namespace
}  // namespace ouro::compile
