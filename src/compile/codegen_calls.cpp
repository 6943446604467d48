// Calls: methods, super(), * and ** arguments.
#include <algorithm>
#include <unordered_set>

#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

namespace {

bool any_starred(ExprList args) {
  return std::any_of(args.begin(), args.end(), [](const ExprNode* e) { return e->kind == ExprKind::Starred; });
}
bool any_unpacked(std::span<Keyword*> keywords) {
  return std::any_of(keywords.begin(), keywords.end(), [](const Keyword* k) { return !k->arg; });
}

}  // namespace

// CPython 3.13 validate_keywords: the first keyword that comes again decides.
void CodeGenerator::validate_keywords(std::span<Keyword*> keywords) {
  if (keywords.empty()) return;
  std::unordered_set<Identifier> seen;
  const Identifier* repeated = nullptr;
  for (const Keyword* keyword : keywords) {
    if (!keyword->arg) continue;
    if (!seen.insert(keyword->arg).second) {
      repeated = &keyword->arg;
      break;
    }
  }
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    const Identifier name = keywords[i]->arg;
    if (!name) continue;
    if (forbid_debug(name, ExprContext::Store, at(keywords[i]->pos))) return;
    if (repeated == nullptr) continue;
    for (std::size_t j = i + 1; j < keywords.size(); ++j) {
      if (keywords[j]->arg != name) continue;
      return fail(at(keywords[j]->pos), "keyword argument repeated: " + std::string(name.view()));
    }
  }
}

bool CodeGenerator::is_imported(const ExprNode* expression) {
  const auto* name = try_as<const Name>(expression);
  return name != nullptr && (symbols_.top().flags_of(name->id) & kDefImport) != 0;
}

// CPython 3.13 can_optimize_super_call.
bool CodeGenerator::can_optimize_super(const Attribute& node) {
  if (node.value->kind != ExprKind::Call) return false;
  const Call& call = as<Call>(node.value);
  if (call.func->kind != ExprKind::Name || as<Name>(call.func).id != names_.super ||
      node.attr == names_.dunder_class || !call.keywords.empty()) {
    return false;
  }
  if (scope().scope_of(names_.super) != NameScope::GlobalImplicit) return false;
  if (symbols_.top().scope_of(names_.super) != NameScope::Unknown) return false;
  if (call.args.size() == 2) return !any_starred(call.args);
  if (!call.args.empty()) return false;
  if (metadata().argcount == 0 && metadata().posonlyargcount == 0) return false;
  return reference_type(names_.dunder_class) == NameScope::Free;
}

void CodeGenerator::load_super_arguments(const Call& call) {
  const SourceLocation where = loc(&call);
  load(names_.super, loc(call.func));
  if (call.args.size() == 2) return visit(call.args);
  load(names_.dunder_class, where);
  load(metadata().varnames[0], where);
}

void CodeGenerator::keyword_names(std::span<Keyword*> keywords, const SourceLocation& where) {
  std::vector<Identifier> names;
  names.reserve(keywords.size());
  for (const Keyword* keyword : keywords) names.push_back(keyword->arg);
  load_names_tuple(names, where);
}

// CPython 3.13 maybe_optimize_method_call; false when it is a call like any other.
bool CodeGenerator::method_call(const Call& node) {
  if (node.func->kind != ExprKind::Attribute) return false;
  const Attribute& method = as<Attribute>(node.func);
  if (method.ctx != ExprContext::Load || is_imported(method.value)) return false;
  const std::size_t keyword_count = node.keywords.size();
  const std::size_t count = node.args.size() + keyword_count;
  if (count + (keyword_count != 0 ? 1 : 0) >= kStackUseGuideline) return false;
  if (any_starred(node.args) || any_unpacked(node.keywords)) return false;

  const SourceLocation name_location = attribute_location(loc(&method), method);
  if (can_optimize_super(method)) {
    const Call& super_call = as<Call>(method.value);
    load_super_arguments(super_call);
    emit_name(super_call.args.empty() ? Op::LOAD_ZERO_SUPER_METHOD : Op::LOAD_SUPER_METHOD, method.attr,
              loc(&method));
    emit(Op::NOP, name_location);
  } else {
    visit(method.value);
    emit_name(Op::LOAD_METHOD, method.attr, name_location);
  }
  visit(node.args);
  const SourceLocation where = attribute_location(loc(&node), method);
  if (keyword_count == 0) {
    emit(Op::CALL, static_cast<std::int64_t>(count), where);
    return true;
  }
  for (const Keyword* keyword : node.keywords) visit(keyword->value);
  keyword_names(node.keywords, name_location);
  emit(Op::CALL_KW, static_cast<std::int64_t>(count), where);
  return true;
}

void CodeGenerator::call(const Call& node) {
  validate_keywords(node.keywords);
  if (method_call(node)) return;
  check_caller(node.func);
  visit(node.func);
  emit(Op::PUSH_NULL, loc(node.func));
  call_arguments(0, node.args, {}, node.keywords, loc(&node));
}

// CPython 3.13 compiler_call_helper_impl. `injected` is a variable passed behind the positional arguments.
void CodeGenerator::call_arguments(int pushed, ExprList args, Identifier injected, std::span<Keyword*> keywords,
                                   const SourceLocation& where) {
  const bool plain = args.size() + keywords.size() * 2 <= kStackUseGuideline && !any_starred(args) &&
                     !any_unpacked(keywords);
  if (plain) {
    visit(args);
    if (injected) load(injected, where);
    const auto count = static_cast<std::int64_t>(args.size()) + pushed + (injected ? 1 : 0);
    if (keywords.empty()) return emit(Op::CALL, count, where);
    for (const Keyword* keyword : keywords) visit(keyword->value);
    keyword_names(keywords, where);
    return emit(Op::CALL_KW, count + static_cast<std::int64_t>(keywords.size()), where);
  }
  if (pushed == 0 && args.size() == 1 && args[0]->kind == ExprKind::Starred) {
    visit(as<Starred>(args[0]).value);
  } else {
    display(args, pushed, Display::Tuple, where, injected);
  }
  if (!keywords.empty()) keyword_dict(keywords, where);
  emit(Op::CALL_FUNCTION_EX, keywords.empty() ? 0 : 1, where);
}

void CodeGenerator::keyword_dict(std::span<Keyword*> keywords, const SourceLocation& where) {
  bool have_dict = false;
  std::size_t waiting = 0;
  const auto flush = [&](std::size_t end) {
    keyword_run(keywords.subspan(end - waiting, waiting), where);
    if (have_dict) emit(Op::DICT_MERGE, 1, where);
    have_dict = true;
    waiting = 0;
  };
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    if (keywords[i]->arg) {
      ++waiting;
      continue;
    }
    if (waiting > 0) flush(i);
    if (!have_dict) emit(Op::BUILD_MAP, 0, where);
    have_dict = true;
    visit(keywords[i]->value);
    emit(Op::DICT_MERGE, 1, where);
  }
  if (waiting > 0) flush(keywords.size());
}

// CPython 3.13 compiler_subkwargs: keywords without **.
void CodeGenerator::keyword_run(std::span<Keyword*> keywords, const SourceLocation& where) {
  const std::size_t count = keywords.size();
  const bool big = count * 2 > kStackUseGuideline;
  if (count > 1 && !big) {
    for (const Keyword* keyword : keywords) visit(keyword->value);
    keyword_names(keywords, where);
    return emit(Op::BUILD_CONST_KEY_MAP, static_cast<std::int64_t>(count), where);
  }
  if (big) emit(Op::BUILD_MAP, 0, kNoLocation);
  for (const Keyword* keyword : keywords) {
    load_name_const(keyword->arg, where);
    visit(keyword->value);
    if (big) emit(Op::MAP_ADD, 1, kNoLocation);
  }
  if (!big) emit(Op::BUILD_MAP, static_cast<std::int64_t>(count), where);
}

}  // namespace ouro::compile
