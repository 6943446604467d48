#include "syntax/diagnose.h"

#include <gtest/gtest.h>

#include <string>

#include "syntax/error_text.h"
#include "syntax/parser.h"

namespace ouro::syntax {
namespace {

SyntaxError refusal_of(std::string_view source, ParseMode mode = ParseMode::Exec) {
  SourceText text;
  EXPECT_TRUE(text.assign(source));
  auto error = diagnose(text.text(), {.mode = mode, .newline_added = source.empty() || source.back() != '\n'});
  EXPECT_TRUE(error.has_value()) << source;
  return error.value_or(SyntaxError{});
}

std::string described(const SyntaxError& error) {
  return std::string(name_of(error.type)) + " " + std::to_string(error.lineno) + ":" + std::to_string(error.offset) +
         "-" + std::to_string(error.end_lineno) + ":" + std::to_string(error.end_offset) + " " + error.message;
}

std::string refused(std::string_view source, ParseMode mode = ParseMode::Exec) {
  return described(refusal_of(source, mode));
}

TEST(Diagnose, AcceptsGoodSource) {
  for (const std::string_view source :
       {"", "x = 1\n", "match match:\n  case {'a': [*_, b], **c} if c: pass\n", "f'{a!r:>{b}}' 'c'\n",
        "def f[T: int = str, *U, **V](a, /, b=1, *c, d, **e) -> f: return (yield)\n",
        "async def f():\n async with (a as b, c): return [x async for x in y if x]\n"}) {
    SourceText text;
    ASSERT_TRUE(text.assign(source));
    EXPECT_FALSE(diagnose(text.text(), {})) << source;
  }
}

TEST(Diagnose, NamesWhatIsWrong) {
  EXPECT_EQ(refused("f(a b)\n"), "SyntaxError 1:3-1:6 invalid syntax. Perhaps you forgot a comma?");
  EXPECT_EQ(refused("f() = 1\n"),
            "SyntaxError 1:1-1:4 cannot assign to function call here. Maybe you meant '==' instead of '='?");
  EXPECT_EQ(refused("if a:\nb\n"),
            "IndentationError 2:1-2:2 expected an indented block after 'if' statement on line 1");
  EXPECT_EQ(refused("print 'é'\n"),
            "SyntaxError 1:1-1:10 Missing parentheses in call to 'print'. Did you mean print(...)?");
  EXPECT_EQ(refused("f'{a!z}'\n"),
            "SyntaxError 1:6-1:7 f-string: invalid conversion character 'z': expected 's', 'r', or 'a'");
  EXPECT_EQ(refused("def f(a=1, b): pass\n"),
            "SyntaxError 1:12-1:13 parameter without a default follows parameter with a default");
  EXPECT_EQ(refused("def f(x) -> int\n  pass\n"), "SyntaxError 1:16-1:17 expected ':'");
}

TEST(Diagnose, LaterTokenErrorsWin) {
  EXPECT_EQ(refused("a b\n'unterminated\n"), "SyntaxError 2:1-2:1 unterminated string literal (detected at line 2)");
  EXPECT_EQ(refused("(a\nb c\n"), "SyntaxError 1:1-1:0 '(' was never closed");
}

TEST(Diagnose, LiteralsAreChecked) {
  EXPECT_EQ(refused("b'é'\n"), "SyntaxError 1:1-1:5 bytes can only contain ASCII literal characters");
  EXPECT_EQ(refused("'a' b'b'\n"), "SyntaxError 1:9-1:10 cannot mix bytes and nonbytes literals");
  EXPECT_EQ(refused(std::string(4301, '7') + "\n").substr(0, 44), "SyntaxError 1:0-1:0 Exceeds the limit (4300 ");
}

TEST(Diagnose, ModesDiffer) {
  EXPECT_EQ(refused("x = 1", ParseMode::Eval), "SyntaxError 1:3-1:4 invalid syntax");
  EXPECT_EQ(refused("", ParseMode::Eval), "SyntaxError 0:0-0:0 invalid syntax");
  EXPECT_EQ(refused("a\nb\n", ParseMode::Single),
            "SyntaxError 1:2-1:3 multiple statements found while compiling a single statement");
}

TEST(Diagnose, DeepNestingIsCPythonsMemoryError) {
  std::string lambdas;
  for (int i = 0; i < 20'000; ++i) lambdas += "lambda:";
  EXPECT_EQ(refusal_of(lambdas + "1 2\n").type, SyntaxErrorType::MemoryError);
}

TEST(Diagnose, ParseGivesItsAnswer) {
  SourceText text;
  ASSERT_TRUE(text.assign("x = [a b]\n"));
  AstContext context;
  std::vector<SyntaxWarning> warnings;
  const auto module = parse(text, context, {}, warnings);
  ASSERT_FALSE(module.has_value());
  EXPECT_EQ(described(module.error()), "SyntaxError 1:6-1:9 invalid syntax. Perhaps you forgot a comma?");
}

TEST(ErrorText, MarksTheLine) {
  const std::string_view line = "\tdef f(a, 日本 ü): pass";
  const SyntaxError error{SyntaxErrorType::SyntaxError, "invalid syntax", 2, 14, 2, 15};
  EXPECT_EQ(error_text(error, "f.py", line),
            "  File \"f.py\", line 2\n    \tdef f(a, 日本 ü): pass\n    \t            ^\nSyntaxError: invalid syntax\n");
}

TEST(ErrorText, LeavesOutCaretsInTheIndentation) {
  const SyntaxError error{SyntaxErrorType::IndentationError, "unexpected indent", 1, 2, 1, -1};
  EXPECT_EQ(error_text(error, "f.py", "  x"), "  File \"f.py\", line 1\n    x\nIndentationError: unexpected indent\n");
}

}  // namespace
}  // namespace ouro::syntax
