// Checked against GMP on random operands of many sizes.
#include "support/big_int.h"

#include <gmpxx.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace ouro::support {
namespace {

class BigIntAgainstGmp : public testing::Test {
 protected:
  std::mt19937_64 random_{20261123};

  mpz_class random_number() {
    const std::size_t sizes[] = {0, 1, 2, 3, 8, 39, 41, 100, 300};
    const std::size_t limbs = sizes[random_() % 9];
    std::vector<std::uint32_t> words(limbs);
    for (auto& word : words) word = random_() % 8 == 0 ? (random_() % 2 != 0 ? 0xFFFFFFFFU : 0) : static_cast<std::uint32_t>(random_());
    mpz_class value;
    mpz_import(value.get_mpz_t(), limbs, -1, 4, 0, 0, words.data());
    return random_() % 2 == 0 ? value : mpz_class(-value);
  }

  static BigInt ours(const mpz_class& value) {
    const std::string digits = mpz_class(abs(value)).get_str(10);
    const BigInt magnitude = *BigInt::from_text(digits, 10);
    return value < 0 ? -magnitude : magnitude;
  }
};

TEST_F(BigIntAgainstGmp, ArithmeticAndTextAgree) {
  for (int i = 0; i < 400; ++i) {
    const mpz_class a = random_number();
    const mpz_class b = random_number();
    const BigInt x = ours(a);
    const BigInt y = ours(b);
    ASSERT_EQ(x.to_decimal(), a.get_str());
    ASSERT_EQ(x.to_text_power_of_two(16), a.get_str(16));
    ASSERT_EQ((x + y).to_decimal(), mpz_class(a + b).get_str());
    ASSERT_EQ((x - y).to_decimal(), mpz_class(a - b).get_str());
    ASSERT_EQ((x * y).to_decimal(), mpz_class(a * b).get_str());
    ASSERT_EQ((x & y).to_decimal(), mpz_class(a & b).get_str());
    ASSERT_EQ((x | y).to_decimal(), mpz_class(a | b).get_str());
    ASSERT_EQ((x ^ y).to_decimal(), mpz_class(a ^ b).get_str());
    ASSERT_EQ((~x).to_decimal(), mpz_class(~a).get_str());
    const std::size_t bits = random_() % 200;
    ASSERT_EQ(x.shift_left(bits).to_decimal(), mpz_class(a << bits).get_str());
    ASSERT_EQ(x.shift_right(bits).to_decimal(), mpz_class(a >> bits).get_str());
    ASSERT_EQ(x < y, a < b);
    ASSERT_EQ(BigInt::from_digits15(x.to_digits15(), x.is_negative()), x);
    if (b != 0) {
      mpz_class quotient;
      mpz_class remainder;
      mpz_fdiv_qr(quotient.get_mpz_t(), remainder.get_mpz_t(), a.get_mpz_t(), b.get_mpz_t());
      const auto parts = BigInt::divide_floor(x, y);
      ASSERT_EQ(parts.quotient.to_decimal(), quotient.get_str());
      ASSERT_EQ(parts.remainder.to_decimal(), remainder.get_str());
    }
  }
}

TEST(BigInt, ConvertsToDoubleRoundingHalfToEven) {
  EXPECT_EQ(BigInt::from_text("9007199254740993", 10)->to_double(), 9007199254740992.0);
  EXPECT_EQ(BigInt::from_text("9007199254740995", 10)->to_double(), 9007199254740996.0);
  EXPECT_EQ(BigInt(1).shift_left(1023).to_double(), std::ldexp(1.0, 1023));
  EXPECT_EQ(BigInt(1).shift_left(1024).to_double(), std::nullopt);
  // Python: float(2**1024 - 2**970 - 1) is the largest double, float(2**1024 - 2**970) overflows.
  const BigInt limit = BigInt(1).shift_left(1024) - BigInt(1).shift_left(970);
  EXPECT_EQ(limit.to_double(), std::nullopt);
  EXPECT_EQ((limit - BigInt(1)).to_double(), std::numeric_limits<double>::max());
}

TEST(BigInt, TrueDivisionIsCorrectlyRounded) {
  EXPECT_EQ(BigInt::true_divide(BigInt(1), BigInt(3)), 1.0 / 3.0);
  EXPECT_EQ(BigInt::true_divide(BigInt(-7), BigInt(2)), -3.5);
  EXPECT_EQ(BigInt::true_divide(BigInt(10).power(400), BigInt(10).power(399)), 10.0);
  EXPECT_EQ(BigInt::true_divide(BigInt(10).power(400), BigInt(1)), std::nullopt);
  EXPECT_EQ(BigInt::true_divide(BigInt(1), BigInt(1).shift_left(1074)), 5e-324);
  EXPECT_EQ(BigInt::true_divide(BigInt(1), BigInt(1).shift_left(1076)), 0.0);
}

TEST(BigInt, KnowsTheLimitsOfInt64) {
  EXPECT_EQ(BigInt::from_text("8000000000000000", 16)->to_int64(), std::nullopt);
  EXPECT_EQ((-*BigInt::from_text("8000000000000000", 16)).to_int64(), INT64_MIN);
  EXPECT_EQ(BigInt(INT64_MIN).to_decimal(), "-9223372036854775808");
  EXPECT_EQ(BigInt::from_double(-1e20).to_decimal(), "-100000000000000000000");
  EXPECT_EQ(BigInt::from_double(0.99).to_decimal(), "0");
}

TEST(BigInt, RejectsForeignDigits) {
  EXPECT_EQ(BigInt::from_text("12a", 10), std::nullopt);
  EXPECT_EQ(BigInt::from_text("", 10), std::nullopt);
  EXPECT_EQ(BigInt::from_text("1_000", 10), BigInt(1000));
  EXPECT_EQ(BigInt::from_text("fF", 16), BigInt(255));
}

}  // namespace
}  // namespace ouro::support
