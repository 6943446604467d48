#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "analysis/code_diff.h"
#include "analysis/sequence_diff.h"
#include "bytecode/encode.h"

namespace ouro::analysis {
namespace {

using Sequence = std::vector<std::uint32_t>;

std::size_t kept(const Sequence& a, const Sequence& b) {
  const Sequence match = align_sequences(a, b);
  EXPECT_EQ(match.size(), a.size());
  std::size_t count = 0;
  std::int64_t last = -1;
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (match[i] == kUnmatched) continue;
    EXPECT_LT(last, static_cast<std::int64_t>(match[i]));
    last = match[i];
    EXPECT_EQ(a[i], b[match[i]]);
    ++count;
  }
  return count;
}

std::size_t longest_common(const Sequence& a, const Sequence& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    }
  }
  return best[a.size()][b.size()];
}

TEST(SequenceDiff, SmallCases) {
  EXPECT_EQ(kept({}, {}), 0U);
  EXPECT_EQ(kept({1}, {}), 0U);
  EXPECT_EQ(kept({}, {1}), 0U);
  EXPECT_EQ(kept({1, 2, 3}, {1, 2, 3}), 3U);
  EXPECT_EQ(kept({1, 2, 3}, {3, 2, 1}), 1U);
  EXPECT_EQ(kept({1, 2, 3, 1, 2, 2, 1}, {3, 2, 1, 2, 1, 3}), 4U);  // Myers' own example
}

TEST(SequenceDiff, IsTheLongestOnRandomSequences) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    Sequence a(random() % 40), b(random() % 40);
    const unsigned letters = 1 + random() % 6;
    for (auto* list : {&a, &b}) {
      for (std::uint32_t& x : *list) x = static_cast<std::uint32_t>(random() % letters);
    }
    EXPECT_EQ(kept(a, b), longest_common(a, b)) << round;
  }
}

TEST(SequenceDiff, LongAndUnlikeEnds) {
  constexpr std::size_t kLength = 100000;
  std::mt19937 random(1);
  Sequence a(kLength), b(kLength);
  for (auto* list : {&a, &b}) {
    for (std::uint32_t& x : *list) x = static_cast<std::uint32_t>(random() % 50);
  }
  EXPECT_GT(kept(a, b), kLength / 20);
  Sequence up(kLength), down(kLength);
  std::iota(up.begin(), up.end(), 0);
  std::iota(down.rbegin(), down.rend(), 0);
  EXPECT_GE(kept(up, down), 1U);
}

const Facts& kFacts = *version::find_facts({3, 13});

/// Builds code objects for comparison.
class Pool {
 public:
  struct Unit {
    std::vector<std::uint8_t> code;
    std::vector<ConstId> consts;
    std::vector<ConstId> names;
  };
  Unit unit() { return {}; }
  void op(Unit& unit, Op op, std::uint32_t oparg = 0) {
    bytecode::append_instruction(kFacts, static_cast<std::uint8_t>(*version::opcode_number(kFacts, op)), oparg, unit.code);
  }
  void load(Unit& unit, ConstId value) {
    op(unit, Op::LOAD_CONST, static_cast<std::uint32_t>(unit.consts.size()));
    unit.consts.push_back(value);
  }
  void name(Unit& unit, std::string_view name) {
    op(unit, Op::LOAD_NAME, static_cast<std::uint32_t>(unit.names.size()));
    unit.names.push_back(pool.add_str(name));
  }
  ConstId finish(const Unit& unit, std::string_view qualified_name) {
    CodeObject code;
    code.code = pool.add_bytes({reinterpret_cast<const char*>(unit.code.data()), unit.code.size()});
    code.consts = pool.add_sequence(ConstKind::Tuple, unit.consts);
    code.names = pool.add_sequence(ConstKind::Tuple, unit.names);
    code.name = pool.add_str(qualified_name.substr(qualified_name.rfind('.') + 1));
    code.qualname = pool.add_str(qualified_name);
    code.localsplusnames = pool.add_sequence(ConstKind::Tuple, {});
    code.localspluskinds = code.exceptiontable = code.linetable = pool.add_bytes("");
    code.filename = code.name;
    return pool.add_code(code);
  }
  /// A function that loads names and adds them up; `salt` makes it different from others.
  ConstId function(std::string_view qualified_name, int salt, int length = 12) {
    Unit u;
    for (int i = 0; i < length; ++i) name(u, "n" + std::to_string(salt) + "_" + std::to_string(i));
    op(u, Op::RETURN_VALUE);
    return finish(u, qualified_name);
  }
  ConstId module(const std::vector<ConstId>& functions) {
    Unit u;
    for (const ConstId f : functions) load(u, f);
    op(u, Op::RETURN_VALUE);
    return finish(u, "<module>");
  }
  [[nodiscard]] CodeSide side(ConstId root) const { return {&kFacts, &pool, root}; }
  ConstantPool pool;
};

const CodeDiff* find(const FileDiff& diff, std::string_view a, std::string_view b) {
  for (const CodeDiff& code : diff.codes) {
    if (code.name_a == a && code.name_b == b) return &code;
  }
  return nullptr;
}

TEST(CodeDiff, NumbersOfConstantsDoNotCount) {
  Pool a, b;
  auto first = a.unit();
  a.load(first, a.pool.add_int(1));
  a.load(first, a.pool.add_float(2.5));
  auto second = b.unit();
  second.consts = {b.pool.add_str("unused doc"), b.pool.add_float(2.5)};
  b.load(second, b.pool.add_int(1));
  b.op(second, Op::LOAD_CONST, 1);
  const FileDiff diff = diff_code(a.side(a.finish(first, "<module>")), b.side(b.finish(second, "<module>")));
  ASSERT_EQ(diff.codes.size(), 1U);
  EXPECT_EQ(diff.removed + diff.added, 0U);
  EXPECT_EQ(diff.codes[0].constants_added, std::vector<std::string>{"'unused doc'"});
  EXPECT_TRUE(diff.differs());
}

TEST(CodeDiff, TypesOfConstantsCountAndOrderOfSetsDoesNot) {
  Pool a, b;
  const auto set_of = [](Pool& p, int x, int y) {
    return p.pool.add_sequence(ConstKind::FrozenSet, std::vector<ConstId>{p.pool.add_int(x), p.pool.add_int(y)});
  };
  auto first = a.unit();
  a.load(first, set_of(a, 1, 2));
  a.load(first, a.pool.add_int(1));
  auto second = b.unit();
  b.load(second, set_of(b, 2, 1));
  b.load(second, b.pool.add_singleton(ConstKind::True));
  const FileDiff diff = diff_code(a.side(a.finish(first, "<module>")), b.side(b.finish(second, "<module>")));
  EXPECT_EQ(diff.removed, 1U);
  EXPECT_EQ(diff.added, 1U);
  EXPECT_EQ(diff.codes[0].constants_removed, std::vector<std::string>{"1"});
  EXPECT_EQ(diff.codes[0].constants_added, std::vector<std::string>{"True"});
}

TEST(CodeDiff, JumpsFollowTheirTargets) {
  Pool a, b;
  const auto build = [](Pool& p, int extra, int distance) {
    auto u = p.unit();
    p.name(u, "test");
    p.op(u, Op::POP_JUMP_IF_FALSE, static_cast<std::uint32_t>(distance));
    for (int i = 0; i < 2 + extra; ++i) p.op(u, Op::NOP);
    p.op(u, Op::RETURN_VALUE);
    return p.finish(u, "<module>");
  };
  const FileDiff longer = diff_code(a.side(build(a, 0, 2)), b.side(build(b, 1, 3)));
  EXPECT_EQ(longer.added, 1U);
  EXPECT_EQ(longer.retargeted, 0U);
  Pool c, d;
  const FileDiff elsewhere = diff_code(c.side(build(c, 0, 2)), d.side(build(d, 0, 1)));
  EXPECT_EQ(elsewhere.added + elsewhere.removed, 0U);
  EXPECT_EQ(elsewhere.retargeted, 1U);
  ASSERT_EQ(elsewhere.codes[0].hunks.size(), 1U);
  EXPECT_TRUE(elsewhere.differs());
}

TEST(CodeDiff, RenamedMovedAddedRemoved) {
  Pool a, b;
  const ConstId module_a = a.module({a.function("kept", 1), a.function("old", 2), a.function("gone", 3), a.function("wanderer", 4)});
  auto inner = b.unit();
  b.load(inner, b.function("Spam.wanderer", 4));
  const ConstId module_b = b.module({b.function("kept", 1), b.function("new", 2), b.function("fresh", 5), b.finish(inner, "Spam")});
  const FileDiff diff = diff_code(a.side(module_a), b.side(module_b));
  ASSERT_NE(find(diff, "kept", "kept"), nullptr);
  EXPECT_FALSE(find(diff, "kept", "kept")->differs());
  const CodeDiff* renamed = find(diff, "old", "new");
  ASSERT_NE(renamed, nullptr);
  EXPECT_TRUE(renamed->renamed);
  EXPECT_FALSE(renamed->moved);
  EXPECT_EQ(renamed->status, CodeStatus::Same);
  const CodeDiff* moved = find(diff, "wanderer", "Spam.wanderer");
  ASSERT_NE(moved, nullptr);
  EXPECT_TRUE(moved->moved);
  EXPECT_FALSE(moved->renamed);
  ASSERT_NE(find(diff, "gone", ""), nullptr);
  EXPECT_EQ(find(diff, "gone", "")->status, CodeStatus::Removed);
  ASSERT_NE(find(diff, "", "fresh"), nullptr);
  EXPECT_EQ(find(diff, "", "fresh")->status, CodeStatus::Added);
}

TEST(CodeDiff, NamesakesAreAlignedByWhatTheyHold) {
  Pool a, b;
  const ConstId module_a = a.module({a.function("<lambda>", 1), a.function("<lambda>", 2), a.function("<lambda>", 3)});
  const ConstId module_b = b.module({b.function("<lambda>", 2), b.function("<lambda>", 3)});
  const FileDiff diff = diff_code(a.side(module_a), b.side(module_b));
  std::size_t same = 0, removed = 0;
  for (const CodeDiff& code : diff.codes) {
    same += code.status == CodeStatus::Same ? 1 : 0;
    removed += code.status == CodeStatus::Removed ? 1 : 0;
  }
  EXPECT_EQ(same, 2U);
  EXPECT_EQ(removed, 1U);
}

TEST(CodeDiff, HunksHaveContext) {
  Pool a, b;
  const auto build = [](Pool& p, bool changed) {
    auto u = p.unit();
    for (int i = 0; i < 40; ++i) p.name(u, i == 20 && changed ? "other" : "n" + std::to_string(i));
    return p.finish(u, "<module>");
  };
  const FileDiff diff = diff_code(a.side(build(a, false)), b.side(build(b, true)), {.context = 2});
  ASSERT_EQ(diff.codes[0].hunks.size(), 1U);
  const DiffHunk& hunk = diff.codes[0].hunks[0];
  EXPECT_EQ(hunk.begin_a, 18U);
  ASSERT_EQ(hunk.lines.size(), 6U);
  EXPECT_EQ(hunk.lines[2].kind, LineKind::Removed);
  EXPECT_EQ(hunk.lines[2].operand, "n20");
  EXPECT_EQ(hunk.lines[3].operand, "other");
}

}  // namespace
}  // namespace ouro::analysis
