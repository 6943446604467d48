#include "analysis/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "marshal/pyc.h"

namespace ouro::analysis {
namespace {

marshal::Pyc corpus_file(const std::string& version) {
  std::ifstream file(std::string(OURO_SOURCE_DIR) + "/tests/corpus/" + version + "/spam.pyc", std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  auto pyc = marshal::read_pyc(support::as_bytes({bytes.data(), bytes.size()}));
  EXPECT_TRUE(pyc.has_value()) << version;
  return std::move(*pyc);
}

TEST(Family, EveryInstructionHasOne) {
  std::vector<std::string> unplaced;
  for (const Facts* facts : version::all_facts()) {
    if (facts->version < PythonVersion{3, 6}) continue;
    for (const OpcodeInfo& info : facts->opcodes) {
      if (info.kind == version::OpcodeKind::Real && family_of(info.op) == InstructionFamily::Other) unplaced.emplace_back(info.name());
    }
  }
  std::sort(unplaced.begin(), unplaced.end());
  unplaced.erase(std::unique(unplaced.begin(), unplaced.end()), unplaced.end());
  const std::vector<std::string> expected{"CACHE", "CALL_INTRINSIC_1", "CALL_INTRINSIC_2", "ENTER_EXECUTOR", "EXIT_INIT_CHECK",
                                          "EXTENDED_ARG", "PRINT_EXPR", "RESERVED", "TRACE_RECORD"};
  EXPECT_EQ(unplaced, expected);
}

TEST(Figure, KeysAreFound) {
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const Figure* found = find_figure(info_of(static_cast<Figure>(i)).key);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(static_cast<std::size_t>(*found), i);
  }
  EXPECT_EQ(find_figure("spam"), nullptr);
}

TEST(CodeTree, NamesOfAllVersionsAgree) {
  std::vector<std::string> names;
  for (const char* version : {"3.6", "3.8", "3.10", "3.11", "3.13", "3.14"}) {
    const marshal::Pyc pyc = corpus_file(version);
    std::vector<std::string> found;
    for (const CodeNode& node : code_tree(pyc.value.pool, pyc.value.root)) {
      // 3.12 compiles comprehensions into their surroundings.
      if (node.qualified_name.find("comp>") == std::string::npos) found.push_back(node.qualified_name);
    }
    if (names.empty()) names = found;
    EXPECT_EQ(found, names) << version;
    EXPECT_GT(found.size(), 5U);
  }
}

TEST(Statistics, TotalsAddUp) {
  for (const char* version : {"2.7", "3.6", "3.10", "3.13", "3.15"}) {
    const marshal::Pyc pyc = corpus_file(version);
    Measurer measurer(*version::find_facts(pyc.header.version), pyc.value.pool);
    Totals totals;
    std::uint64_t instructions = 0;
    for (const CodeNode& node : code_tree(pyc.value.pool, pyc.value.root)) {
      const CodeStatistics code = measurer.measure(node);
      std::uint64_t by_opcode = 0;
      for (const OpCount& entry : code.opcodes) by_opcode += entry.count;
      EXPECT_EQ(by_opcode, code[Figure::Instructions]);
      EXPECT_LE(code[Figure::LoopInstructions], code[Figure::Instructions]);
      instructions += by_opcode;
      totals.add(code);
    }
    EXPECT_EQ(totals[Figure::Instructions], instructions);
    std::uint64_t by_family = 0;
    for (const std::uint64_t count : totals.families()) by_family += count;
    EXPECT_EQ(by_family, instructions);
    EXPECT_EQ(totals[Figure::Specialisable] > 0, version::find_facts(pyc.header.version)->has_caches) << version;
  }
}

}  // namespace
}  // namespace ouro::analysis
