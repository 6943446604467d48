// Comprehensions and generator expressions (CPython 3.13 compiler_comprehension and its helpers). List, set and
// dict comprehensions mostly run inside the block around them (PEP 709).
#include <algorithm>

#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

void CodeGenerator::comprehension_iterable(const Comprehension& generator) {
  visit(generator.iter);
  emit(generator.is_async ? Op::GET_AITER : Op::GET_ITER, loc(generator.iter));
}

void CodeGenerator::comprehension(ExprNode* node, std::span<Comprehension*> generators,
                                  const CompElement& element) {
  const SourceLocation where = loc(node);
  Scope& comp = symbols_.scope_of(node);
  const bool generator = element.kind == CompKind::Generator;
  const bool async = comp.coroutine;
  const UnitKind outer_kind = u().kind;
  const bool inlined = comp.inlined;
  InlinedState state;
  if (inlined) {
    comprehension_iterable(*generators[0]);
    enter_inlined(comp, state, where);
  } else {
    const Identifier name = generator                          ? names_.genexpr
                            : element.kind == CompKind::List ? names_.listcomp
                            : element.kind == CompKind::Set  ? names_.setcomp
                                                             : names_.dictcomp;
    enter(name, UnitKind::Comprehension, node, node->pos.lineno);
  }
  if (async && !generator && outer_kind != UnitKind::AsyncFunction && outer_kind != UnitKind::Comprehension) {
    fail(where, "asynchronous comprehension outside of an asynchronous function");
  }
  if (!generator) {
    emit(element.kind == CompKind::List  ? Op::BUILD_LIST
         : element.kind == CompKind::Set ? Op::BUILD_SET
                                         : Op::BUILD_MAP,
         0, where);
    if (inlined) emit(Op::SWAP, 2, where);
  }
  comprehension_loop(generators, 0, 0, element, inlined, where);
  if (inlined) return leave_inlined(state, where);

  if (generator) {
    wrap_in_stop_iteration_handler();
  } else {
    emit(Op::RETURN_VALUE, where);
  }
  make_closure(leave(AddNone::Yes), 0, where);
  comprehension_iterable(*generators[0]);
  emit(Op::CALL, 0, where);
  if (async && !generator) {
    emit(Op::GET_AWAITABLE, 0, where);
    load_none(where);
    yield_from(true, where);
  }
}

void CodeGenerator::comprehension_loop(std::span<Comprehension*> generators, std::size_t index, int depth,
                                       const CompElement& element, bool iterable_on_stack,
                                       const SourceLocation& where) {
  if (problems_.failed()) return;
  if (generators[index]->is_async) {
    async_loop(generators, index, depth, element, iterable_on_stack, where);
  } else {
    sync_loop(generators, index, depth, element, iterable_on_stack, where);
  }
}

// The innermost step: adds the element to what is built, `depth` loops below; gives the element's place.
SourceLocation CodeGenerator::comprehension_element(const CompElement& element, int depth) {
  SourceLocation where = loc(element.element);
  visit(element.element);
  switch (element.kind) {
    case CompKind::Generator:
      emit_yield(where);
      emit(Op::POP_TOP, where);
      break;
    case CompKind::List: emit(Op::LIST_APPEND, depth + 1, where); break;
    case CompKind::Set: emit(Op::SET_ADD, depth + 1, where); break;
    case CompKind::Dict: {
      visit(element.value);
      const Position& end = element.value->pos;
      where.end_line = end.end_lineno;
      where.end_column = end.end_col_offset;
      emit(Op::MAP_ADD, depth + 1, where);
      break;
    }
  }
  return where;
}

namespace {

// `for x in [value]` is an assignment: the value, or null.
ExprNode* only_element(const ExprNode* iterable) {
  ExprList elements;
  if (const auto* list = try_as<const List>(iterable)) elements = list->elts;
  if (const auto* tuple = try_as<const Tuple>(iterable)) elements = tuple->elts;
  return elements.size() == 1 && elements[0]->kind != ExprKind::Starred ? elements[0] : nullptr;
}

}  // namespace

void CodeGenerator::sync_loop(std::span<Comprehension*> generators, std::size_t index, int depth,
                              const CompElement& element, bool iterable_on_stack, const SourceLocation& where) {
  const Label start = new_label();
  const Label if_cleanup = new_label();
  const Label anchor = new_label();
  const Comprehension& generator = *generators[index];
  bool loops = true;
  if (!iterable_on_stack) {
    if (index == 0) {
      metadata().argcount = 1;
      emit(Op::LOAD_FAST, 0, where);
    } else if (ExprNode* only = only_element(generator.iter)) {
      visit(only);
      loops = false;
    } else {
      visit(generator.iter);
      emit(Op::GET_ITER, loc(generator.iter));
    }
  }
  if (loops) {
    ++depth;
    use(start);
    jump(Op::FOR_ITER, anchor, loc(generator.iter));
  }
  visit(generator.target);
  for (ExprNode* condition : generator.ifs) jump_if(condition, if_cleanup, false, where);
  SourceLocation element_location = loc(element.element);
  if (index + 1 < generators.size()) {
    comprehension_loop(generators, index + 1, depth, element, false, where);
  } else {
    element_location = comprehension_element(element, depth);
  }
  use(if_cleanup);
  if (!loops) return;
  jump(Op::JUMP, start, element_location);
  use(anchor);
  emit(Op::END_FOR, kNoLocation);
  emit(Op::POP_TOP, kNoLocation);
}

void CodeGenerator::async_loop(std::span<Comprehension*> generators, std::size_t index, int depth,
                               const CompElement& element, bool iterable_on_stack, const SourceLocation& where) {
  const Label start = new_label();
  const Label except = new_label();
  const Label if_cleanup = new_label();
  const Comprehension& generator = *generators[index];
  if (!iterable_on_stack) {
    if (index == 0) {
      metadata().argcount = 1;
      emit(Op::LOAD_FAST, 0, where);
    } else {
      visit(generator.iter);
      emit(Op::GET_AITER, loc(generator.iter));
    }
  }
  use(start);
  push_block({BlockKind::AsyncComprehension, start, kNoLabel, where, {}, {}});
  jump(Op::SETUP_FINALLY, except, where);
  emit(Op::GET_ANEXT, where);
  load_none(where);
  yield_from(true, where);
  emit(Op::POP_BLOCK, where);
  visit(generator.target);
  for (ExprNode* condition : generator.ifs) jump_if(condition, if_cleanup, false, where);
  SourceLocation element_location = loc(element.element);
  if (index + 1 < generators.size()) {
    comprehension_loop(generators, index + 1, depth + 1, element, false, where);
  } else {
    element_location = comprehension_element(element, depth + 1);
  }
  use(if_cleanup);
  jump(Op::JUMP, start, element_location);
  pop_block();
  use(except);
  emit(Op::END_ASYNC_FOR, where);
}

// CPython 3.13 push_inlined_comprehension_state: the comprehension's own variables are kept apart from the
// block's by saving the block's values on the stack.
void CodeGenerator::enter_inlined(Scope& comp, InlinedState& state, const SourceLocation& where) {
  UnitState& unit = u();
  Scope& outer = *unit.scope;
  const bool in_class = outer.type == BlockType::Class && unit.inlined_comprehensions == 0;
  ++unit.inlined_comprehensions;
  for (const Symbol& symbol : comp.symbols.entries()) {
    const Identifier name = symbol.name;
    Symbol* known = outer.symbols.find(name);
    const NameScope outside = known == nullptr ? NameScope::Unknown : known->scope;
    const bool isolated = ((symbol.flags & kDefLocal) != 0 && (symbol.flags & kDefNonlocal) == 0) || in_class;
    const bool differs = symbol.scope != outside && symbol.scope != NameScope::Free &&
                         !(symbol.scope == NameScope::Cell && outside == NameScope::Free);
    if (differs || in_class) {
      state.saved.push_back({name, known == nullptr ? Symbol{name} : *known, known != nullptr});
      Symbol& replaced = outer.symbols.add(name);
      replaced.flags = symbol.flags;
      replaced.scope = symbol.scope;
    }
    if (!isolated) continue;
    if (!outer.is_function_like() && !unit.hides(name)) {
      unit.hide(name, Hidden::Is);
      state.hidden.push_back(name);
    }
    emit(Op::LOAD_FAST_AND_CLEAR, metadata().varnames.add(name), where);
    if (symbol.scope == NameScope::Cell) {
      // A cell is pushed itself; the comprehension gets a new one.
      const bool free_outside = outside == NameScope::Free;
      emit(Op::MAKE_CELL, free_outside ? free_index(name) : metadata().cellvars.add(name), where);
    }
    state.pushed.push_back(name);
  }
  if (state.pushed.empty()) return;
  // The iterable back to the top.
  emit(Op::SWAP, static_cast<std::int64_t>(state.pushed.size()) + 1, where);
  state.cleanup = new_label();
  jump(Op::SETUP_FINALLY, state.cleanup, where);
}

void CodeGenerator::restore_inlined_locals(const InlinedState& state, const SourceLocation& where) {
  emit(Op::SWAP, static_cast<std::int64_t>(state.pushed.size()) + 1, where);
  for (auto name = state.pushed.rbegin(); name != state.pushed.rend(); ++name) {
    emit(Op::STORE_FAST_MAYBE_NULL, metadata().varnames.add(*name), where);
  }
}

void CodeGenerator::leave_inlined(InlinedState& state, const SourceLocation& where) {
  UnitState& unit = u();
  --unit.inlined_comprehensions;
  if (!state.pushed.empty()) {
    emit(Op::POP_BLOCK, kNoLocation);
    const Label end = new_label();
    jump(Op::JUMP_NO_INTERRUPT, end, kNoLocation);
    // An exception inside: drop the unfinished result, put the block's values back.
    use(state.cleanup);
    emit(Op::SWAP, 2, kNoLocation);
    emit(Op::POP_TOP, kNoLocation);
    restore_inlined_locals(state, where);
    emit(Op::RERAISE, 0, kNoLocation);
    use(end);
    restore_inlined_locals(state, where);
  }
  for (const InlinedState::Saved& saved : state.saved) {
    Symbol& symbol = unit.scope->symbols.add(saved.name);
    symbol.flags = saved.symbol.flags;
    symbol.scope = saved.symbol.scope;
  }
  for (const Identifier name : state.hidden) unit.hide(name, Hidden::Was);
}

}  // namespace ouro::compile
