// A packrat parser over a Grammar's tables, in CPython's manner (Parser/pegen.c and what its generator writes):
// the same order, memory of results, cuts and left recursion, so that the first error rule to match is CPython's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/arena.h"
#include "syntax/diagnose_grammar.h"
#include "syntax/diagnose_memo.h"
#include "syntax/diagnose.h"
#include "syntax/syntax_error.h"
#include "syntax/tokenizer.h"

namespace ouro::syntax {

class DiagnoseEngine {
 public:
  DiagnoseEngine(std::string_view source, const Grammar& grammar, const DiagnoseOptions& options);

  /// Both passes: what CPython raises, or nothing when the grammar accepts the source.
  std::optional<SyntaxError> run();

 private:
  using Values = const Node* const*;
  static constexpr int kMaxLevel = 6000;    // CPython's MAXSTACK
  static constexpr std::int32_t kCurrent = -5;  // CPython's CURRENT_POS

  // ---- diagnose_engine.cpp: the interpreter
  const Node* parse_start();
  const Node* parse_rule(std::uint16_t number);
  const Node* parse_left_recursive(std::uint16_t number);
  const Node* parse_alternatives(const GrammarRule& rule);
  bool match(const GrammarItem& item, const Node*& value);
  bool match_repeated(const GrammarItem& item, const Node*& value);
  bool match_forced(const GrammarItem& item, const Node*& value);
  const Node* match_atom(const GrammarItem& item);
  const Node* take_token();
  void forget();
  [[nodiscard]] bool more_statements() const;

  // ---- tokens
  bool fill();
  bool available() { return mark_ < tokens_.size() || fill(); }
  [[nodiscard]] const Token& last_token() const { return tokens_.back(); }

  // ---- nodes
  Node* make_node(NodeKind kind, std::uint32_t start);
  const Node* make_sequence(std::size_t base, std::uint32_t start);
  void collect(const Node* value);

  // ---- diagnose_actions.cpp
  const Node* finish(const GrammarAlternative& alternative, Values values, std::uint32_t start);
  const Node* raise_result(const GrammarResult& result, Values values);
  const Node* run_check(const GrammarResult& result, Values values, std::uint32_t start);
  std::string message_of(std::string_view text, Values values) const;
  bool holds(Condition condition, const Node& about) const;
  const Node* invalid_target(const Node* node, Check targets) const;
  const Node* raise_invalid_target(const Node* node, Check targets);
  const Node* check_argument_order(const Node& call);
  const Node* check_generator(const Node& call, const Node& clauses);
  const Node* check_string(const Node& token);
  const Node* check_strings(const Node& parts, std::uint32_t start);
  const Node* check_fstring(const Node& opening, const Node& parts, std::uint32_t start);
  bool check_literal_escapes(const Token& token, std::string_view body, bool bytes);
  const Node* check_text(const Node& token, bool raw);
  const Node* check_conversion(const Node& mark, const Node& name);
  const Node* check_replacement(const Node& conversion, std::uint32_t start);
  const Node* check_future_import(const Node& module, const Node& names);
  const Node* check_not_equal(const Node& token);
  [[nodiscard]] const Token& token_of(const Node& node) const { return tokens_[node.token]; }

  // ---- diagnose_raise.cpp: errors and their places
  std::nullptr_t raise_last(SyntaxErrorType type, std::string message);
  std::nullptr_t raise_next(std::string message);
  std::nullptr_t raise_at_token(SyntaxErrorType type, const Token& token, std::string message);
  std::nullptr_t raise_range(const Position& from, const Position& to, std::string message);
  // Columns in bytes from 0; kCurrent: where the tokenizer stands.
  std::nullptr_t raise_known(SyntaxErrorType type, std::int32_t lineno, std::int32_t column, std::int32_t end_lineno,
                             std::int32_t end_column, std::string message);
  std::nullptr_t raise_columns(SyntaxErrorType type, std::int32_t lineno, std::int32_t column,
                               std::int32_t end_lineno, std::int32_t end_column, std::string message);
  std::nullptr_t raise_unclosed();
  std::nullptr_t raise_stack_overflow();
  void set_syntax_error(const Token& last);
  void check_rest_of_source();
  struct Standing {
    std::int32_t lineno;
    const char* line_start;
  };
  [[nodiscard]] Standing standing() const;
  [[nodiscard]] const char* cursor() const;
  [[nodiscard]] const char* buffer_start() const;
  [[nodiscard]] const char* start_of_line(const char* place) const;
  SyntaxError tokenizer_error();
  [[nodiscard]] std::string_view error_line(std::int32_t lineno) const;

  const Grammar& grammar_;
  const DiagnoseOptions options_;
  Interner interner_;
  Tokenizer tokenizer_;
  std::vector<Token> tokens_;
  bool tokens_ended_ = false;
  bool parsing_started_ = false;
  bool barry_as_flufl_ = false;

  std::uint32_t mark_ = 0;
  int level_ = 0;
  bool invalid_ = false;  // the second pass
  bool failed_ = false;   // CPython's error_indicator
  std::optional<SyntaxError> error_;
  std::uint64_t steps_ = 0;

  DiagnoseMemo memo_;
  Arena nodes_;
  std::vector<const Node*> collected_;
};

}  // namespace ouro::syntax
