// Our compiler in the shape the cache module wants.
#include "cache_options.h"
#include "compile/compile.h"
#include "compile_messages.h"
#include "marshal/writer.h"
#include "support/file.h"

namespace ouro::cli {

namespace {

/// CPython shows the lines of the file of that name, which need not be the one that was compiled.
std::string warnings_text(const std::vector<syntax::SyntaxWarning>& warnings, const cache::CompileInput& input,
                          const SourceLines& own_lines) {
  if (warnings.empty()) return {};
  const auto named = input.filename == "<stdin>" ? Result<std::vector<std::uint8_t>>()
                                                 : support::read_file(std::string(input.filename));
  const SourceLines named_lines(named ? support::as_text(*named) : std::string_view());
  std::string text;
  for (const syntax::SyntaxWarning& warning : warnings) {
    text += warning_text(warning, input.filename, input.filename == "<stdin>" ? own_lines : named_lines);
  }
  return text;
}

tl::expected<cache::CompiledSource, cache::CompileFailure> compile_one(const cache::CompileInput& input,
                                                                       const version::Facts& target, ErrorWords words) {
  const std::string_view source = support::as_text(input.source);
  const compile::CompileOptions options{
      .target = &target, .optimize = input.optimize, .filename = input.filename};
  compile::CompileResult result = compile::compile_bytes(source, options);
  const SourceLines lines(source);
  cache::CompiledSource compiled;
  compiled.warnings = warnings_text(result.warnings, input, lines);
  if (!result.code) {
    const auto text = words == ErrorWords::PyCompile ? py_compile_text : error_text;
    return tl::unexpected(cache::CompileFailure{text(result.code.error(), input.filename, lines),
                                                std::move(compiled.warnings)});
  }
  auto bytes = marshal::write(result.code->pool, result.code->root, marshal::layout_of(target.version));
  if (!bytes) return tl::unexpected(cache::CompileFailure{"ValueError: " + bytes.error().detail + "\n", {}});
  compiled.code = std::move(*bytes);
  return compiled;
}

}  // namespace

std::optional<cache::CompileFunction> compiler_for(const version::Facts& target, Io& io, ErrorWords words) {
  if (!compile::is_supported_target(target)) {
    io.error("the compiler does not write code for Python " + target.version.to_string() + " yet");
    return std::nullopt;
  }
  return [&target, words](const cache::CompileInput& input) { return compile_one(input, target, words); };
}

}  // namespace ouro::cli
