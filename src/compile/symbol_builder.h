// The first pass of the symbol table: walks the tree and notes what each block does with each name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compile/symbol_table.h"

namespace ouro::compile {

/// CPython 3.13 Python/symtable.c symtable_visit_*.
class SymbolBuilder {
 public:
  SymbolBuilder(SymbolTable& table, const FutureFeatures& future, syntax::AstContext& context, Problems& problems);
  void build(const syntax::Mod& module);

 private:
  using Position = syntax::Position;

  void enter(Identifier name, BlockType type, const void* key, const Position& position);
  void exit();
  void enter_type_params(Identifier name, std::span<syntax::TypeParam*> params, bool has_defaults,
                         bool has_keyword_defaults, bool is_class, const Position& position);

  std::uint32_t lookup(Scope& scope, Identifier name);
  void add(Identifier name, std::uint32_t flag, const Position& position);
  void add_to(Scope& scope, Identifier name, std::uint32_t flag, const Position& position);
  void record_directive(Identifier name, const Position& position);
  void fail(const Position& position, std::string_view before, Identifier name, std::string_view after);

  void visit(syntax::StmtList body);
  void visit(syntax::StmtNode* statement);
  void visit(syntax::ExprList expressions);
  void visit(syntax::ExprNode* expression);
  void visit(syntax::PatternNode* pattern);
  void visit_optional(syntax::ExprNode* expression) {
    if (expression != nullptr) visit(expression);
  }

  void function(syntax::FunctionDef& node);
  void class_definition(syntax::ClassDef& node);
  void type_alias(syntax::TypeAlias& node);
  void annotated_assignment(syntax::AnnAssign& node);
  void try_statement(syntax::Try& node);
  void declaration(syntax::IdentifierList names, bool is_global, const Position& position);
  void import_alias(const syntax::Alias& alias);
  void arguments(const syntax::Arguments& arguments);
  void argument_defaults(const syntax::Arguments& arguments);
  void annotations(const syntax::FunctionDef& node);
  void annotation(syntax::ExprNode* annotation);
  void argument_annotations(std::span<syntax::Arg*> args);
  void type_params(std::span<syntax::TypeParam*> params);
  void bound_or_default(syntax::ExprNode* expression, Identifier name, const void* key, std::string_view info);

  void lambda(syntax::Lambda& node);
  void name_use(syntax::Name& node);
  void named_expression(syntax::NamedExpr& node);
  void extend_named_expression(syntax::Name& target);
  void yield_expression(syntax::ExprNode* node, syntax::ExprNode* value);
  void comprehension(syntax::ExprNode* node, Identifier name, ComprehensionType type,
                     std::span<syntax::Comprehension*> generators, syntax::ExprNode* element,
                     syntax::ExprNode* value);
  bool refuse_in_annotation(std::string_view what, const Position& position);

  SymbolTable& table_;
  const FutureFeatures& future_;
  syntax::Interner& interner_;
  Problems& problems_;
  std::vector<Scope*> stack_;
  Scope* current_ = nullptr;
  Identifier private_;
  int depth_ = DepthGuard::kStart;
  struct {
    Identifier top, lambda, genexpr, listcomp, setcomp, dictcomp, dunder_class, class_dict, super, dot_zero,
        type_params, dunder_type_params, generic_base, defaults, keyword_defaults, annotation;
  } names_;
};

}  // namespace ouro::compile
