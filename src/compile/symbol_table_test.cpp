#include "compile/symbol_table.h"

#include "compile/test_source.h"

namespace ouro::compile {
namespace {

struct Table {
  explicit Table(std::string_view source) : parsed(source), problems(warnings) {
    future = find_future_features(*parsed.module, problems);
    symbols = build_symbol_table(*parsed.module, future, parsed.context, problems);
  }
  ParsedSource parsed;
  std::vector<syntax::SyntaxWarning> warnings;
  Problems problems;
  FutureFeatures future;
  SymbolTable symbols;

  [[nodiscard]] NameScope scope_of(const Scope& scope, std::string_view name) {
    return scope.scope_of(parsed.context.interner.intern(name));
  }
};

TEST(SymbolTable, FindsCellsAndFreeVariables) {
  Table t("def f(a):\n  b = 1\n  def g():\n    return a, b, c\n");
  const Scope& f = *t.symbols.top().children[0];
  EXPECT_EQ(t.scope_of(f, "a"), NameScope::Cell);
  EXPECT_EQ(t.scope_of(f, "b"), NameScope::Cell);
  const Scope& g = *f.children[0];
  EXPECT_EQ(t.scope_of(g, "a"), NameScope::Free);
  EXPECT_EQ(t.scope_of(g, "c"), NameScope::GlobalImplicit);
  EXPECT_TRUE(g.nested);
}

TEST(SymbolTable, SuperMakesTheClassCell) {
  Table t("class A:\n  def m(self):\n    super().m()\n    self.__x\n");
  const Scope& a = *t.symbols.top().children[0];
  EXPECT_TRUE(a.needs_class_closure);
  EXPECT_EQ(t.scope_of(*a.children[0], "__class__"), NameScope::Free);
}

TEST(SymbolTable, ManglesPrivateNames) {
  Table t("class _A:\n  __x = 1\n  __y__ = 2\n");
  const Scope& a = *t.symbols.top().children[0];
  EXPECT_EQ(t.scope_of(a, "_A__x"), NameScope::Local);
  EXPECT_EQ(t.scope_of(a, "__y__"), NameScope::Local);
}

TEST(SymbolTable, InlinesComprehensionsButNotGenerators) {
  Table t("def f(a):\n  return [x for x in a], (y for y in a)\n");
  const Scope& f = *t.symbols.top().children[0];
  EXPECT_EQ(t.scope_of(f, "x"), NameScope::Local);
  EXPECT_EQ(t.scope_of(f, "y"), NameScope::Unknown);
  EXPECT_EQ(f.children.size(), 1U);
}

TEST(SymbolTable, RefusesAsCPythonDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"def f(a, a): pass\n", "duplicate argument 'a' in function definition"},
      {"nonlocal x\n", "nonlocal declaration not allowed at module level"},
      {"def f():\n  nonlocal x\n", "no binding for nonlocal 'x' found"},
      {"def f(x):\n  global x\n", "name 'x' is parameter and global"},
      {"def f():\n  x = 1\n  global x\n", "name 'x' is assigned to before global declaration"},
      {"def f():\n  print(x)\n  global x\n", "name 'x' is used prior to global declaration"},
      {"[x := 0 for x in y]\n", "assignment expression cannot rebind comprehension iteration variable 'x'"},
      {"class A:\n  [y := 1 for x in z]\n",
       "assignment expression within a comprehension cannot be used in a class body"},
      {"def f():\n  from a import *\n", "import * only allowed at module level"},
      {"def f[T]():\n  nonlocal T\n", "nonlocal binding not allowed for type parameter 'T'"},
      {"[(yield x) for x in y]\n", "'yield' inside list comprehension"},
      {"type X = (y := 1)\n", "named expression cannot be used within a type alias"},
  };
  for (const auto& [source, message] : cases) {
    Table t(source);
    ASSERT_TRUE(t.problems.failed()) << source;
    EXPECT_EQ(t.problems.error()->message, message);
  }
}

TEST(SymbolTable, DeepTreesAreARecursionError) {
  std::string source = "a";
  for (int i = 0; i < 9998; ++i) source += "+a";
  Table t(source + "\n");
  ASSERT_TRUE(t.problems.failed());
  EXPECT_EQ(t.problems.error()->type, syntax::SyntaxErrorType::RecursionError);
}

}  // namespace
}  // namespace ouro::compile
