#include "syntax/parser.h"

#include <gtest/gtest.h>

#include "syntax/dump.h"

namespace ouro::syntax {
namespace {

// ast.dump with positions, or "Type: message @line:column".
std::string tree_of(std::string_view text, bool attributes = false) {
  SourceText source;
  if (!source.decode(text)) return source.error().message;
  AstContext context;
  std::vector<SyntaxWarning> warnings;
  const auto module = parse(source, context, {}, warnings);
  if (!module) {
    return module.error().message + " @" + std::to_string(module.error().lineno) + ":" +
           std::to_string(module.error().offset);
  }
  return dump(**module, {.include_attributes = attributes});
}

TEST(Parser, PlacesFStringPartsAsCPythonDoes) {
  EXPECT_EQ(tree_of("f'a{x!r:>{w}}'\n"),
            "Module(body=[Expr(value=JoinedStr(values=[Constant(value='a'), FormattedValue(value=Name(id='x', "
            "ctx=Load()), conversion=114, format_spec=JoinedStr(values=[Constant(value='>'), "
            "FormattedValue(value=Name(id='w', ctx=Load()), conversion=-1)]))]))])");
  EXPECT_EQ(tree_of("f'{x = # c\n}'\n"),
            "Module(body=[Expr(value=JoinedStr(values=[Constant(value='x = \\n'), FormattedValue(value=Name(id='x', "
            "ctx=Load()), conversion=114)]))])");
}

TEST(Parser, SoftKeywordsAreNamesElsewhere) {
  EXPECT_EQ(tree_of("match(x)\n"), "Module(body=[Expr(value=Call(func=Name(id='match', ctx=Load()), "
                                   "args=[Name(id='x', ctx=Load())]))])");
  EXPECT_EQ(tree_of("type = _ = case\n"),
            "Module(body=[Assign(targets=[Name(id='type', ctx=Store()), Name(id='_', ctx=Store())], "
            "value=Name(id='case', ctx=Load()))])");
}

TEST(Parser, DeepNestingIsRefusedNotCrashed) {
  const std::string deep = "Parser stack overflowed - Python source too complex to parse @0:0";
  EXPECT_EQ(tree_of(std::string(100000, '-') + "1\n"), deep);
  std::string lambdas;
  for (int i = 0; i < 100000; ++i) lambdas += "lambda:";
  EXPECT_EQ(tree_of(lambdas + "1\n"), deep);
  std::string powers = "1";
  for (int i = 0; i < 100000; ++i) powers += "**1";
  EXPECT_EQ(tree_of(powers + "\n"), deep);
  std::string branches = "if 1: pass\n";
  for (int i = 0; i < 100000; ++i) branches += "elif 1: pass\n";
  EXPECT_EQ(tree_of(branches), deep);
  EXPECT_EQ(tree_of(std::string(201, '(') + std::string(201, ')') + "\n"), "too many nested parentheses @1:201");
  EXPECT_NE(tree_of(std::string(150, '(') + "1" + std::string(150, ')') + "\n"), deep);
}

TEST(Parser, RefusesWithThePlainMessageAtTheFurthestToken) {
  EXPECT_EQ(tree_of("x = = 1\n"), "invalid syntax @1:5");
  EXPECT_EQ(tree_of("'a' b'c'\n"), "cannot mix bytes and nonbytes literals @1:9");
  EXPECT_EQ(tree_of("x = '\\x'\n"),
            "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated \\xXX escape @1:5");
}

TEST(Parser, WarnsOfInvalidEscapesOnce) {
  SourceText source;
  ASSERT_TRUE(source.decode("with ('\\d' + x) as y: pass\n"));
  AstContext context;
  std::vector<SyntaxWarning> warnings;
  ASSERT_TRUE(parse(source, context, {}, warnings).has_value());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].message, "invalid escape sequence '\\d'");
}

}  // namespace
}  // namespace ouro::syntax
