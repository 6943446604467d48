// Jumps, loops, generators, with, exceptions, match.
#include "decompile/lift_impl.h"

namespace ouro::decompile {

bool Lifter::step_control(const GraphInstruction& i) {
  switch (i.op) {
    case Op::GET_ITER: case Op::GET_AITER: {
      if (!need(1)) return false;
      Value* of = pop_value();
      Value* iterator = push(ValueKind::Iterator, i);
      iterator->kids = {of};
      iterator->flag = i.op == Op::GET_AITER;
      return true;
    }
    case Op::GET_YIELD_FROM_ITER: {
      if (!need(1)) return false;
      Value* of = pop_value();
      push(ValueKind::YieldFrom, i)->kids = {of};
      return true;
    }
    case Op::GET_AWAITABLE: {
      if (!need(1)) return false;
      const ValueKind kind = top()->kind;
      if (kind == ValueKind::WithEnter || kind == ValueKind::WithExitCall || kind == ValueKind::WithExceptStart) return true;
      Value* of = pop_value();
      push(ValueKind::Await, i)->kids = {of};
      return true;
    }
    case Op::SEND: {  // the sending loop is part of await and yield from; the value stays where its result will be
      if (!need(2)) return false;
      pop_raw();
      return true;
    }
    case Op::YIELD_VALUE: {
      if (!need(1)) return false;
      Value* v = pop_value();
      push(ValueKind::Yield, i)->kids = {v};
      return true;
    }
    case Op::IMPORT_NAME: {
      if (!need(2)) return false;
      const Value* names = pop_raw();
      const Value* level = pop_raw();
      Value* module = push(ValueKind::Import, i);
      module->name = name_at(i.oparg);
      module->flag = !is_none(names);
      if (level->kind == ValueKind::Const) {
        if (level->constant == kNoConst) module->number = level->number - 1;
        else if (constants_.kind(level->constant) == ConstKind::Int) module->number = static_cast<std::uint32_t>(constants_.int_value(level->constant));
      }
      return true;
    }
    case Op::IMPORT_FROM: {
      if (!need(1)) return false;
      Value* module = top();
      if (module->kind != ValueKind::Import && module->kind != ValueKind::ImportedName) return false;
      Value* v = push(ValueKind::ImportedName, i);
      v->name = name_at(i.oparg);
      v->kids = {module};
      return true;
    }
    case Op::BEFORE_WITH: case Op::BEFORE_ASYNC_WITH: {
      if (!need(1)) return false;
      Value* context = pop_value();
      with_positions_.push_back(i.pos);
      Statement* s = emit(StatementKind::EnterWith, i);
      s->value = context;
      s->flag = i.op == Op::BEFORE_ASYNC_WITH;
      push(ValueKind::WithExit, i);
      push(ValueKind::WithEnter, i);
      return true;
    }
    case Op::LOAD_SPECIAL: {  // 3.14: __enter__, __exit__, __aenter__, __aexit__, each with its self
      if (!need(1) || i.oparg > 3) return false;
      Value* context = pop_value();
      const bool is_exit = (i.oparg & 1U) != 0;
      if (!is_exit) {
        with_positions_.push_back(i.pos);
        Statement* s = emit(StatementKind::EnterWith, i);
        s->value = context;
        s->flag = i.oparg >= 2;
      }
      push(is_exit ? ValueKind::WithExit : ValueKind::WithEnter, i);
      push(ValueKind::Null, i);
      return true;
    }
    case Op::RETURN_VALUE: case Op::RETURN_CONST: {
      out_->terminator = TerminatorKind::Return;
      out_->pos = i.pos;
      if (i.op == Op::RETURN_CONST) {
        if (const_at(i.oparg) == kNoConst) return false;
        out_->value = constant(const_at(i.oparg), i);
        return true;
      }
      if (!need(1)) return false;
      out_->value = pop_value();
      settle_return_position(i);
      return true;
    }
    case Op::RAISE_VARARGS: {
      if (i.oparg > 2 || !need(i.oparg)) return false;
      out_->terminator = TerminatorKind::Raise;
      out_->pos = i.pos;
      if (i.oparg == 2) out_->cause = pop_value();
      if (i.oparg >= 1) out_->value = pop_value();
      return true;
    }
    default: return false;
  }
}

// After the clean-up of a with or try statement the return has that one's place: the value tells where it was.
void Lifter::settle_return_position(const GraphInstruction& i) {
  const Value* v = settle(out_->value);
  const Spot at = first_place(v);
  if (v->kind == ValueKind::Const || at.line <= 0 || at.column < 7 || !known(i.pos)) return;
  const bool after = at.line > i.pos.line || (at.line == i.pos.line && at.column >= i.pos.column);
  if (after && at.line <= i.pos.end_line) return;
  out_->pos = {at.line, at.line, at.column - 7, at.column};
}

// A handler that has only `pass` keeps its line where the handler is left.
void Lifter::emit_pass(const GraphInstruction& i) {
  const auto at = &i - graph_.instructions.data();
  const bool own = at > 0 && graph_.instructions[at - 1].pos != i.pos;
  if (own && known(i.pos) && i.pos.line == i.pos.end_line && i.pos.end_column - i.pos.column == 4 && i.pos.column % indentation_ == 0) {
    emit(StatementKind::Nop, i);
  }
}

bool Lifter::step_exception(const GraphInstruction& i) {
  switch (i.op) {
    case Op::PUSH_EXC_INFO: {
      if (!need(1)) return false;
      Value* exception = pop_raw();
      push(ValueKind::PreviousException, i);
      push(exception);
      emit(StatementKind::PushException, i);
      return true;
    }
    case Op::POP_EXCEPT:
      if (!need(1)) return false;
      pop_raw();
      emit_pass(i);
      emit(StatementKind::PopException, i);
      return true;
    case Op::CHECK_EXC_MATCH: case Op::CHECK_EG_MATCH: {
      if (!need(2)) return false;
      Value* type = pop_value();
      if (i.op == Op::CHECK_EG_MATCH) {
        pop_raw();
        Value* rest = push(ValueKind::Exception, i);
        rest->copied = true;
        Value* match = push(ValueKind::GroupMatch, i);
        match->kids = {type};
        return true;
      }
      push(ValueKind::ExceptionMatch, i)->kids = {type};
      return true;
    }
    case Op::WITH_EXCEPT_START: push(ValueKind::WithExceptStart, i); return true;
    case Op::RERAISE:
      out_->terminator = TerminatorKind::Reraise;
      out_->pos = i.pos;
      return true;
    case Op::END_ASYNC_FOR:
      if (!need(2)) return false;
      pop_raw();
      pop_raw();
      return true;
    case Op::CLEANUP_THROW: return true;
    default: return false;
  }
}

bool Lifter::step_branch(const GraphInstruction& i) {
  const GraphBlock& b = graph_.blocks[graph_.block_of[&i - graph_.instructions.data()]];
  const int from = static_cast<int>(out_ - result_.blocks.data());
  const auto branch = [&](Value* v, bool jump_when) {
    if (b.jump < 0 || b.next < 0) return false;
    out_->terminator = TerminatorKind::Branch;
    out_->pos = i.pos;
    out_->value = v;
    out_->in_expression = std::any_of(stack_.begin(), stack_.end(), [](const Value* kept) { return !is_structural(kept); });
    out_->target = {jump_when ? b.jump : b.next, {}};
    out_->other = {jump_when ? b.next : b.jump, {}};
    out_->falls_true = !jump_when;
    flow(from, b.jump, stack_);
    flow(from, b.next, stack_);
    return true;
  };
  switch (i.op) {
    case Op::POP_JUMP_IF_FALSE: case Op::POP_JUMP_IF_TRUE: {
      if (!need(1)) return false;
      Value* v = pop_value();
      if (v->kind == ValueKind::Compare && v->kids.size() == 2 && v->kids[1]->kind == ValueKind::CommonConstant && b.jump >= 0) {
        // 3.14: any(), all() and tuple() of a generator in place when the names are the built-in ones; the call is enough.
        out_->terminator = TerminatorKind::Jump;
        out_->target = {b.jump, {}};
        flow(from, b.jump, stack_);
        return true;
      }
      note_pattern_test(v, i);
      return branch(v, i.op == Op::POP_JUMP_IF_TRUE);
    }
    case Op::POP_JUMP_IF_NONE: case Op::POP_JUMP_IF_NOT_NONE: {
      if (!need(1)) return false;
      Value* v = pop_value();
      if (v->matched && is_match_result(v)) return branch(v, i.op == Op::POP_JUMP_IF_NOT_NONE);
      Value* none = make(ValueKind::Const, i);
      Value* is_none = compare(v, static_cast<std::uint8_t>(syntax::CompareOperator::Is), none, i);
      note_pattern_test(is_none, i);
      return branch(is_none, i.op == Op::POP_JUMP_IF_NONE);
    }
    case Op::FOR_ITER: case Op::GET_ANEXT: {
      if (!need(1) || b.next < 0) return false;
      Value* iterator = top();
      if (iterator->kind != ValueKind::Iterator) {  // the argument `.0` of a comprehension
        Value* of = pop_raw();
        iterator = push(ValueKind::Iterator, i);
        iterator->kids = {of};
        iterator->flag = i.op == Op::GET_ANEXT;
        iterator->number = 1;
      }
      out_->terminator = TerminatorKind::ForEach;
      out_->pos = i.pos;
      out_->value = iterator;
      out_->target = {b.next, {}};
      out_->other = {b.jump < 0 ? kNoBlock : b.jump, {}};
      Stack body = stack_;
      Value* item = make(ValueKind::Item, i);
      item->kids = {iterator};
      body.push_back(item);
      Stack end = stack_;
      end.push_back(make(ValueKind::Null, i));
      if (b.jump >= 0) flow(from, b.jump, std::move(end));
      flow(from, b.next, std::move(body));
      return true;
    }
    default: return false;
  }
}

}  // namespace ouro::decompile
