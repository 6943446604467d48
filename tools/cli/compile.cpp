// ouro compile: source to .pyc.
#include <charconv>
#include <string>
#include <vector>

#include "command.h"
#include "compile/compile.h"
#include "compile_messages.h"
#include "marshal/cache_path.h"
#include "marshal/pyc.h"
#include "marshal/writer.h"
#include "support/file.h"
#include "syntax/dump.h"
#include "version/facts.h"

namespace ouro::cli {
namespace {

struct Session {
  const Arguments& arguments;
  Io& io;
  const Facts& facts;
  compile::CompileOptions options;
  marshal::Invalidation invalidation = marshal::Invalidation::Timestamp;
};

std::string_view as_text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::vector<std::uint8_t>> pyc_bytes(const Session& session, const std::string& path,
                                            const std::vector<std::uint8_t>& source, const compile::Compiled& code) {
  marshal::PycHeader header = marshal::new_header(session.facts);
  if (session.invalidation == marshal::Invalidation::Timestamp) {
    if (path != "-") {
      OURO_TRY(const support::FileStatus status, support::file_status(path));
      header.mtime = static_cast<std::uint32_t>(status.mtime);
    }
    header.source_size = static_cast<std::uint32_t>(source.size());
  } else {
    header.flags = marshal::kPycHashBased;
    if (session.invalidation == marshal::Invalidation::CheckedHash) header.flags |= marshal::kPycCheckSource;
    header.hash = marshal::source_hash(source, session.facts);
  }
  return marshal::write_pyc(header, code.pool, code.root);
}

Result<std::string> output_path(const Session& session, const std::string& path) {
  if (session.arguments.has("--output")) return std::string(session.arguments.value("--output"));
  if (path == "-") return std::string("-");
  const std::string level = session.options.optimize == 0 ? "" : std::to_string(session.options.optimize);
  return marshal::cache_from_source(path, session.facts, {.optimization = level});
}

// Creates the directory of `path` where it is missing.
Status write_output(Session& session, const std::string& source_path, const std::string& path,
                    const std::vector<std::uint8_t>& bytes) {
  if (path == "-") {
    session.io.out.write(as_text(bytes));
    return {};
  }
  unsigned mode = 0666;
  if (source_path != "-") {
    if (const auto status = support::file_status(source_path)) mode = status->mode | 0200U;
  }
  OURO_CHECK(make_parent_directories(path));
  return support::write_file_atomically(path, bytes, mode);
}

Status compile_file(Session& session, const std::string& path, bool& refused) {
  OURO_TRY(const auto source, session.io.read(path));
  const std::string name = path == "-" ? "<stdin>" : path;
  session.options.filename = name;
  const compile::CompileResult result = compile::compile_bytes(as_text(source), session.options);
  const SourceLines lines(as_text(source));
  for (const syntax::SyntaxWarning& warning : result.warnings) {
    session.io.err.write(warning_text(warning, name, lines));
  }
  if (!result.code) {
    session.io.err.write(error_text(result.code.error(), name, lines));
    refused = true;
    return {};
  }
  OURO_TRY(const auto bytes, pyc_bytes(session, path, source, *result.code));
  OURO_TRY(const std::string output, output_path(session, path));
  return write_output(session, path, output, bytes);
}

// --ast and --tokens: the earlier stages, as ast.dump(…, indent=2) and the tokenizer show them.
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
    session.io.out.write(syntax::dump_tokens(source, error));
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
  session.io.out.line(syntax::dump(**module, {.include_attributes = false, .indent = 2}));
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

bool read_options(Session& session) {
  const Arguments& arguments = session.arguments;
  const std::string_view optimize = arguments.value("--optimize");
  session.options.optimize = optimize == "2" ? 2 : optimize == "1" ? 1 : 0;
  if (arguments.has("-O")) session.options.optimize = arguments.count("-O") > 1 ? 2 : 1;
  const std::string_view mode = arguments.value("--invalidation-mode");
  if (mode == "checked-hash") session.invalidation = marshal::Invalidation::CheckedHash;
  if (mode == "unchecked-hash") session.invalidation = marshal::Invalidation::UncheckedHash;
  return true;
}

int run_compile(const Arguments& arguments, Io& io) {
  const auto target = target_version(arguments, io);
  if (!target) return kUsage;
  const Facts* facts = version::find_facts(*target);
  if (facts == nullptr || !compile::is_supported_target(*facts)) {
    io.error("the compiler does not write code for Python " + target->to_string() + " yet");
    return kUsage;
  }
  Session session{arguments, io, *facts, {}};
  session.options.target = facts;
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
    const bool stage = arguments.has("--ast") || arguments.has("--tokens");
    const Status done = stage                      ? show_stage(session, path, refused)
                        : arguments.has("--stream") ? stream_file(session, path)
                                                    : compile_file(session, path, refused);
    if (!done) io.error(path, done.error());
    if (!done || refused) status = kFailure;
    if (io.out.closed()) break;
  }
  return status;
}

constexpr Option kOptions[] = {
    kTargetOption,
    {.names = "--optimize", .value = "0|1|2", .help = "1: no asserts; 2: no docstrings either", .fallback = "0"},
    {.names = "-O", .value = {}, .help = "The same as --optimize 1; -OO as --optimize 2"},
    {.names = "-o,--output", .value = "OUT", .help = "Where to write, or - for standard output"},
    {.names = "--invalidation-mode",
     .value = "timestamp|checked-hash|unchecked-hash",
     .help = "How an import is to decide whether the cache is fresh",
     .fallback = "timestamp"},
    {.names = "--ast", .value = {}, .help = "Print the syntax tree; nothing is compiled"},
    {.names = "--tokens", .value = {}, .help = "Print the tokens; nothing is compiled"},
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
