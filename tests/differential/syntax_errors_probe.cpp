// Answers tests/differential/syntax_errors.py: standard input is "str|bytes MODE SIZE\n" and SIZE bytes of source, again and
// again; each answer is a line: "ok", or type, lineno, offset, end_lineno, end_offset and message, separated by
// unit separators, newlines in the message as record separators.
#include <iostream>
#include <string>

#include "syntax/diagnose.h"
#include "syntax/error_text.h"
#include "syntax/parser.h"

namespace {

using ouro::syntax::ParseMode;
using ouro::syntax::SyntaxError;
using ouro::syntax::SyntaxErrorType;

void print(const SyntaxError& error) {
  std::string message = error.message;
  for (char& c : message) c = c == '\n' ? '\x1e' : c;
  std::cout << ouro::syntax::name_of(error.type) << '\x1f' << error.lineno << '\x1f' << error.offset << '\x1f' << error.end_lineno
            << '\x1f' << error.end_offset << '\x1f' << message << '\n'
            << std::flush;
}

// What diagnose says; that both parsers refuse the same sources is checked on the way.
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
  if (!error) {
    std::cout << "ok\n" << std::flush;
    return;
  }
  print(*error);
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
