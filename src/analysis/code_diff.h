// The difference of two files, code object by code object, instruction by instruction.
//
// In: two files of any versions. Out: pairs of code objects with what changed in each, as hunks of lines ready to show.
// Line numbers, file names and offsets do not count as differences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/code_pairs.h"

namespace ouro::analysis {

enum class LineKind : std::uint8_t { Kept, Removed, Added };

/// An instruction of one side or both.
struct DiffLine {
  LineKind kind = LineKind::Kept;
  std::int32_t line_a = -1;  ///< source line; -1: none, or not on this side
  std::int32_t line_b = -1;
  std::string opcode;
  std::string operand;  ///< as dis shows it; of a jump the source line that it leads to
  bool retargeted = false;  ///< the same jump, but to another place
};

struct DiffHunk {
  std::uint32_t begin_a = 0;  ///< instruction indexes of the first line
  std::uint32_t begin_b = 0;
  std::vector<DiffLine> lines;
};

/// A field of the code object.
struct AttributeChange {
  std::string name;  ///< "co_stacksize"
  std::string before;
  std::string after;
};

struct CodeNumbers {
  std::uint64_t code_objects = 0;
  std::uint64_t instructions = 0;
  std::uint64_t bytes = 0;  ///< of co_code
  std::uint64_t constants = 0;
  std::uint64_t stack = 0;  ///< of many: the highest

  void add(const CodeNumbers& other);
};

enum class CodeStatus : std::uint8_t { Same, Changed, Removed, Added };

struct CodeDiff {
  CodeStatus status = CodeStatus::Same;
  bool renamed = false;  ///< with Same: nothing but the name
  bool moved = false;    ///< below another parent
  std::string name_a;    ///< qualified; empty: not there
  std::string name_b;
  std::int32_t line_a = 0;
  std::int32_t line_b = 0;
  CodeNumbers a;
  CodeNumbers b;
  std::uint64_t removed = 0;  ///< instructions
  std::uint64_t added = 0;
  std::uint64_t retargeted = 0;
  std::vector<AttributeChange> attributes;
  std::vector<std::string> constants_removed;  ///< their repr
  std::vector<std::string> constants_added;
  std::vector<DiffHunk> hunks;

  [[nodiscard]] bool differs() const { return status != CodeStatus::Same || renamed || moved; }
};

struct FileDiff {
  std::vector<CodeDiff> codes;  ///< in the order of b, what was removed where it stood in a
  CodeNumbers a;
  CodeNumbers b;
  std::uint64_t removed = 0;
  std::uint64_t added = 0;
  std::uint64_t retargeted = 0;

  [[nodiscard]] bool differs() const;
};

struct DiffOptions {
  std::uint32_t context = 3;   ///< kept instructions around a change
  bool with_hunks = true;      ///< false: figures only
  bool names_of_roots_count = true;  ///< false where the two were chosen by name
};

/// The roots, which need not be modules, and all below them.
[[nodiscard]] FileDiff diff_code(const CodeSide& a, const CodeSide& b, const DiffOptions& options = {});

}  // namespace ouro::analysis
