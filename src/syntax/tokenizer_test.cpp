#include "syntax/tokenizer.h"

#include <gtest/gtest.h>

#include <string>

namespace ouro::syntax {
namespace {

// "NAME:x OP:= …", an error as "!message".
std::string tokens_of(const std::string& source) {
  Interner interner;
  std::vector<SyntaxWarning> warnings;
  Tokenizer tokenizer(source, interner, LanguageFeatures{}, &warnings);
  std::string out;
  Token token;
  do {
    tokenizer.next(token);
    if (token.kind == TokenKind::Error) return out + "!" + tokenizer.error().message;
    out += std::string(name_of(token.kind)) + ":" + std::string(token.text()) + " ";
  } while (token.kind != TokenKind::EndMarker);
  return out;
}

TEST(Tokenizer, GivesIndentsAndSkipsBlankLines) {
  EXPECT_EQ(tokens_of("if x:\n\n    # c\n    y\nz\n"),
            "NAME:if NAME:x COLON:: NEWLINE: INDENT: NAME:y NEWLINE: DEDENT: NAME:z NEWLINE: ENDMARKER: ");
}

TEST(Tokenizer, NestsFStrings) {
  EXPECT_EQ(tokens_of("f'a{x!r:>{w}}{{'\n"),
            "FSTRING_START:f' FSTRING_MIDDLE:a LBRACE:{ NAME:x EXCLAMATION:! NAME:r COLON:: FSTRING_MIDDLE:> LBRACE:{ "
            "NAME:w RBRACE:} FSTRING_MIDDLE: RBRACE:} FSTRING_MIDDLE:{ FSTRING_END:' NEWLINE: ENDMARKER: ");
  EXPECT_EQ(tokens_of("f'{f'{1}'}'\n"),
            "FSTRING_START:f' LBRACE:{ FSTRING_START:f' LBRACE:{ NUMBER:1 RBRACE:} FSTRING_END:' RBRACE:} "
            "FSTRING_END:' NEWLINE: ENDMARKER: ");
}

TEST(Tokenizer, SaysCPythonsErrors) {
  EXPECT_EQ(tokens_of("(]\n"), "LPAR:( !closing parenthesis ']' does not match opening parenthesis '('");
  EXPECT_EQ(tokens_of("x = 'a\n"), "NAME:x EQUAL:= !unterminated string literal (detected at line 1)");
  EXPECT_EQ(tokens_of("0777\n"),
            "!leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
  EXPECT_EQ(tokens_of("1_\n"), "!invalid decimal literal");
  EXPECT_EQ(tokens_of("if x:\n  y\n z\n"),
            "NAME:if NAME:x COLON:: NEWLINE: INDENT: NAME:y NEWLINE: "
            "!unindent does not match any outer indentation level");
  EXPECT_EQ(tokens_of("(\n"), "LPAR:( !'(' was never closed");
}

TEST(Tokenizer, PlacesMultilineStrings) {
  Interner interner;
  Tokenizer tokenizer("x = '''a\nbc''' y\n", interner, LanguageFeatures{}, nullptr);
  Token token;
  for (int i = 0; i < 3; ++i) tokenizer.next(token);
  EXPECT_EQ(token.kind, TokenKind::String);
  EXPECT_EQ(token.lineno, 1);
  EXPECT_EQ(token.col_offset, 4);
  EXPECT_EQ(token.end_lineno, 2);
  EXPECT_EQ(token.end_col_offset, 5);
}

}  // namespace
}  // namespace ouro::syntax
