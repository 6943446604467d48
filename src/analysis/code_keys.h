// Instructions as numbers that are equal where the instructions mean the same, in any two code objects of any version.
//
// What does not count: offsets, inline caches, EXTENDED_ARG, the numbers of constants, names and variables (their values
// do), jump distances, forms that the interpreter put in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bytecode/code_view.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"
#include "code/constant_pool.h"

namespace ouro::analysis {

/// Gives equal texts equal numbers. Shared by the two sides of a comparison.
class KeyTable {
 public:
  std::uint32_t intern(std::string_view text) {
    const auto found = numbers_.find(text);
    if (found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(numbers_.size());
    numbers_.emplace(text, number);
    return number;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
};

/// A code object, ready to compare.
struct KeyedCode {
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> keys;       ///< by instruction
  std::vector<std::int32_t> lines;       ///< by instruction; bytecode::kNoLine
  std::vector<std::uint32_t> targets;    ///< by instruction: index jumped to, or kUnmatched
  std::vector<std::uint32_t> constants;  ///< keys of co_consts, code objects left out
  std::vector<bytecode::ExceptionEntry> handlers;  ///< places are instruction indexes
};

/// Of one pool.
class CodeKeys {
 public:
  CodeKeys(const Facts& facts, const ConstantPool& pool, KeyTable& table)
      : facts_(facts), pool_(pool), table_(table), constants_(pool.size(), kNone) {}

  [[nodiscard]] KeyedCode code(ConstId id);
  /// Equal constants have equal keys: types count (1 is not 1.0 and not True), the order of sets does not.
  [[nodiscard]] std::uint32_t constant(ConstId id);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  [[nodiscard]] std::uint32_t leaf(ConstId id);
  [[nodiscard]] std::uint32_t container(ConstId id);
  [[nodiscard]] std::uint32_t instruction(const Instruction& instruction, const bytecode::CodeView& view);

  const Facts& facts_;
  const ConstantPool& pool_;
  KeyTable& table_;
  std::vector<std::uint32_t> constants_;  // by ConstId
  std::string scratch_;
};

}  // namespace ouro::analysis
