#include "compile_messages.h"

#include <algorithm>

#include "syntax/error_text.h"

namespace ouro::cli {
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
  return syntax::error_text(error, filename, lines.line(error.lineno));
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
  std::string text(syntax::name_of(error.type));
  for (const std::int32_t number : {error.lineno, error.offset, error.end_lineno, error.end_offset}) {
    text += " " + std::to_string(number);
  }
  return text + " " + error.message;
}

}  // namespace ouro::cli
