#include "dis_input.h"

#include <algorithm>

#include "compile/compile.h"
#include "compile_messages.h"
#include "marshal/layout.h"
#include "version/facts.h"

namespace ouro::cli {
namespace {

enum class Kind { Pyc, Marshal, Source };

// By name where the name says it; otherwise a .pyc has "\r\n" after its magic number, and source has no NUL.
Kind kind_of(std::string_view path, std::string_view bytes, bool has_target) {
  if (path.ends_with(".py") || path.ends_with(".pyw")) return Kind::Source;
  if (bytes.size() >= 4 && bytes.substr(2, 2) == "\r\n") return Kind::Pyc;
  const bool is_binary = bytes.find('\0') != std::string_view::npos;
  if (has_target && is_binary) return Kind::Marshal;
  return path.ends_with(".pyc") || path.ends_with(".pyo") || is_binary ? Kind::Pyc : Kind::Source;
}

Result<std::optional<DisInput>> read_marshal(ByteView bytes, PythonVersion version) {
  OURO_TRY(auto value, marshal::read(bytes, marshal::layout_of(version)));
  if (value.pool.kind(value.root) != ConstKind::Code) {
    return make_error("dis.not_code", "the marshalled value is no code object");
  }
  return DisInput{version, std::move(value.pool), value.root, {}, bytes.size(), 0};
}

Result<std::optional<DisInput>> compile_input(std::string_view source, const std::string& path,
                                              const DisInputOptions& options, Io& io) {
  constexpr PythonVersion kDefaultTarget{3, 13};
  const PythonVersion target = options.target.value_or(kDefaultTarget);
  const Facts* facts = version::find_facts(target);
  if (facts == nullptr || !compile::is_supported_target(*facts)) {
    return make_error("dis.no_compiler", "this is source, and the compiler does not write code for Python " +
                                             target.to_string() + " yet; compile it with that Python and list the .pyc");
  }
  const std::string name = path == "-" ? "<stdin>" : path;
  compile::CompileResult result =
      compile::compile_bytes(source, {.target = facts, .optimize = options.optimize, .filename = name});
  const SourceLines lines(source);
  for (const syntax::SyntaxWarning& warning : result.warnings) io.err.write(warning_text(warning, name, lines));
  if (!result.code) {
    io.err.write(error_text(result.code.error(), name, lines));
    return std::optional<DisInput>();
  }
  return DisInput{target, std::move(result.code->pool), result.code->root, {}, source.size(), 0};
}

}  // namespace

Result<std::optional<DisInput>> read_dis_input(const std::string& path, const DisInputOptions& options, Io& io) {
  OURO_TRY(const auto bytes, io.read(path));
  const std::string_view text = support::as_text(bytes);
  switch (kind_of(path, text, options.target.has_value())) {
    case Kind::Source: return compile_input(text, path, options, io);
    case Kind::Marshal: return read_marshal(bytes, *options.target);
    case Kind::Pyc: break;
  }
  OURO_TRY(auto pyc, marshal::read_pyc(bytes));
  const auto* magic = version::find_magic(static_cast<std::uint16_t>(pyc.header.magic & 0xFFFFU));
  if (magic != nullptr && magic->is_prerelease) {
    io.error(path + ": written by the pre-release " + std::string(magic->release) + ", shown with the instructions of " +
             magic->version.to_string());
  }
  return DisInput{pyc.header.version, std::move(pyc.value.pool), pyc.value.root, pyc.header, bytes.size(), pyc.trailing_size};
}

}  // namespace ouro::cli
