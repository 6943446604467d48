#include "marshal/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "marshal/writer.h"

namespace ouro::marshal {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

const Layout k27 = layout_of({2, 7});
const Layout k313 = layout_of({3, 13});

Result<Marshalled> read_text(std::string_view bytes, const Layout& layout = k313, ReadOptions options = {}) {
  return read(support::as_bytes(bytes), layout, options);
}

/// What write() makes of what read() gave, or the error's code.
std::string round_trip(std::string_view bytes, const Layout& layout = k313) {
  auto value = read_text(bytes, layout);
  if (!value) return std::string(value.error().code);
  auto written = write(value->pool, value->root, layout);
  if (!written) return std::string(written.error().code);
  return {written->begin(), written->end()};
}

std::string_view code_of(std::string_view bytes, const Layout& layout = k313) {
  auto value = read_text(bytes, layout);
  return value ? "ok" : value.error().code;
}

TEST(MarshalReader, ReadsNumbers) {
  auto value = read_text("(\x04\0\0\0i\xFE\xFF\xFF\xFFl\xFD\xFF\xFF\xFF\1\0\2\0\3\0f\3" "1.5y\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\0\xC0"sv);
  ASSERT_TRUE(value) << value.error().to_string();
  const ConstantPool& pool = value->pool;
  const auto items = pool.items(value->root);
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(pool.int_value(items[0]), -2);
  EXPECT_EQ(pool.big_value(items[1]).to_decimal(), std::to_string(-((3LL << 30) + (2 << 15) + 1)));
  EXPECT_EQ(pool.real(items[2]), 1.5);
  EXPECT_EQ(pool.real_text(items[2]), "1.5");
  EXPECT_EQ(pool.real(items[3]), 1.0);
  EXPECT_EQ(pool.imag(items[3]), -2.0);
}

TEST(MarshalReader, KeepsSharingAndWritesItBack) {
  const auto bytes = ")\2\xE9\2\0\0\0r\0\0\0\0"sv;
  auto value = read_text(bytes);
  ASSERT_TRUE(value);
  const auto items = value->pool.items(value->root);
  EXPECT_EQ(items[0], items[1]);
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(MarshalReader, ReadsPython2InternedStrings) {
  const auto bytes = "(\3\0\0\0t\2\0\0\0abs\1\0\0\0xR\0\0\0\0"sv;
  auto value = read_text(bytes, k27);
  ASSERT_TRUE(value);
  const auto items = value->pool.items(value->root);
  EXPECT_EQ(value->pool.kind(items[0]), ConstKind::Bytes);
  EXPECT_EQ(items[0], items[2]);
  EXPECT_EQ(round_trip(bytes, k27), bytes);
  EXPECT_EQ(code_of(bytes, k313), "marshal.bad_type");
}

TEST(MarshalReader, KeepsCyclesAndSaysSo) {
  const auto bytes = "\xDB\1\0\0\0r\0\0\0\0"sv;
  auto value = read_text(bytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->pool.items(value->root)[0], value->root);
  EXPECT_EQ(value->pool.height(value->root), code::kCyclicHeight);
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(MarshalReader, RoundTripsEveryTypeCode) {
  for (const auto bytes : {"N"sv, "F"sv, "T"sv, "S"sv, "."sv, "I\1\2\3\4\5\6\7\x88"sv, "l\0\0\0\0"sv,
                           "x\3" "1.5\4-0.0"sv, "g\1\0\0\0\0\0\xF0\x7F"sv, "u\3\0\0\0\xED\xA0\x80"sv, "a\1\0\0\0a"sv,
                           "A\1\0\0\0a"sv, "z\1a"sv, "Z\1a"sv, "z\2\xE9\xFF"sv, "t\1\0\0\0a"sv, "[\1\0\0\0N"sv,
                           "{NNTF0"sv, "}NNTF0"sv, "<\1\0\0\0N"sv, ">\1\0\0\0N"sv, ":NNN"sv, ")\0"sv, "\xA9\0"sv, ")\2\xCEN"sv}) {
    EXPECT_EQ(round_trip(bytes), bytes);
  }
}

TEST(MarshalReader, OverlooksMarkedReferencesAndSaysSo) {
  auto value = read_text("[\2\0\0\0\xE9\1\0\0\0\xF2\0\0\0\0"sv);
  ASSERT_TRUE(value);
  EXPECT_FALSE(value->is_exact);
  EXPECT_EQ(value->pool.items(value->root)[0], value->pool.items(value->root)[1]);
  EXPECT_FALSE(read_text("{\xB0")->is_exact);
  EXPECT_TRUE(read_text("{0")->is_exact);
}

TEST(MarshalReader, LeavesWhatFollowsTheValue) {
  auto value = read_text("NXYZ");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size, 1U);
}

TEST(MarshalReader, NamesEveryFault) {
  EXPECT_EQ(code_of(""), "marshal.truncated");
  EXPECT_EQ(code_of("i\1\2"), "marshal.truncated");
  EXPECT_EQ(code_of("(\xFF\xFF\xFF\x7F"), "marshal.truncated");
  EXPECT_EQ(code_of("?"), "marshal.bad_type");
  EXPECT_EQ(code_of("\xE9\1\0\0\0"sv, k27), "marshal.bad_type");
  EXPECT_EQ(code_of("r\0\0\0\0"sv), "marshal.bad_ref");
  EXPECT_EQ(code_of("\xBE\1\0\0\0r\0\0\0\0"sv), "marshal.bad_ref");
  EXPECT_EQ(code_of("R\0\0\0\0"sv, k27), "marshal.bad_ref");
  EXPECT_EQ(code_of("s\xFF\xFF\xFF\xFF"), "marshal.bad_length");
  EXPECT_EQ(code_of("u\2\0\0\0\xC3("sv), "marshal.bad_string");
  EXPECT_EQ(code_of("l\1\0\0\0\0\0"sv), "marshal.bad_digit");
  EXPECT_EQ(code_of("l\1\0\0\0\0\x80"sv), "marshal.bad_digit");
  EXPECT_EQ(code_of("f\1x"), "marshal.bad_number");
  EXPECT_EQ(code_of("0"), "marshal.unexpected_null");
  EXPECT_EQ(code_of("{N0"), "marshal.unexpected_null");
  EXPECT_EQ(code_of(std::string(2001, '[').append("x")), "marshal.truncated");
}

TEST(MarshalReader, BoundsDepth) {
  const auto nested = [](std::size_t levels) {
    std::string bytes;
    for (std::size_t i = 1; i < levels; ++i) bytes += ")\1"sv;
    return bytes + "N";
  };
  EXPECT_EQ(code_of(nested(2000)), "ok");
  EXPECT_EQ(code_of(nested(2001)), "marshal.too_deep");
}

TEST(MarshalReader, BoundsHeightThroughReferences) {
  // A tuple of 1,500 levels, then one that hangs it below another 1,500.
  std::string bytes = ")\2\xA9\1";
  for (int i = 0; i < 1499; ++i) bytes += ")\1"sv;
  bytes += "N";
  for (int i = 0; i < 1500; ++i) bytes += ")\1"sv;
  EXPECT_EQ(code_of(bytes + "r\0\0\0\0"s), "marshal.too_deep");
  EXPECT_EQ(code_of(bytes + "N"), "ok");
}

TEST(MarshalReader, ErrorsSayWhereAndInWhat) {
  std::string code = "c";
  for (int i = 0; i < 5; ++i) code += "\0\0\0\0"sv;
  auto value = read_text(code + "N", k313, {.base_offset = 16});
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().to_string(),
            "marshal.bad_code at byte 37: co_code has the wrong type (in co_code of the code object at byte 16)");
}

}  // namespace
}  // namespace ouro::marshal
