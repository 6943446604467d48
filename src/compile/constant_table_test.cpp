#include "compile/constant_table.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

#include "compile/compile.h"

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

struct SetCase {
  const char* source;
  bool shared;
};

/// Whether f and g of `source` hold the same frozenset.
bool shares_set(std::string_view source) {
  const CompileResult result = compile_bytes(source, {});
  EXPECT_TRUE(result.code.has_value()) << source;
  const ConstantPool& pool = result.code->pool;
  std::vector<ConstId> sets;
  for (const ConstId id : pool.items(pool.code(result.code->root).consts)) {
    if (pool.kind(id) != ConstKind::Code) continue;
    for (const ConstId item : pool.items(pool.code(id).consts)) {
      if (pool.kind(item) == ConstKind::FrozenSet) sets.push_back(item);
    }
  }
  EXPECT_EQ(sets.size(), 2U) << source;
  return sets.size() == 2 && sets[0] == sets[1];
}

// The answers are those of CPython 3.13.0; tests/differential/set_sharing.py asks it about many
// more.
TEST(ConstantTable, FrozensetsAreSharedUnlessAnItemWasInternedBefore) {
  const SetCase cases[] = {
      {"def f(t): return t in {'zqxone', 'zqxtwo'}\ndef g(t): return t in {'zqxone', 'zqxtwo'}, "
       "987\n",
       true},
      {"def f(t): return t in {1000, 2000}\ndef g(t): return t in {1000, 2000}, 987\n", true},
      {"def f(t): return t in {'a-b', 'c d'}\ndef g(t): return t in {'a-b', 'c d'}, 987\n", true},
      {"def f(t): return t in {'x', 'y'}\nx = y = 1\ndef g(t): return t in {'x', 'y'}, 987\n",
       true},
      // interned when CPython starts
      {"def f(t): return t in {'replace', 'delete'}\ndef g(t): return t in {'replace', 'delete'}, "
       "987\n",
       false},
      // an identifier, even where it comes last
      {"def f(t): return t in {'zqxone', 2}\ndef g(t): return t in {'zqxone', 2}, 987\nzqxone = "
       "1\n",
       false},
      {"def f(t): return t in {'case', 2}\ndef g(t): return t in {'case', 2}, 987\n", true},
      {"def f(t): return t in {'case', 2}\ndef g(t): return t in {'case', 2}, 987\nmatch x:\n case "
       "1: pass\n",
       false},
      // only in a tuple within the set: that is changed in place
      {"def f(t): return t in {('zqxone', 1), 2}\ndef g(t): return t in {('zqxone', 1), 2}, "
       "987\nzqxone = 1\n",
       true},
      // the name is a constant first, so that is the interned string
      {"h(zqxone=1)\ndef f(t): return t in {'zqxone', 2}\ndef g(t): return t in {'zqxone', 2}, "
       "987\n",
       true},
      // a whole equal co_consts is one object
      {"def f(t): return t in {'replace', 2}\ndef g(t): return t in {'replace', 2}\n", true},
      // a private name, of a unit that is finished before the constant is and of one after
      {"class C: __p = 1\ndef f(t): return t in {'_C__p', 2}\ndef g(t): return t in {'_C__p', 2}, "
       "987\n",
       false},
      {"def f(t): return t in {'_C__p', 2}\nclass C: __p = 1\ndef g(t): return t in {'_C__p', 2}, "
       "987\n",
       true},
  };
  for (const SetCase& one : cases) EXPECT_EQ(shares_set(one.source), one.shared) << one.source;
}

// CPython interns the texts of a constant tuple in place when an equal tuple of names is the same
// object.
TEST(ConstantTable, NamesGiveAnEqualConstantTupleTheirStrings) {
  syntax::Interner interner;
  ConstantTable table;
  const ConstId text = table.add_str("A.B");
  const ConstId tuple = table.add_tuple(std::array{text});
  const ConstId name = table.add_name(interner.intern("A.B"));
  EXPECT_EQ(table.add_names(std::array{name}), tuple);
  EXPECT_EQ(table.pool().items(tuple)[0], name);
  EXPECT_EQ(table.add_tuple(std::array{text}), tuple);
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
