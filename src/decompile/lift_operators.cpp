// Operators, displays, f-strings.
#include <array>

#include "decompile/lift_impl.h"

namespace ouro::decompile {
namespace {

using syntax::CompareOperator;
using syntax::Operator;
using syntax::UnaryOperator;

// BINARY_OP's operands 0 to 12 (CPython Include/opcode.h NB_*); 13 to 25 are the same in place.
constexpr std::array<Operator, 13> kBinaryOperators = {
    Operator::Add, Operator::BitAnd, Operator::FloorDiv, Operator::LShift, Operator::MatMult, Operator::Mult,
    Operator::Mod, Operator::BitOr, Operator::Pow, Operator::RShift, Operator::Sub, Operator::Div, Operator::BitXor};
constexpr std::uint32_t kSubscriptOperator = 26;
constexpr std::array<CompareOperator, 6> kCompareOperators = {CompareOperator::Lt, CompareOperator::LtE,
                                                              CompareOperator::Eq, CompareOperator::NotEq,
                                                              CompareOperator::Gt, CompareOperator::GtE};

}  // namespace

Value* Lifter::compare(Value* left, std::uint8_t op, Value* right, const GraphInstruction& i) {
  Value* v = make(ValueKind::Compare, i);
  v->kids = {left, right};
  v->ops = {op};
  return v;
}

Value* Lifter::slice(Value* lower, Value* upper, Value* step, const GraphInstruction& i) {
  Value* v = make(ValueKind::Slice, i);
  v->kids = {is_none(lower) ? nullptr : lower, is_none(upper) ? nullptr : upper, step};
  return v;
}

bool Lifter::step_operator(const GraphInstruction& i) {
  const auto unary = [&](UnaryOperator op) {
    if (!need(1)) return false;
    Value* operand = pop_value();
    Value* v = push(ValueKind::UnaryOp, i);
    v->op = static_cast<std::uint8_t>(op);
    v->kids = {operand};
    return true;
  };
  const auto comparison = [&](CompareOperator op) {
    if (!need(2)) return false;
    std::vector<Value*> sides = pop_values(2);
    push(compare(sides[0], static_cast<std::uint8_t>(op), sides[1], i));
    return true;
  };
  switch (i.op) {
    case Op::UNARY_NOT: return unary(UnaryOperator::Not);
    case Op::UNARY_NEGATIVE: return unary(UnaryOperator::USub);
    case Op::UNARY_INVERT: return unary(UnaryOperator::Invert);
    case Op::COMPARE_OP: {
      const std::uint32_t index = i.oparg >> i.info->operand_shift;
      return index < kCompareOperators.size() && comparison(kCompareOperators[index]);
    }
    case Op::IS_OP: return comparison((i.oparg & 1U) != 0 ? CompareOperator::IsNot : CompareOperator::Is);
    case Op::CONTAINS_OP: return comparison((i.oparg & 1U) != 0 ? CompareOperator::NotIn : CompareOperator::In);
    case Op::BINARY_OP: {
      if (!need(2) || i.oparg > kSubscriptOperator) return false;
      std::vector<Value*> sides = pop_values(2);
      if (i.oparg == kSubscriptOperator) {
        Value* v = push(ValueKind::Subscript, i);
        v->kids = sides;
        note_pattern_item(v);
        return true;
      }
      Value* v = push(ValueKind::BinOp, i);
      v->kids = sides;
      v->flag = i.oparg >= kBinaryOperators.size();
      v->op = static_cast<std::uint8_t>(kBinaryOperators[i.oparg % kBinaryOperators.size()]);
      return true;
    }
    case Op::BINARY_SUBSCR: {
      if (!need(2)) return false;
      std::vector<Value*> sides = pop_values(2);
      Value* v = push(ValueKind::Subscript, i);
      v->kids = sides;
      note_pattern_item(v);
      return true;
    }
    case Op::BINARY_SLICE: {
      if (!need(3)) return false;
      std::vector<Value*> parts = pop_values(3);
      Value* bounds = slice(parts[1], parts[2], nullptr, i);
      push(ValueKind::Subscript, i)->kids = {parts[0], bounds};
      return true;
    }
    case Op::BUILD_SLICE: {
      if ((i.oparg != 2 && i.oparg != 3) || !need(i.oparg)) return false;
      std::vector<Value*> parts = pop_values(i.oparg);
      push(slice(parts[0], parts[1], i.oparg == 3 ? parts[2] : nullptr, i));
      return true;
    }
    default: return false;
  }
}

// LIST_EXTEND and SET_UPDATE of a constant right after an empty display are how long constant displays are made
// (CPython 3.13 compile.c starunpack_helper).
void Lifter::expand_constant(Value* list, Value* added, const GraphInstruction& i) {
  if (added->kind == ValueKind::Const && added->constant != kNoConst && list->kids.empty()) {
    const ConstKind kind = constants_.kind(added->constant);
    if (kind == ConstKind::Tuple || kind == ConstKind::FrozenSet) {
      for (const ConstId item : constants_.items(added->constant)) {
        Value* v = constant(item, i);
        v->pos = added->pos;
        v->offset = added->offset;
        list->kids.push_back(v);
      }
      return;
    }
  }
  Value* starred = make(ValueKind::Starred, i);
  starred->pos = added->pos;
  starred->kids = {added};
  list->kids.push_back(starred);
}

bool Lifter::step_build(const GraphInstruction& i) {
  const auto display = [&](ValueKind kind, std::size_t count) {
    if (!need(count)) return false;
    std::vector<Value*> kids = pop_values(count);
    push(kind, i)->kids = std::move(kids);
    return true;
  };
  const auto container = [&](ValueKind kind) -> Value* {
    if (i.oparg == 0 || !need(i.oparg + std::size_t{1})) return nullptr;
    Value* v = stack_[stack_.size() - 1 - i.oparg];
    return v->kind == kind ? v : nullptr;
  };
  const auto append = [&](ComprehensionKind kind, Value* to, std::vector<Value*> values) {
    Statement* s = emit(StatementKind::Append, i);
    s->op = static_cast<std::uint8_t>(kind);
    s->other = to;
    s->number = static_cast<std::int32_t>(i.oparg);
    s->targets = std::move(values);
    return true;
  };
  switch (i.op) {
    case Op::BUILD_TUPLE: return display(ValueKind::Tuple, i.oparg);
    case Op::BUILD_LIST: return display(ValueKind::List, i.oparg);
    case Op::BUILD_SET: return display(ValueKind::Set, i.oparg);
    case Op::BUILD_MAP: return display(ValueKind::Dict, std::size_t{2} * i.oparg);
    case Op::BUILD_STRING: return display(ValueKind::JoinedStr, i.oparg);
    case Op::BUILD_CONST_KEY_MAP: {
      if (!need(i.oparg + std::size_t{1})) return false;
      Value* keys = pop_raw();
      if (keys->kind != ValueKind::Const || keys->constant == kNoConst ||
          constants_.kind(keys->constant) != ConstKind::Tuple || constants_.items(keys->constant).size() != i.oparg) {
        return false;
      }
      std::vector<Value*> values = pop_values(i.oparg);
      Value* dict = push(ValueKind::Dict, i);
      for (std::size_t k = 0; k < values.size(); ++k) {
        Value* key = constant(constants_.items(keys->constant)[k], i);
        key->pos = values[k]->pos;
        key->number = 0;
        dict->kids.push_back(key);
        dict->kids.push_back(values[k]);
      }
      return true;
    }
    case Op::LIST_APPEND: {
      Value* list = container(ValueKind::List);
      if (list == nullptr) return false;
      Value* v = pop_value();
      if (i.oparg > 1) return append(ComprehensionKind::List, list, {v});
      list->kids.push_back(v);
      return true;
    }
    case Op::SET_ADD: {
      Value* set = container(ValueKind::Set);
      if (set == nullptr) return false;
      Value* v = pop_value();
      if (i.oparg > 1) return append(ComprehensionKind::Set, set, {v});
      set->kids.push_back(v);
      return true;
    }
    case Op::MAP_ADD: {
      if (!need(i.oparg + std::size_t{2})) return false;
      Value* dict = stack_[stack_.size() - 2 - i.oparg];
      if (dict->kind != ValueKind::Dict) return false;
      std::vector<Value*> pair = pop_values(2);
      if (i.oparg > 1) return append(ComprehensionKind::Dict, dict, pair);
      dict->kids.insert(dict->kids.end(), pair.begin(), pair.end());
      return true;
    }
    case Op::LIST_EXTEND: case Op::SET_UPDATE: {
      Value* to = container(i.op == Op::LIST_EXTEND ? ValueKind::List : ValueKind::Set);
      if (to == nullptr) return false;
      Value* added = pop_value();
      expand_constant(to, added, i);
      return true;
    }
    case Op::DICT_UPDATE: case Op::DICT_MERGE: {
      Value* dict = container(ValueKind::Dict);
      if (dict == nullptr) return false;
      Value* added = pop_value();
      if (added->matched) {
        dict->kind = ValueKind::MatchRest;
        dict->matched = true;
        dict->kids = {added};
        return true;
      }
      // Keyword arguments stand where the call does, a display of its own elsewhere.
      const bool is_keywords = !known(added->pos) || added->pos == i.pos;
      if (added->kind == ValueKind::Dict && i.op == Op::DICT_MERGE && !added->copied && is_keywords) {
        dict->kids.insert(dict->kids.end(), added->kids.begin(), added->kids.end());
      } else {
        dict->kids.push_back(nullptr);
        dict->kids.push_back(added);
      }
      return true;
    }
    case Op::CONVERT_VALUE: {
      if (!need(1) || i.oparg < 1 || i.oparg > 3) return false;
      Value* v = pop_value();
      Value* formatted = push(ValueKind::Formatted, i);
      formatted->kids = {v, nullptr};
      formatted->op = static_cast<std::uint8_t>("?sra"[i.oparg]);
      formatted->flag = true;
      return true;
    }
    case Op::FORMAT_SIMPLE: case Op::FORMAT_WITH_SPEC: {
      const bool with_spec = i.op == Op::FORMAT_WITH_SPEC;
      if (!need(with_spec ? 2 : 1)) return false;
      Value* spec = with_spec ? pop_value() : nullptr;
      Value* v = pop_value();
      const bool converted = v->kind == ValueKind::Formatted && v->flag;
      Value* formatted = push(ValueKind::Formatted, i);
      formatted->kids = {converted ? v->kids[0] : v, spec};
      formatted->op = converted ? v->op : 0;
      return true;
    }
    case Op::FORMAT_VALUE: {
      const bool with_spec = (i.oparg & 4U) != 0;
      if (!need(with_spec ? 2 : 1)) return false;
      Value* spec = with_spec ? pop_value() : nullptr;
      Value* v = pop_value();
      Value* formatted = push(ValueKind::Formatted, i);
      formatted->kids = {v, spec};
      formatted->op = (i.oparg & 3U) != 0 ? static_cast<std::uint8_t>("?sra"[i.oparg & 3U]) : 0;
      return true;
    }
    default: return false;
  }
}

}  // namespace ouro::decompile
