#include "dis/constant_repr.h"

#include <gtest/gtest.h>

#include "dis/disassembler.h"

namespace ouro::dis {
namespace {

std::string repr(const ConstantPool& pool, ConstId id, PythonVersion version, std::size_t max_bytes = 1U << 22U) {
  const Disassembler disassembler(*version::find_facts(version));
  ConstantPrinter printer(pool, disassembler.repr_style(), max_bytes);
  TextBuffer out;
  printer.append_repr(out, id);
  return std::string(out.view());
}

TEST(ConstantRepr, StringsEscapeWhatTheVersionCannotPrint) {
  ConstantPool pool;
  const ConstId text = pool.add_str("it's \"\xE2\x82\xAC\"\n\xED\xA0\x80");
  EXPECT_EQ(repr(pool, text, {3, 13}), "'it\\'s \"\xE2\x82\xAC\"\\n\\ud800'");
  EXPECT_EQ(repr(pool, text, {2, 7}), "u'it\\'s \"\\u20ac\"\\n\\ud800'");
  const ConstId bytes = pool.add_bytes("a'\xFF");
  EXPECT_EQ(repr(pool, bytes, {3, 13}), "b\"a'\\xff\"");
  EXPECT_EQ(repr(pool, bytes, {2, 7}), "\"a'\\xff\"");
}

TEST(ConstantRepr, SetsHaveTheOrderOfHashSeedZero) {
  ConstantPool pool;
  std::vector<ConstId> items;
  for (const char* name : {"a", "b", "c", "dd", "eee", "foo", "bar", "baz"}) items.push_back(pool.add_str(name));
  const ConstId set = pool.add_sequence(ConstKind::FrozenSet, items);
  EXPECT_EQ(repr(pool, set, {3, 10}), "frozenset({'b', 'bar', 'a', 'baz', 'c', 'dd', 'foo', 'eee'})");
  EXPECT_EQ(repr(pool, set, {3, 12}), "frozenset({'bar', 'eee', 'baz', 'b', 'c', 'a', 'foo', 'dd'})");
}

TEST(ConstantRepr, SharedTuplesDoNotGrowWithoutEnd) {
  ConstantPool pool;
  ConstId id = pool.add_int(1);
  for (int i = 0; i < 60; ++i) id = pool.add_sequence(ConstKind::Tuple, std::vector<ConstId>{id, id});
  EXPECT_LT(repr(pool, id, {3, 13}, 1000).size(), 5000U);
}

TEST(ConstantRepr, ATupleInItselfIsCut) {
  ConstantPool pool;
  const ConstId id = pool.add_placeholder(ConstKind::Tuple);
  pool.set_items(id, std::vector<ConstId>{id});
  EXPECT_EQ(repr(pool, id, {3, 13}), "((...),)");
}

TEST(ConstantRepr, LongsOfPython2HaveASuffix) {
  ConstantPool pool;
  const ConstId id = pool.add_long(BigInt(5));
  EXPECT_EQ(repr(pool, id, {2, 7}), "5L");
  EXPECT_EQ(repr(pool, id, {3, 6}), "5");
}

}  // namespace
}  // namespace ouro::dis
