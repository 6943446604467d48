#include <gtest/gtest.h>

#include "bytecode/encode.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"
#include "bytecode/line_table.h"
#include "support/byte_reader.h"

namespace ouro::bytecode {
namespace {

using namespace std::string_view_literals;

std::vector<LineRange> ranges(PythonVersion version, std::string_view table, std::size_t code_size) {
  std::vector<LineRange> out;
  append_line_ranges(*version::find_facts(version), table, 10, code_size, out);
  return out;
}

TEST(LineTable, LnotabIncrementsAreSignedFrom36On) {
  EXPECT_EQ(ranges({2, 7}, "\x03\xff"sv, 6), (std::vector<LineRange>{{0, 3, 10}, {3, 6, 265}}));
  EXPECT_EQ(ranges({3, 6}, "\x04\xff"sv, 6), (std::vector<LineRange>{{0, 4, 10}, {4, 6, 9}}));
}

TEST(LineTable, LnotabPastTheEndCountsOnlyTo37) {
  EXPECT_EQ(ranges({3, 7}, "\x06\x01"sv, 6).size(), 2U);
  EXPECT_EQ(ranges({3, 8}, "\x06\x01"sv, 6), (std::vector<LineRange>{{0, 6, 10}}));
}

TEST(LineTable, RangesOf310KnowCodeWithoutALine) {
  EXPECT_EQ(ranges({3, 10}, "\x02\x00\x02\x80\x04\x01"sv, 8),
            (std::vector<LineRange>{{0, 2, 10}, {2, 4, kNoLine}, {4, 8, 11}}));
}

TEST(LineTable, LocationsGiveColumns) {
  // One line, columns 1 to 5 (short form); then a line further, columns 4 to 9; then nothing known.
  constexpr std::string_view kTable = "\x80\x14\xd8\x04\x09\xf9"sv;
  EXPECT_EQ(ranges({3, 13}, kTable, 8), (std::vector<LineRange>{{0, 2, 10}, {2, 4, 11}, {4, 8, kNoLine}}));
  std::vector<PositionRange> positions;
  append_position_ranges(kTable, 10, positions);
  ASSERT_EQ(positions.size(), 3U);
  EXPECT_EQ(positions[0].position, (Position{10, 10, 1, 5}));
  EXPECT_EQ(positions[1].position, (Position{11, 11, 4, 9}));
  EXPECT_EQ(positions[2].position, Position{});
}

TEST(ExceptionTable, DropsAnEntryThatIsCutOff) {
  std::vector<ExceptionEntry> entries;
  append_exception_entries("\x81\x02\x05\x03\x84\x01"sv, entries);
  EXPECT_EQ(entries, (std::vector<ExceptionEntry>{{2, 6, 10, 1, true}}));
}

TEST(Instruction, FoldsExtendedArgAndSkipsCaches) {
  const Facts& facts = *version::find_facts({3, 13});
  std::vector<std::uint8_t> code;
  append_instruction(facts, static_cast<std::uint8_t>(*version::opcode_number(facts, Op::LOAD_GLOBAL)), 0x1234, code);
  append_instruction(facts, static_cast<std::uint8_t>(*version::opcode_number(facts, Op::POP_TOP)), 0, code);
  const auto decoded = decode(facts, support::as_text(code));
  ASSERT_EQ(decoded.size(), 2U);
  EXPECT_EQ(decoded[0].oparg, 0x1234U);
  EXPECT_EQ(decoded[0].start_offset.value, 0U);
  EXPECT_EQ(decoded[0].offset.value, 2U);
  EXPECT_EQ(decoded[1].info->op, Op::POP_TOP);
  EXPECT_EQ(decoded[1].offset.value, 12U);
}

TEST(Instruction, CodeThatEndsInsideAnInstructionIsMarked) {
  const auto decoded = decode(*version::find_facts({2, 7}), "\x64\x01"sv);  // LOAD_CONST
  ASSERT_EQ(decoded.size(), 1U);
  EXPECT_TRUE(decoded[0].is_truncated);
  EXPECT_EQ(decoded[0].end_offset.value, 2U);
}

}  // namespace
}  // namespace ouro::bytecode
