#include "types/temporal.h"

#include <gtest/gtest.h>

#include "types/float_text.h"

namespace vif::types {
namespace {

std::string datetime(std::string_view text) {
  const auto parsed = parse_datetime(text);
  return parsed ? datetime_text(parsed->value, parsed->precision) : "none";
}
std::string time(std::string_view text) {
  const auto parsed = parse_time(text);
  return parsed ? time_text(parsed->value, parsed->precision) : "none";
}

TEST(Temporal, ReadsWhatTheServerReads) {
  EXPECT_EQ(datetime("2024-02-29 01:02:03.5"), "2024-02-29 01:02:03.5");
  EXPECT_EQ(datetime("20240229"), "2024-02-29 00:00:00");
  EXPECT_EQ(datetime("20240229010203"), "2024-02-29 01:02:03");
  EXPECT_EQ(datetime("240229"), "2024-02-29 00:00:00");
  EXPECT_EQ(datetime("2024/2/9T1:2:3"), "2024-02-09 01:02:03");
  EXPECT_EQ(datetime("70-1-1"), "1970-01-01 00:00:00");
  EXPECT_EQ(datetime("2024-12-31 23:59:59.9999999"), "2025-01-01 00:00:00.000000");
  for (const char* text :
       {"2023-02-29", "2024-13-01", "pokemon trainers", "", "20240229foo", "0000-02-29"}) {
    EXPECT_EQ(datetime(text), "none") << text;
  }
  EXPECT_EQ(time("10:11:12.25"), "10:11:12.25");
  EXPECT_EQ(time("-1 10:00"), "-34:00:00");
  EXPECT_EQ(time("101112"), "10:11:12");
  EXPECT_EQ(time("900:00:00"), "838:59:59");
  EXPECT_EQ(time("10:61:00"), "none");
}

TEST(Temporal, Days) {
  EXPECT_EQ(day_number(1970, 1, 1), 719528);
  EXPECT_EQ(day_number(2007, 10, 7), 733321);
  for (int64_t days = 366; days < 3652424; days += 17) {
    Temporal t;
    set_from_day_number(t, days);
    ASSERT_EQ(day_number(t.year, t.month, t.day), days);
  }
  EXPECT_EQ(weekday(parse_datetime("2024-02-29")->value), 3);
  EXPECT_EQ(day_of_year(parse_datetime("2024-12-31")->value), 366);
}

TEST(Temporal, Intervals) {
  const auto plus = [](std::string_view text, const Interval& interval) {
    const auto sum = add_interval(parse_datetime(text)->value, interval);
    return sum ? datetime_text(*sum, 0) : "none";
  };
  EXPECT_EQ(plus("2024-01-31", {1, 0, 0, 0}), "2024-02-29 00:00:00");
  EXPECT_EQ(plus("2024-03-01", {0, -1, 0, 0}), "2024-02-29 00:00:00");
  EXPECT_EQ(plus("2024-01-01", {0, 0, -1, 0}), "2023-12-31 23:59:59");
  EXPECT_EQ(plus("9999-12-31", {0, 1, 0, 0}), "none");
}

TEST(FloatText, IsTheServers) {
  EXPECT_EQ(double_text(0.1), "0.1");
  EXPECT_EQ(double_text(1e15), "1e15");
  EXPECT_EQ(double_text(1234567890123456.7), "1234567890123456.8");  // which has a fraction
  EXPECT_EQ(double_text(123456789012345), "123456789012345");
  EXPECT_EQ(double_text(-1.5e-20), "-1.5e-20");
  EXPECT_EQ(double_text(1.7976931348623157e308), "1.7976931348623157e308");
  std::string_view rest;
  EXPECT_EQ(parse_double_prefix(" 1.5e3x", &rest), 1500);
  EXPECT_EQ(rest, "x");
}

TEST(Temporal, TimesBeyondTheRangeAreNoTimes) {
  EXPECT_EQ(time_text(time_from_number(Decimal::parse("-8385959").value()).value().value, 0),
            "-838:59:59");
  // The hours of the last two are small again when cut to 32 bits.
  for (const std::string_view number :
       {"8390000", "-8390000", "-844674407371550", "-42949672960000"}) {
    EXPECT_FALSE(time_from_number(Decimal::parse(number).value())) << number;
  }
}

}  // namespace
}  // namespace vif::types
