#include "compile/docstring.h"

#include <gtest/gtest.h>

namespace ouro::compile {
namespace {

TEST(Docstring, TakesTheCommonMarginAway) {
  EXPECT_EQ(clean_docstring("one\n    two\n      three\n    "), "one\ntwo\n  three\n");
  EXPECT_EQ(clean_docstring("  lead"), "lead");
  EXPECT_EQ(clean_docstring("\n  a\n\n b\n"), "\n a\n\nb\n");
}

TEST(Docstring, ExpandsTabsToColumnsOfEight) {
  EXPECT_EQ(clean_docstring("a\tb\n\tc\n\t d"), "a       b\nc\n d");
  EXPECT_EQ(clean_docstring("\xC3\xA9\tx"), "\xC3\xA9       x");
}

TEST(Docstring, LeavesPlainTextAlone) {
  EXPECT_EQ(clean_docstring(""), "");
  EXPECT_EQ(clean_docstring("plain\ntext"), "plain\ntext");
}

}  // namespace
}  // namespace ouro::compile
