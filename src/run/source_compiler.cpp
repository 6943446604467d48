#include "run/source_compiler.h"

#include <algorithm>

#include "compile/compile.h"
#include "compile/future.h"
#include "compile/problems.h"
#include "compile/symbol_table.h"
#include "support/utf8.h"
#include "syntax/error_text.h"
#include "syntax/parser.h"

namespace ouro::run {
namespace {

constexpr std::uint32_t kFutureAnnotations = 0x1000000;

/// Line `number` of the decoded source with its newline; nullopt: there is none.
std::optional<std::string> line_of(std::string_view text, std::int32_t number) {
  for (std::int32_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (line == number) return support::replace_invalid_utf8(text.substr(0, end));
    text.remove_prefix(end);
  }
  return std::nullopt;
}

vm::CompileFailure failure_of(const syntax::SyntaxError& error, std::string_view text, bool with_line) {
  vm::CompileFailure failure;
  failure.exception = syntax::name_of(error.type);
  failure.message = error.message;
  failure.line = error.lineno;
  failure.column = error.offset;
  failure.end_line = error.end_lineno;
  failure.end_column = error.end_offset;
  failure.has_position = error.has_place();
  if (with_line && failure.has_position) failure.text = line_of(text, error.lineno);
  return failure;
}

void add_warnings(const std::vector<syntax::SyntaxWarning>& from, std::string_view text, bool with_line,
                  std::vector<vm::CompileWarning>& to) {
  for (const syntax::SyntaxWarning& warning : from) {
    to.push_back({warning.deprecation ? "DeprecationWarning" : "SyntaxWarning", warning.message, warning.lineno, warning.offset,
                  warning.end_lineno, warning.end_offset, with_line ? line_of(text, warning.lineno) : std::nullopt});
  }
}

compile::CompileOptions options_of(const vm::CompileRequest& request) {
  compile::CompileOptions options;
  options.optimize = request.optimize;
  options.filename = request.filename;
  options.future_annotations = (request.flags & kFutureAnnotations) != 0;
  switch (request.mode) {
    case vm::CompileMode::Eval: options.mode = syntax::ParseMode::Eval; break;
    case vm::CompileMode::Single: options.mode = syntax::ParseMode::Single; break;
    default: break;
  }
  return options;
}

void take_result(compile::CompileResult result, std::string_view text, bool with_line, vm::CompileOutcome& outcome) {
  add_warnings(result.warnings, text, with_line, outcome.warnings);
  if (!result.code) {
    outcome.failure = failure_of(result.code.error(), text, with_line);
    return;
  }
  outcome.pool.emplace(std::move(result.code->pool));
  outcome.root = result.code->root;
}

vm::CompileOutcome compile_text(const vm::CompileRequest& request) {
  vm::CompileOutcome outcome;
  syntax::SourceText source;
  if (!(request.is_utf8 ? source.assign(request.source) : source.decode(request.source))) {
    outcome.failure = failure_of(source.error(), request.source, true);
    return outcome;
  }
  const compile::CompileOptions options = options_of(request);
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  syntax::ParseOptions parse_options;
  parse_options.mode = options.mode;
  parse_options.newline_added = !request.source.ends_with('\n');
  const auto module = syntax::parse(source, context, parse_options, warnings);
  add_warnings(warnings, source.text(), true, outcome.warnings);
  if (!module) {
    outcome.failure = failure_of(module.error(), source.text(), true);
    return outcome;
  }
  // What later stages refuse has its line only where CPython finds the file of that name.
  take_result(compile::compile_module(**module, context, options), source.text(), !request.is_utf8, outcome);
  return outcome;
}

vm::CompileOutcome compile_tree(syntax::Mod& module, syntax::AstContext& context, const vm::CompileRequest& request) {
  vm::CompileOutcome outcome;
  take_result(compile::compile_module(module, context, options_of(request)), {}, false, outcome);
  return outcome;
}

/// CPython's numbers of block types (Include/internal/pycore_symtable.h).
int type_number(compile::BlockType type) {
  switch (type) {
    case compile::BlockType::Function: return 0;
    case compile::BlockType::Class: return 1;
    case compile::BlockType::Module: return 2;
    case compile::BlockType::Annotation: return 3;
    case compile::BlockType::TypeAlias: return 4;
    case compile::BlockType::TypeParameters: return 5;
    case compile::BlockType::TypeVariable: return 6;
  }
  return 0;
}

/// Appends a scope and all below it; gives its index. The parser bounds the depth.
std::size_t add_scope(const compile::Scope& scope, std::vector<vm::SymbolScope>& out) {
  const std::size_t index = out.size();
  vm::SymbolScope& made = out.emplace_back();
  made.name = scope.name.view();
  made.type = type_number(scope.type);
  made.line = scope.type == compile::BlockType::Module ? 0 : scope.position.lineno;
  made.nested = scope.nested;
  for (const compile::Symbol& symbol : scope.symbols.entries()) {
    made.symbols.emplace_back(symbol.name.view(), symbol.flags | static_cast<std::uint32_t>(symbol.scope) << 12U);
  }
  for (const compile::Identifier name : scope.params) made.parameters.emplace_back(name.view());
  for (const compile::Scope* child : scope.children) {
    const std::size_t below = add_scope(*child, out);
    out[index].children.push_back(below);
  }
  return index;
}

vm::SymbolOutcome symbols_of(const vm::CompileRequest& request) {
  vm::SymbolOutcome outcome;
  syntax::SourceText source;
  if (!(request.is_utf8 ? source.assign(request.source) : source.decode(request.source))) {
    outcome.failure = failure_of(source.error(), request.source, true);
    return outcome;
  }
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  syntax::ParseOptions parse_options;
  parse_options.mode = options_of(request).mode;
  parse_options.newline_added = !request.source.ends_with('\n');
  const auto module = syntax::parse(source, context, parse_options, warnings);
  if (module) {
    compile::Problems problems(warnings);
    const compile::FutureFeatures future = compile::find_future_features(**module, problems);
    if (!problems.failed()) {
      const compile::SymbolTable table = compile::build_symbol_table(**module, future, context, problems);
      if (!problems.failed()) add_scope(table.top(), outcome.scopes);
    }
    if (problems.failed()) outcome.failure = failure_of(*problems.error(), source.text(), !request.is_utf8);
  } else {
    outcome.failure = failure_of(module.error(), source.text(), true);
  }
  add_warnings(warnings, source.text(), true, outcome.warnings);
  return outcome;
}

constexpr vm::CompilerInterface kInterface{compile_text, compile_tree, symbols_of};

}  // namespace

const vm::CompilerInterface& source_compiler() { return kInterface; }

}  // namespace ouro::run
