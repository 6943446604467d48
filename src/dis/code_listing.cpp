// Follows Lib/dis.py: to 3.12 Instruction._disassemble and _disassemble_bytes, from 3.13 on Formatter; for 2.7
// disassemble.
#include <algorithm>
#include <cstring>

#include "bytecode/cache_layout.h"
#include "bytecode/quicken.h"
#include "dis/listing.h"

namespace ouro::dis {
namespace {

using bytecode::kNoLine;

constexpr std::string_view kNoLineText = "  --";

// Right-justified in `width` columns, wider when it must be. At most 20 bytes or `width`.
char* write_right(char* p, std::uint64_t value, unsigned width) {
  const unsigned digits = support::decimal_width(value);
  if (digits < width) {
    const unsigned blanks = width - digits;
    if (blanks <= 8) {
      std::memcpy(p, "        ", 8);  // one store; what is too much is written over
    } else {
      std::memset(p, ' ', blanks);
    }
    p += blanks;
  }
  support::write_decimal(p, value, digits);
  return p + digits;
}

char* write_right_signed(char* p, std::int64_t value, unsigned width) {
  if (value >= 0) return write_right(p, static_cast<std::uint64_t>(value), width);
  const std::uint64_t magnitude = ~static_cast<std::uint64_t>(value) + 1;
  const unsigned digits = support::decimal_width(magnitude) + 1;
  if (digits < width) {
    std::memset(p, ' ', width - digits);
    p += width - digits;
  }
  *p++ = '-';
  return write_right(p, magnitude, 0);
}

char* write_spaces(char* p, unsigned count) {
  std::memset(p, ' ', count);
  return p + count;
}

unsigned signed_width(std::int64_t value) {
  return value < 0 ? support::decimal_width(static_cast<std::uint64_t>(-value)) + 1
                   : support::decimal_width(static_cast<std::uint64_t>(value));
}

}  // namespace

void CodeListing::start(const CodeObject& code) {
  view_ = bytecode::view_of(pool_, code);
  operands_.start(view_);
  const bool is_adaptive = disassembler_.options().adaptive && facts_.has_caches;
  if (is_adaptive) adaptive_code_ = bytecode::quickened_code(facts_, view_.code);
  reader_ = bytecode::InstructionReader(facts_, is_adaptive ? std::string_view(adaptive_code_) : view_.code,
                                        bytecode::ExtendedArgs::Show);
  handlers_.clear();
  if (facts_.has_exception_table) bytecode::append_exception_entries(view_.exception_table, handlers_);
  labels_.find(facts_, view_.code, handlers_);
  find_line_starts(code);
  next_line_ = 0;
  shows_positions_ = facts_.dis_has_positions && disassembler_.options().show_positions;
  if (shows_positions_) {
    positions_.clear();
    bytecode::append_position_ranges(view_.line_table, code.firstlineno, positions_);
    next_position_ = 0;
    measure_positions();
  }
  has_blank_margin_ = facts_.dis_has_labels && !shows_positions_ && offset_width_ == 0 && blank_margin_ <= kBlankMargin;
}

void CodeListing::find_line_starts(const CodeObject& code) {
  ranges_.clear();
  line_starts_.clear();
  bytecode::append_line_ranges(facts_, view_.line_table, code.firstlineno, view_.code.size(), ranges_);
  std::int64_t max_line = -1;
  std::int32_t last = kNoLine;
  bool has_missing = false;
  for (const bytecode::LineRange& range : ranges_) {
    if (!facts_.dis_shows_missing_lines) {
      if (range.line == kNoLine || range.line == last) continue;
      last = range.line;
    }
    line_starts_.push_back({range.start, range.line});
    has_missing = has_missing || range.line == kNoLine;
    // From 3.13 on line 0, of the module's first instruction, does not count.
    if (range.line != kNoLine && (range.line != 0 || !facts_.dis_has_labels)) {
      max_line = std::max<std::int64_t>(max_line, range.line);
    }
  }
  measure_columns(max_line, has_missing);
}

void CodeListing::measure_columns(std::int64_t max_line, bool has_missing_lines) {
  const auto code_size = static_cast<std::int64_t>(view_.code.size());
  line_width_ = 3;
  if (facts_.dis_widths_grow) line_width_ = std::max(3U, signed_width(max_line));
  offset_width_ = 4;
  if (facts_.dis_widths_grow && code_size - 2 >= 10000) offset_width_ = signed_width(code_size - 2);
  label_width_ = 0;
  if (!facts_.dis_has_labels) {
    if (facts_.dis_omits_empty_line_column && line_starts_.empty()) line_width_ = 0;
    return;
  }
  if (max_line == -1) {
    line_width_ = 0;
  } else if (has_missing_lines) {
    line_width_ = std::max(line_width_, static_cast<unsigned>(kNoLineText.size()));
  }
  offset_width_ = disassembler_.options().show_offsets ? offset_width_ : 0;
  label_width_ = 4 + support::decimal_width(labels_.count());
  blank_margin_ = (line_width_ > 0 ? line_width_ + 1 : 0) + label_width_ + 1 + 4;
}

// 3.14+: "LINE:COLUMN-END_LINE:END_COLUMN ", "?" for what is not known.
void CodeListing::measure_positions() {
  unsigned widest = 0;
  bool has_value = false;
  for (const bytecode::PositionRange& range : positions_) {
    const bytecode::Position& at = range.position;
    unsigned width = 0;
    for (const std::int32_t value : {at.line, at.end_line, at.column, at.end_column}) {
      has_value = has_value || value != -1;
      width += value == -1 ? 1 : signed_width(value);
    }
    widest = std::max(widest, width);
  }
  line_width_ = has_value ? 1 + std::max(static_cast<unsigned>(kNoLineText.size()), 3 + widest) : 0;
}

bool CodeListing::append_part(TextBuffer& out, std::size_t chunk) {
  const std::size_t limit = out.size() + chunk;
  const bool shows_caches = disassembler_.options().show_caches;
  Instruction instruction;
  while (out.size() < limit) {
    if (!reader_.next(instruction)) {
      append_exception_table(out);
      return false;
    }
    append_instruction(out, instruction);
    if (shows_caches && instruction.caches > 0) append_caches(out, instruction);
  }
  return true;
}

const bytecode::Position& CodeListing::position_at(std::uint32_t offset) {
  static constexpr bytecode::Position kNone{};
  while (next_position_ < positions_.size() && positions_[next_position_].end <= offset) ++next_position_;
  return next_position_ < positions_.size() ? positions_[next_position_].position : kNone;
}

bool CodeListing::is_line_start(std::uint32_t offset) {
  while (next_line_ < line_starts_.size() && line_starts_[next_line_].offset < offset) ++next_line_;
  return next_line_ < line_starts_.size() && line_starts_[next_line_].offset == offset;
}

// The line column and the space after it; an empty line before an instruction that starts a line.
char* CodeListing::write_line_column(char* p, const Instruction& instruction) {
  const std::uint32_t offset = instruction.offset.value;
  const bool starts = is_line_start(offset);
  if (line_width_ == 0) return p;
  if (starts && offset > 0) *p++ = '\n';
  if (shows_positions_) {
    const bytecode::Position& at = position_at(offset);
    char* const begin = p;
    if (at == bytecode::Position{}) {
      std::memcpy(p, kNoLineText.data(), kNoLineText.size());
      p += kNoLineText.size();
    } else {
      const auto part = [&](std::int32_t value, char separator) {
        if (value == -1) {
          *p++ = '?';
        } else {
          p = write_right_signed(p, value, 0);
        }
        if (separator != 0) *p++ = separator;
      };
      part(at.line, ':');
      part(at.column, '-');
      part(at.end_line, ':');
      part(at.end_column, 0);
    }
    const auto used = static_cast<unsigned>(p - begin);
    if (used < line_width_) p = write_spaces(p, line_width_ - used);
  } else if (!starts) {
    p = write_spaces(p, line_width_);
  } else if (line_starts_[next_line_].line == kNoLine) {
    p = write_spaces(p, line_width_ - static_cast<unsigned>(kNoLineText.size()));
    std::memcpy(p, kNoLineText.data(), kNoLineText.size());
    p += kNoLineText.size();
  } else {
    p = write_right_signed(p, line_starts_[next_line_].line, line_width_);
  }
  *p++ = ' ';
  return p;
}

// From the line column to the instruction's name.
char* CodeListing::write_margin(char* p, std::uint32_t label, std::uint32_t offset) const {
  if (!facts_.dis_has_labels) {
    std::memcpy(p, label != 0 ? "    >> " : "       ", 7);
    p = write_right(p + 7, offset, offset_width_);
    *p++ = ' ';
    return p;
  }
  if (label != 0) {
    const unsigned digits = support::decimal_width(label);
    p = write_spaces(p, label_width_ - digits - 2);
    *p++ = 'L';
    p = write_right(p, label, 0);
    *p++ = ':';
  } else {
    p = write_spaces(p, label_width_);
  }
  *p++ = ' ';
  if (offset_width_ > 0) {
    p = write_right(p, offset, offset_width_);
    std::memcpy(p, "   ", 3);
    p += 3;
  }
  std::memcpy(p, "    ", 4);
  return p + 4;
}

void CodeListing::append_instruction(TextBuffer& out, const Instruction& instruction) {
  const OpcodeRow& row = disassembler_.row(instruction.number);
  const std::uint32_t offset = instruction.offset.value;
  const std::uint32_t label = labels_.at(offset);
  char* p = out.reserve(256);
  if (has_blank_margin_ && label == 0 && !is_line_start(offset)) {
    std::memset(p, ' ', kBlankMargin);
    p += blank_margin_;
  } else {
    p = write_line_column(p, instruction);
    p = write_margin(p, label, offset);
  }
  std::memcpy(p, row.text.data(), row.text.size());
  if (!instruction.has_operand) {
    p += facts_.dis_keeps_trailing_spaces ? row.text_size - 1 : row.name_size;
    *p++ = '\n';
    out.commit(p);
    return;
  }
  p += row.text_size;
  const bool is_negative = facts_.has_caches && instruction.oparg > INT32_MAX;
  p = is_negative ? write_right_signed(p, static_cast<std::int32_t>(instruction.oparg), row.operand_width)
                  : write_right(p, instruction.oparg, row.operand_width);
  if (instruction.is_extended && facts_.long_has_suffix) *p++ = 'L';
  std::memcpy(p, " (", 2);
  out.commit(p + 2);
  const std::size_t before = out.size();
  const OpcodeInfo& meaning = *row.meaning;
  const std::uint32_t target = facts_.dis_has_labels && meaning.is_jump()
                                   ? labels_.at(*bytecode::jump_target(facts_, instruction))
                                   : 0;
  operands_.append(out, instruction, target);
  const bool shows_empty = facts_.dis_shows_empty_names && meaning.operand == version::OperandKind::Name;
  if (out.size() == before && !shows_empty) {
    out.truncate(before - 2);
  } else {
    out.append(')');
  }
  out.append('\n');
}

// Without `adaptive` the caches are empty, as co_code shows them.
std::uint64_t CodeListing::cache_value(const Instruction& instruction, std::uint32_t unit, unsigned size) const {
  if (!disassembler_.options().adaptive) return 0;
  const std::size_t first = instruction.offset.value + 2 + (facts_.dis_cache_values_overlap ? 0 : 2 * unit);
  std::uint64_t value = 0;
  for (std::size_t i = std::min(first + std::size_t{2} * size, adaptive_code_.size()); i > first; --i) {
    value = (value << 8U) | static_cast<std::uint8_t>(adaptive_code_[i - 1]);
  }
  return value;
}

// CACHE lines: an operand of 0, and at the first unit of each value its name and the value.
void CodeListing::append_caches(TextBuffer& out, const Instruction& instruction) {
  const OpcodeRow& cache = disassembler_.row(0);
  std::uint32_t unit = 0;
  for (const bytecode::CacheValue& value : bytecode::cache_layout(*instruction.info)) {
    for (unsigned i = 0; i < value.size; ++i, ++unit) {
      const std::uint32_t offset = instruction.offset.value + 2 + 2 * unit;
      char* p = out.reserve(256);
      if (line_width_ > 0) p = write_spaces(p, line_width_ + 1);
      p = write_margin(p, 0, offset);
      std::memcpy(p, cache.text.data(), cache.text.size());
      p = write_right(p + cache.text_size, 0, cache.operand_width);
      out.commit(p);
      if (i == 0 && facts_.dis_shows_cache_values) {
        out.append(" (");
        out.append(value.name);
        out.append(": ");
        out.append_decimal(cache_value(instruction, unit, value.size));
        out.append(')');
      }
      out.append('\n');
    }
  }
}

void CodeListing::append_exception_table(TextBuffer& out) const {
  if (handlers_.empty()) return;
  const auto place = [&](std::int64_t offset) {
    if (facts_.dis_has_labels) {
      out.append('L');
      out.append_decimal(labels_.at(offset));
    } else {
      out.append_signed(offset);
    }
  };
  out.append("ExceptionTable:\n");
  for (const bytecode::ExceptionEntry& entry : handlers_) {
    out.append("  ");
    place(entry.start);
    out.append(" to ");
    place(facts_.dis_has_labels ? std::int64_t{entry.end} : std::int64_t{entry.end} - 2);
    out.append(" -> ");
    place(entry.target);
    out.append(" [");
    out.append_decimal(entry.depth);
    out.append(entry.push_lasti ? "] lasti\n" : "]\n");
  }
}

}  // namespace ouro::dis
