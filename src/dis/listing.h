// The listing of a code object as text: what that version's own dis.dis(code) prints.
//
// In: a code object of a pool and a Disassembler for its version. Out: UTF-8 text (Python 2: the bytes that
// Python 2 prints), appended part by part to a buffer that the caller empties. Damaged code objects give a
// listing too: what can't be shown says "out of range".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bytecode/code_view.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"
#include "bytecode/line_table.h"
#include "dis/disassembler.h"
#include "dis/jump_labels.h"
#include "dis/operand_text.h"
#include "support/text_buffer.h"

namespace ouro::dis {

/// One code object's listing, without the nested ones. Buffers are kept from one code object to the next.
class CodeListing {
 public:
  CodeListing(const Disassembler& disassembler, const ConstantPool& pool, ConstantPrinter& constants)
      : disassembler_(disassembler), facts_(disassembler.facts()), pool_(pool),
        operands_(disassembler, pool, constants) {}

  void start(const CodeObject& code);
  /// Appends about `chunk` bytes; false when the listing is complete.
  bool append_part(TextBuffer& out, std::size_t chunk);

 private:
  struct LineStart {
    std::uint32_t offset;
    std::int32_t line;  // bytecode::kNoLine: "--"
  };
  void find_line_starts(const CodeObject& code);
  void measure_columns(std::int64_t max_line, bool has_missing_lines);
  void measure_positions();
  void append_instruction(TextBuffer& out, const Instruction& instruction);
  void append_caches(TextBuffer& out, const Instruction& instruction);
  void append_exception_table(TextBuffer& out) const;
  [[nodiscard]] bool is_line_start(std::uint32_t offset);
  char* write_line_column(char* p, const Instruction& instruction);
  char* write_margin(char* p, std::uint32_t label, std::uint32_t offset) const;
  [[nodiscard]] std::uint64_t cache_value(const Instruction& instruction, std::uint32_t unit, unsigned size) const;
  [[nodiscard]] const bytecode::Position& position_at(std::uint32_t offset);

  const Disassembler& disassembler_;
  const Facts& facts_;
  const ConstantPool& pool_;
  OperandWriter operands_;

  bytecode::CodeView view_;
  std::string adaptive_code_;  // what reader_ reads when the options say adaptive
  bytecode::InstructionReader reader_{disassembler_.facts(), {}, bytecode::ExtendedArgs::Show};
  std::vector<bytecode::LineRange> ranges_;
  std::vector<LineStart> line_starts_;
  std::vector<bytecode::PositionRange> positions_;
  std::vector<bytecode::ExceptionEntry> handlers_;
  JumpLabels labels_;
  std::size_t next_line_ = 0;
  std::size_t next_position_ = 0;
  unsigned line_width_ = 0;
  unsigned label_width_ = 0;
  unsigned offset_width_ = 0;
  bool shows_positions_ = false;
  // Most lines have neither line number nor label nor offset: blanks, written at once.
  static constexpr unsigned kBlankMargin = 32;
  unsigned blank_margin_ = 0;
  bool has_blank_margin_ = false;
};

/// A code object and the nested ones, as dis.dis(code) goes through them.
class Listing {
 public:
  Listing(const Disassembler& disassembler, const ConstantPool& pool, ConstId root,
          std::uint64_t max_bytes = kMaxListingBytes);

  /// Appends the next part, about 1 MiB at most unless a single constant is longer; false when nothing is
  /// left to say.
  bool append_part(TextBuffer& out);
  /// The text was cut off when it got longer than `max_bytes`.
  [[nodiscard]] bool is_cut_off() const { return is_cut_off_; }

 private:
  struct Frame {
    ConstId code;
    std::size_t next_const;
  };
  bool append_next(TextBuffer& out);
  bool enter_nested(TextBuffer& out);
  [[nodiscard]] bool is_open(ConstId code) const;

  const Disassembler& disassembler_;
  const ConstantPool& pool_;
  ConstantPrinter constants_;
  CodeListing current_;
  std::vector<Frame> stack_;
  bool is_listing_ = true;  // current_ has more to say
  std::uint64_t max_bytes_;
  std::uint64_t written_ = 0;
  bool is_cut_off_ = false;
};

}  // namespace ouro::dis
