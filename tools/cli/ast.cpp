// ouro ast: the parser alone, for developers: trees, tokens, source written back, time.
#include <chrono>
#include <memory>

#include "command.h"
#include "support/byte_reader.h"
#include "syntax/dump.h"
#include "syntax/parser.h"
#include "syntax/token_listing.h"
#include "syntax/unparser.h"

namespace ouro::cli {
namespace {

void report(const std::string& path, const syntax::SyntaxError& error, Io& io) {
  io.err.line(path + ":" + std::to_string(error.lineno) + ":" + std::to_string(error.offset) + "-" +
              std::to_string(error.end_lineno) + ":" + std::to_string(error.end_offset) + ": " + error.message);
}

int run_bench(const std::vector<std::unique_ptr<syntax::SourceText>>& sources, int rounds, Io& io) {
  std::size_t bytes = 0;
  for (const auto& source : sources) bytes += source->text().size();
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    std::size_t refused = 0;
    std::size_t reserved = 0;
    for (const auto& source : sources) {
      syntax::AstContext context;
      std::vector<syntax::SyntaxWarning> warnings;
      refused += syntax::parse(*source, context, {}, warnings).has_value() ? 0 : 1;
      reserved = std::max(reserved, context.arena.reserved_bytes());
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    const double megabytes = static_cast<double>(bytes) / 1e6;
    io.out.line(std::to_string(sources.size()) + " files, " + std::to_string(refused) + " refused, " +
                std::to_string(megabytes) + " MB in " + std::to_string(seconds.count()) + " s: " +
                std::to_string(megabytes / seconds.count()) + " MB/s; largest arena " + std::to_string(reserved));
  }
  return kSuccess;
}

int run_ast(const Arguments& arguments, Io& io) {
  int status = kSuccess;
  std::vector<std::unique_ptr<syntax::SourceText>> sources;
  for (const std::string& path : arguments.positionals()) {
    const auto bytes = io.read(path);
    if (!bytes) {
      io.error(path, bytes.error());
      status = kFailure;
      continue;
    }
    auto source = std::make_unique<syntax::SourceText>();
    if (!source->decode(support::as_text(*bytes))) {
      report(path, source->error(), io);
      status = kFailure;
      if (arguments.has("--lines")) io.out.line("");
      continue;
    }
    if (arguments.has("--bench")) {
      sources.push_back(std::move(source));
      continue;
    }
    if (arguments.has("--tokens")) {
      std::optional<syntax::SyntaxError> error;
      io.out.write(syntax::list_tokens(*source, support::as_text(*bytes), error));
      if (error) report(path, *error, io);
      if (error) status = kFailure;
      continue;
    }
    syntax::AstContext context;
    std::vector<syntax::SyntaxWarning> warnings;
    const auto module = syntax::parse(*source, context, {}, warnings);
    if (!module) {
      report(path, module.error(), io);
      status = kFailure;
      if (arguments.has("--lines")) io.out.line("");
      continue;
    }
    if (arguments.has("--unparse")) {
      const auto text = syntax::unparse(**module);
      if (text) io.out.line(*text);
      else io.error(path + ": nested too deeply to be written back");
      if (!text) status = kFailure;
      continue;
    }
    syntax::DumpOptions options{.include_attributes = arguments.has("--attributes"), .indent = 2};
    if (arguments.has("--lines")) options.indent.reset();
    io.out.line(syntax::dump(**module, options));
  }
  if (arguments.has("--bench")) run_bench(sources, 5, io);
  return status;
}

constexpr Option kOptions[] = {
    {"-a,--attributes", "", "Show line and column numbers"},
    {"--lines", "", "One line a file, empty for a file that is refused"},
    {"--tokens", "", "Show the tokens, not the tree"},
    {"--unparse", "", "Write the source back, as CPython's ast.unparse does"},
    {"--bench", "", "Parse all files five times and show the speed"},
};
constexpr Positional kFiles[] = {{"FILE", "A source file, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {{"ouro ast -a spam.py", "The tree with positions."}};

}  // namespace

extern const Command kAst;
constexpr Command kAst{.name = "ast",
                       .summary = "Show the syntax tree of sources",
                       .description = "Shows what the parser makes of a source, as CPython's ast.dump prints it.",
                       .options = kOptions,
                       .positionals = kFiles,
                       .examples = kExamples,
                       .run = run_ast,
                       .hidden = true};

}  // namespace ouro::cli
