#include "verify/verify.h"

#include <gtest/gtest.h>

#include "compile/compile.h"

namespace ouro::verify {
namespace {

const Facts& facts_of(std::uint8_t minor) { return *version::find_facts({3, minor}); }

Verification check(std::string_view original, std::string_view source) {
  const compile::CompileResult made = compile::compile_bytes(original, {.target = &facts_of(13)});
  EXPECT_TRUE(made.code.has_value());
  return verify(facts_of(13), made.code->pool, made.code->root, source);
}

TEST(Verify, SameSourceIsPerfect) {
  const Verification v = check("class A:\n  def f(self):\n    return lambda: 1\n", "class A:\n  def f(self):\n    return lambda: 1\n");
  EXPECT_TRUE(v.is_perfect());
  ASSERT_EQ(v.codes.size(), 4U);
  EXPECT_EQ(v.codes[2].qualname, "A.f");
}

TEST(Verify, NamesWhatDiffers) {
  const Verification v = check("def f():\n  return 1\ndef g():\n  return 2\n", "def f():\n  return 1\ndef g():\n  return 3\n");
  EXPECT_FALSE(v.is_perfect());
  ASSERT_EQ(v.codes.size(), 3U);
  EXPECT_EQ(v.codes[1].verdict, Verdict::Perfect);
  EXPECT_EQ(v.codes[2].verdict, Verdict::Different);
  EXPECT_FALSE(v.codes[2].difference.empty());
}

TEST(Verify, FindsMovedAndMissingCode) {
  const Verification v = check("def f(): pass\ndef g(): pass\ndef h(): pass\n", "def g(): pass\ndef f(): pass\n");
  ASSERT_EQ(v.codes.size(), 4U);
  EXPECT_EQ(v.codes[1].verdict, Verdict::Perfect);
  EXPECT_EQ(v.codes[2].verdict, Verdict::Perfect);
  EXPECT_EQ(v.codes[3].verdict, Verdict::Missing);
}

TEST(Verify, TellsNopsFromOtherDifferences) {
  const Verification v = check("def f(x):\n  try:\n    return x\n  finally:\n    x()\n", "def f(x):\n  try: return x\n  finally:\n    x()\n");
  EXPECT_EQ(v.count(Verdict::OnlyNops) + v.count(Verdict::Perfect), 2U);
  EXPECT_EQ(v.count(Verdict::OnlyNops), 1U);
}

TEST(Verify, SourceThatDoesNotCompileLeavesEverythingMissing) {
  const Verification v = check("def f(): pass\n", "def f(:\n");
  EXPECT_EQ(v.outcome, Outcome::NotCompiling);
  EXPECT_FALSE(v.is_perfect());
  EXPECT_EQ(v.count(Verdict::Missing), 2U);
  EXPECT_FALSE(v.reason.empty());
}

TEST(Verify, AnotherVersionIsNotVerified) {
  const compile::CompileResult made = compile::compile_bytes("x = 1\n", {.target = &facts_of(13)});
  const Verification v = verify(facts_of(12), made.code->pool, made.code->root, "x = 1\n");
  EXPECT_EQ(v.outcome, Outcome::NotVerified);
  EXPECT_FALSE(v.is_perfect());
}

}  // namespace
}  // namespace ouro::verify
