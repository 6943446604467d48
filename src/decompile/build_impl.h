// The tree builder's state, shared by the build_*.cpp files. Private to the module.
#pragma once

#include <map>
#include <set>

#include "decompile/build.h"
#include "decompile/choices.h"
#include "decompile/compare.h"
#include "decompile/instruction_graph.h"
#include "decompile/reduce.h"
#include "decompile/structure.h"

namespace ouro::decompile {

/// One code object while its tree is built.
struct Unit {
  const CodeObject* code = nullptr;
  CodeRole role = CodeRole::Function;
  std::string_view class_name;  ///< innermost class around it, for private names
  const Unit* parent = nullptr;
  std::set<std::string_view> locals;
  bool future_annotations = false;
  int line = 0;  ///< of `def` or `class`
  int base = -1;  ///< column of its first level, -1: unknown
};

class TreeBuilder {
 public:
  TreeBuilder(const Facts& facts, const ConstantPool& constants, syntax::AstContext& context, const BuildOptions& options)
      : facts_(facts), constants_(constants), ast_(context), options_(options) {}
  Tree build(ConstId root);

 private:
  using Expr = syntax::ExprNode;
  using Stmt = syntax::StmtNode;
  using StmtVector = std::vector<Stmt*>;

  // code objects
  struct Body {
    Statements statements;
    Value* generator = nullptr;
    bool whole = true;
  };
  Body decompile(ConstId id, Unit& unit, CodeReport& report, Pool& pool);
  CodeReport& report_for(ConstId id);
  void report_lost(ConstId root);
  [[nodiscard]] int indentation_of(ConstId root) const;
  [[nodiscard]] int least_column(ConstId id, int header) const;
  syntax::StmtList unit_body(ConstId id, Unit& unit);

  // the search among candidates
  struct Attempt {
    syntax::StmtList body;
    CodeReport report;
    CodeComparison result;
    bool compiled = false;
  };
  void attempt(ConstId id, Unit& unit, Choices& choices, Attempt& out);
  void search(ConstId id, Unit& unit, Choices& choices, Attempt& best);
  void collect_imports(const CodeObject& module);
  static void settle_report(Attempt& best);
  bool check(ConstId id, const Unit& unit, Attempt& made);
  syntax::Mod* module_around(const Unit& unit, syntax::StmtList body, std::vector<std::string_view>& path);
  syntax::Arguments* bare_arguments(const CodeObject& code);
  void declarations(const Unit& unit, StmtVector& out);
  void drop_class_frame(Statements& body);
  void drop_returns(Statements& body, bool at_end, int depth);
  [[nodiscard]] bool is_generator_without_yield(const CodeObject& code) const;
  Stmt* dead_yield(const Statements& body, StmtVector& list);
  bool take_docstring(const Unit& unit, Statements& body, StmtVector& out);
  [[nodiscard]] std::string_view code_name(ConstId code) const;
  [[nodiscard]] std::string_view text_of(ConstId id) const;

  // statements
  void statements(const Statements& list, StmtVector& out);
  syntax::StmtList block(const Statements& list, const Position& header);
  Stmt* statement(const Statement& s);
  Stmt* assignment(const Statement& s);
  Stmt* import(const Statement& s);
  Stmt* try_statement(const Statement& s);
  Stmt* with_statement(const Statement& s);
  Stmt* match_statement(const Statement& s);
  syntax::PatternNode* pattern(const Pattern& p);
  syntax::PatternNode* pattern_inner(const Pattern& p);
  syntax::PatternList patterns(const std::vector<Pattern*>& list, std::size_t from, std::size_t to);
  syntax::PatternNode* unknown_pattern(const Position& pos);
  Stmt* if_statement(const Statement& s);
  Stmt* pass_at(const Position& pos);
  Stmt* failing_assertion(const Statement& s);
  Stmt* dead_branch(const Position& pos);
  Stmt* stub(const Statement& s);
  Expr* return_value(const Statement& s);

  // definitions
  Stmt* definition(const Statement& s);
  Stmt* function(const Value& f, std::vector<Expr*> decorators, const Position& pos,
                 std::span<syntax::TypeParam*> params);
  Stmt* class_definition(const Value& call, std::vector<Expr*> decorators, const Position& pos,
                         std::span<syntax::TypeParam*> params);
  Stmt* generic_definition(const Value& call, std::vector<Expr*> decorators, const Position& pos);
  Stmt* type_alias(const Value& v, const Position& pos, std::span<syntax::TypeParam*> params);
  syntax::Arguments* arguments(const Value& f, const CodeObject& code);
  Expr* lambda(const Value& f);
  Expr* comprehension_call(const Value& call);
  Expr* inner_value(ConstId code);
  Expr* value_of_body(const Statements& body, int depth);

  // expressions
  Expr* expression(const Value* v);
  Expr* expression_inner(const Value& v);
  Expr* call(const Value& v);
  Expr* comprehension(const Value& v);
  Expr* joined(const Value& v);
  [[nodiscard]] static bool is_percent_part(const Value& v);
  [[nodiscard]] bool append_percent_spec(const Value* spec, std::string& out) const;
  Expr* percent_format(const Value& whole, std::span<Value* const> parts);
  Expr* formatted(const Value& v);
  Expr* format_spec(const Value* v);
  Expr* target(const Value* v);
  Expr* annotation(const Value* v);
  Expr* constant(ConstId id, const Position& pos, int depth = 0);
  Expr* placeholder(const Position& pos);
  Expr* number_expression(ConstId id, const Position& pos);
  syntax::ExprList expressions(const std::vector<Value*>& values, std::size_t from = 0);
  std::span<syntax::Comprehension*> generators(const std::vector<Clause>& clauses);

  // small things
  syntax::Identifier identifier(std::string_view text);
  syntax::Identifier made_up(std::string_view text);
  syntax::Identifier plain(std::string_view text) { return ast_.interner.intern(text); }
  static syntax::Position at(const Position& p) {
    return {p.line > 0 ? p.line : 0, p.column > 0 ? p.column : 0, p.end_line > 0 ? p.end_line : 0,
            p.end_column > 0 ? p.end_column : 0};
  }
  template <class T>
  std::span<T> span(const std::vector<T>& v) {
    return ast_.arena.copy(v);
  }
  void complain(std::string text);
  static void spread_lines(std::span<Expr* const> parts, std::span<const std::int32_t> lines);
  void place_annotations(const Value& f, const syntax::Arguments& args);

  const Facts& facts_;
  const ConstantPool& constants_;
  syntax::AstContext& ast_;
  BuildOptions options_;
  std::map<ConstId, syntax::StmtList> bodies_;     ///< settled code objects
  std::map<ConstId, CodeReport*> known_reports_;
  std::map<std::string, std::size_t> made_up_names_;
  std::set<std::string_view> imported_;  ///< names that the module imports: calls of their attributes are compiled otherwise
  Choices* choices_ = nullptr;
  std::size_t spent_ = 0;  ///< bytes of code recompiled by the search
  Pool* pool_ = nullptr;
  Unit* unit_ = nullptr;
  CodeReport* report_ = nullptr;
  std::deque<CodeReport> reports_;
  Tree tree_;
  std::int32_t return_line_ = 0;  ///< of the annotation after `->`, when folding left it
  int loop_depth_ = 0;
  bool dead_names_given_ = false;  ///< the module's first `if False` has named what only it mentions
  int indentation_ = 4;  ///< columns of one level
  int depth_ = 0;
  int code_depth_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace ouro::decompile
