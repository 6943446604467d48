// Patterns. Their instructions take a subject apart that stays on the stack; what they work on is marked `matched`,
// so that the tests are known as patterns and the stores as captures. reduce joins the tests of a case, and
// structure_match.cpp reads the pattern off them.
#include "decompile/lift_impl.h"

namespace ouro::decompile {

// Everywhere else an instruction that uses a value up stands around it or before it; a pattern comes after its subject,
// on a line of its own.
bool Lifter::is_pattern_of(const Value* subject, const Position& later) {
  if (is_structural(subject)) return false;
  switch (subject->kind) {
    case ValueKind::Function: case ValueKind::TypeParam: case ValueKind::TypeAlias: case ValueKind::GenericFunction:
    case ValueKind::BuildClass: case ValueKind::Cell: case ValueKind::Locals: case ValueKind::ReraiseStar:
    case ValueKind::ExceptionMatch: case ValueKind::GroupMatch: case ValueKind::Length:
      return false;
    default: break;
  }
  return known(subject->pos) && known(later) && later.line > subject->pos.end_line;
}

void Lifter::note_pattern_test(Value* test, const GraphInstruction& i) {
  (void)i;
  if (test->kind == ValueKind::MatchTest) {
    test->matched = true;
    return;
  }
  if (test->kind != ValueKind::Compare || test->kids.size() != 2) return;
  Value* left = test->kids[0];
  const Value* right = test->kids[1];
  if (left->kind == ValueKind::Length && left->matched) test->number = small_int(right);
  if (left->matched) test->matched = true;
  // The last case uses the subject up: no copy has marked it.
  const bool inside = !known(right->pos) || right->pos == test->pos || right->pos.column >= test->pos.column;
  if (inside && is_pattern_of(left, test->pos) && test->ops[0] != static_cast<std::uint8_t>(syntax::CompareOperator::NotEq)) {
    left->matched = test->matched = true;
  }
}

void Lifter::capture(Value* target, Value* v, const GraphInstruction& i) {
  v->matched = true;
  // Alternatives leave their lines where their ways meet.
  Statements& body = out_->body;
  while (!body.empty() && body.back()->kind == StatementKind::Nop && known(i.pos) && body.back()->pos.line >= i.pos.line) body.pop_back();
  Statement* s = emit(StatementKind::Capture, i);
  s->value = v;
  if (target != nullptr) s->targets = {target};
}

// The parts of a value that a pattern takes apart. Whoever asked for it keeps the Unpack as its last kid.
void Lifter::push_unpacked(Value* unpack, const GraphInstruction& i) {
  unpack->matched = true;
  for (auto k = static_cast<std::uint32_t>(unpack->kids.size()); k-- > 0;) {
    Value* item = push(ValueKind::UnpackItem, i);
    item->kids = {unpack};
    item->number = k;
    item->matched = true;
  }
}

// A small integer; 0xFFFFFFFF when it is none.
std::uint32_t Lifter::small_int(const Value* v) const {
  if (v->kind != ValueKind::Const) return 0xFFFFFFFFU;
  if (v->constant == kNoConst) return v->number - 1;
  if (constants_.kind(v->constant) != ConstKind::Int) return 0xFFFFFFFFU;
  const std::int64_t n = constants_.int_value(v->constant);
  return n >= 0 && n < 0xFFFFFFFF ? static_cast<std::uint32_t>(n) : 0xFFFFFFFFU;
}

// The items of a folded tuple as values of their own.
Value* Lifter::expanded(Value* tuple, const GraphInstruction& i) {
  if (tuple->kind != ValueKind::Const || tuple->constant == kNoConst || constants_.kind(tuple->constant) != ConstKind::Tuple) return tuple;
  Value* v = make(ValueKind::Tuple, i);
  for (const ConstId item : constants_.items(tuple->constant)) {
    v->kids.push_back(constant(item, i));
    v->kids.back()->pos = tuple->pos;
  }
  return v;
}

// An item of a sequence pattern with `*_`: number counts from the start or, flagged, from the end.
void Lifter::note_pattern_item(Value* item) {
  if (!item->kids[0]->matched) return;
  item->matched = true;
  const Value* index = item->kids[1];
  item->flag = index->kind == ValueKind::BinOp && index->kids[0]->kind == ValueKind::Length;
  item->number = small_int(item->flag ? index->kids[1] : index);
}

bool Lifter::step_match(const GraphInstruction& i) {
  const auto mark = [](Value* v) {
    v->copied = true;
    v->matched = true;
  };
  switch (i.op) {
    case Op::GET_LEN: {
      if (!need(1)) return false;
      Value* of = top();
      mark(of);
      Value* length = push(ValueKind::Length, i);
      length->kids = {of};
      length->matched = true;
      return true;
    }
    case Op::MATCH_SEQUENCE: case Op::MATCH_MAPPING: {
      if (!need(1)) return false;
      Value* of = top();
      mark(of);
      Value* test = push(ValueKind::MatchTest, i);
      test->kids = {of};
      test->op = i.op == Op::MATCH_MAPPING ? kMatchMapping : kMatchSequence;
      test->matched = true;
      return true;
    }
    case Op::MATCH_KEYS: {
      if (!need(2)) return false;
      Value* keys = top(1);
      Value* of = top(2);
      mark(keys);
      mark(of);
      Value* v = push(ValueKind::MatchKeys, i);
      v->kids = {of, expanded(keys, i)};
      v->matched = true;
      return true;
    }
    case Op::MATCH_CLASS: {
      if (!need(3)) return false;
      std::vector<Value*> parts = pop_values(3);
      parts[0]->matched = true;
      Value* v = push(ValueKind::MatchClass, i);
      v->kids = parts;
      v->number = i.oparg;
      v->matched = true;
      const Value* names = expanded(parts[2], i);
      if (names->kind != ValueKind::Tuple) return false;
      for (const Value* name : names->kids) v->names.push_back(text_of(name->constant));
      return true;
    }
    default: return false;
  }
}

}  // namespace ouro::decompile
