// Stores, deletions, what is thrown away, imports.
#include "decompile/lift_impl.h"

namespace ouro::decompile {

bool Lifter::step_store(const GraphInstruction& i) {
  const auto store_name = [&](std::string_view text) {
    if (!need(1)) return false;
    Value* v = pop_raw();
    store(name(text, i), v, i);
    return true;
  };
  switch (i.op) {
    case Op::STORE_FAST: case Op::STORE_FAST_MAYBE_NULL: return store_name(local_at(i.oparg));
    case Op::STORE_FAST_LOAD_FAST:
      if (!store_name(local_at(i.oparg >> 4U))) return false;
      push(name(local_at(i.oparg & 15U), i));
      stack_.back()->offset++;
      return true;
    case Op::STORE_FAST_STORE_FAST: return store_name(local_at(i.oparg >> 4U)) && store_name(local_at(i.oparg & 15U));
    case Op::STORE_NAME: case Op::STORE_GLOBAL: return store_name(name_at(i.oparg));
    case Op::STORE_DEREF: return store_name(free_at(i.oparg));
    case Op::STORE_ATTR: {
      if (!need(2)) return false;
      Value* target = attribute(pop_value(), name_at(i.oparg), i);
      store(target, pop_raw(), i);
      return true;
    }
    case Op::STORE_SUBSCR: {
      if (!need(3)) return false;
      Value* target = make(ValueKind::Subscript, i);
      target->kids = pop_values(2);
      Value* v = pop_raw();
      if (!annotate(target, v, i)) store(target, v, i);
      return true;
    }
    case Op::STORE_SLICE: {
      if (!need(4)) return false;
      std::vector<Value*> parts = pop_values(3);
      Value* target = make(ValueKind::Subscript, i);
      target->kids = {parts[0], slice(parts[1], parts[2], nullptr, i)};
      store(target, pop_raw(), i);
      return true;
    }
    case Op::DELETE_FAST: emit(StatementKind::Delete, i)->targets = {name(local_at(i.oparg), i)}; return true;
    case Op::DELETE_NAME: case Op::DELETE_GLOBAL:
      emit(StatementKind::Delete, i)->targets = {name(name_at(i.oparg), i)};
      return true;
    case Op::DELETE_DEREF: emit(StatementKind::Delete, i)->targets = {name(free_at(i.oparg), i)}; return true;
    case Op::DELETE_ATTR:
      if (!need(1)) return false;
      {
        Value* of = pop_value();
        emit(StatementKind::Delete, i)->targets = {attribute(of, name_at(i.oparg), i)};
      }
      return true;
    case Op::DELETE_SUBSCR: {
      if (!need(2)) return false;
      Value* target = make(ValueKind::Subscript, i);
      target->kids = pop_values(2);
      if (target->kids[0]->matched) return true;  // a key leaves the dictionary of `**rest`
      emit(StatementKind::Delete, i)->targets = {target};
      return true;
    }
    case Op::UNPACK_SEQUENCE: case Op::UNPACK_EX: {
      if (!need(1)) return false;
      const bool starred = i.op == Op::UNPACK_EX;
      const std::uint32_t count = starred ? (i.oparg & 0xFFU) + 1 + (i.oparg >> 8U) : i.oparg;
      if (count > 4000) return false;
      Value* unpack = make(ValueKind::Unpack, i);
      unpack->kids.assign(count, nullptr);
      unpack->number = starred ? (i.oparg & 0xFFU) : 0xFFFFFFFFU;
      unpack->same = pop_raw();
      if (unpack->same->matched) {
        push_unpacked(unpack, i);
        return true;
      }
      if (count == 0) {
        store(make(ValueKind::Tuple, i), unpack->same, i);
        return true;
      }
      for (std::uint32_t k = count; k-- > 0;) {
        Value* item = push(ValueKind::UnpackItem, i);
        item->kids = {unpack};
        item->number = k;
      }
      return true;
    }
    default: return false;
  }
}

void Lifter::store(Value* target, Value* v, const GraphInstruction& i) {
  if (v->kind == ValueKind::SavedLocal) return;  // a comprehension gives a variable back
  if (v->matched || (is_pattern_of(v, i.pos) && target->kind == ValueKind::Name && i.pos.line == i.pos.end_line &&
                     i.pos.end_column - i.pos.column == static_cast<int>(target->name.size()))) {
    capture(target, v, i);
    return;
  }
  if (v->kind == ValueKind::UnpackItem) {
    Value* unpack = v->kids[0];
    if (v->number == unpack->number) {
      Value* starred = pool_.value(ValueKind::Starred, target->pos);
      starred->kids = {target};
      target = starred;
    }
    unpack->kids[v->number] = target;
    // Of neighbours with one name only the last is stored (CPython 3.13 flowgraph.c apply_static_swaps).
    for (std::size_t k = v->number; k-- > 0 && unpack->kids[k] != nullptr && unpack->kids[k]->kind == ValueKind::Null;) {
      unpack->kids[k] = target;
    }
    if (std::find(unpack->kids.begin(), unpack->kids.end(), nullptr) != unpack->kids.end()) return;
    Value* tuple = pool_.value(ValueKind::Tuple, unpack->pos);
    tuple->kids = unpack->kids;
    store(tuple, unpack->same, i);
    return;
  }
  if (v->kind == ValueKind::Import || v->kind == ValueKind::ImportedName) {
    store_import(target, v, i);
    return;
  }
  if (is_on_stack(v)) {
    v->pending.push_back(target);
    return;
  }
  // What the compiler adds where a handler with a name is left, maybe over the value to be returned.
  if (is_none(v) && v->pos == i.pos && target->kind == ValueKind::Name) {
    assign(target, v, i);
    return;
  }
  const bool between = !stack_.empty() && !is_structural(stack_.back()) && v->kind != ValueKind::Item &&
                       v->kind != ValueKind::Exception && v->kind != ValueKind::WithEnter;
  if (between || !group_.empty()) {
    group_.push_back({target, v});
    if (!between) flush_group(i);
    return;
  }
  assign(target, v, i);
}

// a, b = x, y without a tuple (CPython 3.13 flowgraph.c swaptimize, apply_static_swaps): the stores come in any
// order, the values were computed in the source's.
void Lifter::flush_group(const GraphInstruction& i) {
  std::stable_sort(group_.begin(), group_.end(),
                   [](const Deferred& a, const Deferred& b) { return a.value->offset < b.value->offset; });
  Value* targets = pool_.value(ValueKind::Tuple, group_[0].target->pos);
  Value* values = pool_.value(ValueKind::Tuple, group_[0].value->pos);
  for (const Deferred& d : group_) {
    targets->kids.push_back(d.target);
    values->kids.push_back(d.value);
    const Position& p = d.target->pos;
    if (known(p) && (p.line < targets->pos.line || (p.line == targets->pos.line && p.column < targets->pos.column))) targets->pos = p;
  }
  group_.clear();
  assign(targets, values, i);
}

void Lifter::assign(Value* target, Value* v, const GraphInstruction& i) {
  if (v->kind == ValueKind::BinOp && v->flag && v->pending.empty() && same_expression(target, v->kids[0])) {
    Statement* s = emit(StatementKind::AugAssign, i);
    s->op = v->op;
    s->targets = {v->kids[0]};
    s->value = v->kids[1];
    s->pos = v->pos;
    return;
  }
  Statement* s = emit(StatementKind::Assign, i);
  s->targets.swap(v->pending);
  s->targets.push_back(target);
  s->value = v;
}

// `name: annotation` in a module or class: a store into __annotations__.
bool Lifter::annotate(Value* target, Value* annotation, const GraphInstruction& i) {
  if (role_ == CodeRole::Function || role_ == CodeRole::Lambda) return false;
  const Value* of = target->kids[0];
  const Value* key = target->kids[1];
  if (of->kind != ValueKind::Name || of->name != "__annotations__" || key->kind != ValueKind::Const ||
      key->constant == kNoConst || constants_.kind(key->constant) != ConstKind::Str || !known(i.pos)) {
    return false;
  }
  const std::string_view text = constants_.text(key->constant);
  // `__annotations__['x'] = …` written by hand loads the name at a narrower place than the statement's.
  if (of->pos != i.pos) return false;
  if (!out_->body.empty()) {
    Statement* last = out_->body.back();
    if (last->kind == StatementKind::Assign && last->targets.size() == 1 && last->targets[0]->kind == ValueKind::Name &&
        last->targets[0]->name == text && last->targets[0]->pos.line == i.pos.line) {
      last->kind = StatementKind::AnnAssign;
      last->other = annotation;
      return true;
    }
  }
  Statement* s = emit(StatementKind::AnnAssign, i);
  s->targets = {name(text, i)};
  s->other = annotation;
  return true;
}

void Lifter::store_import(Value* target, Value* v, const GraphInstruction& i) {
  Value* module = v;
  while (module->kind == ValueKind::ImportedName) module = module->kids[0];
  const bool from = module->flag;
  if (from && !out_->body.empty()) {
    Statement* last = out_->body.back();
    if (last->kind == StatementKind::ImportFrom && last->value == module) {
      last->names.push_back(v->name);
      last->names.push_back(target->name);
      return;
    }
  }
  Statement* s = emit(from ? StatementKind::ImportFrom : StatementKind::Import, i);
  s->value = module;
  s->pos = module->pos;
  s->text = module->name;
  s->number = static_cast<std::int32_t>(module->number);
  if (from) {
    s->names = {v->name, target->name};
    return;
  }
  const std::string_view first = module->name.substr(0, module->name.find('.'));
  const bool plain = v->kind == ValueKind::Import && first == target->name;
  s->names = {module->name, plain ? std::string_view{} : target->name};
}

void Lifter::discard(Value* v, const GraphInstruction& i) {
  if (is_pattern_of(v, i.pos) && i.pos.line == i.pos.end_line && i.pos.end_column - i.pos.column == 1 && !is_pattern_part(v)) {
    capture(nullptr, v, i);  // `case _`
    return;
  }
  if (v->matched) return;
  if (is_on_stack(v) || (v->copied && v->pending.empty())) return;
  switch (v->kind) {
    case ValueKind::UnpackItem:
      v->kids[0]->kids[v->number] = make(ValueKind::Null, i);
      return;
    case ValueKind::WithExitCall: emit(StatementKind::ExitWith, i); return;
    case ValueKind::Exception: emit(StatementKind::DropException, i); return;
    default: break;
  }
  if (v->kind == ValueKind::Iterator && known(i.pos) && i.pos.line == i.pos.end_line && i.pos.end_column - i.pos.column == 5) {
    emit(StatementKind::Nop, i);  // `break`
  }
  if (is_structural(v)) return;
  emit(StatementKind::Expression, i)->value = v;
}

}  // namespace ouro::decompile
