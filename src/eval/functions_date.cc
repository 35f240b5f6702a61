// Parts of dates and times.
#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/compared_side.h"
#include "eval/function.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/text_call.h"
#include "types/collation/charset.h"

namespace vif::eval {
namespace {

using types::ParsedTemporal;

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
constexpr std::string_view kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};

// What `pick` reads from the date; NULL when there is none.
template <typename Pick>
Datum of_date_part(const Call& call, Pick pick, bool zeros = false, bool any_day = false) {
  const std::optional<ParsedTemporal> parsed =
      to_datetime(call.arg(0), call.context, {zeros, true, any_day});
  return parsed ? Datum::of_int(pick(parsed->value)) : Datum();
}
template <typename Pick>
Datum of_time_part(const Call& call, Pick pick) {
  const std::optional<ParsedTemporal> parsed = to_time(call.arg(0), call.context);
  return parsed ? Datum::of_int(pick(parsed->value)) : Datum();
}

// Years are unsigned.
Datum of_year(int64_t number, const Call& call) {
  Datum out = call.context.env.mariadb ? Datum::of_int(number)
                                       : Datum::of_uint(static_cast<uint64_t>(number));
  out.type = Type::kYear;
  return out;
}

Datum year(const Call& call) {
  // The number 0 is a year of two digits.
  const Datum d = call.arg(0);
  if (d.is_number() && !d.is_null() && to_decimal(d).truncated(0).is_zero()) {
    constexpr int kYearZero = 2000;
    return of_year(kYearZero, call);
  }
  const std::optional<ParsedTemporal> parsed = to_datetime(d, call.context, {true, true});
  return parsed ? of_year(parsed->value.year, call) : Datum();
}
StaticType year_type(const Call&) { return static_type(Type::kYear); }
Datum month(const Call& call) {
  return of_date_part(
      call, [](const Temporal& t) { return t.month; }, true);
}
Datum day(const Call& call) {
  return of_date_part(
      call, [](const Temporal& t) { return t.day; }, true);
}
Datum quarter(const Call& call) {
  return of_date_part(
      call, [](const Temporal& t) { return (t.month + 2) / 3; }, true);
}
Datum dayofyear(const Call& call) {
  return of_date_part(call, [](const Temporal& t) { return types::day_of_year(t); });
}
Datum weekday(const Call& call) {
  return of_date_part(call, [](const Temporal& t) { return types::weekday(t); });
}
Datum dayofweek(const Call& call) {
  return of_date_part(call, [](const Temporal& t) { return (types::weekday(t) + 1) % 7 + 1; });
}
Datum to_days(const Call& call) {
  return of_date_part(
      call, [](const Temporal& t) { return types::day_number(t.year, t.month, t.day); }, false,
      true);
}
Datum to_seconds(const Call& call) {
  const std::optional<ParsedTemporal> parsed = to_datetime(call.arg(0), call.context);
  if (!parsed) return {};
  const Temporal& t = parsed->value;
  return Datum::of_int(types::day_number(t.year, t.month, t.day) * 86400 + t.hour * 3600ll +
                       t.minute * 60 + t.second);
}
Datum hour(const Call& call) {
  return of_time_part(call, [](const Temporal& t) { return t.hour; });
}
Datum minute(const Call& call) {
  return of_time_part(call, [](const Temporal& t) { return t.minute; });
}
Datum second(const Call& call) {
  return of_time_part(call, [](const Temporal& t) { return t.second; });
}
Datum microsecond(const Call& call) {
  return of_time_part(call, [](const Temporal& t) { return t.microsecond; });
}
Datum time_to_sec(const Call& call) {
  return of_time_part(call, [](const Temporal& t) {
    const int64_t seconds = t.hour * 3600ll + t.minute * 60 + t.second;
    return t.negative ? -seconds : seconds;
  });
}

// Of a mode that is NULL the week is 0.
Datum week_in_mode(const Call& call, const Datum& date, std::optional<int64_t> mode,
                   bool with_year) {
  const std::optional<ParsedTemporal> parsed = to_datetime(date, call.context, {false, true});
  if (!parsed) return {};
  if (!mode && call.context.env.mariadb) mode = 0;
  if (!mode) return Datum::of_int(0);
  int week_year = 0;
  const int week = types::week_of_year(parsed->value,
                                       static_cast<int32_t>(*mode) < 0 && !call.context.env.mariadb
                                           ? 0
                                           : static_cast<int>(*mode & 7) | (with_year ? 2 : 0),
                                       week_year);
  return Datum::of_int(with_year ? week_year * 100 + week : week);
}
Datum week(const Call& call) {
  const Datum date = call.arg(0);
  if (call.size() == 1) return week_in_mode(call, date, 0, false);
  // What is no date needs no mode.
  Quiet quiet(call.context);
  const bool needs = call.context.env.mariadb ||
                     (!date.is_null() && to_datetime(date, quiet.context(), {true, false}));
  const Datum mode = needs ? call.arg(1) : Datum();
  return week_in_mode(
      call, date, mode.is_null() ? std::nullopt : std::optional(to_int(mode, call.context)), false);
}
Datum weekofyear(const Call& call) { return week_in_mode(call, call.arg(0), 3, false); }
Datum yearweek(const Call& call) {
  const Datum date = call.arg(0);
  if (call.size() == 1) return week_in_mode(call, date, 0, true);
  const Datum mode = call.arg(1);
  return week_in_mode(
      call, date, mode.is_null() ? std::nullopt : std::optional(to_int(mode, call.context)), true);
}

Datum date_function(const Call& call) {
  const std::optional<ParsedTemporal> parsed =
      to_datetime(call.arg(0), call.context, {takes_zeros(call.context), true, false, true});
  return parsed ? Datum::of_date(parsed->value) : Datum();
}
Datum time_function(const Call& call) {
  const Datum d = operand(call.arg(0), *call.args[0], call.context);
  std::optional<ParsedTemporal> parsed = to_time(d, call.context);
  // A decimal has its digits, zeros too.
  constexpr int kDigitsMost = 6;
  if (parsed && d.form == Form::kDecimal)
    parsed->precision = std::max(parsed->precision, std::min(d.scale, kDigitsMost));
  return parsed ? Datum::of_time(parsed->value, shown_digits(call, 0, parsed->precision)) : Datum();
}
StaticType time_type(const Call& call) {
  return static_type(Type::kTime, kBinaryCollation, time_digits(*call.args[0], call.context));
}

Datum last_day(const Call& call) {
  const Datum d = call.arg(0);
  std::optional<ParsedTemporal> parsed =
      to_datetime(d, call.context, {true, true, false, call.context.env.mariadb});
  if (!parsed || parsed->value.month == 0) {
    const bool number = parsed && d.is_number() && !call.context.env.mariadb;
    // A number's year has two digits, also in 0.
    Temporal shown = parsed ? parsed->value : Temporal();
    if (shown.year == 0) shown.year = 2000;
    if (number) {
      call.context.warn(
          1292, fmt::format("Truncated incorrect date value: '{}'", types::date_text(shown)));
    } else if (parsed && !call.context.env.mariadb) {
      (void)to_datetime(d, call.context, {false, true});  // for its warning
    }
    return {};
  }
  parsed->value.day = types::days_in_month(parsed->value.year, parsed->value.month);
  return Datum::of_date(parsed->value);
}

Datum from_days(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const int64_t days = to_int(d, call.context);
  constexpr int64_t kDayMax = 3652424;
  if (days <= 0 || days > kDayMax) {
    call.context.warn(6527, fmt::format("DATE value is out of range in 'from_days({})'",
                                        call.context.env.mariadb ? to_text(d) : call.source));
    return {};
  }
  Temporal t;
  constexpr int64_t kYearZero = 365;
  if (days <= kYearZero) {
    // The year 0 is no leap year here.
    t.day = static_cast<int>(days);
    for (t.month = 1; t.day > types::days_in_month(1, t.month); ++t.month)
      t.day -= types::days_in_month(1, t.month);
    return Datum::of_date(t);
  }
  types::set_from_day_number(t, days);
  return Datum::of_date(t);
}

Datum datediff(const Call& call) {
  // Both are looked at, whatever the first is.
  constexpr DateRule kRule = {false, true, true};
  const std::optional<ParsedTemporal> a = to_datetime(call.arg(0), call.context, kRule);
  const std::optional<ParsedTemporal> b = to_datetime(call.arg(1), call.context, kRule);
  if (!a || !b) return {};
  const auto days = [](const Temporal& t) { return types::day_number(t.year, t.month, t.day); };
  return Datum::of_int(days(a->value) - days(b->value));
}

Datum makedate(const Call& call) {
  // The day is looked at first.
  const Datum day_value = call.arg(1);
  if (day_value.is_null()) return {};
  const int64_t days = to_int(day_value, call.context);
  const Datum year_value = call.arg(0);
  if (year_value.is_null()) return {};
  int64_t y = to_int(year_value, call.context);
  if (y < 0 || y > 9999 || days < 1 || days > 3652424) return {};
  if (y < 70) y += 2000;
  if (y < 100) y += 1900;
  const int64_t number = types::day_number(static_cast<int>(y), 1, 1) + days - 1;
  if (number > 3652424) return {};
  Temporal t;
  types::set_from_day_number(t, number);
  return Datum::of_date(t);
}

Datum monthname(const Call& call) {
  const std::optional<ParsedTemporal> parsed = to_datetime(call.arg(0), call.context, {true, true});
  if (!parsed || parsed->value.month == 0) return {};
  return Datum::of_text(std::string(kMonths[static_cast<size_t>(parsed->value.month - 1)]),
                        call.collation);
}
Datum dayname(const Call& call) {
  const std::optional<ParsedTemporal> parsed =
      to_datetime(call.arg(0), call.context, {false, true});
  return parsed ? Datum::of_text(std::string(kDays[types::weekday(parsed->value)]), call.collation)
                : Datum();
}
StaticType name_type(const Call& call) { return static_type(Type::kVarchar, call.collation); }

std::string_view ordinal(int n) {
  if (n % 100 >= 11 && n % 100 <= 13) return "th";
  return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

std::string clock_12(const Temporal& t) {
  return fmt::format("{:02}:{:02}:{:02} {}", (t.hour + 11) % 12 + 1, t.minute, t.second,
                     t.hour % 24 < 12 ? "AM" : "PM");
}

std::string week_text(const Temporal& t, int mode, bool with_year) {
  int week_year = 0;
  const int n = types::week_of_year(t, mode, week_year);
  // The year before 0 has no sign there.
  return with_year ? fmt::format("{:04}", static_cast<uint32_t>(week_year))
                   : fmt::format("{:02}", n);
}

std::string format_letter(const Temporal& t, char letter) {
  const int hour_12 = (t.hour + 11) % 12 + 1;
  switch (letter) {
    case 'a': return std::string(kDays[types::weekday(t)].substr(0, 3));
    case 'b': return std::string(kMonths[t.month - 1].substr(0, 3));
    case 'c': return std::to_string(t.month);
    case 'D': return std::to_string(t.day) + std::string(ordinal(t.day));
    case 'd': return fmt::format("{:02}", t.day);
    case 'e': return std::to_string(t.day);
    case 'f': return fmt::format("{:06}", t.microsecond);
    case 'H': return fmt::format("{:02}", t.hour);
    case 'h':
    case 'I': return fmt::format("{:02}", hour_12);
    case 'i': return fmt::format("{:02}", t.minute);
    case 'j': return fmt::format("{:03}", types::day_of_year(t));
    case 'k': return std::to_string(t.hour);
    case 'l': return std::to_string(hour_12);
    case 'M': return std::string(kMonths[t.month - 1]);
    case 'm': return fmt::format("{:02}", t.month);
    case 'p': return t.hour % 24 < 12 ? "AM" : "PM";
    case 'r': return clock_12(t);
    case 'S':
    case 's': return fmt::format("{:02}", t.second);
    case 'T': return fmt::format("{:02}:{:02}:{:02}", t.hour, t.minute, t.second);
    case 'U': return week_text(t, 0, false);
    case 'u': return week_text(t, 1, false);
    case 'V': return week_text(t, 2, false);
    case 'v': return week_text(t, 3, false);
    case 'W': return std::string(kDays[types::weekday(t)]);
    case 'w': return std::to_string((types::weekday(t) + 1) % 7);
    case 'X': return week_text(t, 2, true);
    case 'x': return week_text(t, 3, true);
    case 'Y': return fmt::format("{:04}", t.year);
    case 'y': return fmt::format("{:02}", t.year % 100);
    default: return std::string(1, letter);
  }
}

}  // namespace

int shown_digits(const Call& call, size_t arg, int own) {
  constexpr int kFractionDigits = 6;
  const Type t = call.arg_type(arg).type;
  const bool text = types::is_text(t) || types::is_binary(t) || t == Type::kEnum || t == Type::kSet;
  return text && !call.args[arg]->is_constant() ? kFractionDigits : own;
}

Datum format_date(const Temporal& t, const Datum& format, const Call& call) {
  std::string pattern = to_text(format);
  if (pattern.empty()) return {};
  // Bytes are no text to it, and each is a character.
  if (call.context.env.mariadb && format.form == Form::kBytes)
    pattern = types::convert(pattern, charset_named("latin1"), charset_named("utf8mb4"));
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      out += pattern[i];
    } else {
      out += format_letter(t, pattern[++i]);
    }
  }
  return Datum::of_text(std::move(out),
                        format.form == Form::kText ? format.collation : call.collation);
}

namespace {

Datum date_format(const Call& call) {
  const bool mariadb = call.context.env.mariadb;
  const Datum d = call.arg(0);
  if (d.is_null() && !mariadb) return {};
  Datum format = mariadb ? call.arg(1) : Datum();
  if (d.is_null() || (format.is_null() && mariadb)) return {};
  // Numbers below the first date of 2000 are none, but for 0.
  constexpr double kFirstDate = 101;
  const bool small = d.is_number() && to_double(d) >= 1 && to_double(d) < kFirstDate;
  const std::optional<ParsedTemporal> parsed = to_datetime(d, call.context, {!small, false});
  if (!parsed) return {};
  if (!mariadb) format = call.arg(1);
  if (format.is_null()) return {};
  if (parsed->value.month == 0 || parsed->value.day == 0) {
    const std::string pattern = to_text(format);
    for (size_t i = 0; i + 1 < pattern.size(); ++i) {
      if (pattern[i] != '%') continue;
      const char c = pattern[++i];
      if ((c == 'M' || c == 'b') && parsed->value.month == 0) return {};
      const bool day_name = c == 'a' || c == 'W' || c == 'w';
      if (day_name && parsed->value.month == 0 && parsed->value.year == 0) return {};
    }
  }
  return format_date(parsed->value, format, call);
}

// "YYYYMM" or "YYMM" as months since year 0, and back.
int64_t period_months(int64_t period) {
  int64_t year_part = period / 100;
  if (year_part < 70) {
    year_part += 2000;
  } else if (year_part < 100) {
    year_part += 1900;
  }
  return year_part * 12 + period % 100 - 1;
}
bool valid_period(int64_t period) { return period > 0 && period % 100 >= 1 && period % 100 <= 12; }

[[noreturn]] void wrong_period(std::string_view function) {
  throw SqlError{Error(Code::kInvalidArgument, 1210, "HY000",
                       fmt::format("Incorrect arguments to {}", function))};
}

Datum period_add(const Call& call) {
  const Datum period = call.arg(0);
  if (period.is_null()) return {};
  const Datum months = call.arg(1);
  // Both are read, whatever the other is.
  if (months.is_null() && !period.is_null()) (void)to_int(period, call.context);
  if (period.is_null() || months.is_null()) return {};
  if (!valid_period(to_int(period, call.context))) wrong_period("period_add");
  // The server counts without a sign.
  const auto total = static_cast<uint64_t>(period_months(to_int(period))) +
                     static_cast<uint64_t>(to_int(months, call.context));
  if (total == 0) return Datum::of_int(0);
  uint64_t year_part = total / 12;
  if (year_part < 100) year_part += year_part < 70 ? 2000 : 1900;
  return Datum::of_int(static_cast<int64_t>(year_part * 100 + total % 12 + 1));
}

Datum period_diff(const Call& call) {
  const Datum a = call.arg(0);
  if (a.is_null() && !call.context.env.mariadb) return {};
  const Datum b = call.arg(1);
  if (a.is_null() || (b.is_null() && call.context.env.mariadb)) return {};
  const int64_t x = to_int(a, call.context);
  if (b.is_null()) return {};
  const int64_t y = to_int(b, call.context);
  if (!valid_period(x) || !valid_period(y)) wrong_period("period_diff");
  return Datum::of_int(period_months(x) - period_months(y));
}

// The server's decimals have no more digits.
std::string shown_decimal(const Decimal& d) {
  return d.integer_digits() > Decimal::kDigitsMax ? d.clamped(Decimal::kDigitsMax, 0).to_string()
                                                  : d.to_string();
}

// Seconds as a TIME, cut at 838:59:59. `shown`: what is cut, in the message.
Datum time_of_seconds(const Call& call, const Decimal& seconds, int precision,
                      const std::string& shown) {
  constexpr int64_t kSecondsMax = 838 * 3600 + 59 * 60 + 59;
  const Decimal magnitude = seconds.is_negative() ? seconds.negated() : seconds;
  const std::optional<int64_t> us = (magnitude * Decimal::from_int(1000000)).rounded(0).to_int64();
  Temporal t;
  const bool past =
      us && call.name == "maketime" && !call.context.env.mariadb && *us > kSecondsMax * 1000000;
  const bool over = !us || past || *us / 1000000 > kSecondsMax;
  t.negative = seconds.is_negative() && (over || *us != 0);
  const int64_t whole = over ? kSecondsMax : *us / 1000000;
  t.microsecond = over ? 0 : static_cast<int>(*us % 1000000);
  t.second = static_cast<int>(whole % 60);
  t.minute = static_cast<int>(whole / 60 % 60);
  t.hour = static_cast<int>(whole / 3600);
  if (over) call.context.warn(1292, fmt::format("Truncated incorrect time value: '{}'", shown));
  return Datum::of_time(t, precision);
}

int precision_of_number(const Datum& d) {
  if (d.is_temporal()) return d.precision;
  if (d.form == Form::kJson) return 6;
  const bool fixed = d.form == Form::kFloat && d.scale > 0;
  if (d.form == Form::kDecimal || fixed) return std::min(d.scale, 6);
  return d.form == Form::kFloat || (d.is_textual() && !d.is_hex_or_bit()) ? 6 : 0;
}

Datum sec_to_time(const Call& call) {
  const Datum d = operand(call.arg(0), *call.args[0], call.context);
  if (d.is_null()) return {};
  const Decimal seconds = to_decimal(d, call.context);
  const bool read = d.form == Form::kFloat || (d.is_textual() && !d.is_hex_or_bit());
  return time_of_seconds(call, seconds, precision_of_number(d),
                         read || d.form == Form::kDecimal || d.is_hex_or_bit()
                             ? shown_decimal(seconds)
                             : to_text(d.is_temporal() ? to_number(d) : d));
}
StaticType sec_to_time_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  return static_type(Type::kTime, kBinaryCollation,
                     call.context.env.mariadb ? mariadb_seconds_digits(t) : seconds_digits(t));
}

// What MAKETIME was given: hours without their sign, seconds with the fraction that they have.
std::string shown_clock(const Datum& hours, int64_t h, int64_t m, const Decimal& s,
                        const Datum& seconds, bool mariadb) {
  constexpr int kNanoDigits = 9;
  // Of more than 32 bits they keep it.
  const bool keeps = !mariadb && hours.form != Form::kUint && h < -int64_t{UINT32_MAX};
  const uint64_t magnitude = hours.form == Form::kUint ? hours.u
                             : h < 0                   ? 0 - static_cast<uint64_t>(h)
                                                       : static_cast<uint64_t>(h);
  const bool temporal = seconds.is_temporal() && !mariadb;
  const int digits = seconds.form == Form::kDecimal ? std::min(seconds.scale, kNanoDigits)
                     : temporal                     ? seconds.precision
                     : seconds.is_number() && seconds.form != Form::kFloat ? 0
                                                                           : kNanoDigits;
  const Decimal cut = s.truncated(digits);
  std::string out =
      fmt::format("{}{}:{:02}:{:0>2}", keeps ? "-" : "", magnitude, m, s.truncated(0).to_string());
  const std::string text = Datum::of_decimal(cut, digits).decimal.to_string();
  const size_t point = text.find('.');
  if (point == std::string::npos || (cut - cut.truncated(0)).is_zero()) return out;
  std::string fraction = text.substr(point + 1);
  fraction.resize(static_cast<size_t>(digits), '0');
  return out + "." + fraction;
}

Datum maketime(const Call& call) {
  std::vector<Datum> v;
  const bool null = any_null(call, v);
  if (null && call.context.env.mariadb) return {};
  if (v.size() == 3) v[2] = operand(std::move(v[2]), *call.args[2], call.context);
  // Each is read before it is known that a later one is NULL.
  const auto known = [&](size_t i) { return i < v.size() && !v[i].is_null(); };
  int64_t h = !known(0)                                        ? 0
              : v[0].form == Form::kUint && v[0].u > INT64_MAX ? INT64_MAX
                                                               : to_int(v[0], call.context);
  const int64_t m = known(1) ? to_int(v[1], call.context) : 0;
  if (null) return {};
  const Datum& hours = v[0];
  const Datum& seconds = v[2];
  const Decimal s = to_decimal(seconds, call.context);
  // Seconds have no more than two words of nine digits.
  constexpr int kDigitsMost = 18;
  const bool beyond = s.integer_digits() > kDigitsMost;
  if (beyond && !call.context.env.mariadb) {
    call.context.warn(1292,
                      fmt::format("Truncated incorrect DECIMAL value: '{}'", shown_decimal(s)));
  }
  if (m < 0 || m > 59 || s.is_negative() || compare(s, Decimal::from_int(60)) >= 0) return {};
  const bool negative = h < 0;
  // MariaDB shows a sign, and whole seconds.
  const bool mariadb = call.context.env.mariadb;
  std::string shown = shown_clock(hours, h, m, mariadb ? s.truncated(0) : s, seconds, mariadb);
  if (mariadb && negative) shown.insert(0, "-");
  h = std::min<int64_t>(negative ? (h == INT64_MIN ? INT64_MAX : -h) : h, 1000);
  const Decimal total = Decimal::from_int(h * 3600 + m * 60) + s;
  Datum out = time_of_seconds(call, negative ? total.negated() : total,
                              precision_of_number(seconds), shown);
  return out;
}
StaticType maketime_type(const Call& call) {
  const StaticType t = call.arg_type(2);
  return static_type(Type::kTime, kBinaryCollation,
                     call.context.env.mariadb ? mariadb_seconds_digits(t) : seconds_digits(t));
}

constexpr Function kFunctions[] = {
    {"sec_to_time", 1, 1, sec_to_time, sec_to_time_type},
    {"maketime", 3, 3, maketime, maketime_type},
    {"year", 1, 1, year, year_type},
    {"month", 1, 1, month, int_type},
    {"day", 1, 1, day, int_type},
    {"dayofmonth", 1, 1, day, int_type},
    {"quarter", 1, 1, quarter, int_type},
    {"dayofyear", 1, 1, dayofyear, int_type},
    {"dayofweek", 1, 1, dayofweek, int_type},
    {"weekday", 1, 1, weekday, int_type},
    {"week", 1, 2, week, int_type},
    {"weekofyear", 1, 1, weekofyear, int_type},
    {"yearweek", 1, 2, yearweek, int_type},
    {"to_days", 1, 1, to_days, int_type},
    {"to_seconds", 1, 1, to_seconds, int_type},
    {"hour", 1, 1, hour, int_type},
    {"minute", 1, 1, minute, int_type},
    {"second", 1, 1, second, int_type},
    {"microsecond", 1, 1, microsecond, int_type},
    {"time_to_sec", 1, 1, time_to_sec, int_type},
    {"date", 1, 1, date_function, date_type},
    {"time", 1, 1, time_function, time_type},
    {"last_day", 1, 1, last_day, date_type},
    {"from_days", 1, 1, from_days, date_type},
    {"datediff", 2, 2, datediff, int_type},
    {"makedate", 2, 2, makedate, date_type},
    {"monthname", 1, 1, monthname, name_type},
    {"dayname", 1, 1, dayname, name_type},
    {"date_format", 2, 2, date_format, name_type},
    {"period_add", 2, 2, period_add, int_type},
    {"period_diff", 2, 2, period_diff, int_type},
};

}  // namespace

std::span<const Function> date_functions() { return kFunctions; }

}  // namespace vif::eval
