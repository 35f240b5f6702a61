// MySQL's DATE, TIME and DATETIME: reading, writing, numbers, and adding intervals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/decimal.h"

namespace vif::types {

// A point in time or a length of time; which, the type of the value beside it says. A date has only
// the first three, a time only the rest (hours up to 838) and the sign.
struct Temporal {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int microsecond = 0;
  bool negative = false;
  bool operator==(const Temporal&) const = default;
};

// A delimiter that MySQL will not take for long: not the standard one of its place, or one too many
// ('\0').
struct DeprecatedDelimiter {
  size_t at = 0;
  char delimiter = '\0';
  char standard = '\0';
};

// What was read: `precision` is the number of digits of the fraction (at most 6), `has_time`
// whether hours were there, `complete` whether nothing was left over.
struct ParsedTemporal {
  Temporal value;
  int precision = 0;
  bool has_time = false;
  bool complete = true;
  std::optional<DeprecatedDelimiter> deprecated = {};  // the first such
};

// "2024-01-02 03:04:05.6", "20240102030405", "24-1-2", any punctuation between; nullopt when it is
// no date. A zero month or day is none, unless `zeros` allows them.
std::optional<ParsedTemporal> parse_datetime(std::string_view text, bool zeros = false);
// "10:11:12.5", "101112", "1 10:11", "-838:59:59"; hours beyond 838 are cut to 838:59:59.
std::optional<ParsedTemporal> parse_time(std::string_view text);
// 20240102, 20240102030405.5; `date_only`: whatever is no time of a day is midnight.
std::optional<ParsedTemporal> datetime_from_number(const Decimal& number, bool zeros = false,
                                                   bool date_only = false);
std::optional<ParsedTemporal> time_from_number(const Decimal& number);

// As CAST reads a number: a date's year may be 2000 without being written, a datetime's has its
// month and day written. What a session allows: zero months and days, the zero date, a day that the
// month has not.
struct NumberCast {
  bool date_only = false;
  bool zero_parts = false;
  bool zero_date = false;
  bool any_day = false;
};
std::optional<ParsedTemporal> cast_from_number(const Decimal& number, const NumberCast& rule);

std::string date_text(const Temporal& t);                 // "2024-01-02"
std::string time_text(const Temporal& t, int precision);  // "-10:11:12.500"
std::string datetime_text(const Temporal& t, int precision);

// 20240102, 20240102030405.5, -101112.5: the number that arithmetic sees.
Decimal date_number(const Temporal& t);
Decimal time_number(const Temporal& t, int precision);
Decimal datetime_number(const Temporal& t, int precision);

// Half up in the fraction's digits, carrying into the day.
Temporal datetime_rounded(const Temporal& t, int precision);
Temporal time_rounded(const Temporal& t, int precision);

int days_in_month(int year, int month);
// Days since 0000-01-01 plus one, as TO_DAYS counts.
int64_t day_number(int year, int month, int day);
void set_from_day_number(Temporal& t, int64_t days);
int day_of_year(const Temporal& t);
// 0 is Monday.
int weekday(const Temporal& t);
// WEEK(date, mode); `year` is the year that the week belongs to (YEARWEEK).
int week_of_year(const Temporal& t, int mode, int& year);

int compare_datetimes(const Temporal& a, const Temporal& b);
int compare_times(const Temporal& a, const Temporal& b);

// Microseconds since 1970-01-01 (of the datetime taken as UTC), and back.
int64_t unix_microseconds(const Temporal& t);
Temporal from_unix_microseconds(int64_t us);

// A length of time in months, days and microseconds.
struct Interval {
  int64_t months = 0;
  int64_t days = 0;
  int64_t seconds = 0;
  int64_t microseconds = 0;
  Interval negated() const { return {-months, -days, -seconds, -microseconds}; }
};

// The datetime plus the interval; nullopt outside 0000..9999. Months are added first, and the day
// cut to the month's last.
std::optional<Temporal> add_interval(const Temporal& t, const Interval& interval);

}  // namespace vif::types
