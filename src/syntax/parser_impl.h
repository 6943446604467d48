// The recursive-descent parser behind parser.h; private to this module. One class whose functions stand in
// parser*.cpp by theme. A function returns null (or false) when the source does not fit; what the refusal says is
// decided once, at the end (parser.cpp, Parser::refusal).
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "syntax/parser.h"
#include "syntax/tokenizer.h"

namespace ouro::syntax {

class Parser {
 public:
  Parser(const SourceText& source, AstContext& context, const ParseOptions& options,
         std::vector<SyntaxWarning>& warnings);
  tl::expected<Mod*, SyntaxError> run();

 private:
  // CPython counts nested grammar rules and stops at 6000 (Parser/pegen.c MAXSTACK in 3.13.0). One function here
  // stands for several rules: these are their measured weights.
  static constexpr std::int32_t kMaxDepth = 6000;
  static constexpr std::int32_t kBaseDepth = 32;
  static constexpr std::int32_t kBracketDepth = 27;
  static constexpr std::int32_t kBlockDepth = 7;

  // Holds some depth while in scope.
  class Depth {
   public:
    Depth(Parser& parser, std::int32_t weight) : parser_(parser), weight_(weight) {
      parser_.depth_ += weight;
      if (parser_.depth_ > kMaxDepth) parser_.too_deep_ = true;
    }
    ~Depth() { parser_.depth_ -= weight_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    void add(std::int32_t weight) {
      weight_ += weight;
      parser_.depth_ += weight;
      if (parser_.depth_ > kMaxDepth) parser_.too_deep_ = true;
    }
    [[nodiscard]] bool exceeded() const { return parser_.too_deep_; }

   private:
    Parser& parser_;
    std::int32_t weight_;
  };

  // Children collected on a shared stack, then copied to the arena in one piece. Two lists that grow in turn need
  // the two stacks.
  template <class T>
  class List {
   public:
    explicit List(Parser& parser) : List(parser, parser.scratch_) {}
    List(Parser& parser, std::vector<void*>& stack) : arena_(parser.arena_), stack_(stack), base_(stack.size()) {}
    ~List() { stack_.resize(base_); }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    void push(T* item) { stack_.push_back(const_cast<std::remove_const_t<T>*>(item)); }
    void clear() { stack_.resize(base_); }
    [[nodiscard]] std::size_t size() const { return stack_.size() - base_; }
    [[nodiscard]] T* back() const { return static_cast<T*>(stack_.back()); }
    [[nodiscard]] T* operator[](std::size_t i) const { return static_cast<T*>(stack_[base_ + i]); }
    std::span<T*> take() { return take(0, size()); }
    /// Items from `first` to `last`, exclusive.
    std::span<T*> take(std::size_t first, std::size_t last) {
      if (first == last) return {};
      void* data = arena_.allocate((last - first) * sizeof(T*), alignof(T*));
      std::memcpy(data, stack_.data() + base_ + first, (last - first) * sizeof(T*));
      return {static_cast<T**>(data), last - first};
    }

   private:
    Arena& arena_;
    std::vector<void*>& stack_;
    std::size_t base_;
  };
  using Exprs = List<ExprNode>;

  struct Start {
    std::int32_t lineno;
    std::int32_t col_offset;
  };
  struct Mark {
    std::size_t index;
    std::int32_t end_lineno;
    std::int32_t end_col_offset;
  };

  // ---- tokens (parser.cpp)
  [[nodiscard]] const Token& token() const { return tokens_[index_]; }
  [[nodiscard]] TokenKind kind() const { return tokens_[index_].kind; }
  [[nodiscard]] bool at(TokenKind wanted) const { return kind() == wanted; }
  [[nodiscard]] const Token& peek();
  void advance() {
    const Token& done = tokens_[index_];
    if (done.kind != TokenKind::Newline && done.kind != TokenKind::Indent && done.kind != TokenKind::Dedent) {
      end_lineno_ = done.end_lineno;
      end_col_offset_ = done.end_col_offset;
    }
    if (++index_ == tokens_.size()) fetch();
  }
  bool accept(TokenKind wanted) {
    if (kind() != wanted) return false;
    advance();
    return true;
  }
  [[nodiscard]] bool at_soft_keyword(std::uint32_t id) const {
    return kind() == TokenKind::Name && token().name.id() == id && token().end - token().start <= 5;
  }
  [[nodiscard]] Start start() const { return {token().lineno, token().col_offset}; }
  [[nodiscard]] Position since(Start from) const {
    return {from.lineno, from.col_offset, end_lineno_, end_col_offset_};
  }
  [[nodiscard]] static Start start_of(const ExprNode* node) { return {node->pos.lineno, node->pos.col_offset}; }
  [[nodiscard]] Mark mark() const { return {index_, end_lineno_, end_col_offset_}; }
  void reset(const Mark& to);
  void fetch();
  void forget_read_tokens();
  // Sets a special refusal, once; always null.
  std::nullptr_t fail_at(const Token& where, std::string message);
  std::nullptr_t fail_at(const Position& where, std::string message);
  std::nullptr_t fail_line(const Token& where, std::string message);
  [[nodiscard]] SyntaxError refusal();
  [[nodiscard]] std::int32_t character_column(std::int32_t lineno, std::int32_t col_offset) const;

  template <class T, class... Fields>
  T* node(Start from, Fields&&... fields) {
    return context_.make<T>(since(from), std::forward<Fields>(fields)...);
  }
  template <class T, class Kind, class... Fields>
  T* node_as(Kind node_kind, Start from, Fields&&... fields) {
    return context_.make_as<T>(node_kind, since(from), std::forward<Fields>(fields)...);
  }

  // ---- statements (parser_statements.cpp)
  Mod* parse_file();
  Mod* parse_interactive();
  Mod* parse_eval();
  bool parse_statements_into(List<StmtNode>& out);
  bool parse_statement_into(List<StmtNode>& out);
  bool parse_simple_statements_into(List<StmtNode>& out);
  StmtNode* parse_simple_statement();
  StmtNode* parse_expression_statement();
  StmtNode* parse_assignment(Start from, ExprNode* first);
  [[nodiscard]] static bool begins_with_parenthesized_target(Start from, const ExprNode* target);
  StmtNode* parse_annotated_assignment(Start from, ExprNode* target, bool simple);
  ExprNode* parse_assigned_value();
  StmtNode* parse_return();
  StmtNode* parse_raise();
  StmtNode* parse_delete();
  StmtNode* parse_assert();
  StmtNode* parse_names(StmtKind which);
  StmtNode* parse_import();
  StmtNode* parse_import_from();
  bool parse_import_names(List<Alias>& out);
  Identifier parse_dotted_name();
  StmtNode* parse_type_alias();

  // ---- compound statements (parser_compound.cpp)
  StmtNode* parse_compound_statement();
  std::optional<StmtList> parse_block();
  std::optional<StmtList> parse_optional_else();
  StmtNode* parse_if();
  StmtNode* parse_while();
  StmtNode* parse_for(Start from, bool is_async);
  StmtNode* parse_with(Start from, bool is_async);
  bool parse_parenthesized_with_items(List<WithItem>& items);
  WithItem* parse_with_item();
  StmtNode* parse_try();
  ExceptHandler* parse_except_handler(bool star);
  StmtNode* parse_decorated();
  StmtNode* parse_function(Start from, bool is_async, ExprList decorators);
  StmtNode* parse_class(ExprList decorators);
  StmtNode* parse_async(ExprList decorators);
  std::optional<std::span<TypeParam*>> parse_type_params();
  TypeParam* parse_type_param();

  // ---- parameters (parser_arguments.cpp)
  Arguments* parse_parameters(TokenKind closing, bool annotated);
  Arg* parse_parameter(bool annotated, bool starred);
  struct ParameterLists;
  bool parse_one_parameter(ParameterLists& lists, TokenKind closing, bool annotated);
  Call* parse_call(Start from, ExprNode* function);
  // Whether one generator expression may stand as the only argument, without parentheses of its own.
  enum class Generator : std::uint8_t { Allowed, Refused };
  struct CallArguments {
    explicit CallArguments(Parser& parser) : positional(parser), keywords(parser, parser.second_scratch_) {}
    List<ExprNode> positional;
    List<Keyword> keywords;
    bool seen_double_star = false;
  };
  bool parse_call_arguments(CallArguments& out, Generator generator);
  bool parse_call_argument(CallArguments& out);

  // ---- patterns (parser_patterns.cpp)
  StmtNode* parse_match();
  MatchCase* parse_case();
  PatternNode* parse_patterns();
  PatternNode* parse_pattern();
  PatternNode* parse_maybe_star_pattern();
  PatternNode* parse_closed_pattern();
  PatternNode* parse_name_pattern();
  PatternNode* parse_sequence_pattern(TokenKind closing);
  PatternNode* parse_mapping_pattern();
  PatternNode* parse_class_pattern(Start from, ExprNode* cls);
  ExprNode* parse_signed_number();
  ExprNode* parse_literal_or_attribute();
  Identifier parse_capture_target();

  // ---- expressions (parser_expressions.cpp)
  ExprNode* parse_star_expressions();
  ExprNode* parse_star_expression();
  ExprNode* parse_star_named_expression();
  ExprNode* parse_named_expression();
  ExprNode* parse_expression();
  ExprNode* parse_conditional(Start from, ExprNode* body);
  ExprNode* parse_lambda();
  ExprNode* parse_yield();
  ExprNode* parse_disjunction();
  ExprNode* continue_disjunction(Start from, ExprNode* first);
  ExprNode* parse_conjunction();
  ExprNode* continue_conjunction(Start from, ExprNode* first);
  ExprNode* parse_inversion();
  ExprNode* parse_comparison();
  ExprNode* continue_comparison(Start from, ExprNode* left);
  std::optional<CompareOperator> accept_comparison();
  ExprNode* parse_binary(int minimum);
  ExprNode* continue_binary(Start from, ExprNode* left, int minimum);
  ExprNode* parse_factor();
  ExprNode* parse_power();
  ExprNode* continue_power(Start from, ExprNode* base);
  ExprNode* parse_primary();
  ExprNode* parse_primary_tail(Start from, ExprNode* node);
  ExprNode* parse_slices();
  ExprNode* parse_slice();
  ExprNode* parse_star_targets();
  ExprNode* parse_star_target();
  [[nodiscard]] static bool is_star_target(const ExprNode* node);
  [[nodiscard]] static bool is_single_target(const ExprNode* node);
  [[nodiscard]] static bool is_delete_target(const ExprNode* node);

  // ---- atoms (parser_atoms.cpp)
  ExprNode* parse_atom();
  ExprNode* parse_parenthesized();
  ExprNode* parse_list();
  ExprNode* parse_braces();
  ExprNode* parse_dict(Start from, ExprNode* first_key, ExprNode* first_value);
  ExprNode* parse_set(Start from, ExprNode* first);
  std::optional<std::span<Comprehension*>> parse_comprehensions();
  ExprNode* finish_tuple(Start from, ExprNode* first);
  ExprNode* parse_number();

  // ---- strings (parser_strings.cpp, parser_fstrings.cpp)
  ExprNode* parse_strings();
  ExprNode* parse_string_token();
  ExprNode* parse_fstring();
  bool parse_replacement_field(List<ExprNode>& out);
  ExprNode* parse_format_spec();
  std::string_view debug_text(std::size_t brace_index, std::size_t equal_index, const char* end);
  ExprNode* concatenate(std::span<ExprNode*> parts, const Position& pos);
  ExprNode* fold_strings(std::span<ExprNode*> parts, const Position& pos);
  std::optional<std::string_view> decode_text(std::string_view body, const Token& where);
  std::optional<std::string_view> decode_bytes(std::string_view body, const Token& where);
  bool check_utf8(std::string_view body, const Token& where);
  void warn_invalid_escape(std::string_view body, std::size_t backslash, const Token& where);

  AstContext& context_;
  Arena& arena_;
  const ParseOptions& options_;
  std::vector<SyntaxWarning>& warnings_;
  Tokenizer tokenizer_;
  bool well_formed_;  // the source is valid UTF-8
  std::vector<Token> tokens_;  // from the start of the current statement on
  std::size_t index_ = 0;
  std::int32_t end_lineno_ = 0;  // of the last token taken that is no white space
  std::int32_t end_col_offset_ = 0;
  std::int32_t depth_ = kBaseDepth;
  bool too_deep_ = false;
  bool barry_as_flufl_ = false;
  bool started_ = false;
  std::optional<SyntaxError> special_;
  std::vector<void*> scratch_;
  std::vector<void*> second_scratch_;
  std::vector<CompareOperator> operators_;
  std::string text_;  // decoded string being built
};

}  // namespace ouro::syntax
