#include "syntax/ast.h"

#include <gtest/gtest.h>

namespace ouro::syntax {
namespace {

TEST(Interner, EqualTextIsOnePointer) {
  Interner interner;
  const Identifier a = interner.intern("alpha");
  for (int i = 0; i < 5000; ++i) interner.intern("name" + std::to_string(i));
  EXPECT_EQ(interner.intern("alpha"), a);
  EXPECT_NE(interner.intern("beta"), a);
  EXPECT_EQ(interner.at(a.id()), a);
  EXPECT_EQ(a.view(), "alpha");
  EXPECT_FALSE(Identifier());
}

TEST(Ast, SetContextReachesNestedTargets) {
  AstContext context;
  const Position pos{1, 0, 1, 1};
  ExprNode* name = context.make<Name>(pos, ExprContext::Load, context.interner.intern("x"));
  ExprNode* starred = context.make<Starred>(pos, ExprContext::Load, name);
  ExprNode* elements[] = {starred};
  ExprNode* tuple = context.make<Tuple>(pos, ExprContext::Load, ExprList(elements));
  set_context(tuple, ExprContext::Store);
  EXPECT_EQ(as<Name>(name).ctx, ExprContext::Store);
  EXPECT_EQ(as<Tuple>(tuple).ctx, ExprContext::Store);
  EXPECT_EQ(try_as<BinOp>(tuple), nullptr);
}

TEST(Ast, NamesOfKindsAreCPythons) {
  EXPECT_EQ(name_of(StmtKind::Continue), "Continue");
  EXPECT_EQ(name_of(ExprKind::Slice), "Slice");
  EXPECT_EQ(name_of(PatternKind::MatchOr), "MatchOr");
  EXPECT_EQ(name_of(Operator::FloorDiv), "FloorDiv");
  EXPECT_EQ(name_of(CompareOperator::NotIn), "NotIn");
}

TEST(Ast, NodesStaySmall) {
  EXPECT_LE(sizeof(Name), 32U);
  EXPECT_LE(sizeof(BinOp), 40U);
}

}  // namespace
}  // namespace ouro::syntax
