// Entering and leaving code units, names and closures.
#include <algorithm>

#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

CodeGenerator::CodeGenerator(SymbolTable& symbols, const FutureFeatures& future, AstContext& context,
                             Backend& backend, const CodegenOptions& options, Problems& problems)
    : symbols_(symbols),
      future_(future),
      context_(context),
      interner_(context.interner),
      backend_(backend),
      options_(options),
      problems_(problems) {
  units_.push_back(nullptr);
  const auto n = [&](std::string_view text) { return interner_.intern(text); };
  names_ = {n("<module>"), n("<lambda>"), n("<genexpr>"), n("<listcomp>"), n("<setcomp>"), n("<dictcomp>"),
            n("__annotations__"), n("__doc__"), n("__name__"), n("__module__"), n("__qualname__"),
            n("__firstlineno__"), n(".type_params"), n("__type_params__"), n(".generic_base"),
            n("__static_attributes__"), n("__classdict__"), n("__classdictcell__"), n("__class__"),
            n("__classcell__"), n("return"), n("super"), n("__debug__"), n("join"), n(""), n("self"), n("*")};
}

ConstId CodeGenerator::module(const Mod& module) {
  enter(names_.module, UnitKind::Module, &module, 1);
  const SourceLocation where{1, 1, 0, 0};
  switch (module.kind) {
    case ModKind::Module: body(module.body, where); break;
    case ModKind::Interactive:
      interactive_ = true;
      body(module.body, where);
      break;
    case ModKind::Expression: visit(module.expression); break;
  }
  return leave(module.kind == ModKind::Expression ? AddNone::No : AddNone::Yes).code;
}

// CPython 3.13 compiler_enter_scope.
void CodeGenerator::enter(Identifier name, UnitKind kind, const void* key, std::int32_t line,
                          Identifier private_name) {
  const Identifier outer_private = depth_ > 0 ? u().private_name : Identifier();
  ++depth_;
  if (depth_ == units_.size()) units_.push_back(std::make_unique<UnitState>());
  UnitState& unit = u();
  unit.unit.clear();
  unit.scope = &symbols_.scope_of(key);
  unit.kind = kind;
  unit.private_name = private_name ? private_name : outer_private;
  unit.blocks.clear();
  unit.inlined_comprehensions = 0;
  unit.static_attributes.clear();
  unit.hidden.clear();
  UnitMetadata& metadata = unit.unit.metadata;
  metadata.name = name;
  metadata.firstlineno = line;
  for (const Identifier param : unit.scope->params) metadata.varnames.add(param);
  collect_closure_names();
  metadata.qualname = kind == UnitKind::Module ? name : qualified_name();
  // The module's RESUME stands on line 0.
  emit(Op::RESUME, 0, {kind == UnitKind::Module ? 0 : line, line, 0, 0});
}

// CPython's dictbytype: cell and free variables, sorted by name.
void CodeGenerator::collect_closure_names() {
  const Scope& scope = *u().scope;
  std::vector<Identifier> cells;
  std::vector<Identifier> frees;
  for (const Symbol& symbol : scope.symbols.entries()) {
    if (symbol.scope == NameScope::Cell || (symbol.flags & kDefCompCell) != 0) cells.push_back(symbol.name);
    if (symbol.scope == NameScope::Free || (symbol.flags & kDefFreeClass) != 0) frees.push_back(symbol.name);
  }
  const auto by_text = [](Identifier a, Identifier b) { return a.view() < b.view(); };
  std::sort(cells.begin(), cells.end(), by_text);
  std::sort(frees.begin(), frees.end(), by_text);
  UnitMetadata& metadata = u().unit.metadata;
  for (const Identifier name : cells) metadata.cellvars.add(name);
  if (scope.needs_class_closure) metadata.cellvars.add(names_.dunder_class);
  if (scope.needs_class_dict) metadata.cellvars.add(names_.class_dict);
  for (const Identifier name : frees) metadata.freevars.add(name);
}

// CPython 3.13 compiler_set_qualname.
Identifier CodeGenerator::qualified_name() {
  const UnitState& unit = u();
  if (depth_ < 3) return unit.unit.metadata.name;  // right in the module
  const UnitState* parent = units_[depth_ - 1].get();
  if (parent->kind == UnitKind::TypeParams) {
    if (depth_ == 3) return unit.unit.metadata.name;
    parent = units_[depth_ - 2].get();
  }
  const bool named = unit.kind == UnitKind::Function || unit.kind == UnitKind::AsyncFunction ||
                     unit.kind == UnitKind::Class;
  if (named) {
    const Identifier name = mangle(parent->private_name, unit.unit.metadata.name, interner_);
    if (parent->scope->scope_of(name) == NameScope::GlobalExplicit) return unit.unit.metadata.name;
  }
  std::string text(parent->unit.metadata.qualname.view());
  if (parent->kind == UnitKind::Function || parent->kind == UnitKind::AsyncFunction ||
      parent->kind == UnitKind::Lambda) {
    text += ".<locals>";
  }
  text += '.';
  text += unit.unit.metadata.name.view();
  return interner_.intern(text);
}

// CPython 3.13 compute_code_flags.
std::uint32_t CodeGenerator::code_flags() const {
  const Scope& scope = *u().scope;
  std::uint32_t flags = future_.code_flags();
  if (!scope.is_function_like()) return flags;
  flags |= code::kNewLocals | code::kOptimized;
  if (scope.nested) flags |= code::kNested;
  if (scope.generator && !scope.coroutine) flags |= code::kGenerator;
  if (!scope.generator && scope.coroutine) flags |= code::kCoroutine;
  if (scope.generator && scope.coroutine) flags |= code::kAsyncGenerator;
  if (scope.var_positional) flags |= code::kVarArgs;
  if (scope.var_keyword) flags |= code::kVarKeywords;
  return flags;
}

CodeGenerator::Finished CodeGenerator::leave(AddNone add_none) {
  // What falls off the end returns None, or whatever is on the stack.
  if (add_none == AddNone::Yes) load_none(kNoLocation);
  emit(Op::RETURN_VALUE, kNoLocation);
  UnitState& unit = u();
  UnitMetadata& metadata = unit.unit.metadata;
  metadata.flags = code_flags();
  for (const HiddenLocal& local : unit.hidden) {
    const std::int32_t index = metadata.varnames.find(local.name);
    if (index < 0) continue;
    if (metadata.fast_hidden.size() <= static_cast<std::size_t>(index)) {
      metadata.fast_hidden.resize(static_cast<std::size_t>(index) + 1, false);
    }
    metadata.fast_hidden[static_cast<std::size_t>(index)] = true;
  }
  Finished finished{kNoConst, {metadata.freevars.keys().begin(), metadata.freevars.keys().end()}};
  if (!problems_.failed()) {
    if (Result<ConstId> code = backend_.finish_unit(unit.unit)) {
      finished.code = *code;
    } else {
      problems_.fail({SyntaxErrorType::SyntaxError, code.error().detail, 0, 0, 0, 0});
    }
  }
  if (finished.code == kNoConst) finished.code = constants().none();  // harmless: there is an error
  --depth_;
  return finished;
}

void CodeGenerator::load_names_tuple(std::span<const Identifier> names, const SourceLocation& where) {
  std::vector<ConstId> items;
  items.reserve(names.size());
  for (const Identifier name : names) items.push_back(constants().add_name_constant(name));
  load_const(constants().add_tuple(items), where);
}

// CPython 3.13 compiler_addop_name: some operands carry more than the index.
void CodeGenerator::emit_name(Op op, Identifier name, const SourceLocation& where) {
  std::int32_t index = metadata().names.add(mangled(name));
  switch (op) {
    case Op::LOAD_ATTR: index <<= 1; break;
    case Op::LOAD_METHOD:
      op = Op::LOAD_ATTR;
      index = index << 1 | 1;
      break;
    case Op::LOAD_SUPER_ATTR: index = index << 2 | 2; break;
    case Op::LOAD_SUPER_METHOD:
      op = Op::LOAD_SUPER_ATTR;
      index = index << 2 | 3;
      break;
    case Op::LOAD_ZERO_SUPER_ATTR:
      op = Op::LOAD_SUPER_ATTR;
      index <<= 2;
      break;
    case Op::LOAD_ZERO_SUPER_METHOD:
      op = Op::LOAD_SUPER_ATTR;
      index = index << 2 | 1;
      break;
    default: break;
  }
  emit(op, index, where);
}

namespace {

Op pick(ExprContext context, Op load, Op store, Op remove) {
  return context == ExprContext::Load ? load : context == ExprContext::Store ? store : remove;
}

}  // namespace

void CodeGenerator::load_class_dict(const SourceLocation& where) {
  emit(Op::LOAD_DEREF, free_index(names_.class_dict), where);
}

// CPython 3.13 compiler_nameop.
void CodeGenerator::name_operation(Identifier plain, ExprContext context, const SourceLocation& where) {
  if (forbid_debug(plain, context, where)) return;
  const Identifier name = mangled(plain);
  Scope& scope = this->scope();
  const NameScope where_it_lives = scope.scope_of(name);
  const bool is_load = context == ExprContext::Load;
  const bool in_class = scope.type == BlockType::Class;
  switch (where_it_lives) {
    case NameScope::Free:
    case NameScope::Cell: {
      Op op = pick(context, Op::LOAD_DEREF, Op::STORE_DEREF, Op::DELETE_DEREF);
      if (is_load && in_class && u().inlined_comprehensions == 0) {
        emit(Op::LOAD_LOCALS, where);
        op = Op::LOAD_FROM_DICT_OR_DEREF;
      } else if (is_load && scope.can_see_class_scope) {
        load_class_dict(where);
        op = Op::LOAD_FROM_DICT_OR_DEREF;
      }
      const bool cell = where_it_lives == NameScope::Cell;
      return emit(op, cell ? metadata().cellvars.add(name) : free_index(name), where);
    }
    case NameScope::Local:
      if (!scope.is_function_like() && !u().hides(name)) break;
      return emit(pick(context, Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST), metadata().varnames.add(name),
                  where);
    case NameScope::GlobalImplicit:
      if (!scope.is_function_like()) break;
      [[fallthrough]];
    case NameScope::GlobalExplicit: {
      Op op = pick(context, Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL);
      if (is_load && scope.can_see_class_scope && where_it_lives == NameScope::GlobalImplicit) {
        load_class_dict(where);
        op = Op::LOAD_FROM_DICT_OR_GLOBALS;
      }
      const std::int32_t index = metadata().names.add(name);
      return emit(op, op == Op::LOAD_GLOBAL ? index << 1 : index, where);
    }
    case NameScope::Unknown: break;
  }
  const std::int32_t index = metadata().names.add(name);
  if (is_load && in_class && u().inlined_comprehensions > 0) return emit(Op::LOAD_GLOBAL, index << 1, where);
  emit(pick(context, Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME), index, where);
}

// CPython 3.13 get_ref_type.
NameScope CodeGenerator::reference_type(Identifier name) {
  if (u().kind == UnitKind::Class && (name == names_.dunder_class || name == names_.class_dict)) {
    return NameScope::Cell;
  }
  return scope().scope_of(name);
}

// CPython 3.13 compiler_make_closure.
void CodeGenerator::make_closure(const Finished& function, int flags, const SourceLocation& where) {
  if (!function.free_names.empty()) {
    for (const Identifier name : function.free_names) {
      const bool cell = reference_type(name) == NameScope::Cell;
      emit(Op::LOAD_CLOSURE, cell ? metadata().cellvars.find(name) : free_index(name), where);
    }
    flags |= 8;
    emit(Op::BUILD_TUPLE, static_cast<std::int64_t>(function.free_names.size()), where);
  }
  load_const(function.code, where);
  emit(Op::MAKE_FUNCTION, where);
  for (const int flag : {8, 4, 2, 1}) {
    if ((flags & flag) != 0) emit(Op::SET_FUNCTION_ATTRIBUTE, flag, where);
  }
}

void CodeGenerator::yield_from(bool is_await, const SourceLocation& where) {
  const Label send = new_label();
  const Label fail = new_label();
  const Label exit = new_label();
  use(send);
  jump(Op::SEND, exit, where);
  // A close() or throw() that raises StopIteration goes to CLEANUP_THROW.
  jump(Op::SETUP_FINALLY, fail, where);
  emit(Op::YIELD_VALUE, 1, where);
  emit(Op::POP_BLOCK, kNoLocation);
  emit(Op::RESUME, is_await ? 3 : 2, where);
  jump(Op::JUMP_NO_INTERRUPT, send, where);
  use(fail);
  emit(Op::CLEANUP_THROW, where);
  use(exit);
  emit(Op::END_SEND, where);
}

void CodeGenerator::emit_yield(const SourceLocation& where) {
  if (scope().generator && scope().coroutine) emit(Op::CALL_INTRINSIC_1, 4, where);  // ASYNC_GEN_WRAP
  emit(Op::YIELD_VALUE, 0, where);
  emit(Op::RESUME, 1, where);
}

void CodeGenerator::pop_except_and_reraise(const SourceLocation& where) {
  emit(Op::COPY, 3, where);
  emit(Op::POP_EXCEPT, where);
  emit(Op::RERAISE, 1, where);
}

}  // namespace ouro::compile
