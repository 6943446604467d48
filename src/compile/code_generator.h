// The code generator: a folded tree and its symbol table in, code objects out.
//
// Follows CPython 3.13 Python/compile.c: one unit (function, class, module, comprehension…) at a time, innermost
// finished first; what it emits for each construct, with which source range, is what the comments in
// codegen_*.cpp say. The class is one, its members are spread over those files by concern.
//
// Steps that differ between target versions are virtual or ask CodegenTraits (docs/COMPILER_TARGETS.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compile/backend.h"
#include "compile/future.h"
#include "compile/instruction_sequence.h"
#include "compile/problems.h"
#include "compile/symbol_table.h"
#include "compile/unit_metadata.h"
#include "syntax/ast.h"

namespace ouro::compile {

/// More than this many values are not pushed at once (CPython's STACK_USE_GUIDELINE).
inline constexpr std::size_t kStackUseGuideline = 30;

struct CodegenOptions {
  int optimize = 0;
};

/// Where an attribute's instruction stands: for one that spans lines, at the attribute's name.
SourceLocation attribute_location(SourceLocation where, const syntax::Attribute& node);

class CodeGenerator {
 public:
  CodeGenerator(SymbolTable& symbols, const FutureFeatures& future, syntax::AstContext& context, Backend& backend,
                const CodegenOptions& options, Problems& problems);

  /// The module's code object. With problems.failed() afterwards the id means nothing.
  ConstId module(const syntax::Mod& module);

 private:
  using Position = syntax::Position;

  // ---- units and their state (codegen_units.cpp) ---------------------------------------------------------

  enum class UnitKind : std::uint8_t { Module, Class, Function, AsyncFunction, Lambda, Comprehension, TypeParams };

  // What `break`, `continue` and `return` have to leave on their way out.
  enum class BlockKind : std::uint8_t {
    WhileLoop, ForLoop, TryExcept, FinallyTry, FinallyEnd, With, AsyncWith, HandlerCleanup, PopValue,
    ExceptionHandler, ExceptionGroupHandler, AsyncComprehension, StopIteration,
  };
  struct FrameBlock {
    BlockKind kind = BlockKind::WhileLoop;
    Label block = kNoLabel;
    Label exit = kNoLabel;
    SourceLocation location;
    syntax::StmtList final_body;  // FinallyTry
    Identifier name;              // HandlerCleanup: the exception's name, if any
  };

  enum class Hidden : std::uint8_t { Was, Is };  // a fast local of an inlined comprehension, before or now
  struct HiddenLocal {
    Identifier name;
    Hidden state;
  };

  struct UnitState {
    Unit unit;
    Scope* scope = nullptr;
    UnitKind kind = UnitKind::Module;
    Identifier private_name;
    std::vector<FrameBlock> blocks;
    int inlined_comprehensions = 0;
    std::vector<Identifier> static_attributes;
    std::vector<HiddenLocal> hidden;

    [[nodiscard]] bool hides(Identifier name) const {
      for (const HiddenLocal& local : hidden) {
        if (local.name == name) return local.state == Hidden::Is;
      }
      return false;
    }
    void hide(Identifier name, Hidden state) {
      for (HiddenLocal& local : hidden) {
        if (local.name == name) {
          local.state = state;
          return;
        }
      }
      hidden.push_back({name, state});
    }
  };

  // A finished unit, as its enclosing unit needs it.
  struct Finished {
    ConstId code;
    std::vector<Identifier> free_names;
  };

  enum class AddNone : std::uint8_t { No, Yes };

  void enter(Identifier name, UnitKind kind, const void* key, std::int32_t line, Identifier private_name = {});
  Finished leave(AddNone add_none);
  Identifier qualified_name();
  [[nodiscard]] std::uint32_t code_flags() const;
  void collect_closure_names();

  [[nodiscard]] UnitState& u() { return *units_[depth_]; }
  [[nodiscard]] const UnitState& u() const { return *units_[depth_]; }
  [[nodiscard]] Scope& scope() { return *u().scope; }
  [[nodiscard]] UnitMetadata& metadata() { return u().unit.metadata; }
  [[nodiscard]] InstructionSequence& code() { return u().unit.instructions; }
  [[nodiscard]] ConstantTable& constants() { return backend_.constants(); }

  // ---- emitting --------------------------------------------------------------------------------------------

  static SourceLocation at(const Position& p) { return {p.lineno, p.end_lineno, p.col_offset, p.end_col_offset}; }
  template <class Node>
  static SourceLocation loc(const Node* node) { return at(node->pos); }

  void emit(Op op, const SourceLocation& where) { code().add(op, where); }
  void emit(Op op, std::int64_t oparg, const SourceLocation& where) {
    code().add(op, static_cast<std::int32_t>(oparg), where);
  }
  void jump(Op op, Label target, const SourceLocation& where) { code().add_jump(op, target, where); }
  Label new_label() { return code().new_label(); }
  void use(Label label) { code().use_label(label); }

  void load_const(ConstId id, const SourceLocation& where) { emit(Op::LOAD_CONST, metadata().consts.add(id), where); }
  void load_none(const SourceLocation& where) { load_const(constants().none(), where); }
  void load_int(std::int64_t value, const SourceLocation& where) { load_const(constants().add_int(value), where); }
  void load_name_const(Identifier name, const SourceLocation& where) {
    load_const(constants().add_name_constant(name), where);
  }
  /// The mangled name as a constant. Mangling makes a new string, which is a constant like others.
  ConstId name_const(Identifier name) {
    const Identifier own = mangled(name);
    return own == name ? constants().add_name_constant(name) : constants().add_str(own.view());
  }
  void load_mangled_name_const(Identifier name, const SourceLocation& where) { load_const(name_const(name), where); }
  ConstId docstring_constant(const syntax::Constant& text);
  void load_names_tuple(std::span<const Identifier> names, const SourceLocation& where);

  Identifier mangled(Identifier name) { return maybe_mangle(u().private_name, scope(), name, interner_); }
  // An instruction whose operand is an entry of co_names: LOAD_ATTR, LOAD_METHOD, LOAD_SUPER_*, STORE_ATTR, …
  void emit_name(Op op, Identifier name, const SourceLocation& where);
  // Loads, stores or deletes a variable, wherever it lives.
  void name_operation(Identifier name, syntax::ExprContext context, const SourceLocation& where);
  void load(Identifier name, const SourceLocation& where) { name_operation(name, syntax::ExprContext::Load, where); }
  void store(Identifier name, const SourceLocation& where) { name_operation(name, syntax::ExprContext::Store, where); }
  void remove(Identifier name, const SourceLocation& where) { name_operation(name, syntax::ExprContext::Del, where); }
  void load_class_dict(const SourceLocation& where);
  [[nodiscard]] std::int32_t free_index(Identifier name) {
    return metadata().cellvars.size() + metadata().freevars.find(name);
  }
  [[nodiscard]] NameScope reference_type(Identifier name);

  void make_closure(const Finished& function, int flags, const SourceLocation& where);
  void yield_from(bool is_await, const SourceLocation& where);
  void emit_yield(const SourceLocation& where);
  void pop_except_and_reraise(const SourceLocation& where);

  // ---- blocks (codegen_blocks.cpp) -------------------------------------------------------------------------

  void push_block(FrameBlock block);
  void pop_block() { u().blocks.pop_back(); }
  void unwind(const FrameBlock& block, SourceLocation& where, bool preserve_top);
  // Unwinds all blocks, or up to the first loop, whose copy it gives; false when there is none (with want_loop).
  bool unwind_all(SourceLocation& where, bool preserve_top, bool want_loop, FrameBlock& loop);

  // ---- statements (codegen_statements.cpp, codegen_control.cpp) --------------------------------------------

  void body(syntax::StmtList statements, SourceLocation where);
  void visit(syntax::StmtList statements);
  void visit(syntax::StmtNode* statement);
  void expression_statement(const syntax::Expr& node);
  void assign(const syntax::Assign& node);
  void augmented_assign(const syntax::AugAssign& node);
  void annotated_assign(const syntax::AnnAssign& node);
  void check_annotation_expression(syntax::ExprNode* expression);
  void check_annotation_subscript(syntax::ExprNode* expression);
  void import(const syntax::Import& node);
  void import_as(Identifier name, Identifier as_name, const SourceLocation& where);
  void import_from(const syntax::ImportFrom& node);
  void assert_statement(const syntax::Assert& node);
  void raise(const syntax::Raise& node);

  void if_statement(const syntax::If& node);
  void for_loop(const syntax::For& node);
  void async_for_loop(const syntax::For& node);
  void while_loop(const syntax::While& node);
  void return_statement(const syntax::Return& node);
  void break_statement(const SourceLocation& where);
  void continue_statement(const SourceLocation& where);
  void jump_if(syntax::ExprNode* condition, Label target, bool when, const SourceLocation& where);

  // ---- try and with (codegen_try.cpp, codegen_with.cpp) ----------------------------------------------------

  void try_statement(const syntax::Try& node);
  void try_finally(const syntax::Try& node);
  void try_except(const syntax::Try& node);
  void except_handler(const syntax::ExceptHandler& handler, Label end);
  void try_star_except(const syntax::Try& node);
  void star_handler(const syntax::ExceptHandler& handler, bool first, bool last, Label reraise);
  void forget_exception_name(Identifier name);
  void with_item(const syntax::With& node, std::size_t index);
  void call_exit_with_nones(const SourceLocation& where);
  void finish_with_except(Label cleanup);

  // ---- functions, classes, type parameters (codegen_functions.cpp, codegen_classes.cpp) --------------------

  void function(const syntax::FunctionDef& node);
  void function_body(const syntax::FunctionDef& node, int flags, std::int32_t first_line);
  void lambda(const syntax::Lambda& node);
  void check_debug_arguments(const syntax::Arguments& arguments);
  void decorators(syntax::ExprList decorators) { visit(decorators); }
  void apply_decorators(syntax::ExprList decorators);
  int default_arguments(const syntax::Arguments& arguments, const SourceLocation& where);
  bool annotations(const syntax::FunctionDef& node, const SourceLocation& where);
  int argument_annotation(Identifier name, syntax::ExprNode* annotation, const SourceLocation& where);
  void annotation_string(syntax::ExprNode* annotation);
  void set_argument_counts(const syntax::Arguments& arguments);
  void wrap_in_stop_iteration_handler();

  void class_definition(const syntax::ClassDef& node);
  void class_body(const syntax::ClassDef& node, std::int32_t first_line);
  void type_alias(const syntax::TypeAlias& node);
  void type_params(std::span<syntax::TypeParam*> params);
  void bound_or_default(syntax::ExprNode* expression, Identifier name, const void* key, bool allow_starred);
  void call_type_params_function(std::int32_t arguments, const SourceLocation& where);
  Identifier type_params_name(Identifier name);

  // ---- expressions (codegen_expressions.cpp, codegen_collections.cpp) --------------------------------------

  void visit(syntax::ExprList expressions) {
    for (syntax::ExprNode* expression : expressions) visit(expression);
  }
  void visit(syntax::ExprNode* expression);
  void bool_operation(const syntax::BoolOp& node);
  void if_expression(const syntax::IfExp& node);
  void compare(const syntax::Compare& node);
  void emit_compare(syntax::CompareOperator op, const SourceLocation& where);
  void emit_binary(syntax::Operator op, bool in_place, const SourceLocation& where);
  void unary(const syntax::UnaryOp& node);
  void attribute(const syntax::Attribute& node);
  void subscript(const syntax::Subscript& node);
  int slice_parts(const syntax::Slice& node);
  void await_expression(const syntax::Await& node);
  void yield_expression(const syntax::Yield& node);
  void yield_from_expression(const syntax::YieldFrom& node);
  void joined_string(const syntax::JoinedStr& node);
  void formatted_value(const syntax::FormattedValue& node);

  enum class Display : std::uint8_t { List, Tuple, Set };
  void display(syntax::ExprList elements, int pushed, Display kind, const SourceLocation& where,
               Identifier injected = {});
  void constant_display(syntax::ExprList elements, int pushed, Display kind, const SourceLocation& where);
  void unpack_targets(syntax::ExprList targets, const SourceLocation& where);
  void sequence_target_or_display(syntax::ExprContext context, syntax::ExprList elements, Display kind,
                                  const SourceLocation& where);
  void dict(const syntax::Dict& node);
  void dict_run(const syntax::Dict& node, std::size_t begin, std::size_t end);

  // ---- calls (codegen_calls.cpp) ---------------------------------------------------------------------------

  void call(const syntax::Call& node);
  bool method_call(const syntax::Call& node);
  void call_arguments(int pushed, syntax::ExprList args, Identifier injected, std::span<syntax::Keyword*> keywords,
                      const SourceLocation& where);
  void keyword_dict(std::span<syntax::Keyword*> keywords, const SourceLocation& where);
  void keyword_run(std::span<syntax::Keyword*> keywords, const SourceLocation& where);
  void keyword_names(std::span<syntax::Keyword*> keywords, const SourceLocation& where);
  void validate_keywords(std::span<syntax::Keyword*> keywords);
  bool can_optimize_super(const syntax::Attribute& node);
  void load_super_arguments(const syntax::Call& call);
  bool is_imported(const syntax::ExprNode* expression);

  // ---- comprehensions (codegen_comprehensions.cpp) ---------------------------------------------------------

  enum class CompKind : std::uint8_t { Generator, List, Set, Dict };
  struct CompElement {
    CompKind kind;
    syntax::ExprNode* element;
    syntax::ExprNode* value;  // Dict
  };
  struct InlinedState {
    std::vector<Identifier> pushed;
    std::vector<Identifier> hidden;
    struct Saved {
      Identifier name;
      Symbol symbol;
      bool existed;
    };
    std::vector<Saved> saved;
    Label cleanup = kNoLabel;
  };
  void comprehension(syntax::ExprNode* node, std::span<syntax::Comprehension*> generators,
                     const CompElement& element);
  void comprehension_iterable(const syntax::Comprehension& generator);
  void comprehension_loop(std::span<syntax::Comprehension*> generators, std::size_t index, int depth,
                          const CompElement& element, bool iterable_on_stack, const SourceLocation& where);
  void sync_loop(std::span<syntax::Comprehension*> generators, std::size_t index, int depth,
                 const CompElement& element, bool iterable_on_stack, const SourceLocation& where);
  void async_loop(std::span<syntax::Comprehension*> generators, std::size_t index, int depth,
                  const CompElement& element, bool iterable_on_stack, const SourceLocation& where);
  SourceLocation comprehension_element(const CompElement& element, int depth);
  void enter_inlined(Scope& comp, InlinedState& state, const SourceLocation& where);
  void leave_inlined(InlinedState& state, const SourceLocation& where);
  void restore_inlined_locals(const InlinedState& state, const SourceLocation& where);

  // ---- match (codegen_patterns.cpp) ------------------------------------------------------------------------

  struct PatternContext {
    std::vector<Identifier> stores;  // names captured so far, on the stack below on_top items
    bool allow_irrefutable = false;
    std::vector<Label> fail_pop;  // [n]: where to go with n items to pop
    std::int64_t on_top = 0;
  };
  void match(const syntax::Match& node);
  void match_case(const syntax::MatchCase& one, bool keep_subject, bool last, Label end);
  void pattern(syntax::PatternNode* node, PatternContext& context);
  void subpattern(syntax::PatternNode* node, PatternContext& context);
  void pattern_value(const syntax::MatchValue& node, PatternContext& context);
  void pattern_sequence(const syntax::MatchSequence& node, PatternContext& context);
  void pattern_unpack(const syntax::MatchSequence& node, PatternContext& context);
  void pattern_subscript(const syntax::MatchSequence& node, std::size_t star, PatternContext& context);
  void pattern_mapping(const syntax::MatchMapping& node, PatternContext& context);
  bool pattern_mapping_keys(const syntax::MatchMapping& node);
  void pattern_class(const syntax::MatchClass& node, PatternContext& context);
  void pattern_as(const syntax::MatchAs& node, PatternContext& context);
  void pattern_or(const syntax::MatchOr& node, PatternContext& context);
  bool align_stores(PatternContext& context, const std::vector<Identifier>& control, const SourceLocation& where);
  void pattern_store(Identifier name, PatternContext& context, const Position& position);
  void ensure_fail_pop(PatternContext& context, std::size_t count);
  void fail_jump(Op op, PatternContext& context, const SourceLocation& where);
  void emit_fail_pops(PatternContext& context, const SourceLocation& where);
  void rotate(std::int64_t count, const SourceLocation& where);

  // ---- checks (codegen_checks.cpp) -------------------------------------------------------------------------

  void fail(const SourceLocation& where, std::string message);
  bool forbid_debug(Identifier name, syntax::ExprContext context, const SourceLocation& where);
  void check_compare(const syntax::Compare& node);
  void check_caller(const syntax::ExprNode* function);
  void check_subscripter(const syntax::ExprNode* value);
  void check_index(const syntax::ExprNode* value, const syntax::ExprNode* index);
  void warn(const syntax::ExprNode* node, std::string message) { problems_.warn(node->pos, std::move(message)); }

  SymbolTable& symbols_;
  const FutureFeatures& future_;
  syntax::AstContext& context_;
  syntax::Interner& interner_;
  Backend& backend_;
  const CodegenOptions& options_;
  Problems& problems_;
  std::vector<std::unique_ptr<UnitState>> units_;
  std::size_t depth_ = 0;  // of the current unit, counted from 1; units_[0] is never used
  bool interactive_ = false;
  struct {
    Identifier module, lambda, genexpr, listcomp, setcomp, dictcomp, annotations, doc, name, module_name, qualname,
        first_line, type_params, dunder_type_params, generic_base, static_attributes, class_dict, class_dict_cell,
        dunder_class, class_cell, return_, super, debug, join, empty, self, star;
  } names_;
};

}  // namespace ouro::compile
