// The lifter's dispatch, and what only moves values around.
#include "decompile/lift_impl.h"

namespace ouro::decompile {

std::string_view Lifter::text_of(ConstId id) const {
  if (id == kNoConst) return "?";
  const ConstKind kind = constants_.kind(id);
  return kind == ConstKind::Str || kind == ConstKind::Bytes ? constants_.text(id) : std::string_view("?");
}
std::string_view Lifter::name_at(std::uint32_t index) const {
  return index < view_.names.size() ? text_of(view_.names[index]) : std::string_view("?");
}
std::string_view Lifter::local_at(std::uint32_t index) const { return text_of(view_.local_name(index)); }
std::string_view Lifter::free_at(std::uint32_t index) const { return text_of(view_.free_name(facts_, index)); }

bool Lifter::is_structural(const Value* v) {
  switch (v->kind) {
    case ValueKind::Null: case ValueKind::Iterator: case ValueKind::Exception: case ValueKind::PreviousException:
    case ValueKind::LastInstruction: case ValueKind::WithExit: case ValueKind::WithEnter: case ValueKind::WithExitCall:
    case ValueKind::SavedLocal: case ValueKind::Import: case ValueKind::ImportedName: case ValueKind::UnpackItem:
    case ValueKind::Item: case ValueKind::WithExceptStart: case ValueKind::GroupList: case ValueKind::Unknown:
      return true;
    default: return false;
  }
}

Value* Lifter::pop_raw() {
  Value* v = stack_.back();
  stack_.pop_back();
  return v;
}

// What has been stored to on the way stays in Value::pending: build makes it a := expression.
Value* Lifter::pop_value() { return pop_raw(); }

std::vector<Value*> Lifter::pop_values(std::size_t count) {
  std::vector<Value*> values(count);
  for (std::size_t k = count; k-- > 0;) values[k] = pop_value();
  return values;
}

// A NOP where a condition was: nobody's statement.
bool Lifter::is_test_line(const Position& pos) {
  if (!tests_known_) {
    tests_known_ = true;
    for (const GraphInstruction& i : graph_.instructions) {
      const bool conditional = i.target != -1 && i.op != Op::JUMP_FORWARD && i.op != Op::JUMP_BACKWARD &&
                               i.op != Op::JUMP_BACKWARD_NO_INTERRUPT && i.op != Op::SEND && i.op != Op::FOR_ITER;
      if (conditional) tests_.insert({i.pos.line, i.pos.column, i.pos.end_line, i.pos.end_column});
    }
  }
  return tests_.contains({pos.line, pos.column, pos.end_line, pos.end_column});
}

bool Lifter::step(const GraphInstruction& i) {
  switch (i.op) {
    case Op::RESUME: case Op::CACHE: case Op::MAKE_CELL: case Op::COPY_FREE_VARS: case Op::EXTENDED_ARG:
    case Op::JUMP_FORWARD: case Op::JUMP_BACKWARD: case Op::JUMP_BACKWARD_NO_INTERRUPT: case Op::END_SEND:
    case Op::NOT_TAKEN: case Op::TO_BOOL:
      return true;
    case Op::NOP:
      // The end of a `try` that is on the line of its last statement.
      if (const auto at = &i - graph_.instructions.data(); at > 0 && graph_.instructions[at - 1].pos == i.pos && graph_.instructions[at - 1].op == Op::POP_TOP) return true;
      // Where a with statement is left its position comes back.
      if (known(i.pos) && !is_test_line(i.pos) && std::none_of(with_positions_.begin(), with_positions_.end(), [&](const Position& p) {
            return p == i.pos || (p.line == i.pos.line && i.pos.end_line > i.pos.line && i.pos.column <= p.column);
          })) {
        emit(StatementKind::Nop, i);
      }
      return true;
    case Op::COPY:
      if (i.oparg == 0 || !need(i.oparg)) return false;
      if (i.oparg == 1 && is_pattern_of(top(), i.pos)) top()->matched = true;
      top(i.oparg)->copied = true;
      push(top(i.oparg));
      return true;
    case Op::SWAP:
      if (i.oparg < 1 || !need(i.oparg)) return false;
      std::swap(stack_[stack_.size() - 1], stack_[stack_.size() - i.oparg]);
      return true;
    case Op::POP_TOP: case Op::END_FOR: case Op::POP_ITER: {
      const auto count = static_cast<std::size_t>(-version::stack_effect(*i.info, i.oparg));
      if (!need(count)) return false;
      for (std::size_t k = 0; k < count; ++k) discard(pop_raw(), i);
      return true;
    }
    case Op::PUSH_NULL: push(ValueKind::Null, i); return true;
    case Op::RETURN_GENERATOR: push(ValueKind::Null, i); return true;
    default: break;
  }
  return step_load(i) || step_store(i) || step_operator(i) || step_build(i) || step_call(i) || step_control(i) ||
         step_exception(i) || step_match(i) || step_branch(i);
}

// A tuple that the flow graph folded (CPython 3.13 flowgraph.c fold_tuple_on_constants: defaults and annotations) has
// the NOPs of its parts right before it, where those had lines of their own.
void Lifter::take_folded_lines(const GraphInstruction& i) {
  Value* v = stack_.back();
  if (constants_.kind(v->constant) != ConstKind::Tuple || !known(i.pos)) return;
  std::uint32_t expected = i.offset * 2;
  while (!out_->body.empty()) {
    const Statement* nop = out_->body.back();
    const bool inside = known(nop->pos) && nop->pos.line >= i.pos.line && nop->pos.end_line <= i.pos.end_line && !(nop->pos.end_line > nop->pos.line && nop->pos.line == i.pos.line && nop->pos.column < i.pos.column);
    if (nop->kind != StatementKind::Nop || nop->offset + 4 != expected || !inside) break;
    expected = nop->offset;
    v->lines.push_back(nop->pos.line);
    out_->body.pop_back();
  }
  std::reverse(v->lines.begin(), v->lines.end());
}

bool Lifter::step_load(const GraphInstruction& i) {
  switch (i.op) {
    case Op::LOAD_CONST:
      if (const_at(i.oparg) == kNoConst) return false;
      push(constant(const_at(i.oparg), i));
      take_folded_lines(i);
      return true;
    case Op::LOAD_SMALL_INT:
      push(ValueKind::Const, i)->number = i.oparg + 1;
      return true;
    case Op::LOAD_FAST: case Op::LOAD_FAST_CHECK: case Op::LOAD_FAST_BORROW:
      push(name(local_at(i.oparg), i));
      return true;
    case Op::LOAD_FAST_LOAD_FAST: case Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW:
      push(name(local_at(i.oparg >> 4U), i));
      push(name(local_at(i.oparg & 15U), i));
      stack_.back()->offset++;
      return true;
    case Op::LOAD_FAST_AND_CLEAR:
      push(ValueKind::SavedLocal, i)->name = local_at(i.oparg);
      return true;
    case Op::LOAD_CLOSURE: push(name(local_at(i.oparg), i)); return true;
    case Op::LOAD_NAME: push(name(name_at(i.oparg), i)); return true;
    case Op::LOAD_GLOBAL:
      push(name(name_at(i.oparg >> 1U), i));
      if ((i.oparg & 1U) != 0) {
        push(ValueKind::Null, i);
        if (facts_.version < PythonVersion{3, 13}) std::swap(stack_[stack_.size() - 1], stack_[stack_.size() - 2]);
      }
      return true;
    case Op::LOAD_DEREF: push(name(free_at(i.oparg), i)); return true;
    case Op::LOAD_FROM_DICT_OR_DEREF:
      if (!need(1)) return false;
      pop_raw();
      push(name(free_at(i.oparg), i));
      return true;
    case Op::LOAD_FROM_DICT_OR_GLOBALS:
      if (!need(1)) return false;
      pop_raw();
      push(name(name_at(i.oparg), i));
      return true;
    case Op::LOAD_LOCALS: push(ValueKind::Locals, i); return true;
    case Op::LOAD_BUILD_CLASS: push(ValueKind::BuildClass, i); return true;
    case Op::LOAD_COMMON_CONSTANT:
      if (i.oparg == 0) push(ValueKind::AssertionError, i);
      else if (i.oparg == 1) push(name("NotImplementedError", i));
      else push(ValueKind::CommonConstant, i)->number = i.oparg;
      return true;
    case Op::LOAD_ASSERTION_ERROR: push(ValueKind::AssertionError, i); return true;
    case Op::LOAD_ATTR: {
      if (!need(1)) return false;
      push(attribute(pop_value(), name_at(i.oparg >> 1U), i));
      if ((i.oparg & 1U) != 0) {
        stack_.back()->flag = true;
        push(ValueKind::Null, i);
      }
      return true;
    }
    case Op::LOAD_SUPER_ATTR: {
      if (!need(3)) return false;
      std::vector<Value*> parts = pop_values(3);
      const bool explicit_arguments = (i.oparg & 2U) != 0;
      Value* super = call(parts[0], explicit_arguments ? std::vector<Value*>{parts[1], parts[2]} : std::vector<Value*>{},
                          {}, i);
      super->pos = parts[0]->pos;
      push(attribute(super, name_at(i.oparg >> 2U), i));
      if ((i.oparg & 1U) != 0) push(ValueKind::Null, i);
      return true;
    }
    default: return false;
  }
}

Value* Lifter::attribute(Value* of, std::string_view attr, const GraphInstruction& i) {
  Value* v = make(ValueKind::Attribute, i);
  v->name = attr;
  v->kids = {of};
  return v;
}

}  // namespace ouro::decompile
