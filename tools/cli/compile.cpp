// ouro compile: source to .pyc.
#include <charconv>
#include <string>
#include <vector>

#include "cache/atomic_write.h"
#include "cache/compile_file.h"
#include "command.h"
#include "compile/compile.h"
#include "cache_options.h"
#include "compile_messages.h"
#include "marshal/writer.h"
#include "support/file.h"
#include "syntax/dump.h"
#include "syntax/token_listing.h"
#include "version/facts.h"

namespace ouro::cli {
namespace {

struct Session {
  const Arguments& arguments;
  Io& io;
  const Facts& facts;
  compile::CompileOptions options;
  cache::CompileFileOptions cache;
};

std::string_view as_text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The source that "-" stands for: no time, everyone may read it.
Result<cache::SourceFile> read_standard_input(const Io& io) {
  OURO_TRY(auto bytes, io.read("-"));
  const std::uint64_t size = bytes.size();
  return cache::SourceFile{.bytes = std::move(bytes), .mtime_seconds = 0, .size = size, .mode = 0666};
}

/// py_compile.compile: one source to one .pyc. Reports what goes wrong; true when all is done.
bool compile_file(Session& session, const std::string& path) {
  const Arguments& arguments = session.arguments;
  const bool quiet = arguments.has("-q");
  const auto refuse = [&](const cache::OsError& error) {
    if (quiet) return false;
    session.io.error(error.to_string());
    if (!error.remedy().empty()) session.io.error(error.remedy());
    return false;
  };
  const bool from_stdin = path == "-";
  std::string output(arguments.value("--output"));
  if (output.empty()) output = from_stdin ? "-" : cache::cache_path(path, session.options.optimize, session.cache);
  if (output != "-") {
    if (const auto special = cache::refuse_special_target(output)) return refuse(*special);
  }
  cache::SourceFile source;
  if (from_stdin) {
    auto read = read_standard_input(session.io);
    if (!read) return session.io.error(path, read.error()), false;
    source = std::move(*read);
  } else {
    auto read = cache::read_source(path);
    if (!read) return refuse(read.error());
    source = std::move(*read);
  }
  std::string name = from_stdin ? "<stdin>" : path;
  if (arguments.has("--dfile")) name = arguments.value("--dfile");
  const auto content = cache::make_cache(source, name, session.options.optimize, session.cache);
  if (!content) {
    session.io.err.write(content.error().warnings);
    if (!quiet) session.io.err.write(content.error().text);
    return false;
  }
  session.io.err.write(content->warnings);
  if (output == "-") {
    session.io.out.write(as_text(content->bytes));
    return true;
  }
  const auto failed = cache::write_atomic(output, content->bytes, source.mode);
  return failed ? refuse(*failed) : true;
}

// --ast and --tokens: the earlier stages, as `python3.13 -m ast --no-type-comments` and `python3.13 -m tokenize -e`
// show them.
Status show_stage(Session& session, const std::string& path, bool& refused) {
  OURO_TRY(const auto bytes, session.io.read(path));
  const std::string name = path == "-" ? "<stdin>" : path;
  const SourceLines lines(as_text(bytes));
  const auto refuse = [&](const syntax::SyntaxError& error) {
    session.io.err.write(error_text(error, name, lines));
    refused = true;
  };
  syntax::SourceText source;
  if (!source.decode(as_text(bytes))) {
    refuse(source.error());
    return {};
  }
  if (session.arguments.has("--tokens")) {
    std::optional<syntax::SyntaxError> error;
    session.io.out.write(syntax::list_tokens(source, as_text(bytes), error));
    if (error) refuse(*error);
    return {};
  }
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  const auto module = syntax::parse(source, context, {}, warnings);
  for (const syntax::SyntaxWarning& warning : warnings) session.io.err.write(warning_text(warning, name, lines));
  if (!module) {
    refuse(module.error());
    return {};
  }
  session.io.out.line(syntax::dump(**module, {.include_attributes = session.arguments.has("--attributes"), .indent = 3}));
  return {};
}

// For tests over many files: each result on standard output as "ok SIZE\n" and the marshalled code object, or
// "error SIZE\n" and a line of what CPython raises.
Status stream_file(Session& session, const std::string& path) {
  OURO_TRY(const auto source, session.io.read(path));
  session.options.filename = path;
  session.options.root_held = compile::RootHeld::No;
  const compile::CompileResult result = compile::compile_bytes(as_text(source), session.options);
  std::string body;
  if (result.code) {
    OURO_TRY(const auto bytes, marshal::write(result.code->pool, result.code->root,
                                              marshal::layout_of(session.facts.version)));
    body.assign(as_text(bytes));
  } else {
    body = error_fields(result.code.error());
  }
  session.io.out.write((result.code ? "ok " : "error ") + std::to_string(body.size()) + "\n");
  session.io.out.write(body);
  return {};
}

std::vector<std::string> input_files(const Arguments& arguments, Io& io) {
  std::vector<std::string> files = arguments.positionals();
  if (!arguments.has("--files-from")) return files;
  const auto list = io.read(std::string(arguments.value("--files-from")));
  if (!list) {
    io.error(arguments.value("--files-from"), list.error());
    return files;
  }
  std::string_view text = as_text(*list);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) files.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return files;
}

/// False when the options name something that cannot be had; that is reported.
bool read_options(Session& session) {
  const Arguments& arguments = session.arguments;
  const std::string_view optimize = arguments.value("--optimize");
  session.options.target = &session.facts;
  session.options.optimize = optimize == "2" ? 2 : optimize == "1" ? 1 : 0;
  if (arguments.has("-O")) session.options.optimize = arguments.count("-O") > 1 ? 2 : 1;
  auto compiler = compiler_for(session.facts, session.io);
  if (!compiler) return false;
  session.cache.target = &session.facts;
  session.cache.compile = std::move(*compiler);
  session.cache.invalidation = invalidation_mode(arguments, session.io);
  session.cache.cache_prefix = session.io.env("PYTHONPYCACHEPREFIX");
  return true;
}

int run_compile(const Arguments& arguments, Io& io) {
  const Facts* facts = target_facts(arguments, io);
  if (facts == nullptr) return kUsage;
  Session session{arguments, io, *facts, {}, {}};
  if (!read_options(session)) return kUsage;
  const std::vector<std::string> files = input_files(arguments, io);
  if (files.empty()) {
    io.error("compile: no files given");
    return kUsage;
  }
  if (arguments.has("--output") && files.size() > 1) {
    io.error("--output: goes with one file only");
    return kUsage;
  }
  int status = kSuccess;
  for (const std::string& path : files) {
    bool refused = false;
    if (arguments.has("--ast") || arguments.has("--tokens") || arguments.has("--stream")) {
      const Status done =
          arguments.has("--stream") ? stream_file(session, path) : show_stage(session, path, refused);
      if (!done) io.error(path, done.error());
      refused = refused || !done;
    } else {
      refused = !compile_file(session, path);
    }
    if (refused) status = kFailure;
    if (io.out.closed()) break;
  }
  return status;
}

constexpr Option kOptions[] = {
    kTargetOption,
    {.names = "--optimize", .value = "0|1|2", .help = "1: no asserts; 2: no docstrings either", .fallback = "0"},
    {.names = "-O", .value = {}, .help = "The same as --optimize 1; -OO as --optimize 2"},
    {.names = "-o,--output", .value = "OUT", .help = "Where to write, or - for standard output"},
    kInvalidationOption,
    {.names = "--dfile", .value = "NAME", .help = "The file name in the code object and in messages"},
    {.names = "-q,--quiet", .value = {}, .help = "No error output; the exit status tells"},
    {.names = "--ast", .value = {}, .help = "Print the syntax tree as python3.13 -m ast does; nothing is compiled"},
    {.names = "-a,--attributes", .value = {}, .help = "With --ast: line and column numbers too"},
    {.names = "--tokens", .value = {}, .help = "Print the tokens as python3.13 -m tokenize -e does; nothing is compiled"},
    {.names = "--files-from", .value = "LIST", .help = "Compile the files that LIST names, one a line; - reads standard input"},
    {.names = "--stream", .value = {}, .help = "Write marshalled code objects to standard output, each behind its size"},
};
constexpr Positional kFiles[] = {{"FILE", "A source file, or - for standard input", Arity::Any}};
constexpr Example kExamples[] = {
    {"ouro compile spam.py", "Writes __pycache__/spam.cpython-313.pyc, the bytes that python3.13 would write."},
    {"ouro compile -OO -o spam.pyc spam.py", "Without asserts and docstrings, to a name of your choice."},
};

}  // namespace

extern const Command kCompile;
constexpr Command kCompile{.name = "compile",
                           .summary = "Compile source to .pyc files",
                           .description =
                               "Writes the .pyc that CPython would have written, byte for byte. An invalid source is "
                               "reported as CPython reports it, and nothing is written.",
                           .options = kOptions,
                           .positionals = kFiles,
                           .examples = kExamples,
                           .run = run_compile};

}  // namespace ouro::cli
