#include "compile/annotation_text.h"

#include "compile/test_source.h"

namespace ouro::compile {
namespace {

// As python3.13 gives them: `from __future__ import annotations; x: …`, then __annotations__['x'].
TEST(AnnotationText, WritesWhatCPythonWrites) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"List [ int ]", "List[int]"},
      {"a|b", "a | b"},
      {"(a,b)", "(a, b)"},
      {"x[a,]", "x[a,]"},
      {"x[1:2,::3]", "x[1:2, ::3]"},
      {"not a and (b or c)", "not a and (b or c)"},
      {"-2**-x", "-2 ** (-x)"},
      {"lambda x,/,y=1,*,z:(yield)", "lambda x, /, y=1, *, z: (yield)"},
      {"lambda *a: 1", "lambda*a: 1"},
      {"f(*a, b=1, **c)", "f(*a, b=1, **c)"},
      {"f(x for x in y if z)", "f(x for x in y if z)"},
      {"'a\\'b\\n'", "\"a'b\\n\""},
      {"u'x'", "u'x'"},
      {"1e1000", "1e309"},
      {"1 .real", "1 .real"},
      {"{**a, b: c}", "{**a, b: c}"},
      {"f'{x!r:>{w}}{{'", "f'{x!r:>{w}}{{'"},
      {"...", "..."},
      {"a if b else c", "a if b else c"},
  };
  for (const auto& [source, expected] : cases) {
    const ParsedSource parsed(std::string(source) + "\n");
    ASSERT_NE(parsed.module, nullptr);
    EXPECT_EQ(annotation_text(*parsed.last_expression()), expected) << source;
  }
}

}  // namespace
}  // namespace ouro::compile
