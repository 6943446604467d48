// Tokens, as CPython 3.13's C tokenizer gives them to its parser (no comments, no blank lines).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "syntax/identifier.h"

namespace ouro::syntax {

enum class TokenKind : std::uint8_t {
  EndMarker, Name, Number, String, Newline, Indent, Dedent,
  LPar, RPar, LSqb, RSqb, Colon, Comma, Semi, Plus, Minus, Star, Slash, VBar, Amper, Less, Greater, Equal, Dot,
  Percent, LBrace, RBrace, EqEqual, NotEqual, LessEqual, GreaterEqual, Tilde, Circumflex, LeftShift, RightShift,
  DoubleStar, PlusEqual, MinEqual, StarEqual, SlashEqual, PercentEqual, AmperEqual, VBarEqual, CircumflexEqual,
  LeftShiftEqual, RightShiftEqual, DoubleStarEqual, DoubleSlash, DoubleSlashEqual, At, AtEqual, RArrow, Ellipsis,
  ColonEqual, Exclamation,
  FStringStart, FStringMiddle, FStringEnd,
  Op,  ///< a character that no rule uses: $ ? `
  Error,
  // Keywords, in the order in which every Interner knows them (kKeywordTexts): kind = KwFalse + Identifier::id().
  KwFalse, KwNone, KwTrue, KwAnd, KwAs, KwAssert, KwAsync, KwAwait, KwBreak, KwClass, KwContinue, KwDef, KwDel,
  KwElif, KwElse, KwExcept, KwFinally, KwFor, KwFrom, KwGlobal, KwIf, KwImport, KwIn, KwIs, KwLambda, KwNonlocal,
  KwNot, KwOr, KwPass, KwRaise, KwReturn, KwTry, KwWhile, KwWith, KwYield,
};
inline constexpr std::size_t kTokenKindCount = static_cast<std::size_t>(TokenKind::KwYield) + 1;

[[nodiscard]] constexpr bool is_keyword(TokenKind kind) { return kind >= TokenKind::KwFalse; }

struct Token {
  TokenKind kind = TokenKind::EndMarker;
  /// Number of open brackets once this token is read.
  std::uint8_t level = 0;
  std::int32_t lineno = 0;
  std::int32_t col_offset = 0;  ///< UTF-8 bytes; -1 for Indent, Dedent and EndMarker
  std::int32_t end_lineno = 0;
  std::int32_t end_col_offset = 0;
  const char* start = nullptr;  ///< the text, in the source
  const char* end = nullptr;
  Identifier name;  ///< Name (after NFKC) and keywords

  [[nodiscard]] std::string_view text() const { return {start, static_cast<std::size_t>(end - start)}; }
};

/// CPython's name in Lib/token.py: "NAME", "LPAR", "FSTRING_MIDDLE"; keywords are "NAME".
[[nodiscard]] std::string_view name_of(TokenKind kind);

}  // namespace ouro::syntax
