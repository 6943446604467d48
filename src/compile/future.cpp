#include "compile/future.h"

#include <array>
#include <string>
#include <string_view>

namespace ouro::compile {
namespace {

// Mandatory by now: accepted, without effect.
constexpr std::array<std::string_view, 8> kSettledFeatures = {
    "nested_scopes", "generators", "division", "absolute_import",
    "with_statement", "print_function", "unicode_literals", "generator_stop"};

// CPython 3.13 gives these errors a line and the statement's column, and no end column.
void fail_at_statement(const syntax::ImportFrom& statement, std::string message, Problems& problems) {
  problems.fail({syntax::SyntaxErrorType::SyntaxError, std::move(message), statement.pos.lineno,
                 statement.pos.col_offset + 1, statement.pos.lineno, 0});
}

void read_features(const syntax::ImportFrom& statement, FutureFeatures& features, Problems& problems) {
  for (const syntax::Alias* alias : statement.names) {
    const std::string_view name = alias->name.view();
    bool settled = false;
    for (const std::string_view known : kSettledFeatures) settled = settled || known == name;
    if (settled) continue;
    if (name == "annotations") {
      features.annotations = true;
    } else if (name == "barry_as_FLUFL") {
      features.barry_as_bdfl = true;
    } else if (name == "braces") {
      return fail_at_statement(statement, "not a chance", problems);
    } else {
      return fail_at_statement(statement, "future feature " + std::string(name.substr(0, 100)) + " is not defined",
                               problems);
    }
  }
}

}  // namespace

const syntax::Constant* find_docstring(syntax::StmtList body) {
  if (body.empty()) return nullptr;
  const auto* statement = syntax::try_as<syntax::Expr>(body[0]);
  if (statement == nullptr) return nullptr;
  const auto* constant = syntax::try_as<syntax::Constant>(statement->value);
  return constant != nullptr && constant->value.kind == syntax::ConstantKind::Str ? constant : nullptr;
}

FutureFeatures find_future_features(const syntax::Mod& module, Problems& problems) {
  FutureFeatures features;
  if (module.kind == syntax::ModKind::Expression) return features;
  std::size_t i = find_docstring(module.body) != nullptr ? 1 : 0;
  for (; i < module.body.size() && !problems.failed(); ++i) {
    const auto* import = syntax::try_as<syntax::ImportFrom>(module.body[i]);
    if (import == nullptr || import->level != 0 || import->module.view() != "__future__") break;
    read_features(*import, features, problems);
    features.last = import->pos;
  }
  return features;
}

}  // namespace ouro::compile
