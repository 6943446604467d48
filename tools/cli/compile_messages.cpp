#include "compile_messages.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "support/utf8.h"

namespace ouro::cli {
namespace {

std::string_view type_name(syntax::SyntaxErrorType type) {
  switch (type) {
    case syntax::SyntaxErrorType::SyntaxError: return "SyntaxError";
    case syntax::SyntaxErrorType::IndentationError: return "IndentationError";
    case syntax::SyntaxErrorType::TabError: return "TabError";
    case syntax::SyntaxErrorType::MemoryError: return "MemoryError";
    case syntax::SyntaxErrorType::RecursionError: return "RecursionError";
    case syntax::SyntaxErrorType::UnicodeDecodeError: return "UnicodeDecodeError";
    case syntax::SyntaxErrorType::ValueError: return "ValueError";
    case syntax::SyntaxErrorType::OverflowError: return "OverflowError";
  }
  return {};
}

// The bytes of the first `count` characters.
std::string_view first_characters(std::string_view text, std::int64_t count) {
  std::size_t position = 0;
  for (; count > 0 && position < text.size(); --count) position += support::decode_utf8(text, position).length;
  return text.substr(0, position);
}

std::string caret_lines(const syntax::SyntaxError& error, std::string_view line) {
  const std::size_t first = std::min(line.find_first_not_of(" \f"), line.size());
  const std::string_view text = line.substr(first);
  std::string result = "    " + std::string(text) + "\n";
  if (error.offset < 1) return result;
  const auto length = static_cast<std::int64_t>(support::count_code_points(line));
  std::int64_t offset = error.offset;
  std::int64_t end = length + 1;
  if (error.lineno == error.end_lineno) end = error.end_offset > 0 ? error.end_offset : offset;
  offset = std::min(offset, length + 2);
  if (end <= offset) end = offset + 1;
  const std::int64_t column = offset - 1 - static_cast<std::int64_t>(first);
  const std::int64_t end_column = end - 1 - static_cast<std::int64_t>(first);
  if (column < 0) return result;
  result += "    ";
  // Tabs stay tabs, so that the carets stand below what they mark.
  const std::string_view before = first_characters(text, column);
  for (std::size_t i = 0; i < before.size(); i += support::decode_utf8(before, i).length) {
    result += before[i] == '\t' ? '\t' : ' ';
  }
  const auto known = static_cast<std::int64_t>(support::count_code_points(before));
  if (known < column) result.append(0, ' ');
  result.append(static_cast<std::size_t>(std::max<std::int64_t>(end_column - column, 1)), '^');
  return result + "\n";
}

}  // namespace

std::string_view SourceLines::line(std::int32_t number) const {
  std::string_view rest = source_;
  for (std::int32_t i = 1; i < number; ++i) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string error_text(const syntax::SyntaxError& error, std::string_view filename, const SourceLines& lines) {
  std::string text;
  if (error.lineno > 0) {
    text = "  File \"" + std::string(filename) + "\", line " + std::to_string(error.lineno) + "\n";
    const std::string_view line = lines.line(error.lineno);
    if (!line.empty()) text += caret_lines(error, line);
  }
  text += type_name(error.type);
  if (!error.message.empty()) text += ": " + error.message;
  return text + "\n";
}

std::string warning_text(const syntax::SyntaxWarning& warning, std::string_view filename, const SourceLines& lines) {
  if (warning.deprecation) return {};
  std::string text = std::string(filename) + ":" + std::to_string(warning.lineno) + ": SyntaxWarning: " +
                     warning.message + "\n";
  std::string_view line = lines.line(warning.lineno);
  constexpr std::string_view kBlanks = " \t\f\v\r";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  if (!line.empty()) text += "  " + std::string(line) + "\n";
  return text;
}

std::string error_fields(const syntax::SyntaxError& error) {
  std::string text(type_name(error.type));
  for (const std::int32_t number : {error.lineno, error.offset, error.end_lineno, error.end_offset}) {
    text += " " + std::to_string(number);
  }
  return text + " " + error.message;
}

Status make_parent_directories(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (parent.empty()) return {};
  std::error_code failure;
  std::filesystem::create_directories(parent, failure);
  if (failure) return make_error("file.failed", parent.string() + ": " + failure.message());
  return {};
}

}  // namespace ouro::cli
