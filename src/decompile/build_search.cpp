// Verification inside the search: each function is compiled again by itself, and where the code differs the choices
// near the first difference are tried until it does not.
#include <algorithm>

#include "decompile/build_impl.h"
#include "decompile/print.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

constexpr int kMostAttempts = 80;
constexpr std::string_view kWrapper = "__ouro_scope__";

bool is_plain_name(std::string_view name) { return !name.empty() && name.find('.') == std::string_view::npos; }

// The code object called `name` directly inside of another.
std::optional<ConstId> child(const ConstantPool& pool, ConstId parent, std::string_view name) {
  const CodeObject& code = pool.code(parent);
  if (code.consts == kNoConst) return std::nullopt;
  for (const ConstId id : pool.items(code.consts)) {
    if (pool.kind(id) == ConstKind::Code && pool.text(pool.code(id).name) == name) return id;
  }
  return std::nullopt;
}

}  // namespace

Arguments* TreeBuilder::bare_arguments(const CodeObject& code) {
  auto* args = ast_.arena.make<Arguments>();
  const bytecode::CodeView view = bytecode::view_of(constants_, code);
  std::uint32_t next = 0;
  const auto take = [&] {
    auto* arg = ast_.arena.make<Arg>();
    arg->arg = identifier(text_of(view.local_name(next++)));
    return arg;
  };
  const auto some = [&](std::int32_t count) {
    std::vector<Arg*> list;
    for (std::int32_t k = 0; k < count && next < view.locals.size(); ++k) list.push_back(take());
    return span(list);
  };
  args->posonlyargs = some(code.posonlyargcount);
  args->args = some(code.argcount - code.posonlyargcount);
  args->kwonlyargs = some(code.kwonlyargcount);
  std::vector<Expr*> none(args->kwonlyargs.size(), nullptr);
  args->kw_defaults = span(none);
  if ((code.flags & code::kVarArgs) != 0) args->vararg = take();
  if ((code.flags & code::kVarKeywords) != 0) args->kwarg = take();
  return args;
}

void TreeBuilder::collect_imports(const CodeObject& module) {
  const bytecode::CodeView view = bytecode::view_of(constants_, module);
  bool imported = false;
  for (const Instruction& i : bytecode::decode(facts_, view.code)) {
    switch (bytecode::base_info(facts_, *i.info).op) {
      case Op::IMPORT_NAME: case Op::IMPORT_FROM: imported = true; break;
      case Op::SWAP: case Op::POP_TOP: case Op::CACHE: case Op::EXTENDED_ARG: break;
      case Op::STORE_NAME: case Op::STORE_GLOBAL:
        if (imported && i.oparg < view.names.size()) {
          const std::string_view name = text_of(view.names[i.oparg]);
          if (is_plain_name(name)) imported_.insert(name);
        }
        imported = false;
        break;
      default: imported = false;
    }
  }
}

// The least module in which the body compiles as it does in its own: free variables bound, class around it.
Mod* TreeBuilder::module_around(const Unit& unit, StmtList body, std::vector<std::string_view>& path) {
  const CodeObject& code = *unit.code;
  const bytecode::CodeView view = bytecode::view_of(constants_, code);
  const std::string_view name = text_of(code.name);
  Position line;
  line.line = unit.line;
  const Unit* outer = unit_;
  unit_ = const_cast<Unit*>(&unit);
  Stmt* inner = nullptr;
  if (unit.role == CodeRole::Class) {
    inner = ast_.make<ClassDef>(at(line), identifier(name), ExprList{}, std::span<Keyword*>{}, body, ExprList{}, std::span<TypeParam*>{});
  } else {
    const bool is_async = (code.flags & (code::kCoroutine | code::kAsyncGenerator)) != 0;
    inner = ast_.make_as<FunctionDef>(is_async ? StmtKind::AsyncFunctionDef : StmtKind::FunctionDef, at(line), identifier(name),
                                      bare_arguments(code), body, ExprList{}, static_cast<Expr*>(nullptr), std::span<TypeParam*>{});
  }
  unit_ = const_cast<Unit*>(outer);
  path.push_back(name);
  const auto around = [&](Stmt* s) {
    std::vector<Stmt*> one{s};
    return span(one);
  };
  if (unit.role == CodeRole::Function && !unit.class_name.empty()) {
    inner = ast_.make<ClassDef>(syntax::Position{}, plain(unit.class_name), ExprList{}, std::span<Keyword*>{}, around(inner), ExprList{}, std::span<TypeParam*>{});
    path.push_back(unit.class_name);
  }
  bool nested = (code.flags & code::kNested) != 0;
  std::vector<Arg*> frees;
  for (std::size_t k = 0; k < view.locals.size() && k < view.local_kinds.size(); ++k) {
    const std::string_view free = text_of(view.locals[k]);
    if ((static_cast<std::uint8_t>(view.local_kinds[k]) & code::kLocalFree) == 0 || free == "__class__" || free == "__classdict__") continue;
    auto* arg = ast_.arena.make<Arg>();
    arg->arg = plain(free);
    frees.push_back(arg);
    nested = true;
  }
  if (nested) {
    auto* args = ast_.arena.make<Arguments>();
    args->args = span(frees);
    inner = ast_.make<FunctionDef>(syntax::Position{}, plain(kWrapper), args, around(inner), ExprList{}, static_cast<Expr*>(nullptr), std::span<TypeParam*>{});
    path.push_back(kWrapper);
  }
  auto* module = ast_.arena.make<Mod>();
  module->kind = ModKind::Module;
  StmtVector all;
  const syntax::Position top{1, 0, 1, 0};
  if (unit.future_annotations) {
    auto* alias = ast_.arena.make<Alias>();
    alias->name = plain("annotations");
    std::vector<Alias*> aliases{alias};
    all.push_back(ast_.make<ImportFrom>(top, 0, plain("__future__"), span(aliases)));
  }
  if (!imported_.empty()) {
    std::vector<Alias*> aliases;
    for (const std::string_view imported : imported_) {
      auto* alias = ast_.arena.make<Alias>();
      alias->name = plain(imported);
      aliases.push_back(alias);
    }
    all.push_back(ast_.make<Import>(top, span(aliases)));
  }
  all.push_back(inner);
  module->body = span(all);
  std::reverse(path.begin(), path.end());
  return module;
}

bool TreeBuilder::check(ConstId id, const Unit& unit, Attempt& made) {
  made.compiled = false;
  made.result = {};
  Tree tree;
  std::vector<std::string_view> path;
  if (unit.role == CodeRole::Module) {
    tree.module = ast_.arena.make<Mod>();
    tree.module->kind = ModKind::Module;
    tree.module->body = made.body;
  } else {
    tree.module = module_around(unit, made.body, path);
  }
  tree.comments = tree_.comments;
  spent_ += bytecode::view_of(constants_, *unit.code).code.size() + 200;
  const std::optional<Recompiled> again = (*options_.recompile)(print_source(tree, {}));
  if (!again) return false;
  ConstId found = again->root;
  for (const std::string_view name : path) {
    const auto next = child(again->pool, found, name);
    if (!next) return false;
    found = *next;
  }
  made.compiled = true;
  made.result = compare_code(facts_, {&constants_, id}, {&again->pool, found});
  return made.result.equal;
}

void TreeBuilder::settle_report(Attempt& best) {
  best.report.checked = true;
  best.report.perfect = best.compiled && best.result.equal;
  best.report.perfect_without_nops = best.compiled && best.result.equal_without_nops;
  best.report.difference = best.compiled ? best.result.difference : "does not compile by itself";
}

void TreeBuilder::search(ConstId id, Unit& unit, Choices& choices, Attempt& best) {
  if (!is_plain_name(text_of(unit.code->name)) && unit.role != CodeRole::Module) return;
  if (check(id, unit, best)) return;
  int attempts = 0;
  const int most = unit.role == CodeRole::Function ? kMostAttempts : 12;
  bool better = true;
  while (better && attempts < most && spent_ < options_.budget) {
    better = false;
    std::vector<Choices::Place> places = choices.places();
    const std::uint32_t at = best.result.offset;
    // What decides lies mostly shortly before the first difference, or else after it.
    const auto distance = [at](const Choices::Place& p) {
      return p.offset <= at + 4 ? std::uint64_t{at + 4 - p.offset} : std::uint64_t{p.offset - at} * 2;
    };
    std::stable_sort(places.begin(), places.end(), [&](const auto& x, const auto& y) { return distance(x) < distance(y); });
    for (const Choices::Place& place : places) {
      const int current = choices.current(place);
      for (int way = 0; way < place.count && !better; ++way) {
        if (way == current || attempts >= most || spent_ >= options_.budget) continue;
        ++attempts;
        Choices changed = choices;
        changed.force(place.kind, place.offset, way);
        Attempt next;
        attempt(id, unit, changed, next);
        check(id, unit, next);
        const bool accept = next.compiled && (!best.compiled || next.result.equal || next.result.likeness > best.result.likeness);
        if (!accept) continue;
        better = true;
        best = std::move(next);
        choices = std::move(changed);
        if (best.result.equal) return;
      }
      if (better) break;
    }
  }
}

}  // namespace ouro::decompile
