// The writer behind unparser.h; private to this module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast.h"

namespace ouro::syntax {

/// How tightly an expression binds; what stands where a tighter one is wanted gets parentheses.
enum class Precedence : std::uint8_t {
  NamedExpr, Tuple, Yield, Test, Or, And, Not, Compare, BitOr, BitXor, BitAnd, Shift, Arithmetic, Term, Factor, Power,
  Await, Atom,
};

class Unparser {
 public:
  void module(const Mod& module);
  void expression(const ExprNode* node, Precedence wanted = Precedence::Test);
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  std::string take() { return std::move(out_); }

 private:
  // ---- lines (unparser.cpp)
  void line(std::string_view text = {});
  void maybe_newline() {
    if (!out_.empty()) out_ += '\n';
  }
  void block(StmtList body);
  void body_with_docstring(StmtList body);
  void docstring(const Constant& text);
  void orelse(StmtList body, std::string_view word);
  void statement(const StmtNode* node);
  void simple_statement(const StmtNode* node);
  void assignment(const StmtNode* node);
  void import_from(const ImportFrom& node);
  void aliases(std::span<Alias* const> names);
  void function(const FunctionDef& node);
  void class_definition(const ClassDef& node);
  void decorators(ExprList list);
  void type_params(std::span<TypeParam* const> params);
  void if_chain(const If* node);
  void try_statement(const Try& node);
  void with_statement(const With& node);
  void match_statement(const Match& node);
  void pattern(const PatternNode* node, Precedence wanted = Precedence::Test);
  void class_pattern(const MatchClass& node);
  void mapping_pattern(const MatchMapping& node);

  // ---- expressions (unparser_expressions.cpp)
  void expression_inner(const ExprNode* node, Precedence wanted);
  void list(ExprList nodes);
  void items(ExprList nodes);
  void arguments(const Arguments& arguments);
  void argument(const Arg& arg);
  void call_arguments(ExprList positional, std::span<Keyword* const> keywords);
  void comprehension(std::string_view open, const ExprNode* element, const ExprNode* value,
                     std::span<Comprehension* const> clauses, char close);
  void bool_op(const BoolOp& node, Precedence wanted);
  void bin_op(const BinOp& node, Precedence wanted);
  void compare(const Compare& node, Precedence wanted);
  void dict(const Dict& node);
  void subscript(const Subscript& node);
  void lambda(const Lambda& node, Precedence wanted);
  void joined_str(const JoinedStr& node);
  void fstring_inner(const ExprNode* node, bool format_spec);
  void formatted_value(const FormattedValue& node);
  void constant(const ConstantValue& value);

  // Parentheses while in scope, where the place wants a tighter binding.
  class Parentheses {
   public:
    Parentheses(Unparser& unparser, bool needed) : unparser_(unparser), needed_(needed) {
      if (needed_) unparser_.out_ += '(';
    }
    ~Parentheses() {
      if (needed_) unparser_.out_ += ')';
    }
    Parentheses(const Parentheses&) = delete;
    Parentheses& operator=(const Parentheses&) = delete;

   private:
    Unparser& unparser_;
    bool needed_;
  };

  static constexpr int kMaxDepth = 5000;
  std::string out_;
  int indent_ = 0;
  int depth_ = 0;
  bool too_deep_ = false;
};

using Quotes = std::vector<std::string_view>;
/// `text` as the inside of a literal that needs few escapes, and the quotes that fit it; `quotes` are the choices.
std::string literal_text(std::string_view text, const Quotes& quotes, bool escape_white_space, Quotes& possible);

}  // namespace ouro::syntax
