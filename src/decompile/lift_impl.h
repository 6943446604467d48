// The lifter's state, shared by the lift_*.cpp files. Private to the module.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "decompile/layout.h"
#include "decompile/lift.h"

namespace ouro::decompile {

class Lifter {
 public:
  Lifter(const LiftInput& input, const InstructionGraph& graph, Pool& pool)
      : facts_(*input.facts), constants_(*input.constants), view_(bytecode::view_of(*input.constants, *input.code)),
        role_(input.role), indentation_(std::max(input.indentation, 1)), graph_(graph), pool_(pool) {}

  Lifted run();

 private:
  using Stack = std::vector<Value*>;
  struct Incoming {
    int from;
    Stack stack;
    bool is_exception;
    Position jump;
  };

  // lift.cpp: the walk over blocks
  void order_blocks();
  void successors(int block, std::vector<int>& out) const;
  [[nodiscard]] int handler_block(int block) const;
  void enter(int block);
  void lift_block(int block);
  void finish(int block);
  void flow(int from, int to, Stack stack, const Position& jump = {});
  void flow_exception(int from);
  void merge_stacks(int block, const std::vector<Incoming>& incoming);

  // instructions; false: can't be lifted
  [[nodiscard]] bool is_test_line(const Position& pos);
  bool step(const GraphInstruction& i);
  bool step_load(const GraphInstruction& i);
  void take_folded_lines(const GraphInstruction& i);
  bool step_store(const GraphInstruction& i);
  bool step_operator(const GraphInstruction& i);
  bool step_build(const GraphInstruction& i);
  bool step_call(const GraphInstruction& i);
  bool step_control(const GraphInstruction& i);
  bool step_exception(const GraphInstruction& i);
  void emit_pass(const GraphInstruction& i);
  void settle_return_position(const GraphInstruction& i);
  bool step_match(const GraphInstruction& i);
  bool step_branch(const GraphInstruction& i);

  // match statements
  /// Whether only a pattern can be at `later` when its subject is `subject`.
  [[nodiscard]] static bool is_pattern_of(const Value* subject, const Position& later);
  /// Whether a pattern has taken it from something else.
  [[nodiscard]] static bool is_pattern_part(const Value* v) {
    return v->matched && (v->kind == ValueKind::UnpackItem || is_match_result(v) || v->kind == ValueKind::MatchTest || v->kind == ValueKind::MatchRest ||
                          (v->kind == ValueKind::Subscript && v->kids[0]->matched));
  }
  [[nodiscard]] static bool is_match_result(const Value* v) {
    return v->kind == ValueKind::MatchKeys || v->kind == ValueKind::MatchClass;
  }
  /// Marks a comparison as a pattern's when its left side is being matched.
  void note_pattern_test(Value* test, const GraphInstruction& i);
  void capture(Value* target, Value* v, const GraphInstruction& i);
  [[nodiscard]] std::uint32_t small_int(const Value* v) const;
  Value* expanded(Value* tuple, const GraphInstruction& i);
  void note_pattern_item(Value* item);
  void push_unpacked(Value* unpack, const GraphInstruction& i);

  // stack
  Value* make(ValueKind kind, const GraphInstruction& i) {
    Value* v = pool_.value(kind, i.pos);
    v->offset = i.offset * 2;
    return v;
  }
  void push(Value* v) { stack_.push_back(v); }
  Value* push(ValueKind kind, const GraphInstruction& i) {
    push(make(kind, i));
    return stack_.back();
  }
  /// Takes the top as an expression.
  Value* pop_value();
  /// Takes the top as it is.
  Value* pop_raw();
  [[nodiscard]] bool need(std::size_t count) {
    if (stack_.size() >= count) return true;
    problem_ = "the stack is too short";
    return false;
  }
  [[nodiscard]] Value* top(std::size_t from_top = 1) { return stack_[stack_.size() - from_top]; }
  [[nodiscard]] bool is_on_stack(const Value* v) const {
    return std::find(stack_.begin(), stack_.end(), v) != stack_.end();
  }
  std::vector<Value*> pop_values(std::size_t count);

  // names and constants
  [[nodiscard]] std::string_view name_at(std::uint32_t index) const;
  [[nodiscard]] std::string_view local_at(std::uint32_t index) const;
  [[nodiscard]] std::string_view free_at(std::uint32_t index) const;
  [[nodiscard]] ConstId const_at(std::uint32_t index) const {
    return index < view_.consts.size() ? view_.consts[index] : kNoConst;
  }
  [[nodiscard]] std::string_view text_of(ConstId id) const;
  Value* name(std::string_view text, const GraphInstruction& i) {
    Value* v = make(ValueKind::Name, i);
    v->name = text;
    return v;
  }
  Value* constant(ConstId id, const GraphInstruction& i) {
    Value* v = make(ValueKind::Const, i);
    v->constant = id;
    v->flag = is_none(v);
    return v;
  }
  [[nodiscard]] bool is_none(const Value* v) const {
    return v != nullptr && v->kind == ValueKind::Const && v->constant != kNoConst &&
           constants_.kind(v->constant) == ConstKind::None;
  }

  // operations
  Statement* emit(StatementKind kind, const GraphInstruction& i) {
    Statement* s = pool_.statement(kind, i.pos);
    s->offset = i.offset * 2;
    out_->body.push_back(s);
    return s;
  }
  void store(Value* target, Value* v, const GraphInstruction& i);
  void assign(Value* target, Value* v, const GraphInstruction& i);
  void store_import(Value* target, Value* v, const GraphInstruction& i);
  void flush_group(const GraphInstruction& i);
  void discard(Value* v, const GraphInstruction& i);
  [[nodiscard]] static bool is_structural(const Value* v);
  bool annotate(Value* target, Value* annotation, const GraphInstruction& i);
  void expand_constant(Value* list, Value* added, const GraphInstruction& i);
  Value* call(Value* function, std::vector<Value*> arguments, std::vector<std::string_view> names,
              const GraphInstruction& i);
  bool call_plain(const GraphInstruction& i, bool with_names);
  bool call_unpacked(const GraphInstruction& i);
  bool intrinsic(const GraphInstruction& i);
  bool intrinsic_pair(const GraphInstruction& i);
  Value* attribute(Value* of, std::string_view attr, const GraphInstruction& i);
  Value* compare(Value* left, std::uint8_t op, Value* right, const GraphInstruction& i);
  Value* slice(Value* lower, Value* upper, Value* step, const GraphInstruction& i);

  struct Deferred {
    Value* target;
    Value* value;
  };

  const Facts& facts_;
  const ConstantPool& constants_;
  bytecode::CodeView view_;
  CodeRole role_;
  int indentation_;
  const InstructionGraph& graph_;
  Pool& pool_;
  Lifted result_;
  std::vector<int> order_;                      // reverse postorder
  std::vector<int> rank_;                       // by block: place in order_, -1 when unreachable
  std::vector<std::vector<Incoming>> incoming_;
  Block* out_ = nullptr;
  Stack stack_;
  std::vector<Deferred> group_;
  std::set<std::array<std::int32_t, 4>> tests_;  ///< positions of conditional jumps
  bool tests_known_ = false;
  std::vector<Position> with_positions_;  ///< of BEFORE_WITH
  std::vector<std::string_view> keyword_names_;  // 3.12: KW_NAMES
  std::string problem_;
  int end_block_ = -1;
};

}  // namespace ouro::decompile
