// What the code generator hands to the backend for one code unit: instructions in order, labels between them.
//
// Follows CPython 3.13 Python/instruction_sequence.c. A jump's (and a SETUP_*'s) oparg is a label's id until the
// flow graph is built. Label ids are dense from 0 within one sequence.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "compile/opcode.h"
#include "support/result.h"
#include "support/strong_id.h"

namespace ouro::compile {

/// A source range as code objects store it: lines from 1, columns from 0 in UTF-8 bytes, end exclusive.
struct SourceLocation {
  std::int32_t line = -1;
  std::int32_t end_line = -1;
  std::int32_t column = -1;
  std::int32_t end_column = -1;
  friend constexpr bool operator==(const SourceLocation& a, const SourceLocation& b) {
    using Words = std::array<std::uint64_t, 2>;  // two comparisons, not four: locations are compared a great deal
    return std::bit_cast<Words>(a) == std::bit_cast<Words>(b);
  }
};

/// An artificial instruction that belongs to no line (CPython's NO_LOCATION).
inline constexpr SourceLocation kNoLocation{-1, -1, -1, -1};
/// "Whatever line the next instruction has" (CPython's NEXT_LOCATION).
inline constexpr SourceLocation kNextLocation{-2, -2, -2, -2};

/// A jump target of one InstructionSequence.
using Label = StrongId<struct LabelTag, std::int32_t>;
inline constexpr Label kNoLabel{-1};

struct Instruction {
  Op op;
  std::int32_t oparg;
  SourceLocation location;
};

/// Keep one per nesting depth and clear() it: the memory is reused.
class InstructionSequence {
 public:
  [[nodiscard]] Label new_label() { return Label(next_label_++); }

  /// `label` names the next instruction added. More than one label may stand at one place.
  void use_label(Label label) {
    if (label.value >= static_cast<std::int32_t>(label_positions_.size())) {
      label_positions_.resize(static_cast<std::size_t>(label.value) + 8, -1);
    }
    label_positions_[static_cast<std::size_t>(label.value)] = size();
  }

  void add(Op op, std::int32_t oparg, const SourceLocation& location) {
    instructions_.push_back({op, oparg, location});
  }
  void add(Op op, const SourceLocation& location) { add(op, 0, location); }
  void add_jump(Op op, Label target, const SourceLocation& location) { add(op, target.value, location); }

  /// Before the instruction at `index`; labels at or behind it move along.
  void insert(std::int32_t index, Op op, std::int32_t oparg, const SourceLocation& location);

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(instructions_.size()); }
  [[nodiscard]] std::span<const Instruction> instructions() const { return instructions_; }
  [[nodiscard]] std::span<Instruction> instructions() { return instructions_; }
  /// By label id: the index of the labelled instruction, -1 for a label never used; may be shorter than the
  /// number of labels.
  [[nodiscard]] std::span<const std::int32_t> label_positions() const { return label_positions_; }
  [[nodiscard]] std::int32_t label_count() const { return next_label_; }

  void clear() {
    instructions_.clear();
    label_positions_.clear();
    next_label_ = 0;
  }

 private:
  std::vector<Instruction> instructions_;
  std::vector<std::int32_t> label_positions_;
  std::int32_t next_label_ = 0;
};

}  // namespace ouro::compile
