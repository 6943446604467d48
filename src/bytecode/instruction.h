// Instructions of every version, decoded from co_code.
//
// In: the facts of a version and the bytes of co_code. Out: instructions one after the other. The bytes are
// outside data: any bytes decode to something, nothing is read outside of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "support/strong_id.h"
#include "version/facts.h"

namespace ouro::bytecode {

/// One instruction as it stands in the code.
struct Instruction {
  const OpcodeInfo* info = nullptr;  ///< the version's row for `number`; never null after decoding
  std::uint32_t oparg = 0;           ///< with what EXTENDED_ARG added; 0 without an operand
  ByteOffset start_offset;           ///< of its first EXTENDED_ARG, else the same as `offset`
  ByteOffset offset;                 ///< of the opcode itself
  ByteOffset end_offset;             ///< after operand and inline caches; at most the length of the code
  std::uint8_t number = 0;           ///< opcode byte
  std::uint8_t caches = 0;           ///< inline cache entries (of two bytes) that follow
  bool has_operand = false;
  bool is_extended = false;   ///< an EXTENDED_ARG came before
  bool is_truncated = false;  ///< the code ends inside it
};

/// Whether EXTENDED_ARG is an instruction of its own (as dis shows it) or only part of the next one.
enum class ExtendedArgs { Fold, Show };

/// Reads instructions in order.
class InstructionReader {
 public:
  InstructionReader(const Facts& facts, std::string_view code, ExtendedArgs extended_args)
      : facts_(&facts), code_(code), shows_extended_(extended_args == ExtendedArgs::Show) {}

  /// False at the end of the code. A prefix that no instruction follows is dropped when folding.
  bool next(Instruction& out) {
    do {
      if (position_ >= code_.size()) return false;
      if (facts_->has_wordcode) {
        read_wordcode(out);
      } else {
        read_bytes(out);
      }
    } while (out.number == facts_->extended_arg && !shows_extended_);
    return true;
  }

 private:
  [[nodiscard]] std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(code_[at]); }

  void begin(Instruction& out) {
    out.number = byte(position_);
    out.info = &facts_->opcodes[out.number];
    out.offset = ByteOffset(static_cast<std::uint32_t>(position_));
    out.has_operand = out.info->has_arg() || (!out.info->is_known() && facts_->unknown_opcodes_have_argument &&
                                              out.number >= facts_->have_argument);
    out.is_extended = has_prefix_;
    out.start_offset = has_prefix_ && out.number != facts_->extended_arg ? ByteOffset(prefix_start_) : out.offset;
    out.oparg = 0;
    out.is_truncated = false;
  }

  // 3.6+: Lib/dis.py _unpack_opargs.
  void read_wordcode(Instruction& out) {
    begin(out);
    out.is_truncated = position_ + 1 >= code_.size();
    if (out.has_operand) {
      out.oparg = prefix_ | (out.is_truncated ? 0U : byte(position_ + 1));
      end_prefix(out, 8);
    } else if (!facts_->extended_arg_outlives_other_opcodes) {
      prefix_ = 0;
      has_prefix_ = false;
    }
    out.caches = out.info->caches;
    position_ += 2 + std::size_t{2} * out.caches;
    end_at(out);
  }

  // To 3.5: one byte, or three with an operand.
  void read_bytes(Instruction& out) {
    begin(out);
    out.caches = 0;
    position_ += 1;
    if (out.has_operand) {
      out.is_truncated = position_ + 1 >= code_.size();
      const std::uint32_t low = position_ < code_.size() ? byte(position_) : 0U;
      const std::uint32_t high = out.is_truncated ? 0U : byte(position_ + 1);
      out.oparg = prefix_ + (low | (high << 8U));
      position_ += 2;
      end_prefix(out, 16);
    }
    end_at(out);
  }

  void end_prefix(const Instruction& out, unsigned bits) {
    if (out.number == facts_->extended_arg) {
      if (!has_prefix_) prefix_start_ = out.offset.value;
      prefix_ = out.oparg << bits;
      has_prefix_ = true;
    } else {
      prefix_ = 0;
      has_prefix_ = false;
    }
  }

  void end_at(Instruction& out) {
    const std::size_t end = position_ < code_.size() ? position_ : code_.size();
    out.end_offset = ByteOffset(static_cast<std::uint32_t>(end));
  }

  const Facts* facts_;
  std::string_view code_;
  std::size_t position_ = 0;
  std::uint32_t prefix_ = 0;
  std::uint32_t prefix_start_ = 0;
  bool has_prefix_ = false;
  bool shows_extended_;
};

/// All instructions, EXTENDED_ARG folded.
[[nodiscard]] std::vector<Instruction> decode(const Facts& facts, std::string_view code);

/// Where a jump goes, in bytes from the start of the code. Damaged code can give any number, so check it
/// against the code. nullopt for what is no jump.
[[nodiscard]] std::optional<std::int64_t> jump_target(const Facts& facts, const Instruction& instruction);

/// The row that says what an instruction means: for a specialised or instrumented opcode the row of what it
/// stands for, else `info` itself.
[[nodiscard]] const OpcodeInfo& base_info(const Facts& facts, const OpcodeInfo& info);

}  // namespace ouro::bytecode

namespace ouro {
using bytecode::Instruction;
}  // namespace ouro
