// The structurer's state, shared by the structure_*.cpp files. Private to the module.
#pragma once

#include <array>
#include <set>

#include "decompile/flow_graph.h"
#include "decompile/reduce.h"
#include "decompile/structure.h"

namespace ouro::decompile {

/// What a sequence of statements is parsed inside of.
struct Context {
  int handler = kNoBlock;      ///< the code runs under it
  int stop = kNoBlock;         ///< where the sequence's end leads by itself
  int loop_header = kNoBlock;  ///< `continue`
  int loop_exit = kNoBlock;    ///< `break`
  int if_column = -1;          ///< column of the `if` whose `else` this is
};

class Structurer {
 public:
  Structurer(Lifted& lifted, Pool& pool, const Layout& layout, Choices* choices)
      : l_(lifted), pool_(pool), layout_(layout), choices_(choices) {}
  Structured run();

 private:
  struct Sequence {
    Statements body;
    bool falls = false;  ///< its end reaches Context::stop
  };
  enum class HandlerKind : std::uint8_t { Except, Star, Finally, With };

  [[nodiscard]] Block& at(int b) { return l_.blocks[b]; }
  [[nodiscard]] int end() const { return l_.end; }
  Statement* make(StatementKind kind, const Position& pos, std::uint32_t offset = 0) {
    Statement* s = pool_.statement(kind, pos);
    s->offset = offset;
    return s;
  }
  int ask(ChoiceKind kind, std::uint32_t offset, int count) {
    return choices_ == nullptr ? 0 : choices_->ask(kind, offset, count);
  }
  /// Counts how often a block has been taken up.
  int visit(int b);
  [[nodiscard]] bool is_lost(int b);
  void report_lost();
  void problem(Statements& out, std::string text);

  Sequence sequence(int b, Context context, bool entering = false);
  /// Follows an edge: gives the block to go on at, or kNoBlock after a jump statement was put out.
  int follow(const Edge& edge, const Context& context, Sequence& out);
  bool arrive(int b, const Context& context, Sequence& out);
  void operations(int b, Sequence& out);
  int terminator(int b, Context& context, Sequence& out);
  int leave_handlers(int b, Context& context, Sequence& out);
  [[nodiscard]] bool is_under(int b, int handler) const;

  // branches
  int branch(int b, const Context& context, Sequence& out);
  [[nodiscard]] int join_of(int b, const Context& context, int alternative, int own);
  Statement* make_if(Value* test, Sequence body, Sequence orelse, int b);

  // match
  struct CaseParts {
    Pattern* pattern = nullptr;
    Value* guard = nullptr;
    Edge body;
    bool empty = false;   ///< the body can't be reached
    int fail = kNoBlock;  ///< where it goes on when the case does not match; kNoBlock: it always does
    Position pos;         ///< of the pattern
    std::string problem;
    std::vector<int> blocks;  ///< what it is made of, without the body
  };
  int split(int b, std::size_t from);
  void split_cases();
  [[nodiscard]] bool begins_match(int b);
  [[nodiscard]] int guarded_wildcard(int b);
  [[nodiscard]] const Value* match_subject(int b);
  [[nodiscard]] int match_column(int b);
  [[nodiscard]] bool continues_match(int b, const Value* subject);
  [[nodiscard]] bool is_guard(int b, int fail, const Value* subject, const Position& pattern);
  CaseParts read_case(int b, const Value* subject);
  void take_guard(int b, const Value* subject, const Position& pattern, CaseParts& parts);
  [[nodiscard]] int match_join(const std::vector<int>& blocks, const Context& context, int own);
  Sequence case_body(const CaseParts& parts, const Context& context);
  bool take_default(int last, int pattern_column, const Context& context, CaseParts& parts);
  [[nodiscard]] bool returns_at(int b, const Position& pattern);
  void keep_pass(Statements& body, const Position& pattern);
  int match(int b, const Context& context, Sequence& out);
  static void split_after(Statements& body, int own, Statements& after);

  // columns
  /// The nearest indentation seen that is not deeper.
  [[nodiscard]] int round_column(int column) const;
  [[nodiscard]] int test_column(int b);
  [[nodiscard]] int block_column(int b);
  [[nodiscard]] int block_line(int b);
  /// The block that the statement headed by `b` at `column` is followed by, as the layout shows it; kNoBlock where
  /// nothing follows in the same suite or the layout does not tell.
  [[nodiscard]] int block_after(int b, int line, int column, const Context& context);
  [[nodiscard]] int column_of_choice(int b, int column);

  // loops
  int loop(int b, const Context& context, Sequence& out);
  int for_each(int b, const Context& context, Sequence& out);
  int while_loop(int b, const Context& context, Sequence& out);
  [[nodiscard]] int endless_line(int b, const Statements& before);
  int endless_loop(int b, const Context& context, Sequence& out);
  int nth_exit(int header, const std::vector<bool>& in, int n);
  bool innermost_loop_column(int b, int column);
  /// Where `break` leads for a loop whose regular end is `exit`.
  int break_target(int header, int exit, const std::vector<bool>& in, const Context& context, int column);

  // try and with
  int region(int b, Context& context, Sequence& out);
  [[nodiscard]] HandlerKind kind_of(int handler);
  [[nodiscard]] int handler_line(int handler);
  void take_try_line(int handler, Statements& before, Statement* s);
  [[nodiscard]] int region_end(int handler, int first, const Context& context);
  [[nodiscard]] int after_with(int handler, const Context& context);
  [[nodiscard]] int region_after(int b, const Statement* s, const Statements& before, const Context& context);
  [[nodiscard]] int after_handlers(int handler, int first, int column, const Context& context);
  bool handlers_of(int handler, const Context& context, Statement* statement);
  void finish_region(int handler, Statement* statement, Statements& after);
  static bool take_return_line(Statements& before, Statement* jump);
  static void settle_return(Statements& list, std::size_t& marker);
  void strip_copies(Statements& list, int handler, const Statements& copy, bool top);
  [[nodiscard]] static std::size_t copy_length(const Statements& list, std::size_t from, const Statements& copy, std::uint32_t left_at);

  Lifted& l_;
  Pool& pool_;
  const Layout& layout_;
  Choices* choices_;
  FlowGraph g_;
  Structured result_;
  std::vector<int> levels_;  ///< indentations that statements have, ascending
  std::vector<int> visits_;
  std::set<std::array<std::int32_t, 4>> taken_;  ///< places of what has been taken up
  std::vector<int> in_use_;  ///< blocks that enclosing statements lead to: no join of an inner one
  Statements carried_;  ///< lines of `try` that the sequence about to be parsed begins with
  int depth_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace ouro::decompile
