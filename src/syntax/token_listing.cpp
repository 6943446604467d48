#include "syntax/token_listing.h"

#include <algorithm>
#include <vector>

#include "support/utf8.h"
#include "syntax/codecs.h"
#include "syntax/python_repr.h"
#include "syntax/tokenizer.h"

namespace ouro::syntax {
namespace {

struct Place {
  const char* at;
  std::int32_t lineno = 1;
  std::int32_t column = 0;  // in characters
};

// The newlines that a source had before they became "\n"; the last is empty where the source has none.
class Newlines {
 public:
  explicit Newlines(std::string_view bytes) : last_missing_(!bytes.empty() && bytes.back() != '\n' && bytes.back() != '\r') {
    if (bytes.find('\r') == std::string_view::npos) return;
    for (std::size_t i = bytes.find_first_of("\r\n"); i != std::string_view::npos; i = bytes.find_first_of("\r\n", i)) {
      const std::size_t size = bytes.substr(i, 2) == "\r\n" ? 2 : 1;
      texts_.push_back(bytes.substr(i, size));
      i += size;
    }
  }

  [[nodiscard]] std::string_view of_line(std::int32_t lineno, bool last) const {
    if (last && last_missing_) return {};
    const auto index = static_cast<std::size_t>(lineno) - 1;
    return index < texts_.size() ? texts_[index] : std::string_view("\n");
  }

 private:
  bool last_missing_;
  std::vector<std::string_view> texts_;  // empty: all are "\n"
};

class TokenLister {
 public:
  TokenLister(const SourceText& source, std::string_view bytes)
      : source_(source.text()), newlines_(bytes), place_{source_.data()} {
    write({nullptr, 0, 0}, {nullptr, 0, 0}, "ENCODING", std::string(source.encoding()));
  }

  void add(const Token& token) {
    if (token.kind == TokenKind::Indent || token.kind == TokenKind::Dedent) {
      waiting_.push_back(token.kind);  // what is blank before the next token comes first
      return;
    }
    write_gap(token.start);
    write_waiting(token);
    if (token.kind == TokenKind::Newline) return write_newline("NEWLINE");
    if (token.kind == TokenKind::EndMarker) return write(place_, place_, "ENDMARKER", "");
    const bool other_not_equal = token.kind == TokenKind::NotEqual && *token.start == '<';
    write_to(token.end, other_not_equal ? "OP" : name_of(token.kind));
  }

  [[nodiscard]] std::vector<ListedToken> take() { return std::move(out_); }

 private:
  void move_to(const char* target) {
    for (; place_.at < target; ++place_.at) {
      if (*place_.at == '\n') {
        ++place_.lineno;
        place_.column = 0;
      } else if ((static_cast<unsigned char>(*place_.at) & 0xC0U) != 0x80U) {
        ++place_.column;
      }
    }
  }

  // Comments and newlines that the tokenizer left out before `end`.
  void write_gap(const char* end) {
    while (place_.at < end) {
      const char c = *place_.at;
      if (c == '#') {
        write_to(std::find(place_.at, source_.data() + source_.size(), '\n'), "COMMENT");
      } else if (c == '\n') {
        write_newline("NL");
      } else if (c == '\\' && place_.at[1] == '\n') {
        move_to(place_.at + 2);
      } else {
        move_to(place_.at + 1);
      }
    }
  }

  void write_waiting(const Token& next) {
    for (const TokenKind kind : waiting_) {
      if (kind == TokenKind::Dedent) {
        write(place_, place_, "DEDENT", "");
        continue;
      }
      const std::string_view indentation(next.start - next.col_offset, static_cast<std::size_t>(next.col_offset));
      write({nullptr, place_.lineno, 0}, place_, "INDENT", std::string(indentation));
    }
    waiting_.clear();
  }

  // The token from here to `end`.
  void write_to(const char* end, std::string_view name) {
    const Place start = place_;
    move_to(end);
    std::string text;
    std::int32_t lineno = start.lineno;
    for (const char* p = start.at; p != end; ++p) {
      if (*p == '\n') text += newlines_.of_line(lineno++, false);
      else text += *p;
    }
    write(start, place_, name, std::move(text));
  }

  // A comment may stand before the newline.
  void write_newline(std::string_view name) {
    if (*place_.at == '#') write_to(std::find(place_.at, source_.data() + source_.size(), '\n'), "COMMENT");
    const Place start = place_;
    move_to(place_.at + 1);
    const std::string_view text = newlines_.of_line(start.lineno, place_.at == source_.data() + source_.size());
    const auto width = static_cast<std::int32_t>(std::max<std::size_t>(text.size(), 1));
    write(start, {nullptr, start.lineno, start.column + width}, name, std::string(text));
  }

  void write(const Place& start, const Place& end, std::string_view name, std::string text) {
    out_.push_back({name, std::move(text), start.lineno, start.column, end.lineno, end.column});
  }

  std::string_view source_;
  Newlines newlines_;
  Place place_;  // everything before is written
  std::vector<TokenKind> waiting_;
  std::vector<ListedToken> out_;
};

void pad(std::string& text, std::size_t have, std::size_t wanted) {
  if (have < wanted) text.append(wanted - have, ' ');
}

}  // namespace

std::vector<ListedToken> list_token_values(const SourceText& source, std::string_view bytes,
                                           std::optional<SyntaxError>& error) {
  if (!source.well_formed()) {
    error = SyntaxError{SyntaxErrorType::SyntaxError, utf8_decoding_error(source.text()), 0, -1, 0, -1};
    return {};
  }
  Interner interner;
  Tokenizer tokenizer(source.text(), interner, LanguageFeatures{}, nullptr);
  TokenLister lister(source, bytes);
  Token token;
  do {
    tokenizer.next(token);
    if (token.kind == TokenKind::Error) {
      error = tokenizer.error();
      break;
    }
    lister.add(token);
  } while (token.kind != TokenKind::EndMarker);
  return lister.take();
}

std::string list_tokens(const SourceText& source, std::string_view bytes, std::optional<SyntaxError>& error) {
  std::string out;
  for (const ListedToken& token : list_token_values(source, bytes, error)) {
    std::string place = std::to_string(token.lineno) + ',' + std::to_string(token.column) + '-' +
                        std::to_string(token.end_lineno) + ',' + std::to_string(token.end_column) + ':';
    pad(place, place.size(), 20);
    out += place;
    const std::size_t name_start = out.size();
    out += token.name;
    pad(out, out.size() - name_start, 15);
    const std::size_t text_start = out.size();
    append_str_repr(out, token.text);
    pad(out, support::count_code_points(std::string_view(out).substr(text_start)), 15);
    out += '\n';
  }
  return out;
}

}  // namespace ouro::syntax
