// List, tuple, set and dict displays, unpacking, f-strings.
#include <algorithm>

#include "compile/code_generator.h"
#include "compile/fold.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

namespace {

bool all_constant(ExprList elements) {
  return std::all_of(elements.begin(), elements.end(),
                     [](const ExprNode* e) { return e != nullptr && e->kind == ExprKind::Constant; });
}

struct DisplayOps {
  Op build, add, extend;
};

}  // namespace

void CodeGenerator::constant_display(ExprList elements, int pushed, Display kind, const SourceLocation& where) {
  const bool set = kind == Display::Set;
  const auto folded = fold_sequence(set ? ConstantKind::FrozenSet : ConstantKind::Tuple, elements, context_);
  const ConstId id = constants().add(*folded);
  if (kind == Display::Tuple && pushed == 0) return load_const(id, where);
  emit(set ? Op::BUILD_SET : Op::BUILD_LIST, pushed, where);
  load_const(id, where);
  emit(set ? Op::SET_UPDATE : Op::LIST_EXTEND, 1, where);
  if (kind == Display::Tuple) emit(Op::CALL_INTRINSIC_1, 6, where);  // LIST_TO_TUPLE
}

// CPython 3.13 starunpack_helper_impl. `pushed` values are on the stack already; `injected` is a variable that
// stands behind the elements.
void CodeGenerator::display(ExprList elements, int pushed, Display kind, const SourceLocation& where,
                            Identifier injected) {
  if (elements.size() > 2 && !injected && all_constant(elements)) {
    return constant_display(elements, pushed, kind, where);
  }
  const DisplayOps ops = kind == Display::Set ? DisplayOps{Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE}
                                              : DisplayOps{Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND};
  const std::size_t count = elements.size() + static_cast<std::size_t>(pushed) + (injected ? 1 : 0);
  const bool big = count > kStackUseGuideline;
  const bool starred = std::any_of(elements.begin(), elements.end(),
                                   [](const ExprNode* e) { return e->kind == ExprKind::Starred; });
  if (!starred && !big) {
    visit(elements);
    if (injected) load(injected, where);
    return emit(kind == Display::Tuple ? Op::BUILD_TUPLE : ops.build, static_cast<std::int64_t>(count), where);
  }
  bool built = big;
  if (big) emit(ops.build, pushed, where);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (const auto* star = try_as<const Starred>(static_cast<const ExprNode*>(elements[i]))) {
      if (!built) emit(ops.build, static_cast<std::int64_t>(i) + pushed, where);
      built = true;
      visit(star->value);
      emit(ops.extend, 1, where);
    } else {
      visit(elements[i]);
      if (built) emit(ops.add, 1, where);
    }
  }
  if (injected) {
    load(injected, where);
    emit(ops.add, 1, where);
  }
  if (kind == Display::Tuple) emit(Op::CALL_INTRINSIC_1, 6, where);  // LIST_TO_TUPLE
}

void CodeGenerator::unpack_targets(ExprList targets, const SourceLocation& where) {
  const std::size_t count = targets.size();
  bool starred = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (targets[i]->kind != ExprKind::Starred) continue;
    if (starred) return fail(where, "multiple starred expressions in assignment");
    if (i >= 256 || count - i - 1 >= 0x7FFFFF) {
      return fail(where, "too many expressions in star-unpacking assignment");
    }
    emit(Op::UNPACK_EX, static_cast<std::int64_t>(i + ((count - i - 1) << 8U)), where);
    starred = true;
  }
  if (!starred) emit(Op::UNPACK_SEQUENCE, static_cast<std::int64_t>(count), where);
  for (ExprNode* target : targets) {
    visit(target->kind == ExprKind::Starred ? as<Starred>(target).value : target);
  }
}

void CodeGenerator::sequence_target_or_display(ExprContext context, ExprList elements, Display kind,
                                               const SourceLocation& where) {
  switch (context) {
    case ExprContext::Store: return unpack_targets(elements, where);
    case ExprContext::Load: return display(elements, 0, kind, where);
    case ExprContext::Del: return visit(elements);
  }
}

// CPython 3.13 compiler_subdict: entries without **.
void CodeGenerator::dict_run(const Dict& node, std::size_t begin, std::size_t end) {
  const SourceLocation where = loc(&node);
  const std::size_t count = end - begin;
  const bool big = count * 2 > kStackUseGuideline;
  const ExprList keys = node.keys.subspan(begin, count);
  if (count > 1 && !big && all_constant(keys)) {
    visit(node.values.subspan(begin, count));
    std::vector<ConstId> ids;
    ids.reserve(count);
    for (const ExprNode* key : keys) ids.push_back(constants().add(as<Constant>(key).value));
    load_const(constants().add_tuple(ids), where);
    return emit(Op::BUILD_CONST_KEY_MAP, static_cast<std::int64_t>(count), where);
  }
  if (big) emit(Op::BUILD_MAP, 0, where);
  for (std::size_t i = begin; i < end; ++i) {
    visit(node.keys[i]);
    visit(node.values[i]);
    if (big) emit(Op::MAP_ADD, 1, where);
  }
  if (!big) emit(Op::BUILD_MAP, static_cast<std::int64_t>(count), where);
}

// CPython 3.13 compiler_dict.
void CodeGenerator::dict(const Dict& node) {
  const SourceLocation where = loc(&node);
  bool have_dict = false;
  std::size_t waiting = 0;  // entries before i that are not emitted yet
  const auto flush = [&](std::size_t begin, std::size_t end) {
    dict_run(node, begin, end);
    if (have_dict) emit(Op::DICT_UPDATE, 1, where);
    have_dict = true;
    waiting = 0;
  };
  for (std::size_t i = 0; i < node.values.size(); ++i) {
    if (node.keys[i] == nullptr) {
      if (waiting > 0) flush(i - waiting, i);
      if (!have_dict) emit(Op::BUILD_MAP, 0, where);
      have_dict = true;
      visit(node.values[i]);
      emit(Op::DICT_UPDATE, 1, where);
    } else if (waiting * 2 > kStackUseGuideline) {
      flush(i - waiting, i + 1);
    } else {
      ++waiting;
    }
  }
  if (waiting > 0) flush(node.values.size() - waiting, node.values.size());
  if (!have_dict) emit(Op::BUILD_MAP, 0, where);
}

void CodeGenerator::joined_string(const JoinedStr& node) {
  const SourceLocation where = loc(&node);
  const std::size_t count = node.values.size();
  if (count > kStackUseGuideline) {
    load_const(constants().add_str(""), where);
    emit_name(Op::LOAD_METHOD, names_.join, where);
    emit(Op::BUILD_LIST, 0, where);
    for (ExprNode* value : node.values) {
      visit(value);
      emit(Op::LIST_APPEND, 1, where);
    }
    return emit(Op::CALL, 1, where);
  }
  visit(node.values);
  if (count > 1) emit(Op::BUILD_STRING, static_cast<std::int64_t>(count), where);
  if (count == 0) load_const(constants().add_str(""), where);
}

void CodeGenerator::formatted_value(const FormattedValue& node) {
  const SourceLocation where = loc(&node);
  visit(node.value);
  switch (node.conversion) {
    case 's': emit(Op::CONVERT_VALUE, 1, where); break;
    case 'r': emit(Op::CONVERT_VALUE, 2, where); break;
    case 'a': emit(Op::CONVERT_VALUE, 3, where); break;
    default: break;
  }
  if (node.format_spec == nullptr) return emit(Op::FORMAT_SIMPLE, where);
  visit(node.format_spec);
  emit(Op::FORMAT_WITH_SPEC, where);
}

}  // namespace ouro::compile
