#include "compile/constant_table.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

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

// Regression: a qualified name that is a string constant too, in either order.
TEST(ConstantTable, QualifiedNamesAreInternedOnlyWhereCPythonDoes) {
  syntax::Interner interner;
  const syntax::Identifier name = interner.intern("A.B");
  ConstantTable class_first;
  const ConstId constant = class_first.add_qualname_constant(name);
  EXPECT_EQ(constant, class_first.add_name(name));
  EXPECT_EQ(constant, class_first.add_str("A.B"));
  ConstantTable text_first;
  const ConstId text = text_first.add_str("A.B");
  EXPECT_EQ(text, text_first.add_qualname_constant(name));
  EXPECT_NE(text, text_first.add_name(name));
  ConstantTable function_first;
  const ConstId interned = function_first.add_name(name);
  EXPECT_NE(interned, function_first.add_qualname_constant(name));
}

// Regression: `1e309 - 1e309` twice is two constants.
TEST(ConstantTable, NotANumberEqualsNothing) {
  ConstantTable table;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(table.add_float(nan), table.add_float(nan));
}

TEST(ConstantTable, SurvivesGrowth) {
  ConstantTable table;
  const ConstId first = table.add_int(100000);
  for (int i = 0; i < 5000; ++i) table.add_int(i);
  EXPECT_EQ(first, table.add_int(100000));
}

}  // namespace
}  // namespace ouro::compile
