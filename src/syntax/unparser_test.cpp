#include "syntax/unparser.h"

#include <gtest/gtest.h>

#include "syntax/dump.h"
#include "syntax/parser.h"

namespace ouro::syntax {
namespace {

// The source written back; checks that it reads as the same tree. Expectations are CPython 3.13's ast.unparse.
std::string round_trip(std::string_view text) {
  SourceText source;
  EXPECT_TRUE(source.decode(text));
  AstContext context;
  std::vector<SyntaxWarning> warnings;
  const auto module = parse(source, context, {}, warnings);
  if (!module) return module.error().message;
  const std::optional<std::string> written = unparse(**module);
  if (!written) return "too deep";
  SourceText again;
  EXPECT_TRUE(again.assign(*written));
  AstContext second;
  const auto reread = parse(again, second, {}, warnings);
  EXPECT_TRUE(reread.has_value()) << *written;
  if (reread.has_value()) {
    EXPECT_EQ(dump(**module, {}), dump(**reread, {}));
  }
  return *written;
}

TEST(Unparser, KeepsOnlyNeededParentheses) {
  EXPECT_EQ(round_trip("x = ((a + b) * c) ** -d if (not e) else (lambda: (yield))\n"),
            "x = ((a + b) * c) ** (-d) if not e else lambda: (yield)");
  EXPECT_EQ(round_trip("a[1, 2:3], (b, c) = 3 .real, (yield)\n"), "a[1, 2:3], (b, c) = (3 .real, (yield))");
}

TEST(Unparser, WritesBlocks) {
  EXPECT_EQ(round_trip("@d\nasync def f(a, /, b=1, *, c): '''doc'''\nif x: pass\nelif y: pass\nelse: z\n"),
            "@d\nasync def f(a, /, b=1, *, c):\n    \"\"\"doc\"\"\"\nif x:\n    pass\nelif y:\n    pass\nelse:\n    z");
}

TEST(Unparser, PicksQuotes) {
  EXPECT_EQ(round_trip("f'{a[\"b\"]!r:>{w}}it'\n"), "f'{a['b']!r:>{w}}it'");
  EXPECT_EQ(round_trip("x = 1e400, -1e400j, 'a\\n'\n"), "x = (1e309, -1e309j, 'a\\n')");
}

TEST(Unparser, GivesUpOnDeepTrees) {
  std::string sum = "x = 1";
  for (int i = 0; i < 20000; ++i) sum += "+1";
  EXPECT_EQ(round_trip(sum + "\n"), "too deep");
}

}  // namespace
}  // namespace ouro::syntax
