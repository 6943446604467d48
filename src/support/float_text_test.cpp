#include "support/float_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ouro::support {
namespace {

TEST(FloatText, ReprAsPython) {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0.0"}, {-0.0, "-0.0"}, {1.0, "1.0"}, {0.1, "0.1"}, {1e15, "1000000000000000.0"},
      {1e16, "1e+16"}, {123456789012345680.0, "1.2345678901234568e+17"}, {0.0001, "0.0001"},
      {0.00001, "1e-05"}, {1.5e-7, "1.5e-07"}, {5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
      {-2.5, "-2.5"}, {100.0, "100.0"}, {1e22, "1e+22"}, {9007199254740993.0, "9007199254740992.0"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(float_repr(value), text);
  EXPECT_EQ(float_repr(INFINITY), "inf");
  EXPECT_EQ(float_repr(-INFINITY), "-inf");
  EXPECT_EQ(float_repr(NAN), "nan");
}

TEST(FloatText, ComplexReprAsPython) {
  const auto repr = [](double real, double imag) {
    std::string out;
    append_complex_repr(out, real, imag);
    return out;
  };
  EXPECT_EQ(repr(0, 1), "1j");
  EXPECT_EQ(repr(1, 2), "(1+2j)");
  EXPECT_EQ(repr(-0.0, -0.0), "(-0-0j)");
  EXPECT_EQ(repr(1.5, INFINITY), "(1.5+infj)");
  EXPECT_EQ(repr(0, NAN), "nanj");
  EXPECT_EQ(repr(0, -1e16), "-1e+16j");
}

TEST(FloatText, OldReprHas17Digits) {
  EXPECT_EQ(float_repr_17(0.1), "0.10000000000000001");
  EXPECT_EQ(float_repr_17(3), "3.0");
}

TEST(FloatText, ParsesWholeTextOnly) {
  EXPECT_EQ(parse_float("1e400"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_float("-1.25e-3"), -0.00125);
  EXPECT_EQ(parse_float("+2"), 2.0);
  EXPECT_EQ(parse_float("1.5x"), std::nullopt);
  EXPECT_EQ(parse_float(""), std::nullopt);
}

}  // namespace
}  // namespace ouro::support
