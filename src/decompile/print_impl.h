// The printer's state, shared by the print_*.cpp files. Private to the module.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "decompile/print.h"

namespace ouro::decompile {

/// Binding strength, weakest first.
enum class Level : std::uint8_t {
  Named, Tuple, Yield, Test, Or, And, Not, Compare, BitOr, BitXor, BitAnd, Shift, Sum, Term, Factor, Power, Await, Atom,
};

class Printer {
 public:
  Printer(const Tree& tree, const PrintOptions& options) : options_(options) {
    for (const Comment& c : tree.comments) comments_[c.before].push_back(c.text);
  }
  std::string run(const syntax::Mod& module);

 private:
  using Expr = syntax::ExprNode;
  using Stmt = syntax::StmtNode;

  // lines
  void put(std::string_view text) { out_ += text; }
  void new_line();
  void begin_statement(int line, bool simple);
  void to_line(int line);
  void part(int line);
  [[nodiscard]] bool line_is_empty() const { return out_.empty() || out_.back() == '\n'; }

  // statements
  void suite(syntax::StmtList list, int limit);
  void block(syntax::StmtList list, int limit);
  void clause(std::string_view keyword, syntax::StmtList list, int limit);
  void statement(const Stmt& s, int limit);
  void simple(const Stmt& s);
  void function(const syntax::FunctionDef& f, int limit);
  void class_definition(const syntax::ClassDef& c, int limit);
  void decorators(syntax::ExprList list, int line);
  void try_statement(const syntax::Try& t, int limit);
  void match_statement(const syntax::Match& m, int limit);
  /// How tightly a pattern is bound, weakest first.
  enum class Binding : std::uint8_t { As, Or, Closed };
  void whole_pattern(const syntax::PatternNode* p);
  void pattern(const syntax::PatternNode* p, Binding binding);
  void patterns(syntax::PatternList list, std::string_view separator, Binding binding, bool first = true);
  void mapping_pattern(const syntax::MatchMapping& p);
  void class_pattern(const syntax::MatchClass& p);
  void docstring(std::string_view text, int limit);
  void type_params(std::span<syntax::TypeParam*> params);
  [[nodiscard]] static bool is_simple(const Stmt& s);
  [[nodiscard]] static int line_of(const Stmt& s);
  [[nodiscard]] static int first_line(const Expr* e, int depth = 0);

  // expressions
  /// An expression of a statement: in parentheses when it has to go over lines.
  void whole(const Expr* e, Level level = Level::Test);
  void expression(const Expr* e, Level level);
  void expression_inner(const Expr* e, Level level);
  void open(std::string_view bracket) {
    put(bracket);
    ++brackets_;
  }
  void close(std::string_view bracket) {
    --brackets_;
    put(bracket);
  }
  void list(syntax::ExprList items, Level level = Level::Test);
  void arguments(const syntax::Arguments& a, bool is_lambda);
  void call_arguments(syntax::ExprList args, std::span<syntax::Keyword*> keywords);
  void generators(std::span<syntax::Comprehension*> generators);
  void bare_tuple(const syntax::Tuple& t);
  void joined(const syntax::JoinedStr& j);
  void joined_parts(const syntax::JoinedStr& j, std::string& text, bool is_spec);
  void constant(const syntax::ConstantValue& v, bool atom);

  PrintOptions options_;
  std::unordered_map<const Stmt*, std::vector<std::string>> comments_;
  std::string out_;
  int line_ = 1;
  int origin_ = 0;  ///< the furthest original line that has been put out; may be less than line_ when that slipped
  int indent_ = 0;
  int brackets_ = 0;
  int depth_ = 0;
  bool wants_brackets_ = false;  ///< a part wanted a new line where none may be
  bool one_line_ = false;        ///< inside of an f-string
  bool after_simple_ = false;    ///< the current line ends in a simple statement of the same suite
};

/// A string or bytes literal.
[[nodiscard]] std::string quoted(std::string_view text, bool is_bytes);
/// The inside of a literal in `quote`s; braces doubled for f-strings.
void append_escaped(std::string& out, std::string_view text, char quote, bool is_bytes, bool braces, bool keep_newlines = false);

}  // namespace ouro::decompile
