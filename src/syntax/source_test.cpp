#include "syntax/source.h"

#include <gtest/gtest.h>

namespace ouro::syntax {
namespace {

TEST(SourceText, NormalisesNewlinesAndEnds) {
  SourceText source;
  ASSERT_TRUE(source.decode("x\r\ny\rz"));
  EXPECT_EQ(source.text(), "x\ny\nz\n");
  SourceText empty;
  ASSERT_TRUE(empty.decode(""));
  EXPECT_EQ(empty.text(), "");
}

TEST(SourceText, ReadsCookies) {
  SourceText source;
  ASSERT_TRUE(source.decode("#!/x\n# -*- coding: iso-8859-15 -*-\nx='\xA4'\n"));
  EXPECT_EQ(source.text(), "#!/x\n# -*- coding: iso-8859-15 -*-\nx='\xE2\x82\xAC'\n");
  SourceText late;
  ASSERT_TRUE(late.decode("x=1\n# coding: nothing\n"));
  EXPECT_EQ(late.encoding(), "utf-8");
  SourceText koi8;
  ASSERT_TRUE(koi8.decode("# coding=KOI8_R\n\xC1\n"));
  EXPECT_EQ(koi8.text(), "# coding=KOI8_R\n\xD0\xB0\n");
}

TEST(SourceText, RefusesAsCPythonDoes) {
  const auto message = [](std::string_view bytes) {
    SourceText source;
    EXPECT_FALSE(source.decode(bytes));
    return source.error().message;
  };
  EXPECT_EQ(message("# coding: foo\n"), "unknown encoding: foo");
  EXPECT_EQ(message("\xEF\xBB\xBF# coding: latin-1\n"), "encoding problem: iso-8859-1 with BOM");
  EXPECT_EQ(message(std::string_view("x\0", 2)), "source code string cannot contain null bytes");
  EXPECT_EQ(message("# coding: cp1252\nx='\x81'\n"),
            "'charmap' codec can't decode byte 0x81 in position 20: character maps to <undefined>");
  EXPECT_EQ(message("\n# coding: ascii\nx='\xe9'\n"),
            "'ascii' codec can't decode byte 0xe9 in position 20: ordinal not in range(128)");
}

}  // namespace
}  // namespace ouro::syntax
