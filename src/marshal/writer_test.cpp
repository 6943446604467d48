#include "marshal/writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace ouro::marshal {
namespace {

using namespace std::string_view_literals;

const Layout k27 = layout_of({2, 7});
const Layout k313 = layout_of({3, 13});

std::string bytes_of(const ConstantPool& pool, ConstId id, const Layout& layout = k313, WriteOptions options = {}) {
  const auto written = write(pool, id, layout, options);
  if (!written) return std::string(written.error().code);
  return {written->begin(), written->end()};
}

// What marshal.dumps(value, version) writes for values that it does not mark as references.
TEST(MarshalWriter, ChoosesTypeCodesByValueAndVersion) {
  ConstantPool pool;
  const ConstId small = pool.add_int(-1);
  const ConstId large = pool.add_int(1LL << 31);
  const ConstId number = pool.add_float(1.5);
  const ConstId ascii = pool.add_str("a");
  const ConstId text = pool.add_str("\xC3\xA9");
  const ConstId items[] = {small};
  const ConstId tuple = pool.add_sequence(ConstKind::Tuple, items);
  EXPECT_EQ(bytes_of(pool, small), "i\xFF\xFF\xFF\xFF"sv);
  EXPECT_EQ(bytes_of(pool, large), "l\3\0\0\0\0\0\0\0\2\0"sv);
  EXPECT_EQ(bytes_of(pool, large, k27), "I\0\0\0\x80\0\0\0\0"sv);
  EXPECT_EQ(bytes_of(pool, number), "g\0\0\0\0\0\0\xF8\x3F"sv);
  EXPECT_EQ(bytes_of(pool, number, k313, {.version = 1}), "f\3" "1.5"sv);
  EXPECT_EQ(bytes_of(pool, ascii), "z\1a"sv);
  EXPECT_EQ(bytes_of(pool, ascii, k313, {.version = 3}), "u\1\0\0\0a"sv);
  EXPECT_EQ(bytes_of(pool, text), "u\2\0\0\0\xC3\xA9"sv);
  EXPECT_EQ(bytes_of(pool, tuple), ")\1i\xFF\xFF\xFF\xFF"sv);
  EXPECT_EQ(bytes_of(pool, tuple, k313, {.version = 2}), "(\1\0\0\0i\xFF\xFF\xFF\xFF"sv);
}

TEST(MarshalWriter, SpellsFloatTextsWith17Digits) {
  ConstantPool pool;
  const auto text = [&](double value) { return bytes_of(pool, pool.add_float(value), k313, {.version = 0}).substr(2); };
  EXPECT_EQ(text(0.1), "0.10000000000000001");
  EXPECT_EQ(text(1e100), "1e+100");
  EXPECT_EQ(text(-0.0), "-0");
  EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(text(-std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(MarshalWriter, KnowsInternedTypes) {
  EXPECT_EQ(interned_type("a", k313, 4), 'Z');
  EXPECT_EQ(interned_type(std::string(256, 'a'), k313, 4), 'A');
  EXPECT_EQ(interned_type("\xC3\xA9", k313, 4), 't');
  EXPECT_EQ(interned_type("a", k313, 2), 'u');
  EXPECT_EQ(interned_type("a", k27, 2), 't');
  EXPECT_EQ(interned_type("a", k27, 0), 's');
}

TEST(MarshalWriter, MarksWhatTheCallerMarks) {
  ConstantPool pool;
  const ConstId shared = pool.add_int(7, code::kMarshalFlagRef);
  const ConstId items[] = {shared, shared};
  EXPECT_EQ(bytes_of(pool, pool.add_sequence(ConstKind::Tuple, items)), ")\2\xE9\7\0\0\0r\0\0\0\0"sv);
}

TEST(MarshalWriter, RefusesWhatDoesNotFit) {
  ConstantPool pool;
  EXPECT_EQ(bytes_of(pool, pool.add_int(1LL << 31, 'i')), "marshal.unrepresentable");
  EXPECT_EQ(bytes_of(pool, pool.add_str(std::string(256, 'a'), 'z')), "marshal.unrepresentable");
  EXPECT_EQ(bytes_of(pool, pool.add_str("\xE2\x82\xAC", 'a')), "marshal.unrepresentable");
  EXPECT_EQ(bytes_of(pool, pool.add_int(1, code::kMarshalFlagRef), k27), "marshal.unrepresentable");
  EXPECT_EQ(bytes_of(pool, pool.add_code({})), "marshal.unrepresentable");
}

TEST(MarshalWriter, BoundsDepthAndUnfolding) {
  ConstantPool pool;
  ConstId deep = pool.add_int(1);
  for (int i = 0; i < 2000; ++i) deep = pool.add_sequence(ConstKind::List, std::span(&deep, 1));
  EXPECT_EQ(bytes_of(pool, deep), "marshal.too_deep");

  ConstId wide = pool.add_int(1);
  for (int i = 0; i < 60; ++i) {
    const ConstId twice[] = {wide, wide};
    wide = pool.add_sequence(ConstKind::Tuple, twice);
  }
  EXPECT_EQ(bytes_of(pool, wide, k313, {.max_size = 100000}), "marshal.too_large");

  const ConstId cyclic = pool.add_placeholder(ConstKind::List);
  pool.set_items(cyclic, std::span(&cyclic, 1));
  EXPECT_EQ(bytes_of(pool, cyclic), "marshal.too_deep");
}

}  // namespace
}  // namespace ouro::marshal
