#include "compile_messages.h"

#include <algorithm>

#include "support/utf8.h"
#include "syntax/error_text.h"
#include "syntax/source.h"

namespace ouro::cli {

void SourceLines::index() const {
  if (indexed_) return;
  indexed_ = true;
  syntax::SourceText decoded;
  if (!decoded.decode(source_)) return;
  well_formed_ = decoded.well_formed();
  text_ = decoded.text();
  for (std::size_t start = 0; start < text_.size();) {
    starts_.push_back(start);
    start = std::min(text_.find('\n', start), text_.size() - 1) + 1;
  }
}

std::string_view SourceLines::raw_line(std::int32_t number) const {
  index();
  if (number < 1 || static_cast<std::size_t>(number) > starts_.size()) return {};
  const std::string_view rest = std::string_view(text_).substr(starts_[static_cast<std::size_t>(number) - 1]);
  return rest.substr(0, rest.find('\n'));
}

std::string SourceLines::line(std::int32_t number) const { return support::replace_invalid_utf8(raw_line(number)); }

std::string_view SourceLines::well_formed_line(std::int32_t number) const {
  index();
  return well_formed_ ? raw_line(number) : std::string_view();
}

std::string error_text(const syntax::SyntaxError& error, std::string_view filename, const SourceLines& lines) {
  return syntax::error_text(error, filename, lines.line(error.lineno));
}

std::string py_compile_text(const syntax::SyntaxError& error, std::string_view filename, const SourceLines& lines) {
  const std::string_view name = syntax::name_of(error.type);
  if (name == "SyntaxError") return error_text(error, filename, lines);
  std::string text = "Sorry: " + std::string(name) + ": " + error.message;
  const bool has_place = name == "IndentationError" || name == "TabError";
  if (!has_place) return text;
  return text + " (" + std::string(filename.substr(filename.find_last_of('/') + 1)) + ", line " + std::to_string(error.lineno) + ")";
}

std::string warning_text(const syntax::SyntaxWarning& warning, std::string_view filename, const SourceLines& lines) {
  if (warning.deprecation) return {};
  std::string text = std::string(filename) + ":" + std::to_string(warning.lineno) + ": SyntaxWarning: " +
                     warning.message + "\n";
  std::string_view line = lines.well_formed_line(warning.lineno);
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
