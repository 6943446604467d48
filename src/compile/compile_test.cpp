#include "compile/compile.h"

#include <gtest/gtest.h>

#include <string>

namespace ouro::compile {
namespace {

CompileResult compile_text(std::string_view source, int optimize = 0,
                           syntax::ParseMode mode = syntax::ParseMode::Exec) {
  CompileOptions options;
  options.optimize = optimize;
  options.mode = mode;
  return compile_bytes(source, options);
}

// The code object of the only function of a module: the module's first code constant.
const CodeObject& only_function(const Compiled& compiled) {
  const ConstantPool& pool = compiled.pool;
  for (const ConstId id : pool.items(pool.code(compiled.root).consts)) {
    if (pool.kind(id) == ConstKind::Code) return pool.code(id);
  }
  ADD_FAILURE() << "no function";
  return pool.code(compiled.root);
}

TEST(Compile, FillsTheCodeObject) {
  const CompileResult result = compile_text("def f(a, /, b, *, c=1, **d):\n    'doc'\n    x = a\n    return x\n");
  ASSERT_TRUE(result.code.has_value());
  const ConstantPool& pool = result.code->pool;
  const CodeObject& f = only_function(*result.code);
  EXPECT_EQ(f.argcount, 2);
  EXPECT_EQ(f.posonlyargcount, 1);
  EXPECT_EQ(f.kwonlyargcount, 1);
  EXPECT_EQ(f.firstlineno, 1);
  EXPECT_EQ(pool.text(f.qualname), "f");
  EXPECT_EQ(pool.items(f.localsplusnames).size(), 5U);
  EXPECT_EQ(pool.text(pool.items(f.consts)[0]), "doc");
}

TEST(Compile, AsyncForKeepsAListThatForTurnsIntoATuple) {
  const auto constants = [](std::string_view source) {
    const CompileResult result = compile_text(source);
    const CodeObject& f = only_function(*result.code);
    return result.code->pool.items(f.consts).size();
  };
  EXPECT_EQ(constants("async def f():\n    for x in [1, 2]: pass\n"), 2U);
  EXPECT_EQ(constants("async def f():\n    async for x in [1, 2]: pass\n"), 3U);
}

TEST(Compile, ATargetThatBeginsInParenthesesTakesNoAnnotation) {
  EXPECT_TRUE(compile_text("(a): int\n").code.has_value());
  EXPECT_TRUE(compile_text("(a).b = 1\n").code.has_value());
  EXPECT_TRUE(compile_text("(f()).b: int\n").code.has_value());
  for (const std::string_view source : {"(a).b: int\n", "(a)[0]: int\n", "((a.b))(1)[0]: int = 2\n"}) {
    const CompileResult result = compile_text(source);
    ASSERT_FALSE(result.code.has_value()) << source;
    EXPECT_EQ(result.code.error().message, "illegal target for annotation");
  }
}

TEST(Compile, OptimizeLevelsDropAssertsAndDocstrings) {
  const std::string_view source = "def f(a):\n    'doc'\n    assert a\n";
  const auto size = [&](int optimize) {
    const CompileResult result = compile_text(source, optimize);
    const CodeObject& f = only_function(*result.code);
    return std::pair(result.code->pool.text(f.code).size(), result.code->pool.kind(result.code->pool.items(f.consts)[0]));
  };
  EXPECT_GT(size(0).first, size(1).first);
  EXPECT_EQ(size(1).second, ConstKind::Str);
  EXPECT_EQ(size(2).second, ConstKind::None);
}

TEST(Compile, ReportsErrorsOfTheCodeGeneratorWithPlaces) {
  struct Case {
    std::string_view source, message;
    int line, offset, end_line, end_offset;
  };
  const Case cases[] = {
      {"return\n", "'return' outside function", 1, 1, 1, 7},
      {"x = 1\nbreak\n", "'break' outside loop", 2, 1, 2, 6},
      {"async def f():\n  yield 1\n  return 2\n", "'return' with value in async generator", 3, 3, 3, 11},
      {"def f():\n  await x\n", "'await' outside async function", 2, 3, 2, 10},
      {"a, *b, *c = d\n", "multiple starred expressions in assignment", 1, 1, 1, 10},
      {"x = 1\nfrom __future__ import division\n",
       "from __future__ imports must occur at the beginning of the file", 2, 1, 2, 32},
      {"__debug__ = 1\n", "cannot assign to __debug__", 1, 1, 1, 10},
      {"match x:\n  case _: pass\n  case 1: pass\n", "wildcard makes remaining patterns unreachable", 2, 8, 2, 9},
      {"match x:\n  case (a, a): pass\n", "multiple assignments to name 'a' in pattern", 2, 12, 2, 13},
      {"f(a=1, a=2)\n", "keyword argument repeated: a", 1, 8, 1, 11},
  };
  for (const Case& one : cases) {
    const CompileResult result = compile_text(one.source);
    ASSERT_FALSE(result.code.has_value()) << one.source;
    const syntax::SyntaxError& error = result.code.error();
    EXPECT_EQ(error.message, one.message);
    EXPECT_EQ(error.lineno, one.line) << one.source;
    EXPECT_EQ(error.offset, one.offset) << one.source;
    EXPECT_EQ(error.end_lineno, one.end_line) << one.source;
    EXPECT_EQ(error.end_offset, one.end_offset) << one.source;
  }
}

TEST(Compile, WarnsAsCPythonDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"x is 1\n", "\"is\" with 'int' literal. Did you mean \"==\"?"},
      {"x is not ''\n", "\"is not\" with 'str' literal. Did you mean \"!=\"?"},
      {"assert (a, b)\n", "assertion is always true, perhaps remove parentheses?"},
      {"[1](2)\n", "'list' object is not callable; perhaps you missed a comma?"},
      {"[(1)['x']]\n", "'int' object is not subscriptable; perhaps you missed a comma?"},
      {"['a']['b']\n", "list indices must be integers or slices, not str; perhaps you missed a comma?"},
  };
  for (const auto& [source, message] : cases) {
    const CompileResult result = compile_text(source);
    ASSERT_TRUE(result.code.has_value()) << source;
    ASSERT_EQ(result.warnings.size(), 1U) << source;
    EXPECT_EQ(result.warnings[0].message, message);
    EXPECT_EQ(result.warnings[0].lineno, 1);
  }
}

TEST(Compile, ManyBlocksAreRefusedNotCrashed) {
  std::string source;
  for (int i = 0; i < 22; ++i) source += std::string(static_cast<std::size_t>(i), ' ') + "while x:\n";
  source += std::string(22, ' ') + "pass\n";
  const CompileResult result = compile_text(source);
  ASSERT_FALSE(result.code.has_value());
  EXPECT_EQ(result.code.error().message, "too many statically nested blocks");
}

TEST(Compile, EvalAndSingleModes) {
  EXPECT_TRUE(compile_text("1 + a", 0, syntax::ParseMode::Eval).code.has_value());
  EXPECT_TRUE(compile_text("1 + a\n", 0, syntax::ParseMode::Single).code.has_value());
  EXPECT_FALSE(compile_text("a = 1", 0, syntax::ParseMode::Eval).code.has_value());
}

}  // namespace
}  // namespace ouro::compile
