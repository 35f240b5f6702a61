#include "types/decimal.h"

#include <gtest/gtest.h>

namespace vif::types {
namespace {

Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }

TEST(Decimal, TextBothWays) {
  for (const char* text : {"0", "1", "-1", "0.5", "-0.05",
                           "123456789012345678901234567890.123456789012345678901234567890",
                           "1000000000", "1000000000000000000", "0.000000001", "1.50", "0.00"}) {
    EXPECT_EQ(dec(text).to_string(), text);
  }
  EXPECT_EQ(dec("1e3").to_string(), "1000");
  EXPECT_EQ(dec("1.5e-3").to_string(), "0.0015");
  EXPECT_EQ(dec(".5").to_string(), "0.5");
  EXPECT_EQ(dec("-0").to_string(), "0");
  EXPECT_FALSE(Decimal::parse("1x"));
  EXPECT_FALSE(Decimal::parse(""));
  std::string_view rest;
  EXPECT_EQ(Decimal::parse_prefix("  12.5abc", &rest).to_string(), "12.5");
  EXPECT_EQ(rest, "abc");
}

TEST(Decimal, Arithmetic) {
  EXPECT_EQ((dec("1.5") + dec("-2.75")).to_string(), "-1.25");
  EXPECT_EQ((dec("999999999") + dec("1")).to_string(), "1000000000");
  EXPECT_EQ((dec("1000000000") - dec("1")).to_string(), "999999999");
  EXPECT_EQ((dec("99999999999999999999") * dec("-99999999999999999999")).to_string(),
            "-9999999999999999999800000000000000000001");
  EXPECT_EQ(Decimal::divide(dec("1"), dec("3"), 4).to_string(), "0.3333");
  EXPECT_EQ(Decimal::divide(dec("-10"), dec("0.4"), 2).to_string(), "-25.00");
  EXPECT_EQ(Decimal::divide(dec("1000000000000000000000"), dec("999999999999"), 0).to_string(),
            "1000000000");
  EXPECT_EQ(Decimal::modulo(dec("-7.5"), dec("2")).to_string(), "-1.5");
  const Decimal nothing = Decimal::modulo(dec("-7.5"), dec("2.5"));
  EXPECT_EQ(nothing.rounded(2).to_string(), "-0.00");
  EXPECT_LT(compare(nothing, Decimal()), 0);
  EXPECT_EQ((nothing + Decimal()).to_string(), "0.0");
  EXPECT_EQ(nothing.negated().to_string(), "0.0");
}

TEST(Decimal, Rounding) {
  EXPECT_EQ(dec("2.5").rounded(0).to_string(), "3");
  EXPECT_EQ(dec("-2.5").rounded(0).to_string(), "-3");
  EXPECT_EQ(dec("2.4999999999999").rounded(0).to_string(), "2");
  EXPECT_EQ(dec("1234.5").rounded(-2).to_string(), "1200");
  EXPECT_EQ(dec("1250").rounded(-2).to_string(), "1300");
  EXPECT_EQ(dec("-1.29").truncated(1).to_string(), "-1.2");
  EXPECT_EQ(dec("-1.2").floor().to_string(), "-2");
  EXPECT_EQ(dec("-1.2").ceil().to_string(), "-1");
  EXPECT_EQ(dec("1.2").ceil().to_string(), "2");
  EXPECT_EQ(dec("12345.678").clamped(4, 2).to_string(), "99.99");
  EXPECT_EQ(dec("0.005").rounded(2).to_string(), "0.01");
}

TEST(Decimal, OrderAndIntegers) {
  EXPECT_LT(compare(dec("-1"), dec("1")), 0);
  EXPECT_EQ(compare(dec("1.50"), dec("1.5")), 0);
  EXPECT_GT(compare(dec("-1"), dec("-1.1")), 0);
  EXPECT_EQ(dec("9223372036854775807.4").to_int64(), INT64_MAX);
  EXPECT_EQ(dec("9223372036854775807.5").to_int64(), std::nullopt);
  EXPECT_EQ(dec("-1").to_uint64(), std::nullopt);
  EXPECT_EQ(Decimal::from_int(INT64_MIN).to_string(), "-9223372036854775808");
}

}  // namespace
}  // namespace vif::types
