// The reducer's state, shared by the reduce_*.cpp files. Private to the module.
#pragma once

#include <array>
#include <map>

#include "decompile/reduce.h"

namespace ouro::decompile {

class Reducer {
 public:
  Reducer(Lifted& lifted, Pool& pool, const ReduceOptions& options) : l_(lifted), pool_(pool), options_(options) {}
  Value* run();

 private:
  int ask(ChoiceKind kind, std::uint32_t offset, int count) {
    return options_.choices == nullptr ? 0 : options_.choices->ask(kind, offset, count);
  }
  [[nodiscard]] Block& at(int b) { return l_.blocks[b]; }
  [[nodiscard]] bool is_pure(int b) const;
  [[nodiscard]] bool single(int b, int from) const { return preds_[b].size() == 1 && preds_[b][0] == from; }
  [[nodiscard]] bool is_end(int b) const { return b == end_; }
  void refresh();
  void kill(int b);

  // shape
  bool bypass(int b);
  bool passes_phi_on(int b);
  bool keeps_tests_together(int b, const std::vector<int>& preds);
  bool join(int b);
  [[nodiscard]] bool leaves_suite(const Block& block, const Block& next) const;
  bool redirect(int from, int old_target, int new_target, const Position& jump);
  void settle_single_phis(int b);
  static Value* input(const PhiSlot& slot, int from);
  Value* input_through(const PhiSlot& slot, int middle, int from);
  static void remove_input(Block& block, int from);
  static void rename_input(Block& block, int from, int to);

  // tests
  bool while_test(int b);
  [[nodiscard]] std::size_t copies(const Position& pos) const;
  [[nodiscard]] bool are_apart(const Block& first, const Block& second, int body) const;
  [[nodiscard]] bool are_statements_in_a_row(const Block& first, const Block& second) const;
  [[nodiscard]] bool has_same_test_before(int top, int bottom) const;
  bool merge_tests(int b);
  bool anything_matches(int x);
  bool merge_pattern_tests(int x, int y, int shared);
  bool merge_choice_of_tests(int b);
  bool merge_value(int b);
  bool same_inputs(int target, int a, int b);
  Value* both(Value* a, Value* b, syntax::BoolOperator op);
  bool is_nested_statement(const Block& outer, const Block& inner, int body) const;

  // comprehensions
  bool comprehension(int b);
  struct Parsed {
    std::vector<Clause> clauses;
    std::vector<int> blocks;
    Statement* element = nullptr;
  };
  bool parse_loop(int header, int exit, Parsed& out, int depth);
  bool parse_body(int header, int block, Parsed& out, int depth);

  Lifted& l_;
  Pool& pool_;
  ReduceOptions options_;
  std::vector<std::vector<int>> preds_;
  std::map<std::array<std::int32_t, 4>, std::size_t> tests_;  ///< how many tests are at a position
  std::vector<int> levels_;  ///< columns where statements start
  Value* generator_ = nullptr;
  int end_ = -1;
};

}  // namespace ouro::decompile
