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

TEST(Docstring, LoneSurrogatesAreNamed) {
  EXPECT_EQ(find_lone_surrogate("a \xED\x9F\xBF b"), std::nullopt);  // U+D7FF
  EXPECT_EQ(find_lone_surrogate("a\xC3\xA9\xED\xB2\x80"),
            "'utf-8' codec can't encode character '\\udc80' in position 2: surrogates not allowed");
  EXPECT_EQ(find_lone_surrogate("a\xED\xB2\x80\xED\xB2\x81 \xED\xB2\x82"),
            "'utf-8' codec can't encode characters in position 1-2: surrogates not allowed");
}

}  // namespace
}  // namespace ouro::compile
