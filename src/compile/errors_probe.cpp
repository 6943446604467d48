// Answers tests/differential/syntax_errors.py: standard input is "str|bytes MODE SIZE\n" and SIZE bytes of source,
// again and again; each answer is a line: "ok", or type, lineno, offset, end_lineno, end_offset and message, separated
// by unit separators, control characters in the message as escape and what they are Ctrl with. A group separator and
// lineno, category and message follow for each warning.
#include <iostream>
#include <string>

#include "compile/compile.h"
#include "syntax/diagnose.h"
#include "syntax/error_text.h"
#include "syntax/parser.h"

namespace {

using ouro::syntax::ParseMode;
using ouro::syntax::SyntaxError;
using ouro::syntax::SyntaxErrorType;

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c >= 0 && c < ' ') line += {'\x1b', static_cast<char>(c + 64)};
    else line += c;
  }
  return line;
}

void finish(const std::vector<ouro::syntax::SyntaxWarning>& warnings) {
  for (const ouro::syntax::SyntaxWarning& warning : warnings) {
    std::cout << '\x1d' << warning.lineno << '\x1f' << (warning.deprecation ? "DeprecationWarning" : "SyntaxWarning")
              << '\x1f' << one_line(warning.message);
  }
  std::cout << '\n' << std::flush;
}

void print(const SyntaxError& error, const std::vector<ouro::syntax::SyntaxWarning>& warnings = {}) {
  std::cout << ouro::syntax::name_of(error.type) << '\x1f' << error.lineno << '\x1f' << error.offset << '\x1f' << error.end_lineno
            << '\x1f' << error.end_offset << '\x1f' << one_line(error.message);
  finish(warnings);
}

// What diagnose says, or what the compiler does; that both parsers refuse the same sources is checked on the way.
void answer(const std::string& what, const std::string& mode, const std::string& source) {
  ouro::syntax::SourceText text;
  if (!(what == "bytes" ? text.decode(source) : text.assign(source))) return print(text.error());
  const bool newline_added = source.empty() || (source.back() != '\n' && source.back() != '\r');
  const ParseMode parse_mode = mode == "exec" ? ParseMode::Exec : mode == "eval" ? ParseMode::Eval : ParseMode::Single;
  const auto error = ouro::syntax::diagnose(text.text(), {.mode = parse_mode, .newline_added = newline_added});
  ouro::syntax::AstContext context;
  std::vector<ouro::syntax::SyntaxWarning> warnings;
  const auto module =
      ouro::syntax::parse(text, context, {.mode = parse_mode, .newline_added = newline_added}, warnings);
  if (module.has_value() != !error) {
    return print({SyntaxErrorType::ValueError,
                  module ? "only the fast parser accepts this; the grammar: " + error->message
                         : "only the grammar accepts this; the fast parser: " + module.error().message});
  }
  if (error) return print(*error, warnings);
  ouro::compile::CompileResult result = ouro::compile::compile_module(**module, context, {.mode = parse_mode});
  warnings.insert(warnings.end(), result.warnings.begin(), result.warnings.end());
  if (!result.code) return print(result.code.error(), warnings);
  std::cout << "ok";
  finish(warnings);
}

}  // namespace

int main() {
  std::string what;
  std::string mode;
  std::size_t size = 0;
  while (std::cin >> what >> mode >> size) {
    std::cin.get();
    std::string source(size, '\0');
    std::cin.read(source.data(), static_cast<std::streamsize>(size));
    answer(what, mode, source);
  }
}
