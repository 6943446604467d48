#include "syntax/error_text.h"

#include <algorithm>

#include "support/utf8.h"

namespace ouro::syntax {
namespace {

// str.isspace of one character.
bool is_space(std::uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::int64_t characters(std::string_view text) {
  return static_cast<std::int64_t>(support::count_code_points(text));
}

// The blanks that put a caret below character `column` of `text`: what is white space there stays as it is.
std::string blanks_before(std::string_view text, std::int64_t column) {
  std::string blanks;
  for (std::size_t at = 0; column > 0 && at < text.size(); --column) {
    const support::DecodedCodePoint character = support::decode_utf8(text, at);
    if (is_space(character.code_point)) blanks += text.substr(at, character.length);
    else blanks += ' ';
    at += character.length;
  }
  return blanks;
}

std::string marked_line(const SyntaxError& error, std::string_view line) {
  const std::int64_t length = characters(line);
  const std::int64_t whole = length + 1;  // with the newline
  const std::size_t indentation = std::min(line.find_first_not_of(" \f"), line.size());
  line.remove_prefix(indentation);
  std::string text = "    " + std::string(line) + "\n";

  std::int64_t offset = error.offset;
  std::int64_t end = length + 1;
  if (error.lineno == error.end_lineno) end = error.end_offset != 0 ? error.end_offset : offset;
  if (offset > whole) offset = length + 1;
  if (end > whole) end = length + 1;
  if (offset >= end || end < 0) end = offset + 1;
  const std::int64_t column = offset - 1 - static_cast<std::int64_t>(indentation);
  if (column < 0) return text;
  text += "    " + blanks_before(line, column);
  text.append(static_cast<std::size_t>(end - offset), '^');
  return text + "\n";
}

}  // namespace

std::string_view name_of(SyntaxErrorType type) {
  switch (type) {
    case SyntaxErrorType::SyntaxError: return "SyntaxError";
    case SyntaxErrorType::IndentationError: return "IndentationError";
    case SyntaxErrorType::TabError: return "TabError";
    case SyntaxErrorType::MemoryError: return "MemoryError";
    case SyntaxErrorType::RecursionError: return "RecursionError";
    case SyntaxErrorType::UnicodeDecodeError: return "UnicodeDecodeError";
    case SyntaxErrorType::UnicodeEncodeError: return "UnicodeEncodeError";
    case SyntaxErrorType::ValueError: return "ValueError";
    case SyntaxErrorType::OverflowError: return "OverflowError";
  }
  return {};
}

std::string error_text(const SyntaxError& error, std::string_view filename, std::string_view line) {
  std::string text;
  if (error.has_place()) {
    text = "  File \"" + std::string(filename) + "\", line " + std::to_string(error.lineno) + "\n";
    if (!line.empty()) text += marked_line(error, line);
  }
  text += name_of(error.type);
  if (!error.message.empty()) text += ": " + error.message;
  return text + "\n";
}

}  // namespace ouro::syntax
