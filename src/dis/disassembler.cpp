#include "dis/disassembler.h"

#include <algorithm>
#include <cstring>

#include "bytecode/instruction.h"

namespace ouro::dis {
namespace {

// For versions without a limit; about a second's work.
constexpr std::uint32_t kMostIntDigits = 1000000;

ReprStyle make_repr_style(const Facts& facts) {
  ReprStyle style;
  style.python2 = facts.str_is_bytes;
  style.float_17_digits = !facts.float_repr_is_shortest;
  style.max_int_digits = facts.max_int_digits != 0 ? static_cast<std::uint32_t>(facts.max_int_digits) : kMostIntDigits;
  style.hashing = &facts;
  // Python 2 has none that matters: its repr escapes all that is not ASCII.
  style.unicode_version = unicode::find_version(facts.unicode_version).value_or(unicode::UnicodeVersion{});
  return style;
}

}  // namespace

Disassembler::Disassembler(const Facts& facts, const ListingOptions& options)
    : facts_(&facts), options_(options), repr_style_(make_repr_style(facts)) {
  for (std::size_t number = 0; number < rows_.size(); ++number) {
    OpcodeRow& row = rows_[number];
    const OpcodeInfo& own = facts.opcodes[number];
    row.meaning = &bytecode::base_info(facts, own);
    // co_code never shows what the interpreter put in place of an instruction.
    std::string_view name = (options.adaptive ? own : *row.meaning).name();
    name = name.substr(0, row.text.size() - 1);
    const std::size_t width = std::max<std::size_t>(name.size(), facts.dis_opname_width);
    row.text.fill(' ');
    std::memcpy(row.text.data(), name.data(), name.size());
    row.name_size = static_cast<std::uint8_t>(name.size());
    row.text_size = static_cast<std::uint8_t>(std::min(width + 1, row.text.size()));
    const std::size_t excess = facts.dis_has_labels ? width - facts.dis_opname_width : 0;
    row.operand_width =
        static_cast<std::uint8_t>(facts.dis_operand_width - std::min<std::size_t>(excess, facts.dis_operand_width));
  }
}

}  // namespace ouro::dis
