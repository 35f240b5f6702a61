// Dates and times from any text: what is read is a date or time, what is written reads back the
// same, and days added come off again.
#include "base/assert.h"
#include "types/temporal.h"

namespace vif::types {
namespace {

void check_fields(const Temporal& t) {
  VIF_ASSERT(t.year >= 0 && t.year <= 9999 && t.month >= 0 && t.month <= 12 && t.day >= 0 &&
             t.day <= 31);
  VIF_ASSERT(t.hour >= 0 && t.hour <= 838 && t.minute >= 0 && t.minute <= 59 && t.second >= 0 &&
             t.second <= 59);
  VIF_ASSERT(t.microsecond >= 0 && t.microsecond <= 999'999);
}

void check_datetime(const ParsedTemporal& parsed, const Interval& interval) {
  const Temporal& t = parsed.value;
  check_fields(t);
  VIF_ASSERT(t.hour <= 23 && !t.negative && parsed.precision >= 0 && parsed.precision <= 6);
  const auto again = parse_datetime(datetime_text(t, 6));
  VIF_ASSERT(again && again->complete && again->value == t);
  const auto number = datetime_from_number(datetime_number(t, 6));
  if (t.year >= 100)
    VIF_ASSERT(number && number->value == t);  // shorter numbers have years of two digits
  for (int precision = 0; precision <= 6; ++precision) {
    const Temporal near = datetime_rounded(t, precision);
    if (near.year <= 9999) check_fields(near);
  }
  VIF_ASSERT(from_unix_microseconds(unix_microseconds(t)) == t);
  const int weekday_of = weekday(t);
  VIF_ASSERT(weekday_of >= 0 && weekday_of <= 6 && day_of_year(t) >= 1 && day_of_year(t) <= 366);
  for (int mode = 0; mode < 8; ++mode) {
    int year = 0;
    const int week = week_of_year(t, mode, year);
    VIF_ASSERT(week >= 0 && week <= 53);
  }
  if (const auto later = add_interval(t, interval)) {
    check_fields(*later);
    if (interval.months == 0) {
      const auto back = add_interval(*later, interval.negated());
      VIF_ASSERT(back && *back == t);
    }
  }
}

void check_time(const ParsedTemporal& parsed) {
  const Temporal& t = parsed.value;
  check_fields(t);
  const auto again = parse_time(time_text(t, 6));
  VIF_ASSERT(again && again->complete && compare_times(again->value, t) == 0);
  const auto number = time_from_number(time_number(t, 6));
  VIF_ASSERT(number && compare_times(number->value, t) == 0);
  for (int precision = 0; precision <= 6; ++precision)
    (void)time_text(time_rounded(t, precision), precision);
}

void one(std::string_view text) {
  Interval interval;
  int64_t* const parts[] = {&interval.months, &interval.days, &interval.seconds,
                            &interval.microseconds};
  // One part, of any size: what a statement's INTERVAL gives.
  const auto which = static_cast<unsigned char>(text.front());
  for (size_t i = 1; i < 9; ++i) {
    *parts[which % 4] = static_cast<int64_t>(static_cast<uint64_t>(*parts[which % 4]) << 8 |
                                             static_cast<unsigned char>(text[i]));
  }
  if (*parts[which % 4] == INT64_MIN) return;  // has no opposite
  if (which >= 128) *parts[which % 4] %= 1'000'000;
  text.remove_prefix(9);
  if (const auto parsed = parse_datetime(text)) check_datetime(*parsed, interval);
  if (const auto parsed = parse_time(text)) check_time(*parsed);
  const Decimal number = Decimal::parse_prefix(text);
  if (const auto parsed = datetime_from_number(number)) check_datetime(*parsed, interval);
  if (const auto parsed = time_from_number(number)) check_time(*parsed);
}

}  // namespace
}  // namespace vif::types

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size >= 9 && size < 100) vif::types::one({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
