#include "syntax/token_listing.h"

#include <gtest/gtest.h>

namespace ouro::syntax {
namespace {

// Without the padding, which is the last line's concern.
std::string listed(std::string_view bytes) {
  SourceText source;
  EXPECT_TRUE(source.decode(bytes));
  std::optional<SyntaxError> error;
  std::string padded = list_tokens(source, bytes, error);
  if (error) padded += "error: " + error->message + "\n";
  std::string text;
  if (padded.starts_with("0,0")) padded.erase(0, padded.find('\n') + 1);  // the encoding
  for (const char c : padded) {
    if (c == '\n') text.erase(text.find_last_not_of(' ') + 1);
    if (c != ' ' || text.empty() || text.back() != ' ') text += c;
  }
  return text;
}

TEST(TokenListing, ShowsCommentsAndBlankLines) {
  EXPECT_EQ(listed("if x: # a\n\n  # b\n  y\n# c\nz"),
            "1,0-1,2: NAME 'if'\n1,3-1,4: NAME 'x'\n1,4-1,5: COLON ':'\n1,6-1,9: COMMENT '# a'\n"
            "1,9-1,10: NEWLINE '\\n'\n2,0-2,1: NL '\\n'\n3,2-3,5: COMMENT '# b'\n3,5-3,6: NL '\\n'\n"
            "4,0-4,2: INDENT ' '\n4,2-4,3: NAME 'y'\n4,3-4,4: NEWLINE '\\n'\n5,0-5,3: COMMENT '# c'\n"
            "5,3-5,4: NL '\\n'\n6,0-6,0: DEDENT ''\n6,0-6,1: NAME 'z'\n6,1-6,2: NEWLINE ''\n7,0-7,0: ENDMARKER ''\n");
}

TEST(TokenListing, CountsCharactersAndKeepsNewlines) {
  EXPECT_EQ(listed("é = '''日\r\n本''' + \\\r\n ü\r\n"),
            "1,0-1,1: NAME 'é'\n1,2-1,3: EQUAL '='\n1,4-2,4: STRING \"'''日\\r\\n本'''\"\n2,5-2,6: PLUS '+'\n"
            "3,1-3,2: NAME 'ü'\n3,2-3,4: NEWLINE '\\r\\n'\n4,0-4,0: ENDMARKER ''\n");
}

TEST(TokenListing, NestsFStrings) {
  EXPECT_EQ(listed("f'a{{{x!r}'\n"),
            "1,0-1,2: FSTRING_START \"f'\"\n1,2-1,4: FSTRING_MIDDLE 'a{'\n1,5-1,6: LBRACE '{'\n1,6-1,7: NAME 'x'\n"
            "1,7-1,8: EXCLAMATION '!'\n1,8-1,9: NAME 'r'\n1,9-1,10: RBRACE '}'\n1,10-1,11: FSTRING_END \"'\"\n"
            "1,11-1,12: NEWLINE '\\n'\n2,0-2,0: ENDMARKER ''\n");
}

TEST(TokenListing, StopsAtAnError) {
  EXPECT_EQ(listed("x = 'a\n"),
            "1,0-1,1: NAME 'x'\n1,2-1,3: EQUAL '='\nerror: unterminated string literal (detected at line 1)\n");
  EXPECT_EQ(listed("x = 1\n# \xFF\n"),
            "error: 'utf-8' codec can't decode byte 0xff in position 8: invalid start byte\n");
}

}  // namespace
}  // namespace ouro::syntax
