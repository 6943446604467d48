#include "support/utf8.h"

#include <gtest/gtest.h>

namespace ouro::support {
namespace {

TEST(Utf8, RoundTripsEveryCodePoint) {
  for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
    std::string text;
    append_utf8(text, c);
    const DecodedCodePoint step = decode_utf8(text, 0);
    ASSERT_TRUE(step.valid) << c;
    ASSERT_EQ(step.code_point, c);
    ASSERT_EQ(step.length, text.size());
  }
}

TEST(Utf8, RejectsOverlongTruncatedAndTooLarge) {
  using namespace std::string_view_literals;
  EXPECT_EQ(find_invalid_utf8("a\xC0\x80"sv), 1U);
  EXPECT_EQ(find_invalid_utf8("ab\xE2\x82"sv), 2U);
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"sv), 0U);
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\x80"sv), 0U);
  EXPECT_EQ(find_invalid_utf8("h\xC3\xA9"sv), std::string_view::npos);
}

TEST(Utf8, SurrogatesAreRejectedOnRequestOnly) {
  const std::string_view lone = "\xED\xA0\x80";
  EXPECT_EQ(find_invalid_utf8(lone), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8(lone, Surrogates::Reject), 0U);
}

TEST(Utf8, CountsCodePointsAndKnowsAscii) {
  EXPECT_EQ(count_code_points("h\xC3\xA9llo"), 5U);
  EXPECT_TRUE(is_ascii("0123456789abcdef"));
  EXPECT_FALSE(is_ascii("0123456789abcde\xC3\xA9"));
}

}  // namespace
}  // namespace ouro::support
