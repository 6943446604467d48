// match statements (CPython 3.13 compiler_match and compiler_pattern_*).
//
// Each pattern takes its subject from the top of the stack and jumps away when it does not match. PatternContext
// counts what lies on the stack above the names captured so far: on failure that many values are popped, on success
// names are stored once the whole pattern has matched.
#include <algorithm>

#include "compile/annotation_text.h"
#include "compile/code_generator.h"
#include "compile/fold.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

namespace {

bool is_wildcard(const PatternNode* node) {
  const auto* as_pattern = try_as<const MatchAs>(node);
  return as_pattern != nullptr && !as_pattern->name;
}

bool is_star_wildcard(const PatternNode* node) {
  const auto* star = try_as<const MatchStar>(node);
  return star != nullptr && !star->name;
}

}  // namespace

void CodeGenerator::match(const Match& node) {
  visit(node.subject);
  const Label end = new_label();
  const std::size_t count = node.cases.size();
  const bool has_default = is_wildcard(node.cases.back()->pattern) && count > 1;
  const std::size_t tested = count - (has_default ? 1 : 0);
  for (std::size_t i = 0; i < tested; ++i) {
    match_case(*node.cases[i], i + 1 != tested, i + 1 == count, end);
  }
  if (has_default) {
    // `case _:` at the end pushes and pops nothing.
    const MatchCase& last = *node.cases.back();
    const SourceLocation where = loc(last.pattern);
    emit(Op::NOP, where);
    if (last.guard != nullptr) jump_if(last.guard, end, false, where);
    visit(last.body);
  }
  use(end);
}

void CodeGenerator::match_case(const MatchCase& one, bool keep_subject, bool last, Label end) {
  const SourceLocation where = loc(one.pattern);
  if (keep_subject) emit(Op::COPY, 1, where);
  PatternContext context;
  context.allow_irrefutable = one.guard != nullptr || last;
  pattern(one.pattern, context);
  for (const Identifier name : context.stores) store(name, where);
  if (one.guard != nullptr) {
    ensure_fail_pop(context, 0);
    jump_if(one.guard, context.fail_pop[0], false, where);
  }
  if (keep_subject) emit(Op::POP_TOP, where);
  visit(one.body);
  jump(Op::JUMP, end, kNoLocation);
  emit_fail_pops(context, where);
}

void CodeGenerator::ensure_fail_pop(PatternContext& context, std::size_t count) {
  while (context.fail_pop.size() <= count) context.fail_pop.push_back(new_label());
}

void CodeGenerator::fail_jump(Op op, PatternContext& context, const SourceLocation& where) {
  const std::size_t pops = static_cast<std::size_t>(context.on_top) + context.stores.size();
  ensure_fail_pop(context, pops);
  jump(op, context.fail_pop[pops], where);
}

void CodeGenerator::emit_fail_pops(PatternContext& context, const SourceLocation& where) {
  if (context.fail_pop.empty()) return;
  for (std::size_t i = context.fail_pop.size() - 1; i > 0; --i) {
    use(context.fail_pop[i]);
    emit(Op::POP_TOP, where);
  }
  use(context.fail_pop[0]);
  context.fail_pop.clear();
}

void CodeGenerator::rotate(std::int64_t count, const SourceLocation& where) {
  for (; count > 1; --count) emit(Op::SWAP, count, where);
}

void CodeGenerator::pattern_store(Identifier name, PatternContext& context, const Position& position) {
  const SourceLocation where = at(position);
  if (!name) return emit(Op::POP_TOP, where);
  if (forbid_debug(name, ExprContext::Store, where)) return;
  if (std::find(context.stores.begin(), context.stores.end(), name) != context.stores.end()) {
    return fail(where, "multiple assignments to name '" + std::string(name.view()) + "' in pattern");
  }
  // Under everything that must stay on top.
  rotate(context.on_top + static_cast<std::int64_t>(context.stores.size()) + 1, where);
  context.stores.push_back(name);
}

void CodeGenerator::pattern(PatternNode* node, PatternContext& context) {
  if (problems_.failed()) return;
  switch (node->kind) {
    case PatternKind::MatchValue: return pattern_value(as<MatchValue>(node), context);
    case PatternKind::MatchSingleton:
      load_const(constants().add(as<MatchSingleton>(node).value), loc(node));
      emit_compare(CompareOperator::Is, loc(node));
      return fail_jump(Op::POP_JUMP_IF_FALSE, context, loc(node));
    case PatternKind::MatchSequence: return pattern_sequence(as<MatchSequence>(node), context);
    case PatternKind::MatchMapping: return pattern_mapping(as<MatchMapping>(node), context);
    case PatternKind::MatchClass: return pattern_class(as<MatchClass>(node), context);
    case PatternKind::MatchStar: return pattern_store(as<MatchStar>(node).name, context, node->pos);
    case PatternKind::MatchAs: return pattern_as(as<MatchAs>(node), context);
    case PatternKind::MatchOr: return pattern_or(as<MatchOr>(node), context);
  }
}

void CodeGenerator::subpattern(PatternNode* node, PatternContext& context) {
  const bool allowed = context.allow_irrefutable;
  context.allow_irrefutable = true;
  pattern(node, context);
  context.allow_irrefutable = allowed;
}

void CodeGenerator::pattern_value(const MatchValue& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  if (node.value->kind != ExprKind::Constant && node.value->kind != ExprKind::Attribute) {
    return fail(where, "patterns may only match literals and attribute lookups");
  }
  visit(node.value);
  emit_compare(CompareOperator::Eq, where);
  emit(Op::TO_BOOL, where);
  fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
}

void CodeGenerator::pattern_unpack(const MatchSequence& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  const std::size_t size = node.patterns.size();
  bool starred = false;
  for (std::size_t i = 0; i < size; ++i) {
    if (node.patterns[i]->kind != PatternKind::MatchStar) continue;
    if (i >= 256 || size - i - 1 >= 0x7FFFFF) {
      return fail(where, "too many expressions in star-unpacking sequence pattern");
    }
    emit(Op::UNPACK_EX, static_cast<std::int64_t>(i + ((size - i - 1) << 8U)), where);
    starred = true;
  }
  if (!starred) emit(Op::UNPACK_SEQUENCE, static_cast<std::int64_t>(size), where);
  context.on_top += static_cast<std::int64_t>(size);
  for (PatternNode* one : node.patterns) {
    --context.on_top;
    subpattern(one, context);
  }
}

// [first, *_, last] and the like: by index, the middle is not looked at.
void CodeGenerator::pattern_subscript(const MatchSequence& node, std::size_t star, PatternContext& context) {
  const SourceLocation where = loc(&node);
  const std::size_t size = node.patterns.size();
  ++context.on_top;
  for (std::size_t i = 0; i < size; ++i) {
    if (is_wildcard(node.patterns[i]) || i == star) continue;
    emit(Op::COPY, 1, where);
    if (i < star) {
      load_int(static_cast<std::int64_t>(i), where);
    } else {
      emit(Op::GET_LEN, where);
      load_int(static_cast<std::int64_t>(size - i), where);
      emit_binary(Operator::Sub, false, where);
    }
    emit(Op::BINARY_SUBSCR, where);
    subpattern(node.patterns[i], context);
  }
  --context.on_top;
  emit(Op::POP_TOP, where);
}

void CodeGenerator::pattern_sequence(const MatchSequence& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  const std::size_t size = node.patterns.size();
  constexpr std::size_t kNoStar = static_cast<std::size_t>(-1);
  std::size_t star = kNoStar;
  bool only_wildcards = true;
  bool star_wildcard = false;
  for (std::size_t i = 0; i < size; ++i) {
    const PatternNode* one = node.patterns[i];
    if (one->kind == PatternKind::MatchStar) {
      if (star != kNoStar) return fail(where, "multiple starred names in sequence pattern");
      star_wildcard = is_star_wildcard(one);
      only_wildcards = only_wildcards && star_wildcard;
      star = i;
    } else {
      only_wildcards = only_wildcards && is_wildcard(one);
    }
  }
  ++context.on_top;
  emit(Op::MATCH_SEQUENCE, where);
  fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
  if (star == kNoStar || size > 1) {
    emit(Op::GET_LEN, where);
    load_int(static_cast<std::int64_t>(star == kNoStar ? size : size - 1), where);
    emit_compare(star == kNoStar ? CompareOperator::Eq : CompareOperator::GtE, where);
    fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
  }
  --context.on_top;
  if (only_wildcards) {
    emit(Op::POP_TOP, where);
  } else if (star_wildcard) {
    pattern_subscript(node, star, context);
  } else {
    pattern_unpack(node, context);
  }
}

bool CodeGenerator::pattern_mapping_keys(const MatchMapping& node) {
  const SourceLocation where = loc(&node);
  std::vector<const ConstantValue*> seen;
  for (ExprNode* key : node.keys) {
    if (const auto* constant = try_as<Constant>(key)) {
      for (const ConstantValue* one : seen) {
        if (!equal_constants(*one, constant->value)) continue;
        fail(where, "mapping pattern checks duplicate key (" + constant_repr(constant->value) + ")");
        return false;
      }
      seen.push_back(&constant->value);
    } else if (key->kind != ExprKind::Attribute) {
      fail(where, "mapping pattern keys may only match literals and attribute lookups");
      return false;
    }
    visit(key);
  }
  return true;
}

void CodeGenerator::pattern_mapping(const MatchMapping& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  const auto size = static_cast<std::int64_t>(node.keys.size());
  ++context.on_top;
  emit(Op::MATCH_MAPPING, where);
  fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
  if (size == 0 && !node.rest) {
    --context.on_top;
    return emit(Op::POP_TOP, where);
  }
  if (size > 0) {
    emit(Op::GET_LEN, where);
    load_int(size, where);
    emit_compare(CompareOperator::GtE, where);
    fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
  }
  if (!pattern_mapping_keys(node)) return;
  emit(Op::BUILD_TUPLE, size, where);
  emit(Op::MATCH_KEYS, where);
  context.on_top += 2;  // the keys and the values
  emit(Op::COPY, 1, where);
  load_none(where);
  emit(Op::IS_OP, 1, where);
  fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
  emit(Op::UNPACK_SEQUENCE, size, where);
  context.on_top += size - 1;
  for (PatternNode* one : node.patterns) {
    --context.on_top;
    subpattern(one, context);
  }
  context.on_top -= 2;
  if (!node.rest) {
    emit(Op::POP_TOP, where);  // the keys
    return emit(Op::POP_TOP, where);  // the subject
  }
  // rest = dict(subject), then del rest[key] for each key.
  emit(Op::BUILD_MAP, 0, where);
  emit(Op::SWAP, 3, where);
  emit(Op::DICT_UPDATE, 2, where);
  emit(Op::UNPACK_SEQUENCE, size, where);
  for (std::int64_t left = size; left > 0; --left) {
    emit(Op::COPY, 1 + left, where);
    emit(Op::SWAP, 2, where);
    emit(Op::DELETE_SUBSCR, where);
  }
  pattern_store(node.rest, context, node.pos);
}

void CodeGenerator::pattern_class(const MatchClass& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  const std::size_t positional = node.patterns.size();
  const std::size_t named = node.kwd_attrs.size();
  for (std::size_t i = 0; i < named; ++i) {
    if (forbid_debug(node.kwd_attrs[i], ExprContext::Store, loc(node.kwd_patterns[i]))) return;
    for (std::size_t j = i + 1; j < named; ++j) {
      if (node.kwd_attrs[j] != node.kwd_attrs[i]) continue;
      return fail(loc(node.kwd_patterns[j]),
                  "attribute name repeated in class pattern: " + std::string(node.kwd_attrs[i].view()));
    }
  }
  visit(node.cls);
  load_names_tuple(node.kwd_attrs, where);
  emit(Op::MATCH_CLASS, static_cast<std::int64_t>(positional), where);
  emit(Op::COPY, 1, where);
  load_none(where);
  emit(Op::IS_OP, 1, where);
  ++context.on_top;
  fail_jump(Op::POP_JUMP_IF_FALSE, context, where);
  const std::size_t count = positional + named;
  emit(Op::UNPACK_SEQUENCE, static_cast<std::int64_t>(count), where);
  context.on_top += static_cast<std::int64_t>(count) - 1;
  for (std::size_t i = 0; i < count; ++i) {
    --context.on_top;
    PatternNode* one = i < positional ? node.patterns[i] : node.kwd_patterns[i - positional];
    if (is_wildcard(one)) {
      emit(Op::POP_TOP, where);
    } else {
      subpattern(one, context);
    }
  }
}

void CodeGenerator::pattern_as(const MatchAs& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  if (node.pattern == nullptr) {
    if (context.allow_irrefutable) return pattern_store(node.name, context, node.pos);
    return fail(where, node.name ? "name capture '" + std::string(node.name.view()) +
                                       "' makes remaining patterns unreachable"
                                 : "wildcard makes remaining patterns unreachable");
  }
  ++context.on_top;
  emit(Op::COPY, 1, where);
  pattern(node.pattern, context);
  --context.on_top;
  pattern_store(node.name, context, node.pos);
}

// Puts the captured values into the order of the first alternative's; false when the names differ.
bool CodeGenerator::align_stores(PatternContext& context, const std::vector<Identifier>& control,
                                 const SourceLocation& where) {
  std::vector<Identifier>& stores = context.stores;
  if (stores.size() != control.size()) return false;
  for (std::size_t wanted = stores.size(); wanted-- > 0;) {
    const auto found = std::find(stores.begin(), stores.end(), control[wanted]);
    if (found == stores.end()) return false;
    const auto actual = static_cast<std::size_t>(found - stores.begin());
    if (actual == wanted) continue;
    // Rotate the first actual + 1 names behind what stands up to `wanted`, on the list and on the stack.
    const std::size_t rotations = actual + 1;
    const std::vector<Identifier> moved(stores.begin(), stores.begin() + static_cast<std::ptrdiff_t>(rotations));
    stores.erase(stores.begin(), stores.begin() + static_cast<std::ptrdiff_t>(rotations));
    stores.insert(stores.begin() + static_cast<std::ptrdiff_t>(wanted - actual), moved.begin(), moved.end());
    for (std::size_t i = 0; i < rotations; ++i) rotate(static_cast<std::int64_t>(wanted) + 1, where);
  }
  return true;
}

void CodeGenerator::pattern_or(const MatchOr& node, PatternContext& context) {
  const SourceLocation where = loc(&node);
  const Label end = new_label();
  std::vector<Identifier> control;
  for (std::size_t i = 0; i < node.patterns.size(); ++i) {
    PatternNode* one = node.patterns[i];
    PatternContext own;
    own.allow_irrefutable = i + 1 == node.patterns.size() && context.allow_irrefutable;
    emit(Op::COPY, 1, loc(one));
    pattern(one, own);
    if (problems_.failed()) return;
    if (i == 0) {
      control = own.stores;
    } else if (!align_stores(own, control, loc(one))) {
      return fail(where, "alternative patterns bind different names");
    }
    jump(Op::JUMP, end, loc(one));
    emit_fail_pops(own, loc(one));
  }
  // No alternative matches: drop the subject.
  emit(Op::POP_TOP, where);
  fail_jump(Op::JUMP, context, where);
  use(end);
  const std::int64_t rotations = static_cast<std::int64_t>(control.size()) + 1 + context.on_top +
                                 static_cast<std::int64_t>(context.stores.size());
  for (const Identifier name : control) {
    rotate(rotations, where);
    if (std::find(context.stores.begin(), context.stores.end(), name) != context.stores.end()) {
      return fail(where, "multiple assignments to name '" + std::string(name.view()) + "' in pattern");
    }
    context.stores.push_back(name);
  }
  emit(Op::POP_TOP, where);  // the subject's copy
}

}  // namespace ouro::compile
