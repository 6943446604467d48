#include "compile/fold.h"

#include "compile/annotation_text.h"
#include "compile/test_source.h"

namespace ouro::compile {
namespace {

// The source's last expression after folding, as text.
std::string folded(std::string_view source, int optimize = 0) {
  ParsedSource parsed("pass\n(" + std::string(source) + ")\n");
  if (parsed.module == nullptr) return "?";
  std::vector<syntax::SyntaxWarning> warnings;
  Problems problems(warnings);
  fold_module(*parsed.module, parsed.context, {optimize, false}, problems);
  EXPECT_FALSE(problems.failed());
  return annotation_text(*parsed.last_expression());
}

TEST(Fold, ComputesIntegersAsPythonDoes) {
  EXPECT_EQ(folded("-7 // 2"), "-4");
  EXPECT_EQ(folded("-7 % 3"), "2");
  EXPECT_EQ(folded("2 ** 64"), "18446744073709551616");
  EXPECT_EQ(folded("2 ** -1"), "0.5");
  EXPECT_EQ(folded("~True"), "-2");
  EXPECT_EQ(folded("True & False"), "False");
  EXPECT_EQ(folded("1 / 3"), "0.3333333333333333");
  EXPECT_EQ(folded("-1 >> 100"), "-1");
}

TEST(Fold, LeavesWhatRaisesAndWhatGrows) {
  for (const std::string_view source : {"1 // 0", "1 << -1", "2 ** 200", "1 << 500", "'a' * 5000", "(1,) * 300",
                                        "'%d' % 1", "'a' + 1", "1 @ 2", "'abc'[3]", "0 ** -1"}) {
    EXPECT_EQ(folded(source), source);
  }
}

TEST(Fold, ComputesFloatsAndComplexNumbers) {
  EXPECT_EQ(folded("-0.0 // 1"), "-0.0");
  EXPECT_EQ(folded("5.5 % -2"), "-0.5");
  EXPECT_EQ(folded("1j * 1j"), "(-1+0j)");
  EXPECT_EQ(folded("1 - 2j"), "(1-2j)");
  EXPECT_EQ(folded("1.0 / 0"), "1.0 / 0");
}

TEST(Fold, BuildsSequences) {
  EXPECT_EQ(folded("'ab' * 3"), "'ababab'");
  EXPECT_EQ(folded("(1, (2, 3))[1][0]"), "2");
  EXPECT_EQ(folded("b'abc'[-1]"), "99");
  EXPECT_EQ(folded("'h\xC3\xA9llo'[1]"), "'\xC3\xA9'");
  EXPECT_EQ(folded("x in [1, 2]"), "x in (1, 2)");
  EXPECT_EQ(folded("not x is y"), "x is not y");
  EXPECT_EQ(folded("not x == y"), "not x == y");
}

TEST(Fold, TurnsFormattingIntoFStrings) {
  EXPECT_EQ(folded("'%s-%5r%%' % (a, b)"), "f'{a!s}-{b!r:>5}%'");
  EXPECT_EQ(folded("'%-10.3a' % (a,)"), "f'{a!a:10.3}'");
  EXPECT_EQ(folded("'%d' % (a,)"), "'%d' % (a,)");
  EXPECT_EQ(folded("'%s' % (a, b)"), "'%s' % (a, b)");
}

TEST(Fold, KnowsDebug) {
  EXPECT_EQ(folded("__debug__"), "True");
  EXPECT_EQ(folded("__debug__", 1), "False");
}

TEST(Fold, EqualConstantsFollowPython) {
  using syntax::ConstantKind;
  using syntax::ConstantValue;
  EXPECT_TRUE(equal_constants(ConstantValue::of_int(1), ConstantValue::of_bool(true)));
  EXPECT_TRUE(equal_constants(ConstantValue::of_int(1), ConstantValue::of_float(1.0)));
  EXPECT_FALSE(equal_constants(ConstantValue::of_int((1LL << 53) + 1), ConstantValue::of_float(9007199254740992.0)));
  EXPECT_FALSE(equal_constants(ConstantValue::of_text(ConstantKind::Str, "a"),
                               ConstantValue::of_text(ConstantKind::Bytes, "a")));
}

}  // namespace
}  // namespace ouro::compile
