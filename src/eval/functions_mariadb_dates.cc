// MariaDB's functions of dates and times that are not MySQL's.
#include <algorithm>
#include <cstdlib>

#include "eval/clock_time.h"
#include "eval/function.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/time_zone.h"

namespace vif::eval {
namespace {

using types::ParsedTemporal;

constexpr int64_t kMicro = 1000000;
constexpr int kFractionDigits = 6;
// Longer ones are cut to the last microsecond of 838:59:59.
constexpr int64_t kTimeMostUs = (838ll * 3600 + 59 * 60 + 60) * kMicro - 1;

Temporal cut(Temporal t, int digits) {
  int unit = 1;
  for (int i = digits; i < kFractionDigits; ++i) unit *= 10;
  t.microsecond -= t.microsecond % unit;
  if (t.hour == 0 && t.minute == 0 && t.second == 0 && t.microsecond == 0) t.negative = false;
  return t;
}

Datum time_of(int64_t us, int digits, const Context& context) {
  const int64_t kept = std::clamp(us, -kTimeMostUs, kTimeMostUs);
  // As many seconds as fit in an int, its message shows.
  constexpr int64_t kShownMost = int64_t{INT32_MAX} * kMicro;
  const int64_t rest = us % kMicro;
  const int64_t told = us > kShownMost + kMicro - 1 ? kShownMost + rest : us;
  if (kept != us)
    context.warn(1292,
                 fmt::format("Truncated incorrect time value: '{}'",
                             types::time_text(clock_of(told), rest == 0 ? 0 : kFractionDigits)));
  return Datum::of_time(cut(clock_of(kept), digits), digits);
}

bool is_dated(Type t) { return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp; }

// As many digits as there are, when the first is a text or a double; else those that the types say.
bool shows_what_it_has(const Call& call) { return !mariadb_decimals(call.arg_type(0)); }
// Of what is added: NULL has all digits.
int added_digits(const Call& call) { return mariadb_interval_digits(*call.args[1], call.context); }

Datum add_time(const Call& call, int sign) {
  for (size_t i = 0; i < call.size(); ++i)
    check_mariadb_no_json(call.arg_type(i), sign > 0 ? "addtime" : "subtime");
  const Datum base = call.arg(0);
  const Datum more = call.arg(1);
  if (base.is_null()) return {};
  const std::optional<MariadbMoment> a = mariadb_moment(base, call.context);
  if (!a || more.is_null()) return {};
  const std::optional<MariadbMoment> b = mariadb_interval(more, call.context);
  if (!b) return {};
  const int64_t us = a->us + sign * b->us;
  const bool temporal = base.is_temporal();
  int digits = std::max(time_digits(*call.args[0], call.context, true), added_digits(call));
  if (!temporal && shows_what_it_has(call))
    digits = us % kMicro != 0 || std::abs(us) > kTimeMostUs ? kFractionDigits : 0;
  Datum out;
  if (!a->dated) {
    out = time_of(us, digits, call.context);
  } else {
    if (!temporal && shows_what_it_has(call)) digits = us % kMicro != 0 ? kFractionDigits : 0;
    const Temporal t = types::from_unix_microseconds(us);
    if (t.year < 1 || t.year > 9999) return {};
    out = Datum::of_datetime(t, digits);
  }
  if (temporal) return out;
  Datum text = Datum::of_text(to_text(out), call.collation);
  text.made_of = std::make_shared<const Datum>(std::move(out));  // what numbers are read from
  return text;
}
Datum addtime(const Call& call) { return add_time(call, 1); }
Datum subtime(const Call& call) { return add_time(call, -1); }
StaticType addtime_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  const int scale = std::max(std::min(t.scale, kFractionDigits), added_digits(call));
  if (is_dated(t.type)) return static_type(Type::kDatetime, kBinaryCollation, scale);
  if (t.type == Type::kTime) return static_type(Type::kTime, kBinaryCollation, scale);
  StaticType out = static_type(Type::kChar, call.collation);
  const bool open = shows_what_it_has(call);
  const int digits =
      open ? kFractionDigits : std::max(mariadb_seconds_digits(t), added_digits(call));
  constexpr int kLength = 19;
  out.size = kLength + (digits > 0 ? digits + 1 : 0);
  out.fixed = !open;
  out.scale = open ? 0 : digits;
  return out;
}

Datum timediff(const Call& call) {
  const Datum left = call.arg(0);
  const Datum right = call.arg(1);
  if (left.is_null()) return {};
  const std::optional<MariadbMoment> a = mariadb_moment(left, call.context);
  if (!a || right.is_null()) return {};
  const std::optional<MariadbMoment> b = mariadb_moment(right, call.context);
  if (!b || a->dated != b->dated) return {};
  const int digits =
      std::max(time_digits(*call.args[0], call.context), time_digits(*call.args[1], call.context));
  // A DATE beside a DATETIME is none of its kind.
  if (a->date_only != b->date_only) return {};
  return time_of(a->us - b->us, digits, call.context);
}
StaticType timediff_type(const Call& call) {
  return static_type(
      Type::kTime, kBinaryCollation,
      std::max(time_digits(*call.args[0], call.context), time_digits(*call.args[1], call.context)));
}

Datum timestamp_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const std::optional<ParsedTemporal> parsed =
      to_datetime(d, call.context, {call.size() == 1, false, false, true});
  if (!parsed) return {};
  int digits = time_digits(*call.args[0], call.context, true);
  if (call.size() == 1) return Datum::of_datetime(cut(parsed->value, digits), digits);
  const std::optional<MariadbMoment> time = mariadb_interval(call.arg(1), call.context);
  if (!time) return {};
  digits = std::max(digits, added_digits(call));
  const Temporal t =
      types::from_unix_microseconds(types::unix_microseconds(parsed->value) + time->us);
  if (t.year < 1 || t.year > 9999) return {};
  return Datum::of_datetime(cut(t, digits), digits);
}
StaticType timestamp_type(const Call& call) {
  int scale = time_digits(*call.args[0], call.context, true);
  if (call.size() > 1) scale = std::max(scale, added_digits(call));
  return static_type(Type::kDatetime, kBinaryCollation, scale);
}

int number_digits(const Call& call) { return mariadb_seconds_digits(call.arg_type(0)); }
// What a function of seconds reads, and how its warnings show it.
struct Seconds {
  Decimal value;
  std::string shown;
};
// REQUIRES: not null. Warns.
Seconds seconds_of(const Datum& d, Type type, const Context& context) {
  if (d.is_hex_or_bit() || d.is_member()) {
    const Datum number = to_number(d, context);
    return {to_decimal(number), to_text(number)};
  }
  if (d.is_textual() && type == Type::kHexVal) {
    const int64_t whole = to_int(d, context);
    return {Decimal::from_int(whole), std::to_string(whole)};
  }
  if (d.is_textual()) {
    Decimal value = to_decimal(d, context);
    return {value, value.to_string()};
  }
  if (d.is_temporal()) {
    const Decimal value = to_decimal(d);
    const bool whole = d.temporal.microsecond == 0 && d.precision == 0;
    return {value, whole ? to_text(mariadb_integer(d, false, context))
                         : to_text(Datum::of_decimal(value, kFractionDigits))};
  }
  if (d.form == Form::kDecimal && d.scale == 0) {
    const Datum whole = mariadb_integer(d, false, context);
    return {to_decimal(whole), to_text(whole)};
  }
  return {to_decimal(d, context), to_text(d)};
}

Datum sec_to_time(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const int digits = number_digits(call);
  const Seconds seconds = seconds_of(d, call.arg_type(0).type, call.context);
  const std::optional<int64_t> us =
      (seconds.value * Decimal::from_int(kMicro)).truncated(0).to_int64();
  const bool over = !us || *us > kTimeMostUs || *us < -kTimeMostUs;
  if (over) {
    constexpr int kDigitsMost = 18;
    const bool exact = d.form == Form::kDecimal && d.scale > 0;
    const Decimal shown = seconds.value.truncated(kFractionDigits);
    call.context.warn(1292, fmt::format("Truncated incorrect seconds value: '{}'",
                                        exact && seconds.value.integer_digits() <= kDigitsMost
                                            ? to_text(Datum::of_decimal(shown, kFractionDigits))
                                            : seconds.shown));
  }
  const int64_t kept = !over ? *us : seconds.value.is_negative() ? -kTimeMostUs : kTimeMostUs;
  return Datum::of_time(cut(clock_of(kept), digits), digits);
}
StaticType sec_to_time_type(const Call& call) {
  return static_type(Type::kTime, kBinaryCollation, number_digits(call));
}

Datum decimal_seconds(int64_t us, int digits) {
  if (digits == 0) return Datum::of_int(us / kMicro);
  const Decimal exact =
      Decimal::divide(Decimal::from_int(us), Decimal::from_int(kMicro), kFractionDigits);
  return Datum::of_decimal(exact.truncated(digits), digits);
}
StaticType seconds_type(int digits) {
  StaticType out =
      static_type(digits == 0 ? Type::kInt64 : Type::kDecimal, kBinaryCollation, digits);
  constexpr int kLength = 17;
  out.size = kLength + (digits > 0 ? digits + 1 : 0);
  return out;
}

Datum time_function(const Call& call) {
  const std::optional<ParsedTemporal> parsed = to_time(call.arg(0), call.context);
  const int digits = time_digits(*call.args[0], call.context);
  return parsed ? Datum::of_time(cut(parsed->value, digits), digits) : Datum();
}
StaticType time_function_type(const Call& call) {
  return static_type(Type::kTime, kBinaryCollation, time_digits(*call.args[0], call.context));
}

Datum time_to_sec(const Call& call) {
  const std::optional<ParsedTemporal> time = to_time(call.arg(0), call.context);
  if (!time) return {};
  const Temporal& t = time->value;
  const int64_t us = ((t.hour * 60ll + t.minute) * 60 + t.second) * kMicro + t.microsecond;
  // Of the longest time the last digits are rounded.
  const int digits = time_digits(*call.args[0], call.context);
  constexpr int64_t kLongest = 3020399999999;
  return decimal_seconds(
      (t.negative ? -1 : 1) *
          (us == kLongest && digits > 0 && digits < kFractionDigits ? us + 1 : us),
      digits);
}
StaticType time_to_sec_type(const Call& call) {
  return seconds_type(time_digits(*call.args[0], call.context));
}

std::shared_ptr<const TimeZone> session_zone(const Call& call) {
  std::shared_ptr<const TimeZone> zone = TimeZone::find(call.context.env.time_zone);
  if (!zone) refuse(fmt::format("the time zone {} in the gate", call.context.env.time_zone));
  return zone;
}

constexpr int64_t kTimestampEnd = 2147483648;

Datum from_unixtime(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const Seconds seconds = seconds_of(d, call.arg_type(0).type, call.context);
  const std::optional<int64_t> us =
      (seconds.value * Decimal::from_int(kMicro)).truncated(0).to_int64();
  if (!us || std::llabs(*us) >= kTimestampEnd * kMicro) {
    call.context.warn(1292, fmt::format("Truncated incorrect unixtime value: '{}'", seconds.shown));
    return {};
  }
  if (seconds.value.is_negative()) return {};
  const int digits =
      shows_what_it_has(call) ? (*us % kMicro != 0 ? kFractionDigits : 0) : number_digits(call);
  const Temporal local =
      cut(types::from_unix_microseconds(session_zone(call)->to_local(*us)), digits);
  if (call.size() == 1) {
    Datum out = Datum::of_datetime(local, digits);
    if (shows_what_it_has(call))  // as a number it has all digits
      out.made_of = std::make_shared<const Datum>(Datum::of_datetime(local, kFractionDigits));
    return out;
  }
  const Datum format = call.arg(1);
  return format.is_null() ? Datum() : format_date(local, format, call);
}
StaticType from_unixtime_type(const Call& call) {
  if (call.size() > 1) return static_type(Type::kVarchar, call.collation);
  StaticType out = static_type(Type::kDatetime, kBinaryCollation, number_digits(call));
  if (!shows_what_it_has(call)) return out;
  constexpr int kAsManyAsItTakes = 39;
  constexpr int kLength = 26;
  out.scale = kAsManyAsItTakes;
  out.size = kLength;
  return out;
}

// No such time, and nothing is told of it.
bool is_zero_date(const Datum& d, const Context& context) {
  Env quiet_env = context.env;
  quiet_env.warnings = nullptr;
  const std::optional<ParsedTemporal> parsed =
      to_datetime(d, Context{context.row, quiet_env}, {true, false});
  return parsed && parsed->value.year == 0 && parsed->value.month == 0 && parsed->value.day == 0;
}

Datum unix_timestamp(const Call& call) {
  if (call.size() == 0) return Datum::of_int(call.context.env.now_us / kMicro);
  const Datum d = call.arg(0);
  if (d.is_null() || (d.is_number() && !to_bool(d))) return {};
  if (is_zero_date(d, call.context)) return {};
  const std::optional<ParsedTemporal> parsed = to_datetime(d, call.context);
  if (!parsed) return {};
  const int64_t us = session_zone(call)->to_utc(types::unix_microseconds(parsed->value));
  if (us < 0 || us >= kTimestampEnd * kMicro) return {};
  return decimal_seconds(us, time_digits(*call.args[0], call.context, true));
}
StaticType unix_timestamp_type(const Call& call) {
  return seconds_type(call.size() == 0 ? 0 : time_digits(*call.args[0], call.context, true));
}

// YYYYMM or YYMM as months; what is no such number is 0.
uint32_t months_of_period(int64_t period) {
  constexpr uint64_t kPeriodMost = 999912;
  if (period == 0 || static_cast<uint64_t>(period) > kPeriodMost) return 0;
  auto year = static_cast<uint32_t>(period / 100);
  if (year < 70)
    year += 2000;
  else if (year < 100)
    year += 1900;
  return year * 12 + static_cast<uint32_t>(period % 100) - 1;
}
Datum period_add(const Call& call) {
  const Datum period = call.arg(0);
  const Datum months = call.arg(1);
  const int64_t from = period.is_null() ? 0 : to_int(period, call.context);
  const int64_t more = months.is_null() ? 0 : to_int(months, call.context);
  if (period.is_null() || months.is_null()) return {};
  if (from == 0) return Datum::of_int(0);
  const uint32_t total = months_of_period(from) + static_cast<uint32_t>(more);
  if (total == 0) return Datum::of_int(0);
  uint32_t year = total / 12;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  return Datum::of_int(static_cast<int64_t>(year) * 100 + total % 12 + 1);
}
Datum period_diff(const Call& call) {
  const Datum a = call.arg(0);
  const Datum b = call.arg(1);
  const int64_t x = a.is_null() ? 0 : months_of_period(to_int(a, call.context));
  const int64_t y = b.is_null() ? 0 : months_of_period(to_int(b, call.context));
  return a.is_null() || b.is_null() ? Datum() : Datum::of_int(x - y);
}

// A TIME is of no day to it.
Datum time_of_no_day(const Datum& time, const Datum& format, const Call& call) {
  if (format.is_null()) return {};
  const std::string pattern = to_text(format);
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    const char c = pattern[++i];
    if (std::string_view("aWMb").find(c) != std::string_view::npos) return {};
    if (std::string_view("jUuVvwXx").find(c) != std::string_view::npos)
      refuse("DATE_FORMAT of a date with zeros in the gate");
  }
  Datum out = format_date(time.temporal, format, call);
  if (time.temporal.negative && !out.is_null()) out.bytes.insert(0, 1, '-');
  return out;
}
Datum date_format(const Call& call) {
  if (call.size() > 2) refuse("DATE_FORMAT in a locale of MariaDB in the gate");
  const Datum d = call.arg(0);
  if (d.form == Form::kTime) return time_of_no_day(d, call.arg(1), call);
  return shared_of(call, date_functions(), {d, call.arg(1)});
}
StaticType date_format_type(const Call& call) {
  return static_type(Type::kVarchar, call.collation);
}

// Longer times are the longest, with all its digits.
Datum maketime(const Call& call) {
  const Datum hours = call.arg(0);
  const Datum minutes = call.arg(1);
  Datum seconds = call.arg(2);
  // All is read, whatever is NULL.
  if (!hours.is_null()) (void)to_int(hours, call.context);
  if (!minutes.is_null()) (void)to_int(minutes, call.context);
  if (seconds.form == Form::kDecimal) seconds.decimal = seconds.decimal.truncated(kFractionDigits);
  if (!seconds.is_null()) {
    constexpr int kMinute = 60;
    const Seconds read = seconds_of(call.arg(2), call.arg_type(2).type, call.context);
    const Decimal magnitude = read.value.is_negative() ? read.value.negated() : read.value;
    if (compare(magnitude, Decimal::from_int(kMinute)) >= 0)
      call.context.warn(1292, fmt::format("Truncated incorrect seconds value: '{}'", read.shown));
  }
  if (hours.is_null() || minutes.is_null() || seconds.is_null()) return {};
  // They have been told of.
  const auto whole = [](const Datum& d) { return d.is_textual() ? Datum::of_int(to_int(d)) : d; };
  if (seconds.is_textual()) seconds = Datum::of_decimal(to_decimal(seconds), kFractionDigits);
  Datum out = shared_of(call, date_functions(), {whole(hours), whole(minutes), seconds});
  if (!out.is_null()) {
    const int digits = mariadb_seconds_digits(call.arg_type(2));
    out = Datum::of_time(cut(out.temporal, digits), digits);
  }
  constexpr int kHourMost = 838;
  const int64_t wanted = to_int(hours);
  const bool beyond =
      hours.form == Form::kUint ? hours.u > kHourMost : wanted > kHourMost || wanted < -kHourMost;
  if (out.is_null() || !beyond) return out;
  out.temporal.microsecond = kMicro - 1;
  Temporal t = out.temporal;
  return Datum::of_time(cut(t, out.precision), out.precision);
}
StaticType maketime_type(const Call& call) {
  return static_type(Type::kTime, kBinaryCollation, mariadb_seconds_digits(call.arg_type(2)));
}

Datum year(const Call& call) {
  const std::optional<ParsedTemporal> parsed = to_datetime(call.arg(0), call.context, {true, true});
  return parsed ? Datum::of_int(parsed->value.year) : Datum();
}

constexpr Function kFunctions[] = {
    {"mariadb addtime", 2, 2, addtime, addtime_type},
    {"mariadb date_format", 2, 3, date_format, date_format_type},
    {"mariadb from_unixtime", 1, 2, from_unixtime, from_unixtime_type},
    {"mariadb maketime", 3, 3, maketime, maketime_type},
    {"mariadb period_add", 2, 2, period_add, int_type},
    {"mariadb period_diff", 2, 2, period_diff, int_type},
    {"mariadb sec_to_time", 1, 1, sec_to_time, sec_to_time_type},
    {"mariadb subtime", 2, 2, subtime, addtime_type},
    {"mariadb time", 1, 1, time_function, time_function_type},
    {"mariadb time_to_sec", 1, 1, time_to_sec, time_to_sec_type},
    {"mariadb timediff", 2, 2, timediff, timediff_type},
    {"mariadb timestamp", 1, 2, timestamp_function, timestamp_type},
    {"mariadb unix_timestamp", 0, 1, unix_timestamp, unix_timestamp_type},
    {"mariadb year", 1, 1, year, int_type},
};

}  // namespace

std::span<const Function> mariadb_date_functions() { return kFunctions; }

}  // namespace vif::eval
