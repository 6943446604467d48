#include "compile/compile.h"

#include <utility>

#include "compile/code_generator.h"
#include "compile/fold.h"
#include "compile/future.h"
#include "compile/problems.h"
#include "compile/symbol_table.h"

namespace ouro::compile {

CompileResult compile_module(syntax::Mod& module, syntax::AstContext& context, const CompileOptions& options) {
  CompileResult result{tl::unexpected(syntax::SyntaxError{}), {}};
  Problems problems(result.warnings);
  const SourceNames source_names{&context.interner, context.interner.size()};  // before the compiler makes more
  const auto failure = [&] {
    result.code = tl::unexpected(*problems.error());
    return std::move(result);
  };
  FutureFeatures future = find_future_features(module, problems);
  if (options.future_annotations) future.annotations = true;
  if (problems.failed()) return failure();
  fold_module(module, context, {options.optimize, future.annotations}, problems);
  if (problems.failed()) return failure();
  SymbolTable symbols = build_symbol_table(module, future, context, problems);
  if (problems.failed()) return failure();
  const version::Facts& target =
      options.target != nullptr ? *options.target : *version::find_facts(PythonVersion{3, 13});
  Backend backend(target, options.filename, source_names);
  const CodegenOptions codegen_options{options.optimize};
  CodeGenerator generator(symbols, future, context, backend, codegen_options, problems);
  const ConstId root = generator.module(module);
  if (problems.failed()) return failure();
  result.code = Compiled{backend.finish(root, options.root_held), root};
  return result;
}

CompileResult compile_source(const syntax::SourceText& source, const CompileOptions& options) {
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  syntax::ParseOptions parse_options;
  parse_options.mode = options.mode;
  auto module = syntax::parse(source, context, parse_options, warnings);
  if (!module) return {tl::unexpected(std::move(module).error()), std::move(warnings)};
  CompileResult result = compile_module(**module, context, options);
  result.warnings.insert(result.warnings.begin(), warnings.begin(), warnings.end());
  return result;
}

CompileResult compile_bytes(std::string_view bytes, const CompileOptions& options) {
  syntax::SourceText source;
  if (!source.decode(bytes)) return {tl::unexpected(source.error()), {}};
  return compile_source(source, options);
}

bool is_supported_target(const version::Facts& facts) { return facts.version == PythonVersion{3, 13}; }

}  // namespace ouro::compile
