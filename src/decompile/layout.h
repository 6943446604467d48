// Where statements start: the indentation of the source, as far as the positions of the bytecode show it.
//
// In: the lifted blocks before anything is reduced, the width of one indentation and the column of the code object's
// first level. Simple statements, `for`, `with`, `try` and `except` give their columns away. A conditional jump does not
// say whether its test follows `if`, `elif`, `while` or `not`, or is a later line of a longer condition: the likeliest
// reading of all of them together is taken, since a suite must be indented by one level and what follows must fit.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "decompile/value.h"

namespace ouro::decompile {

struct Spot {
  int line = -1;
  int column = -1;
  friend auto operator<=>(const Spot&, const Spot&) = default;
};

/// Where an expression starts, as far as positions tell.
[[nodiscard]] Spot first_place(const Value* v, int depth = 0);

class Layout {
 public:
  static constexpr int kUnknown = -1;
  static constexpr int kInside = -2;  ///< not the start of a statement

  Layout() = default;
  Layout(const Lifted& lifted, int unit, int base);

  /// The column of the statement whose condition `test` is; kInside when it is a later part of one.
  [[nodiscard]] int test_column(const Value* test) const;
  [[nodiscard]] bool is_elif(const Value* test) const;
  /// The line of the first statement after `line` that stands at `column` or less: where a suite's statement ends.
  /// A large number where there is none.
  [[nodiscard]] int end_of(int line, int column) const;
  /// The level that a column belongs to: brackets may stand between.
  [[nodiscard]] int snap(int column) const;
  [[nodiscard]] int unit() const { return unit_; }
  [[nodiscard]] bool is_empty() const { return starts_.empty(); }

 private:
  enum class Kind : std::uint8_t { Simple, Header, Clause, Test };
  struct Item {
    Spot place;   ///< Test: of the expression
    Kind kind;
    bool turned = false;  ///< Test: the jump says `not`
    bool loops = false;
    bool one_line = false;  ///< the suite stands on the same line
    int end_line = 0;     ///< 0: not known
  };
  struct Start {
    int line;
    int column;
    bool elif;
  };
  struct State {
    int column = 0;
    bool opens = false;  ///< a suite must follow
    double cost = 0;
    int before = -1;      ///< index in the row before
    bool counts = true;   ///< the item is a statement
    bool elif = false;
  };

  void collect(const Lifted& lifted);
  void collect_block(const Lifted& lifted, const Block& block);
  void collect_statement(const Statement& s, const Block& block, bool last, const Lifted& lifted);
  void add(Spot place, Kind kind, int end_line = 0) {
    if (place.line > 0 && place.column >= 0) items_.push_back({.place = place, .kind = kind, .end_line = end_line});
  }
  void keep_leading();
  void resolve();
  void extend(const Item& item, const Item* before, const std::vector<State>& from, std::vector<State>& to) const;
  static double width_cost(const Item& item, int width, bool follows_suite, bool& elif);
  [[nodiscard]] double entry_cost(const State& from, int column) const;

  int unit_ = 4;
  int base_ = 0;
  std::vector<int> levels_;
  std::vector<Item> items_;
  std::vector<Start> starts_;  ///< by line
  std::map<Spot, Start> tests_;
};

}  // namespace ouro::decompile
