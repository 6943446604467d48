// Sources that are large or deep: a result, or CPython's own refusal, on the main thread and on others.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>

#include "compile/compile.h"

namespace ouro::compile {
namespace {

using syntax::SyntaxErrorType;

std::string repeat(std::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

/// `before`, then "PREFIX0 SUFFIX, PREFIX1 SUFFIX, ...", then `after`.
std::string numbered(std::string_view before, std::string_view prefix, std::string_view suffix, int count,
                     std::string_view after) {
  std::string text(before);
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text += prefix;
    text += std::to_string(i);
    text += suffix;
  }
  return text.append(after).append("\n");
}

/// One line after another, each a space deeper.
std::string nested(std::string_view line, int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += repeat(" ", i) + std::string(line) + "\n";
  return text + repeat(" ", depth) + "pass\n";
}

/// Compiles on a thread of its own, whose stack is smaller than the main thread's may be.
CompileResult compile_elsewhere(std::string_view source) {
  CompileResult result{tl::unexpected(syntax::SyntaxError{}), {}};
  std::thread([&] { result = compile_bytes(source, {}); }).join();
  return result;
}

void expect_accepted(std::string_view source) {
  const CompileResult result = compile_elsewhere(source);
  EXPECT_TRUE(result.code.has_value()) << source.substr(0, 60) << ": " << result.code.error().message;
}

void expect_refused(std::string_view source, SyntaxErrorType type, std::string_view message) {
  const CompileResult result = compile_elsewhere(source);
  ASSERT_FALSE(result.code.has_value()) << source.substr(0, 60);
  EXPECT_EQ(result.code.error().type, type) << source.substr(0, 60);
  EXPECT_EQ(std::string_view(result.code.error().message).substr(0, message.size()), message);
}

constexpr int kMany = 5000;

TEST(CompileLimits, TakesLargeDisplaysAndCalls) {
  expect_accepted(numbered("x = [", "a", "", kMany, "]"));
  expect_accepted(numbered("x = (", "", "", kMany, ")"));
  expect_accepted(numbered("x = {", "a", "", kMany, "}"));
  expect_accepted(numbered("y in {", "", "", kMany, "}"));
  expect_accepted(numbered("x = {", "", ": a", kMany, "}"));
  expect_accepted(numbered("f(", "a", "", kMany, ")"));
  expect_accepted(numbered("f(", "a", "=1", kMany, ")"));
  expect_accepted(numbered("def f(", "a", "", kMany, "): pass"));
  expect_accepted(numbered("def f(*, ", "a", "=1", kMany, "): pass"));
  expect_accepted("x = (" + repeat("'s' ", kMany) + ")\n");
}

TEST(CompileLimits, TakesManyNamesAndCells) {
  expect_accepted(numbered("def f():\n global ", "a", "", kMany, ""));
  std::string source = "def f():\n";
  for (int i = 0; i < kMany; ++i) source += " v" + std::to_string(i) + " = 1\n";
  expect_accepted(numbered(source + " def g(): return ", "v", "", kMany, ""));
}

TEST(CompileLimits, TakesLongChainsThatCPythonTakes) {
  expect_accepted("x = a" + repeat(" and a", 10 * kMany) + "\n");
  expect_accepted("x = a" + repeat(" < a", kMany) + "\n");
  expect_accepted("x = 1" + repeat(" + 1", 1000) + "\n");
  expect_accepted(nested("def f():", 99));
  expect_accepted(repeat("x = 0\n", 10 * kMany));
}

TEST(CompileLimits, RefusesWhatCPythonRefuses) {
  constexpr std::string_view kRecursion = "maximum recursion depth exceeded during compilation";
  constexpr std::string_view kParser = "Parser stack overflowed - Python source too complex to parse";
  expect_refused("x = a" + repeat(" + a", 10 * kMany) + "\n", SyntaxErrorType::RecursionError, kRecursion);
  expect_refused(repeat("lambda: ", 20000) + "x\n", SyntaxErrorType::MemoryError, kParser);
  expect_refused(repeat("-", 20000) + "x\n", SyntaxErrorType::MemoryError, kParser);
  expect_refused(repeat("(", 201) + "x" + repeat(")", 201) + "\n", SyntaxErrorType::SyntaxError,
                 "too many nested parentheses");
  expect_refused(nested("if a:", 100), SyntaxErrorType::IndentationError, "too many levels of indentation");
}

TEST(CompileLimits, CountsTheDigitsOfDecimalNumbersOnly) {
  expect_accepted("x = " + repeat("9", 4300) + "\n");
  expect_accepted("x = 0x" + repeat("f", 20000) + "\n");
  expect_refused("x = " + repeat("9", 4301) + "\n", SyntaxErrorType::SyntaxError,
                 "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits");
}

}  // namespace
}  // namespace ouro::compile
